//! The files of a SQLite store: who may read them, who may open them, and how they are copied.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use ceasewire::store::{NewFeed, Store, StoreError};
use ceasewire_model::{FeedOrigin, FeedSource, Timestamp};
use tempfile::TempDir;

use crate::restart::SOON;
use crate::support::program::{Running, command, run, stderr, stdout};

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Writes a configuration without feeds for a database file, and returns its path.
fn config(folder: &TempDir, database: &str) -> PathBuf {
    let path = folder.path().join("c.toml");
    std::fs::write(&path, format!("[database]\nurl = \"sqlite://{database}\"\n[conflict]\nprofile_feeds = false\n"))
        .unwrap();
    path
}

/// A folder with a configuration, and a closed store that knows one chat.
async fn stored() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("store/c.db");
    std::fs::create_dir(database.parent().unwrap()).unwrap();
    let store = Store::open(&format!("sqlite://{}", database.display())).await.unwrap();
    let source = FeedSource { url: "https://a.example/feed".into(), outlet: "a".into(), ..Default::default() };
    let new = NewFeed { source, origin: FeedOrigin::Operator, title: None };
    store.insert_feed(&new, Timestamp(1)).await.unwrap();
    store.close().await;
    let config = config(&folder, database.to_str().unwrap());
    (folder, database, config)
}

fn backup(config: &Path, target: impl AsRef<OsStr>) -> Output {
    command().arg("backup").arg("--config").arg(config).arg(target).output().unwrap()
}

