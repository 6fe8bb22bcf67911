//! Attributes with a missing, doubled or swapped token. Each expands to tokens, which are the loop or contain
//! the mistakes.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::parse::attribute_kind::AttributeKind;

/// Correct attributes, which the tests break.
const ATTRIBUTES: [&str; 52] = [
    "",
    "stop = after_attempt(3)",
    "stop = after_attempt(5) | after_delay(30s), wait = exponential(100ms).max(10s).full_jitter()",
    "stop = any((after_attempt(3), before_delay(1min))) & never()",
    "stop = all([after_attempt(3), self.stop()])",
    "stop = stop_when(|p| p.attempt() >= 3 && p.idle_for() > 2s)",
    "stop = (|p| p.attempt() > 3) | cancelled(&SHUTDOWN)",
    "stop = if fast { after_attempt(2) } else { after_attempt(self.limit) },",
    "stop = match kind { Kind::A if hot => never(), _ => { let n = 3; after_attempt(n) } }",
    "wait = 1.5s",
    "wait = random(1s..3s) + fixed(250ms).jitter_ratio(0.25)",
    "wait = chain((none(), fixed(1s), incrementing(1s, 500ms).min(2s)))",
    "wait = schedule([1s, 5s, 30s]).hint_max(5min)",
    "wait = from_err(|e| e.retry_after()).or(fibonacci(1s).max(1h))",
    "wait = decorrelated(10us).jitter_add(5ns)",
    "wait = S::<A, B>::new(-1, x.y[0], *z)",
    "when = transient() | err(|e: &Error| e.is_timeout()) & !unsent() | idempotent(get)",
    "when = unsent().no_redirects() | idempotent(get).no_redirects() & !err(|e| e.busy())",
    "when = err_is::<io::Error>() | cause_is::<fmt::Error>() | message(\"refused\")",
    "when = transient_cause::<(sqlx::Error, E<u8>)>() | !unsent_cause::<E>().no_redirects() | idempotent_cause::<E>(get)",
    "when = ok(|v| v.is_empty()) | outcome(|o| matches!(o, Ok(_)))",
    "on = Err(ApiError::Timeout | ApiError::Status(500..=599)) | Ok(None)",
    "on = Err(e) if e.code() == 503, unless = Err(Error { kind: Kind::Auth, .. })",
    "on = | Err(Timeout) | Ok([first, .., 3]), unless = &(a, ref b)",
    "case(Err(E::RateLimited { after }), stop = after_attempt(8), wait = fixed(*after))",
    "case(Err(e) if e.busy(), wait = none(), before_sleep = async |_| self.auth.refresh().await,),",
    "case(Ok(x @ 3..) | Err(x)), on = Err(4)",
    "before = |s| log(s), after = log_info(), before_sleep = log_warn().error(Show::Type)",
    "on_success = done, on_failure = |state: &RetryState<'_, R>| -> Result<(), E> { Err(E) }",
    "fallback = |give_up| give_up.into_outcome()",
    "fallback = async move |_| Ok(cached().await)",
    "reset_after = 1min, stats = &STATS, name = \"payments\"",
    "stats = self.stats.clone(), name = self.name, enabled = !self.off",
    "policy = database(3), sleep = my_timer::sleep",
    "sleep = |pause| timer.sleep(pause)",
    "sleep = async |pause| { sleep(pause).await }",
    "clone(body, name,), once(id = Uuid::new_v4(), n = 3)",
    "attempt = at, wrap_err = true, retry_with = fetch_with",
    "unretried = fetch_once, crate = my_crate::persevere",
    "crate = $crate::persevere, wrap_err = false",
    "stop = stop_after_attempt(3), wait = wait_exponential(multiplier = 1, max = 10)",
    "tries = 3, delay = 5, backoff = 2.0, max_retries = limit + 1, jitter = true",
    "sotp(3), when: any_failure(), before-sleep = warn!()",
    "3, \"x\", 5s, after_attempt(3), |e| true, Err(_), exponential, log_warn()",
    "stop = 3 || 5, wait = [1, 2], when = Err(_), on = Ok(_) | _",
    "wait = fixed(5 s), stop = after_attempt(0), r#wait = 'a', fallback = {}",
    "hedge = delay(50ms).copies(3), deadline = 10s, attempt_timeout = 2s",
    "hedge = quantile(&self.latency, 0.95), nested = single(), budget = &BUDGET",
    "hedge = HEDGE.copies(2), hedge = dealy(0s).copy(5).copies(n, 2)",
    "hedge = quantile(95, &Latency::new()), hedge = p95, hedge = \"50ms\"",
    "breaker = wait_for(&PAYMENTS), interrupt = |i| Err(i.into())",
    "breaker = PAYMENTS.failures(err(|e| e.busy())).ignoring(Err(_)), interrupt = None",
];

