//! `ureq` against a server that fails in every way.

use std::time::Duration;

use persevere::http::{HttpError, OrHttpError};
use persevere::testing::{Recorder, Scope};
use persevere::{Health, Interrupt, Transient, Verdict, retry};
use server::{HALF, Reply, Server, answer, refusing, status};
use support::Row;
use ureq::{Agent, Error};

use crate::{TRANSIENT, UNSENT, three_blocking};

const SECOND: Duration = Duration::from_secs(1);

fn agent() -> Agent {
    Agent::config_builder().proxy(None).build().into()
}

fn get(agent: &Agent, url: &str) -> Result<String, Error> {
    agent.get(url).call()?.body_mut().read_to_string()
}

/// The error of one request to a server that does this.
fn error_after(reply: Reply) -> Error {
    let server = Server::start([reply]);
    let error = get(&agent(), &server.url("/")).unwrap_err();
    assert_eq!(server.requests().len(), 1, "it repeats nothing by itself");
    error
}

fn check(fault: &str, seen: &str, source: &str, error: &Error) {
    let row = Row::new("ureq", fault).seen(seen).source(source);
    row.check(error);
}

/// The number of requests that a server got in a call of three attempts, each of which it reads and fails.
fn processed(reply: &Reply) -> (u32, u32) {
    let under = |unsent: bool| {
        let server = Server::start(vec![reply.clone(); 3]);
        let (agent, url) = (agent(), server.url("/"));
        let post = || agent.post(&url).send("pay")?.body_mut().read_to_string();
        let _ = three_blocking(unsent, post);
        u32::try_from(server.requests().len()).unwrap()
    };
    (under(UNSENT), under(TRANSIENT))
}

#[test]
fn statuses_are_judged_as_those_of_responses_and_lose_their_hint() {
    for (code, retried) in [(503, true), (429, true), (404, false), (501, false)] {
        let error = error_after(answer(code, &[("Retry-After", "7")], ""));
        assert!(matches!(error, Error::StatusCode(given) if given == code));
        assert_eq!(error.verdict(), Verdict::retry_if(retried), "{code}");
        assert_eq!(error.health() == Health::Failed, code >= 500, "{code}");
        assert_eq!(HttpError::from(error).status().unwrap(), code);
    }
    let hint = answer(503, &[("Retry-After", "7")], "");
    let counted = processed(&hint);
    Row::new("ureq", "503, after which its Retry-After is lost")
        .seen("http status: 503")
        .source("RFC 9110, 15.6.4")
        .processed(counted.0, counted.1)
        .check(&error_after(hint));
}

