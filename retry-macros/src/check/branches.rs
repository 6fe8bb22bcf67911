//! Branches of two types.

use persevere_words::WAIT_MODIFIER;

use crate::diagnostics::{Errors, text};
use crate::parse::role::Role;
use crate::parse::strategy::{Node, Operator, Strategy};

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
        let (one, second) = (text(&tail(one).written), &tail(other).written);
        let (module, object) = match strategy.role {
            Role::Stop => ("stop", "Stop"),
            Role::Wait => ("wait", "Wait<_>"),
            Role::When => ("when", "Predicate<_>"),
        };
        errors.push_at(
            second,
            format_args!(
                "`{one}` and `{}` are values of two types; write each as `Box::new(persevere::{module}::..) as \
                 Box<dyn persevere::{object} + Send + Sync>`",
                text(second)
            ),
        );
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