/// Correct arguments of `#[circuit_breaker]`.
const BREAKERS: [&str; 8] = [
    "&PAYMENTS",
    "self.breaker.failures(err(|e| e.0 >= 500)), interrupt = |_| Err(Status(503)),",
    "PAYMENTS.ignoring(Ok(_)), crate = my_crate::persevere, fallback = |_| Ok(3)",
    "wait_for(&PAYMENTS, 3), interupt = |i| Err(i.into())",
    "breaker = &PAYMENTS, failures = 5, clone(body), stop = after_attempt(3)",
    "&PAYMENTS, &OTHER, interrupt(|i| None)",
    "&CircuitBreaker::new(\"payments\")",
    "5, interrupt: |i| i, fallback",
];

/// Correct keys of `#[guard]`, and keys that it does not have.
const GUARDS: [&str; 8] = [
    "",
    "deadline = 2s, attempt_timeout = 1s, breaker = wait_for(&PAYMENTS), name = \"payments\"",
    "fallback = [within(200ms, async |_| replica().await), |give_up| give_up.into_outcome(), default]",
    "fallback = [within(200ms, [a, b]), [c], within(0s, d), within(e)], deadline = 100ms",
    "hedge = delay(50ms).copies(3), budget = &BUDGET, clone(body), once(id = 3), attempt = at",
    "stop = after_attempt(3), wait = 1s, case(Err(_), wait = 1s), nested = share(), wrap_err = true, tries = 3",
    "budget = &BUDGET, clone(body), fallback = [], fallback = (a, b), timeout = 5s, on = Ok(_)",
    "10s, &PAYMENTS, |_| None, \"x\", transient(), policies::net, PAYMENTS, Err(_)",
];

const FUNCTIONS: [&str; 8] = [
    "async fn fetch(body: String, name: &mut Name) -> Result<Page, Error> { send(body, at).await }",
    "pub fn fetch(&self, mut body: Vec<u8>, (a, b): (u8, u8)) -> Option<u8> { body.pop() }",
    "fn fetch<'a>(&'a mut self) -> Pin<Box<dyn Future<Output = Result<&'a u8, E>> + Send + 'a>> { Box::pin(async move { x }) }",
    "fn fetch() -> impl Future<Output = u8> { ready(1) }",
    "const fn fetch()",
    "pub(crate) unsafe extern \"C\" fn fetch() -> !;",
    "impl Client { fn fetch() {} }",
    "default async fn fetch(self: Arc<Self>) -> impl Iterator<Item = impl Debug> where Self: Sized {}",
];

fn tokens(text: &str) -> Vec<TokenTree> {
    let tokens: TokenStream = text.parse().expect("tokens");
    tokens.into_iter().collect()
}

/// Breaks a list of tokens by one mistake, in every way, in its groups too.
fn broken(tokens: &[TokenTree], each: &mut dyn FnMut(Vec<TokenTree>)) {
    for at in 0..tokens.len() {
        each(tokens[..at].to_vec());
        each([&tokens[..at], &tokens[at + 1..]].concat());
        each([&tokens[..=at], &tokens[at..]].concat());
        if at + 1 < tokens.len() {
            let mut swapped = tokens.to_vec();
            swapped.swap(at, at + 1);
            each(swapped);
        }
        let TokenTree::Group(group) = &tokens[at] else {
            continue;
        };
        let inside: Vec<TokenTree> = group.stream().into_iter().collect();
        let with = |delimiter: Delimiter, inside: Vec<TokenTree>| {
            let group = Group::new(delimiter, inside.into_iter().collect());
            [&tokens[..at], &[group.into()], &tokens[at + 1..]].concat()
        };
        for delimiter in [Delimiter::Bracket, Delimiter::Brace, Delimiter::None] {
            each(with(delimiter, inside.clone()));
        }
        each([&tokens[..at], &inside, &tokens[at + 1..]].concat());
        broken(&inside, &mut |inside| each(with(group.delimiter(), inside)));
    }
}

