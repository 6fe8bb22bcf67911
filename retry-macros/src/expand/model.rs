//! The model of one function's expansion.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, ExprClosure, Path, Type};

use crate::lower::facts::{HeldToken, Requirements};
use crate::lower::rebind::Rebound;
use crate::lower::shape::Shape;
use crate::lower::stream_shape::StreamShape;
use crate::lower::tokens::{emit, local};
use crate::parse::attribute::Args;
use crate::parse::function::Function;
use crate::parse::pattern::Arm;
use crate::parse::role::Role;
use persevere_words::Key;

/// The input of the expansion. Tokens of values are ready for use.
pub(super) struct ExpandCtx<'a> {
    pub(super) args: &'a Args,
    pub(super) function: &'a Function,
    pub(super) shape: &'a Shape,
    pub(super) rebound: Vec<Rebound>,
    /// The path of the crate's hidden module.
    pub(super) private: Path,
    /// The type of an outcome, as a body can name it.
    pub(super) outcome: TokenStream,
    /// The type that the function returns, or its future resolves to.
    pub(super) returned: TokenStream,
    /// Whether parts of that type are inferred, as for `impl Trait`.
    pub(super) infers: bool,
    /// The same type as written.
    pub(super) written: &'a Type,
    /// Values made once, before the first attempt.
    pub(super) once: Vec<TokenStream>,
    pub(super) name: CallName,
    /// Expressions that borrow a strategy.
    pub(super) stop: TokenStream,
    pub(super) wait: TokenStream,
    /// Strategies with closures, made after the attempt where several branches use them.
    pub(super) after: Vec<TokenStream>,
    /// The predicate of `when`, as a place.
    pub(super) when: Option<TokenStream>,
    pub(super) arms: Vec<MatchArm<'a>>,
    pub(super) callbacks: Vec<Callback>,
    /// Fallbacks, in the order in which they are tried.
    pub(super) fallbacks: Vec<Fallback>,
    /// The times before the deadline that are reserved for them, as places.
    pub(super) reserves: Vec<TokenStream>,
    pub(super) reset_after: Option<TokenStream>,
    /// The stream that the function returns, if it returns one.
    pub(super) stream: Option<StreamPlan>,
    pub(super) stats: Option<TokenStream>,
    pub(super) sleeper: Sleeper,
    /// Whether the attribute has a `policy`.
    pub(super) policy: bool,
    /// The race that makes up an attempt, if it has further copies.
    pub(super) hedge: Option<&'static str>,
    /// The time limit of each copy.
    pub(super) attempt_timeout: Option<TokenStream>,
    /// A stop condition that may hold a token.
    pub(super) token: Option<Token>,
    /// Guards of the call, such as its deadline and its breaker.
    pub(super) guards: Option<Guards>,
    /// Knowledge about the call that the strategies need.
    pub(super) needs: Requirements,
    /// Whether tokens name the witness of the outcome's type.
    pub(super) names_of: bool,
    /// The user's own values, which are asked whether they read the clock.
    pub(super) asked: Vec<(Role, TokenStream)>,
    /// An expression for whether to read the start of the call, or `None` if nothing needs it.
    pub(super) watch: Option<TokenStream>,
}

/// The keys of guards that calls share and may wait for.
pub(super) const GATES: [Key; 3] = [Key::Breaker, Key::RateLimiter, Key::Bulkhead];

