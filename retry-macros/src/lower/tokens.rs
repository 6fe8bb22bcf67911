//! Tokens that take a user's value where it stands, so that a value that does not fit causes a single error
//! there.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{TokenStreamExt, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{Path, Token};

/// Emits tokens whose names belong to the expansion, interpolated ones apart.
macro_rules! emit {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}
pub(crate) use emit;

/// Returns a name of the expansion, which no user's name can meet.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// Returns the path of the crate's hidden module, in `::persevere` unless `crate` names another path.
pub(crate) fn private(written: Option<&Path>) -> Path {
    match written {
        Some(path) => syn::parse_quote!(#path::__private),
        None => hidden(Span::call_site()),
    }
}

/// Returns `::persevere::__private` at `span`.
fn hidden(span: Span) -> Path {
    let colons = Token![::](span);
    let mut segments = Punctuated::new();
    segments.push_value(Ident::new("persevere", span).into());
    segments.push_punct(colons);
    segments.push_value(Ident::new("__private", span).into());
    Path {
        leading_colon: Some(colons),
        segments,
    }
}

/// Returns the crate's hidden module as if written at `span`, unless the user wrote its path.
pub(crate) fn at(private: &Path, span: Span) -> Path {
    let written = private.leading_colon.is_none() || private.segments[0].ident != "persevere";
    if written {
        private.clone()
    } else {
        hidden(span)
    }
}

/// Emits `expect::function(before value).into_value()`, with all but its end at the value's place.
pub(crate) fn take(
    private: &Path,
    function: &str,
    before: &TokenStream,
    value: &TokenStream,
) -> TokenStream {
    into_value(&expect(private, function, before, value))
}

/// Emits `expect::unhedged(expect::policy(of, value).into_value())`, or `expect::hedged(..)`.
///
/// The argument spans the value, so that an error about it does too, but no further name stands there.
pub(crate) fn take_policy(private: &Path, door: &str, value: &TokenStream) -> TokenStream {
    let policy = expect(private, "policy", &emit!(of,), value);
    let last = ends(value).map_or_else(Span::call_site, |(_, last)| last);
    let mut no_arguments = Group::new(Delimiter::Parenthesis, TokenStream::new());
    no_arguments.set_span(last);
    let door = Ident::new(door, Span::call_site());
    quote!(#private::expect::#door(#policy.into_value #no_arguments))
}

/// Emits the value that was taken.
pub(super) fn into_value(taken: &TokenStream) -> TokenStream {
    quote!(#taken.into_value())
}

/// Emits `expect::door(before value)` at the value's place.
pub(crate) fn expect(
    private: &Path,
    door: &str,
    before: &TokenStream,
    value: &TokenStream,
) -> TokenStream {
    let here = Span::call_site();
    let (first, last) = ends(value).unwrap_or((here, here));
    let private = at(private, first);
    // From the value's first token to its last, so that an error underlines all of it.
    let method = method(door).map(|(of, method)| {
        let (of, method) = (Ident::new(of, first), Ident::new(method, last));
        quote_spanned!(first=> , #private::#of::#method)
    });
    let door = Ident::new(door, first);
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#before #value #method));
    arguments.set_span(last);
    quote_spanned!(first=> #private::expect::#door #arguments)
}

/// Returns the method that a door requires, with its trait. The error for a value without it then quotes no
/// door.
fn method(door: &str) -> Option<(&'static str, &'static str)> {
    Some(match door {
        "stop" => ("Stop", "reads_clock"),
        "stops" => ("StopList", "read_clock"),
        "token" => ("Cancel", "is_cancelled"),
        "signal" => ("Signal", "pressure"),
        "wait" => ("Wait", "pause"),
        "links" => ("WaitList", "pause_within"),
        "text" => ("AsRef", "as_ref"),
        "predicate" => ("Predicate", "verdict"),
        "sleeper" => ("Sleep", "sleep"),
        "async_sleeper" => ("AsyncSleep", "is_ours"),
        "shared_stats" => ("SharedStats", "shared"),
        "breaker" => ("Breaker", "classify"),
        "budget" => ("SharedBudget", "shared"),
        "rate_limiter" => ("SharedRateLimiter", "shared"),
        "bulkhead" => ("SharedBulkhead", "shared"),
        "nested" => ("Nesting", "nested"),
        "hedge" => ("Hedged", "hedged"),
        _ => return None,
    })
}

/// Returns a part of some tokens.
pub(crate) fn stream(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}

/// Returns the group with other tokens in it.
pub(crate) fn with_stream(group: &Group, stream: TokenStream) -> Group {
    let mut with = Group::new(group.delimiter(), stream);
    with.set_span(group.span());
    with
}

/// Moves tokens to another place. Their names keep their meaning.
pub(crate) fn located_at(tokens: TokenStream, place: Span) -> TokenStream {
    let mut moved = TokenStream::new();
    for mut token in tokens {
        if let TokenTree::Group(group) = &token {
            token = with_stream(group, located_at(group.stream(), place)).into();
        }
        token.set_span(token.span().located_at(place));
        moved.append(token);
    }
    moved
}

/// Returns the places of the first and the last character of tokens.
pub(crate) fn ends(tokens: &TokenStream) -> Option<(Span, Span)> {
    let mut tokens = tokens.clone().into_iter().map(edges);
    let first = tokens.next()?;
    let last = tokens.last().unwrap_or(first);
    Some((first.0, last.1))
}

fn edges(token: TokenTree) -> (Span, Span) {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            ends(&group.stream()).unwrap_or((group.span(), group.span()))
        }
        TokenTree::Group(group) => (group.span_open(), group.span_close()),
        token => (token.span(), token.span()),
    }
}
