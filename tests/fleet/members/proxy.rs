//! A proxy that stops, delays and records.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A proxy between a process and a server.
pub(crate) struct Proxy {
    port: u16,
    rule: Arc<Rule>,
}

#[derive(Default)]
struct Rule {
    /// The delay of what is sent and of what is answered, in milliseconds; `STOPPED` for no end of it.
    delay: AtomicU64,
    sent: Mutex<Vec<u8>>,
}

const STOPPED: u64 = u64::MAX;

impl Proxy {
    /// Forwards to a port of loopback.
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let rule = Arc::<Rule>::default();
        let rules = Arc::clone(&rule);
        thread::spawn(move || {
            for client in listener.incoming() {
                let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server));
                if let (Ok(client), Ok(server)) = (client, server) {
                    pass(client, server, &rules);
                }
            }
        });
        Proxy { port, rule }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Accepts connections and bytes from now on, and passes nothing.
    pub(crate) fn stop(&self) {
        self.rule.delay.store(STOPPED, SeqCst);
    }

    /// Passes everything again, and what it kept.
    pub(crate) fn resume(&self) {
        self.rule.delay.store(0, SeqCst);
    }

    /// Delays what is sent and what is answered.
    pub(crate) fn delay(&self, time: Duration) {
        let millis = time.as_millis().try_into().expect("milliseconds");
        self.rule.delay.store(millis, SeqCst);
    }

    /// Returns all that was sent to the server.
    pub(crate) fn sent(&self) -> Vec<u8> {
        self.rule.sent.lock().unwrap().clone()
    }
}

fn pass(client: TcpStream, server: TcpStream, rule: &Arc<Rule>) {
    let answers = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let asks = Arc::clone(rule);
    thread::spawn(move || {
        copy(client, server, &asks, |bytes| {
            asks.sent.lock().unwrap().extend_from_slice(bytes);
        });
    });
    let rule = Arc::clone(rule);
    thread::spawn(move || copy(answers.0, answers.1, &rule, |_| {}));
}

/// Copies until one end is closed, and closes both.
fn copy(mut from: TcpStream, mut to: TcpStream, rule: &Rule, seen: impl Fn(&[u8])) {
    let mut bytes = [0; 4096];
    while let Ok(n @ 1..) = from.read(&mut bytes) {
        seen(&bytes[..n]);
        rule.wait();
        if to.write_all(&bytes[..n]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

impl Rule {
    fn wait(&self) {
        let delay = self.delay.load(SeqCst);
        if delay != STOPPED {
            return thread::sleep(Duration::from_millis(delay));
        }
        while self.delay.load(SeqCst) == STOPPED {
            thread::sleep(Duration::from_millis(5));
        }
    }
}
