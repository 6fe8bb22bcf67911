//! Expansions of the main shapes, reviewed as code: `cargo insta review` after a change.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

use crate::parse::attribute_kind::AttributeKind;

mod describe;
mod editor;
mod found;
mod malformed;
mod moved_args;
mod text;

/// Expands and formats. The paths of the crate are shortened for the reader.
fn expand(kind: AttributeKind, args: TokenStream, item: TokenStream) -> String {
    let expanded = crate::expand::attribute(kind, args, None, item);
    let file = syn::parse2(without_requirement(expanded)).expect("an expansion is an item");
    prettyplease::unparse(&file)
        .replace("::persevere::__private::", "")
        .replace("::core::option::Option::", "")
        .replace("::core::result::Result::", "")
        .replace("::core::time::", "")
}

/// Returns the tokens with the arguments of `with_streams!` in its place, which would not be formatted.
fn without_requirement(tokens: TokenStream) -> TokenStream {
    let is = |token: &TokenTree, text: &str| token.to_string() == text;
    let mut written: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let TokenTree::Group(group) = token else {
            written.push(token);
            continue;
        };
        let inside = without_requirement(group.stream());
        match written.as_slice() {
            [.., name, bang] if is(name, "with_streams") && is(bang, "!") => {
                // `::persevere::__private::with_streams!`
                written.truncate(written.len() - 10);
                written.extend(inside.into_iter().skip(2));
            }
            _ => written.push(Group::new(group.delimiter(), inside).into()),
        }
    }
    written.into_iter().collect()
}

macro_rules! snapshots {
    ($kind:ident: $($name:ident: [$($args:tt)*] $item:item)+) => {$(
        #[test]
        fn $name() {
            let mut settings = insta::Settings::clone_current();
            settings.set_omit_expression(true);
            settings.set_prepend_module_to_snapshot(false);
            let expanded = expand(AttributeKind::$kind, quote!($($args)*), quote!($item));
            settings.bind(|| insta::assert_snapshot!(stringify!($name), expanded));
        }
    )+};
}

snapshots! {
    Retry:

    constants: [stop = after_attempt(LIMIT), wait = exponential(config::PAUSE).full_jitter()]
    fn fetch(url: &str) -> Result<String, Error> {
        get(url)?.text()
    }

    blocking: []
    fn fetch(url: &str) -> Result<String, Error> {
        get(url)?.text()
    }

    asynchronous: [stop = after_attempt(self.limit), when = transient()]
    async fn ping(&self) -> Result<Pong, Error> {
        self.client.ping().await
    }

    patterns: [
        on = Err(Error::Timeout | Error::Status(500..=599)) | Ok(None),
        unless = Err(Error::Closed),
        stop = after_attempt(5) | after_delay(30s),
        wait = 1.5s,
    ]
    async fn charge(order: &Order, log: &mut Log) -> Result<Option<Receipt>, Error> {
        log.push(order).await
    }

    cases: [
        case(Err(Error::RateLimited { after }), stop = after_attempt(8), wait = fixed(*after)),
        case(Err(Error::Unauthorized), stop = after_attempt(2), wait = none(),
            before_sleep = async |_| self.auth.refresh().await),
        on = Err(Error::Server(_)),
    ]
    async fn page(&self, n: u32) -> Result<Page, Error> {
        self.get(n).await
    }

    stream: [when = transient(), idle_timeout = 30s, resume(after = |event| Some(event.id))]
    fn events(&self, after: Option<u64>) -> impl Stream<Item = Result<Event, Error>> {
        self.client.events(after)
    }

    stream_awaited: [
        on = Err(Error::Closed),
        deadline = 10s,
        endless = true,
        clone(topic),
        before_sleep = log_warn(),
        resume(after = |event| event.id),
    ]
    async fn events(&self, mut after: u64, topic: String) -> Result<BoxStream<'_, Result<Event, Error>>, Error> {
        self.client.events(topic, after).await
    }

    callbacks: [before_sleep = log_warn(), on_failure = |state| COUNT.add(state.attempt()), fallback = |_| Ok(cached())]
    fn read(path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    wrapped: [wrap_err = true, attempt = at, clone(body), reset_after = 1min]
    async fn send(mut body: Vec<u8>) -> Result<(), RetryError<Error>> {
        post(body, at.number()).await
    }

    driven: [policy = database(3), clone(filter)]
    async fn query(&self, filter: Filter) -> Result<Row, Error> {
        self.pool.query(filter).await
    }

    policy: [policy = database(3), wait = none()]
    async fn query(&self) -> Result<Row, Error> {
        self.pool.query().await
    }

    seen: [span = true, metrics = true, on_success = |state| COUNT.add(state.attempt())]
    fn read(path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    seen_async: [span = true, name = self.name]
    async fn ping(&self) -> Result<Pong, Error> {
        self.client.ping().await
    }

    guarded: [deadline = 10s, breaker = &PAYMENTS, interrupt = |i| Err(Error::from(i))]
    async fn charge(&self, order: &Order) -> Result<Receipt, Error> {
        self.client.post(order).await
    }

    hedged: [hedge = delay(50ms).copies(2), on = Err(Error::Busy), clone(query)]
    async fn read(&self, query: Query) -> Result<Row, Error> {
        self.replica.read(query).await
    }

    cancelled: [stop = after_attempt(3) | cancelled(&SHUTDOWN)]
    fn poll(queue: &Queue) -> Option<Job> {
        queue.pop()
    }

    future_tail: []
    fn query<'a>(id: &'a str) -> Pin<Box<dyn Future<Output = Result<Row, Error>> + Send + 'a>> {
        let id = id.trim();
        Box::pin(async move { get(id).await })
    }

    async_trait: [stop = after_attempt(self.limit)]
    fn load<'life0, 'async_trait>(
        &'life0 self,
    ) -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = Result<u8, Error>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            if let Some(__ret) = None::<Result<u8, Error>> {
                return __ret;
            }
            let __self = self;
            let __ret: Result<u8, Error> = { __self.get().await };
            __ret
        })
    }
}

