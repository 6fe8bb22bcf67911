//! Values that cannot be a strategy, with messages about the right one.

use persevere_words::{Meaning, PREDICATE_MODIFIER, Vocabulary, Word};
use proc_macro2::Ident;
use quote::quote;
use syn::{
    BinOp, Expr, ExprArray, ExprBinary, ExprCall, ExprClosure, ExprLit, ExprTuple, Lit, UnOp,
};

use super::inspect::{bare_word, is_async, is_duration, within};
use super::peers;
use super::role::{Role, is_callback};
use super::strategy::{Mistake, Node, Strategy};
use crate::diagnostics::text;
use crate::duration;

/// Parses a literal. A bare duration is a fixed pause, and no other literal is a strategy.
pub(super) fn literal(role: Role, value: &ExprLit) -> Result<Node, Mistake> {
    let lit = &value.lit;
    let is_duration = duration::nanos(lit).is_some();
    if role == Role::Wait && is_duration {
        return Ok(Node::Pause);
    }
    if duration::unknown_unit(lit).is_some() {
        // The unit is the mistake, which is reported where durations are replaced.
        return Ok(Node::Own);
    }
    let text = text(lit);
    let instead = match (role, lit) {
        (Role::Stop, _) if is_duration => format!("did you mean `before_delay({text})`?"),
        (Role::Stop, Lit::Int(_)) => format!("did you mean `after_attempt({text})`?"),
        (Role::Stop, Lit::Str(lit)) if lit.value().parse::<u32>().is_ok() => {
            format!("did you mean `after_attempt({})`?", lit.value())
        }
        (Role::Wait, _) if duration::digits(lit).is_some_and(|(_, suffix)| suffix.is_empty()) => {
            format!("write `{text}ms` or `{text}s`")
        }
        (Role::Wait, Lit::Str(_)) => match duration::unquoted(lit) {
            Some(pause) => format!("did you mean `fixed({pause})`?"),
            None => such_as(role),
        },
        (Role::When, Lit::Str(_)) => format!("did you mean `message({text})`?"),
        (Role::When, Lit::Int(_)) => format!("did you mean `on = Err({text})`?"),
        (Role::When, Lit::Bool(lit)) if lit.value => "did you mean `always()`?".to_owned(),
        (Role::When, Lit::Bool(_)) => "did you mean `never()`?".to_owned(),
        _ => such_as(role),
    };
    let noun = role.words().noun;
    Err(Mistake::new(
        value,
        format!("`{text}` is not {noun}; {instead}"),
    ))
}

fn such_as(role: Role) -> String {
    format!("write one such as `{}`", role.words().example)
}

/// Rejects a closure that cannot stand for a strategy.
pub(super) fn closure(role: Role, closure: &ExprClosure) -> Result<(), Mistake> {
    if Strategy::parse(role, &closure.body).is_swallowed() {
        return Err(unparenthesised(closure));
    }
    let inputs = &closure.inputs;
    let message = if is_async(closure) {
        not_async(role, &format!("|{}| ..", text(inputs)))
    } else if inputs.len() == 1 {
        return Ok(());
    } else {
        let message = match role {
            Role::Stop => "a stop condition is a closure over the progress: `|progress| ..`",
            Role::Wait => "a wait is a closure over the state: `|state| ..`",
            Role::When if inputs.len() == 2 => {
                "a predicate is a closure over the outcome; one that is given the attempt's number too is written `attempt(|outcome, n| ..)`"
            }
            Role::When => "a predicate is a closure over the outcome: `|outcome| ..`",
        };
        message.to_owned()
    };
    Err(Mistake::new(closure, message))
}

/// Returns the message for an async closure. `example` is the text to write instead.
pub(crate) fn not_async(role: Role, example: &str) -> String {
    let noun = role.words().noun;
    format!("{noun} is not async; write `{example}`, and await in the function's body")
}

pub(super) fn unparenthesised(closure: &ExprClosure) -> Mistake {
    let inputs = text(&closure.inputs);
    let message = format!(
        "a closure beside an operator takes in all that follows; put it in parentheses: `(|{inputs}| ..)`"
    );
    Mistake::new(closure, message)
}

/// Rejects an operator that strategies of this role do not have. Returns `None` for a user's value.
pub(super) fn operator(role: Role, binary: &ExprBinary) -> Option<Mistake> {
    let (op, combined) = (text(binary.op), role.words().combined);
    let at_operator = |message: String| Some(Mistake::new(binary.op, message));
    match &binary.op {
        BinOp::Or(_) | BinOp::And(_) => at_operator(format!("`{op}` gives a `bool`; {combined}")),
        BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
            let (noun, instead) = (role.words().noun, such_as(role));
            let message = format!("a comparison is not {noun}; {instead}");
            Some(Mistake::new(binary, message))
        }
        _ if has_words(&binary.left) || has_words(&binary.right) => at_operator(format!(
            "`{op}` is not for {}; {combined}",
            role.words().plural
        )),
        _ => None,
    }
}

/// Returns whether a value is made of words of any role.
///
/// It does not parse the value: a part of a part would be parsed again for each role.
fn has_words(value: &Expr) -> bool {
    match within(value) {
        Expr::Unary(unary) => has_words(&unary.expr),
        Expr::Binary(binary) => has_words(&binary.left) || has_words(&binary.right),
        Expr::MethodCall(call) => has_words(&call.receiver),
        Expr::Call(call) => {
            let word = bare_word(&call.func);
            word.is_some_and(|(name, _)| Role::of_word(&name.to_string()).is_some())
        }
        _ => false,
    }
}