/// With responses that are none of its errors, the hint is kept.
#[test]
fn a_hint_is_kept_by_or_http_error() {
    #[retry(when = transient(), wait = none())]
    fn get(agent: &Agent, url: &str) -> Result<String, HttpError> {
        let mut response = agent.get(url).call()?.or_http_error()?;
        Ok(response.body_mut().read_to_string()?)
    }
    let agent: Agent = Agent::config_builder()
        .proxy(None)
        .http_status_as_error(false)
        .build()
        .into();
    let server = Server::start([
        answer(503, &[("Retry-After", "30")], ""),
        Reply::Cut(HALF.into()),
    ]);
    let recorder = Recorder::new();
    let _scope = Scope::new().record(&recorder).no_pauses().enter();
    assert_eq!(get(&agent, &server.url("/")).unwrap(), "ok");
    recorder.recorded().attempts(3);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn connections_that_break_are_retried_and_may_have_been_processed() {
    const BROKEN: &str = "RFC 9112, 8 and 9.3.1";
    for (fault, reply, seen) in [
        (
            "closed without a response",
            Reply::Cut(String::new()),
            "Peer disconnected",
        ),
        (
            "reset without a response",
            Reply::Reset(String::new()),
            "reset",
        ),
        (
            "closed in the body of the response",
            Reply::Cut(HALF.into()),
            "Peer disconnected",
        ),
    ] {
        let counted = processed(&reply);
        let error = error_after(reply);
        let row = Row::new("ureq", fault).seen(seen).source(BROKEN);
        match fault {
            "reset without a response" => row.check(&error),
            _ => row.processed(counted.0, counted.1).check(&error),
        }
        assert_eq!(error.health(), Health::Failed, "{error}");
    }
}

/// ureq hides the end of the connection in the error of the decompression, or in one of its own.
#[test]
fn a_body_that_is_compressed_or_in_chunks_breaks_like_any_other() {
    let gzip = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n";
    let begun = "\u{1f}\u{8}";
    for head in [
        format!("{gzip}Content-Length: 100\r\n\r\n{begun}"),
        format!("{gzip}Transfer-Encoding: chunked\r\n\r\n"),
        String::from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1"),
    ] {
        let error = error_after(Reply::Cut(head.clone()));
        assert!(error.verdict().is_retry(), "{head}: {error:?}");
        assert!(!error.unsent_without_redirects(), "{head}: {error:?}");
        assert_eq!(error.health(), Health::Failed, "{head}: {error:?}");
        // As `std::io::Read` gives it.
        let error = error.into_io();
        assert!(error.verdict().is_retry(), "{head}: {error:?}");
    }
}

#[test]
fn nothing_is_sent_without_a_connection_as_long_as_nothing_redirects() {
    let refused = get(&agent(), &refusing()).unwrap_err();
    check(
        "the connection is refused",
        "refused",
        "connect(2), ECONNREFUSED",
        &refused,
    );
    let unknown = get(&agent(), "http://nowhere.invalid/").unwrap_err();
    let source = "getaddrinfo(3), EAI_AGAIN and EAI_NONAME";
    check("the name does not resolve", "lookup", source, &unknown);
    // A `POST` was processed by the server that redirects, and the next one cannot be reached.
    let elsewhere = refusing();
    let server = Server::start([answer(303, &[("Location", &elsewhere)], "")]);
    let error = agent().post(&server.url("/")).send("pay").unwrap_err();
    assert!(error.verdict().is_retry() && !error.unsent());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn time_that_runs_out_is_retried() {
    let hasty = |config: fn(ureq::config::ConfigBuilder<ureq::typestate::AgentScope>) -> Agent| {
        config(Agent::config_builder().proxy(None))
    };
    let server = Server::start([Reply::Stall]);
    let agent = hasty(|config| config.timeout_global(Some(SECOND / 20)).build().into());
    let error = get(&agent, &server.url("/")).unwrap_err();
    check(
        "the response does not come in time",
        "timeout",
        "ureq 3.5.2, error.rs",
        &error,
    );
    // TLS that nobody answers; without its features the address is refused before, so it is a plain one here.
    for phase in [ureq::Timeout::Resolve, ureq::Timeout::Connect] {
        let error = Error::Timeout(phase);
        assert!(error.unsent_without_redirects() && !error.unsent());
    }
}

#[test]
fn what_another_attempt_cannot_help_is_final() {
    let garbage = error_after(Reply::Cut("SSH-2.0-OpenSSH_9.2\r\n\r\n".into()));
    check(
        "the answer is not HTTP",
        "protocol",
        "RFC 9112, 2.2",
        &garbage,
    );
    assert_eq!(garbage.health(), Health::Failed);
    let around = answer(302, &[("Location", "/")], "");
    let server = Server::start(vec![around; 20]);
    let circle = get(&agent(), &server.url("/")).unwrap_err();
    check(
        "redirects in a circle",
        "too many redirects",
        "RFC 9110, 15.4",
        &circle,
    );
    assert_eq!(circle.health(), Health::Well);
    let nonsense = [("Content-Encoding", "gzip")];
    let undecoded = error_after(answer(200, &nonsense, "no gzip at all"));
    check(
        "a body that cannot be decompressed",
        "gzip",
        "RFC 9110, 8.4.1",
        &undecoded,
    );
    let wrong = get(&agent(), "gopher://localhost/").unwrap_err();
    assert_eq!(wrong.verdict(), Verdict::Final, "{wrong}");
}

#[test]
fn a_connection_that_was_closed_while_idle_is_replaced() {
    let server = Server::start([status(200), Reply::Cut(String::new())]);
    let agent = agent();
    assert_eq!(get(&agent, &server.url("/")).unwrap(), "");
    let error = get(&agent, &server.url("/")).unwrap_err();
    assert!(error.verdict().is_retry() && !error.unsent_without_redirects());
    assert_eq!(get(&agent, &server.url("/")).unwrap(), "ok");
}

#[test]
fn interrupts_have_a_place() {
    let open = Interrupt::CircuitOpen {
        retry_after: Some(SECOND),
    };
    let error = Error::from(open);
    assert_eq!(error.verdict(), Verdict::RetryAfter(SECOND));
    assert!(error.unsent());
    assert_eq!(Error::from(Interrupt::Deadline).verdict(), Verdict::Final);
    // Of a connector of the program's own.
    let other = Error::Other(Box::new(std::io::Error::from(std::io::ErrorKind::TimedOut)));
    assert!(other.verdict().is_retry() && !other.unsent());
}
