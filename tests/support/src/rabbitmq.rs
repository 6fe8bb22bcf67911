//! A RabbitMQ broker.

use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

use crate::{Scratch, free_port, freeze, program, signal, skipped, thaw};

/// The program itself: that on the search path would change the user.
const PROGRAM: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/// A node of a test's own. It takes many seconds to start: one does for all of a client's tests.
pub struct RabbitMq {
    scratch: Scratch,
    port: u16,
    names: u16,
    shell: Child,
}

impl RabbitMq {
    /// Starts it. Prints a line and returns `None` where it is not installed.
    pub fn start() -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            skipped("rabbitmq-server");
            return None;
        }
        let scratch = Scratch::new("rabbitmq");
        let (port, names) = (free_port(), free_port());
        let configuration = scratch.path().join("rabbitmq.conf");
        let listener = format!("listeners.tcp.1 = 127.0.0.1:{port}\n");
        fs::write(&configuration, listener).expect("a configuration");
        let mut shell = Command::new(PROGRAM);
        shell.env("HOME", scratch.path());
        shell.env("ERL_EPMD_ADDRESS", "127.0.0.1");
        shell.env("ERL_EPMD_PORT", names.to_string());
        shell.env("RABBITMQ_CONFIG_FILE", &configuration);
        shell.env("RABBITMQ_DIST_PORT", free_port().to_string());
        shell.env(
            "RABBITMQ_ENABLED_PLUGINS_FILE",
            scratch.path().join("plugins"),
        );
        shell.env("RABBITMQ_LOG_BASE", scratch.path());
        shell.env("RABBITMQ_MNESIA_BASE", scratch.path());
        shell.env("RABBITMQ_NODENAME", "test@localhost");
        shell.env("RABBITMQ_PID_FILE", scratch.path().join("pid"));
        shell.stdout(Stdio::null()).stderr(Stdio::null());
        let shell = shell.spawn().expect("rabbitmq-server");
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            thread::sleep(Duration::from_millis(20));
        }
        Some(RabbitMq {
            scratch,
            port,
            names,
            shell,
        })
    }

    fn process(&self) -> u32 {
        let id = fs::read_to_string(self.scratch.path().join("pid"));
        id.expect("its process").trim().parse().expect("a number")
    }

    /// Kills it.
    pub fn down(&mut self) {
        if !matches!(self.shell.try_wait(), Ok(Some(_))) {
            signal(self.process(), "KILL");
            let _ = self.shell.wait();
        }
    }

    pub fn freeze(&self) {
        freeze(self.process());
    }

    pub fn thaw(&self) {
        thaw(self.process());
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns its name and version, which the name of a directory has.
    pub fn version(&self) -> String {
        let releases = fs::read_dir("/usr/lib/rabbitmq/lib").into_iter().flatten();
        let names = releases.flatten().map(|it| it.file_name().into_string());
        let version = names.flatten().find_map(|name| {
            let version = name.strip_prefix("rabbitmq_server-")?;
            Some(version.to_owned())
        });
        format!("RabbitMQ {}", version.unwrap_or_default())
    }
}

impl Drop for RabbitMq {
    fn drop(&mut self) {
        self.down();
        // The server of names, which the node has started, outlives it.
        if let Some(names) = program("epmd") {
            let mut end = Command::new(names);
            end.args(["-port", &self.names.to_string(), "-kill"]);
            let _ = end.stdout(Stdio::null()).status();
        }
    }
}
