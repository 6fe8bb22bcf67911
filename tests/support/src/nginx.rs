//! An nginx server.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::{Scratch, free_port, is_installed, skipped, version};

/// An nginx process of a test's own, which answers every request with `200 OK`.
pub struct Nginx {
    scratch: Scratch,
    port: u16,
    server: Child,
}

impl Nginx {
    /// Starts it with these options of `listen`, such as `http2`, and these lines in its `server`. Prints a
    /// line and returns `None` where nginx is not installed.
    pub fn start(listen: &str, lines: &str) -> Option<Self> {
        Nginx::start_beside("", listen, lines)
    }

    /// Starts it with further lines beside its `server`.
    pub fn start_beside(beside: &str, listen: &str, lines: &str) -> Option<Self> {
        if !is_installed("nginx") {
            skipped("nginx");
            return None;
        }
        let (scratch, port) = (Scratch::new("nginx"), free_port());
        let directory = scratch.path().display();
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|of| format!("{of}_temp_path {directory}/{of};"))
            .join("\n");
        let text = format!(
            "daemon off;
            pid {directory}/pid;
            error_log {directory}/error.log;
            events {{}}
            http {{
                {temporary}
                {beside}
                log_format request '$request_uri';
                access_log {directory}/requests request;
                server {{
                    listen 127.0.0.1:{port} {listen};
                    location / {{ return 200 ok; }}
                    {lines}
                }}
            }}"
        );
        let file = scratch.path().join("nginx.conf");
        fs::write(&file, text).expect("a configuration");
        let mut server = Command::new("nginx");
        server.arg("-p").arg(scratch.path()).arg("-c").arg(&file);
        server.arg("-e").arg(scratch.path().join("error.log"));
        let server = server.stdin(Stdio::null()).stdout(Stdio::null());
        let mut server = server.spawn().expect("nginx");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.try_wait().expect("nginx") {
                let log = fs::read_to_string(scratch.path().join("error.log"));
                panic!("nginx: {status}\n{}", log.unwrap_or_default());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Some(Nginx {
            scratch,
            port,
            server,
        })
    }

    /// Returns its name and version.
    pub fn version(&self) -> String {
        version("nginx", "nginx", "-v")
    }

    /// Returns the URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Returns the paths that it has processed, from its log.
    pub fn processed(&self) -> Vec<String> {
        let log = fs::read_to_string(self.scratch.path().join("requests"));
        log.unwrap_or_default().lines().map(str::to_owned).collect()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let quit = format!("-p {0} -c {0}/nginx.conf", self.scratch.path().display());
        let mut command = Command::new("nginx");
        command.args(quit.split(' ')).args(["-s", "stop"]);
        let _ = command.stderr(Stdio::null()).status();
        let _ = self.server.wait();
    }
}
