//! What the loop of one function is made of.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Path, Type};

use crate::check;
use crate::diagnostics::Errors;
use crate::lower::rebind::Renewed;
use crate::lower::shape::{Shape, nameable};
use crate::lower::strategy::{Lowering, Requirements};
use crate::lower::tokens::local;
use crate::parse::attribute::Args;
use crate::parse::function::{Function, has_ident};
use crate::parse::pattern::Arm;
use crate::parse::role::Role;
use persevere_words::Key;

use super::events::Callback;
use super::guards::Guards;

mod read;

/// Everything the expansion is written from. Tokens of values are ready for use.
pub(super) struct Plan<'a> {
    pub(super) args: &'a Args,
    pub(super) function: &'a Function,
    pub(super) shape: &'a Shape,
    pub(super) renewed: Vec<Renewed>,
    /// The path of the crate's hidden module.
    pub(super) private: Path,
    /// The type of an outcome, as a body can name it.
    pub(super) outcome: TokenStream,
    /// The type that the function returns, or its future gives.
    pub(super) returned: TokenStream,
    /// That type as it is written.
    pub(super) written: &'a Type,
    /// Whether that type is written out, and is the function's own.
    pub(super) told: bool,
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
    pub(super) arms: Vec<PlannedArm<'a>>,
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

/// The value of `when`.
pub(super) enum When {
    /// Taken, and not yet asked for.
    Taken(TokenStream),
    /// A predicate, as a place.
    Place(TokenStream),
}

impl When {
    pub(super) fn verdict(&self, private: &Path, outcome: &TokenStream) -> TokenStream {
        let attempt = number();
        match self {
            When::Taken(taken) => quote!(#taken.verdict_at(&#outcome, #attempt)),
            When::Place(when) => {
                quote!(#private::Predicate::verdict_at(&#when, &#outcome, #attempt))
            }
        }
    }

    pub(super) fn health(
        &self,
        private: &Path,
        outcome: &Ident,
        verdict: &TokenStream,
    ) -> TokenStream {
        match self {
            When::Taken(taken) => quote!(#taken.health(&#outcome, #verdict)),
            When::Place(when) => {
                quote!(#private::Predicate::health(&#when, &#outcome, #verdict))
            }
        }
    }
}

/// The number of the attempt.
pub(super) fn number() -> TokenStream {
    let call = local("call");
    quote!((&#call).attempt())
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
pub(super) struct PlannedArm<'a> {
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

impl<'a> Plan<'a> {
    pub(super) fn new(
        function: &'a Function,
        shape: &'a Shape,
        outcome: &'a Type,
        args: &'a Args,
        renewed: Vec<Renewed>,
        errors: &mut Errors,
    ) -> Self {
        let private = args.private();
        let own: Vec<Ident> = function
            .parameters()
            .into_iter()
            .chain(args.once.iter().map(|(n, _)| n.clone()))
            .collect();
        let named = nameable(outcome);
        let told = !args.wraps() && !has_ident(named.clone(), "_");
        let outcome_tokens = match args.wraps() {
            true => unwrapped(&private, &named),
            false => named.clone(),
        };
        let mut plan = Plan {
            args,
            function,
            shape,
            renewed,
            outcome: outcome_tokens,
            returned: named,
            written: outcome,
            told,
            once: Vec::new(),
            name: TokenStream::new(),
            stop: TokenStream::new(),
            wait: TokenStream::new(),
            after: Vec::new(),
            when: None,
            arms: Vec::new(),
            callbacks: Vec::new(),
            fallback: args.get(Key::Fallback).cloned(),
            reserve: None,
            reset_after: None,
            stats: None,
            sleeper: None,
            policy: args.get(Key::Policy).is_some(),
            hedge: None,
            attempt_timeout: None,
            token: None,
            guards: None,
            needs: Requirements::default(),
            names_of: false,
            asked: Vec::new(),
            watch: None,
            private,
        };
        let private = plan.private.clone();
        let mut lowering = Lowering {
            private: &private,
            own: &own,
            names_of: false,
            infers: has_ident(plan.returned.clone(), "_"),
            errors,
        };
        check::beside::limits(args, lowering.errors);
        check::beside::reserve(args, lowering.errors);
        check::beside::waits(args, lowering.errors);
        plan.bind_once(&mut lowering);
        plan.read_arms(&mut lowering);
        plan.read_strategies(&mut lowering);
        plan.read_rest(&mut lowering);
        plan.read_callbacks(&mut lowering);
        plan.read_guards(&mut lowering);
        plan.names_of = lowering.names_of;
        plan.check_outcome(outcome, errors);
        plan.watch = plan.watched();
        plan
    }

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
        let (private, of, policy) = (&self.private, local("of"), local("policy"));
        quote!(#private::parts(#of, &#policy) #part)
    }

    fn watched(&self) -> Option<TokenStream> {
        let (private, of) = (&self.private, local("of"));
        let surely = self.needs.clock
            || self.args.metrics().is_some()
            || self.has_callbacks()
            || self.args.wraps()
            || self.fallback.is_some()
            || self.reset_after.is_some()
            || self.args.attempt.is_some()
            || self.policy
            || self.guards.as_ref().is_some_and(|guards| guards.timed);
        if surely {
            return Some(quote!(true));
        }
        let asked = self.asked.iter().map(|(role, value)| match role {
            Role::Stop => quote!(#private::Stop::reads_clock(&#value)),
            Role::Wait | Role::When => quote!(#private::wait_reads_clock(#of, &#value)),
        });
        match (self.asked.is_empty(), &self.guards) {
            (false, _) => Some(quote!(#(#asked)||*)),
            (true, Some(_)) => Some(quote!(false)),
            (true, None) => None,
        }
    }
}

/// What the body of a function under `wrap_err` returns, in the place of the type that is written.
fn unwrapped(private: &Path, named: &TokenStream) -> TokenStream {
    let spans = named.clone().into_iter().map(|token| token.span());
    let first = spans.clone().next().unwrap_or_else(Span::call_site);
    let last = spans.last().unwrap_or(first);
    let body = Ident::new("Body", last);
    quote_spanned!(first=> <#named as #private::Wrapped>::#body)
}
