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

use persevere_words::{Arg, Needs, Word};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{
    AngleBracketedGenericArguments, Attribute, BinOp, Expr, ExprCall, ExprMethodCall, ExprTuple,
    Pat, Stmt, UnOp,
};

use super::inspect::{bare_word, within};
use super::mistake;
use super::role::Role;

/// A strategy, or a part of one.
#[derive(Clone)]
pub(crate) struct Strategy {
    pub(crate) role: Role,
    /// The value as it is written, without parentheses around it.
    pub(crate) written: Expr,
    pub(crate) node: Node,
}

/// The kinds of strategies.
#[derive(Clone)]
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
    /// A value of the user's own.
    Own,
    /// A value that cannot be a strategy.
    Mistake(Mistake),
}

/// A word with its arguments.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) word: &'static Word,
    /// The word as it is written.
    pub(crate) name: Ident,
    pub(crate) types: Option<AngleBracketedGenericArguments>,
    pub(crate) call: ExprCall,
}

/// The parts of `any`, `all` and `chain`.
#[derive(Clone)]
pub(crate) enum List {
    /// `(a, b)`, with the parentheses or without.
    Tuple(Vec<Strategy>),
    /// `[a, b]`
    Array(Vec<Strategy>),
    /// A list of the user's own.
    Own(Expr),
}

/// A method with its arguments.
#[derive(Clone)]
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
#[derive(Clone)]
pub(crate) struct Arm {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) pattern: Pat,
    pub(crate) value: Strategy,
}

/// A block whose last expression is a strategy.
#[derive(Clone)]
pub(crate) struct Block {
    pub(crate) statements: Vec<Stmt>,
    pub(crate) value: Option<Box<Strategy>>,
}

/// An error, with the tokens that it underlines.
#[derive(Clone)]
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
    pub(crate) fn parse(role: Role, value: &Expr) -> Strategy {
        let value = within(value);
        Strategy {
            role,
            written: value.clone(),
            node: Node::parse(role, value).unwrap_or_else(Node::Mistake),
        }
    }

    fn boxed(role: Role, value: &Expr) -> Box<Strategy> {
        Box::new(Strategy::parse(role, value))
    }

    /// Whether it is made of words.
    pub(crate) fn is_ours(&self) -> bool {
        match &self.node {
            Node::Word(_) | Node::List(..) => true,
            Node::Modified(base, _) | Node::Not(base) => base.is_ours(),
            Node::Op(left, _, right) => left.is_ours() || right.is_ours(),
            _ => false,
        }
    }

    /// The word that its methods are called on: `exponential` in `exponential(1s).max(1min)`.
    pub(crate) fn base(&self) -> Option<&Call> {
        match &self.node {
            Node::Word(call) | Node::List(call, _) => Some(call),
            Node::Modified(base, _) => base.base(),
            _ => None,
        }
    }

    /// Its methods, the last one first.
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

    /// The strategies that it is made of.
    pub(crate) fn parts(&self) -> Vec<&Strategy> {
        match &self.node {
            Node::List(_, List::Tuple(parts) | List::Array(parts)) => parts.iter().collect(),
            Node::Modified(base, modifier) => {
                [&**base].into_iter().chain(&modifier.parts).collect()
            }
            Node::Op(left, _, right) => vec![left, right],
            Node::Not(operand) => vec![operand],
            Node::If(_, then, otherwise) => {
                let then = then.value.as_deref();
                then.into_iter().chain([&**otherwise]).collect()
            }
            Node::Match(_, arms) => arms.iter().map(|arm| &arm.value).collect(),
            Node::Block(block) => block.value.as_deref().into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The first word for which `wanted` holds.
    pub(crate) fn find(&self, wanted: &dyn Fn(&Word) -> bool) -> Option<&'static Word> {
        match &self.node {
            Node::Word(call) if wanted(call.word) => Some(call.word),
            _ => self.parts().into_iter().find_map(|part| part.find(wanted)),
        }
    }

    /// Whether its tokens have methods of a strategy, and not of the user's own value.
    fn takes_modifiers(&self) -> bool {
        match &self.node {
            Node::Word(_) | Node::List(..) | Node::Pause | Node::Modified(..) => true,
            Node::Mistake(_) => matches!(
                self.written,
                Expr::Call(_) | Expr::Lit(_) | Expr::MethodCall(_) | Expr::Binary(_)
            ),
            _ => self.is_ours(),
        }
    }

    /// Whether it stands in a closure that was meant to stand beside it: `|e| a | transient()`.
    pub(super) fn is_swallowed(&self) -> bool {
        matches!(&self.node, Node::Op(left, _, right) if right.is_ours() || left.is_swallowed())
    }
}

