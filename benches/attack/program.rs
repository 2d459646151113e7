//! The attacked program as a child process: start with limits, signals, and the figures that the system has of it.

use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use ceasewire_testkit::clock::{ProcessUsage, process_usage};
use rustix::process::{Pid, Signal, kill_process};

/// The pause between two looks at a child.
const LOOK_EVERY: Duration = Duration::from_millis(3);

/// The limits of a child.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Kilobytes of address space.
    pub memory_kb: u64,
    pub open_files: Option<u64>,
    /// Kilobytes of data: the memory that the child may write to.
    pub data_kb: Option<u64>,
}

impl Default for Limits {
    /// Protects the machine.
    fn default() -> Self {
        Self { memory_kb: 1_500_000, open_files: None, data_kb: None }
    }
}

/// Makes the command of a binary under limits; the shell becomes the binary, with the same process id.
pub fn limited(binary: &Path, limits: Limits) -> Command {
    let files = limits.open_files.map(|files| format!("ulimit -n {files}; ")).unwrap_or_default();
    let data = limits.data_kb.map(|data| format!("ulimit -d {data}; ")).unwrap_or_default();
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("umask 022; ulimit -c 0; ulimit -v {}; {files}{data}exec \"$0\" \"$@\"", limits.memory_kb));
    command.arg(binary).env_remove("TELOXIDE_TOKEN").env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

/// `ceasewire run` at work; killed when dropped.
pub struct Program {
    child: Child,
    started: Instant,
    /// The time from start to end, once it has ended.
    ended_after: Option<Duration>,
    status: Option<ExitStatus>,
    pub log: PathBuf,
    pub listen: SocketAddr,
}

impl Program {
    pub fn new(mut command: Command, log: PathBuf, listen: SocketAddr) -> anyhow::Result<Self> {
        let child = command.spawn().context("starting the program")?;
        Ok(Self { child, started: Instant::now(), ended_after: None, status: None, log, listen })
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Looks whether the program still runs.
    pub fn is_alive(&mut self) -> bool {
        if self.status.is_none()
            && let Ok(Some(status)) = self.child.try_wait()
        {
            (self.status, self.ended_after) = (Some(status), Some(self.started.elapsed()));
        }
        self.status.is_none()
    }

    /// Describes the end of the program.
    pub fn end(&mut self) -> String {
        if self.is_alive() {
            return "alive".to_owned();
        }
        let after = self.ended_after.unwrap_or_default().as_secs_f64();
        format!("{} after {after:.1} s", self.status.map_or_else(String::new, describe))
    }

    pub fn status(&self) -> Option<ExitStatus> {
        self.status
    }

    /// Waits until the program ends, at most `within`; returns whether it did.
    pub async fn ends(&mut self, within: Duration) -> bool {
        let until = Instant::now() + within;
        while self.is_alive() {
            if Instant::now() > until {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        true
    }

    pub fn send(&self, signal: Signal) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
            && self.status.is_none()
        {
            let _ = kill_process(pid, signal);
        }
    }

    /// Asks the program to stop, and kills it when it does not; returns the seconds.
    pub async fn stop(&mut self) -> Option<f64> {
        let asked = Instant::now();
        self.send(Signal::TERM);
        let stopped = self.ends(Duration::from_secs(15)).await;
        if !stopped {
            self.kill();
        }
        stopped.then(|| asked.elapsed().as_secs_f64())
    }

    pub fn kill(&mut self) {
        if self.is_alive() {
            let _ = self.child.kill();
            self.status = self.child.wait().ok();
            self.ended_after = Some(self.started.elapsed());
        }
    }

    /// Reads CPU time and peak memory; 0 after the end of the program.
    pub fn usage(&self) -> ProcessUsage {
        process_usage(self.child.id()).unwrap_or_default()
    }

    /// Reads a line of `/proc/PID/status` in MB.
    pub fn memory_mb(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::to_owned));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
        kilobytes.unwrap_or_default() / 1024.0
    }

    /// Makes the present memory the peak.
    pub fn reset_peak(&self) {
        let _ = std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
    }

    /// Reads the log, at most its first 20 MB.
    pub fn log_text(&self) -> String {
        use std::io::Read;
        let mut bytes = Vec::new();
        if let Ok(file) = std::fs::File::open(&self.log) {
            let _ = file.take(20_000_000).read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub fn log_mb(&self) -> f64 {
        std::fs::metadata(&self.log).map(|file| file.len() as f64 / 1e6).unwrap_or_default()
    }

    /// Gets a page of the program's own server: status, body and seconds; nothing without an answer within `within`.
    pub async fn get(&self, path: &str, within: Duration) -> Option<(u16, String, f64)> {
        let began = Instant::now();
        let client = reqwest::Client::builder().no_proxy().timeout(within).build().ok()?;
        let answer = client.get(format!("http://{}{path}", self.listen)).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.text().await.ok()?, began.elapsed().as_secs_f64()))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A command after its end, or after its kill at the bound.
pub struct Finished {
    /// The exit code; `None` after a signal or at the bound.
    pub code: Option<i32>,
    pub status: Option<ExitStatus>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub secs: f64,
    pub usage: ProcessUsage,
}

impl Finished {
    pub fn end(&self) -> String {
        self.status.map_or_else(|| format!("killed after {:.0} s", self.secs), describe)
    }

    /// Returns both outputs as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned() + &String::from_utf8_lossy(&self.stderr)
    }
}

/// Runs a command to its end or its bound, with its outputs in files of `folder`.
pub async fn finish(mut command: Command, folder: &Path, within: Duration) -> anyhow::Result<Finished> {
    let (out, err) = (folder.join("command.out"), folder.join("command.err"));
    command.stdout(std::fs::File::create(&out)?).stderr(std::fs::File::create(&err)?);
    let began = Instant::now();
    let mut child = KilledOnDrop(command.spawn().context("starting a command")?);
    let (mut usage, mut status) = (ProcessUsage::default(), None);
    while began.elapsed() < within && status.is_none() {
        if let Some(now) = process_usage(child.0.id()) {
            usage = now;
        }
        tokio::time::sleep(LOOK_EVERY).await;
        status = child.0.try_wait()?;
    }
    let secs = began.elapsed().as_secs_f64();
    drop(child);
    let code = status.and_then(|status| status.code());
    Ok(Finished { code, status, stdout: std::fs::read(out)?, stderr: std::fs::read(err)?, secs, usage })
}

struct KilledOnDrop(Child);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "ended".to_owned(),
    }
}
