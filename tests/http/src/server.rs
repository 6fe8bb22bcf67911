//! An HTTP server of a test's own, on loopback, that fails as it is told.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

#[path = "tls.rs"]
pub mod tls;

/// The fate of a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A response; the connection stays open.
    Answer(String),
    /// So much of a response, and the connection is closed.
    Cut(String),
    /// So much of a response, and the connection is reset.
    Reset(String),
    /// Nothing, as long as the client waits.
    Stall,
}

/// A response with an empty body.
pub fn status(status: u16) -> Reply {
    answer(status, &[], "")
}

/// A response.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut head = format!("HTTP/1.1 {status} \r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    Reply::Answer(head + "\r\n" + body)
}

/// The beginning of a response whose body is longer than what comes of it.
pub const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";

/// A request that arrived.
#[derive(Clone, Debug)]
pub struct Request {
    /// Method and path.
    pub line: String,
    headers: Vec<(String, String)>,
}

impl Request {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(value)
    }
}

/// Answers requests.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    answers: Box<dyn Fn(&Request) -> Reply + Send + Sync>,
    requests: Mutex<Vec<Request>>,
}

impl Server {
    /// Listens, in threads that end with the process. It answers as its script says, and after that with `200 OK`
    /// and the body `ok`.
    pub fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let script: Vec<_> = script.into_iter().collect();
        let script = Mutex::new(script.into_iter());
        Server::listen(0, move |_| {
            let next = script.lock().unwrap_or_else(PoisonError::into_inner).next();
            next.unwrap_or_else(|| answer(200, &[], "ok"))
        })
    }

    /// Listens at a port, in threads that end with the process.
    pub fn listen<A>(port: u16, answers: A) -> Self
    where
        A: Fn(&Request) -> Reply + Send + Sync + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            answers: Box::new(answers),
            requests: Mutex::default(),
        });
        let server = Server {
            address,
            shared: Arc::clone(&shared),
        };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // A client that goes away ends its connection.
                thread::spawn(move || shared.serve(stream));
            }
        });
        server
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests that have arrived.
    pub fn requests(&self) -> Vec<Request> {
        let requests = self.shared.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A URL where nobody listens.
pub fn refusing() -> String {
    format!("http://127.0.0.1:{}/", support::free_port())
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        loop {
            let head = head(&mut stream)?;
            let request = parse(&head);
            let length = request.header("content-length");
            let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
            self.requests
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(request.clone());
            let reply = (self.answers)(&request);
            if let Reply::Reset(part) = reply {
                // One that is closed with something unread in it is reset.
                return stream.write_all(part.as_bytes());
            }
            io::copy(&mut (&mut stream).take(1 + length), &mut io::sink())?;
            match reply {
                Reply::Answer(text) => stream.write_all(text.as_bytes())?,
                Reply::Cut(part) => return stream.write_all(part.as_bytes()),
                Reply::Reset(_) | Reply::Stall => return stream.read(&mut [0]).map(drop),
            }
        }
    }
}

/// A head, but for its last byte.
fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn parse(head: &str) -> Request {
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default();
    let line = line.strip_suffix(" HTTP/1.1").unwrap_or(line);
    let headers = lines.filter_map(|line| line.split_once(':'));
    Request {
        line: line.to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect(),
    }
}
