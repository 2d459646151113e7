//! The log and the outputs: none of them can stop the program, and none shows a secret.

use std::fs::OpenOptions;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::restart::{SOON, Stage, ceasefire};
use crate::support::program::{command, run, stderr};

/// Starts a program whose log goes to `log`, with a subscriber.
async fn start_with_log(stage: &Stage, log: Stdio) -> Child {
    let mut command = stage.command();
    let child = command.env("CEASEWIRE__LOG__FILTER", "trace").stdout(Stdio::null()).stderr(log).spawn().unwrap();
    stage.subscribe().await;
    child
}

/// Checks that the program alerts, and ends it.
async fn alerts_and_stops(stage: &Stage, mut child: Child) {
    stage.publish(&[ceasefire()]);
    stage.wait_for_alerts(1).await;
    assert!(child.try_wait().unwrap().is_none(), "the program ended");
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_on_a_full_disk_stops_nothing() {
    let stage = Stage::new().await;
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let child = start_with_log(&stage, full.into()).await;
    alerts_and_stops(&stage, child).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_reader_ended_stops_nothing() {
    let stage = Stage::new().await;
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = start_with_log(&stage, writer.into()).await;
    alerts_and_stops(&stage, child).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_reader_stalls_stops_nothing() {
    let stage = Stage::new().await;
    let (_reader, writer) = std::io::pipe().unwrap();
    let child = start_with_log(&stage, writer.into()).await;
    alerts_and_stops(&stage, child).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_a_pipe_without_a_reader_is_waited_for_by_nobody() {
    let stage = Stage::new().await;
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("log");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // Both ends at once, since a pipe without a reader cannot be opened.
    let both = OpenOptions::new().read(true).write(true).custom_flags(0).open(&pipe).unwrap();
    let child = start_with_log(&stage, both.try_clone().unwrap().into()).await;
    alerts_and_stops(&stage, child).await;
    drop(both);
}

#[test]
fn an_output_whose_reader_ended_ends_a_command_quietly() {
    for args in [&["inspect", "rule", "truce"][..], &["check"], &["demo"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let folder = tempfile::tempdir().unwrap();
        let output = command().current_dir(folder.path()).args(args).stdout(writer).output().unwrap();
        let errors = stderr(&output).lines().filter(|line| !line.starts_with("note: ")).collect::<String>();
        assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""), "{args:?}");
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command().current_dir(folder.path()).args(args).stdout(full).output().unwrap();
        assert!(
            output.status.code() == Some(1) && !stderr(&output).contains("panicked"),
            "{args:?}: {}",
            stderr(&output)
        );
    }
    assert!(run(&["--version"]).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_logged_at_any_level() {
    let stage = Stage::new().await;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let file = std::fs::File::create(&log).unwrap();
    let secret_feed = stage.site.url("/wire?apikey=hunter2query").replace("http://", "http://ani:hunter2url@");
    let extra = format!(
        "[[feeds]]\nurl = \"{secret_feed}\"\noutlet = \"wire\"\n\
         [[feeds]]\nurl = \"{}\"\noutlet = \"wire\"\nuser = \"ani\"\npassword = \"hunter2password\"\nheaders = {{ X-Key = \"hunter2header\" }}\n\
         [[feeds]]\nurl = \"http://post.example/feed\"\noutlet = \"wire\"\nproxy = \"http://ani:hunter2proxy@127.0.0.1:9\"\n\
         [[feeds]]\nurl = \"http://hunter2user:x@127.0.0.1:9/feed?token=hunter2dead\"\noutlet = \"wire\"\n",
        stage.site.url("/post"),
    );
    let mut child = stage.command_with(&extra).env("CEASEWIRE__LOG__FILTER", "trace").stderr(file).spawn().unwrap();
    stage.subscribe().await;
    stage.publish(&[ceasefire()]);
    stage.wait_for_alerts(1).await;
    stage.site.wait_for_hits("/post", 2, SOON).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    let mut text = String::new();
    std::fs::File::open(&log).unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("TRACE") && text.contains("poll failed"), "the log is whole");
    let token = stage.api.token().split(':').nth(1).unwrap();
    let leaks: Vec<&str> =
        text.lines().filter(|line| line.contains("hunter2") || line.contains(token)).take(5).collect();
    assert_eq!(leaks, [""; 0]);
}
