//! A wrong clock: set back while the program runs, and years ahead at a start.

use std::path::PathBuf;
use std::time::Duration;

use crate::finding::{Case, Finding};
use crate::program::{Program, limited};
use crate::scene::{Lab, SUBSCRIBER, Scene};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("clock-set-back", "the clock two hours ahead, then set right", 80, set_back),
        Case::new("clock-ahead", "a start ten years ahead, then the right clock", 80, years_ahead),
    ]
}

/// A library that moves the wall clock of a process by the seconds that a file holds. The monotonic clock stays.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static long long shift(void) {
    const char *file = getenv("CLOCK_SHIFT_FILE");
    char text[32] = {0};
    int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return 0;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    return got > 0 ? atoll(text) : 0;
}
int clock_gettime(clockid_t id, struct timespec *out) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(id, out);
    if (result == 0 && id == CLOCK_REALTIME) out->tv_sec += shift();
    return result;
}
int gettimeofday(struct timeval *out, void *zone) {
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
"#;

/// A movable clock for the program of a scene.
struct Clock(PathBuf);

impl Clock {
    /// Builds the library; `None` on a machine without a C compiler.
    fn new(scene: &mut Scene) -> anyhow::Result<Option<Self>> {
        let (source, library) = (scene.folder().join("clock.c"), scene.folder().join("clock.so"));
        std::fs::write(&source, SHIM)?;
        let mut command = std::process::Command::new("cc");
        command.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&source).arg("-ldl");
        if !command.status().is_ok_and(|status| status.success()) {
            return Ok(None);
        }
        let clock = Self(scene.folder().join("clock.shift"));
        clock.shift(0)?;
        scene.env.push(("LD_PRELOAD".into(), library.display().to_string()));
        scene.env.push(("CLOCK_SHIFT_FILE".into(), clock.0.display().to_string()));
        // The library works where it moves the clock of a child.
        clock.shift(86_400 * 366)?;
        let mut date = limited(std::path::Path::new("date"), scene.limits);
        date.arg("+%s").envs(scene.env.iter().cloned());
        let moved: i64 = String::from_utf8_lossy(&date.output()?.stdout).trim().parse().unwrap_or_default();
        clock.shift(0)?;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs() as i64;
        Ok((moved - now > 86_400 * 300).then_some(clock))
    }

    fn shift(&self, secs: i64) -> anyhow::Result<()> {
        let new = self.0.with_extension("new");
        std::fs::write(&new, secs.to_string())?;
        Ok(std::fs::rename(new, &self.0)?)
    }
}

async fn set_back(lab: Lab) -> anyhow::Result<Finding> {
    const BOUND: f64 = 15.0;
    let within = Duration::from_secs_f64(BOUND);
    let mut scene = Scene::new(lab).await?;
    let Some(clock) = Clock::new(&mut scene)? else { return Ok(Finding::skipped("no C compiler moves the clock")) };
    clock.shift(7200)?;
    let mut program = scene.open().await?;
    clock.shift(0)?;
    let mut finding = Finding::new();
    let hits = scene.site.hits("/wire").len();
    let alert = scene.alert_secs(within).await;
    finding.secs("alert s", alert, BOUND);
    finding.figure("polls", scene.site.hits("/wire").len() - hits);
    finding.fell_if(alert.is_none(), "no alert after the clock is set right");
    let is_told = program.log_text().lines().any(|line| line.contains("clock"));
    finding.figure("log names the clock", is_told);
    if let Some((status, body, _)) = program.get("/health", Duration::from_secs(5)).await {
        finding.figure("/health", format!("{status} {body}"));
    }
    program.stop().await;
    let mut program = scene.start()?;
    let again = scene.alert_secs(within).await;
    finding.secs("alert after a restart s", again, BOUND);
    finding.fell_if(again.is_none(), "no alert after a restart either");
    program.stop().await;
    Ok(finding)
}

async fn years_ahead(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let Some(clock) = Clock::new(&mut scene)? else { return Ok(Finding::skipped("no C compiler moves the clock")) };
    let mut program = scene.open().await?;
    let sent = |text: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix("ceasewire_deliveries{state=\"sent\"} "));
        line.and_then(|count| count.trim().parse::<i64>().ok()).unwrap_or_default()
    };
    let metrics = |program: &Program| {
        let listen = program.listen;
        async move {
            let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build()?;
            anyhow::Ok(client.get(format!("http://{listen}/metrics")).send().await?.text().await?)
        }
    };
    let before = sent(&metrics(&program).await?);
    program.stop().await;
    clock.shift(86_400 * 3653)?;
    let mut program = scene.start()?;
    scene.settle(&mut program).await?;
    tokio::time::sleep(Duration::from_secs(15)).await;
    program.stop().await;
    clock.shift(0)?;
    let mut program = scene.start()?;
    scene.settle(&mut program).await?;
    let after = sent(&metrics(&program).await?);
    let mut finding = Finding::new();
    finding.figure("sent deliveries before", before);
    finding.figure("after", after);
    finding.fell_if(after < before, "deliveries are deleted by a wrong clock");
    let alert = scene.alert_secs(Duration::from_secs(15)).await;
    finding.secs("alert s", alert, 15.0);
    finding.fell_if(alert.is_none(), "no alert with the right clock");
    let alerts = scene.api.read(|state| state.sent().iter().filter(|m| m.chat_id == SUBSCRIBER).count());
    finding.figure("messages", alerts);
    program.stop().await;
    Ok(finding)
}