/// Returns the message for a word that this role does not have, or `None` for a user's function.
pub(super) fn unknown_word(role: Role, name: &str, call: &ExprCall) -> Option<String> {
    let noun = role.words().noun;
    let other = |other: Role, value: String| {
        let (key, other) = (other.key(), other.words().noun);
        format!("`{name}` is {other}, not {noun}; did you mean `{key} = {value}`?")
    };
    if let Some(owner) = Role::of_word(name) {
        return Some(other(owner, text(call)));
    }
    if matches!(name, "Err" | "Ok" | "Some") {
        let written = text(call);
        return Some(match role {
            Role::When => format!("`{written}` is a pattern; did you mean `on = {written}`?"),
            _ => format!("`{written}` is not {noun}; {}", such_as(role)),
        });
    }
    if PREDICATE_MODIFIER.has(name) {
        let example = PREDICATE_MODIFIER.example;
        return Some(format!(
            "`{name}` is a method of a predicate: `when = {example}`"
        ));
    }
    if is_callback(name) {
        return Some(format!(
            "`{name}` is a callback, not {noun}; did you mean `before_sleep = {name}()`?"
        ));
    }
    match (role.words().peer(name), peers::role(name)) {
        (None, Some((owner, meaning))) => Some(other(owner, peers::write(meaning, call))),
        _ => misspelled(role.words(), name, Some(call)),
    }
}

/// Returns the message for a name, called or alone, that is or should be a call of a word.
pub(crate) fn no_word(words: &Vocabulary, name: &Ident, call: Option<&ExprCall>) -> Option<String> {
    let name = name.to_string();
    match words.word(&name) {
        Some(word) => Some(without_parentheses(word)),
        None => misspelled(words, &name, call),
    }
}

/// Returns the message for a name that is nearly a word of a vocabulary, or that peers have for one. A name in
/// upper case is by convention a user's type.
fn misspelled(words: &Vocabulary, name: &str, call: Option<&ExprCall>) -> Option<String> {
    let slip = || words.slip(name).map(Meaning::Word);
    let ours = !name.starts_with(char::is_uppercase);
    let meaning = words.peer(name).or_else(|| slip().filter(|_| ours))?;
    let meant = call.map_or_else(|| meaning.write(None), |call| peers::write(meaning, call));
    let key = words.key.name();
    Some(format!(
        "`{key}` has no `{name}`; did you mean `{meant}`? (write `self::{name}` for your own function)"
    ))
}

/// Returns the message for a word as it stands in no call.
pub(crate) fn without_parentheses(word: &Word) -> String {
    let (name, example) = (word.name, word.example);
    format!(
        "`{name}` without parentheses is a name in your own scope; write `{example}`, or `self::{name}` for your own"
    )
}

/// Rejects a value of another kind. Returns `None` for a user's value.
pub(super) fn misplaced(role: Role, value: &Expr) -> Option<Mistake> {
    let (words, written) = (role.words(), text(value));
    let noun = words.noun;
    let not = |instead: String| format!("`{written}` is not {noun}; {instead}");
    let message = match (role, value) {
        (Role::Wait, Expr::Array(array)) if array.elems.iter().all(is_duration) => {
            not(format!("did you mean `schedule({written})`?"))
        }
        (_, Expr::Array(ExprArray { elems, .. }) | Expr::Tuple(ExprTuple { elems, .. })) => {
            let parts = elems.iter().map(text).collect::<Vec<_>>().join(", ");
            let instead = match (role, elems.len()) {
                (Role::When, _) | (_, 0) => words.combined.to_owned(),
                (_, 1) => format!("did you mean `{parts}`?"),
                (Role::Stop, _) => format!("did you mean `any(({parts}))`?"),
                (Role::Wait, _) => format!("did you mean `chain(({parts}))`?"),
            };
            format!("a list is not {noun}; {instead}")
        }
        (Role::Wait, Expr::Range(range))
            if range.start.as_deref().is_some_and(is_duration)
                && range.end.as_deref().is_some_and(is_duration) =>
        {
            not(format!("did you mean `random({written})`?"))
        }
        (_, Expr::Range(_)) => not(such_as(role)),
        (_, Expr::Unary(unary)) => match (&unary.op, &*unary.expr) {
            (UnOp::Neg(_), Expr::Lit(_)) => not(such_as(role)),
            (UnOp::Not(_), operand) if has_words(operand) => {
                format!("`!` is not for {}; {}", words.plural, words.combined)
            }
            _ => return None,
        },
        (_, Expr::Macro(call)) => {
            let name = call.mac.path.get_ident()?.to_string();
            let example = role.word(&name)?.example;
            format!("`{name}` is not a macro; write `{example}`")
        }
        (Role::When, Expr::Infer(_)) => {
            "`_` is a pattern; to retry whatever happens write `when = always()`".to_owned()
        }
        (_, Expr::Infer(_)) => not(such_as(role)),
        (_, Expr::Assign(assign)) => {
            let left = text(&assign.left);
            format!("missing `,` before `{left}`")
        }
        _ => return None,
    };
    Some(Mistake::new(quote!(#value), message))
}
