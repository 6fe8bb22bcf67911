//! The model of one function's expansion.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Expr, ExprClosure, Path, Type};

use crate::lower::facts::Requirements;
use crate::lower::rebind::Rebound;
use crate::lower::shape::Shape;
use crate::lower::tokens::{emit, local};
use crate::parse::attribute::Args;
use crate::parse::function::Function;
use crate::parse::pattern::Arm;
use crate::parse::role::Role;
use persevere_words::Key;

/// Everything the expansion is written from. Tokens of values are ready for use.
pub(super) struct ExpandCtx<'a> {
    pub(super) args: &'a Args,
    pub(super) function: &'a Function,
    pub(super) shape: &'a Shape,
    pub(super) rebound: Vec<Rebound>,
    /// The path of the crate's hidden module.
    pub(super) private: Path,
    /// The type of an outcome, as a body can name it.
    pub(super) outcome: TokenStream,
    /// The type that the function returns, or its future gives.
    pub(super) returned: TokenStream,
    /// That type as it is written.
    pub(super) written: &'a Type,
    /// Whether that type is written out, and is the function's own.
    pub(super) explicit_type: bool,
    /// Values made once, before the first attempt.
    pub(super) once: Vec<TokenStream>,
    pub(super) name: TokenStream,
    /// Expressions that borrow a strategy.
    pub(super) stop: TokenStream,
    pub(super) wait: TokenStream,
    /// Strategies with closures, made after the attempt where several branches use them.
    pub(super) after: Vec<TokenStream>,
    /// The verdict of `when`.
    pub(super) when: Option<When>,
    pub(super) arms: Vec<MatchArm<'a>>,
    pub(super) callbacks: Vec<Callback>,
    pub(super) fallback: Option<Expr>,
    /// The time before the deadline that is the fallback's, as a place.
    pub(super) reserve: Option<TokenStream>,
    pub(super) reset_after: Option<TokenStream>,
    pub(super) stats: Option<TokenStream>,
    pub(super) sleeper: Option<Expr>,
    pub(super) policy: bool,
    /// The race that an attempt is, if it has further copies.
    pub(super) hedge: Option<&'static str>,
    /// The longest that a copy of it may take.
    pub(super) attempt_timeout: Option<TokenStream>,
    /// A stop that may hold a token.
    pub(super) token: Option<Token>,
    /// What guards the call: its deadline, its breaker and the like.
    pub(super) guards: Option<Guards>,
    /// The policy decides: the attribute has no strategies or judgement of its own.
    pub(super) needs: Requirements,
    /// Whether tokens name the witness of the outcome's type.
    pub(super) names_of: bool,
    /// Values of the user's own that tell whether they read the clock.
    pub(super) asked: Vec<(Role, TokenStream)>,
    /// Whether the call's start is to be read, as an expression; `None` if nothing asks.
    pub(super) watch: Option<TokenStream>,
}

impl ExpandCtx<'_> {
    pub(super) fn cases(&self) -> impl Iterator<Item = &Case> {
        self.arms.iter().filter_map(|arm| arm.case.as_ref())
    }

    /// Whether anybody looks at every outcome.
    pub(super) fn observed(&self) -> bool {
        let ends = [Key::After, Key::OnSuccess, Key::OnFailure];
        self.policy
            || self.stats.is_some()
            || self.args.span().is_some()
            || self.args.metrics().is_some()
            || self
                .callbacks
                .iter()
                .any(|callback| ends.contains(&callback.key))
    }

    /// Whether a callback sees the state.
    pub(super) fn has_callbacks(&self) -> bool {
        !self.callbacks.is_empty() || self.cases().any(|case| case.before_sleep.is_some())
    }

    /// Whether the call remembers more than its count.
    pub(super) fn has_ledger(&self) -> bool {
        self.needs.ledger
            || self.has_callbacks()
            || self.reset_after.is_some()
            || self.args.attempt.is_some()
            || self.policy
    }

    /// Whether the outcome's type is told before there is an outcome.
    pub(super) fn of_early(&self) -> bool {
        self.policy
            || self.guards.is_some()
            || self.needs.ask
            || self.needs.witness
            || self.callback(Key::Before).is_some()
    }

    pub(super) fn callback(&self, key: Key) -> Option<&Callback> {
        self.callbacks.iter().find(|callback| callback.key == key)
    }

    /// A part of the policy.
    pub(super) fn parts(&self, part: TokenStream) -> TokenStream {
        let private = &self.private;
        emit!(#private::parts(of, &policy) #part)
    }

    /// The time since the start; zero where nothing asks for it.
    pub(super) fn elapsed(&self) -> TokenStream {
        match &self.watch {
            Some(_) => emit!((&watch).elapsed()),
            None => quote!(::core::time::Duration::ZERO),
        }
    }
}

