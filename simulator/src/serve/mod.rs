//! The workbench: a page on loopback, on which two policies face the same load and the same outage.

mod answer;
mod charts;
mod fields;
mod http;
mod keys;
mod presets;
mod query;
mod site;

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// The port of the page, unless another is asked for.
pub const PORT: u16 = 7373;

/// Connections at a time; the others wait.
const CONNECTIONS: usize = 64;

/// Between two looks for a connection that has ended, or after one that could not be accepted.
const PAUSE: Duration = Duration::from_millis(10);

/// The server of the page.
///
/// ```no_run
/// use persevere_simulator::serve::Workbench;
///
/// let workbench = Workbench::bind(0)?;
/// println!("{}", workbench.url());
/// workbench.run();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Workbench {
    listener: TcpListener,
    port: u16,
}

impl Workbench {
    /// Listens at a port of loopback: 0 for any that is free.
    ///
    /// # Errors
    ///
    /// Those of the system, such as a port that is taken.
    pub fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = listener.local_addr()?.port();
        Ok(Workbench { listener, port })
    }

    /// Returns the address of the page.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Answers requests until the process ends.
    pub fn run(&self) -> ! {
        let open = AtomicUsize::new(0);
        thread::scope(|scope| {
            loop {
                // Relaxed, here and in `Place`: nothing but the number itself is read by it.
                let is_full = open.load(Ordering::Relaxed) >= CONNECTIONS;
                let accepted = (!is_full).then(|| self.listener.accept());
                let Some(Ok((connection, _))) = accepted else {
                    thread::sleep(PAUSE);
                    continue;
                };
                let place = Place::take(&open);
                // Where the system has no thread left, the connection is closed.
                let _ = thread::Builder::new().spawn_scoped(scope, move || {
                    answer(&connection);
                    drop(place);
                });
            }
        })
    }
}

/// The place of a connection among those that are open.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(open: &'a AtomicUsize) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Place(open)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn answer(connection: &TcpStream) {
    let response = match http::read(connection) {
        Ok(request) => site::respond(&request),
        Err(Some(response)) => response,
        Err(None) => return,
    };
    // Whoever asked may have gone.
    let _ = http::write(connection, &response);
}
