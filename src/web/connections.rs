//! The connections of the web server, bounded in number and in silence: a client that opens connections and sends
//! nothing can neither keep them nor keep others out for long.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};

/// Connections at the same time; further ones wait.
const CONNECTIONS: usize = 64;
/// How long a client may take for a request, from the connection or the last answer on, and to read an answer.
const WITHIN: Duration = Duration::from_secs(10);

/// Accepts a bounded number of connections.
pub(super) struct BoundedListener {
    listener: TcpListener,
    permits: Arc<Semaphore>,
    within: Duration,
}

impl BoundedListener {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener, permits: Arc::new(Semaphore::new(CONNECTIONS)), within: WITHIN }
    }
}

impl Listener for BoundedListener {
    type Io = TimedConnection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TimedConnection, SocketAddr) {
        // The semaphore is never closed.
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        // Axum's own accept waits after an error such as too many open files.
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let connection = TimedConnection {
            stream,
            deadline: Box::pin(tokio::time::sleep(self.within)),
            within: self.within,
            _permit: permit,
        };
        (connection, address)
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that fails when the client is silent for too long. A byte now and then does not extend the time; an
/// answer does.
pub(super) struct TimedConnection {
    stream: TcpStream,
    deadline: Pin<Box<Sleep>>,
    within: Duration,
    _permit: Option<OwnedSemaphorePermit>,
}

impl TimedConnection {
    fn check_deadline(&mut self, cx: &mut Context<'_>) -> std::io::Result<()> {
        match self.deadline.as_mut().poll(cx) {
            Poll::Ready(()) => Err(Error::from(ErrorKind::TimedOut)),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for TimedConnection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        self.check_deadline(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for TimedConnection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        self.check_deadline(cx)?;
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if written.is_ready() {
            let deadline = Instant::now() + self.within;
            self.deadline.as_mut().reset(deadline);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn a_silent_connection_is_closed_and_makes_room() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut bounded = BoundedListener::new(listener);
        bounded.permits = Arc::new(Semaphore::new(1));
        bounded.within = Duration::from_millis(50);
        let (_silent, _other) =
            (TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap());
        let (mut first, _) = bounded.accept().await;
        let error = first.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(bounded.permits.available_permits(), 0);
        drop(first);
        bounded.accept().await;
    }
}
