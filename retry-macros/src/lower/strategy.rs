//! Strategies: finds our words in a value, and when the value is to be made.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{BinOp, Expr, Path, UnOp};

use crate::check;
use crate::diagnostics::{Errors, text};
use crate::duration;
use crate::parse::role::Role;

use super::advice::misplaced;
use super::facts::{Facts, Value};
use super::tokens::{end, expect, local, take};
use crate::parse::inspect::{bare_word, has_closure, is_place, swallows};

/// When a value is made, from the cheapest on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EvaluatedAt {
    /// Where it is used: it is made of words and literals, and costs nothing to keep.
    #[default]
    InPlace,
    /// Once, before the first attempt.
    Once,
    /// After the attempt, in the outcome's scope: it has a closure, which may borrow anything.
    AfterAttempt,
}

/// What a strategy wants of the call besides the number of attempts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Requirements {
    /// The time since the start.
    pub(crate) clock: bool,
    /// The pauses so far.
    pub(crate) ledger: bool,
    /// The value is the user's own: whether it reads the clock, it tells itself.
    pub(crate) ask: bool,
    /// The value is taken together with the outcome's type.
    pub(crate) witness: bool,
    /// The value may hold a token, which ends a pause.
    pub(crate) token: bool,
}

impl Requirements {
    pub(crate) const ALL: Requirements = Requirements {
        clock: true,
        ledger: true,
        ask: false,
        witness: false,
        token: false,
    };

    /// Of a value that is the user's own.
    pub(super) const OWN: Requirements = Requirements {
        clock: false,
        ledger: true,
        ask: true,
        witness: true,
        token: false,
    };

    pub(crate) fn and(self, other: Requirements) -> Requirements {
        Requirements {
            clock: self.clock || other.clock,
            ledger: self.ledger || other.ledger,
            ask: self.ask || other.ask,
            witness: self.witness || other.witness,
            token: self.token || other.token,
        }
    }
}

/// Reads the strategies of one attribute.
pub(crate) struct Lowering<'a> {
    /// The path of the crate's hidden module.
    pub(crate) private: &'a Path,
    /// Whether tokens name the witness of the outcome's type.
    pub(crate) names_of: bool,
    /// Whether parts of the outcome's type are to be inferred, as for `impl Trait`.
    pub(crate) infers: bool,
    /// Names that are the user's own: parameters and `once`.
    pub(crate) own: &'a [Ident],
    pub(crate) errors: &'a mut Errors,
}

