//! Three processes, a service that dies, and a Redis that dies.
//!
//! `cargo run -p persevere-fleet-tests --example fleet`
//!
//! `web` calls the service often, `jobs` and `mail` seldom. The breaker of `web` is the first that has seen enough
//! failures; those of the others follow, though they have hardly seen any.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, thread};

use persevere::CircuitBreaker;
use persevere::breaker::{State, Transition};
use persevere::fleet::{Change, Fleet};
use support::Redis;

const SECOND: Duration = Duration::from_secs(1);

/// The processes, with the pause between two calls of each, in milliseconds.
const PROCESSES: [(&str, u64); 3] = [("web", 20), ("jobs", 400), ("mail", 700)];

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match &arguments[..] {
        [redis, service, pause] => process(redis, service, pause),
        _ => story(),
    }
}

// The story, as the process tells it that starts the others.

fn story() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let service = Service::start();
    let mut processes =
        PROCESSES.map(|(name, pause)| Process::start(name, pause, &redis, &service));
    tell(
        "all is well",
        &format!(
            "three processes call a service, and meet over {}",
            redis.version()
        ),
    );
    all(&processes, "joined");
    // A store that is new learns first what the processes have.
    thread::sleep(2 * SECOND);

    service.well.store(false, Relaxed);
    service.failed.store(0, Relaxed);
    tell("the service dies", "");
    all(&processes, "open");
    thread::sleep(SECOND);
    service.well.store(true, Relaxed);
    tell("the service is back", "");
    all(&processes, "closed");
    let calls = service.failed.load(Relaxed);
    tell(
        "the service",
        &format!(
            "was called {calls} times while it was dead; three breakers alone would have called 15 times"
        ),
    );

    redis.down();
    tell("Redis is killed", "");
    all(&processes, "alone");
    let before = service.served.load(Relaxed);
    thread::sleep(SECOND);
    let calls = service.served.load(Relaxed) - before;
    tell(
        "the service",
        &format!("has served {calls} calls in a second without Redis"),
    );
    redis.up();
    tell("Redis is back, empty", "");
    all(&processes, "joined");
    for process in &mut processes {
        process.end();
    }
}

/// Prints what happens, after the seconds since the start.
fn tell(who: &str, what: &str) {
    static START: Mutex<Option<Instant>> = Mutex::new(None);
    let start = *START.lock().unwrap().get_or_insert_with(Instant::now);
    println!("{:6.2} s  {who:<20} {what}", start.elapsed().as_secs_f64());
}

/// Waits until all processes have said this since the last wait.
fn all(processes: &[Process], word: &str) {
    for process in processes {
        let has_said = || process.said.lock().unwrap().iter().any(|said| said == word);
        while !has_said() {
            thread::sleep(Duration::from_millis(5));
        }
        process.said.lock().unwrap().clear();
    }
}

/// A service that answers `ok`, or hangs up.
#[derive(Default)]
struct Service {
    port: u16,
    well: AtomicBool,
    served: AtomicU32,
    failed: AtomicU32,
}

impl Service {
    fn start() -> Arc<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let service = Arc::new(Service {
            port: listener.local_addr().expect("an address").port(),
            well: AtomicBool::new(true),
            ..Service::default()
        });
        let serving = Arc::clone(&service);
        thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                if serving.well.load(Relaxed) {
                    serving.served.fetch_add(1, Relaxed);
                    let _ = client.write_all(b"ok");
                } else {
                    serving.failed.fetch_add(1, Relaxed);
                }
            }
        });
        service
    }
}

struct Process {
    name: &'static str,
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
}

impl Process {
    fn start(name: &'static str, pause: u64, redis: &Redis, service: &Service) -> Self {
        let mut command = Command::new(env::current_exe().expect("this program"));
        command.args([redis.url(), service.port.to_string(), pause.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("this program");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let said = Arc::<Mutex<Vec<String>>>::default();
        let hears = Arc::clone(&said);
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let (word, rest) = line.split_once(": ").unwrap_or((&line, ""));
                tell(&format!("  {name} {word}"), rest);
                hears.lock().unwrap().push(word.to_owned());
            }
        });
        Process { name, child, said }
    }

    /// Ends it, and waits until it has said what it did.
    fn end(&mut self) {
        drop(self.child.stdin.take());
        if let Err(error) = self.child.wait() {
            tell(self.name, &error.to_string());
        }
        thread::sleep(Duration::from_millis(20));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

// One of the processes.

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
    .consecutive(5)
    .open_for(Duration::from_secs(2))
    .listener(changed);

static FAILED: AtomicU32 = AtomicU32::new(0);

fn changed(transition: &Transition) {
    match transition.to {
        State::Open => println!("open: failures of its own: {}", FAILED.load(Relaxed)),
        State::HalfOpen => println!("half-open: it probes for all"),
        other => println!("{other}"),
    }
}

fn heard(change: &Change) {
    match change {
        Change::Joined { members } => println!("joined: members that it knows: {members}"),
        // Its text names itself.
        other => println!("{other}"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn process(redis: &str, service: &str, pause: &str) {
    let port = service.parse().expect("a port");
    let pause = Duration::from_millis(pause.parse().expect("milliseconds"));
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        let counts = PAYMENTS.counts();
        let (failed, refused) = (counts.failures, counts.refused);
        println!("ends: {failed} of its calls failed, {refused} were refused at once");
        std::process::exit(0);
    });
    let fleet = Fleet::connect(redis)
        .namespace("shop")
        .members(3)
        .listener(heard);
    let fleet = fleet.every(Duration::from_millis(100)).lease(2 * SECOND);
    let _fleet = fleet.join(&PAYMENTS).start().await.expect("a member");
    loop {
        let _ = PAYMENTS.call(|| charge(port));
        tokio::time::sleep(pause).await;
    }
}

fn charge(port: u16) -> io::Result<()> {
    let answered = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .and_then(|mut service| service.read_exact(&mut [0; 2]));
    if answered.is_err() {
        FAILED.fetch_add(1, Relaxed);
    }
    answered
}
