//! `resume(..)`: the cursor of a stream.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, ExprCall, Token};

use super::inspect::{bare_word, within};
use super::recovery::next_value;
use super::syntax::expression;
use crate::diagnostics::text;

/// The key `resume`, by which a function returns a stream that is opened again where it broke.
#[derive(Clone)]
pub(crate) struct Resume {
    /// The key as written.
    pub(crate) key: Ident,
    /// The cursor; without one the stream is opened from its start.
    pub(crate) cursor: Option<Cursor>,
}

impl Resume {
    pub(super) fn without_cursor(key: &Ident) -> Resume {
        Resume {
            key: key.clone(),
            cursor: None,
        }
    }
}

/// A parameter that says where a stream is opened.
#[derive(Clone)]
pub(crate) struct Cursor {
    pub(crate) parameter: Ident,
    /// The function that makes of an item the cursor after it.
    pub(crate) after: Expr,
}

/// Parses `resume(after = |item| ..)`, or `resume()`.
pub(super) fn parse_resume(input: ParseStream<'_>, resume: &Ident) -> syn::Result<Resume> {
    if input.is_empty() {
        return Ok(Resume::without_cursor(resume));
    }
    let ahead = input.fork();
    let named = ahead.call(Ident::parse_any).is_ok() && (ahead.peek(Token![=]) || ahead.is_empty());
    if !named {
        let written = next_value(input);
        let value = match syn::parse2::<Expr>(written.clone()) {
            Ok(Expr::Closure(closure)) => text(closure),
            _ => "|item| ..".to_owned(),
        };
        let message = format!(
            "`resume` needs the name of the parameter that the value is for: `resume(after = {value})`"
        );
        return Err(syn::Error::new_spanned(written, message));
    }
    let parameter = input.call(Ident::parse_any)?;
    let example = format!("`resume({parameter} = |item| ..)`");
    if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() {
        let message = format!("`{parameter}` needs its value after an item: {example}");
        return Err(syn::Error::new(parameter.span(), message));
    }
    let after = expression(input, &parameter)?;
    if let Some(message) = not_a_function(&after, &example) {
        return Err(syn::Error::new_spanned(after, message));
    }
    input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        let message = "a stream has one cursor; make the parameters one, of a tuple or a struct";
        return Err(syn::Error::new_spanned(next_value(input), message));
    }
    Ok(Resume {
        key: resume.clone(),
        cursor: Some(Cursor { parameter, after }),
    })
}

/// Reports a value of `progress` other than `never()`.
pub(super) fn check_progress(value: &Expr) -> syn::Result<()> {
    match within(value) {
        Expr::Call(call) if is_never(call) => Ok(()),
        _ => {
            let message = "`progress` is `never()`, under which no item makes attempts and pauses start again; \
                           leave it out, and each does";
            Err(syn::Error::new_spanned(value, message))
        }
    }
}

fn is_never(call: &ExprCall) -> bool {
    let word = bare_word(&call.func);
    call.args.is_empty() && word.is_some_and(|(word, types)| word == "never" && types.is_none())
}

/// Returns the message for a value that makes no cursor of an item.
fn not_a_function(after: &Expr, example: &str) -> Option<String> {
    match within(after) {
        Expr::Closure(closure) if closure.asyncness.is_some() => Some(format!(
            "the cursor is made while an item is given, and cannot wait; write {example}"
        )),
        Expr::Closure(closure) if closure.inputs.len() != 1 => {
            Some(format!("the cursor is made of an item: {example}"))
        }
        Expr::Lit(_) | Expr::Field(_) | Expr::Binary(_) => Some(format!(
            "the cursor is made of each item; write `|item| {}`",
            text(after)
        )),
        _ => None,
    }
}
