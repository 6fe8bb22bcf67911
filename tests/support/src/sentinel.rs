//! A Redis Sentinel server.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::{Redis, Scratch, free_port, version};

/// A Sentinel process of a test's own, which watches one primary by the name `primary`.
pub struct Sentinel {
    _scratch: Scratch,
    port: u16,
    server: Child,
}

impl Sentinel {
    /// Starts it. It considers its primary down after 200 ms.
    pub fn of(primary: &Redis) -> Self {
        let (scratch, port) = (Scratch::new("sentinel"), free_port());
        let file = scratch.path().join("sentinel.conf");
        let watched = format!(
            "port {port}\nbind 127.0.0.1\nsentinel monitor primary 127.0.0.1 {} 1\n\
             sentinel down-after-milliseconds primary 200\n",
            primary.port()
        );
        fs::write(&file, watched).expect("a file");
        let mut server = Command::new("redis-server");
        server.arg(&file).arg("--sentinel").stdout(Stdio::null());
        let server = server.spawn().expect("redis-server");
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            thread::sleep(Duration::from_millis(5));
        }
        Sentinel {
            _scratch: scratch,
            port,
            server,
        }
    }

    /// Returns its name and version.
    pub fn version(&self) -> String {
        version("Redis Sentinel", "redis-server", "--version")
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
