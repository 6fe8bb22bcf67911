//! The user's tokens in a sentence.

use std::fmt::{self, Display};

use persevere_words::describe;
use quote::{ToTokens, quote};
use syn::{Expr, ExprClosure, Lit};

use crate::diagnostics::text;
use crate::duration::digits;
use crate::parse::inspect::{is_duration, within};

/// The longest code that a sentence shows.
const LONGEST: usize = 80;

/// Code as the user wrote it.
pub(super) struct Code(String);

impl Code {
    /// Returns all of the code.
    pub(super) fn whole(tokens: impl ToTokens) -> Code {
        let code = text(tokens);
        // `#[async_trait]` has renamed it.
        match code.contains("__self") {
            true => Code(code.replace("__self", "self")),
            false => Code(code),
        }
    }

    /// Returns the code, of which a long one shows its beginning.
    pub(super) fn of(tokens: impl ToTokens) -> Code {
        let Code(mut code) = Code::whole(tokens);
        if code.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|end| code.is_char_boundary(*end));
            code.truncate(end.unwrap_or(0));
            code.push_str(" ..");
        }
        Code(code)
    }

    /// Returns a closure, of which a long one shows its arguments alone.
    fn closure(closure: &ExprClosure) -> Code {
        let whole = Code::of(closure);
        if !whole.0.ends_with(" ..") {
            return whole;
        }
        let (asyncness, inputs) = (&closure.asyncness, &closure.inputs);
        let head = text(quote!(#asyncness |#inputs|));
        Code(format!("{head} .."))
    }
}

impl Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe::Code(&self.0).fmt(f)
    }
}

/// A value in a sentence: a number or a duration as written, and code otherwise.
pub(super) struct Value<'a>(pub(super) &'a Expr);

impl Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match within(self.0) {
            Expr::Closure(closure) => Code::closure(closure).fmt(f),
            value @ Expr::Lit(lit) => match digits(&lit.lit) {
                Some((digits, unit)) => write!(f, "{digits}{unit}"),
                None => Code::of(value).fmt(f),
            },
            value => Code::of(value).fmt(f),
        }
    }
}

/// A number of attempts in a sentence.
pub(super) struct Attempts<'a>(pub(super) &'a Expr);

impl Display for Attempts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match within(self.0) {
            Expr::Lit(lit) if !is_duration(self.0) => match &lit.lit {
                Lit::Int(number) => match number.base10_parse() {
                    Ok(number) => describe::Attempts(number).fmt(f),
                    Err(_) => write!(f, "{number} attempts"),
                },
                other => write!(f, "{} attempts", Code::of(other)),
            },
            value => write!(f, "{} attempts", Code::of(value)),
        }
    }
}
