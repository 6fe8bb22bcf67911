//! The section *Retries* of a function's documentation, reviewed as text.

use std::fmt::Write;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::parse::attribute_kind::AttributeKind;

/// Returns the documentation of an expanded function.
fn documentation(kind: AttributeKind, args: TokenStream, item: TokenStream) -> Vec<String> {
    let expanded = crate::expand::attribute(kind, args, None, item);
    let file: syn::File = syn::parse2(expanded).expect("an expansion is an item");
    let mut all = Vec::new();
    for item in file.items {
        let syn::Item::Fn(function) = item else {
            panic!("no function: {}", item.to_token_stream());
        };
        let mut text = String::new();
        for attr in &function.attrs {
            if let syn::Meta::NameValue(doc) = &attr.meta {
                let text_of = syn::parse2::<syn::LitStr>(doc.value.to_token_stream());
                let line = text_of.expect("a text").value();
                text.push_str(&line);
                text.push('\n');
            }
        }
        all.push(text);
    }
    all
}

/// Returns the section of a documented function.
fn section(kind: AttributeKind, args: TokenStream, item: TokenStream) -> String {
    let documented = quote!(#[doc = "Documented."] #item);
    let documentation = documentation(kind, args, documented);
    let (_, section) = documentation[0]
        .split_once("\n# Retries\n\n")
        .unwrap_or_else(|| panic!("no section: {documentation:?}"));
    section.to_owned()
}

macro_rules! sections {
    ($($name:literal: $kind:ident [$($args:tt)*] $item:item)+) => {
        #[test]
        fn sections_are_sentences() {
            let mut all = String::new();
            $(
                let args = quote!($($args)*);
                let shown = crate::diagnostics::text(&args);
                let text = section(AttributeKind::$kind, args, quote!($item));
                let name = AttributeKind::$kind.name().trim_end_matches(']');
                writeln!(all, "{name}({shown})]\n\n{text}").expect("a text");
            )+
            let mut settings = insta::Settings::clone_current();
            settings.set_omit_expression(true);
            settings.set_prepend_module_to_snapshot(false);
            settings.bind(|| insta::assert_snapshot!("sections", all));
        }
    };
}

sections! {
    "bare": Retry []
    fn read() -> io::Result<()> { read() }

    "daily": Retry [
        stop = after_attempt(5) | after_delay(30s),
        wait = exponential(100ms).max(10s).full_jitter(),
        on = Err(ApiError::Timeout | ApiError::Status(500..=599)) | Ok(None),
        unless = Err(ApiError::Closed),
        attempt_timeout = 2s,
        breaker = &PAYMENTS,
        before_sleep = log_warn(),
    ]
    async fn charge(&self) -> Result<Option<Receipt>, ApiError> { charge().await }

    "transient": Retry [stop = after_attempt(self.attempts), wait = self.pause, when = transient() | message("busy")]
    fn read(&self) -> io::Result<()> { read() }

    "cases": Retry [
        case(Err(ApiError::RateLimited { after }), stop = after_attempt(8), wait = fixed(*after)),
        case(Err(ApiError::Unauthorized), stop = after_attempt(2), wait = none(),
            before_sleep = async |_| self.auth.refresh().await),
        on = Err(ApiError::Server(_)),
        deadline = 1min,
    ]
    async fn page(&self, n: u32) -> Result<Page, ApiError> { page(n).await }

    "odd": Retry [
        on = Err(E::A(_) | E::B { .. }),
        on = Err(ref e) if v[0] < 3,
        unless = Err(E::C('`')),
        stop = never(),
        wait = schedule([1s, 5s, 30s]).jitter_ratio(0.25).min(1s),
    ]
    fn odd(v: &[u8]) -> Result<Vec<Option<u8>>, E> { odd() }

    "waits": Retry [
        wait = chain((
            none(),
            fixed(1s) + random(0s..1s),
            exponential(1s).factor(1.5).max(1min).equal_jitter(),
        )).max(2min),
        stop = all((after_attempt(3), after_delay(10s))) | before_delay(1h) & cancelled(&SHUTDOWN),
    ]
    fn waits() -> Option<u8> { None }

    "more waits": Retry [
        wait = from_err(|e| e.retry_after()).or(incrementing(1s, 500ms)).hint_max(5min),
        when = !(transient() & err(|e| e.is_busy())) & err_is::<io::Error>(),
        stop = cancelled(&SHUTDOWN) | stop_when(|p| p.attempt() > self.limit),
    ]
    fn waits(&self) -> Result<(), Error> { waits() }

    "the longest hint of the parts": Retry [
        wait = chain((fixed(1s).hint_max(5min), 2s)),
        when = transient(),
    ]
    fn linked() -> Result<(), Error> { linked() }

    "the standard hint is longer": Retry [wait = fixed(1s).hint_max(5s) + 2s, when = transient()]
    fn added() -> Result<(), Error> { added() }

    "the hint of the wait behind": Retry [
        wait = from_err(|e| e.retry_after()).or(fixed(1s).hint_max(5s)),
        when = transient(),
    ]
    fn behind() -> Result<(), Error> { behind() }

    "a hint that the program knows": Retry [
        wait = fixed(1s).hint_max(LONGEST) + 2s,
        when = transient(),
    ]
    fn known() -> Result<(), Error> { known() }

    "adaptive": Retry [
        wait = adaptive(&BUDGET).over(fibonacci(1s)).factor(5.0).max(1min),
        when = until(|job| job.is_done()) | any_failure(),
        stop = if patient { after_attempt(9) } else { after_attempt(2) },
    ]
    fn job(patient: bool) -> Result<Job, Error> { job() }

    "all": Retry [
        deadline = self.deadline,
        budget = &BUDGET,
        rate_limiter = fail_fast(&GITHUB),
        bulkhead = &REPORTS,
        breaker = wait_for(&PAYMENTS),
        hedge = quantile(&LATENCY, 0.95).copies(3),
        nested = share(),
        reset_after = 1min,
        stats = &STATS,
        name = "payments",
        span = true,
        metrics = true,
        enabled = self.retries,
        sleep = my_timer::sleep,
        clone(body),
        once(id = Uuid::new_v4()),
        attempt = at,
        interrupt = |i| Err(Error::from(i)),
        before = |s| seen(s),
        on_failure = log_error(),
        fallback = [within(200ms, |g| self.cache(g)), |_| Ok(Row::default())],
    ]
    async fn all(&self, body: Body) -> Result<Row, Error> { all(body).await }

    "wrapped": Retry [wrap_err = true, unretried = send_once, deadline = 10s]
    fn send(&self) -> Result<(), RetryError<Error>> { send() }

    "policy": Retry [policy = database(3), deadline = 5s]
    async fn query(&self) -> Result<Row, Error> { query().await }

    "stream": Retry [when = transient(), idle_timeout = 30s, endless = true, resume(after = |event| Some(event.id))]
    fn events(&self, after: Option<u64>) -> impl Stream<Item = Result<Event, Error>> { events(after) }

    "stream from its start": Retry [resume(), progress = never()]
    fn events(&self) -> impl Stream<Item = Result<Event, Error>> { events() }

    "guard": Guard [deadline = 10s, breaker = &PAYMENTS, on = Err(Error::Stale), fallback = |_| Ok(Row::default())]
    async fn row(&self) -> Result<Row, Error> { row().await }
}

#[test]
fn a_circuit_breaker_is_described() {
    let item = quote!(
        fn row() -> Result<Row, Error> {
            row()
        }
    );
    let text = section(AttributeKind::CircuitBreaker, quote!(&PAYMENTS), item);
    assert_eq!(
        text,
        "- Makes one attempt, without retries.\n\
         - Takes `Err` and `None` for failures.\n\
         - Asks the circuit breaker `&PAYMENTS` before each attempt, and ends while it is open.\n"
    );
}

/// A function without documentation, one that does not want the section, and one that has it.
#[test]
fn not_every_function_has_the_section() {
    let function = quote!(
        fn row() -> Result<Row, Error> {
            row()
        }
    );
    let of = |args, item| documentation(AttributeKind::Retry, args, item)[0].clone();
    assert_eq!(of(quote!(), function.clone()), "");
    assert_eq!(of(quote!(), quote!(#[doc(hidden)] #function)), "");
    assert_eq!(
        of(quote!(doc = false), quote!(#[doc = " A row."] #function)),
        " A row.\n"
    );
    assert!(of(quote!(doc = true), function.clone()).contains("# Retries\n\n- Gives up"));
    let written = quote!(#[doc = " A row."] #[doc = ""] #[doc = " ## Retries"] #[doc = ""] #[doc = " None."] #function);
    assert!(!of(quote!(), written).contains("Gives up"));
    let in_a_block = quote!(#[doc = " A row.\n *\n * # Retries\n *\n * None."] #function);
    assert!(!of(quote!(), in_a_block).contains("Gives up"));
    let about = quote!(#[doc = " Retries a row."] #function);
    assert!(of(quote!(), about).contains("Gives up"));
}

/// Each companion has the documentation that fits it.
#[test]
fn companions_are_described_as_they_are() {
    let args = quote!(unretried = row_once, retry_with = row_with);
    let item = quote!(
        #[doc = " A row."]
        fn row() -> Result<Row, Error> {
            row()
        }
    );
    let [row, once, with] = &documentation(AttributeKind::Retry, args, item)[..] else {
        panic!("three functions");
    };
    assert!(row.contains("without retries is `row_once`"), "{row}");
    assert_eq!(once, " A row.\n");
    assert!(with.contains("Follows the policy `policy`"), "{with}");
}
