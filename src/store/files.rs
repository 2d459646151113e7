//! The files of a SQLite store: their lock, their permissions, and copies of them. PostgreSQL has none of these.
//!
//! The program never opens the database file beside SQLite: closing any descriptor of a file drops the locks that the
//! process holds on it (fcntl), SQLite's own among them. The one exception is [`StoreLock`], which outlives SQLite's
//! connections.

use std::fs::{File, Metadata, Permissions};
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{Db, Store, StoreError};

/// Read and write for the program's user, nothing for others.
const PRIVATE: u32 = 0o600;
/// The permissions of others: none of these may be set on a file of the store.
const OTHERS: u32 = 0o077;
/// Any user may write into a folder; any user may replace only their own files there.
const WORLD_WRITABLE: u32 = 0o002;
const STICKY: u32 = 0o1000;
/// The first bytes of every SQLite database.
const SQLITE_HEADER: &[u8] = b"SQLite format 3\0";

/// Keeps other processes off a SQLite file for as long as it lives. It locks the file itself, so that neither another
/// name of the file nor a deleted lock file lets a second process in.
#[derive(Debug)]
pub struct StoreLock(#[allow(dead_code, reason = "the open file holds the lock")] Option<File>);

/// A SQLite file as it was when the store opened it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoreFile {
    pub(super) path: PathBuf,
    device: u64,
    inode: u64,
}

impl StoreFile {
    pub(super) fn new(path: PathBuf) -> Result<Self, StoreError> {
        let metadata = std::fs::metadata(&path).map_err(|error| StoreError::File(path.clone(), error))?;
        Ok(Self { path, device: metadata.dev(), inode: metadata.ino() })
    }

    /// Checks that the file's name still leads to the file that SQLite has open.
    fn check(&self) -> Result<(), StoreError> {
        match std::fs::metadata(&self.path) {
            Ok(metadata) if (metadata.dev(), metadata.ino()) == (self.device, self.inode) => Ok(()),
            Ok(_) => Err(StoreError::Replaced(self.path.clone())),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(StoreError::Deleted(self.path.clone())),
            Err(error) => Err(StoreError::File(self.path.clone(), error)),
        }
    }
}

impl Store {
    /// Locks a SQLite file against a second process, creating a missing file; PostgreSQL is shared and needs no lock.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process holds it, [`StoreError::NoDatabase`] when the file is something else;
    /// then the call leaves no file behind.
    pub fn lock(url: &str) -> Result<StoreLock, StoreError> {
        let Some(path) = sqlite_path(url) else {
            return Ok(StoreLock(None));
        };
        check_kind(&path)?;
        create_private(&path)?;
        let opened = File::options().read(true).write(true).open(&path);
        let file = opened.map_err(|error| StoreError::File(path.clone(), error))?;
        match file.try_lock() {
            Ok(()) => Ok(StoreLock(Some(file))),
            Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::InUse(path)),
            Err(std::fs::TryLockError::Error(error)) => Err(StoreError::File(path, error)),
        }
    }

    /// Whether there is a database at `url`; assumed for PostgreSQL.
    pub fn exists(url: &str) -> bool {
        sqlite_path(url).is_none_or(|path| path.exists())
    }

    /// The folder of a SQLite file; for PostgreSQL the working folder.
    pub fn folder(url: &str) -> PathBuf {
        sqlite_path(url).and_then(|path| path.parent().map(Path::to_owned)).unwrap_or_default()
    }

    /// Checks that the database file is still where the store opened it.
    ///
    /// # Errors
    /// [`StoreError::Deleted`] and [`StoreError::Replaced`]: SQLite goes on with the old file, whose rows are lost when
    /// the program ends.
    pub fn check_file(&self) -> Result<(), StoreError> {
        self.file.as_ref().map_or(Ok(()), |file| file.check())
    }

    /// The free bytes of the disk under a SQLite file; `None` where they are unknown.
    pub fn find_free_bytes(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(&self.file.as_ref()?.path).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Writes a consistent copy of a SQLite database to `file` while others go on using it. The copy appears under its
    /// name when it is whole and on the disk; before that, a full disk or a crash leaves no file of that name.
    ///
    /// # Errors
    /// When the file exists (a symbolic link counts, wherever it leads), cannot be written, or the database is
    /// PostgreSQL, whose own `pg_dump` is the tool.
    pub async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        let Db::Sqlite(pool) = &self.readers else {
            return Err(StoreError::Url("a PostgreSQL database is backed up with pg_dump".into()));
        };
        let fault = |error: std::io::Error| StoreError::File(file.to_owned(), error);
        let exists = || std::io::Error::new(ErrorKind::AlreadyExists, "the file exists; name one that does not");
        if file.symlink_metadata().is_ok() {
            return Err(fault(exists()));
        }
        // An absolute path, since SQLite would read a name such as file:copy.db?mode=memory as an address.
        let target = std::path::absolute(file).map_err(fault)?;
        let (Some(folder), Some(_)) = (target.parent(), target.file_name()) else {
            return Err(fault(std::io::Error::new(ErrorKind::InvalidInput, "this is no name of a file")));
        };
        // A temporary file is created with the permissions 0600, and deleted where this function ends early.
        let copy = tempfile::Builder::new().prefix(".backup-").suffix(".partial").tempfile_in(folder).map_err(fault)?;
        let path = copy.path().as_os_str().as_bytes();
        // A path need not be UTF-8; a cast takes its bytes as they are.
        sqlx::query("vacuum into cast($1 as text)").bind(path).execute(pool).await?;
        copy.as_file().sync_all().map_err(fault)?;
        copy.persist_noclobber(&target).map_err(|error| match error.error.kind() {
            ErrorKind::AlreadyExists => fault(exists()),
            _ => fault(error.error),
        })?;
        // The name is on the disk once its folder is.
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(fault)
    }
}

