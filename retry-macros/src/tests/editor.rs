//! Names that an editor completes, and its text.

use crate::editor::completions;
use crate::parse::attribute_kind::AttributeKind;
use persevere_words::Key;
use quote::quote;

fn typed(args: proc_macro2::TokenStream) -> Vec<String> {
    let private = syn::parse_quote!(private);
    let text = completions(AttributeKind::Retry, &private, &args).to_string();
    let groups = text.split(')').skip(1);
    groups
        .map(|group| {
            group
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        })
        .collect()
}

#[test]
fn what_is_not_known_yet_can_be_completed() {
    assert_eq!(typed(quote!(st)), ["st"]);
    assert_eq!(typed(quote!(stop = after_attempt(3), wa)), ["wa"]);
    assert_eq!(typed(quote!(stop = af)), ["af"]);
    assert_eq!(
        typed(quote!(
            stop = after_attempt(3) | after_d(1s),
            when = tr & un
        )),
        ["after_d", "tr", "un"]
    );
}

#[test]
fn what_is_known_costs_nothing() {
    for args in [
        quote!(),
        quote!(
            stop = after_attempt(3) | never(),
            wait = 100ms,
            when = transient()
        ),
        quote!(stop = self.limit, wait = config::pause(), on = Err(e) if e.busy()),
        quote!(before_sleep = log_warn(), breaker = &PAYMENTS, crate = x),
    ] {
        assert!(
            completions(AttributeKind::Retry, &syn::parse_quote!(private), &args).is_empty(),
            "{args}"
        );
    }
}

#[test]
fn the_text_of_an_editor_names_every_key() {
    let text = include_str!("../editor/retry.md").replace("\\|", "|");
    for key in Key::ALL {
        assert!(text.contains(key.example()), "{}", key.name());
    }
}

#[test]
fn the_text_of_guard_names_every_key_that_it_has() {
    let text = include_str!("../editor/guard.md").replace("\\|", "|");
    for key in Key::ALL {
        assert_eq!(
            text.contains(key.example()),
            key.in_guard(),
            "{}",
            key.name()
        );
    }
}

#[test]
fn a_guard_completes_the_keys_that_it_has() {
    let private = syn::parse_quote!(private);
    let text = completions(AttributeKind::Guard, &private, &quote!(fall)).to_string();
    assert!(text.contains(" fallback "), "{text}");
    assert!(!text.contains(" stop "), "{text}");
}
