//! The details of a status of gRPC, beside another reader of protobuf.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use persevere_core::http::retry_info;
use prost::Message;

/// `google.rpc.Status`
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// `google.protobuf.Any`
#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

/// `google.rpc.RetryInfo`
#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<Delay>,
}

/// `google.protobuf.Duration`
#[derive(Clone, PartialEq, Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

fuzz_target!(|details: &[u8]| {
    let read = retry_info(details);
    // It refuses text that is not UTF-8, and known fields of another kind, which ours skips.
    let Ok(status) = Status::decode(details) else {
        return;
    };
    let infos = status.details.iter().filter(|any| {
        let name = any.type_url.rsplit('/').next();
        name == Some("google.rpc.RetryInfo")
    });
    let infos: Result<Vec<_>, _> = infos.map(|any| RetryInfo::decode(&*any.value)).collect();
    if let Ok(infos) = infos {
        assert_eq!(read, infos.into_iter().filter_map(delay).max());
    }
});

fn delay(info: RetryInfo) -> Option<Duration> {
    let delay = info.retry_delay.unwrap_or_default();
    let (seconds, nanos) = (delay.seconds.try_into().ok()?, delay.nanos.try_into().ok()?);
    let is_one = seconds <= 315_576_000_000 && nanos < 1_000_000_000;
    is_one.then(|| Duration::new(seconds, nanos))
}
