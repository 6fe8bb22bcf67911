//! An HTTP/2 server made of raw frames (RFC 9113), for answers that no real server gives on demand.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// The fate of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It continues.
    Go,
    /// It is closed.
    Close,
    /// It is reset.
    Reset,
    /// Nothing more is read or written while the client waits.
    Stall,
}

/// A server that follows a script.
#[derive(Debug)]
pub struct Http2 {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Http2 {
    /// Listens, in threads that end with the process. The script is called for each complete request, with
    /// its connection and its stream.
    pub fn start<S>(script: S) -> Self
    where
        S: Fn(&mut Frames, u32) -> io::Result<Then> + Send + Sync + 'static,
    {
        Http2::with_streams(100, script)
    }

    /// Listens with a limit on concurrent streams.
    pub fn with_streams<S>(streams: u32, script: S) -> Self
    where
        S: Fn(&mut Frames, u32) -> io::Result<Then> + Send + Sync + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let server = Http2 {
            address: listener.local_addr().expect("an address"),
            requests: Arc::default(),
            connections: Arc::default(),
        };
        let (script, requests) = (Arc::new(script), Arc::clone(&server.requests));
        let connections = Arc::clone(&server.connections);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::SeqCst);
                let (script, requests) = (Arc::clone(&script), Arc::clone(&requests));
                // A client that disconnects ends its connection.
                thread::spawn(move || Frames(stream).serve(streams, &requests, &*script));
            }
        });
        server
    }

    /// Returns the address at which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the URL of its root.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Returns the number of complete requests.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Returns the number of connections.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// The errors of HTTP/2 (RFC 9113, section 7).
pub mod code {
    pub const NO_ERROR: u32 = 0;
    pub const PROTOCOL_ERROR: u32 = 1;
    pub const INTERNAL_ERROR: u32 = 2;
    pub const REFUSED_STREAM: u32 = 7;
    pub const CANCEL: u32 = 8;
    pub const ENHANCE_YOUR_CALM: u32 = 11;
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A connection, by its frames.
#[derive(Debug)]
pub struct Frames(TcpStream);

impl Frames {
    /// Sends a response with an empty body.
    pub fn answer(&mut self, stream: u32) -> io::Result<()> {
        self.frame(HEADERS, END_STREAM | END_HEADERS, stream, OK)
    }

    /// Sends the head of a response, and a part of its body.
    pub fn half(&mut self, stream: u32) -> io::Result<()> {
        self.head(stream)?;
        self.data(stream, b"hello", false)
    }

    /// Sends the head of a response.
    pub fn head(&mut self, stream: u32) -> io::Result<()> {
        self.frame(HEADERS, END_HEADERS, stream, OK)
    }

    /// Sends a part of the body of a response, which may be its last.
    pub fn data(&mut self, stream: u32, bytes: &[u8], last: bool) -> io::Result<()> {
        self.frame(DATA, u8::from(last), stream, bytes)
    }

    /// Sends `RST_STREAM`.
    pub fn reset(&mut self, stream: u32, code: u32) -> io::Result<()> {
        self.frame(RST_STREAM, 0, stream, &code.to_be_bytes())
    }

    /// Sends `GOAWAY`: streams up to `last` may have been processed.
    pub fn go_away(&mut self, last: u32, code: u32) -> io::Result<()> {
        let payload = [last.to_be_bytes(), code.to_be_bytes()].concat();
        self.frame(GOAWAY, 0, 0, &payload)
    }

    fn frame(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> io::Result<()> {
        let length = u32::try_from(payload.len()).expect("a short frame");
        let mut frame = length.to_be_bytes()[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.0.write_all(&frame)
    }

    fn serve<S>(mut self, streams: u32, requests: &AtomicUsize, script: &S) -> io::Result<()>
    where
        S: Fn(&mut Frames, u32) -> io::Result<Then>,
    {
        self.0.set_nodelay(true)?;
        let mut preface = [0; 24];
        self.0.read_exact(&mut preface)?;
        let [a, b, c, d] = streams.to_be_bytes();
        self.frame(SETTINGS, 0, 0, &[0, 3, a, b, c, d])?;
        loop {
            let (kind, flags, stream, payload) = self.read()?;
            match kind {
                SETTINGS if flags & ACK == 0 => self.frame(SETTINGS, ACK, 0, &[])?,
                PING if flags & ACK == 0 => self.frame(PING, ACK, 0, &payload)?,
                HEADERS | DATA if flags & END_STREAM != 0 => {
                    requests.fetch_add(1, Ordering::SeqCst);
                    match script(&mut self, stream)? {
                        Then::Go => {}
                        Then::Close => return self.close(),
                        Then::Reset => {
                            return socket2::SockRef::from(&self.0)
                                .set_linger(Some(Duration::ZERO));
                        }
                        Then::Stall => return io::copy(&mut self.0, &mut io::sink()).map(drop),
                    }
                }
                _ => {}
            }
        }
    }

    fn read(&mut self) -> io::Result<(u8, u8, u32, Vec<u8>)> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head)?;
        let [x, y, z, kind, flags, a, b, c, d] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, x, y, z]) as usize];
        self.0.read_exact(&mut payload)?;
        Ok((kind, flags, u32::from_be_bytes([a, b, c, d]), payload))
    }

    /// Reads the data still in transit, so that the connection is not reset.
    fn close(mut self) -> io::Result<()> {
        self.0.shutdown(std::net::Shutdown::Write)?;
        io::copy(&mut self.0, &mut io::sink()).map(drop)
    }
}

/// `:status: 200`, the eighth of HPACK's static table (RFC 7541, appendix A).
const OK: &[u8] = &[0x88];
