//! Parsing of strategies, from a value to the tree.

use persevere_words::Arg;
use syn::punctuated::Punctuated;
use syn::{BinOp, Expr, ExprCall, ExprMethodCall, ExprTuple, Stmt, Token, UnOp};

use super::configured::Configured;
use super::inspect::{bare_word, within};
use super::mistake;
use super::role::Role;
use super::strategy::{Arm, Block, Call, List, Mistake, Modifier, Node, Operator, Strategy};

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
}

impl Node {
    fn parse(role: Role, value: &Expr) -> Result<Node, Mistake> {
        Ok(match value {
            Expr::Call(call) => return Node::call(role, call),
            Expr::MethodCall(call) => match Configured::of(value, role.key()) {
                Some(Configured { set, name, own }) if role == Role::When => {
                    let own = Strategy::boxed(role, &own);
                    Node::Configured(Configured { set, name, own })
                }
                _ => Node::method(role, call),
            },
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
                let mut arms = Vec::new();
                for arm in &choice.arms {
                    arms.push(Arm {
                        attrs: arm.attrs.clone(),
                        pattern: arm.pat.clone(),
                        value: Strategy::parse(role, &arm.body),
                    });
                }
                Node::Match((*choice.expr).clone(), arms)
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
        let mut parts = Vec::new();
        if ["or", "and", "over"].contains(&&*call.method.to_string()) {
            for arg in &call.args {
                parts.push(Strategy::parse(role, arg));
            }
        }
        let call = call.clone();
        Node::Modified(base, Modifier { call, parts })
    }

    /// Parses one side of an operator. A closure there would include the rest of the expression.
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
        let parts = |elements: &Punctuated<Expr, Token![,]>| {
            let mut parts = Vec::new();
            for element in elements {
                parts.push(Strategy::parse(role, element));
            }
            parts
        };
        match call.args.first().map(within) {
            Some(list) if call.args.len() == 1 => match list {
                Expr::Tuple(ExprTuple { elems, .. }) => List::Tuple(parts(elems)),
                Expr::Array(array) => List::Array(parts(&array.elems)),
                Expr::Path(_) | Expr::Field(_) | Expr::Reference(_) | Expr::Macro(_) => {
                    List::Own(list.clone())
                }
                part => List::Tuple(vec![Strategy::parse(role, part)]),
            },
            _ => List::Tuple(parts(&call.args)),
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
