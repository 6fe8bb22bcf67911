//! An etcd cluster.

use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::{Scratch, free_port, is_installed, skipped, version};

/// A cluster of two members, which has a quorum as long as both run.
pub struct Etcd {
    _scratch: Scratch,
    port: u16,
    members: [Child; 2],
}

impl Etcd {
    /// Starts it. Prints a line and returns `None` where etcd is not installed.
    pub fn start() -> Option<Self> {
        if !is_installed("etcd") {
            skipped("etcd-server");
            return None;
        }
        let scratch = Scratch::new("etcd");
        let names = ["one", "two"];
        let peers = names.map(|_| url(free_port()));
        let cluster = format!("one={},two={}", peers[0], peers[1]);
        let port = free_port();
        let clients = [port, free_port()].map(url);
        let member = |at: usize| {
            let mut etcd = Command::new("etcd");
            etcd.args(["--name", names[at], "--initial-cluster", &cluster]);
            etcd.args(["--listen-peer-urls", &peers[at]]);
            etcd.args(["--initial-advertise-peer-urls", &peers[at]]);
            etcd.args(["--listen-client-urls", &clients[at]]);
            etcd.args(["--advertise-client-urls", &clients[at]]);
            etcd.args(["--heartbeat-interval", "10", "--election-timeout", "100"]);
            etcd.arg("--data-dir").arg(scratch.path().join(names[at]));
            etcd.stdout(Stdio::null()).stderr(Stdio::null());
            etcd.spawn().expect("etcd")
        };
        let members = [member(0), member(1)];
        // It listens once it has a leader.
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            thread::sleep(Duration::from_millis(5));
        }
        Some(Etcd {
            _scratch: scratch,
            port,
            members,
        })
    }

    /// Returns its name and version.
    pub fn version(&self) -> String {
        version("etcd", "etcd", "--version")
    }

    /// Returns the URL of the member that keeps running.
    pub fn url(&self) -> String {
        url(self.port)
    }

    /// Kills the other member, and with it the quorum.
    pub fn lose_quorum(&mut self) {
        kill(&mut self.members[1]);
    }
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn kill(member: &mut Child) {
    let _ = member.kill();
    let _ = member.wait();
}

impl Drop for Etcd {
    fn drop(&mut self) {
        self.members.iter_mut().for_each(kill);
    }
}