/// The file of a `sqlite://` address; `None` for any other address.
pub(super) fn sqlite_path(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    Some(PathBuf::from(rest.split('?').next().unwrap_or(rest)))
}

/// Checks that a path leads to a SQLite database, to an empty file, or to nothing. Not for a file that SQLite has open
/// in this process.
pub(super) fn check_kind(path: &Path) -> Result<(), StoreError> {
    let fault = |error| StoreError::File(path.to_owned(), error);
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(fault(error)),
    };
    // A named pipe would be waited for, and a device read for ever.
    if !metadata.is_file() {
        return Err(StoreError::NoDatabase(path.to_owned()));
    }
    let mut start = Vec::new();
    let file = File::open(path).map_err(fault)?;
    file.take(SQLITE_HEADER.len() as u64).read_to_end(&mut start).map_err(fault)?;
    if start.is_empty() || start == SQLITE_HEADER { Ok(()) } else { Err(StoreError::NoDatabase(path.to_owned())) }
}

/// Whether the database file has a log with commits that it lacks.
pub(super) fn has_log(database: &Path) -> bool {
    let mut path = database.as_os_str().to_owned();
    path.push("-wal");
    std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0)
}

/// Creates a missing database file, which no other user may read. SQLite gives its side files the same permissions.
pub(super) fn create_private(path: &Path) -> Result<(), StoreError> {
    if !path.exists() {
        // Not `create_new`: the name may be a symbolic link to a file that does not exist yet.
        let created = File::options().create(true).truncate(false).write(true).mode(PRIVATE).open(path);
        created.map_err(|error| StoreError::File(path.to_owned(), error))?;
    }
    Ok(())
}

/// Takes the permissions of other users from the files of a store, and warns of a folder where others could replace
/// them. By path alone, see above.
pub(super) fn protect(database: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut path = database.as_os_str().to_owned();
        path.push(suffix);
        let path = PathBuf::from(path);
        let is_open = |metadata: &Metadata| metadata.mode() & OTHERS != 0 || metadata.mode() & PRIVATE != PRIVATE;
        if !std::fs::metadata(&path).is_ok_and(|metadata| is_open(&metadata)) {
            continue;
        }
        let file = path.display();
        match std::fs::set_permissions(&path, Permissions::from_mode(PRIVATE)) {
            Ok(()) => tracing::info!(%file, "took the permissions of other users from a file of the store"),
            Err(error) => {
                tracing::warn!(%file, %error, "other users may read a file of the store; set its permissions to 0600");
            }
        }
    }
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_shared = |metadata: &Metadata| metadata.mode() & (WORLD_WRITABLE | STICKY) == WORLD_WRITABLE;
    if std::fs::metadata(folder).is_ok_and(|metadata| is_shared(&metadata)) {
        tracing::warn!(
            folder = %folder.display(),
            "any user may replace the store in this folder; take the others' right to write there"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_sqlite_address_is_what_follows_the_slashes() {
        assert_eq!(sqlite_path("sqlite:///var/lib/c.db"), Some(PathBuf::from("/var/lib/c.db")));
        assert_eq!(sqlite_path("sqlite://c.db?mode=rwc"), Some(PathBuf::from("c.db")));
        assert_eq!(sqlite_path("postgres://localhost/c"), None);
    }
}
