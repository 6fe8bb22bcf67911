//! Arguments that the first attempt moves, where the tokens alone prove it.
//!
//! In general the compiler reports them, as a value that was moved in an earlier iteration of the loop. The
//! tokens prove it only for a parameter that the body names once: one of an owned type of the standard library,
//! as a whole argument of a call, or a `FnOnce` that is passed on or called. Everything else is left to the
//! compiler.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, Pat, PathArguments, Signature, Type};

use super::once::is_once;
use crate::diagnostics::Errors;
use crate::parse::function::{captures, has_ident};
use crate::parse::tokens::{group, is_punct, is_word};
use crate::parse::types::{arguments, types};

/// Types that own their contents, whatever these are, with the type arguments that they have at least. A type
/// of zero arguments has no more.
const OWNED: [(&str, usize); 12] = [
    ("String", 0),
    ("PathBuf", 0),
    ("OsString", 0),
    ("Vec", 1),
    ("VecDeque", 1),
    ("Box", 1),
    ("Arc", 1),
    ("Rc", 1),
    ("HashSet", 1),
    ("BTreeSet", 1),
    ("HashMap", 2),
    ("BTreeMap", 2),
];

/// Reports the parameters that `attempt`, a part of `body`, moves. Those in `renewed` are another value in
/// each attempt.
pub(crate) fn check(
    sig: &Signature,
    body: &Group,
    attempt: &Group,
    renewed: &[&Ident],
    errors: &mut Errors,
) {
    for input in &sig.inputs {
        let FnArg::Typed(typed) = input else { continue };
        let Pat::Ident(pat) = &*typed.pat else {
            continue;
        };
        let plain = pat.by_ref.is_none() && pat.subpat.is_none() && typed.attrs.is_empty();
        let once = is_once(&typed.ty, sig);
        let movable = once || is_owned(&typed.ty, sig);
        if !plain || !movable || renewed.contains(&&pat.ident) {
            continue;
        }
        // Conditional compilation may remove a move.
        if has_ident(body.stream(), "cfg") {
            return;
        }
        let name = &pat.ident;
        let message = match moved(body.stream(), attempt.stream(), name) {
            Some((used, _)) if once => (
                used,
                format!(
                    "`{name}` is `FnOnce`, which the first attempt uses up; take an `FnMut` or an `Fn`, or add \
                     `clone({name})` if it is `Clone`"
                ),
            ),
            Some((used, Use::Argument)) => (
                used,
                format!(
                    "`{name}` is moved into the first attempt; add `clone({name})` to the attribute, or pass a reference"
                ),
            ),
            _ => continue,
        };
        errors.push(message.0.span(), message.1);
    }
}

/// Returns whether the written name of a type proves that it is not `Copy`.
fn is_owned(ty: &Type, sig: &Signature) -> bool {
    let Type::Path(path) = ty else { return false };
    if path.qself.is_some() {
        return false;
    }
    let segments: Vec<_> = path.path.segments.iter().collect();
    let (standard, last) = match &*segments {
        [] => return false,
        [last] => (path.path.leading_colon.is_none(), last),
        [first, .., last] => (first.ident == "std" || first.ident == "alloc", last),
    };
    let mut generics = sig.generics.type_params();
    if !standard || generics.any(|param| param.ident == last.ident) {
        return false;
    }
    // A user's type of that name has other arguments, or no arguments.
    let count = arguments(last).len();
    let plain = !matches!(last.arguments, PathArguments::Parenthesized(_));
    if !plain || types(last).len() != count {
        return false;
    }
    OWNED.iter().any(|(name, least)| {
        last.ident == name && (count == *least || *least > 0 && count > *least)
    })
}

/// The uses of a name that may move it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// A whole argument of a call: `send(body)`
    Argument,
    /// `body(..)`
    Called,
    Other,
}

/// Returns the use of `name` in an attempt, if it is the only one in the body and may move it.
fn moved(body: TokenStream, attempt: TokenStream, name: &Ident) -> Option<(Ident, Use)> {
    let (mut uses, mut in_attempt) = (Vec::new(), Vec::new());
    collect(body, name, Place::Other, &mut uses);
    collect(attempt, name, Place::Other, &mut in_attempt);
    match in_attempt.as_slice() {
        [(_, Use::Other)] => None,
        [used] if uses.len() == 1 => Some(used.clone()),
        _ => None,
    }
}

/// A place of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Directly between the parentheses of a call.
    Arguments,
    /// Somewhere in a macro call, whose tokens may mean anything.
    Macro,
    Other,
}

/// Collects every use of the name.
fn collect(tokens: TokenStream, name: &Ident, place: Place, uses: &mut Vec<(Ident, Use)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |at: Option<usize>, wanted: char| {
        at.and_then(|at| tokens.get(at))
            .is_some_and(|token| is_punct(token, wanted))
    };
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1);
        match token {
            TokenTree::Ident(word) if word == name => {
                let first = before.is_none() || is(before, ',');
                let last = at + 1 == tokens.len() || is(Some(at + 1), ',');
                let called = tokens
                    .get(at + 1)
                    .and_then(|next| group(next, Delimiter::Parenthesis));
                let of_its_own = !is(before, '.') && !is(before, ':');
                let used = match place {
                    Place::Arguments if first && last => Use::Argument,
                    Place::Arguments | Place::Other if called.is_some() && of_its_own => {
                        Use::Called
                    }
                    _ => Use::Other,
                };
                uses.push((word.clone(), used));
            }
            TokenTree::Group(group) => {
                let called =
                    group.delimiter() == Delimiter::Parenthesis && is_called(&tokens[..at]);
                let bang = is(before, '!') && before != Some(0);
                let inside = match place {
                    Place::Macro => Place::Macro,
                    _ if bang => Place::Macro,
                    _ if called => Place::Arguments,
                    _ => Place::Other,
                };
                collect(group.stream(), name, inside, uses);
            }
            // A format string may name it: `"{body}"`.
            TokenTree::Literal(text) if captures(&text.to_string(), &name.to_string()) => {
                uses.push((name.clone(), Use::Other));
            }
            _ => {}
        }
    }
}

/// Returns whether the parentheses at `at` belong to a call: `send(..)` or `client.send(..)`, but not
/// `send!(..)`.
fn is_called(before: &[TokenTree]) -> bool {
    let [before @ .., TokenTree::Ident(called)] = before else {
        return false;
    };
    // A keyword is not parsed as a name: `if (body)`.
    let is_name = syn::parse2::<Ident>(called.to_token_stream()).is_ok();
    // By convention a variant, a struct or a pattern of one. `let Some(body) = ..` binds a new name.
    let constructs = called.to_string().starts_with(char::is_uppercase);
    // `fn send(body)`, and a macro's own syntax.
    let declared = before.last().is_some_and(|word| is_word(word, "fn"));
    is_name && !constructs && !declared
}
