//! Programs that a test starts.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, fs, io, process, thread};

use socket2::{Domain, Socket, Type};

/// Prints, on a line of its own, the reason why a test is skipped.
pub fn skipped(needs: &str) {
    use io::Write;
    let _ = writeln!(io::stdout().lock(), "\nskipped: needs {needs}");
}

/// Returns a port of loopback at which nothing listens, another one each time.
///
/// It is below those that the system gives to connections and to servers that ask for any, so that no other test gets
/// it, whether its server is up or down; and so is the port 10 000 above, which a node of a Redis cluster takes too.
pub fn free_port() -> u16 {
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 10_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let begins = process::id().wrapping_mul(97);
    (0..COUNT)
        .map(|_| FIRST + begins.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT)
        .filter_map(|port| u16::try_from(port).ok())
        .find(|port| is_free(*port).unwrap_or(false))
        .expect("a free port")
}

/// Returns whether nothing listens at a port.
///
/// The socket that asks does not listen itself: a process that another test starts just then has it too until it runs
/// its program, and would keep the port, or take a connection.
fn is_free(port: u16) -> io::Result<bool> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Ok(socket.bind(&address.into()).is_ok())
}

/// Returns the path of a program, from the search path or a directory of system programs.
pub fn program(name: impl AsRef<Path>) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let places = env::split_paths(&path).chain(["/usr/sbin".into()]);
    let mut files = places.map(|place| place.join(name.as_ref()));
    files.find(|file| file.exists())
}

pub fn is_installed(name: impl AsRef<Path>) -> bool {
    program(name).is_some()
}

/// Returns the Python of `.ci/servers`, if it has this module.
pub fn python(module: &str) -> Option<Command> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/servers/bin/python");
    let mut import = Command::new(&program);
    import
        .args(["-c", &format!("import {module}")])
        .stderr(Stdio::null());
    let has_it = import.status().is_ok_and(|status| status.success());
    has_it.then(|| Command::new(program))
}

/// Returns whether the test runs as root, as which some servers refuse to run.
pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}

/// Runs a command that must succeed.
pub fn run(command: &mut Command) {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    let status = command
        .status()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

/// Stops a process, so that it accepts connections and bytes, and answers nothing.
pub fn freeze(process: u32) {
    signal(process, "STOP");
    while !is_frozen(process) {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Lets a stopped process go on.
pub fn thaw(process: u32) {
    signal(process, "CONT");
}

/// Sends a signal, such as `TERM`.
pub fn signal(process: u32, name: &str) {
    let kill = format!("kill -s {name} {process}");
    run(Command::new("sh").args(["-c", &kill]));
}

/// Returns whether all threads have stopped, where the system tells.
fn is_frozen(process: u32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
        return true;
    };
    let mut states = threads.flatten().map(|thread| {
        let state = fs::read_to_string(thread.path().join("stat"));
        state.is_ok_and(|state| state.contains(") T "))
    });
    states.all(|stopped| stopped)
}

/// Returns the name of a server with the first version that its program prints: `Redis 7.0.15`.
pub fn version(name: &str, program: impl AsRef<OsStr>, flag: &str) -> String {
    let output = Command::new(program).arg(flag).output();
    let output = output.expect("a program that says its version");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let numbers = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    let mut numbers = numbers.map(|number| number.trim_matches('.'));
    let number = numbers.find(|number| number.contains('.'));
    format!("{name} {}", number.unwrap_or_default())
}
