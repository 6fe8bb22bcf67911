//! `lettre` against a server of SMTP that refuses, is silent and goes away at every step of a mail.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::transport::smtp::Error;
use lettre::{Message, SmtpTransport, Transport};
use persevere::{Health, Transient};
use support::{Row, free_port};

use crate::{TRANSIENT, UNSENT, three_blocking};

const RFC: &str = "RFC 5321, 4.2.1";

/// The step of a mail at which a server fails, and how.
#[derive(Clone, Copy)]
struct Fault {
    /// `""` is the greeting, `.` the end of the mail.
    at: &'static str,
    answer: Answer,
}

#[derive(Clone, Copy)]
enum Answer {
    Reply(&'static str),
    Close,
    Silence,
}

/// A server that takes mails, after so many faults.
struct Server {
    address: SocketAddr,
    taken: Arc<AtomicU32>,
}

impl Server {
    fn start(fault: Fault, times: u32) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&taken);
        thread::spawn(move || {
            let left = AtomicU32::new(times);
            let left = Arc::new(left);
            for stream in listener.incoming().flatten() {
                let (left, count) = (Arc::clone(&left), Arc::clone(&count));
                thread::spawn(move || talk(&stream, fault, &left, &count));
            }
        });
        Server { address, taken }
    }
}

/// Talks as RFC 5321 has it, except at the fault.
fn talk(mut stream: &TcpStream, fault: Fault, left: &AtomicU32, taken: &AtomicU32) {
    let mut lines = BufReader::new(stream).lines();
    let mut command = String::new();
    loop {
        let faulty = command.to_ascii_uppercase().starts_with(fault.at);
        let here = faulty && (fault.at.is_empty() == command.is_empty());
        // A server that closes or falls silent after the dot has taken the mail.
        let is_reply = matches!(fault.answer, Answer::Reply(_));
        let fails = here
            && left
                .fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1))
                .is_ok();
        if command == "." && !(fails && is_reply) {
            taken.fetch_add(1, Relaxed);
        }
        let reply = match command.split(' ').next().unwrap() {
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            "" => "220 here",
            _ => "250 fine",
        };
        let in_mail = command == "DATA" && !fails;
        let reply = match fault.answer {
            Answer::Close if fails => return,
            Answer::Silence if fails => return drop(lines.by_ref().last()),
            Answer::Reply(reply) if fails => reply,
            _ => reply,
        };
        if write!(stream, "{reply}\r\n").is_err() {
            return;
        }
        let next = match in_mail {
            true => lines
                .by_ref()
                .map_while(Result::ok)
                .find(|line| line == "."),
            false => lines.next().and_then(Result::ok),
        };
        match next {
            Some(line) => command = line,
            None => return,
        }
    }
}

fn transport(address: SocketAddr) -> SmtpTransport {
    SmtpTransport::builder_dangerous("127.0.0.1")
        .port(address.port())
        .timeout(Some(Duration::from_millis(200)))
        .build()
}

fn mail() -> Message {
    Message::builder()
        .from("shop@example.org".parse().unwrap())
        .to("somebody@example.org".parse().unwrap())
        .header(ContentType::TEXT_PLAIN)
        .body(String::from("paid"))
        .unwrap()
}

fn send(server: &Server) -> Result<(), Error> {
    transport(server.address).send(&mail()).map(drop)
}

/// The number of times that a mail arrives in a call of three attempts, whose first has the fault.
fn taken(fault: Fault) -> (u32, u32) {
    let under = |unsent: bool| {
        let server = Server::start(fault, 1);
        let _ = three_blocking(unsent, || send(&server));
        server.taken.load(Relaxed)
    };
    (under(UNSENT), under(TRANSIENT))
}

fn error(fault: Fault) -> Error {
    send(&Server::start(fault, 1)).unwrap_err()
}

#[test]
fn replies_are_judged_by_their_first_digit() {
    for (name, at, reply, seen, health) in [
        ("421 for a greeting", "", "421 busy", "421", Health::Failed),
        ("451 at MAIL", "MAIL", "451 later", "451", Health::Unknown),
        ("450 at RCPT", "RCPT", "450 busy", "450", Health::Well),
        ("452 at DATA", "DATA", "452 full", "452", Health::Failed),
        (
            "451 after the final dot",
            ".",
            "451 later",
            "451",
            Health::Unknown,
        ),
        ("550 at RCPT", "RCPT", "550 nobody", "550", Health::Well),
        ("554 for a greeting", "", "554 no", "554", Health::Well),
    ] {
        let fault = Fault {
            at,
            answer: Answer::Reply(reply),
        };
        let (once, again) = taken(fault);
        let error = error(fault);
        let row = Row::new("lettre", name).seen(seen).source(RFC);
        row.processed(once, again).check(&error);
        assert_eq!(error.health(), health, "{name}");
    }
}

/// Nobody can tell whether a mail was taken whose connection ended after the final dot.
#[test]
fn a_mail_that_may_have_been_taken_is_never_unsent() {
    for (name, at, answer, seen) in [
        (
            "closed at MAIL",
            "MAIL",
            Answer::Close,
            "incomplete response",
        ),
        (
            "closed after the final dot",
            ".",
            Answer::Close,
            "incomplete response",
        ),
        (
            "silent after the final dot",
            ".",
            Answer::Silence,
            "network error",
        ),
    ] {
        let fault = Fault { at, answer };
        let (once, again) = taken(fault);
        let error = error(fault);
        let row = Row::new("lettre", name)
            .seen(seen)
            .source("RFC 5321, 4.5.3.2 and 6.1");
        row.processed(once, again).check(&error);
        assert_eq!(error.health(), Health::Failed, "{name}");
        assert!(!error.is_timeout(), "time that runs out has no flag");
    }
}

#[test]
fn without_a_connection_nothing_was_sent() {
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    let error = transport(nobody).send(&mail()).unwrap_err();
    Row::new("lettre", "the connection is refused")
        .seen("refused")
        .source("connect(2), ECONNREFUSED")
        .check(&error);
    let nowhere = SmtpTransport::builder_dangerous("nowhere.invalid").build();
    let error = nowhere.send(&mail()).unwrap_err();
    Row::new("lettre", "the name does not resolve")
        .seen("lookup")
        .source("getaddrinfo(3), EAI_AGAIN and EAI_NONAME")
        .check(&error);
    assert_eq!(error.health(), Health::Failed);
}

#[test]
fn a_reply_that_makes_no_sense_is_final() {
    let fault = Fault {
        at: "MAIL",
        answer: Answer::Reply("what?"),
    };
    Row::new("lettre", "a reply that is none")
        .seen("response error")
        .source("RFC 5321, 4.2")
        .check(&error(fault));
}
