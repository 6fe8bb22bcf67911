//! The plan of an expansion: reads the keys into the model.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use super::function::Input;
use super::model::{CallName, ExpandCtx, Sleeper};
use crate::check;
use crate::diagnostics::Errors;
use crate::lower::facts::Requirements;
use crate::lower::nameable::nameable;
use crate::lower::named_policy::named_policy;
use crate::lower::rebind::Rebound;
use crate::lower::strategy::Lowering;
use crate::lower::tokens::{at, emit, ends, take_policy};
use crate::parse::configured::Configured;
use crate::parse::function::has_ident;
use crate::parse::role::Role;
use persevere_words::Key;

mod callbacks;
mod fallbacks;
mod guards;
mod hedge;
mod interrupt;
mod name;
mod options;
mod outcome;
mod strategies;
mod stream;

impl<'a> ExpandCtx<'a> {
    pub(super) fn new(input: Input<'a>, rebound: Vec<Rebound>, errors: &mut Errors) -> Self {
        let Input {
            function,
            shape,
            outcome,
            args,
        } = input;
        let private = args.private();
        let mut own = function.parameters();
        for (name, _) in &args.once {
            own.push(name.clone());
        }
        let named = nameable(outcome);
        let outcome_tokens = match args.wraps() && shape.stream().is_none() {
            true => unwrapped(&private, &named),
            false => named.clone(),
        };
        let mut plan = ExpandCtx {
            args,
            function,
            shape,
            rebound,
            outcome: outcome_tokens,
            infers: has_ident(named.clone(), "_"),
            returned: named,
            written: outcome,
            once: Vec::new(),
            name: CallName::Text(TokenStream::new()),
            stop: TokenStream::new(),
            wait: TokenStream::new(),
            after: Vec::new(),
            when: None,
            arms: Vec::new(),
            callbacks: Vec::new(),
            fallbacks: Vec::new(),
            reserves: Vec::new(),
            reset_after: None,
            stream: None,
            stats: None,
            sleeper: Sleeper::Borrowed(TokenStream::new()),
            policy: args.values.get(Key::Policy).is_some(),
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
        let mut lowering = Lowering::new(&private, plan.infers, &own, errors);
        check::beside::limits(args, lowering.errors);
        check::beside::waits(args, lowering.errors);
        plan.plan_stream(&mut lowering);
        plan.bind_once(&mut lowering);
        plan.plan_arms(&mut lowering);
        plan.plan_strategies(&mut lowering);
        plan.plan_options(&mut lowering);
        plan.plan_callbacks(&mut lowering);
        plan.plan_guards(&mut lowering);
        plan.names_of = lowering.names_of;
        plan.once = lowering.once;
        plan.check_outcome(outcome, errors);
        plan.watch = plan.watched();
        plan
    }

    /// Binds the `once` values and the policy, in the order of their use.
    pub(super) fn bind_once(&mut self, lowering: &mut Lowering<'_>) {
        for (name, value) in &self.args.once {
            let value = lowering.plain(value);
            lowering.once.push(quote!(let #name = #value;));
        }
        if let Some(value) = self.args.values.get(Key::Policy) {
            let when = self.args.values.strategy(Role::When);
            let hedge = self.args.values.get(Key::Hedge);
            let hedge = hedge.and_then(|hedge| Configured::of(hedge, Key::Hedge.name()));
            let value = named_policy(lowering.private, value, &|set, name| {
                let when = when.is_some_and(|when| when.takes(set, name));
                let hedge = hedge.as_ref();
                (when, hedge.is_some_and(|hedge| hedge.is_of(set, name)))
            });
            let mut value = lowering.kept("policy", &value);
            if self.args.values.has(Key::Interrupt) && self.stream.is_none() {
                let private = at(lowering.private, value.span());
                value =
                    quote_spanned!(value.span()=> #private::override_interrupt(#value).policy());
            }
            let door = match self.stream {
                Some(_) => "hedged",
                None => "unhedged",
            };
            let value = take_policy(lowering.private, door, &value);
            lowering.bind("policy", value, Span::mixed_site());
        }
        self.name = self.plan_name(lowering);
    }

    fn watched(&self) -> Option<TokenStream> {
        let private = &self.private;
        let surely = self.needs.clock
            || self.args.values.flag(Key::Metrics).is_some()
            || self.has_callbacks()
            || self.args.wraps()
            || !self.fallbacks.is_empty()
            || self.reset_after.is_some()
            || self.args.attempt.is_some()
            || self.policy
            || self.args.values.has(Key::AttemptTimeout)
            || self.args.values.has(Key::Nested)
            || self.guards.as_ref().is_some_and(|guards| guards.limited);
        if surely {
            return Some(quote!(true));
        }
        let asked = self.asked.iter().map(|(role, value)| match role {
            Role::Stop => quote!(#private::Stop::reads_clock(&#value)),
            Role::Wait | Role::When => emit!(#private::reads_clock(of, &#value)),
        });
        match (self.asked.is_empty(), &self.guards) {
            (false, _) => Some(quote!(#(#asked)||*)),
            (true, Some(_)) => Some(quote!(false)),
            (true, None) => None,
        }
    }
}

/// Emits the type that the body of a function under `wrap_err` returns, in place of the written one.
fn unwrapped(private: &Path, named: &TokenStream) -> TokenStream {
    let here = Span::call_site();
    let (first, last) = ends(named).unwrap_or((here, here));
    let body = Ident::new("Body", last);
    quote_spanned!(first=> <#named as #private::Wrapped>::#body)
}
