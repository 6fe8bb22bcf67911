//! The program `member`, as a test runs it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use support::{freeze, thaw};

use super::{Bound, Permit, eventually};

/// The arguments of members that share a limiter.
#[derive(Clone, Debug)]
pub(crate) struct Choices {
    over: &'static str,
    urls: Vec<String>,
    breaker: bool,
    pub(crate) rate: u32,
    pub(crate) burst: u32,
    pub(crate) members: u32,
}

impl Choices {
    /// Three busy processes that share 400 permits a second, and 6 at once, over one server.
    ///
    /// The burst is that small so that a share which two of them use for one exchange, 20 permits, breaks the bound.
    pub(crate) fn of(url: impl Into<String>) -> Self {
        Choices {
            over: "server",
            urls: vec![url.into()],
            breaker: false,
            rate: 400,
            burst: 6,
            members: 3,
        }
    }

    /// Meets over `any` of these servers, over the primary of a `sentinel`, or over a `cluster`.
    pub(crate) fn over(over: &'static str, urls: Vec<String>) -> Self {
        Choices {
            over,
            urls,
            ..Choices::of("")
        }
    }

    /// Shares a breaker too.
    pub(crate) fn with_breaker(self) -> Self {
        Choices {
            breaker: true,
            ..self
        }
    }

    /// Meets the others at another address.
    pub(crate) fn at(&self, url: impl Into<String>) -> Self {
        Choices {
            urls: vec![url.into()],
            ..self.clone()
        }
    }

    /// Starts a process.
    pub(crate) fn start(&self) -> Process {
        let mut command = Command::new(env!("CARGO_BIN_EXE_member"));
        let urls = self.urls.iter().map(|url| format!("url={url}"));
        command.arg(format!("over={}", self.over)).args(urls);
        command.arg(format!("breaker={}", self.breaker));
        command.arg(format!("rate={}", self.rate));
        command.arg(format!("burst={}", self.burst));
        command.arg(format!("members={}", self.members));
        Process::start(&mut command)
    }

    /// Starts as many processes as are expected.
    pub(crate) fn start_all(&self) -> Vec<Process> {
        let mut all: Vec<_> = (0..self.members).map(|_| self.start()).collect();
        for process in &mut all {
            process.becomes("joined", Status::is_joined);
        }
        all
    }

    /// Returns what all processes together may take.
    pub(crate) fn bound(&self) -> Bound {
        Bound {
            rate: self.rate.into(),
            burst: self.burst.into(),
        }
    }
}

/// A process of a fleet.
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    said: Arc<Mutex<Said>>,
}

#[derive(Default)]
struct Said {
    permits: Vec<Permit>,
    lines: Vec<String>,
    ended: bool,
}

/// What a process knows of its fleet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Status {
    pub(crate) joined: bool,
    pub(crate) members: u64,
    pub(crate) share: f64,
    pub(crate) exchanges: u64,
    pub(crate) failures: u64,
    pub(crate) lost: u64,
    pub(crate) failure: String,
    /// The rest of a hold, in milliseconds.
    pub(crate) held: u64,
    /// The state of its breaker.
    pub(crate) breaker: String,
}

impl Status {
    pub(crate) const fn is_joined(&self) -> bool {
        self.joined
    }

    pub(crate) const fn is_alone(&self) -> bool {
        !self.joined
    }

    fn read(line: &str) -> Option<Self> {
        let mut status = Status::default();
        for word in line.strip_prefix("status ")?.split(' ') {
            let (key, value) = word.split_once('=')?;
            match key {
                "joined" => status.joined = value.parse().ok()?,
                "members" => status.members = value.parse().ok()?,
                "share" => status.share = value.parse().ok()?,
                "exchanges" => status.exchanges = value.parse().ok()?,
                "failures" => status.failures = value.parse().ok()?,
                "lost" => status.lost = value.parse().ok()?,
                "failure" => value.clone_into(&mut status.failure),
                "breaker" => value.clone_into(&mut status.breaker),
                "held" => status.held = value.parse().ok()?,
                _ => return None,
            }
        }
        Some(status)
    }
}

impl Process {
    fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program of a member");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let said = Arc::<Mutex<Said>>::default();
        let hears = Arc::clone(&said);
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                hears.lock().unwrap().hear(line);
            }
            hears.lock().unwrap().ended = true;
        });
        let input = child.stdin.take();
        let process = Process { child, input, said };
        eventually("a process that starts", || process.said("started"));
        process
    }

    /// Sends a command.
    pub(crate) fn tell(&mut self, command: &str) {
        let input = self.input.as_mut().expect("a process that runs");
        writeln!(input, "{command}").expect("a process that reads");
    }

    /// Returns whether it has said this line.
    pub(crate) fn said(&self, line: &str) -> bool {
        let said = self.said.lock().unwrap();
        assert!(
            !said.ended || said.lines.iter().any(|other| other == line),
            "it ended"
        );
        said.lines.iter().any(|other| other == line)
    }

    /// Asks for its status.
    pub(crate) fn status(&mut self) -> Status {
        self.said.lock().unwrap().lines.clear();
        self.tell("status");
        let mut status = None;
        eventually("a status", || {
            let said = self.said.lock().unwrap();
            assert!(!said.ended, "the process ended");
            status = said.lines.iter().find_map(|line| Status::read(line));
            status.is_some()
        });
        status.expect("a status")
    }

    /// Waits until its status is so.
    #[track_caller]
    pub(crate) fn becomes(&mut self, condition: &str, is: impl Fn(&Status) -> bool) -> Status {
        let mut last = Status::default();
        eventually(condition, || {
            last = self.status();
            is(&last)
        });
        last
    }

    /// Waits until it has taken so many more permits.
    #[track_caller]
    pub(crate) fn takes(&self, permits: usize) {
        let before = self.permits().len();
        eventually("permits", || self.permits().len() >= before + permits);
    }

    /// Returns the permits that it has taken so far.
    pub(crate) fn permits(&self) -> Vec<Permit> {
        self.said.lock().unwrap().permits.clone()
    }

    pub(crate) fn freeze(&self) {
        freeze(self.child.id());
    }

    pub(crate) fn thaw(&self) {
        thaw(self.child.id());
    }

    /// Kills it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Lets it give back what it holds, and end.
    pub(crate) fn leave(&mut self) {
        self.tell("leave");
        eventually("a process that leaves", || self.said.lock().unwrap().ended);
        assert!(self.said("left"));
        let _ = self.child.wait();
    }
}

impl Said {
    fn hear(&mut self, line: String) {
        let numbers = || {
            let (before, after) = line.strip_prefix("permit ")?.split_once(' ')?;
            Some((before.parse().ok()?, after.parse().ok()?))
        };
        match numbers() {
            Some(permit) => self.permits.push(permit),
            None => self.lines.push(line),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
