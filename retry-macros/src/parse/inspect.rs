//! What can be seen of a value without knowing its type.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{BinOp, Expr, Token, UnOp};

use crate::duration;
use crate::parse::role::Role;

pub(crate) fn is_duration(value: &Expr) -> bool {
    matches!(value, Expr::Lit(lit) if duration::nanos(&lit.lit).is_some())
}

/// Whether the value is made of our words.
pub(crate) fn is_ours(role: Role, value: &Expr) -> bool {
    match value {
        Expr::Call(call) => {
            bare_word(&call.func).is_some_and(|(word, _)| role.words().has(&word.to_string()))
        }
        Expr::MethodCall(call) => is_ours(role, &call.receiver),
        Expr::Paren(paren) => is_ours(role, &paren.expr),
        Expr::Group(group) => is_ours(role, &group.expr),
        Expr::Binary(binary) => is_ours(role, &binary.left) || is_ours(role, &binary.right),
        Expr::Unary(unary) => is_ours(role, &unary.expr),
        _ => false,
    }
}

pub(crate) fn mentions_ours(value: &Expr) -> bool {
    [Role::Stop, Role::Wait, Role::When]
        .into_iter()
        .any(|role| is_ours(role, value))
}

/// Whether a strategy calls a word: `word(..)` or `word::<T>(..)`, alone, beside an operator or before a modifier.
pub(crate) fn calls(value: &Expr, wanted: &str) -> bool {
    match value {
        Expr::Call(call) => bare_word(&call.func).is_some_and(|(word, _)| word == wanted),
        Expr::MethodCall(call) => calls(&call.receiver, wanted),
        Expr::Paren(paren) => calls(&paren.expr, wanted),
        Expr::Group(group) => calls(&group.expr, wanted),
        Expr::Unary(unary) => calls(&unary.expr, wanted),
        Expr::Binary(binary) => calls(&binary.left, wanted) || calls(&binary.right, wanted),
        _ => false,
    }
}

/// Whether a strategy stands in the closure that was meant to stand beside it.
pub(crate) fn swallows(role: Role, body: &Expr) -> bool {
    match body {
        Expr::Binary(binary) => {
            let operator = match role {
                Role::Wait => matches!(binary.op, BinOp::Add(_)),
                _ => matches!(binary.op, BinOp::BitOr(_) | BinOp::BitAnd(_)),
            };
            operator && (is_ours(role, &binary.right) || swallows(role, &binary.left))
        }
        _ => false,
    }
}

/// A value that is there already: a variable, a constant, a field.
pub(crate) fn is_place(value: &Expr) -> bool {
    match value {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Field(field) => is_place(&field.base),
        Expr::Index(index) => is_place(&index.expr),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)) && is_place(&unary.expr),
        Expr::Paren(paren) => is_place(&paren.expr),
        Expr::Group(group) => is_place(&group.expr),
        _ => false,
    }
}

/// A value that the compiler knows as well as we do: literals, and constants by their names, other
/// than `own` ones.
pub(crate) fn is_constant(value: &Expr, own: &[Ident]) -> bool {
    let all = |values: &Punctuated<Expr, Token![,]>| values.iter().all(|v| is_constant(v, own));
    let end = |end: &Option<Box<Expr>>| end.as_ref().is_none_or(|v| is_constant(v, own));
    match value {
        Expr::Lit(_) => true,
        Expr::Path(path) => path.qself.is_none() && names_constant(&path.path, own),
        Expr::Paren(paren) => is_constant(&paren.expr, own),
        Expr::Group(group) => is_constant(&group.expr, own),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)) && is_constant(&unary.expr, own),
        Expr::Array(array) => all(&array.elems),
        Expr::Tuple(tuple) => all(&tuple.elems),
        Expr::Range(range) => end(&range.start) && end(&range.end),
        _ => false,
    }
}

/// `LIMIT`, `config::LIMIT`, `Self::LIMIT`: only constants and statics are written like that.
pub(crate) fn names_constant(path: &syn::Path, own: &[Ident]) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let name = last.ident.to_string();
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.chars().all(upper) && path.get_ident().is_none_or(|n| !own.contains(n))
}

/// Whether there is a closure in the value, where one can be seen without knowing what it calls.
pub(crate) fn has_closure(value: &Expr) -> bool {
    match value {
        Expr::Closure(_) => true,
        Expr::Paren(paren) => has_closure(&paren.expr),
        Expr::Group(group) => has_closure(&group.expr),
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

/// What stands in parentheses that change nothing.
pub(crate) fn within(mut expr: &Expr) -> &Expr {
    while let Expr::Paren(paren) = expr {
        expr = &paren.expr;
    }
    expr
}

/// The word of `word` or `word::<T>`.
pub(crate) fn bare_word(
    func: &Expr,
) -> Option<(&Ident, Option<&syn::AngleBracketedGenericArguments>)> {
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