impl Node {
    fn parse(role: Role, value: &Expr) -> Result<Node, Mistake> {
        Ok(match value {
            Expr::Call(call) => return Node::call(role, call),
            Expr::MethodCall(call) => Node::method(role, call),
            Expr::Lit(lit) => return mistake::literal(role, lit),
            Expr::Closure(closure) => {
                mistake::closure(role, closure)?;
                Node::Closure
            }
            Expr::Binary(binary) => match Operator::of(role, &binary.op) {
                Some(operator) => {
                    let left = Node::operand(role, &binary.left);
                    Node::Op(left, operator, Node::operand(role, &binary.right))
                }
                None => mistake::operator(role, binary).map_or(Ok(Node::Own), Err)?,
            },
            Expr::Unary(unary) if role == Role::When && matches!(unary.op, UnOp::Not(_)) => {
                Node::Not(Node::operand(role, &unary.expr))
            }
            Expr::If(branch) => {
                let Some((_, otherwise)) = &branch.else_branch else {
                    return Err(Mistake::new(branch.if_token, "this `if` needs an `else`"));
                };
                let then = Block::parse(role, &branch.then_branch);
                Node::If(
                    (*branch.cond).clone(),
                    then,
                    Strategy::boxed(role, otherwise),
                )
            }
            Expr::Match(choice) => {
                let arms = choice.arms.iter().map(|arm| Arm {
                    attrs: arm.attrs.clone(),
                    pattern: arm.pat.clone(),
                    value: Strategy::parse(role, &arm.body),
                });
                Node::Match((*choice.expr).clone(), arms.collect())
            }
            Expr::Block(block) if block.label.is_none() => {
                Node::Block(Block::parse(role, &block.block))
            }
            _ => mistake::misplaced(role, value).map_or(Ok(Node::Own), Err)?,
        })
    }

    fn call(role: Role, call: &ExprCall) -> Result<Node, Mistake> {
        let Some((name, types)) = bare_word(&call.func) else {
            return Ok(Node::Own);
        };
        let Some(word) = role.word(&name.to_string()) else {
            let mistake = mistake::unknown_word(role, &name.to_string(), call);
            return mistake.map_or(Ok(Node::Own), |message| {
                Err(Mistake::new(&call.func, message))
            });
        };
        let list = matches!(word.args, [Arg::Parts]).then(|| List::parse(role, call));
        let call = Call {
            word,
            name: name.clone(),
            types: types.cloned(),
            call: call.clone(),
        };
        Ok(match list {
            Some(list) => Node::List(call, list),
            None => Node::Word(call),
        })
    }

    fn method(role: Role, call: &ExprMethodCall) -> Node {
        let base = Strategy::boxed(role, &call.receiver);
        if !base.takes_modifiers() {
            return Node::Own;
        }
        let combines = ["or", "and", "over"].iter().any(|name| call.method == name);
        let parts = call.args.iter().filter(|_| combines);
        Node::Modified(
            base,
            Modifier {
                parts: parts.map(|arg| Strategy::parse(role, arg)).collect(),
                call: call.clone(),
            },
        )
    }

    /// One side of an operator, where a closure would take in what follows.
    fn operand(role: Role, value: &Expr) -> Box<Strategy> {
        let mut operand = Strategy::boxed(role, value);
        if let Expr::Closure(closure) = value {
            operand.node = Node::Mistake(mistake::unparenthesised(closure));
        }
        operand
    }
}

impl List {
    fn parse(role: Role, call: &ExprCall) -> List {
        let parts = |parts: &mut dyn Iterator<Item = &Expr>| {
            parts.map(|part| Strategy::parse(role, part)).collect()
        };
        match call.args.first().map(within) {
            Some(list) if call.args.len() == 1 => match list {
                Expr::Tuple(ExprTuple { elems, .. }) => List::Tuple(parts(&mut elems.iter())),
                Expr::Array(array) => List::Array(parts(&mut array.elems.iter())),
                Expr::Path(_) | Expr::Field(_) | Expr::Reference(_) | Expr::Macro(_) => {
                    List::Own(list.clone())
                }
                part => List::Tuple(parts(&mut [part].into_iter())),
            },
            _ => List::Tuple(parts(&mut call.args.iter())),
        }
    }
}

impl Block {
    fn parse(role: Role, block: &syn::Block) -> Block {
        let (statements, value) = match block.stmts.split_last() {
            Some((Stmt::Expr(value, None), statements)) => (statements, Some(value)),
            _ => (&*block.stmts, None),
        };
        Block {
            statements: statements.to_vec(),
            value: value.map(|value| Strategy::boxed(role, value)),
        }
    }
}

impl Operator {
    fn of(role: Role, op: &BinOp) -> Option<Operator> {
        match (role, op) {
            (Role::Stop | Role::When, BinOp::BitOr(_)) => Some(Operator::Either),
            (Role::Stop | Role::When, BinOp::BitAnd(_)) => Some(Operator::Both),
            (Role::Wait, BinOp::Add(_)) => Some(Operator::Sum),
            _ => None,
        }
    }
}

/// Whether a word is a wait that the outcome decides: `from_err(..)`.
pub(crate) fn waits_by_outcome(role: Role, word: &Word) -> bool {
    role == Role::Wait && word.needs == Needs::Outcome
}
