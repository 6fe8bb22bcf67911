//! What to write instead of a value that is no strategy.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{BinOp, Expr, ExprCall, ExprLit, Lit, UnOp};

use super::facts::Facts;
use super::strategy::Lowering;
use crate::check::redirects;
use crate::diagnostics::text;
use crate::duration;
use crate::parse::inspect::{is_duration, mentions_ours};
use crate::parse::peers;
use crate::parse::role::{self, Role};
use persevere_words::PREDICATE_MODIFIER;

impl Lowering<'_> {
    /// A bare duration is a fixed pause; no other literal is a strategy.
    pub(super) fn literal(&mut self, role: Role, lit: &ExprLit, found: &mut Facts) -> TokenStream {
        let private = self.private;
        let is_duration = duration::nanos(&lit.lit).is_some();
        if role == Role::Wait && is_duration {
            let duration = self.plain(lit);
            return quote!(#private::wait::fixed(#duration));
        }
        let text = text(&lit.lit);
        let number = match &lit.lit {
            Lit::Int(lit) => duration::unknown_unit(&Lit::Int(lit.clone())).is_none(),
            Lit::Float(lit) => duration::unknown_unit(&Lit::Float(lit.clone())).is_none(),
            _ => true,
        };
        if !number {
            // The unit is the mistake.
            let value = self.plain(lit);
            return self.skip_but(role, value);
        }
        let instead = match (role, &lit.lit) {
            (Role::Stop, _) if is_duration => format!("did you mean `before_delay({text})`?"),
            (Role::Stop, Lit::Int(_)) => format!("did you mean `after_attempt({text})`?"),
            (Role::Stop, Lit::Str(lit)) if lit.value().parse::<u32>().is_ok() => {
                format!("did you mean `after_attempt({})`?", lit.value())
            }
            (Role::Wait, Lit::Int(_) | Lit::Float(_)) => format!("did you mean `fixed({text}s)`?"),
            (Role::Wait, Lit::Str(lit)) if duration::is_written(&lit.value()) => {
                format!("did you mean `fixed({})`?", lit.value())
            }
            (Role::When, Lit::Str(_)) => format!("did you mean `message({text})`?"),
            (Role::When, Lit::Int(_)) => format!("did you mean `on = Err({text})`?"),
            (Role::When, Lit::Bool(lit)) if lit.value => "did you mean `always()`?".to_owned(),
            (Role::When, Lit::Bool(_)) => "did you mean `never()`?".to_owned(),
            _ => format!("write one such as `{}`", role.words().example),
        };
        self.errors.push_at(
            lit,
            format_args!("`{text}` is not {}; {instead}", role.words().noun),
        );
        self.skip(role, found)
    }

    /// A bare word is the user's: an own name must be meant.
    pub(super) fn bare(&mut self, role: Role, name: &Ident) {
        let Some(word) = role.word(&name.to_string()) else {
            return;
        };
        if !self.own.contains(name) {
            self.errors.push(
                name.span(),
                format_args!(
                    "`{name}` without parentheses is a name in your own scope; write `{}`, or `self::{name}` for your own",
                    word.example,
                ),
            );
        }
    }

    /// `from_err(..)` says nothing about errors that tell no pause.
    pub(super) fn without_or(&mut self, value: &Expr, word: &Ident) {
        let whose = match word == "from_err" {
            true => "errors",
            false => "outcomes",
        };
        self.errors.push_at(
            value,
            format_args!(
                "`{word}` needs a wait for {whose} that tell none; write `{word}(..).or(fixed(1s))`"
            ),
        );
    }

    pub(super) fn unparenthesised(&mut self, closure: &syn::ExprClosure) {
        let inputs = &closure.inputs;
        let inputs = text(quote!(#inputs));
        self.errors.push_at(
            closure,
            format_args!(
                "a closure beside an operator takes in all that follows; put it in parentheses: `(|{inputs}| ..)`"
            ),
        );
    }

    /// An operator that strategies of this role do not have; whether there was a mistake.
    pub(super) fn wrong_operator(&mut self, role: Role, binary: &syn::ExprBinary) -> bool {
        let op = text(binary.op);
        let combined = role.words().combined;
        let boolean = match &binary.op {
            BinOp::Or(_) | BinOp::And(_) => format!("`{op}` gives a `bool`; {combined}"),
            BinOp::Eq(_)
            | BinOp::Ne(_)
            | BinOp::Lt(_)
            | BinOp::Le(_)
            | BinOp::Gt(_)
            | BinOp::Ge(_) => {
                let example = role.words().example;
                format!(
                    "a comparison is not {}; write one such as `{example}`",
                    role.words().noun
                )
            }
            _ if mentions_ours(&binary.left) || mentions_ours(&binary.right) => {
                format!("`{op}` is not for {}; {combined}", role.words().plural)
            }
            _ => return false,
        };
        match &binary.op {
            BinOp::Eq(_)
            | BinOp::Ne(_)
            | BinOp::Lt(_)
            | BinOp::Le(_)
            | BinOp::Gt(_)
            | BinOp::Ge(_) => self.errors.push_at(binary, boolean),
            op => self.errors.push_at(op, boolean),
        }
        true
    }
}

/// What to say about a call of a word that this role does not have; `None` if it is the user's.
pub(super) fn not_our_word(role: Role, name: &str, call: &ExprCall) -> Option<String> {
    if let Some(other) = Role::of_word(name) {
        return Some(format!(
            "`{name}` is {}, not {}; did you mean `{} = {}`?",
            other.words().noun,
            role.words().noun,
            other.key(),
            text(call),
        ));
    }
    if matches!(name, "Err" | "Ok" | "Some") {
        let written = text(call);
        return Some(match role {
            Role::When => {
                format!("`{written}` is a pattern; did you mean `on = {written}`?")
            }
            _ => format!(
                "`{written}` is not {}; write one such as `{}`",
                role.words().noun,
                role.words().example
            ),
        });
    }
    if name == redirects::NAME {
        let example = PREDICATE_MODIFIER.example;
        return Some(format!(
            "`{name}` is a method of a predicate: `when = {example}`"
        ));
    }
    if role::is_callback(name) {
        return Some(format!(
            "`{name}` is a callback, not {}; did you mean `before_sleep = {name}()`?",
            role.words().noun
        ));
    }
    if let Some(meaning) = role.words().peer(name) {
        let (key, meant) = (role.key(), peers::write(meaning, call));
        return Some(format!(
            "`{key}` has no `{name}`; did you mean `{meant}`? (write `self::{name}` for your own function)"
        ));
    }
    if let Some((other, meaning)) = peers::role(name) {
        let (key, meant) = (other.key(), peers::write(meaning, call));
        let (noun, not) = (other.words().noun, role.words().noun);
        return Some(format!(
            "`{name}` is {noun}, not {not}; did you mean `{key} = {meant}`?"
        ));
    }
    let slip = role.words().slip(name)?;
    // By convention a type of the user's own.
    if name.starts_with(char::is_uppercase) {
        return None;
    }
    Some(format!(
        "`{}` has no `{name}`; did you mean `{}`? (write `self::{name}` for your own function)",
        role.key(),
        slip.example,
    ))
}

/// Values of another kind that cannot be a strategy.
pub(super) fn misplaced(role: Role, value: &Expr) -> Option<String> {
    let written = text(value);
    let noun = role.words().noun;
    let example = role.words().example;
    Some(match (role, value) {
        (Role::Wait, Expr::Array(array)) if array.elems.iter().all(is_duration) => {
            format!("`{written}` is not a wait; did you mean `schedule({written})`?")
        }
        (Role::Wait, Expr::Array(_) | Expr::Tuple(_)) => {
            format!("a list is not a wait; did you mean `chain({written})`?")
        }
        (Role::Stop, Expr::Array(_) | Expr::Tuple(_)) => {
            format!("a list is not a stop condition; did you mean `any({written})`?")
        }
        (Role::When, Expr::Array(_) | Expr::Tuple(_)) => {
            format!("a list is not a predicate; {}", role.words().combined)
        }
        (Role::Wait, Expr::Range(range))
            if range.start.as_deref().is_some_and(is_duration)
                && range.end.as_deref().is_some_and(is_duration) =>
        {
            format!("`{written}` is not a wait; did you mean `random({written})`?")
        }
        (_, Expr::Range(_)) => format!("`{written}` is not {noun}; write one such as `{example}`"),
        (_, Expr::Unary(unary)) => match (&unary.op, &*unary.expr) {
            (UnOp::Neg(_), Expr::Lit(_)) => {
                format!("`{written}` is not {noun}; write one such as `{example}`")
            }
            (UnOp::Not(_), operand) if mentions_ours(operand) => {
                format!(
                    "`!` is not for {}; {}",
                    role.words().plural,
                    role.words().combined
                )
            }
            _ => return None,
        },
        (_, Expr::Macro(call)) => {
            let name = call.mac.path.get_ident()?.to_string();
            let word = role.word(&name)?;
            format!("`{name}` is not a macro; write `{}`", word.example)
        }
        (Role::When, Expr::Infer(_)) => {
            "`_` is a pattern; to retry whatever happens write `when = always()`".to_owned()
        }
        (_, Expr::Infer(_)) => format!("`_` is not {noun}; write one such as `{example}`"),
        (_, Expr::Assign(assign)) => {
            let left = text(&assign.left);
            format!("missing `,` before `{left}`")
        }
        _ => return None,
    })
}
