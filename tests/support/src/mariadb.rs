//! A MariaDB server.

use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use crate::{Scratch, free_port, is_root, program, run, skipped, version};

/// A MariaDB process of a test's own, in whose database `test` the user `root` has no password.
///
/// A row that was changed since it was read is a conflict in it (`innodb_snapshot_isolation`), as by default
/// from 11.6.2 on.
pub struct MariaDb {
    /// The directory is removed after the process that writes into it has ended.
    server: Option<Child>,
    scratch: Scratch,
    port: u16,
}

impl MariaDb {
    /// Returns the server that the tests of a program share as long as one of them runs.
    pub fn shared() -> Option<Arc<Self>> {
        static SERVER: Mutex<Weak<MariaDb>> = Mutex::new(Weak::new());
        let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
        server.upgrade().or_else(|| {
            let started = Arc::new(MariaDb::start()?);
            *server = Arc::downgrade(&started);
            Some(started)
        })
    }

    /// Starts it. Prints a line and returns `None` where MariaDB is not installed.
    pub fn start() -> Option<Self> {
        let (Some(install), Some(_)) = (program("mariadb-install-db"), program("mariadbd")) else {
            skipped("mariadb-server");
            return None;
        };
        let mut server = MariaDb {
            server: None,
            scratch: Scratch::new("mariadb"),
            port: free_port(),
        };
        let mut install = Command::new(install);
        install.args([
            "--no-defaults",
            "--skip-test-db",
            "--auth-root-authentication-method=normal",
        ]);
        run(server.with_places(&mut install).stderr(Stdio::null()));
        server.up();
        Some(server)
    }

    /// Starts it again.
    pub fn up(&mut self) {
        let mut server = Command::new(program("mariadbd").expect("mariadbd"));
        server.args([
            "--no-defaults",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--innodb-snapshot-isolation=ON",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=16M",
            "--max-connections=20",
        ]);
        server.arg(format!("--port={}", self.port));
        let scratch = self.scratch.path().display();
        server.arg(format!("--secure-file-priv={scratch}"));
        server.arg(format!("--socket={scratch}/socket"));
        let server = self.with_places(&mut server);
        let server = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let server = self.server.insert(server.expect("mariadbd"));
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let ended = server.try_wait().expect("its state");
            assert!(ended.is_none(), "mariadbd: {ended:?}");
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

    /// Returns its name and version.
    pub fn version(&self) -> String {
        version(
            "MariaDB",
            program("mariadbd").expect("mariadbd"),
            "--version",
        )
    }

    pub fn url(&self) -> String {
        self.url_of("root")
    }

    /// Returns the address for another user, who has no password.
    pub fn url_of(&self, user: &str) -> String {
        format!("mysql://{user}@127.0.0.1:{}/mysql", self.port)
    }

    /// Adds directories of its own. In a shared one, temporary tables of concurrent servers would have the
    /// same names.
    fn with_places<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if is_root() {
            command.arg("--user=root");
        }
        let scratch = self.scratch.path().display();
        command.arg(format!("--tmpdir={scratch}"));
        command.arg(format!("--datadir={scratch}/data"))
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        self.down();
    }
}
