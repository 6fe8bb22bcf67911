//! Servers of a test's own, on loopback, in a directory that goes with them.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, fs, io, process, thread};

/// A directory that is removed.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(what: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("persevere-{what}-{}-{number}", process::id());
        let path = env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a temporary directory");
        Scratch(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Says, on a line of its own, why a test does nothing.
pub fn skipped(needs: &str) {
    use io::Write;
    let _ = writeln!(io::stdout().lock(), "\nskipped: needs {needs}");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}

/// A PostgreSQL of its own. It refuses to run as root, so that it runs as `postgres` then.
pub struct Postgres {
    programs: PathBuf,
    scratch: Scratch,
    port: u16,
}

impl Postgres {
    /// `None`, and says so, where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let Some(programs) = postgres_programs() else {
            skipped("postgresql (initdb, pg_ctl)");
            return None;
        };
        let server = Postgres {
            programs,
            scratch: Scratch::new("postgres"),
            port: free_port(),
        };
        if is_root() {
            let mut chown = Command::new("chown");
            run(chown.arg("postgres").arg(server.scratch.path()));
        }
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

    /// Starts it again.
    pub fn up(&self) {
        let options = format!(
            "-p {} -h 127.0.0.1 -k {} -F -c max_connections=30 -c deadlock_timeout=50ms",
            self.port,
            self.scratch.path().display(),
        );
        let mut start = self.program("pg_ctl");
        start.args(["start", "--wait", "--silent", "-o", &options, "-D"]);
        start
            .arg(self.data())
            .arg("-l")
            .arg(self.scratch.path().join("log"));
        run(&mut start);
    }

    /// Stops it: connections are ended with 57P01.
    pub fn down(&self) {
        run(self
            .program("pg_ctl")
            .args(["stop", "--silent", "--mode=fast", "-D"])
            .arg(self.data()));
    }

    pub fn url(&self) -> String {
        format!("postgresql://test@127.0.0.1:{}/postgres", self.port)
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
    let mut places = debian.chain(env::split_paths(&path).collect::<Vec<_>>());
    places.find(|place| place.join("pg_ctl").exists() && place.join("initdb").exists())
}

fn run(command: &mut Command) {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    let status = command
        .status()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

/// A Redis of its own.
pub struct Redis {
    scratch: Scratch,
    port: u16,
    server: Option<Child>,
}

impl Redis {
    /// `None`, and says so, where Redis is not installed.
    pub fn start() -> Option<Self> {
        let version = Command::new("redis-server")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        if version.is_err() {
            skipped("redis-server");
            return None;
        }
        let mut redis = Redis {
            scratch: Scratch::new("redis"),
            port: free_port(),
            server: None,
        };
        redis.up();
        Some(redis)
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
            "--port",
        ]);
        server
            .arg(self.port.to_string())
            .arg("--dir")
            .arg(self.scratch.path());
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

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.down();
    }
}
