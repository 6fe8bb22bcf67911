//! A proxy that cuts connections.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::thread;

/// A proxy to a server that cuts the connection after a request with a given word was answered, before it
/// forwards the answer.
pub struct Cut {
    listener: TcpListener,
    left: Arc<AtomicU32>,
}

impl Cut {
    /// Listens at a port of loopback.
    pub fn listen() -> Self {
        Cut {
            listener: TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port"),
            left: Arc::default(),
        }
    }

    pub fn port(&self) -> u16 {
        self.listener.local_addr().expect("an address").port()
    }

    /// Forwards to the port of a server from now on. Returns the number of connections that are still to be
    /// cut.
    pub fn forward(self, server: u16, word: &'static [u8]) -> Arc<AtomicU32> {
        let left = self.left.clone();
        thread::spawn(move || {
            for client in self.listener.incoming() {
                let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server));
                if let (Ok(client), Ok(server)) = (client, server) {
                    pass(client, server, word, self.left.clone());
                }
            }
        });
        left
    }
}

fn pass(client: TcpStream, server: TcpStream, word: &'static [u8], left: Arc<AtomicU32>) {
    let (mut asking, mut asked) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (mut answered, mut answering) = (client, server);
    let seen = Arc::new(AtomicBool::new(false));
    let armed = seen.clone();
    thread::spawn(move || {
        copy(&mut asking, &mut asked, |bytes| {
            if bytes.windows(word.len()).any(|window| window == word) {
                armed.store(true, SeqCst);
            }
            true
        });
    });
    thread::spawn(move || {
        copy(&mut answering, &mut answered, |_| {
            let one_less = |left: u32| left.checked_sub(1);
            !(seen.swap(false, SeqCst) && left.fetch_update(SeqCst, SeqCst, one_less).is_ok())
        });
    });
}

/// Copies until one end is closed or `passes` refuses, and closes both.
fn copy(from: &mut TcpStream, to: &mut TcpStream, mut passes: impl FnMut(&[u8]) -> bool) {
    let mut bytes = [0; 4096];
    while let Ok(n @ 1..) = from.read(&mut bytes) {
        if !passes(&bytes[..n]) || to.write_all(&bytes[..n]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
