//! Lowering of strategies, from the tree to tokens.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, Path};

use super::facts::{EvaluatedAt, Facts, Lowered, Requirements, Value};
use super::tokens::{end, expect, local};
use crate::check;
use crate::diagnostics::Errors;
use crate::duration;
use crate::parse::inspect::{has_closure, is_place};
use crate::parse::role::Role;
use crate::parse::strategy::{Block, Node, Operator, Strategy};

/// The lowering of the values of one attribute.
pub(crate) struct Lowering<'a> {
    /// The path of the crate's hidden module.
    pub(crate) private: &'a Path,
    /// Whether tokens name the witness of the outcome's type.
    pub(crate) names_of: bool,
    /// Whether parts of the outcome's type are inferred, as for `impl Trait`.
    pub(crate) infers: bool,
    /// The user's names: parameters and `once`.
    pub(crate) own: &'a [Ident],
    pub(crate) errors: &'a mut Errors,
}

impl Lowering<'_> {
    /// Checks a strategy, and lowers it.
    pub(crate) fn strategy(&mut self, strategy: &Strategy) -> Value {
        check::strategy::check(strategy, self.own, self.errors);
        let mut facts = Facts::default();
        let is_kept = matches!(strategy.node, Node::Own) && !has_closure(&strategy.written);
        let (kept, lowered) = if is_kept {
            let (kept, value) = self.keep(strategy.role.key(), &strategy.written);
            (kept, self.user_value(strategy.role, &value, &mut facts))
        } else {
            (None, self.lower(strategy, &mut facts))
        };
        // After the attempt the outcome itself determines its type.
        facts.needs.witness &= facts.made == EvaluatedAt::Once;
        Value {
            lowered,
            made: facts.made,
            needs: facts.needs,
            token: facts.token,
            kept,
        }
    }

    /// Gives a borrowed temporary a `let` of its own.
    ///
    /// A reference to a temporary lives as long as its `let`, unless it goes through a function, as taken
    /// values do.
    ///
    /// ```text
    /// // Input
    /// policy = &database(3)
    ///
    /// // Output
    /// let kept = database(3);
    /// let policy = expect::policy(of, &kept).into_value();
    /// ```
    pub(crate) fn keep(&mut self, name: &str, value: &Expr) -> (Option<TokenStream>, Expr) {
        let mut value = value.clone();
        let mut inner = &mut value;
        loop {
            inner = match inner {
                Expr::Paren(paren) => &mut paren.expr,
                Expr::Group(group) => &mut group.expr,
                Expr::Cast(cast) => &mut cast.expr,
                Expr::Reference(reference) => {
                    if is_place(&reference.expr) {
                        return (None, value);
                    }
                    // At its last token. With the `&` it underlines all of the value.
                    let tokens = self.plain(&reference.expr);
                    let last = reference.expr.to_token_stream().into_iter().last();
                    let place = last.map_or_else(proc_macro2::Span::call_site, |last| end(&last));
                    let kept = Ident::new(&format!("__kept_{name}"), place);
                    *reference.expr = syn::parse_quote!(#kept);
                    let mutability = &reference.mutability;
                    return (Some(quote!(let #mutability #kept = #tokens;)), value);
                }
                _ => return (None, value),
            };
        }
    }

    /// Returns the witness of the outcome's type.
    pub(super) fn of(&mut self) -> Ident {
        self.names_of = true;
        local("of")
    }

    /// Emits the witness before the value, if a strategy of this role takes one.
    fn witness(&mut self, role: Role) -> TokenStream {
        match role {
            Role::Stop => TokenStream::new(),
            Role::Wait | Role::When => {
                let of = self.of();
                quote!(#of,)
            }
        }
    }

    /// Emits a user's value, with its duration literals replaced.
    pub(crate) fn plain(&mut self, value: &dyn ToTokens) -> TokenStream {
        duration::replace(value.to_token_stream(), self.errors)
    }

    /// Lowers an operand, an element or the end of a branch.
    pub(super) fn operand(&mut self, strategy: &Strategy, facts: &mut Facts) -> TokenStream {
        self.lower(strategy, facts).into_value()
    }

    pub(super) fn lower(&mut self, strategy: &Strategy, facts: &mut Facts) -> Lowered {
        let (private, role) = (self.private, strategy.role);
        let written = &strategy.written;
        Lowered::value(match &strategy.node {
            Node::Word(call) => return self.word(role, call, facts),
            Node::Modified(base, modifier) => return self.modified(base, modifier, facts),
            Node::Closure => return self.closure(role, written, facts),
            Node::Own => return self.user_value(role, written, facts),
            Node::List(call, list) => self.list(role, call, list, facts),
            Node::Pause => {
                let duration = self.plain(written);
                quote!(#private::wait::fixed(#duration))
            }
            Node::Op(left, operator, right) => {
                let (left, right) = (self.operand(left, facts), self.operand(right, facts));
                match (role, operator) {
                    (Role::Stop, Operator::Both) => quote!(#private::stop::all((#left, #right))),
                    (Role::Stop, _) => quote!(#private::stop::any((#left, #right))),
                    (_, Operator::Sum) => quote!(#private::expect::sum(#left, #right)),
                    (_, Operator::Either) => quote!(#private::expect::or(#left, #right)),
                    (_, Operator::Both) => quote!(#private::expect::and(#left, #right)),
                }
            }
            Node::Not(operand) => {
                let operand = self.operand(operand, facts);
                quote!(#private::expect::not(#operand))
            }
            Node::If(condition, then, otherwise) => {
                facts.require(EvaluatedAt::Once);
                let condition = self.plain(condition);
                let then = self.block(then, facts);
                let tail = self.operand(otherwise, facts);
                let otherwise = match otherwise.node {
                    Node::Block(_) | Node::If(..) => tail,
                    _ => quote!({ #tail }),
                };
                quote!(if #condition #then else #otherwise)
            }
            Node::Match(scrutinee, arms) => {
                facts.require(EvaluatedAt::Once);
                let scrutinee = self.plain(scrutinee);
                let arms = arms.iter().map(|arm| {
                    let value = self.operand(&arm.value, facts);
                    let (attrs, pattern) = (&arm.attrs, self.plain(&arm.pattern));
                    quote!(#(#attrs)* #pattern => #value,)
                });
                let arms: TokenStream = arms.collect();
                quote!(match #scrutinee { #arms })
            }
            Node::Block(block) => self.block(block, facts),
            // The function is expanded without its attribute.
            Node::Mistake(_) => TokenStream::new(),
        })
    }

    fn block(&mut self, block: &Block, facts: &mut Facts) -> TokenStream {
        if !block.statements.is_empty() {
            facts.require(EvaluatedAt::Once);
        }
        let statements = block
            .statements
            .iter()
            .map(|statement| self.plain(statement));
        let statements: TokenStream = statements.collect();
        let value = block.value.as_ref().map(|value| self.operand(value, facts));
        quote!({ #statements #value })
    }

    /// Lowers a closure that stands for a strategy itself.
    fn closure(&mut self, role: Role, closure: &Expr, facts: &mut Facts) -> Lowered {
        facts.require(EvaluatedAt::AfterAttempt);
        facts.needs = facts.needs.and(Requirements::ALL);
        let function = match role {
            Role::Stop => "stop_closure",
            Role::Wait => "wait_closure",
            Role::When => "outcome",
        };
        let before = self.witness(role);
        let closure = self.plain(closure);
        Lowered::taken(expect(self.private, function, &before, &closure))
    }

    /// Takes a user's value where it stands.
    fn user_value(&mut self, role: Role, value: &Expr, facts: &mut Facts) -> Lowered {
        facts.require(if has_closure(value) {
            EvaluatedAt::AfterAttempt
        } else {
            EvaluatedAt::Once
        });
        facts.needs = facts.needs.and(Requirements::OWN);
        facts.token.perhaps |= role == Role::Stop;
        let value = self.plain(value);
        let before = self.witness(role);
        let function = match role {
            Role::Stop => "stop",
            Role::Wait => "wait",
            Role::When => "predicate",
        };
        let taken = expect(self.private, function, &before, &value);
        Lowered::taken(match role {
            Role::When => self.asking(taken),
            Role::Stop | Role::Wait => taken,
        })
    }

    /// Emits a predicate that asks the outcome's value too, by its type. It asks errors alone where that type
    /// may not be known in time.
    pub(super) fn asking(&self, predicate: TokenStream) -> TokenStream {
        if self.infers {
            quote!(#predicate.plain())
        } else {
            predicate
        }
    }
}
