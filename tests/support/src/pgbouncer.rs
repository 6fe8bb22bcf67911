//! A PgBouncer server, in front of a PostgreSQL.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::{Postgres, Scratch, free_port, is_root, program, run, skipped, version};

/// A PgBouncer process of a test's own, which pools by transactions.
///
/// It knows the databases `postgres` and `absent`, of which the server has only the first, and the user
/// `test`, whose password is `secret`.
pub struct PgBouncer {
    /// The directory is removed after the process that writes into it has ended.
    server: Child,
    _scratch: Scratch,
    port: u16,
}

impl PgBouncer {
    /// Starts it with further lines of its configuration. Prints a line and returns `None` where PgBouncer is
    /// not installed.
    pub fn start(behind: &Postgres, settings: &str) -> Option<Self> {
        let Some(program) = program("pgbouncer") else {
            skipped("pgbouncer");
            return None;
        };
        let (scratch, port) = (Scratch::new("pgbouncer"), free_port());
        let write = |name, text: String| {
            let path = scratch.path().join(name);
            fs::write(&path, text).expect("a file of the configuration");
            path
        };
        let users = write("users", String::from("\"test\" \"secret\"\n"));
        let server = format!("host=127.0.0.1 port={} user=test", behind.port());
        let configuration = format!(
            "[databases]\npostgres = {server}\nabsent = {server}\n\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = plain\nauth_file = {}\nadmin_users = test\npool_mode = transaction\n\
             ignore_startup_parameters = extra_float_digits\n{settings}\n",
            users.display()
        );
        let configuration = write("pgbouncer.ini", configuration);
        // It refuses to run as root.
        let mut command = match is_root() {
            false => Command::new(program),
            true => {
                run(Command::new("chown")
                    .args(["-R", "postgres"])
                    .arg(scratch.path()));
                let mut command = Command::new("setpriv");
                command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
                command.arg(program);
                command
            }
        };
        command
            .arg("-q")
            .arg(configuration)
            .current_dir(scratch.path());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut server = command.spawn().expect("pgbouncer");
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = server.try_wait().expect("its state");
            assert!(ended.is_none(), "pgbouncer: {ended:?}, {settings}");
            thread::sleep(Duration::from_millis(5));
        }
        Some(PgBouncer {
            server,
            _scratch: scratch,
            port,
        })
    }

    /// Returns its name and version.
    pub fn version(&self) -> String {
        version(
            "PgBouncer",
            program("pgbouncer").expect("pgbouncer"),
            "--version",
        )
    }

    /// Returns whether its version is this one or a later one.
    pub fn version_is_from(&self, major: u32, minor: u32) -> bool {
        let version = self.version();
        let numbers = version.trim_start_matches("PgBouncer ").split('.');
        let numbers: Vec<u32> = numbers.filter_map(|number| number.parse().ok()).collect();
        numbers >= vec![major, minor]
    }

    pub fn url(&self, database: &str) -> String {
        format!(
            "postgresql://test:secret@127.0.0.1:{}/{database}",
            self.port
        )
    }

    /// Returns the address of its console, which accepts the simple protocol alone.
    pub fn console(&self) -> String {
        self.url("pgbouncer")
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
