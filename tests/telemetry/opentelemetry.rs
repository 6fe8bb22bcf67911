//! `tracing` leads on to OpenTelemetry: what an exporter gets of a retried call.

#![deny(warnings, unused)]

use std::cell::Cell;

use opentelemetry::trace::{SpanId, TracerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use persevere::retry;
use tracing::subscriber::with_default;
use tracing_subscriber::layer::SubscriberExt;

#[retry(span = true, name = "stock", wait = none(), before_sleep = log_warn())]
fn stock(failures: &Cell<u32>) -> Result<u32, &'static str> {
    let _attempt = tracing::info_span!("request").entered();
    match failures.get() {
        0 => Ok(7),
        left => {
            failures.set(left - 1);
            Err("busy")
        }
    }
}

#[test]
fn a_call_is_one_span_with_its_retries_as_events_and_its_attempts_inside() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let got = with_default(tracing_subscriber::registry().with(layer), || {
        stock(&Cell::new(2))
    });
    assert_eq!(got, Ok(7));

    let spans = exporter.get_finished_spans().unwrap();
    let (calls, requests): (Vec<_>, Vec<_>) = spans.iter().partition(|span| span.name == "retry");
    let [call] = calls[..] else {
        panic!("one span for the call: {spans:?}");
    };
    assert_eq!(call.parent_span_id, SpanId::INVALID);
    assert_eq!(attribute(call, "function"), "stock");
    assert_eq!(requests.len(), 3);
    for request in requests {
        assert_eq!(request.parent_span_id, call.span_context.span_id());
    }
    let attempts = call.events.iter().map(|event| {
        let attempt = event
            .attributes
            .iter()
            .find(|at| at.key.as_str() == "attempt");
        attempt.expect("which attempt").value.to_string()
    });
    assert_eq!(attempts.collect::<Vec<_>>(), ["1", "2"]);
}

fn attribute(span: &SpanData, key: &str) -> String {
    let mut attributes = span.attributes.iter();
    let attribute = attributes.find(|attribute| attribute.key.as_str() == key);
    attribute.expect(key).value.to_string()
}
