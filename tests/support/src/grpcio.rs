//! A gRPC server on Python's grpcio.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::process::{python, skipped};

/// A server of `greeter.Greeter`, whose messages are text. The request determines the answer:
///
/// | request | answer |
/// |---|---|
/// | `abort CODE` | that code |
/// | `push CODE MILLIS` | that code, with a pushback |
/// | `info CODE SECONDS` | that code, with a `google.rpc.RetryInfo` among its details |
/// | `raise` | an exception of the handler |
/// | `large` | a message over the limit of clients |
/// | `wait`, and whatever follows | none for a long time |
/// | a number, of `Answers` | those after it, up to 600, one a millisecond |
/// | any other | `hello, ` and the request |
pub struct Grpcio {
    server: Child,
    port: u16,
    version: String,
    handled: Arc<Mutex<Vec<String>>>,
}

impl Grpcio {
    /// Starts it with these options, such as `grpc.max_connection_age_ms=200`. Prints a line and returns
    /// `None` where Python has no grpcio.
    pub fn start(options: &[&str]) -> Option<Self> {
        let Some(mut python) = python("grpc_status") else {
            skipped("grpcio-status of PyPI in target/servers (.ci/servers)");
            return None;
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/grpcio.py");
        python.arg(script).args(options);
        python.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = python.stderr(Stdio::null()).spawn().expect("python");
        let mut lines = BufReader::new(server.stdout.take().expect("a pipe")).lines();
        let first = lines.next().expect("a line").expect("its first line");
        let (port, version) = first.split_once(' ').expect("a port and a version");
        let handled = Arc::default();
        thread::spawn({
            let handled = Arc::clone(&handled);
            move || collect(lines, &handled)
        });
        Some(Grpcio {
            server,
            port: port.parse().expect("a port"),
            version: format!("grpcio {version}"),
            handled,
        })
    }

    /// Returns its name and version.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the number of calls of this request that its handler has begun.
    pub fn handled(&self, request: &str) -> usize {
        let handled = self.handled.lock().expect("no panic");
        handled.iter().filter(|&it| it == request).count()
    }

    /// Returns the same after waiting for the expected number, for some seconds at most. The server's log
    /// arrives later than its answer.
    pub fn begun(&self, request: &str, expected: usize) -> u32 {
        for _ in 0..1000 {
            if self.handled(request) >= expected {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        u32::try_from(self.handled(request)).expect("few")
    }

    /// Waits until its handler has begun a call of this request.
    pub fn wait_for(&self, request: &str) {
        while self.handled(request) == 0 {
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Stops it. Calls in flight have a grace period.
    pub fn stop(&mut self, grace: Duration) {
        let input = self.server.stdin.as_mut().expect("a pipe");
        writeln!(input, "{}", grace.as_secs_f64()).expect("it reads");
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn collect(lines: Lines<BufReader<ChildStdout>>, handled: &Mutex<Vec<String>>) {
    for line in lines.map_while(Result::ok) {
        handled.lock().expect("no panic").push(line);
    }
}

impl Drop for Grpcio {
    fn drop(&mut self) {
        self.kill();
    }
}
