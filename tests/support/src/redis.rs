//! A Redis server.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::{Scratch, free_port, freeze, is_installed, skipped, thaw, version};

/// A Redis process of a test's own.
pub struct Redis {
    scratch: Scratch,
    port: u16,
    arguments: Vec<String>,
    server: Option<Child>,
}

impl Redis {
    /// Starts it. Prints a line and returns `None` where Redis is not installed.
    pub fn start() -> Option<Self> {
        Redis::start_with(&[])
    }

    /// Starts it with arguments of its configuration, such as `["--maxclients", "2"]`.
    pub fn start_with(arguments: &[&str]) -> Option<Self> {
        if !is_installed("redis-server") {
            skipped("redis-server");
            return None;
        }
        let mut redis = Redis {
            scratch: Scratch::new("redis"),
            port: free_port(),
            arguments: arguments.iter().copied().map(String::from).collect(),
            server: None,
        };
        redis.up();
        Some(redis)
    }

    /// Starts a replica of another server.
    pub fn replica_of(primary: &Redis) -> Option<Self> {
        Redis::start_with(&["--replicaof", "127.0.0.1", &primary.port.to_string()])
    }

    /// Starts it again.
    pub fn up(&mut self) {
        let mut server = Command::new("redis-server");
        server.args([
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--repl-diskless-sync-delay",
            "0",
            "--port",
        ]);
        server
            .arg(self.port.to_string())
            .arg("--dir")
            .arg(self.scratch.path())
            .args(&self.arguments);
        self.server = Some(server.stdout(Stdio::null()).spawn().expect("redis-server"));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        while TcpStream::connect(address).is_err() {
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

    /// Kills it, and starts it again.
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

    /// Adds arguments for the next start.
    pub fn configure(&mut self, arguments: &[&str]) {
        self.arguments
            .extend(arguments.iter().copied().map(String::from));
    }

    /// Returns the directory that it saves to.
    pub fn directory(&self) -> &Path {
        self.scratch.path()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns its name and version.
    pub fn version(&self) -> String {
        version("Redis", "redis-server", "--version")
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.down();
    }
}