impl Lowering<'_> {
    /// Reads a strategy: the value of `stop`, `wait` or `when`.
    pub(crate) fn strategy(&mut self, role: Role, value: &Expr) -> Value {
        check::strategy::strategy(role, value, self.errors);
        let mut found = Facts::default();
        let (kept, value) = match has_closure(value) {
            false => self.keep(role.key(), value),
            true => (None, value.clone()),
        };
        let tokens = self.lower(role, &value, &mut found);
        // After the attempt the outcome itself tells its type.
        found.needs.witness &= found.made == EvaluatedAt::Once;
        Value {
            tokens,
            taken: found.taken,
            made: found.made,
            needs: found.needs,
            kept,
        }
    }

    /// A reference to a temporary lives as long as its `let`, unless it goes through a function, as
    /// values that are taken do. Then it has a `let` of its own:
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
                    // The place of its last token: with the `&` it underlines all of the value.
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

    /// The witness of the outcome's type.
    pub(super) fn of(&mut self) -> Ident {
        self.names_of = true;
        local("of")
    }

    /// The witness where a strategy of this role takes one: it stands before the value.
    fn witness(&mut self, role: Role) -> TokenStream {
        match role {
            Role::Stop => TokenStream::new(),
            Role::Wait | Role::When => {
                let of = self.of();
                quote!(#of,)
            }
        }
    }

    /// What is the user's own, but for duration literals.
    pub(crate) fn plain(&mut self, value: &dyn ToTokens) -> TokenStream {
        duration::replace(value.to_token_stream(), self.errors)
    }

    /// A strategy position: the value itself, an operand, the end of a branch.
    pub(super) fn lower_operand(
        &mut self,
        role: Role,
        value: &Expr,
        found: &mut Facts,
    ) -> TokenStream {
        let tokens = self.lower(role, value, found);
        found.ask(tokens)
    }

    /// The same, where a value that is taken need not be asked for.
    fn lower(&mut self, role: Role, value: &Expr, found: &mut Facts) -> TokenStream {
        match value {
            Expr::Paren(paren) => self.lower(role, &paren.expr, found),
            Expr::Group(group) => self.lower(role, &group.expr, found),
            Expr::Call(call) => {
                if let Some((word, _)) = bare_word(&call.func) {
                    if role == Role::Wait && (word == "from_err" || word == "from_outcome") {
                        self.without_or(value, word);
                    }
                }
                self.call(role, call, found)
                    .unwrap_or_else(|| self.lower_user_value(role, value, found))
            }
            Expr::Closure(closure) => self.closure(role, closure, found),
            Expr::Lit(lit) => self.literal(role, lit, found),
            Expr::MethodCall(call) => match self.modified(role, call, found) {
                Some(tokens) if found.told => {
                    let of = self.of();
                    found.taken = true;
                    expect(self.private, "checked_wait", &quote!(#of,), &tokens)
                }
                Some(tokens) => tokens,
                None => self.lower_user_value(role, value, found),
            },
            Expr::Binary(binary) => match self.combinator(role, &binary.op) {
                Some(combine) => {
                    let left = self.operand(role, &binary.left, found);
                    let right = self.operand(role, &binary.right, found);
                    combine(left, right)
                }
                None if self.wrong_operator(role, binary) => self.skip(role, found),
                None => self.lower_user_value(role, value, found),
            },
            Expr::Unary(unary) if role == Role::When && matches!(unary.op, UnOp::Not(_)) => {
                let private = self.private;
                let operand = self.operand(role, &unary.expr, found);
                quote!(#private::combine::not(#operand))
            }
            Expr::If(branch) => {
                let Some((_, otherwise)) = &branch.else_branch else {
                    self.errors
                        .push_at(branch.if_token, "this `if` needs an `else`");
                    return self.skip(role, found);
                };
                found.require(EvaluatedAt::Once);
                let cond = self.plain(&branch.cond);
                let then = self.block(role, &branch.then_branch, found);
                let tail = self.lower_operand(role, otherwise, found);
                let otherwise = match &**otherwise {
                    Expr::Block(_) | Expr::If(_) => tail,
                    _ => quote!({ #tail }),
                };
                quote!(if #cond #then else #otherwise)
            }
            Expr::Match(arms) => {
                found.require(EvaluatedAt::Once);
                let scrutinee = self.plain(&arms.expr);
                let arms: Vec<_> = arms
                    .arms
                    .iter()
                    .map(|arm| {
                        let body = self.lower_operand(role, &arm.body, found);
                        let (attrs, pat) = (&arm.attrs, self.plain(&arm.pat));
                        quote!(#(#attrs)* #pat => #body,)
                    })
                    .collect();
                quote!(match #scrutinee { #(#arms)* })
            }
            Expr::Block(block) if block.label.is_none() => self.block(role, &block.block, found),
            _ => match misplaced(role, value) {
                Some(message) => {
                    self.errors.push_at(value, message);
                    self.skip(role, found)
                }
                None => self.lower_user_value(role, value, found),
            },
        }
    }

    /// One side of an operator, where a closure would swallow what follows.
    fn operand(&mut self, role: Role, value: &Expr, found: &mut Facts) -> TokenStream {
        if let Expr::Closure(closure) = value {
            self.unparenthesised(closure);
            return self.skip(role, found);
        }
        self.lower_operand(role, value, found)
    }

    /// A block whose last expression is a strategy.
    fn block(&mut self, role: Role, block: &syn::Block, found: &mut Facts) -> TokenStream {
        let mut tokens = TokenStream::new();
        for (at, statement) in block.stmts.iter().enumerate() {
            match statement {
                syn::Stmt::Expr(tail, None) if at + 1 == block.stmts.len() => {
                    tokens.extend(self.lower_operand(role, tail, found));
                }
                other => {
                    found.require(EvaluatedAt::Once);
                    tokens.extend(self.plain(other));
                }
            }
        }
        quote!({ #tokens })
    }

    /// A closure that stands for a strategy itself.
    fn closure(
        &mut self,
        role: Role,
        closure: &syn::ExprClosure,
        found: &mut Facts,
    ) -> TokenStream {
        if swallows(role, &closure.body) {
            self.unparenthesised(closure);
            return self.skip(role, found);
        }
        let expected = match role {
            Role::Stop => "a stop condition is a closure over the progress: `|progress| ..`",
            Role::Wait => "a wait is a closure over the state: `|state| ..`",
            Role::When if closure.inputs.len() == 2 => {
                "a predicate is a closure over the outcome; one that is given the attempt's number too is written `attempt(|outcome, n| ..)`"
            }
            Role::When => "a predicate is a closure over the outcome: `|outcome| ..`",
        };
        if closure.asyncness.is_some() || matches!(&*closure.body, Expr::Async(_)) {
            let inputs = &closure.inputs;
            let inputs = text(quote!(#inputs));
            let message = check::strategy::not_awaited(role, &format!("|{inputs}| .."));
            self.errors.push_at(closure, message);
            return self.skip(role, found);
        }
        if let Some(message) = check::strategy::closure(closure, expected) {
            self.errors.push_at(closure, message);
            return self.skip(role, found);
        }
        found.require(EvaluatedAt::AfterAttempt);
        found.needs = found.needs.and(Requirements::ALL);
        let function = match role {
            Role::Stop => "stop_closure",
            Role::Wait => "wait_closure",
            Role::When => "outcome",
        };
        let before = self.witness(role);
        found.taken = true;
        let closure = self.plain(closure);
        expect(self.private, function, &before, &closure)
    }

    /// Anything that is not ours, taken where it stands.
    fn lower_user_value(&mut self, role: Role, value: &Expr, found: &mut Facts) -> TokenStream {
        if let Expr::Path(path) = value {
            if let Some(word) = path.path.get_ident() {
                self.bare(role, word);
            }
        }
        found.require(match has_closure(value) {
            true => EvaluatedAt::AfterAttempt,
            false => EvaluatedAt::Once,
        });
        found.needs = found.needs.and(Requirements::OWN);
        found.needs.token |= role == Role::Stop;
        let value = self.plain(value);
        let before = self.witness(role);
        let function = match role {
            Role::Stop => "stop",
            Role::Wait => "wait",
            Role::When => "predicate",
        };
        found.taken = true;
        let taken = expect(self.private, function, &before, &value);
        match role {
            Role::When => self.asking(taken),
            Role::Stop | Role::Wait => taken,
        }
    }

    /// In place of a value that was a mistake.
    pub(super) fn skip(&self, role: Role, found: &mut Facts) -> TokenStream {
        found.require(EvaluatedAt::InPlace);
        self.skip_but(role, quote!())
    }

    pub(super) fn skip_but(&self, role: Role, value: TokenStream) -> TokenStream {
        let private = self.private;
        match role {
            Role::Stop => quote!(#private::stop::never(#value)),
            Role::Wait => quote!(#private::wait::none(#value)),
            Role::When => quote!(#private::when::never(#value)),
        }
    }

    /// An argument of a word that must be of a certain kind.
    pub(super) fn taken(&self, kind: &str, argument: &TokenStream) -> TokenStream {
        take(self.private, kind, &quote!(), argument)
    }

    /// The constructor for an operator between two strategies.
    fn combinator(
        &self,
        role: Role,
        op: &BinOp,
    ) -> Option<impl Fn(TokenStream, TokenStream) -> TokenStream + use<>> {
        let private = self.private;
        let path = match (role, op) {
            (Role::Stop, BinOp::BitOr(_)) => quote!(#private::stop::any),
            (Role::Stop, BinOp::BitAnd(_)) => quote!(#private::stop::all),
            (Role::Wait, BinOp::Add(_)) => quote!(#private::combine::sum),
            (Role::When, BinOp::BitOr(_)) => quote!(#private::combine::or),
            (Role::When, BinOp::BitAnd(_)) => quote!(#private::combine::and),
            _ => return None,
        };
        Some(move |left, right| match role {
            Role::Stop => quote!(#path((#left, #right))),
            _ => quote!(#path(#left, #right)),
        })
    }
}