/// The number of the attempt.
pub(super) fn number() -> TokenStream {
    emit!((&call).attempt())
}

/// The value of `when`.
pub(super) enum When {
    /// Taken, and not yet asked for.
    Expected(TokenStream),
    /// A predicate, as a place.
    Place(TokenStream),
}

impl When {
    pub(super) fn verdict(&self, private: &Path, outcome: &TokenStream) -> TokenStream {
        let attempt = number();
        match self {
            When::Expected(taken) => quote!(#taken.verdict_at(&#outcome, #attempt)),
            When::Place(when) => {
                quote!(#private::Predicate::verdict_at(&#when, &#outcome, #attempt))
            }
        }
    }

    pub(super) fn health(&self, private: &Path, verdict: &TokenStream) -> TokenStream {
        match self {
            When::Expected(taken) => emit!(#taken.health(&outcome, #verdict)),
            When::Place(when) => {
                emit!(#private::Predicate::health(&#when, &outcome, #verdict))
            }
        }
    }
}

/// A stop that may end a pause, and an attempt too where it cuts.
pub(super) struct Token {
    pub(super) stop: TokenStream,
    pub(super) cuts: bool,
    /// `cancelled(..)` is written; else a value of the user's own may hold one.
    pub(super) named: bool,
    /// It is a value of the user's own, of which only the running call knows whether it cuts.
    pub(super) hidden: bool,
}

/// An arm of the match over the outcome.
pub(super) struct MatchArm<'a> {
    pub(super) arm: &'a Arm,
    pub(super) guard: Option<TokenStream>,
    /// Its place among the cases, and what it has of its own.
    pub(super) case: Option<Case>,
}

pub(super) struct Case {
    pub(super) index: usize,
    pub(super) bindings: Vec<Ident>,
    pub(super) stop: Option<TokenStream>,
    pub(super) wait: Option<TokenStream>,
    pub(super) before_sleep: Option<Callback>,
    pub(super) budget: bool,
}

impl Case {
    pub(super) fn slot(&self) -> Ident {
        local(&format!("case{}", self.index))
    }

    /// What its retries are paid from.
    pub(super) fn purse(&self) -> Option<Ident> {
        self.budget.then(|| local(&format!("purse{}", self.index)))
    }

    pub(super) fn count(&self) -> Ident {
        local(&format!("count{}", self.index))
    }
}

/// A callback, ready for the expansion.
pub(super) struct Callback {
    pub(super) key: Key,
    pub(super) form: Form,
}

pub(super) enum Form {
    /// `log_warn()` and its like.
    Log(TokenStream),
    /// `|state| ..`
    Closure(TokenStream),
    /// `async |state| ..`, written in place: a bound on it would cost the future its `Send`.
    Async(Box<ExprClosure>),
    /// A path, or any other value.
    Other(TokenStream),
}

/// What guards the calls of one function.
pub(super) struct Guards {
    /// Something reads the clock.
    pub(super) timed: bool,
    /// A deadline may end the call.
    pub(super) limited: bool,
    /// The attempt of an async function can be cut by a timer.
    pub(super) cut: bool,
    /// The body runs inside the guard: retried calls in it can see this one, or its panic counts.
    pub(super) visible_to_nested: bool,
    /// A panic of the body counts: for a breaker.
    pub(super) counts_panics: bool,
    /// A part of the last outcome is kept, since the call may end with it.
    pub(super) retains_outcome: bool,
    /// What makes an outcome of an interrupt.
    pub(super) outcome: TokenStream,
    /// What stands for a retried value.
    pub(super) stand_in: StandIn,
    /// The guards, as a place.
    pub(super) made: TokenStream,
}

/// What stands for a retried value in a call that ends after the pause.
pub(super) enum StandIn {
    /// An outcome, or else an error of the compiler.
    Outcome,
    /// Nothing: an error is kept, and a value that is retried because it knows that it is transient.
    Itself,
    /// The `RetryError` of a call that ends without an outcome.
    RetryError,
    /// An outcome if the type of outcomes can be made of an interrupt; else the value is kept.
    IfMade,
    /// What the policy says; else the value is kept.
    Policy,
}
