//! The client of the example, in trouble.

use std::time::Duration;

use persevere::http::HttpError;
use persevere::testing::{Recorder, Scope};
use persevere::{Interrupt, StopReason};
use server::{HALF, Reply, Server, answer, refusing, status};

#[path = "example.rs"]
#[allow(dead_code, unreachable_pub)]
mod example;

use example::{Limits, Payments, Receipt};

const LIMITS: Limits = Limits {
    attempts: 4,
    first_pause: Duration::from_millis(1),
    attempt: Duration::from_secs(60),
    call: Duration::from_secs(60),
};

const PAID: Receipt = Receipt { id: 7, cents: 990 };

fn client(server: &Server, limits: Limits) -> Payments {
    Payments::new(server.url(""), limits).unwrap()
}

fn paid(status: u16) -> Reply {
    answer(status, &[], r#"{"id": 7, "cents": 990}"#)
}

#[tokio::test]
async fn a_charge_is_the_same_in_all_attempts() {
    let server = Server::start([
        status(503),
        Reply::Reset(String::new()),
        Reply::Cut(HALF.into()),
        paid(201),
        paid(201),
    ]);
    let payments = client(&server, LIMITS);
    assert_eq!(payments.charge(990).await.unwrap(), PAID);
    assert_eq!(payments.charge(990).await.unwrap(), PAID);
    let requests = server.requests();
    let keys: Vec<_> = requests
        .iter()
        .map(|request| request.header("idempotency-key").unwrap())
        .collect();
    assert_eq!(keys.len(), 5);
    assert!(keys[..4].iter().all(|key| *key == keys[0]));
    assert_ne!(keys[4], keys[0]);
}

#[tokio::test]
async fn a_receipt_is_read_again() {
    let server = Server::start(std::iter::once(Reply::Stall).chain(vec![paid(200); 9]));
    let attempt = Duration::from_millis(200);
    let limits = Limits {
        attempt,
        attempts: 10,
        ..LIMITS
    };
    assert_eq!(client(&server, limits).receipt(7).await.unwrap(), PAID);
    let requests = server.requests();
    assert!(requests.len() > 1);
    assert!(requests.iter().all(|seen| seen.line == "GET /receipts/7"));
}

#[tokio::test]
async fn a_receipt_that_is_not_there_is_not_asked_for_again() {
    let server = Server::start([status(404)]);
    let error = client(&server, LIMITS).receipt(8).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 404);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_reminder_is_sent_once() {
    let server = Server::start([status(503)]);
    let error = client(&server, LIMITS).remind(7).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 503);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn limits_are_those_of_the_client() {
    for attempts in [1, 2, 3] {
        let server = Server::start(vec![status(500); 9]);
        let payments = client(&server, Limits { attempts, ..LIMITS });
        assert!(payments.receipt(7).await.is_err());
        assert_eq!(server.requests().len(), attempts as usize);
    }
    let server = Server::start([]);
    let call = Duration::ZERO;
    let payments = client(&server, Limits { call, ..LIMITS });
    let error = payments.receipt(7).await.unwrap_err();
    assert!(matches!(error, HttpError::Interrupted(Interrupt::Deadline)));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_service_that_is_down_is_left_alone() {
    let payments = Payments::new(refusing().trim_end_matches('/'), LIMITS).unwrap();
    let recorder = Recorder::new();
    let calls = async {
        for _ in 0..2 {
            assert!(payments.remind(7).await.is_err());
        }
        payments.remind(7).await.unwrap_err()
    };
    let error = Scope::new().record(&recorder).run_async(calls).await;
    assert!(matches!(
        error,
        HttpError::Interrupted(Interrupt::CircuitOpen { .. })
    ));
    let reasons = recorder.recorded().reasons();
    assert_eq!(reasons.last(), Some(&StopReason::CircuitOpen));
    recorder.recorded().attempts(8);
}
