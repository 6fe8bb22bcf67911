//! `on`, `unless` and `case`.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Pat, Token};

use super::recovery::{next_value, separator, skip_to_next_key};
use super::syntax::{equals, expression, readable};
use super::unknown_key::{not_a_key, starts_with_a_key};
use crate::diagnostics::{Errors, text};
use crate::parse::inspect::calls_a_word;
use crate::parse::pattern::Arm;
use crate::parse::role::Role;
use persevere_words::{Key, closest, list};

/// Parses `PATTERN [if GUARD]` and nothing else.
pub(super) fn parse_arm(input: ParseStream<'_>, key: Key, name: &Ident) -> syn::Result<Arm> {
    let (found, ahead) = (next_value(input), input.fork());
    let example = key.example();
    // A closure, a predicate or a comparison, each of which would be right for `when`.
    let value = ahead.parse::<Expr>().ok();
    if let Some(value) = value.filter(|value| is_no_pattern(value, &ahead)) {
        let written = text(&value);
        let message = match (&value, key) {
            (Expr::Closure(_), Key::On) => {
                format!(
                    "`on` takes a pattern; a closure belongs to `when`: `when = err({written})`"
                )
            }
            (Expr::Call(_) | Expr::MethodCall(_), Key::On) => {
                format!("`on` takes a pattern; did you mean `when = {written}`?")
            }
            _ => format!(
                "`{name}` takes a pattern, and a condition as its guard: `{example}`, `{name} = Err(e) if ..`"
            ),
        };
        return Err(syn::Error::new_spanned(value, message));
    }
    Arm::parse(input, key).map_err(|error| {
        if found.is_empty() {
            let message = format!("`{name}` needs a pattern: `{example}`");
            return syn::Error::new(name.span(), message);
        }
        readable(error, &found, name)
    })
}

/// Returns whether an expression was read to its end and cannot be a pattern.
pub(super) fn is_no_pattern(value: &Expr, rest: ParseStream<'_>) -> bool {
    let ended = rest.is_empty() || rest.peek(Token![,]);
    ended
        && match value {
            Expr::Closure(closure) => {
                // `| A | B` is a pattern too.
                let argument = matches!(
                    closure.inputs.first(),
                    Some(Pat::Ident(_) | Pat::Wild(_) | Pat::Reference(_) | Pat::Type(_))
                );
                closure.inputs.len() != 1 || argument && !matches!(&*closure.body, Expr::Path(_))
            }
            Expr::Call(call) => calls_a_word(call, Role::When.words()),
            Expr::MethodCall(_) | Expr::Field(_) => true,
            Expr::Unary(unary) => !matches!(unary.op, syn::UnOp::Neg(_)),
            Expr::Binary(binary) => {
                !matches!(binary.op, syn::BinOp::BitOr(_))
                    || is_no_pattern(&binary.left, rest)
                    || is_no_pattern(&binary.right, rest)
            }
            _ => false,
        }
}

/// Parses `PATTERN [if GUARD], stop = …, wait = …, budget = …, before_sleep = …`.
pub(super) fn parse_case(
    input: ParseStream<'_>,
    case: &Ident,
    errors: &mut Errors,
) -> syn::Result<Arm> {
    let ahead = input.fork();
    let first = ahead.call(Ident::parse_any).ok();
    if input.is_empty() || (first.is_some() && ahead.peek(Token![=]) && !ahead.peek(Token![==])) {
        let message = "`case` starts with a pattern: `case(Err(Error::Busy), wait = fixed(1s))`";
        return Err(syn::Error::new(
            first.map_or(case.span(), |word| word.span()),
            message,
        ));
    }
    let mut arm = parse_arm(input, Key::Case, case)?;
    separator(input, errors);
    while !input.is_empty() {
        if let Err(error) = parse_case_key(input, &mut arm, errors) {
            errors.add(error);
            skip_to_next_key(input);
            continue;
        }
        separator(input, errors);
    }
    Ok(arm)
}

pub(super) fn parse_case_key(
    input: ParseStream<'_>,
    arm: &mut Arm,
    errors: &mut Errors,
) -> syn::Result<()> {
    const KEYS: [&str; 4] = ["stop", "wait", "budget", "before_sleep"];
    if !starts_with_a_key(input) {
        return Err(not_a_key(input));
    }
    let name = input.call(Ident::parse_any)?;
    let word = name.to_string();
    let Some(key) = Key::named(&word).filter(|_| KEYS.contains(&&*word)) else {
        let slip = closest(&word, KEYS).map(|slip| {
            let value = next_value(input).into_iter().skip(1);
            match value.collect::<TokenStream>() {
                value if value.is_empty() => slip.to_owned(),
                value => format!("{slip} = {}", text(value)),
            }
        });
        let message = match (slip, Key::named(&word)) {
            (Some(slip), _) => format!("a `case` has no `{word}`; did you mean `{slip}`?"),
            (None, Some(_)) => {
                format!("`{word}` is for the whole call; write it behind the `case(..)`")
            }
            (None, None) => format!("a `case` has no `{word}`; it has {}", list(KEYS)),
        };
        return Err(syn::Error::new(name.span(), message));
    };
    if arm.own.written(key).is_some() {
        errors.push(name.span(), arm.own.given_twice(key, " in this case"));
    }
    equals(input, key, &name)?;
    let value = expression(input, &name)?;
    arm.own.push(key, name, value);
    Ok(())
}
