//! Owns a stand-in for a publisher that sends the exact bytes of a test, for answers that no web server would make. It
//! knows no more of HTTP than the end of a request's head.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The bytes of an answer and the behaviour after them.
pub enum Reply {
    /// The connection is closed after these.
    Bytes(Vec<u8>),
    /// The connection waits for the next request.
    Keep(Vec<u8>),
    /// The connection is reset.
    Reset,
    /// Nothing more comes, and the connection stays open.
    Hang(Vec<u8>),
    /// A byte every few milliseconds follows, for ever.
    Drip(Vec<u8>),
    /// As much as the client takes follows, for ever.
    Flood(Vec<u8>),
}

/// A running site; it and all its connections end when this is dropped.
pub struct RawSite {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    _connections: JoinSet<()>,
}

impl RawSite {
    /// Starts a site on a free port of 127.0.0.1, or on an address of its own.
    pub async fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_on("127.0.0.1:0".parse().unwrap(), reply).await
    }

    pub async fn start_on(address: SocketAddr, reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve(address, move |head, _| reply(head)).await
    }

    /// Starts a site whose answers depend on the number of a request on its connection, from 0.
    pub async fn start_counting(reply: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve("127.0.0.1:0".parse().unwrap(), reply).await
    }

    async fn serve(address: SocketAddr, reply: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (record, reply) = (Arc::clone(&requests), Arc::new(reply));
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (record, reply) = (Arc::clone(&record), Arc::clone(&reply));
                connections.spawn(async move {
                    // The client may have left.
                    let _ = answer_all(stream, &record, reply.as_ref()).await;
                });
            }
        });
        Self { address, requests, _connections: accepting }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The heads of the requests so far, in lower case.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Answers the requests of a connection until one of them ends it.
async fn answer_all(
    mut stream: TcpStream,
    record: &Mutex<Vec<String>>,
    reply: &(dyn Fn(&str, usize) -> Reply + Send + Sync),
) -> std::io::Result<()> {
    let mut number = 0;
    while answer(&mut stream, record, &|head| reply(head, number)).await? {
        number += 1;
        if stream.peek(&mut [0]).await? == 0 {
            // The client has left.
            break;
        }
    }
    Ok(())
}

/// Answers one request; returns whether the connection stays open for another.
async fn answer(
    stream: &mut TcpStream,
    record: &Mutex<Vec<String>>,
    reply: &(dyn Fn(&str) -> Reply + Send + Sync),
) -> std::io::Result<bool> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            // Other protocols, such as a TLS handshake, are answered too.
            Err(_) => break,
        }
        if head.first() == Some(&0x16) {
            break;
        }
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    record.lock().unwrap().push(head.clone());
    match reply(&head) {
        Reply::Keep(bytes) => {
            stream.write_all(&bytes).await?;
            return Ok(true);
        }
        Reply::Reset => stream.set_zero_linger()?,
        Reply::Bytes(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await?;
            // Closed at once, with bytes of the client still to be read, it would be reset.
            while stream.read(&mut [0; 1024]).await? > 0 {}
        }
        Reply::Hang(bytes) => {
            stream.write_all(&bytes).await?;
            while stream.read(&mut [0; 1024]).await? > 0 {}
        }
        Reply::Drip(bytes) => {
            stream.write_all(&bytes).await?;
            loop {
                stream.write_all(b"x").await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Reply::Flood(bytes) => {
            stream.write_all(&bytes).await?;
            loop {
                stream.write_all(&[b'x'; 1 << 14]).await?;
            }
        }
    }
    Ok(false)
}