/// Expands, and checks that the output is an error, or a function as complete as the input.
fn expands(kind: AttributeKind, args: Vec<TokenTree>, function: &[TokenTree]) {
    let args: TokenStream = args.into_iter().collect();
    let item: TokenStream = function.iter().cloned().collect();
    let shown = format!("{kind:?}: #[_({args})] {item}");
    let expand = || crate::expand::attribute(kind, args, None, item.clone());
    let expanded = std::panic::catch_unwind(expand);
    let expanded = expanded.unwrap_or_else(|_| panic!("panics: {shown}"));
    let text = expanded.to_string();
    let is_item = |tokens| syn::parse2::<syn::File>(tokens).is_ok();
    assert!(
        text.contains("compile_error") || !is_item(item) || is_item(expanded),
        "neither a function nor an error: {shown}\n{text}"
    );
}

#[test]
fn attributes() {
    let function = tokens(FUNCTIONS[0]);
    let blocking = tokens(FUNCTIONS[1]);
    let mut count = 0;
    let retries = ATTRIBUTES.map(|attribute| (AttributeKind::Retry, attribute));
    let breakers = BREAKERS.map(|attribute| (AttributeKind::CircuitBreaker, attribute));
    let guards = GUARDS.map(|attribute| (AttributeKind::Guard, attribute));
    for (kind, attribute) in retries.into_iter().chain(guards).chain(breakers) {
        let attribute = tokens(attribute);
        for function in FUNCTIONS {
            expands(kind, attribute.clone(), &tokens(function));
        }
        broken(&attribute, &mut |args| {
            count += 1;
            let function = if count % 2 == 0 { &function } else { &blocking };
            expands(kind, args, function);
        });
    }
    assert!(count > 3000, "only {count} attributes");
}

#[test]
fn functions() {
    let attribute = tokens("stop = after_attempt(3), clone(body), attempt = at, wrap_err = true");
    let guard = tokens("deadline = 2s, fallback = [within(1s, |_| None), cached], attempt = at");
    let breaker = tokens("&PAYMENTS, interrupt = |i| Err(i.into())");
    for function in FUNCTIONS {
        broken(&tokens(function), &mut |function| {
            expands(AttributeKind::Retry, attribute.clone(), &function);
            expands(AttributeKind::Guard, guard.clone(), &function);
            expands(AttributeKind::CircuitBreaker, breaker.clone(), &function);
        });
    }
}

#[test]
fn sets() {
    const SETS: [&str; 3] = [
        "pub net: stop = after_attempt($crate::LIMIT), wait = exponential(1s), crate = $crate::persevere",
        "#[cfg(unix)] pub(crate) net: on = Err(e) if e.busy(), case(Err(Error::Busy), wait = 1s)",
        "net: attempt = at, once(id = self.id), stop = 3",
    ];
    let function = tokens(FUNCTIONS[0]);
    let mut count = 0;
    for set in SETS {
        broken(&tokens(set), &mut |set| {
            count += 1;
            let set: TokenStream = set.into_iter().collect();
            let define = || crate::key_set::definition::define(set.clone());
            let defined = std::panic::catch_unwind(define);
            let defined = defined.unwrap_or_else(|_| panic!("panics: {set}"));
            let text = defined.to_string();
            assert!(
                text.contains("compile_error") || text.contains("__retry_by_set"),
                "{set}\n{text}"
            );
        });
    }
    for args in [
        "use = net",
        "use = a::net, stop = after_attempt(3)",
        "use = net, use = other",
    ] {
        broken(&tokens(args), &mut |args| {
            let args: TokenStream = args.into_iter().collect();
            let item: TokenStream = function.iter().cloned().collect();
            let kind = AttributeKind::Guard;
            crate::key_set::used(&args).map(|set| crate::key_set::invoke(kind, &set, &args, &item));
        });
    }
    assert!(count > 100, "only {count} sets");
}
