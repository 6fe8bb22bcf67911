//! Lowering of strategies, from the tree to tokens.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, Path};

use super::facts::{EvaluatedAt, Facts, Requirements};
use super::tokens::{emit, ends, expect, into_value, local, take};
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
    /// Statements before the first attempt, which make the values that are made once.
    pub(crate) once: Vec<TokenStream>,
    /// The facts of the strategy that is being lowered.
    pub(super) facts: Facts,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(
        private: &'a Path,
        infers: bool,
        own: &'a [Ident],
        errors: &'a mut Errors,
    ) -> Self {
        Lowering {
            private,
            names_of: false,
            infers,
            own,
            errors,
            once: Vec::new(),
            facts: Facts::default(),
        }
    }
}

impl Lowering<'_> {
    /// Checks a strategy, and lowers it.
    pub(crate) fn strategy(&mut self, strategy: &Strategy) -> (TokenStream, Facts) {
        check::strategy::check(strategy, self.own, self.errors);
        self.facts = Facts::default();
        let is_kept = matches!(strategy.node, Node::Own) && !has_closure(&strategy.written);
        let lowered = if is_kept {
            let value = self.keep(strategy.role.key(), &strategy.written);
            self.user_value(strategy.role, &value)
        } else {
            self.lower(strategy)
        };
        let mut facts = self.facts;
        // After the attempt the outcome itself determines its type.
        facts.needs.witness &= facts.made == EvaluatedAt::Once;
        (lowered, facts)
    }

    /// Binds a value once, before the first attempt.
    pub(crate) fn bind(&mut self, name: &str, value: TokenStream, span: Span) -> TokenStream {
        let name = Ident::new(name, Span::mixed_site().located_at(span));
        self.once.push(emit!(let #name = #value;));
        quote!(#name)
    }

    /// Emits a user's value as a value of this type.
    pub(crate) fn typed(&mut self, ty: &TokenStream, value: &Expr) -> TokenStream {
        let (private, value) = (self.private, self.plain(value));
        emit!(#private::expect::TypeHint::<#ty> { value: #value }.value)
    }

    /// Emits a user's value, with a borrowed temporary in it kept for all of the call.
    pub(crate) fn kept(&mut self, name: &str, value: &Expr) -> TokenStream {
        let value = self.keep(name, value);
        self.plain(&value)
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
    fn keep(&mut self, name: &str, value: &Expr) -> Expr {
        let mut value = value.clone();
        let mut inner = &mut value;
        loop {
            inner = match inner {
                Expr::Paren(paren) => &mut paren.expr,
                Expr::Group(group) => &mut group.expr,
                Expr::Cast(cast) => &mut cast.expr,
                Expr::Reference(reference) => {
                    if is_place(&reference.expr) {
                        return value;
                    }
                    // At its last token. With the `&` it underlines all of the value.
                    let tokens = self.plain(&reference.expr);
                    let place = ends(&reference.expr.to_token_stream());
                    let place = place.map_or_else(Span::call_site, |(_, last)| last);
                    let kept = Ident::new(&format!("__kept_{name}"), place);
                    *reference.expr = syn::parse_quote!(#kept);
                    let mutability = &reference.mutability;
                    self.once.push(quote!(let #mutability #kept = #tokens;));
                    return value;
                }
                _ => return value,
            };
        }
    }

    /// Returns the witness of the outcome's type.
    pub(super) fn of(&mut self) -> Ident {
        self.names_of = true;
        local("of")
    }

    /// Emits the witness before the value, if a strategy of this role takes one.
    pub(super) fn witness(&mut self, role: Role) -> TokenStream {
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
    pub(super) fn lower(&mut self, strategy: &Strategy) -> TokenStream {
        let (private, role) = (self.private, strategy.role);
        let written = &strategy.written;
        match &strategy.node {
            Node::Word(call) => self.word(role, call),
            Node::Modified(base, modifier) => self.modified(base, modifier),
            Node::Closure => self.closure(role, written),
            Node::Own => self.user_value(role, written),
            Node::List(call, list) => self.list(role, call, list),
            Node::Pause => {
                let duration = self.plain(written);
                quote!(#private::wait::fixed(#duration))
            }
            Node::Op(left, operator, right) => {
                let (left, right) = (self.lower(left), self.lower(right));
                match (role, operator) {
                    (Role::Stop, Operator::Both) => quote!(#private::stop::all((#left, #right))),
                    (Role::Stop, _) => quote!(#private::stop::any((#left, #right))),
                    (_, Operator::Sum) => quote!(#private::expect::sum(#left, #right)),
                    (_, Operator::Either) => quote!(#private::expect::or(#left, #right)),
                    (_, Operator::Both) => quote!(#private::expect::and(#left, #right)),
                }
            }
            Node::Not(operand) => {
                let operand = self.lower(operand);
                quote!(#private::expect::not(#operand))
            }
            Node::If(condition, then, otherwise) => {
                self.facts.require(EvaluatedAt::Once);
                let condition = self.plain(condition);
                let then = self.block(then);
                let tail = self.lower(otherwise);
                let otherwise = match otherwise.node {
                    Node::Block(_) | Node::If(..) => tail,
                    _ => quote!({ #tail }),
                };
                quote!(if #condition #then else #otherwise)
            }
            Node::Match(scrutinee, arms) => {
                self.facts.require(EvaluatedAt::Once);
                let scrutinee = self.plain(scrutinee);
                let mut lowered = TokenStream::new();
                for arm in arms {
                    let value = self.lower(&arm.value);
                    let (attrs, pattern) = (&arm.attrs, self.plain(&arm.pattern));
                    lowered.extend(quote!(#(#attrs)* #pattern => #value,));
                }
                quote!(match #scrutinee { #lowered })
            }
            Node::Block(block) => self.block(block),
            Node::Configured(configured) => self.configured(configured),
            // The function is expanded without its attribute.
            Node::Mistake(_) => TokenStream::new(),
        }
    }

    fn block(&mut self, block: &Block) -> TokenStream {
        if !block.statements.is_empty() {
            self.facts.require(EvaluatedAt::Once);
        }
        let mut statements = TokenStream::new();
        for statement in &block.statements {
            statements.extend(self.plain(statement));
        }
        let value = block.value.as_ref().map(|value| self.lower(value));
        quote!({ #statements #value })
    }

    /// Lowers a closure that stands for a strategy itself.
    fn closure(&mut self, role: Role, closure: &Expr) -> TokenStream {
        self.facts.require(EvaluatedAt::AfterAttempt);
        self.facts.needs.add(Requirements::ALL);
        let function = match role {
            Role::Stop => "stop_closure",
            Role::Wait => "wait_closure",
            Role::When => "outcome",
        };
        let before = self.witness(role);
        let closure = self.plain(closure);
        take(self.private, function, &before, &closure)
    }

    /// Takes a user's value where it stands.
    fn user_value(&mut self, role: Role, value: &Expr) -> TokenStream {
        self.facts.require(if has_closure(value) {
            EvaluatedAt::AfterAttempt
        } else {
            EvaluatedAt::Once
        });
        self.facts.needs.add(Requirements::OWN);
        self.facts.token.perhaps |= role == Role::Stop;
        let value = self.plain(value);
        let before = self.witness(role);
        let function = match role {
            Role::Stop => "stop",
            Role::Wait => "wait",
            Role::When => "predicate",
        };
        let taken = expect(self.private, function, &before, &value);
        into_value(&match role {
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
