//! Full disks, closed pipes, lost and shared files, and the program's word on them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use ceasewire_testkit::feed_site::Page;
use rustix::process::Signal;

use crate::finding::{Case, Finding};
use crate::poison::stranger_site;
use crate::program::limited;
use crate::scene::{Lab, STRANGER, Scene};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("log-full-disk", "the log on a full disk", 40, log_full_disk),
        Case::new("log-closed-pipe", "the log in a pipe whose reader has ended", 40, log_closed_pipe),
        Case::new("health-full-disk", "/health while nothing can be stored", 70, health_full_disk),
        Case::new("health-store-deleted", "/health after the store's file was deleted", 70, health_store_deleted),
        Case::new("health-no-polls", "/health while no poll ends", 70, health_no_polls),
        Case::new("half-open-http", "200 half-open requests to the program's own server", 60, half_open_http),
        Case::new("file-modes", "the modes of the store's files and of a backup", 40, file_modes),
        Case::new("backup-names", "backups onto a full disk, links and odd names", 60, backup_names),
        Case::new("second-process", "a second process by a link, and after the lock was deleted", 60, second_process),
        Case::new("foreign-store", "a store that is another program's text file", 30, foreign_store),
        Case::new("empty-store", "a start on an emptied store", 40, empty_store),
        Case::new("sighup", "SIGHUP while it runs", 40, sighup),
        Case::new("open-files", "64 open files, 60 feeds on one host", 60, open_files),
        Case::new("endless-profile", "conflict.profile = /dev/zero", 30, endless_profile),
    ]
}

/// A small disk; unmounted when dropped.
struct TinyDisk(PathBuf);

