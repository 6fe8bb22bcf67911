//! A subscriber that remembers what it is told.
#![allow(dead_code)]

pub(crate) mod everything;
pub(crate) mod promql;
pub(crate) mod rules;
pub(crate) mod scrape;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// Names and values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(pub(crate) BTreeMap<&'static str, String>);

impl Fields {
    /// The value of a field; empty if it has none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

/// An event, and the spans that it is in, the outermost first.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) level: String,
    pub(crate) target: String,
    pub(crate) fields: Fields,
    pub(crate) spans: Vec<&'static str>,
}

/// A span that was closed.
#[derive(Clone, Debug)]
pub(crate) struct Closed {
    pub(crate) name: &'static str,
    pub(crate) fields: Fields,
    pub(crate) parent: Option<&'static str>,
}

/// The records of a [`Memory`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    pub(crate) events: Vec<Seen>,
    pub(crate) spans: Vec<Closed>,
}

#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<Told>>);

impl Memory {
    pub(crate) fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        Registry::default().with(self.clone())
    }

    /// The records since the last call.
    pub(crate) fn take(&self) -> Told {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Runs a test under its subscriber, apart from the others: while one subscriber comes and another goes, `tracing` can
/// take a span that both have for one that nobody wants.
pub(crate) fn with_default<T>(
    subscriber: impl Subscriber + Send + Sync + 'static,
    test: impl FnOnce() -> T,
) -> T {
    static APART: Mutex<()> = Mutex::new(());
    let _apart = APART.lock().unwrap_or_else(PoisonError::into_inner);
    tracing::subscriber::with_default(subscriber, test)
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Memory {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        context.span(id).unwrap().extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        values.record(span.extensions_mut().get_mut::<Fields>().unwrap());
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let scope = context.event_scope(event).into_iter();
        let spans = scope
            .flat_map(|scope| scope.from_root())
            .map(|span| span.name());
        self.0.lock().unwrap().events.push(Seen {
            level: event.metadata().level().to_string(),
            target: event.metadata().target().to_owned(),
            fields,
            spans: spans.collect(),
        });
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).unwrap();
        let closed = Closed {
            name: span.name(),
            fields: span.extensions().get::<Fields>().unwrap().clone(),
            parent: span.parent().map(|parent| parent.name()),
        };
        self.0.lock().unwrap().spans.push(closed);
    }
}