snapshots! {
    Guard:

    guard: [deadline = 10s, breaker = &PAYMENTS, interrupt = |i| Err(Error::from(i))]
    async fn charge(&self, order: Order) -> Result<Receipt, Error> {
        self.client.post(order).await
    }

    guard_blocking: [on = Err(Error::Stale), fallback = [self.mirror(), |_| Ok(Row::default())]]
    fn read(&self, key: Key) -> Result<Row, Error> {
        self.primary.read(key)
    }

    fallbacks: [
        deadline = 2s,
        fallback = [within(200ms, async |_| self.replica.read(key).await), |_| Ok(Row::default())],
    ]
    async fn read(&self, key: Key) -> io::Result<Row> {
        self.primary.read(key).await
    }
}

/// The definition of a set, its use, and what the function of the use becomes: one with these keys.
#[test]
fn set() {
    let set = quote!(stop = after_attempt(5), on = Err(Error::Busy), wait = 1s);
    let definition = crate::key_set::definition::define(quote!(pub(crate) net: #set));
    let (args, item) = (
        quote!(use = policies::net, wait = none()),
        quote!(
            fn pop(&self) -> Result<Job, Error> {
                self.queue.pop()
            }
        ),
    );
    let path = crate::key_set::used(&args).expect("the path of a set");
    let used = crate::key_set::invoke(AttributeKind::Retry, &path, &args, &item);
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    let file = syn::parse2(quote!(#definition #used)).expect("items");
    let shown = prettyplease::unparse(&file);
    settings.bind(|| insta::assert_snapshot!("set", shown));

    let by_set = crate::key_set::expand(quote!({ #set } { #args } #item));
    let written = quote!(
        wait = none(),
        stop = after_attempt(5),
        on = Err(Error::Busy)
    );
    let written = crate::expand::attribute(AttributeKind::Retry, written, None, item);
    assert_eq!(by_set.to_string(), written.to_string());
}

/// A feature test in an expansion would test the features of the caller's crate, which does not have ours.
#[test]
fn no_expansion_tests_a_feature() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/snapshots");
    let mut snapshots = 0;
    for snapshot in std::fs::read_dir(folder).expect("the snapshots") {
        let path = snapshot.expect("a snapshot").path();
        let text = std::fs::read_to_string(&path).expect("a text");
        assert!(!text.contains("cfg"), "{}", path.display());
        snapshots += 1;
    }
    assert!(snapshots > 10);
}