impl TinyDisk {
    /// Mounts a disk in a folder; `None` where this machine forbids it.
    fn mount(at: PathBuf, kilobytes: u64) -> anyhow::Result<Option<Self>> {
        std::fs::create_dir_all(&at)?;
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "tmpfs"]).arg(&at);
        let output = command.output();
        Ok(output.is_ok_and(|output| output.status.success()).then_some(Self(at)))
    }

    /// Fills the disk.
    fn fill(&self) {
        if let Ok(mut file) = std::fs::File::options().create(true).append(true).open(self.0.join("filler")) {
            for size in [1 << 16, 1 << 12, 1 << 8, 1] {
                while file.write_all(&vec![b'x'; size]).is_ok() {}
            }
        }
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

const NO_DISK: &str = "this machine mounts no tmpfs";

async fn log_full_disk(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    // Each write to it fails as on a full disk.
    scene.log = Some("/dev/full".into());
    scene.set("LOG__FILTER", "debug");
    let mut program = scene.start()?;
    let polled = scene.settle(&mut program).await;
    let answer = if polled.is_ok() { scene.answer_secs(Duration::from_secs(10)).await } else { None };
    let mut finding = Finding::new();
    finding.figure("program", program.end());
    finding.secs("answer s", answer, 10.0);
    finding.fell_if(polled.is_err() || !program.is_alive(), "the program ended or does not poll");
    finding.fell_if(answer.is_none(), "no answer");
    Ok(finding)
}

async fn log_closed_pipe(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    scene.set("LOG__FILTER", "debug");
    let mut program = scene.start_with(scene.folder().join("none"), Stdio::piped(), scene.limits)?;
    let mut first = [0; 64];
    if let Some(mut pipe) = program.child().stderr.take() {
        let _ = pipe.read(&mut first);
    }
    let polled = scene.settle(&mut program).await;
    let answer = if polled.is_ok() { scene.answer_secs(Duration::from_secs(10)).await } else { None };
    let mut finding = Finding::new();
    finding.figure("program", program.end());
    finding.secs("answer s", answer, 10.0);
    finding.fell_if(polled.is_err() || !program.is_alive(), "the program ended or does not poll");
    finding.fell_if(answer.is_none(), "no answer");
    Ok(finding)
}

/// Asks `/health` until it reports a fault; returns the seconds and the last answer.
async fn unwell(program: &crate::program::Program, within: Duration) -> (Option<f64>, String) {
    let began = std::time::Instant::now();
    let mut last = String::from("no answer");
    while began.elapsed() < within {
        if let Some((status, body, _)) = program.get("/health", Duration::from_secs(5)).await {
            last = format!("{status} {body}");
            let is_well = status == 200 && (body.contains("\"ok\"") || body.contains("\"well\""));
            if !is_well {
                return (Some(began.elapsed().as_secs_f64()), last);
            }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    (None, last)
}

async fn health_full_disk(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let Some(disk) = TinyDisk::mount(scene.folder().join("disk"), 24_000)? else {
        return Ok(Finding::skipped(NO_DISK));
    };
    scene.database = disk.0.join("bot.db");
    let mut program = scene.open().await?;
    disk.fill();
    let title = scene.publish();
    let (secs, last) = unwell(&program, Duration::from_secs(30)).await;
    let mut finding = Finding::new();
    finding.secs("/health reports it after s", secs, 30.0);
    finding.figure("/health", last);
    finding.fell_if(secs.is_none(), "/health is ok while nothing can be stored");
    finding.fell_if(!program.is_alive(), format!("the program: {}", program.end()));
    std::fs::remove_file(disk.0.join("filler"))?;
    let told = scene.alerted(&title, Duration::from_secs(15)).await;
    finding.figure("alert after there is room", told);
    finding.fell_if(!told, "no alert after there is room again");
    program.stop().await;
    Ok(finding)
}

async fn health_store_deleted(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let program = scene.open().await?;
    for file in scene.store_files() {
        std::fs::remove_file(file)?;
    }
    scene.publish();
    let (secs, last) = unwell(&program, Duration::from_secs(30)).await;
    let mut finding = Finding::new();
    finding.secs("/health reports it after s", secs, 30.0);
    finding.figure("/health", last);
    finding.fell_if(secs.is_none(), "/health is ok without a store");
    Ok(finding)
}

async fn health_no_polls(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let program = scene.open().await?;
    scene.site.set_page("/wire", Page::ok("late").delay(Duration::from_secs(300)));
    let (secs, last) = unwell(&program, Duration::from_secs(25)).await;
    let mut finding = Finding::new();
    finding.figure("/health", &last);
    // Minutes without a poll are no fault yet, but the age of the last one can be seen.
    let names_polls = last.contains("poll");
    finding.fell_if(secs.is_none() && !names_polls, "/health says nothing of the last poll");
    Ok(finding)
}

async fn half_open_http(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    scene.limits.open_files = Some(256);
    let program = scene.open().await?;
    let mut halves = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(program.listen)?;
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n")?;
        stream.set_nonblocking(true)?;
        halves.push(stream);
    }
    let (answer, alert) = scene.honest_secs(Duration::from_secs(10)).await;
    tokio::time::sleep(Duration::from_secs(20)).await;
    let is_open = |stream: &mut TcpStream| matches!(stream.read(&mut [0; 512]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock);
    let open = halves.iter_mut().filter_map(|stream| is_open(stream).then_some(())).count();
    let mut finding = Finding::new();
    finding.figure("still open after 20 s", open);
    finding.secs("answer s", answer, 10.0);
    finding.secs("alert s", alert, 10.0);
    finding.fell_if(open > 0, "half-open requests are never closed");
    finding.fell_if(answer.is_none() || alert.is_none(), "they keep others from their answers");
    Ok(finding)
}

async fn file_modes(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let _program = scene.open().await?;
    let copy = scene.folder().join("copy.db");
    let made = scene.command(&["backup", &copy.display().to_string()], Duration::from_secs(15)).await?;
    let mut finding = Finding::new();
    finding.fell_if(made.code != Some(0), format!("backup: {} {}", made.end(), made.text()));
    for file in scene.store_files().into_iter().chain([copy]) {
        let Ok(found) = std::fs::metadata(&file) else { continue };
        let mode = found.permissions().mode() & 0o777;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        finding.fell_if(mode & 0o077 != 0, format!("{name} has mode {mode:o}"));
    }
    Ok(finding)
}

async fn backup_names(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let mut program = scene.open().await?;
    program.stop().await;
    let mut finding = Finding::new();
    let (config, _) = scene.config()?;
    let backup = async |name: &std::ffi::OsStr| {
        let mut command = limited(&scene.lab.binary, scene.limits);
        command.arg("--config").arg(&config).arg("backup").arg(name).current_dir(scene.folder());
        scene.give_environment(&mut command);
        crate::program::finish(command, scene.folder(), Duration::from_secs(15)).await
    };
    let disk = TinyDisk::mount(scene.folder().join("disk"), 64)?;
    if let Some(disk) = &disk {
        let file = disk.0.join("copy.db");
        let first = backup(file.as_os_str()).await?;
        finding.fell_if(first.code == Some(0), "a backup onto a full disk says that it is done");
        finding.fell_if(file.exists(), "a full disk leaves a file, which blocks the next backup");
    } else {
        finding.figure("full disk", "skipped");
    }
    let (link, target) = (scene.folder().join("link.db"), scene.folder().join("elsewhere.db"));
    symlink(&target, &link)?;
    let linked = backup(link.as_os_str()).await?;
    finding.figure("dangling link", linked.end());
    finding.fell_if(target.exists(), "a dangling link is followed");
    let memory = backup("file:/x.db?mode=memory".as_ref()).await?;
    let is_written = scene.folder().join("file:/x.db?mode=memory").exists();
    finding.figure("an URI as name", memory.end());
    finding.fell_if(memory.code == Some(0) && !is_written, "an URI as name says copied, and there is no file");
    let odd = std::ffi::OsStr::from_bytes(b"odd\xff.db");
    let strange = backup(odd).await?;
    finding.figure("a name that is no UTF-8", strange.end());
    finding.fell_if(
        strange.code == Some(0) && !scene.folder().join(odd).exists(),
        "another name than the given one is written",
    );
    Ok(finding)
}

async fn second_process(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let mut program = scene.open().await?;
    let mut finding = Finding::new();
    let real = scene.database.clone();
    let link = scene.folder().join("link.db");
    symlink(&real, &link)?;
    scene.database = link;
    let mut second = scene.start()?;
    let refused = second.ends(Duration::from_secs(6)).await;
    finding.figure("by a link", second.end());
    finding.fell_if(!refused, "a second process runs on a linked store");
    second.kill();
    scene.database = real.clone();
    let lock = PathBuf::from(format!("{}.lock", real.display()));
    if lock.exists() {
        std::fs::remove_file(lock)?;
        let mut third = scene.start()?;
        let refused = third.ends(Duration::from_secs(6)).await;
        finding.figure("after the lock's deletion", third.end());
        finding.fell_if(!refused, "a second process runs after the lock was deleted");
        third.kill();
    }
    finding.fell_if(!program.is_alive(), "the first process ended");
    Ok(finding)
}

async fn foreign_store(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    scene.database = scene.folder().join("passwd");
    let text = "root:x:0:0:root:/root:/bin/bash\n".repeat(100);
    std::fs::write(&scene.database, &text)?;
    let mut program = scene.start()?;
    let ended = program.ends(Duration::from_secs(15)).await;
    let mut finding = Finding::new();
    finding.figure("program", program.end());
    finding.fell_if(!ended, "the program runs on a text file");
    finding.fell_if(std::fs::read_to_string(&scene.database)? != text, "the file was changed");
    let left: Vec<String> = std::fs::read_dir(scene.folder())?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("passwd") && name != "passwd")
        .collect();
    finding.fell_if(!left.is_empty(), format!("it leaves {}", left.join(", ")));
    Ok(finding)
}

async fn empty_store(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let mut program = scene.open().await?;
    program.stop().await;
    for file in scene.store_files() {
        if file == scene.database {
            std::fs::write(file, "")?;
        } else {
            std::fs::remove_file(file)?;
        }
    }
    let mut program = scene.start()?;
    let started = scene.settle(&mut program).await.is_ok();
    let log = program.log_text();
    let words = ["new store", "new database", "empty", "created", "no store", "no database"];
    let is_told = log.lines().any(|line| words.iter().any(|word| line.to_lowercase().contains(word)));
    let mut finding = Finding::new();
    finding.figure("program", if started { "runs".to_owned() } else { program.end() });
    finding.figure("log names it", is_told);
    finding.fell_if(started && !is_told, "an emptied store is taken for a new one without a word");
    Ok(finding)
}

async fn sighup(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    let mut program = scene.open().await?;
    program.send(Signal::HUP);
    let ended = program.ends(Duration::from_secs(4)).await;
    let mut finding = Finding::new();
    finding.figure("program", program.end());
    let orderly = !ended || program.status().is_some_and(|status| status.code() == Some(0));
    finding.fell_if(!orderly, "the program is ended by the signal, without an orderly stop");
    if !ended {
        let answer = scene.answer_secs(Duration::from_secs(10)).await;
        finding.fell_if(answer.is_none(), "no answer afterwards");
    }
    Ok(finding)
}

async fn open_files(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    scene.limits.open_files = Some(64);
    let site = stranger_site(&mut scene).await;
    for feed in 0..60 {
        let path = format!("/many{feed}");
        site.set_page(
            &path,
            Page::ok("<rss><channel><title>x</title></channel></rss>").delay(Duration::from_millis(700)),
        );
        scene.tables += &format!("[[feeds]]\nurl = \"{}\"\noutlet = \"wire\"\n", site.url(&path));
    }
    let mut program = scene.start()?;
    // Sixty feeds at once take all descriptors before the first command comes.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let mut finding = Finding::new();
    let answer = scene.say(STRANGER, "/start", Duration::from_secs(15)).await;
    finding.figure("requests to Telegram", scene.api.requests("getUpdates"));
    finding.figure("program", program.end());
    finding.fell_if(answer.is_none(), "Telegram cannot be reached");
    Ok(finding)
}

async fn endless_profile(lab: Lab) -> anyhow::Result<Finding> {
    let mut scene = Scene::new(lab).await?;
    scene.set("CONFLICT__PROFILE", Path::new("/dev/zero").display());
    scene.limits.memory_kb = 1_000_000;
    let checked = scene.command(&["check"], Duration::from_secs(8)).await?;
    let mut finding = Finding::new();
    finding.figure("check", checked.end());
    finding.number("peak MB", checked.usage.peak_mb);
    finding.fell_if(checked.code != Some(1), "check does not end with a fault");
    finding.fell_if(checked.usage.peak_mb > 200.0, "more than 200 MB are read");
    Ok(finding)
}
