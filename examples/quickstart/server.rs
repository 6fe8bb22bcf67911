//! An HTTP server on loopback that fails by a script.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// The fate of a request.
#[derive(Clone, Copy)]
enum Step {
    /// 503 with `Retry-After: 1`.
    Busy,
    /// 503, no more said.
    Down,
    /// The connection is reset.
    Reset,
    /// There is never a reply.
    Stall,
    /// 200 with this body.
    Ok(&'static str),
}

/// The fates of the first, the second … request for a path; the last holds from then on.
fn script(path: &str) -> &'static [Step] {
    match path {
        "/weather/lisbon" => &[
            Step::Busy,
            Step::Reset,
            Step::Stall,
            Step::Ok("sunny, 24 °C"),
        ],
        "/tides" => &[Step::Reset, Step::Stall, Step::Ok("high at 14:05")],
        _ => &[Step::Down],
    }
}

/// Serves on a free port of loopback until the process ends.
pub(crate) fn start() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || serve(&listener));
    Ok(address)
}

fn serve(listener: &TcpListener) {
    let mut requests = HashMap::new();
    let mut stalled = Vec::new();
    for stream in listener.incoming().flatten() {
        // A client that went away is no concern of the next one.
        if let Ok(Some(stream)) = answer(stream, &mut requests) {
            stalled.push(stream);
        }
    }
}

/// Answers one request, and gives back a connection that is to stay open without a reply.
fn answer(
    mut stream: TcpStream,
    requests: &mut HashMap<String, usize>,
) -> io::Result<Option<TcpStream>> {
    let mut request = [0; 1024];
    let length = stream.peek(&mut request)?;
    let text = String::from_utf8_lossy(&request[..length]);
    let path = text.split(' ').nth(1).unwrap_or_default();

    let script = script(path);
    let count = requests.entry(path.to_owned()).or_default();
    let step = script[(*count).min(script.len() - 1)];
    *count += 1;

    let reply = match step {
        Step::Busy => "503 Service Unavailable\r\nRetry-After: 1\r\n\r\n".to_owned(),
        Step::Down => "503 Service Unavailable\r\n\r\n".to_owned(),
        Step::Ok(body) => format!("200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()),
        Step::Stall => return Ok(Some(stream)),
        // The request was only peeked at: closing a socket with unread data resets it.
        Step::Reset => return Ok(None),
    };
    stream.read_exact(&mut request[..length])?;
    write!(stream, "HTTP/1.1 {reply}")?;
    Ok(None)
}
