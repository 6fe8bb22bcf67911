//! Faults on a socket.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use super::{Fault, Faults};
use crate::util::sync::AtomicU64;

/// A TCP proxy on loopback in front of a real server, whose connections fail by [`Faults`].
///
/// A connection that fails is closed before a byte of it has reached the server; a delayed one waits in real
/// time. With [`cut_after`](FlakyProxy::cut_after) a connection that fails breaks off in the middle of the
/// answer instead. The proxy has its own threads, so that it serves blocking and async clients alike.
///
/// ```
/// # use persevere_core as persevere;
/// use std::io::{self, ErrorKind, Read, Write};
/// use std::net::{SocketAddr, TcpListener, TcpStream};
/// use std::thread;
/// use persevere::testing::{Faults, FlakyProxy};
/// use persevere::{Policy, RetryPolicy, wait};
///
/// fn ask(server: SocketAddr) -> io::Result<String> {
///     let mut answer = String::new();
///     match TcpStream::connect(server)?.read_to_string(&mut answer)? {
///         0 => Err(ErrorKind::UnexpectedEof.into()),
///         _ => Ok(answer),
///     }
/// }
///
/// # fn main() -> io::Result<()> {
/// let server = TcpListener::bind("127.0.0.1:0")?;
/// let proxy = FlakyProxy::start(server.local_addr()?, Faults::times(2))?;
/// thread::spawn(move || server.accept()?.0.write_all(b"pong"));
///
/// let policy = RetryPolicy::new().wait(wait::none());
/// assert_eq!(policy.run(|| ask(proxy.address()))?, "pong");
/// assert_eq!(proxy.connections(), 3);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FlakyProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    upstream: SocketAddr,
    faults: Faults,
    /// The number of bytes of the answer that a connection lets through before it fails.
    cut_after: AtomicU64,
    ended: AtomicBool,
}

impl FlakyProxy {
    /// Starts a proxy on a free port of 127.0.0.1, which listens until it is dropped.
    ///
    /// # Errors
    ///
    /// Those of binding the port.
    pub fn start(upstream: SocketAddr, faults: Faults) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            upstream,
            faults,
            cut_after: AtomicU64::new(0),
            ended: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        let acceptor = thread::Builder::new()
            .name("flaky-proxy".into())
            .spawn(move || accept(&listener, &accepting))?;
        Ok(FlakyProxy {
            address,
            shared,
            acceptor: Some(acceptor),
        })
    }

    /// Lets connections that fail break off after `bytes` bytes of the answer; after 0 by default.
    #[must_use]
    pub fn cut_after(self, bytes: u64) -> Self {
        self.shared.cut_after.store(bytes, Ordering::Relaxed);
        self
    }

    /// Returns the address that clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the number of connections so far.
    pub fn connections(&self) -> u64 {
        self.shared.faults.calls()
    }
}

impl Drop for FlakyProxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        // A connection to itself wakes the thread that accepts.
        let woken = TcpStream::connect(self.address).is_ok();
        if let Some(acceptor) = self.acceptor.take().filter(|_| woken) {
            let _ = acceptor.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        if shared.ended.load(Ordering::Relaxed) {
            return;
        }
        let Ok(client) = client else { continue };
        let fault = shared.faults.next();
        let shared = Arc::clone(shared);
        thread::spawn(move || serve(client, fault, &shared));
    }
}

/// Serves one connection. Any error ends it for the client, as intended.
fn serve(client: TcpStream, fault: Fault, shared: &Shared) -> io::Result<()> {
    thread::sleep(shared.faults.each());
    let most = match fault {
        Fault::None => u64::MAX,
        Fault::Error | Fault::Panic => shared.cut_after.load(Ordering::Relaxed),
    };
    if most == 0 {
        return client.shutdown(Shutdown::Both);
    }
    let server = TcpStream::connect(shared.upstream)?;
    let (requests, answers) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || pump(requests, server, u64::MAX));
    pump(answers, client, most)
}

/// Copies bytes as they come, and then shuts down the destination.
fn pump(from: TcpStream, mut to: TcpStream, most: u64) -> io::Result<()> {
    let (mut from, mut bytes) = (from.take(most), [0; 8192]);
    loop {
        match from.read(&mut bytes) {
            Ok(0) | Err(_) => break,
            Ok(read) => to.write_all(&bytes[..read])?,
        }
    }
    if most == u64::MAX {
        to.shutdown(Shutdown::Write)
    } else {
        to.shutdown(Shutdown::Both)
    }
}
