//! A PostgreSQL server.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::{env, fs};

use crate::{Scratch, free_port, is_root, run, skipped, version};

/// A PostgreSQL process of a test's own. It refuses to run as root, so that a root process starts it as
/// `postgres`.
pub struct Postgres {
    programs: PathBuf,
    scratch: Scratch,
    port: u16,
    settings: String,
}

impl Postgres {
    /// Returns the server that the tests of a program share as long as one of them runs.
    pub fn shared() -> Option<Arc<Self>> {
        static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
        let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
        server.upgrade().or_else(|| {
            let started = Arc::new(Postgres::start()?);
            *server = Arc::downgrade(&started);
            Some(started)
        })
    }

    /// Starts it. Prints a line and returns `None` where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        Postgres::start_with(&[])
    }

    /// Starts it with settings, such as `temp_file_limit=0`.
    pub fn start_with(settings: &[&str]) -> Option<Self> {
        let Some(programs) = postgres_programs() else {
            skipped("postgresql (initdb, pg_ctl)");
            return None;
        };
        let settings = settings.iter().map(|setting| format!(" -c {setting}"));
        let server = Postgres::new(programs, settings.collect());
        let mut initdb = server.program("initdb");
        let initdb = initdb.args([
            "--username=test",
            "--auth=trust",
            "--no-sync",
            "--no-locale",
            "-D",
        ]);
        run(initdb.arg(server.data()));
        server.up();
        Some(server)
    }

    /// Starts a standby that follows this one.
    pub fn standby(&self) -> Self {
        let standby = Postgres::new(self.programs.clone(), self.settings.clone());
        let mut backup = standby.program("pg_basebackup");
        backup.args([
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
            "-D",
        ]);
        run(backup.arg(standby.data()).args(["-d", &self.url()]));
        standby.up();
        standby
    }

    fn new(programs: PathBuf, settings: String) -> Self {
        let scratch = Scratch::new("postgres");
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(scratch.path()));
        }
        Postgres {
            programs,
            scratch,
            port: free_port(),
            settings,
        }
    }

    /// Starts it again.
    pub fn up(&self) {
        let options = format!(
            "-p {} -h 127.0.0.1 -k {} -F -c max_connections=30 -c deadlock_timeout=50ms{}",
            self.port,
            self.scratch.path().display(),
            self.settings,
        );
        let mut start = self.program("pg_ctl");
        start.args(["start", "--wait", "--silent", "-o", &options, "-D"]);
        start
            .arg(self.data())
            .arg("-l")
            .arg(self.scratch.path().join("log"));
        run(&mut start);
    }

    /// Stops it. Connections end with 57P01.
    pub fn down(&self) {
        run(self
            .program("pg_ctl")
            .args(["stop", "--silent", "--mode=fast", "-D"])
            .arg(self.data()));
    }

    /// Stops it by SIGQUIT, in the middle of whatever it does. It recovers from its log when it is started again.
    pub fn crash(&self) {
        run(self
            .program("pg_ctl")
            .args(["stop", "--silent", "--mode=immediate", "-D"])
            .arg(self.data()));
    }

    /// Begins to stop it. It refuses connections, and waits for the existing ones.
    pub fn going_down(&self) {
        run(self
            .program("pg_ctl")
            .args(["stop", "--silent", "--no-wait", "--mode=smart", "-D"])
            .arg(self.data()));
    }

    /// Requires passwords from now on, which no user has.
    pub fn ask_for_passwords(&self) {
        let rules = self.data().join("pg_hba.conf");
        fs::write(rules, "host all all 127.0.0.1/32 scram-sha-256\n").expect("pg_hba.conf");
        run(self
            .program("pg_ctl")
            .args(["reload", "--silent", "-D"])
            .arg(self.data()));
    }

    /// Returns its name and version.
    pub fn version(&self) -> String {
        version("PostgreSQL", self.programs.join("postgres"), "--version")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the directory of its sockets.
    pub fn sockets(&self) -> &Path {
        self.scratch.path()
    }

    pub fn url(&self) -> String {
        self.url_of("test", "postgres")
    }

    /// Returns the address for another user and another database.
    pub fn url_of(&self, user: &str, database: &str) -> String {
        format!("postgresql://{user}@127.0.0.1:{}/{database}", self.port)
    }

    fn data(&self) -> PathBuf {
        self.scratch.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = match is_root() {
            false => Command::new(program),
            true => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--"]).arg(program);
                command
            }
        };
        command.current_dir(self.scratch.path());
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        stop.args(["stop", "--silent", "--mode=immediate", "-D"])
            .arg(self.data());
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

fn postgres_programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&path).chain(debian);
    let needed = ["initdb", "pg_basebackup", "pg_ctl", "postgres"];
    places.find(|place| needed.iter().all(|program| place.join(program).exists()))
}
