//! An operating system that has no name, no descriptor or no port for a connection, as the standard library says it.
//!
//! Limits are lowered in a process of its own: this program once more, in which `CHILD` is set.

use std::env;
use std::fs::File;
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::Command;

use support::{Row, is_installed, skipped};

const CHILD: &str = "PERSEVERE_LOWERED";

fn row<'a>(fault: &'a str, seen: &'a str, source: &'a str) -> Row<'a> {
    Row::new("std", fault)
        .server("Linux")
        .seen(seen)
        .source(source)
}

/// Whether this is the process where the limit is lowered. Otherwise it is run, by the program that lowers it.
fn is_lowered(test: &str, lower: &[&str]) -> bool {
    if env::var_os(CHILD).is_some_and(|name| name == test) {
        return true;
    }
    let mut child = Command::new(lower[0]);
    child
        .args(&lower[1..])
        .arg(env::current_exe().expect("this program"));
    let path = format!("system::{test}");
    let output = child.args(["--exact", &path]).env(CHILD, test).output();
    let output = output.expect("the same program");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && shown.contains("1 passed"),
        "{path}: {shown}"
    );
    false
}

#[test]
fn a_name_does_not_resolve() {
    let error = TcpStream::connect("no-such-host.invalid:5432").unwrap_err();
    let source = "getaddrinfo(3): no connection was made";
    row(
        "a name that does not resolve",
        "failed to lookup address information",
        source,
    )
    .check(&error);
}

#[tokio::test]
async fn a_name_does_not_resolve_for_tokio_either() {
    let connect = tokio::net::TcpStream::connect("no-such-host.invalid:5432");
    let error = connect.await.unwrap_err();
    Row::new("tokio", "a name that does not resolve")
        .server("Linux")
        .seen("failed to lookup address information")
        .source("getaddrinfo(3): no connection was made")
        .check(&error);
}

#[test]
fn no_descriptor_is_left() {
    if !is_installed("prlimit") {
        return skipped("prlimit (util-linux)");
    }
    if !is_lowered("no_descriptor_is_left", &["prlimit", "--nofile=64"]) {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut taken = Vec::new();
    let of_connect = loop {
        match TcpStream::connect(address) {
            Ok(stream) => taken.push(stream),
            Err(error) => break error,
        }
    };
    let of_accept = listener.accept().map(drop).unwrap_err();
    let of_open = File::open("/dev/null").map(drop).unwrap_err();
    let of_bind = UdpSocket::bind("127.0.0.1:0").map(drop).unwrap_err();
    drop(taken);
    let source = "errno(3): EMFILE passes; a file may have been opened for the answer";
    for (fault, error) in [
        ("EMFILE of a connect", of_connect),
        ("EMFILE of an accept", of_accept),
        ("EMFILE of a file", of_open),
        ("EMFILE of a socket", of_bind),
    ] {
        row(fault, "os error 24", source).check(&error);
    }
}

/// Whether this is the process that has a network of its own, after these commands.
fn is_alone(test: &str, commands: &str) -> bool {
    let ours = Command::new("unshare").args(["-n", "true"]).status();
    if !ours.is_ok_and(|status| status.success()) || !is_installed("ip") {
        skipped("a network of its own (root, unshare, iproute2)");
        return false;
    }
    let commands = format!("ip link set lo up && {commands} && exec \"$@\"");
    is_lowered(test, &["unshare", "-n", "sh", "-c", &commands, "sh"])
}

#[test]
fn no_port_is_left() {
    let two = "echo 40000 40001 >/proc/sys/net/ipv4/ip_local_port_range";
    if !is_alone("no_port_is_left", two) {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:9").unwrap();
    let address = listener.local_addr().unwrap();
    let mut taken = Vec::new();
    let of_connect = loop {
        match TcpStream::connect(address) {
            Ok(stream) => taken.push(stream),
            Err(error) => break error,
        }
    };
    assert_eq!(taken.len(), 2);
    let source = "connect(2): EADDRNOTAVAIL, no connection was made";
    row("no local port is left", "os error 99", source).check(&of_connect);
    let of_bind = TcpListener::bind("192.0.2.1:80").unwrap_err();
    row("an address of another host", "os error 99", source).check(&of_bind);
}

#[test]
fn no_path_leads_to_the_peer() {
    let routes = "ip route add unreachable 198.51.100.0/24 && ip route add prohibit 203.0.113.0/24";
    if !is_alone("no_path_leads_to_the_peer", routes) {
        return;
    }
    for (fault, seen, address) in [
        ("no route", "Network is unreachable", "192.0.2.1:80"),
        ("an unreachable host", "No route to host", "198.51.100.1:80"),
        (
            "a route that is prohibited",
            "Permission denied",
            "203.0.113.1:80",
        ),
    ] {
        let error = TcpStream::connect(address).unwrap_err();
        row(fault, seen, "connect(2)").check(&error);
    }
    // Whatever the resolver is, it cannot be reached, and has not said that there is no such name.
    let error = TcpStream::connect("example.com:80").unwrap_err();
    let source = "getaddrinfo(3): no connection was made";
    row(
        "the resolver cannot be reached",
        "failed to lookup address information",
        source,
    )
    .check(&error);
}

#[test]
fn what_lasts_is_final() {
    let source = "errno(3)";
    let absent = File::open("/no/such/file").unwrap_err();
    row("ENOENT", "No such file or directory", source).check(&absent);
    let error = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| TcpListener::bind(listener.local_addr()?))
        .unwrap_err();
    row("EADDRINUSE", "Address already in use", source).check(&error);
}

/// The error that an adapter made of a connection that really broke.
#[test]
fn an_error_inside_another_decides() {
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let refused = TcpStream::connect(address).unwrap_err();
    let wrapped = io::Error::other(io::Error::other(refused));
    row(
        "refused, in an io::Error in an io::Error",
        "Connection refused",
        "connect(2): no connection was made",
    )
    .check(&wrapped);
    let lookup = TcpStream::connect("no-such-host.invalid:5432").unwrap_err();
    let wrapped = io::Error::new(io::ErrorKind::InvalidInput, lookup);
    row(
        "a name that does not resolve, in an io::Error",
        "failed to lookup address information",
        "getaddrinfo(3): no connection was made",
    )
    .check(&wrapped);
}
