//! HTTP/1.1, as far as a page on loopback needs it: requests without a body, one a connection.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// The most bytes of a request's line and headers.
const MOST_BYTES: usize = 32 * 1024;

/// The time in which a request arrives, and in which each part of a response is taken.
const PATIENCE: Duration = Duration::from_secs(5);

/// The page loads nothing from elsewhere, and is no part of another page.
const HEADERS: &str = "Cache-Control: no-store\r\n\
    Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
    Cross-Origin-Resource-Policy: same-origin\r\n\
    Referrer-Policy: no-referrer\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Connection: close\r\n";

/// A request for a page of this server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) query: String,
    /// Whether a page of another site has sent it.
    pub(crate) is_foreign: bool,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    status: &'static str,
    kind: &'static str,
    body: String,
}

impl Response {
    pub(crate) fn new(kind: &'static str, body: impl Into<String>) -> Self {
        Response {
            status: "200 OK",
            kind,
            body: body.into(),
        }
    }

    /// A refusal in one line of text.
    pub(crate) fn refusal(status: &'static str, reason: impl Into<String>) -> Self {
        Response::new("text/plain", reason.into() + "\n").with(status)
    }

    pub(crate) fn with(self, status: &'static str) -> Self {
        Response { status, ..self }
    }
}

/// Reads a request.
///
/// # Errors
///
/// The response to one that is refused; `None` where nobody waits for any.
pub(crate) fn read(mut connection: &TcpStream) -> Result<Request, Option<Response>> {
    let begun = Instant::now();
    let mut head = Vec::new();
    let mut bytes = [0; 4096];
    while !head.ends_with(b"\r\n\r\n") {
        let left = PATIENCE.saturating_sub(begun.elapsed());
        if left.is_zero() {
            let reason = "the request did not end within 5 s";
            return Err(Some(Response::refusal("408 Request Timeout", reason)));
        }
        connection.set_read_timeout(Some(left)).map_err(|_| None)?;
        let count = match connection.read(&mut bytes) {
            Ok(0) => return Err(None),
            Ok(count) => count,
            Err(error) if is_late(&error) && !head.is_empty() => continue,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            // A browser opens connections that it may need, and says nothing.
            Err(_) => return Err(None),
        };
        head.extend_from_slice(&bytes[..count]);
        if let Some(end) = head.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            head.truncate(end + 4);
        }
        if head.len() > MOST_BYTES {
            let reason = "a request has at most 32 KiB; shorten the policies";
            let status = "431 Request Header Fields Too Large";
            return Err(Some(Response::refusal(status, reason)));
        }
    }
    let bad = || Response::refusal("400 Bad Request", "this is not a request of HTTP/1.1");
    let head = String::from_utf8(head).map_err(|_| Some(bad()))?;
    parse(&head).map_err(Some)
}

fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Parses the line and the headers of a request.
fn parse(head: &str) -> Result<Request, Response> {
    let bad = |reason: &str| Response::refusal("400 Bad Request", reason);
    let mut lines = head.split("\r\n");
    let line = lines.next().unwrap_or_default();
    let words: Vec<&str> = line.split(' ').collect();
    let &[method, target, version] = words.as_slice() else {
        return Err(bad("this is not a request of HTTP/1.1"));
    };
    if !version.starts_with("HTTP/1.") || !target.starts_with('/') {
        return Err(bad("this is not a request of HTTP/1.1"));
    }
    if method != "GET" {
        let reason = "this page is only read; send GET";
        return Err(Response::refusal("405 Method Not Allowed", reason));
    }
    let headers: Vec<(&str, &str)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name, value.trim()))
        .collect();
    let values = |wanted: &'static str| {
        let named = headers
            .iter()
            .filter(move |(name, _)| name.eq_ignore_ascii_case(wanted));
        named.map(|(_, value)| *value)
    };
    let hosts: Vec<&str> = values("host").collect();
    match hosts.as_slice() {
        [host] if is_loopback(host) => {}
        [_] => {
            let reason = "this page is of this machine alone; open it at 127.0.0.1 or localhost";
            return Err(Response::refusal("421 Misdirected Request", reason));
        }
        _ => return Err(bad("a request has one Host")),
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut sites = values("sec-fetch-site");
    Ok(Request {
        path: path.to_owned(),
        query: query.to_owned(),
        is_foreign: sites.any(|site| !["none", "same-origin"].contains(&site)),
    })
}

/// Returns whether a `Host` is this machine: a name that leads here from elsewhere may belong to another site.
fn is_loopback(host: &str) -> bool {
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    ["127.0.0.1", "localhost"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// Writes a response.
pub(crate) fn write(mut connection: &TcpStream, response: &Response) -> io::Result<()> {
    let Response { status, kind, body } = response;
    let length = body.len();
    let allow = if status.starts_with("405") {
        "Allow: GET\r\n"
    } else {
        ""
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {length}\r\n{allow}{HEADERS}\r\n"
    );
    connection.set_write_timeout(Some(PATIENCE))?;
    connection.write_all(head.as_bytes())?;
    connection.write_all(body.as_bytes())?;
    connection.shutdown(Shutdown::Write)?;
    // What was sent and not read would make the system take the response back.
    connection.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut rest = [0; 4096];
    for _ in 0..64 {
        match connection.read(&mut rest) {
            Ok(count) if count > 0 => {}
            _ => break,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{is_loopback, parse};

    #[test]
    fn a_host_is_this_machine_by_its_names_alone() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:80",
            "localhost:7373",
            "LOCALHOST:7373",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "example.com",
            "127.0.0.1.example.com:80",
            "localhost:x",
            "0.0.0.0",
            "127.0.0.1@example.com",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_page_of_another_site_is_told_by_its_browser() {
        let request = |site: &str| {
            let head = format!(
                "GET /run?a=1 HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: {site}\r\n\r\n"
            );
            parse(&head).unwrap()
        };
        assert!(request("cross-site").is_foreign && request("same-site").is_foreign);
        let own = request("same-origin");
        assert_eq!((&*own.path, &*own.query), ("/run", "a=1"));
        assert!(!own.is_foreign && !request("none").is_foreign);
    }
}
