//! A NATS server.

use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::{Scratch, free_port, freeze, is_installed, skipped, thaw, version};

/// A process of a test's own, with JetStream.
pub struct Nats {
    scratch: Scratch,
    port: u16,
    arguments: Vec<String>,
    server: Option<Child>,
}

impl Nats {
    /// Starts it. Prints a line and returns `None` where it is not installed.
    pub fn start() -> Option<Self> {
        Nats::start_with(&["--jetstream"])
    }

    /// Starts it with other arguments.
    pub fn start_with(arguments: &[&str]) -> Option<Self> {
        if !is_installed("nats-server") {
            skipped("nats-server");
            return None;
        }
        let mut nats = Nats {
            scratch: Scratch::new("nats"),
            port: free_port(),
            arguments: arguments.iter().copied().map(String::from).collect(),
            server: None,
        };
        nats.up();
        Some(nats)
    }

    /// Starts it again, with what it has stored.
    pub fn up(&mut self) {
        let mut server = Command::new("nats-server");
        server.args(["--addr", "127.0.0.1", "--port", &self.port.to_string()]);
        server.arg("--store_dir").arg(self.scratch.path());
        server.args(&self.arguments).stderr(Stdio::null());
        self.server = Some(server.spawn().expect("nats-server"));
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Kills it.
    pub fn down(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }

    /// Kills it, and starts it again, with what it has stored.
    pub fn restart(&mut self) {
        self.down();
        self.up();
    }

    pub fn freeze(&self) {
        freeze(self.server.as_ref().expect("a server").id());
    }

    pub fn thaw(&self) {
        thaw(self.server.as_ref().expect("a server").id());
    }

    /// Returns its name and version.
    pub fn version(&self) -> String {
        version("NATS", "nats-server", "--version")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.down();
    }
}
