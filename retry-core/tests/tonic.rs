//! Which statuses of gRPC are transient.
#![cfg(feature = "tonic")]

use std::error::Error;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use persevere_core::Verdict::{Final, Retry, RetryIn};
use persevere_core::{Interrupt, Transient};
use tonic::metadata::MetadataValue;
use tonic::{Code, ConnectError, Status, TimeoutExpired};

fn status(code: Code, pushbacks: &[&'static str]) -> Status {
    let mut status = Status::new(code, "");
    for pushback in pushbacks {
        let value = MetadataValue::from_static(pushback);
        status
            .metadata_mut()
            .append("grpc-retry-pushback-ms", value);
    }
    status
}

#[test]
fn by_code_and_pushback() {
    let after = |millis| RetryIn(Duration::from_millis(millis));
    for number in 0..=17 {
        let code = Code::from_i32(number);
        let [plain, asked] = match code {
            Code::Unavailable => [Retry, after(250)],
            Code::ResourceExhausted => [Final, after(250)],
            _ => [Final, Final],
        };
        for (pushbacks, verdict) in [
            (&[][..], plain),
            (&["250"][..], asked),
            (&["-1"][..], Final),
            (&["soon"][..], Final),
            (&[""][..], Final),
            (&["250", "250"][..], Final),
            (&["250", "-1"][..], Final),
        ] {
            let status = status(code, pushbacks);
            assert_eq!(status.verdict(), verdict, "{status:?}");
            assert!(!status.unsent(), "{status:?}");
        }
    }
    assert_eq!(status(Code::Unavailable, &["0"]).verdict(), after(0));
    let longest = after(i32::MAX.unsigned_abs().into());
    assert_eq!(
        status(Code::Unavailable, &["2147483647"]).verdict(),
        longest
    );
}

#[test]
fn by_the_connection_that_is_not_made() {
    for (kind, verdict) in [
        (ErrorKind::ConnectionRefused, Retry),
        (ErrorKind::TimedOut, Retry),
        (ErrorKind::InvalidData, Final),
    ] {
        let refused = ConnectError(io::Error::from(kind).into());
        let status = Status::from_error(refused.into());
        assert_eq!(status.code(), Code::Unavailable);
        assert_eq!(status.verdict(), verdict, "{kind}");
        assert!(status.unsent(), "{kind}");
    }
}

/// A source that a program sets is its own affair.
#[test]
fn by_the_code_where_the_source_is_no_transport() {
    for (source, code) in [
        (TimeoutExpired(()).into(), Code::Cancelled),
        (Box::<dyn Error + Send + Sync>::from("odd"), Code::Unknown),
        (io::Error::from(ErrorKind::TimedOut).into(), Code::Unknown),
    ] {
        let status = Status::from_error(source);
        assert_eq!((status.code(), status.verdict()), (code, Final));
        assert!(!status.unsent());
    }
    let mut status = status(Code::Unavailable, &["250"]);
    status.set_source(Arc::new(io::Error::from(ErrorKind::NotFound)));
    assert_eq!(status.verdict().hint(), Some(Duration::from_millis(250)));
}

#[test]
fn by_the_interrupt() {
    let open = Interrupt::CircuitOpen {
        retry_after: Some(Duration::from_secs(3)),
    };
    for (interrupt, code) in [
        (Interrupt::AttemptTimeout, Code::DeadlineExceeded),
        (Interrupt::Deadline, Code::DeadlineExceeded),
        (open, Code::Unavailable),
        (Interrupt::Cancelled, Code::Cancelled),
    ] {
        // As an error of a function, and as that of a layer below a client.
        let boxed: Box<dyn Error + Send + Sync> = interrupt.into();
        let (own, below) = (Status::from(interrupt), Status::from_error(boxed));
        assert_eq!((own.code(), own.message()), (code, &*interrupt.to_string()));
        for status in [own, below] {
            let source = status.source().and_then(|source| source.downcast_ref());
            assert_eq!(source, Some(&interrupt));
            assert_eq!(status.verdict(), interrupt.verdict());
            assert_eq!(status.unsent(), interrupt == open);
        }
    }
}
