//! Owns the real binary as a process of its own: start, log, signals.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Makes the program's command, without the caller's settings.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ceasewire"));
    let settings = ["TELOXIDE_TOKEN", "RUST_LOG", "CEASEWIRE_ENCODER"];
    settings.iter().for_each(|name| {
        command.env_remove(name);
    });
    command.stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub fn run(args: &[&str]) -> Output {
    command().args(args).output().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// `ceasewire run` at work; killed when dropped.
pub struct Running {
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Running {
    pub fn start(config: &Path, token: Option<&str>) -> Self {
        Self::start_with(config, token, &[])
    }

    /// Starts the program with further arguments.
    pub fn start_with(config: &Path, token: Option<&str>, args: &[&str]) -> Self {
        let mut command = command();
        command.arg("run").arg("--config").arg(config).args(args).stdout(Stdio::null()).stderr(Stdio::piped());
        if let Some(token) = token {
            command.env("TELOXIDE_TOKEN", token);
        }
        let mut child = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (kept, stderr) = (Arc::clone(&log), child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        Self { child, log }
    }

    /// Returns the process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for words in the log.
    pub async fn wait_for_log(&self, words: &str, timeout: Duration) {
        self.wait_for_log_times(words, 1, timeout).await;
    }

    /// Waits until the log has the words `times` times.
    pub async fn wait_for_log_times(&self, words: &str, times: usize, timeout: Duration) {
        let started = Instant::now();
        while self.log().matches(words).count() < times {
            assert!(started.elapsed() < timeout, "no \"{words}\" {times} times in {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Returns the log so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Sends kill -9.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM; returns the exit status and the time to the end.
    pub fn terminate(&mut self) -> (std::process::ExitStatus, Duration) {
        let started = Instant::now();
        (self.signal("-TERM"), started.elapsed())
    }

    /// Sends a signal that ends the program; returns the exit status.
    pub fn signal(&mut self, signal: &str) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