async fn feeds(database: &Path) -> usize {
    let store = Store::attach(&format!("sqlite://{}", database.display())).await.unwrap();
    let feeds = store.list_feeds().await.unwrap().len();
    store.close().await;
    feeds
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_programs_user_may_read_a_store_and_its_copies() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("c.db");
    let config = config(&folder, database.to_str().unwrap());
    // A shell whose umask takes nothing away.
    let program = env!("CARGO_BIN_EXE_ceasewire");
    let script = format!("umask 000; exec {program} run --config {}", config.display());
    let mut child = Command::new("sh").args(["-c", &script]).stdin(std::process::Stdio::null()).spawn().unwrap();
    let wal = folder.path().join("c.db-wal");
    while !wal.metadata().is_ok_and(|wal| wal.len() > 0) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let script =
        format!("umask 000; {program} backup --config {} {}/copy.db", config.display(), folder.path().display());
    assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
    let open: Vec<String> = names(folder.path())
        .into_iter()
        .filter(|name| name != "c.toml" && mode(&folder.path().join(name)) != 0o600)
        .collect();
    assert_eq!(open, [""; 0]);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_store_is_closed_to_other_users_and_a_new_one_is_announced() {
    let (_folder, database, config) = stored().await;
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::set_permissions(database.parent().unwrap(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let program = Running::start(&config, None);
    program.wait_for_log("took the permissions of other users", SOON).await;
    program.wait_for_log("any user may replace the store in this folder", SOON).await;
    assert_eq!(mode(&database), 0o600);
    program.wait_for_log("started", SOON).await;
    assert!(!program.log().contains("made a new store"), "{}", program.log());
    drop(program);

    std::fs::write(&database, "").unwrap();
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", database.display()));
    }
    let program = Running::start(&config, None);
    program.wait_for_log("made a new store", SOON).await;
    assert!(program.log().contains(database.to_str().unwrap()), "{}", program.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_at_a_time_opens_a_store_under_any_name() {
    let (folder, database, first) = stored().await;
    let program = Running::start(&first, None);
    program.wait_for_log("started", SOON).await;
    let link = folder.path().join("link.db");
    symlink(&database, &link).unwrap();
    for suffix in [".lock", "-lock"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", database.display()));
    }
    for name in [&database, &link] {
        let other = tempfile::tempdir().unwrap();
        let second = run(&["run", "--config", config(&other, name.to_str().unwrap()).to_str().unwrap()]);
        assert!(!second.status.success() && stderr(&second).contains("in use by another"), "{}", stderr(&second));
    }
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passwd");
    std::fs::write(&file, "root:x:0:0:root:/root:/bin/bash\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let config = config(&folder, file.to_str().unwrap());
    for command in [&["run"][..], &["check"], &["feeds", "list"], &["feeds", "add", "https://a.example/", "--untried"]]
    {
        let output = run(&[command, &["--config", config.to_str().unwrap()]].concat());
        let words = stderr(&output);
        assert!(!output.status.success() && words.contains("is no SQLite database"), "{command:?}: {words}");
    }
    assert_eq!(names(folder.path()), ["c.toml", "passwd"]);
    assert_eq!(mode(&file), 0o644);
}

#[tokio::test]
async fn a_backup_takes_its_name_literally() {
    let (folder, database, config) = stored().await;
    let cwd = folder.path().join("cwd");
    std::fs::create_dir_all(cwd.join("file:")).unwrap();
    let not_text = OsStr::from_bytes(b"copy-\xff.db");
    for name in [
        OsStr::new("file:copy.db?mode=memory"),
        OsStr::new("file:/x.db?mode=memory"),
        not_text,
        OsStr::new("a b'\".db"),
    ] {
        let output = command().current_dir(&cwd).arg("backup").arg("--config").arg(&config).arg(name).output().unwrap();
        assert!(output.status.success(), "{name:?}: {}", stderr(&output));
        let copy = cwd.join(name);
        assert_eq!(mode(&copy), 0o600, "{name:?}");
        let plain = folder.path().join("plain.db");
        std::fs::copy(&copy, &plain).unwrap();
        assert_eq!(feeds(&plain).await, 1, "{name:?}");
    }
    assert_eq!(names(database.parent().unwrap()).first().unwrap(), "c.db");
}

#[tokio::test]
async fn a_backup_replaces_and_follows_nothing() {
    let (folder, _, config) = stored().await;
    let (link, target) = (folder.path().join("link.db"), folder.path().join("elsewhere.db"));
    symlink(&target, &link).unwrap();
    let file = folder.path().join("file.db");
    std::fs::write(&file, "mine").unwrap();
    for name in [&link, &file] {
        let output = backup(&config, name);
        assert!(!output.status.success() && stderr(&output).contains("the file exists"), "{}", stderr(&output));
    }
    assert!(!target.exists() && std::fs::read(&file).unwrap() == b"mine");
    assert!(!backup(&config, folder.path().join("no/folder.db")).status.success());
}

#[tokio::test]
async fn a_backup_onto_a_full_disk_leaves_no_file() {
    let (folder, _, config) = stored().await;
    let place = folder.path().join("place");
    std::fs::create_dir(&place).unwrap();
    let program = env!("CARGO_BIN_EXE_ceasewire");
    let script =
        format!("ulimit -f 8; exec {program} backup --config {} {}/copy.db", config.display(), place.display());
    // A limit of the size of files is the same as a full disk, but for its signal.
    let full = Command::new("sh").args(["-c", &format!("trap '' XFSZ; {script}")]).output().unwrap();
    assert!(!full.status.success(), "{}", stderr(&full));
    assert_eq!(names(&place), [""; 0], "{}", stderr(&full));
    let again = backup(&config, place.join("copy.db"));
    assert!(again.status.success(), "{}", stderr(&again));
    assert_eq!((names(&place), feeds(&place.join("copy.db")).await), (vec!["copy.db".to_owned()], 1));
}

#[tokio::test]
async fn a_store_that_cannot_be_written_is_read_and_copied() {
    let (folder, database, config) = stored().await;
    // Root may write where the permissions forbid it, so the test asks for the user nobody.
    let user = "65534";
    let copies = folder.path().join("copies");
    std::fs::create_dir(&copies).unwrap();
    for open in [folder.path(), &copies] {
        std::fs::set_permissions(open, std::fs::Permissions::from_mode(0o777)).unwrap();
    }
    for (path, mode) in [(database.as_path(), 0o444), (database.parent().unwrap(), 0o555)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let program = folder.path().join("ceasewire");
    std::fs::copy(env!("CARGO_BIN_EXE_ceasewire"), &program).unwrap();
    let as_user = |args: &[&str]| {
        let is_root = rustix::process::geteuid().is_root();
        let mut command = if is_root { Command::new("setpriv") } else { Command::new(&program) };
        if is_root {
            command.args(["--reuid", user, "--regid", user, "--clear-groups"]).arg(&program);
        }
        command.args(args).args(["--config", config.to_str().unwrap()]).output().unwrap()
    };
    let listed = as_user(&["feeds", "list"]);
    assert!(stdout(&listed).contains("https://a.example/feed"), "{}{}", stdout(&listed), stderr(&listed));
    let copy = copies.join("copy.db");
    let copied = as_user(&["backup", copy.to_str().unwrap()]);
    assert!(copied.status.success(), "{}", stderr(&copied));
    assert_eq!(feeds(&copy).await, 1);
    assert_eq!(names(database.parent().unwrap()), ["c.db"], "nothing was written beside the store");
}

#[tokio::test]
async fn a_deleted_or_replaced_store_is_noticed() {
    let (_folder, database, _) = stored().await;
    let store = Store::open(&format!("sqlite://{}", database.display())).await.unwrap();
    store.check_file().unwrap();
    let aside = database.with_extension("old");
    std::fs::rename(&database, &aside).unwrap();
    assert!(matches!(store.check_file(), Err(StoreError::Deleted(_))));
    std::fs::write(&database, "").unwrap();
    assert!(matches!(store.check_file(), Err(StoreError::Replaced(_))));
    std::fs::rename(&aside, &database).unwrap();
    store.check_file().unwrap();
}
