//! HTTP/2 by raw frames: what a server says of a call that it has not processed, and of one that it may have.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use greeter::{Greeter, channel};
use persevere::Transient;
use support::http2::{Frames, Then, code};
use support::{Http2, Row};
use tonic::Status;

const RULE: &str = "RFC 9113, 8.7";

async fn failed(
    script: impl Fn(&mut Frames, u32) -> io::Result<Then> + Send + Sync + 'static,
) -> Status {
    let server = Http2::start(script);
    let mut greeter = Greeter::new(channel(server.url()));
    let failed = greeter.hello("ada".to_owned()).await.unwrap_err();
    assert_eq!(server.requests(), 1, "{failed:?}");
    failed
}

fn row<'a>(fault: &'a str, seen: &'a str) -> Row<'a> {
    Row::new("tonic", fault).server("raw frames").seen(seen)
}

#[tokio::test]
async fn a_call_that_was_refused_is_unsent() {
    let refused = failed(|frames, stream| {
        frames.reset(stream, code::REFUSED_STREAM)?;
        Ok(Then::Go)
    });
    let refused = refused.await;
    assert!(refused.unsent());
    row("HTTP/2: the stream is refused", "REFUSED_STREAM")
        .source(RULE)
        .check(&refused);

    for then in [Then::Close, Then::Reset, Then::Stall, Then::Go] {
        for (code, seen, fault) in [
            (
                code::NO_ERROR,
                "NO_ERROR",
                "HTTP/2: GOAWAY below the stream",
            ),
            (
                code::ENHANCE_YOUR_CALM,
                "ENHANCE_YOUR_CALM",
                "HTTP/2: GOAWAY below the stream, with an error",
            ),
        ] {
            let refused = failed(move |frames, _| {
                frames.go_away(0, code)?;
                Ok(then)
            });
            let refused = refused.await;
            if !format!("{refused:?}").contains(seen) {
                // The end of the connection may be heard first, and proves nothing.
                assert!(matches!(then, Then::Close | Then::Reset), "{then:?}");
                assert!(refused.verdict().is_retry() && !refused.unsent());
                continue;
            }
            assert!(refused.unsent(), "{then:?} {refused:?}");
            row(fault, seen).source(RULE).check(&refused);
        }
    }
}

#[tokio::test]
async fn a_call_that_may_have_been_processed_is_retried_and_not_unsent() {
    for then in [Then::Close, Then::Reset] {
        let broken = failed(move |frames, stream| {
            frames.go_away(stream, code::NO_ERROR)?;
            Ok(then)
        });
        let broken = broken.await;
        assert!(
            broken.verdict().is_retry() && !broken.unsent(),
            "{broken:?}"
        );
        if then == Then::Close {
            let row = row(
                "HTTP/2: GOAWAY from the stream on, then closed",
                "BrokenPipe",
            );
            row.source("RFC 9113, 6.8").check(&broken);
        }
    }
    for reason in [
        code::INTERNAL_ERROR,
        code::CANCEL,
        code::ENHANCE_YOUR_CALM,
        code::NO_ERROR,
        code::PROTOCOL_ERROR,
    ] {
        let reset = failed(move |frames, stream| {
            frames.reset(stream, reason)?;
            Ok(Then::Go)
        });
        let reset = reset.await;
        assert!(reset.verdict().is_retry() && !reset.unsent(), "{reset:?}");
        if reason == code::INTERNAL_ERROR {
            let row = row(
                "HTTP/2: the stream is reset by an internal error",
                "INTERNAL_ERROR",
            );
            row.source("RFC 9113, 7").check(&reset);
        }
    }
}

/// hyper takes a reset without an error for the end of the body, whatever it has read of it.
#[tokio::test]
async fn an_answer_that_is_cut_off_is_retried() {
    for reason in [
        code::NO_ERROR,
        code::CANCEL,
        code::INTERNAL_ERROR,
        code::REFUSED_STREAM,
    ] {
        let cut = failed(move |frames, stream| {
            frames.head(stream)?;
            frames.data(stream, &[0, 0, 0, 0, 9, b'h'], false)?;
            frames.reset(stream, reason)?;
            Ok(Then::Go)
        });
        let cut = cut.await;
        assert!(cut.verdict().is_retry() && !cut.unsent(), "{cut:?}");
        if reason == code::NO_ERROR {
            let row = row(
                "HTTP/2: the stream is reset within a message, without an error",
                "Unexpected EOF",
            );
            row.source("the server had begun to answer").check(&cut);
        }
    }
    let ended = failed(|frames, stream| {
        frames.head(stream)?;
        frames.data(stream, &[0, 0, 0, 0, 9, b'h'], true)?;
        Ok(Then::Go)
    });
    let ended = ended.await;
    assert!(ended.verdict().is_retry() && !ended.unsent(), "{ended:?}");
}

/// The first call is answered, so that the client knows how many streams it may have: one. The second has it, the third
/// waits for it, and the server says `GOAWAY` and closes in good order.
#[tokio::test]
async fn a_call_that_waits_for_a_stream_as_the_server_goes_is_retried() {
    let answered = AtomicUsize::new(0);
    let server = Http2::with_streams(1, move |frames, stream| {
        if answered.fetch_add(1, Ordering::SeqCst) == 0 {
            frames.answer(stream)?;
            return Ok(Then::Go);
        }
        // Whatever waits has been given to the client by then.
        std::thread::sleep(Duration::from_millis(100));
        frames.go_away(stream, code::NO_ERROR)?;
        frames.answer(stream)?;
        Ok(Then::Close)
    });
    let mut greeter = Greeter::new(channel(server.url()));
    let (mut second, mut third) = (greeter.clone(), greeter.clone());
    let _ = greeter.hello("ada".to_owned()).await;
    let calls = tokio::join!(
        second.hello("ada".to_owned()),
        third.hello("ada".to_owned())
    );
    let gone = calls.1.unwrap_err();
    let row = row(
        "HTTP/2: GOAWAY while the call waits for a stream",
        "dispatch task is gone",
    );
    row.source("hyper 1.12, proto/h2/client.rs").check(&gone);
}