impl ExpandCtx<'_> {
    pub(super) fn cases(&self) -> Vec<&Case> {
        let mut cases = Vec::new();
        for arm in &self.arms {
            cases.extend(&arm.case);
        }
        cases
    }

    /// Emits code for each case, one after the other.
    pub(super) fn for_cases(&self, code: &dyn Fn(&Case) -> TokenStream) -> TokenStream {
        let mut all = TokenStream::new();
        for case in self.cases() {
            code(case).to_tokens(&mut all);
        }
        all
    }

    /// Returns whether anything observes every outcome.
    pub(super) fn observed(&self) -> bool {
        let ends = [Key::After, Key::OnSuccess, Key::OnFailure];
        self.policy
            || self.stats.is_some()
            || self.args.values.flag(Key::Span).is_some()
            || self.args.values.flag(Key::Metrics).is_some()
            || self
                .callbacks
                .iter()
                .any(|callback| ends.contains(&callback.key))
    }

    /// Returns whether the call may come back to what it began with: to a further attempt, or to a guard.
    pub(super) fn loops(&self) -> bool {
        !self.args.kind.is_once() || self.has_gate()
    }

    /// Returns whether a breaker may guard the call.
    pub(super) fn has_breaker(&self) -> bool {
        self.policy || self.args.values.has(Key::Breaker)
    }

    /// Returns whether the call may wait for a guard before an attempt, and the guard learns from the outcome: for a
    /// breaker, a rate limiter or a bulkhead.
    pub(super) fn has_gate(&self) -> bool {
        self.policy || GATES.into_iter().any(|key| self.args.values.has(key))
    }

    /// Returns whether a callback sees the state.
    pub(super) fn has_callbacks(&self) -> bool {
        !self.callbacks.is_empty() || self.cases().iter().any(|case| case.before_sleep.is_some())
    }

    /// Returns whether the call remembers more than its count.
    pub(super) fn has_ledger(&self) -> bool {
        // One attempt has no history.
        !self.args.kind.is_once()
            && (self.needs.ledger
                || self.has_callbacks()
                || self.reset_after.is_some()
                || self.args.attempt.is_some()
                || self.policy)
    }

    /// Returns whether the outcome's type is given before the first outcome.
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

    /// Emits a part of the policy.
    pub(super) fn parts(&self, part: TokenStream) -> TokenStream {
        let private = &self.private;
        emit!(#private::parts(of, &policy) #part)
    }

    /// Emits the type of the call, with this history.
    pub(super) fn call(&self, history: &TokenStream) -> TokenStream {
        let private = &self.private;
        match &self.name {
            CallName::Text(_) => quote!(#private::Call::<#history>),
            CallName::Method(_) => quote!(#private::MethodCall::<#history, Self>),
        }
    }

    /// Emits the path that names the call to its type. It is written at each use, since a variable would live in the
    /// future.
    pub(super) fn path(&self) -> &TokenStream {
        match &self.name {
            CallName::Text(path) | CallName::Method(path) => path,
        }
    }

    /// Emits the name of the call.
    pub(super) fn name(&self) -> TokenStream {
        let private = &self.private;
        match &self.name {
            CallName::Text(text) => text.clone(),
            CallName::Method(path) => quote!(#private::method_name::<Self>(#path)),
        }
    }

    /// Emits the state of the call with this outcome, an `Option`.
    pub(super) fn state(&self, outcome: &TokenStream) -> TokenStream {
        let (path, elapsed) = (self.path(), self.elapsed());
        emit!((&call).state(#path, #elapsed, #outcome))
    }

    /// Emits the time since the start, or zero if nothing needs it.
    pub(super) fn elapsed(&self) -> TokenStream {
        match &self.watch {
            Some(_) => emit!((&watch).elapsed()),
            None => quote!(::core::time::Duration::ZERO),
        }
    }
}

/// The name of the call.
pub(super) enum CallName {
    /// The expression of a text.
    Text(TokenStream),
    /// The path of a method, without its type.
    Method(TokenStream),
}

/// Emits the number of the attempt.
pub(super) fn number() -> TokenStream {
    emit!((&call).attempt())
}

/// A stream that is opened again where it broke.
pub(super) struct StreamPlan {
    pub(super) shape: StreamShape,
    /// The key `resume` as written.
    pub(super) key: Ident,
    /// The type that the function returns, or its future resolves to, as a body can name it.
    pub(super) returned: TokenStream,
    /// The parameter that says where to open it, and the function that makes it of an item.
    pub(super) cursor: Option<(Ident, TokenStream)>,
    pub(super) idle_timeout: Option<TokenStream>,
    /// Whether it is opened again.
    pub(super) enabled: Option<TokenStream>,
}

/// A stop condition that may end a pause, and an attempt too if it cuts.
pub(super) struct Token {
    pub(super) stop: TokenStream,
    pub(super) held: HeldToken,
    pub(super) cuts: bool,
}

impl Token {
    /// Returns whether it is a user's value, of which only the running call knows whether it cuts.
    pub(super) fn is_hidden(&self) -> bool {
        self.cuts && !self.held.aborts
    }
}

/// An arm of the match over the outcome.
pub(super) struct MatchArm<'a> {
    pub(super) arm: &'a Arm,
    pub(super) guard: Option<TokenStream>,
    /// The case of the arm: its position among the cases, and its own settings.
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

    /// Returns the variable of the budget that pays for its retries.
    pub(super) fn budget_name(&self) -> Option<Ident> {
        self.budget.then(|| local(&format!("budget{}", self.index)))
    }

    pub(super) fn count(&self) -> Ident {
        local(&format!("count{}", self.index))
    }
}

/// A function that makes the result of a call that gave up, ready for the expansion.
pub(super) struct Fallback {
    pub(super) value: Expr,
    /// The time that is reserved for it.
    pub(super) own: Option<TokenStream>,
    /// The time before the deadline that is reserved for it and those before it.
    pub(super) reserved: TokenStream,
}

/// A callback, ready for the expansion.
pub(super) struct Callback {
    pub(super) key: Key,
    pub(super) form: Form,
}

pub(super) enum Form {
    /// `log_warn()` and similar words.
    Log(TokenStream),
    /// Any other value, with the door that takes it.
    Value(&'static str, TokenStream),
    /// `async |state| ..`, written in place, because a bound on it would cost the future its `Send`.
    Async(Box<ExprClosure>),
}

/// A sleeper that pauses the call.
pub(super) enum Sleeper {
    /// `async |pause| ..`, written in place, because a bound on it would cost the future its `Send`.
    Async(Box<ExprClosure>),
    /// A value that is taken for each pause: `expect::sleeper(value)`.
    Taken(TokenStream),
    /// An expression that borrows the sleeper.
    Borrowed(TokenStream),
}

/// Guards of the calls of one function.
pub(super) struct Guards {
    /// Whether a deadline may end the call.
    pub(super) limited: bool,
    /// Whether a timer can cut an attempt of an async function.
    pub(super) cut: bool,
    /// Whether the body runs inside the guard: retried calls in it can see this one, or its panic counts.
    pub(super) visible_to_nested: bool,
    /// Whether a part of the last outcome is kept, because the call may end with it.
    pub(super) retains_outcome: bool,
    /// A function from an interrupt to an outcome.
    pub(super) outcome: TokenStream,
    /// The replacement for a retried value.
    pub(super) stand_in: StandIn,
    /// The guards, as a place.
    pub(super) made: TokenStream,
}

/// A replacement for a retried value in a call that ends after the pause.
pub(super) enum StandIn {
    /// An outcome, or else a compiler error.
    Outcome,
    /// No replacement. An error is kept, and so is a value that is retried because it is transient itself.
    Itself,
    /// The `RetryError` of a call that ends without an outcome.
    RetryError,
    /// An outcome, if its type can be made from an interrupt. Otherwise the value is kept.
    IfMade,
    /// The outcome that the policy makes, if any. Otherwise the value is kept.
    Policy,
}
