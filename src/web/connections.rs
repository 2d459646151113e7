//! The connections of the web server, bounded in number and in silence: a client that opens connections and sends
//! nothing can neither keep them nor keep others out.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Connections at the same time. A further one takes the place of the one that waits longest for a request.
const CONNECTIONS: usize = 64;
/// How long a client may take for its request, from the connection on.
const REQUEST_WITHIN: Duration = Duration::from_secs(3);
/// How long an answer may take from its request on, and then the client to read it and to ask again.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// The end of a request: those of a monitor have no body.
const END: &[u8; 4] = b"\r\n\r\n";

/// The open connections, and those among them that wait for a request, the oldest first.
#[derive(Debug)]
struct Connections {
    most: usize,
    state: Mutex<ConnectionsState>,
}

#[derive(Debug, Default)]
struct ConnectionsState {
    open: usize,
    count: u64,
    waiting: BTreeMap<u64, CancellationToken>,
}

impl Connections {
    fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, state: Mutex::default() })
    }

    /// Gives a place to a new connection; `None` while every place has a request in hand.
    fn admit(self: &Arc<Self>) -> Option<Place> {
        let mut place = {
            let mut state = self.state.lock();
            if state.open >= self.most {
                let (_, oldest) = state.waiting.pop_first()?;
                oldest.cancel();
            }
            state.open += 1;
            Place { connections: Arc::clone(self), number: 0, lost: CancellationToken::new() }
        };
        place.await_request();
        Some(place)
    }
}

/// The place of a connection; it ends with its drop.
#[derive(Debug)]
struct Place {
    connections: Arc<Connections>,
    number: u64,
    /// Cancelled when another connection takes the place.
    lost: CancellationToken,
}

impl Place {
    /// Stands behind the connections that wait for a request.
    fn await_request(&mut self) {
        let mut state = self.connections.state.lock();
        state.waiting.remove(&self.number);
        state.count += 1;
        self.number = state.count;
        let (number, lost) = (self.number, self.lost.clone());
        state.waiting.insert(number, lost);
    }

    /// Keeps the place until the answer.
    fn await_answer(&self) {
        self.connections.state.lock().waiting.remove(&self.number);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.connections.state.lock();
        state.open -= 1;
        state.waiting.remove(&self.number);
    }
}

/// Accepts a bounded number of connections.
pub(super) struct BoundedListener {
    listener: TcpListener,
    connections: Arc<Connections>,
    request_within: Duration,
}

impl BoundedListener {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener, connections: Connections::new(CONNECTIONS), request_within: REQUEST_WITHIN }
    }
}

impl Listener for BoundedListener {
    type Io = TimedConnection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TimedConnection, SocketAddr) {
        loop {
            // Axum's own accept waits after an error such as too many open files.
            let (stream, address) = Listener::accept(&mut self.listener).await;
            // Beside 64 requests in hand, a connection is closed at once: its client may ask again.
            let Some(place) = self.connections.admit() else { continue };
            let lost = Box::pin(place.lost.clone().cancelled_owned());
            let deadline = Box::pin(tokio::time::sleep(self.request_within));
            return (TimedConnection { stream, place, lost, deadline, tail: Vec::new() }, address);
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that fails when the client is silent for too long, or when another one takes its place. A byte now and
/// then does not extend the time; a request and an answer do.
pub(super) struct TimedConnection {
    stream: TcpStream,
    place: Place,
    lost: Pin<Box<WaitForCancellationFutureOwned>>,
    deadline: Pin<Box<Sleep>>,
    /// The last bytes of an unfinished request.
    tail: Vec<u8>,
}

impl TimedConnection {
    fn check(&mut self, cx: &mut Context<'_>) -> std::io::Result<()> {
        if self.lost.as_mut().poll(cx).is_ready() || self.deadline.as_mut().poll(cx).is_ready() {
            return Err(Error::from(ErrorKind::TimedOut));
        }
        Ok(())
    }

    fn allow(&mut self, within: Duration) {
        self.deadline.as_mut().reset(Instant::now() + within);
    }

    /// Notices the end of a request.
    fn note_read(&mut self, bytes: &[u8]) {
        self.tail.extend_from_slice(bytes);
        if self.tail.windows(END.len()).any(|window| window == END) {
            self.tail.clear();
            self.place.await_answer();
            self.allow(ANSWER_WITHIN);
        }
        let surplus = self.tail.len().saturating_sub(END.len() - 1);
        self.tail.drain(..surplus);
    }
}

impl AsyncRead for TimedConnection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        self.check(cx)?;
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.note_read(&buf.filled()[before..]);
        read
    }
}

impl AsyncWrite for TimedConnection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        self.check(cx)?;
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if written.is_ready() {
            self.place.await_request();
            self.allow(ANSWER_WITHIN);
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
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn listen(most: usize) -> (BoundedListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut bounded = BoundedListener::new(listener);
        bounded.connections = Connections::new(most);
        (bounded, address)
    }

    #[tokio::test]
    async fn a_silent_connection_is_closed_and_makes_room() {
        let (mut bounded, address) = listen(1).await;
        bounded.request_within = Duration::from_millis(50);
        let mut silent = TcpStream::connect(address).await.unwrap();
        // Half a request is silence too.
        silent.write_all(b"GET /health HTTP/1.1\r\n").await.unwrap();
        let (mut first, _) = bounded.accept().await;
        let mut read = Vec::new();
        let error = first.read_to_end(&mut read).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        drop(first);
        assert_eq!(bounded.connections.state.lock().open, 0);
    }

    #[tokio::test]
    async fn the_connection_that_has_waited_longest_makes_room_at_once() {
        let (mut bounded, address) = listen(2).await;
        let mut clients = Vec::new();
        let mut accepted = Vec::new();
        for _ in 0..2 {
            clients.push(TcpStream::connect(address).await.unwrap());
            accepted.push(bounded.accept().await.0);
        }
        // The first one asks: its answer is waited for, and the second one waits longest.
        clients[0].write_all(b"GET /health HTTP/1.1\r\n\r").await.unwrap();
        clients[0].write_all(b"\n").await.unwrap();
        let mut request = [0; 24];
        accepted[0].read_exact(&mut request).await.unwrap();
        clients.push(TcpStream::connect(address).await.unwrap());
        accepted.push(bounded.accept().await.0);
        let error = accepted[1].read_u8().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        accepted[0].write_all(b"answer").await.unwrap();
        drop(accepted.remove(1));
        assert_eq!(bounded.connections.state.lock().open, 2);
        // After its answer the first one waits again, behind the third.
        assert_eq!(bounded.connections.state.lock().waiting.len(), 2);
    }

    #[tokio::test]
    async fn a_connection_beside_requests_in_hand_is_closed() {
        let connections = Connections::new(1);
        let place = connections.admit().unwrap();
        place.await_answer();
        assert!(connections.admit().is_none());
        drop(place);
        assert!(connections.admit().is_some());
    }
}
