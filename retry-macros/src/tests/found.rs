//! Inputs that the fuzz targets have found.

use proc_macro2::TokenStream;

use crate::parse::attribute_kind::AttributeKind;

/// Expands the attribute on a function, which must stay an item. Returns the mistakes.
fn mistakes(args: &str, item: &str) -> Vec<String> {
    let args: TokenStream = args.parse().expect("tokens");
    let item: TokenStream = item.parse().expect("tokens");
    let expanded = crate::expand::attribute(AttributeKind::Retry, args, None, item);
    messages(syn::parse2(expanded).expect("an item stays one"))
}

fn messages(file: syn::File) -> Vec<String> {
    let macros = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Macro(item) => Some(item.mac),
        _ => None,
    });
    macros
        .map(|call| call.parse_body::<syn::LitStr>().expect("a message").value())
        .collect()
}

const FUNCTION: &str = "fn fetch(name: &str) -> Result<Page, Error> { get(name) }";

#[test]
fn keywords_are_no_names() {
    for (args, word) in [
        ("unretried = crate", "crate"),
        ("retry_with = self", "self"),
        ("attempt = Self", "Self"),
        ("once(fn = 3)", "fn"),
    ] {
        let wanted = format!("`{word}` is a keyword; write another name");
        assert!(mistakes(args, FUNCTION).contains(&wanted), "{args}");
    }
}

#[test]
fn a_crate_has_no_generics() {
    let wanted = "`crate` takes a path: `crate = my_crate::persevere`";
    assert_eq!(mistakes("crate = my::<u8>::persevere", FUNCTION), [wanted]);

    let item = "#[transient(crate = my<'a>::persevere)] struct Lost;";
    let derived = crate::derive::transient::derive(item.parse().expect("tokens"));
    let file: syn::File = syn::parse2(derived).expect("items");
    assert_eq!(messages(file), [wanted]);
}

/// Returns the nanoseconds of a literal.
fn nanos(literal: &str) -> Option<u128> {
    crate::duration::nanos(&syn::parse_str(literal).expect("a literal"))
}

#[test]
fn fractions_are_exact() {
    assert_eq!(nanos("16777217.123456789s"), Some(16_777_217_123_456_789));
    assert_eq!(nanos("99999.999999999h"), Some(359_999_999_999_996_400));
    assert_eq!(nanos("0.5ns"), Some(1));
    assert_eq!(nanos("0.49999999999999999999999ns"), Some(0));
    assert_eq!(nanos("1_0.5_0ms"), Some(10_500_000));
    assert_eq!(nanos("2.5e-3s"), Some(2_500_000));
}

#[test]
fn numbers_that_no_type_holds_are_too_long() {
    for literal in [
        "340282366920938463463374607431768211455h",
        "999999999999999999999999999999999999999999s",
        "1e400ns",
    ] {
        let wanted = format!("`{literal}` is longer than a `Duration` can be");
        let args = format!("wait = fixed({literal})");
        assert_eq!(mistakes(&args, FUNCTION), [wanted], "{literal}");
    }
}

#[test]
fn a_list_in_parentheses_is_a_list() {
    for args in [
        "stop = any(((after_attempt(3),)))",
        "stop = all(([after_attempt(3), after_attempt(5)]))",
        "wait = chain(((fixed(1s), fixed(2s))))",
    ] {
        assert_eq!(mistakes(args, FUNCTION), [""; 0], "{args}");
    }
    let empty = mistakes("stop = any((()))", FUNCTION);
    assert_eq!(empty.len(), 1, "{empty:?}");
}

#[test]
fn some_successes_are_not_every_success() {
    assert!(mistakes("on = Ok(Some(_))", FUNCTION).is_empty());
    let every = mistakes("on = Ok((_, page))", FUNCTION);
    assert!(every[0].contains("would retry every success for ever"));
}

/// Each `!` had the parts behind it parsed for each role.
#[test]
fn a_row_of_negations_ends() {
    let row = format!("stop = {}after_attempt(3)", "!".repeat(100));
    assert_eq!(mistakes(&row, FUNCTION).len(), 1);
}

/// No part of a value is parsed once more for each of those around it, right or wrong.
#[test]
fn deep_values_end() {
    let deep = |key: &str, before: &str, inner: &str, after: &str| {
        format!("{key} = {}{inner}{}", before.repeat(40), after.repeat(40))
    };
    for args in [
        deep("stop", "!(never() | ", "never()", ")"),
        deep("stop", "never() | (", "never()", ")"),
        deep("stop", "any((never(), ", "never()", "))"),
        deep("stop", "all([", "after_attempt(0)", "])"),
        deep("stop", "never() + (", "3", ")"),
        deep("stop", "-(", "fixed(1s)", ")"),
        deep("stop", "[", "never()", "]"),
        deep("stop", "if true { never() } else { ", "never()", " }"),
        deep("stop", "match 1 { _ => ", "never()", " }"),
        deep("wait", "chain((1s, ", "fixed(1s)", "))"),
        deep("wait", "fixed(1s).or(", "2s", ")"),
        deep("wait", "exponential(", "1s", ").max(2s)"),
        deep("wait", "1s | (", "2s", ")"),
        deep("wait", "adaptive(0.5).over(", "fixed(1s)", ")"),
        deep("when", "!(transient() & ", "unsent()", ")"),
        deep("when", "err(|e| ", "transient()", ")"),
        deep("when", "transient() || (", "unsent()", ")"),
        deep("on", "Err(", "_", ")"),
        deep("on", "Err(_) | (", "None", ")"),
        deep("unless", "&", "Ok(_)", ""),
        deep("fallback", "(", "0", ")"),
    ] {
        let _ = mistakes(&args, FUNCTION);
    }
}
