//! Strategies: the values of `stop`, `wait` and `when` as a tree.
//!
//! ```text
//! // Input
//! wait = exponential(100ms).max(10s) + random(0s..1s)
//!
//! // Output
//! Op(Modified(Word(exponential), max), Sum, Word(random))
//! ```
//!
//! The tree is built once. `check` and `lower` are its visitors.

use persevere_words::{Needs, Word};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{
    AngleBracketedGenericArguments, Attribute, Expr, ExprCall, ExprMethodCall, ExprPath, LitStr,
    Pat, Stmt,
};

use super::configured::Configured;
use super::role::Role;

/// A strategy, or a part of one.
pub(crate) struct Strategy {
    pub(crate) role: Role,
    /// The value as written, without parentheses around it.
    pub(crate) written: Expr,
    pub(crate) node: Node,
}

/// The kinds of strategies.
pub(crate) enum Node {
    /// `after_attempt(3)`
    Word(Call),
    /// `any((a, b))`
    List(Call, List),
    /// `5s` for `fixed(5s)`
    Pause,
    /// `a.max(10s)`, `a.or(b)`: a method of a strategy that is made of words.
    Modified(Box<Strategy>, Modifier),
    /// `a | b`
    Op(Box<Strategy>, Operator, Box<Strategy>),
    /// `!a`
    Not(Box<Strategy>),
    /// `if ready { a } else { b }`
    If(Expr, Block, Box<Strategy>),
    /// `match kind { A => a, B => b }`
    Match(Expr, Vec<Arm>),
    /// `{ let limit = 3; a }`
    Block(Block),
    /// `|state| ..`
    Closure,
    /// `CONFIG.when("payments", a)`
    Configured(Configured<Box<Strategy>>),
    /// A user's value.
    Own,
    /// A value that cannot be a strategy.
    Mistake(Mistake),
}

/// A word with its arguments.
pub(crate) struct Call {
    pub(crate) word: &'static Word,
    /// The word as it is written.
    pub(crate) name: Ident,
    pub(crate) types: Option<AngleBracketedGenericArguments>,
    pub(crate) call: ExprCall,
}

/// The parts of `any`, `all` and `chain`.
pub(crate) enum List {
    /// `(a, b)`, with the parentheses or without.
    Tuple(Vec<Strategy>),
    /// `[a, b]`
    Array(Vec<Strategy>),
    /// A user's list.
    Own(Expr),
}

/// A method with its arguments.
pub(crate) struct Modifier {
    pub(crate) call: ExprMethodCall,
    /// The arguments that are strategies themselves.
    pub(crate) parts: Vec<Strategy>,
}

/// The meanings of an operator between strategies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Either,
    Both,
    Sum,
}

/// An arm of a `match`.
pub(crate) struct Arm {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) pattern: Pat,
    pub(crate) value: Strategy,
}

/// A block whose last expression is a strategy.
pub(crate) struct Block {
    pub(crate) statements: Vec<Stmt>,
    pub(crate) value: Option<Box<Strategy>>,
}

/// An error, with the tokens that it underlines.
pub(crate) struct Mistake {
    pub(crate) at: TokenStream,
    pub(crate) message: String,
}

impl Mistake {
    pub(crate) fn new(at: impl ToTokens, message: impl Into<String>) -> Mistake {
        Mistake {
            at: at.into_token_stream(),
            message: message.into(),
        }
    }
}

impl Strategy {
    /// Returns whether it is made of words.
    pub(crate) fn is_ours(&self) -> bool {
        match &self.node {
            Node::Word(_) | Node::List(..) => true,
            Node::Modified(base, _) | Node::Not(base) => base.is_ours(),
            Node::Op(left, _, right) => left.is_ours() || right.is_ours(),
            _ => false,
        }
    }

    /// Returns the word that its methods are called on: `exponential` in `exponential(1s).max(1min)`.
    pub(crate) fn base(&self) -> Option<&Call> {
        match &self.node {
            Node::Word(call) | Node::List(call, _) => Some(call),
            Node::Modified(base, _) => base.base(),
            _ => None,
        }
    }

    /// Returns its methods, the last one first.
    pub(crate) fn modifiers(&self) -> impl Iterator<Item = &ExprMethodCall> {
        let mut next = self;
        std::iter::from_fn(move || match &next.node {
            Node::Modified(base, modifier) => {
                next = base;
                Some(&modifier.call)
            }
            _ => None,
        })
    }

    /// Returns the strategies that it is made of.
    pub(crate) fn parts(&self) -> Vec<&Strategy> {
        match &self.node {
            Node::List(_, List::Tuple(parts) | List::Array(parts)) => {
                let mut all = Vec::new();
                all.extend(parts);
                all
            }
            Node::Modified(base, modifier) => {
                let mut parts = vec![&**base];
                parts.extend(&modifier.parts);
                parts
            }
            Node::Op(left, _, right) => vec![left, right],
            Node::Not(operand) => vec![operand],
            Node::Configured(configured) => vec![&configured.own],
            Node::If(_, then, otherwise) => match &then.value {
                Some(then) => vec![then, otherwise],
                None => vec![otherwise],
            },
            Node::Match(_, arms) => {
                let mut values = Vec::new();
                for arm in arms {
                    values.push(&arm.value);
                }
                values
            }
            Node::Block(block) => match &block.value {
                Some(value) => vec![value],
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Returns the first word for which `wanted` holds.
    pub(crate) fn find(&self, wanted: &dyn Fn(&Word) -> bool) -> Option<&'static Word> {
        match &self.node {
            Node::Word(call) if wanted(call.word) => Some(call.word),
            _ => self.parts().into_iter().find_map(|part| part.find(wanted)),
        }
    }

    /// Returns whether it takes the value of this name in this set.
    pub(crate) fn takes(&self, set: &ExprPath, name: &LitStr) -> bool {
        match &self.node {
            Node::Configured(configured) => configured.is_of(set, name),
            _ => self.parts().iter().any(|part| part.takes(set, name)),
        }
    }

    /// Returns whether its methods are those of a strategy, and not of a user's value.
    pub(super) fn takes_modifiers(&self) -> bool {
        match &self.node {
            Node::Word(_) | Node::List(..) | Node::Pause | Node::Modified(..) => true,
            Node::Mistake(_) => matches!(
                self.written,
                Expr::Call(_) | Expr::Lit(_) | Expr::MethodCall(_) | Expr::Binary(_)
            ),
            _ => self.is_ours(),
        }
    }

    /// Returns whether it stands in a closure that was meant to stand beside it: `|e| a | transient()`.
    pub(super) fn is_swallowed(&self) -> bool {
        matches!(&self.node, Node::Op(left, _, right) if right.is_ours() || left.is_swallowed())
    }
}

/// Returns whether a word is a wait that the outcome decides: `from_err(..)`.
pub(crate) fn waits_by_outcome(role: Role, word: &Word) -> bool {
    role == Role::Wait && word.needs == Needs::Outcome
}
