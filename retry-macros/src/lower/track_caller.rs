//! `#[track_caller]` for a body that runs in a closure, which does not know the caller of the function.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::lower::tokens::{local, stream, with_stream};
use crate::parse::function::Function;
use crate::parse::tokens::{is_punct, is_word};

/// Replaces `Location::caller()` in the body of a function with `#[track_caller]` by its value outside of the
/// closure.
///
/// Returns the `let` that reads it there.
pub(crate) fn ask_outside(function: &mut Function) -> Option<TokenStream> {
    let tracks = |attr: &syn::Attribute| attr.path().is_ident("track_caller");
    if !function.attrs.iter().any(tracks) {
        return None;
    }
    let mut asked = false;
    let body = replaced(function.body.stream(), &mut asked);
    function.body = with_stream(&function.body, body);
    let caller = local("caller");
    asked.then(
        || quote_spanned!(Span::mixed_site()=> let #caller = ::core::panic::Location::caller();),
    )
}

fn replaced(tokens: TokenStream, asked: &mut bool) -> TokenStream {
    let mut written: Vec<TokenTree> = Vec::new();
    // A function inside the body sees no local variable.
    let mut in_function = false;
    for token in tokens {
        let TokenTree::Group(group) = token else {
            // `fn` before anything but a name is the type of a pointer.
            in_function |= matches!(token, TokenTree::Ident(_))
                && written.last().is_some_and(|before| is_word(before, "fn"));
            written.push(token);
            continue;
        };
        let is_block = group.delimiter() == Delimiter::Brace;
        if in_function {
            in_function = !is_block;
            written.push(group.into());
            continue;
        }
        let is_call = group.delimiter() == Delimiter::Parenthesis && group.stream().is_empty();
        match called(&written).filter(|_| is_call) {
            Some(place) => {
                *asked = true;
                let path = stream(&written.split_off(path_start(&written)));
                let span = Span::mixed_site().located_at(place);
                let caller = Ident::new("caller", span);
                // Its path is still used, and must lead to that of the standard library.
                written.extend(quote_spanned! {span=>
                    ({
                        let _: fn() -> &'static ::core::panic::Location<'static> = #path;
                        #caller
                    })
                });
            }
            None => {
                let inner = replaced(group.stream(), asked);
                written.push(with_stream(&group, inner).into());
            }
        }
    }
    written.into_iter().collect()
}

/// Returns the place of `caller`, if the tokens end with `Location::caller`.
fn called(written: &[TokenTree]) -> Option<Span> {
    let [.., ty, _, colon, name] = written else {
        return None;
    };
    let is_it = is_word(ty, "Location") && is_punct(colon, ':') && is_word(name, "caller");
    is_it.then(|| name.span())
}

/// Returns the start of the path that ends the tokens.
fn path_start(written: &[TokenTree]) -> usize {
    let is_colon = |at: usize| is_punct(&written[at], ':');
    let mut start = written.len() - 1;
    while start >= 2 && is_colon(start - 1) && is_colon(start - 2) {
        start -= 2;
        match start.checked_sub(1).map(|before| &written[before]) {
            Some(TokenTree::Ident(segment)) if segment != "return" => start -= 1,
            _ => break,
        }
    }
    start
}
