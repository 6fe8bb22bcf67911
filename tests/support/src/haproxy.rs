//! An HAProxy server.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::{Scratch, free_port, is_installed, skipped, version};

/// An HAProxy process of a test's own.
pub struct Haproxy {
    _scratch: Scratch,
    port: u16,
    server: Child,
}

impl Haproxy {
    /// Starts it with these lines in its `backend`. Prints a line and returns `None` where HAProxy is not
    /// installed.
    pub fn start(backend: &str) -> Option<Self> {
        if !is_installed("haproxy") {
            skipped("haproxy");
            return None;
        }
        let (scratch, port) = (Scratch::new("haproxy"), free_port());
        let text = format!(
            "defaults
                mode http
                timeout connect 1s
                timeout client 10s
                timeout server 200ms
            frontend all
                bind 127.0.0.1:{port}
                default_backend servers
            backend servers
                {backend}\n"
        );
        let file = scratch.path().join("haproxy.cfg");
        fs::write(&file, text).expect("a configuration");
        let mut server = Command::new("haproxy");
        server.args(["-db", "-f"]).arg(&file);
        let server = server.stdin(Stdio::null()).stdout(Stdio::null());
        let mut server = server.stderr(Stdio::null()).spawn().expect("haproxy");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.try_wait().expect("haproxy") {
                panic!("haproxy: {status}");
            }
            thread::sleep(Duration::from_millis(5));
        }
        Some(Haproxy {
            _scratch: scratch,
            port,
            server,
        })
    }

    /// Returns its name and version.
    pub fn version(&self) -> String {
        version("HAProxy", "haproxy", "-v")
    }

    /// Returns the URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Haproxy {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
