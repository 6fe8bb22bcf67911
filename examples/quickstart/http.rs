//! Just enough of an HTTP client, and an error that knows whether another attempt can help.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use persevere::{Transient, Verdict};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const TIMEOUT: Duration = Duration::from_millis(400);

#[derive(Debug)]
pub(crate) enum HttpError {
    Status {
        code: u16,
        retry_after: Option<Duration>,
    },
    Io(io::Error),
}

/// The trait that `when = transient()` asks.
impl Transient for HttpError {
    fn verdict(&self) -> Verdict {
        match self {
            HttpError::Status {
                code: 429 | 503,
                retry_after: Some(pause),
            } => Verdict::RetryAfter(*pause),
            HttpError::Status { code, .. } => {
                Verdict::retry_if(matches!(code, 408 | 429 | 500 | 502..=504))
            }
            HttpError::Io(error) => error.verdict(),
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HttpError::Io(error) => error.fmt(f),
            HttpError::Status { code, retry_after } => {
                write!(f, "HTTP {code}")?;
                match retry_after {
                    Some(pause) => write!(f, ", Retry-After: {}", pause.as_secs()),
                    None => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for HttpError {}

impl From<io::Error> for HttpError {
    fn from(error: io::Error) -> Self {
        HttpError::Io(error)
    }
}

pub(crate) async fn get(server: SocketAddr, path: &str) -> Result<String, HttpError> {
    let exchange = async {
        let mut stream = tokio::net::TcpStream::connect(server).await?;
        stream.write_all(request(path).as_bytes()).await?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await?;
        Ok(reply)
    };
    let reply = tokio::time::timeout(TIMEOUT, exchange).await;
    body(&reply.unwrap_or_else(|_| Err(stalled()))?)
}

pub(crate) fn get_blocking(server: SocketAddr, path: &str) -> Result<String, HttpError> {
    let mut stream = TcpStream::connect_timeout(&server, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(request(path).as_bytes())?;
    let mut reply = String::new();
    stream
        .read_to_string(&mut reply)
        .map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => stalled(),
            _ => error,
        })?;
    body(&reply)
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
}

fn stalled() -> io::Error {
    io::Error::new(
        io::ErrorKind::TimedOut,
        format!("no reply within {TIMEOUT:?}"),
    )
}

/// The body of a reply with status 200.
fn body(reply: &str) -> Result<String, HttpError> {
    let (head, body) = reply
        .split_once("\r\n\r\n")
        .ok_or(io::ErrorKind::UnexpectedEof)
        .map_err(io::Error::from)?;
    let code = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or(io::ErrorKind::InvalidData)
        .map_err(io::Error::from)?;
    if code == 200 {
        return Ok(body.to_owned());
    }
    let retry_after = head
        .lines()
        .find_map(|line| line.strip_prefix("Retry-After: "))
        .and_then(|seconds| seconds.parse().ok())
        .map(Duration::from_secs);
    Err(HttpError::Status { code, retry_after })
}
