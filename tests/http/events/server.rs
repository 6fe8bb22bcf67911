//! Servers of events that fail in their own ways.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{env, iter};

use persevere::{RetryPolicy, stop, wait};

/// The fault of a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// None; the process is killed.
    Kill,
    /// It ends in the middle of the fourth event.
    Cut,
    /// It stays open after three events.
    Silence,
    /// It ends after three events, in good order. At its start it asks for a pause.
    Pause,
}

/// The pause that a server asks for.
const PAUSE: Duration = Duration::from_millis(50);

/// The connections of a client.
#[derive(Clone, Copy, Default)]
struct Connections {
    count: usize,
    /// The time at which the last one began to end.
    ended: Option<Instant>,
    /// The shortest time from the end of one to the next.
    pause: Option<Duration>,
}

/// The connections of each client, by its name.
type Log = Mutex<HashMap<String, Connections>>;

/// Serves for ever: the process of [`Outages`].
pub(crate) fn serve(address: SocketAddr) -> io::Result<()> {
    accept(bind(address)?, Fault::Kill, Arc::default())
}

/// Binds the address, which the connections of the process before may still hold.
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let policy = RetryPolicy::new()
        .stop(stop::after_delay(Duration::from_secs(10)))
        .wait(wait::fixed(Duration::from_millis(20)));
    policy.run(|| TcpListener::bind(address))
}

fn accept(listener: TcpListener, fault: Fault, log: Arc<Log>) -> io::Result<()> {
    for client in listener.incoming() {
        let (client, log) = (client?, Arc::clone(&log));
        thread::spawn(move || send(client, fault, &log));
    }
    Ok(())
}

/// Sends the events after the last that the client has.
fn send(mut client: TcpStream, fault: Fault, log: &Log) -> io::Result<()> {
    let began = Instant::now();
    let (name, last) = request(&client)?;
    {
        let mut log = log.lock().expect("no panic");
        let own = log.entry(name.clone()).or_default();
        own.count += 1;
        let pause = own.ended.map(|ended| began.duration_since(ended));
        own.pause = own.pause.into_iter().chain(pause).min();
    }
    client.set_nodelay(true)?;
    client.write_all(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
    )?;
    if fault == Fault::Pause {
        chunk(
            &mut client,
            &format!("retry: {}\r\n\r\n", PAUSE.as_millis()),
        )?;
    }
    for id in iter::successors(Some(last + 1), |id| Some(id + 1)) {
        let event =
            format!("id: {id}\r\nevent: number\r\ndata: number {id}\r\ndata: of many\r\n\r\n");
        if fault == Fault::Kill || id < last + 4 {
            chunk(&mut client, &event)?;
            thread::sleep(Duration::from_millis(2));
            continue;
        }
        let mut log = log.lock().expect("no panic");
        log.entry(name).or_default().ended = Some(Instant::now());
        drop(log);
        return match fault {
            Fault::Cut => chunk(&mut client, &event[..event.len() - 2]),
            // Until the client leaves.
            Fault::Silence => io::copy(&mut client, &mut io::sink()).map(drop),
            Fault::Pause | Fault::Kill => client.write_all(b"0\r\n\r\n"),
        };
    }
    Ok(())
}

/// Returns the name of a client, which is the path that it asks for, and the last event that it has.
fn request(client: &TcpStream) -> io::Result<(String, u64)> {
    let (mut name, mut last) = (String::new(), 0);
    for line in BufReader::new(client.try_clone()?).lines() {
        let line = line?.to_ascii_lowercase();
        if let Some(path) = line.strip_prefix("get /") {
            name = path.trim_end_matches(" http/1.1").to_owned();
        }
        if let Some(id) = line.strip_prefix("last-event-id: ") {
            last = id.parse().unwrap_or(0);
        }
        if line.is_empty() {
            break;
        }
    }
    Ok((name, last))
}

fn chunk(client: &mut TcpStream, text: &str) -> io::Result<()> {
    write!(client, "{:x}\r\n{text}\r\n", text.len())
}

/// A server in a process of its own, which is killed over and over.
pub(crate) struct Outages {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    killer: JoinHandle<io::Result<u32>>,
}

impl Outages {
    pub(crate) fn begin() -> io::Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let is_over = Arc::new(AtomicBool::new(false));
        let killer = thread::spawn({
            let is_over = Arc::clone(&is_over);
            move || kill_over_and_over(address, &is_over)
        });
        Ok(Outages {
            address,
            is_over,
            killer,
        })
    }

    pub(crate) fn url(&self, client: &str) -> String {
        format!("http://{}/{client}", self.address)
    }

    /// Returns the number of kills so far.
    pub(crate) fn end(self) -> io::Result<u32> {
        self.is_over.store(true, Ordering::Relaxed);
        self.killer.join().expect("no panic")
    }
}

/// Starts the server, kills it by SIGKILL, and starts it again.
fn kill_over_and_over(address: SocketAddr, is_over: &AtomicBool) -> io::Result<u32> {
    let program = env::current_exe()?;
    let start = || -> io::Result<Child> {
        let mut command = Command::new(&program);
        command.args(["serve", &address.to_string()]).spawn()
    };
    let (mut server, mut kills) = (start()?, 0);
    loop {
        thread::sleep(Duration::from_millis(150));
        let is_over = is_over.load(Ordering::Relaxed);
        server.kill()?;
        server.wait()?;
        if is_over {
            return Ok(kills);
        }
        kills += 1;
        thread::sleep(Duration::from_millis(30));
        server = start()?;
    }
}

/// A server in this process, each of whose connections has the same fault.
pub(crate) struct Server {
    address: SocketAddr,
    fault: Fault,
    log: Arc<Log>,
}

impl Server {
    pub(crate) fn start(fault: Fault) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (address, log) = (listener.local_addr()?, Arc::default());
        let of_server = Arc::clone(&log);
        thread::spawn(move || accept(listener, fault, of_server));
        Ok(Server {
            address,
            fault,
            log,
        })
    }

    pub(crate) fn url(&self, client: &str) -> String {
        format!("http://{}/{client}", self.address)
    }

    /// Returns the number of connections of a client, which came back after the pause that it was asked for.
    pub(crate) fn connections(&self, client: &str) -> usize {
        let own = self.log.lock().expect("no panic")[client];
        let pause = own.pause.expect("several connections");
        assert!(
            self.fault != Fault::Pause || pause >= PAUSE,
            "{client} came back after {pause:?}"
        );
        own.count
    }
}
