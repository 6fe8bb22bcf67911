//! A process of a test's own that runs the test's own code.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use crate::{free_port, freeze, thaw};

const PORT: &str = "PERSEVERE_TWIN";

/// A server that is one test of this program, run once more in a process of its own.
pub struct Twin {
    test: &'static str,
    port: u16,
    process: Option<Child>,
}

impl Twin {
    /// Returns the port to serve at, in the process of a twin.
    pub fn port_to_serve() -> Option<u16> {
        env::var(PORT).ok()?.parse().ok()
    }

    /// Starts the test of this path, and returns once it listens.
    pub fn start(test: &'static str) -> Self {
        let mut twin = Twin {
            test,
            port: free_port(),
            process: None,
        };
        twin.up();
        twin
    }

    /// Starts it again, at the same port.
    ///
    /// # Panics
    ///
    /// If it ends instead of listening.
    pub fn up(&mut self) {
        let program = env::current_exe().expect("this program");
        let mut twin = Command::new(program);
        twin.args(["--exact", self.test, "--nocapture"]);
        twin.env(PORT, self.port.to_string());
        twin.stdin(Stdio::null()).stdout(Stdio::null());
        let mut process = twin.spawn().expect("the same program");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        while TcpStream::connect(address).is_err() {
            if let Some(status) = process.try_wait().expect("a process") {
                panic!("{}: {status}", self.test);
            }
            thread::sleep(Duration::from_millis(2));
        }
        self.process = Some(process);
    }

    /// Kills it with SIGKILL.
    pub fn down(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Returns whether its process has ended.
    pub fn is_down(&mut self) -> bool {
        let process = self.process.as_mut();
        process.is_none_or(|process| process.try_wait().is_ok_and(|status| status.is_some()))
    }

    /// Kills it with SIGKILL, and starts it again.
    pub fn restart(&mut self) {
        self.down();
        self.up();
    }

    pub fn freeze(&self) {
        freeze(self.id());
    }

    pub fn thaw(&self) {
        thaw(self.id());
    }

    /// Returns the number of its process.
    ///
    /// # Panics
    ///
    /// If it is down.
    pub fn id(&self) -> u32 {
        self.process.as_ref().expect("a process").id()
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        self.down();
    }
}
