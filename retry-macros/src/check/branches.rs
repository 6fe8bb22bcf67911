//! Branches of two types.

use persevere_words::WAIT_MODIFIER;

use crate::diagnostics::{Errors, text};
use crate::parse::role::Role;
use crate::parse::strategy::{Node, Operator, Strategy};

/// The modifier that erases the type of any strategy.
pub(super) const ERASED: &str = "boxed";

/// Reports the first branch whose type visibly differs from that of the branch before it.
pub(super) fn check(strategy: &Strategy, errors: &mut Errors) {
    if !matches!(strategy.node, Node::If(..) | Node::Match(..)) {
        return;
    }
    let branches = strategy.parts();
    let differ = |pair: &&[&Strategy]| {
        let types = class(pair[0]).zip(class(pair[1]));
        types.is_some_and(|(one, other)| one != other)
    };
    if let Some([one, other]) = branches.windows(2).find(differ) {
        let (one, other) = (tail(one), tail(other));
        errors.push_at(
            &other.written,
            format_args!(
                "`{}` and `{}` are values of two types; write `.boxed()` after each: `{}` and `{}`",
                text(&one.written),
                text(&other.written),
                boxed(one),
                boxed(other)
            ),
        );
    }
}

/// Returns the text of a strategy with its type erased.
fn boxed(strategy: &Strategy) -> String {
    let written = text(&strategy.written);
    match &strategy.node {
        Node::Modified(_, modifier) if modifier.call.method == ERASED => written,
        Node::Op(..) | Node::Not(_) => format!("({written}).{ERASED}()"),
        _ => format!("{written}.{ERASED}()"),
    }
}

/// Returns the value of a block without other statements.
fn tail(strategy: &Strategy) -> &Strategy {
    match &strategy.node {
        Node::Block(block) => block.value.as_deref().map_or(strategy, tail),
        _ => strategy,
    }
}

/// Returns the part of a type that its words decide, or `None` where only the compiler knows it.
fn class(strategy: &Strategy) -> Option<String> {
    match &tail(strategy).node {
        // Both are a pause that stays the same.
        Node::Word(call) if call.word.name == "none" => Some("fixed".to_owned()),
        Node::Word(call) => Some(call.word.name.to_owned()),
        Node::Pause => Some("fixed".to_owned()),
        Node::Modified(_, modifier) if modifier.call.method == ERASED => Some(ERASED.to_owned()),
        Node::Modified(base, modifier) if base.role == Role::Wait => {
            let method = WAIT_MODIFIER.word(&modifier.call.method.to_string())?;
            let base = class(base)?;
            Some(match method.name {
                "or" | "over" => format!("{base}.{}", method.name),
                _ => base,
            })
        }
        Node::Op(left, operator, right) => {
            let (left, right) = (class(left)?, class(right)?);
            Some(match operator {
                Operator::Either => format!("({left} | {right})"),
                Operator::Both => format!("({left} & {right})"),
                Operator::Sum => format!("({left} + {right})"),
            })
        }
        _ => None,
    }
}
