//! Facts about an expression that are visible without its type.

use persevere_words::Vocabulary;
use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{
    AngleBracketedGenericArguments, Expr, ExprCall, ExprClosure, ExprPath, Lit, LitStr, Token, UnOp,
};

use crate::diagnostics::text;
use crate::duration;

/// Returns the value inside parentheses that change nothing, and inside groups of a `macro_rules!`.
pub(crate) fn within(mut value: &Expr) -> &Expr {
    loop {
        value = match value {
            Expr::Paren(paren) => &paren.expr,
            Expr::Group(group) => &group.expr,
            other => return other,
        };
    }
}

/// Returns the word of `word` or `word::<T>`.
pub(crate) fn bare_word(func: &Expr) -> Option<(&Ident, Option<&AngleBracketedGenericArguments>)> {
    let Expr::Path(path) = func else { return None };
    if path.qself.is_some() || path.path.leading_colon.is_some() || path.path.segments.len() != 1 {
        return None;
    }
    let segment = &path.path.segments[0];
    match &segment.arguments {
        syn::PathArguments::None => Some((&segment.ident, None)),
        syn::PathArguments::AngleBracketed(arguments) => Some((&segment.ident, Some(arguments))),
        syn::PathArguments::Parenthesized(_) => None,
    }
}

/// Returns the word of a call without types, and the call: `delay(50ms)`.
pub(crate) fn word_call<'e>(
    value: &'e Expr,
    words: &Vocabulary,
) -> Option<(&'e Ident, &'e ExprCall)> {
    let Expr::Call(call) = value else { return None };
    match bare_word(&call.func)? {
        (word, None) if words.has(&word.to_string()) => Some((word, call)),
        _ => None,
    }
}

/// Returns the last two names of a path: `Kind::NotFound` in `io::Kind::NotFound`.
pub(crate) fn last_names(path: &syn::Path) -> (Option<String>, Option<String>) {
    let names = path.segments.iter().rev();
    let mut names = names.map(|segment| segment.ident.to_string());
    let last = names.next();
    (names.next(), last)
}

/// Returns whether a call is that of a word: `delay(50ms)`.
pub(crate) fn calls_a_word(call: &ExprCall, words: &Vocabulary) -> bool {
    bare_word(&call.func).is_some_and(|(word, _)| words.has(&word.to_string()))
}

pub(crate) fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(lit) => Some(&lit.lit),
        _ => None,
    }
}

pub(crate) fn string(value: &Expr) -> Option<&LitStr> {
    match literal(value)? {
        Lit::Str(text) => Some(text),
        _ => None,
    }
}

/// Returns whether a path has names alone: no types, no `<..>`.
pub(crate) fn is_plain(path: &ExprPath) -> bool {
    let mut segments = path.path.segments.iter();
    path.qself.is_none() && segments.all(|segment| segment.arguments.is_none())
}

pub(crate) fn is_duration(value: &Expr) -> bool {
    literal(value).and_then(duration::nanos).is_some()
}

/// Returns the number of a literal without a unit or a type.
pub(crate) fn plain_number(value: &Expr) -> Option<String> {
    let lit = literal(value)?;
    let (_, suffix) = duration::digits(lit)?;
    suffix.is_empty().then(|| text(lit))
}

/// Returns whether a closure is `async |_| ..` or `|_| async ..`.
pub(crate) fn is_async(closure: &ExprClosure) -> bool {
    closure.asyncness.is_some() || matches!(&*closure.body, Expr::Async(_))
}

/// Returns whether a value is `Ok(..)`, `Err(..)`, `Some(..)` or `None`.
pub(crate) fn is_outcome(value: &Expr) -> bool {
    match value {
        Expr::Call(call) => bare_word(&call.func)
            .is_some_and(|(word, _)| word == "Ok" || word == "Err" || word == "Some"),
        Expr::Path(path) => path.path.is_ident("None"),
        _ => false,
    }
}

/// Returns whether a value exists already: a variable, a constant, a field.
pub(crate) fn is_place(value: &Expr) -> bool {
    match within(value) {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Field(field) => is_place(&field.base),
        Expr::Index(index) => is_place(&index.expr),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)) && is_place(&unary.expr),
        _ => false,
    }
}

/// Returns whether the compiler knows a value: literals, and constants by their names, other than `own` ones.
pub(crate) fn is_constant(value: &Expr, own: &[Ident]) -> bool {
    let all = |values: &Punctuated<Expr, Token![,]>| values.iter().all(|v| is_constant(v, own));
    let end = |end: &Option<Box<Expr>>| end.as_ref().is_none_or(|v| is_constant(v, own));
    match within(value) {
        Expr::Lit(_) => true,
        Expr::Path(path) => path.qself.is_none() && names_constant(&path.path, own),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)) && is_constant(&unary.expr, own),
        Expr::Array(array) => all(&array.elems),
        Expr::Tuple(tuple) => all(&tuple.elems),
        Expr::Range(range) => end(&range.start) && end(&range.end),
        _ => false,
    }
}

/// Returns whether a path is written like a constant or a static: `LIMIT`, `config::LIMIT` or `Self::LIMIT`.
pub(crate) fn names_constant(path: &syn::Path, own: &[Ident]) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let name = last.ident.to_string();
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.chars().all(upper) && path.get_ident().is_none_or(|n| !own.contains(n))
}

/// Returns whether a name is in upper case, as those of statics are.
pub(crate) fn is_upper_case(name: &Ident) -> bool {
    let name = name.to_string();
    name.contains(char::is_uppercase) && !name.contains(char::is_lowercase)
}

/// Returns whether a closure is visible in a value, whatever functions the value calls.
pub(crate) fn has_closure(value: &Expr) -> bool {
    match within(value) {
        Expr::Closure(_) => true,
        Expr::Reference(reference) => has_closure(&reference.expr),
        Expr::Unary(unary) => has_closure(&unary.expr),
        Expr::Binary(binary) => has_closure(&binary.left) || has_closure(&binary.right),
        Expr::Call(call) => has_closure(&call.func) || call.args.iter().any(has_closure),
        Expr::MethodCall(call) => has_closure(&call.receiver) || call.args.iter().any(has_closure),
        Expr::Tuple(tuple) => tuple.elems.iter().any(has_closure),
        Expr::Array(array) => array.elems.iter().any(has_closure),
        Expr::Struct(fields) => fields.fields.iter().any(|field| has_closure(&field.expr)),
        _ => false,
    }
}
