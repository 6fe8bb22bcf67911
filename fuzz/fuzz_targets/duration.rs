//! Duration literals and numbers: a duration is what is written, to the nearest nanosecond, and wherever
//! they stand the attribute has an answer.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::{Corpus, fuzz_target};
use persevere_core::config::WaitConfig;
use persevere_core::{Policy, RetryConfig};
use proc_macro2::TokenStream;
use syn::Lit;

/// The places of literals; `A` and `B` stand for them.
const PLACES: [&str; 8] = [
    "stop = after_attempt(A) | after_delay(B) & before_delay(A)",
    "wait = exponential(A).factor(B).min(B).max(A).hint_max(B)",
    "wait = fibonacci(A).jitter_ratio(B) + random(A..B).jitter_add(A)",
    "wait = chain((A, fixed(B), incrementing(A, B), schedule([A, B, A])))",
    "deadline = A, attempt_timeout = B, reset_after = A",
    "hedge = delay(A).copies(B), fallback = |_| { println!(A, B); [A] }",
    "hedge = quantile(&LATENCY, A), once(x = B), name = A",
    "A, stop = B, retries = A, wait = B, tries = B, enabled = A",
];

fuzz_target!(|text: &str| -> Corpus {
    let mut words = text.split(' ').map(syn::parse_str::<Lit>);
    let (Some(Ok(a)), Some(Ok(b)), None) = (words.next(), words.next(), words.next()) else {
        return Corpus::Reject;
    };
    for (word, literal) in text.split(' ').zip([&a, &b]) {
        is_exact(literal);
        is_configured(word, literal);
    }
    expands(PLACES[text.len() % PLACES.len()], &a, &b);
    Corpus::Keep
});

/// The nanoseconds are the nearest to the decimal number.
fn is_exact(literal: &Lit) {
    let nanos = persevere_fuzz::nanos(literal);
    let (digits, suffix) = match literal {
        Lit::Int(int) => (int.base10_digits(), int.suffix()),
        Lit::Float(float) => (float.base10_digits(), float.suffix()),
        _ => return assert_eq!(nanos, None),
    };
    let unit: u128 = match suffix {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return assert_eq!(nanos, None),
    };
    if digits.starts_with('-') {
        return assert_eq!(nanos, None);
    }
    let nanos = nanos.expect("a number with a unit is a duration");
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    // Those that fit into the sum below.
    let few = |digits: &str| digits.len() <= 12 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if few(whole) && few(fraction) {
        let written: u128 = format!("{whole}{fraction}").parse().expect("digits");
        let scale = 10u128.pow(fraction.len() as u32);
        let error = (nanos * scale).abs_diff(written * unit);
        assert!(2 * error <= scale, "{nanos} ns are not {digits}{suffix}");
    }
}

/// A configuration that takes the text reads the same.
fn is_configured(text: &str, literal: &Lit) {
    let Ok(wait) = text.parse::<WaitConfig>() else {
        return;
    };
    let config = RetryConfig::new().wait(wait);
    let pause = Policy::<Option<u8>>::resume(&config, 1, Duration::ZERO);
    // No pause is longer than 64 bits of nanoseconds.
    let longest = u128::from(u64::MAX);
    let nanos = persevere_fuzz::nanos(literal).map(|nanos| nanos.min(longest));
    assert_eq!(pause.ok().map(|pause| pause.as_nanos()), nanos, "{text}");
}

fn expands(place: &str, a: &Lit, b: &Lit) {
    let args = place.parse::<TokenStream>().expect("tokens");
    let args = substituted(args, a, b);
    let item = quote::quote!(
        async fn f(n: u8) -> Result<u8, u8> {
            Ok(n)
        }
    );
    let expanded = persevere_fuzz::retry(args, item);
    let text = expanded.to_string();
    assert!(
        syn::parse2::<syn::File>(expanded).is_ok(),
        "no item: {text}"
    );
}

fn substituted(tokens: TokenStream, a: &Lit, b: &Lit) -> TokenStream {
    use proc_macro2::{Group, TokenTree};
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(word) if word == "A" => quote::quote!(#a),
            TokenTree::Ident(word) if word == "B" => quote::quote!(#b),
            TokenTree::Group(group) => {
                let stream = substituted(group.stream(), a, b);
                TokenTree::from(Group::new(group.delimiter(), stream)).into()
            }
            other => other.into(),
        })
        .collect()
}
