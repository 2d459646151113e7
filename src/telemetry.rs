//! Logging for the operator, to standard error.
//!
//! The log never stops the program. A thread of its own writes the lines: a full disk or a closed pipe loses them, a
//! reader that stops reading fills a bounded queue, and the next line that can be written counts the lost ones. A
//! panic is logged by its place; its message may hold a secret, and stays out unless the source text holds it.

use std::any::Any;
use std::io::{IsTerminal, Write};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Lines that wait for a slow reader of the log; further ones are lost.
const WAITING_LINES: usize = 4096;
/// Bytes of one line; the rest is cut.
const LINE_BYTES: usize = 64 * 1024;
/// How long the program's end waits for the last lines.
const FLUSH_WITHIN: Duration = Duration::from_secs(1);

/// The queue of the log that [`init`] started.
static LOG: OnceLock<LogQueue> = OnceLock::new();

/// Starts logging with a filter such as `info` or `info,ceasewire::poller=debug`.
///
/// # Errors
/// When the filter is invalid, or logging has already started.
pub fn init(filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter)?;
    let queue = LogQueue::start(std::io::stderr())?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(queue.clone())
        .with_ansi(std::io::stderr().is_terminal())
        // Else a failed write is reported with eprintln!, which panics where standard error is gone.
        .log_internal_errors(false)
        .try_init()
        .map_err(|error| anyhow::anyhow!("logging cannot start: {error}"))?;
    let _ = LOG.set(queue);
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// Waits until the lines so far are written, for a second at most.
pub fn flush() {
    if let Some(queue) = LOG.get() {
        queue.flush();
    }
}

/// A line for the log's thread, or the request to report that all lines before it are written.
enum LogItem {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// The lines on their way to the log's thread. A clone per line costs less than a lock.
#[derive(Clone)]
struct LogQueue {
    items: SyncSender<LogItem>,
    lost: Arc<AtomicU64>,
}

impl LogQueue {
    /// Starts the thread that writes into `out`.
    fn start(out: impl Write + Send + 'static) -> std::io::Result<Self> {
        let (items, waiting) = sync_channel(WAITING_LINES);
        let lost = Arc::new(AtomicU64::new(0));
        let queue = Self { items, lost: Arc::clone(&lost) };
        std::thread::Builder::new().name("log".to_owned()).spawn(move || write_lines(&waiting, out, &lost))?;
        Ok(queue)
    }

    fn flush(&self) {
        let (written, done) = sync_channel(1);
        if self.items.try_send(LogItem::Flush(written)).is_ok() {
            let _ = done.recv_timeout(FLUSH_WITHIN);
        }
    }
}

/// Writes lines until the queue is gone. No failure ends it: the disk may have space again later.
fn write_lines(items: &Receiver<LogItem>, mut out: impl Write, lost: &AtomicU64) {
    for item in items {
        match item {
            LogItem::Line(line) => {
                let missing = lost.swap(0, Ordering::Relaxed);
                let note =
                    if missing == 0 { String::new() } else { format!("({missing} lines of the log are lost)\n") };
                if out.write_all(note.as_bytes()).is_err() {
                    lost.fetch_add(missing + 1, Ordering::Relaxed);
                } else if out.write_all(&line).is_err() {
                    lost.fetch_add(1, Ordering::Relaxed);
                }
            }
            LogItem::Flush(written) => {
                let _ = out.flush();
                let _ = written.try_send(());
            }
        }
    }
}

impl<'a> MakeWriter<'a> for LogQueue {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Takes one line a call, as the formatter writes it. Never fails and never waits.
impl Write for LogQueue {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let mut kept = line[..line.len().min(LINE_BYTES)].to_vec();
        if kept.len() < line.len() {
            kept.extend_from_slice(b"...\n");
        }
        if self.items.try_send(LogItem::Line(kept)).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let thread = std::thread::current();
    tracing::error!(
        panic.place = place,
        panic.message = literal_message(panic.payload()),
        thread = thread.name().unwrap_or("unnamed"),
        "a bug made a part of the program panic"
    );
}

/// Returns the message of a panic if it is text of the source. A formatted message may quote data, such as an address
/// with a password in an unwrapped error.
fn literal_message(payload: &(dyn Any + Send)) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("(withheld, since it may quote a secret)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::{Condvar, Mutex};
    use std::io::{Error, ErrorKind};

    /// An output that fails, waits or keeps its lines, as a test says.
    #[derive(Clone, Default)]
    struct TestOutput(Arc<(Mutex<TestState>, Condvar)>);

    #[derive(Default)]
    struct TestState {
        fails: bool,
        stalls: bool,
        written: String,
    }

    impl TestOutput {
        fn set(&self, change: impl FnOnce(&mut TestState)) {
            change(&mut self.0.0.lock());
            self.0.1.notify_all();
        }
    }

    impl Write for TestOutput {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let mut state = self.0.0.lock();
            while state.stalls {
                self.0.1.wait(&mut state);
            }
            if state.fails {
                return Err(Error::from(ErrorKind::StorageFull));
            }
            state.written.push_str(&String::from_utf8_lossy(bytes));
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_are_lost_on_a_full_disk_and_counted_afterwards() {
        let out = TestOutput::default();
        let mut queue = LogQueue::start(out.clone()).unwrap();
        out.set(|state| state.fails = true);
        queue.write_all(b"one\n").unwrap();
        queue.write_all(b"two\n").unwrap();
        LogQueue::flush(&queue);
        out.set(|state| state.fails = false);
        queue.write_all(b"three\n").unwrap();
        LogQueue::flush(&queue);
        assert_eq!(out.0.0.lock().written, "(2 lines of the log are lost)\nthree\n");
    }

    #[test]
    fn a_reader_that_stops_reading_stops_nobody() {
        let out = TestOutput::default();
        let mut queue = LogQueue::start(out.clone()).unwrap();
        out.set(|state| state.stalls = true);
        let sent = WAITING_LINES + 100;
        for _ in 0..sent {
            queue.write_all(b"line\n").unwrap();
        }
        out.set(|state| state.stalls = false);
        while !out.0.0.lock().written.contains("are lost") {
            queue.write_all(b"line\n").unwrap();
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_line_is_cut_at_a_bound() {
        let out = TestOutput::default();
        let mut queue = LogQueue::start(out.clone()).unwrap();
        queue.write_all("x".repeat(LINE_BYTES * 3).as_bytes()).unwrap();
        LogQueue::flush(&queue);
        assert_eq!(out.0.0.lock().written.len(), LINE_BYTES + "...\n".len());
    }

    #[test]
    fn only_a_literal_message_of_a_panic_is_logged() {
        let secret = "hunter2";
        let formatted = std::panic::catch_unwind(|| panic!("cannot read {secret}")).unwrap_err();
        assert!(!literal_message(&*formatted).contains(secret));
        let literal = std::panic::catch_unwind(|| panic!("the window is empty")).unwrap_err();
        assert_eq!(literal_message(&*literal), "the window is empty");
    }
}
