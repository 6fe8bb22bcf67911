//! What guards a call: `deadline`, `attempt_timeout`, `breaker`, `budget`, `nested`, and what an
//! attempt becomes that they interrupt.
//!
//! ```text
//! // Input
//! #[retry(deadline = 10s, breaker = &PAYMENTS)]
//!
//! // Output, paths shortened
//! let guards = Guards::in_place().deadline(..).breaker(..);
//! let mut guard = watch(of, &guards, watch);
//! let mut kept = None;
//! loop {
//!     let pause = match Watch::admit(&mut guard) {
//!         Admission::Wait(pause) => pause,
//!         admission => {
//!             let attempted = match admission {
//!                 Admission::Halt(interrupt) => Err(interrupt),
//!                 _ => { call.begin(); .. the attempt .. }
//!             };
//!             let (outcome, halted) = settle(attempted, &mut kept, |interrupt| ..);
//!             .. the verdict and the decision ..
//!         }
//!     };
//!     .. sleep ..
//! }
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall};

use super::plan::Plan;
use crate::check;
use crate::key::Key;
use crate::value::{Reader, accept, at, bare_word, local, take};
use crate::vocabulary::Role;

/// What guards the calls of one function.
pub(super) struct Guards {
    /// Something reads the clock.
    pub(super) timed: bool,
    /// The attempt of an async function can be cut by a timer.
    pub(super) cut: bool,
    /// Retried calls inside the attempt can see this one.
    pub(super) seen: bool,
    /// The last outcome is kept, since the call may end with it.
    pub(super) keeps: bool,
    /// Whether it is, only the policy knows.
    maybe: bool,
    /// What makes an outcome of an interrupt.
    pub(super) outcome: TokenStream,
    /// The guards, as a place.
    made: TokenStream,
}

impl Plan<'_> {
    /// Reads the keys that guard a call.
    pub(super) fn read_guards(&mut self, reader: &mut Reader<'_>) {
        const KEYS: [Key; 5] = [
            Key::Deadline,
            Key::AttemptTimeout,
            Key::Breaker,
            Key::Budget,
            Key::Nested,
        ];
        let has = |key: Key| self.args.get(key).is_some();
        let any = KEYS.into_iter().any(has);
        let shares = self
            .args
            .get(Key::Nested)
            .is_some_and(|value| !is_call(value, "single") && !is_call(value, "independent"));
        let limited = has(Key::Deadline) || shares || self.policy;
        let interrupts = limited || has(Key::AttemptTimeout) || has(Key::Breaker);
        if !interrupts {
            if let Some(value) = self.args.get(Key::Interrupt) {
                let message = "nothing interrupts an attempt here; `interrupt` goes with `deadline`, \
                               `attempt_timeout` or `breaker`";
                reader.errors.push_at(value, message);
            }
        }
        if !any && !self.policy {
            return;
        }
        let private = self.private.clone();
        let mut guards = match self.policy {
            true => {
                let own = self.parts(quote!(.guards()));
                match any {
                    true => {
                        let of = local("of");
                        quote!(#private::lend(#of, #own))
                    }
                    false => quote!(*#own),
                }
            }
            false => quote!(#private::Guards::in_place()),
        };
        for key in KEYS {
            let Some(value) = self.args.get(key) else {
                continue;
            };
            let (method, value) = match key {
                Key::Deadline => ("deadline", self.guard_value("deadline", value, reader)),
                Key::Budget => ("budget", self.guard_value("budget", value, reader)),
                Key::Breaker => ("breaker", self.breaker(value, reader)),
                Key::Nested => ("nested", self.nested(value, reader)),
                _ => ("attempt_timeout", self.attempt_timeout(value, reader)),
            };
            let method = local(method);
            guards = quote!(#guards.#method(#value));
        }
        let has = |key: Key| self.args.get(key).is_some();
        let outcome = self.interrupted(any, interrupts, reader);
        self.guards = Some(Guards {
            timed: limited || has(Key::AttemptTimeout) || has(Key::Nested),
            cut: self.shape.is_async() && (limited || has(Key::AttemptTimeout)),
            seen: limited || has(Key::Budget) || has(Key::Nested),
            keeps: limited || has(Key::Breaker),
            maybe: self.policy && !any,
            outcome,
            made: match any {
                true => self.bind("guards", guards, Span::mixed_site()),
                false => guards,
            },
        });
    }

    /// A value that is taken as what its key wants.
    pub(super) fn guard_value(
        &mut self,
        kind: &str,
        value: &Expr,
        reader: &mut Reader<'_>,
    ) -> TokenStream {
        match kind {
            "deadline" => check::limit(kind, value, reader.errors),
            "budget" => self.shared(kind, value, reader),
            _ => {}
        }
        let (kept, value) = reader.keep(kind, value);
        self.once.extend(kept);
        let value = reader.plain(&value);
        take(&self.private, kind, &quote!(), &value)
    }

    /// What calls share is not made in one of them.
    fn shared(&self, key: &str, value: &Expr, reader: &mut Reader<'_>) {
        if let Some(message) = check::guard::shared(key, value) {
            reader.errors.push_at(value, message);
        }
    }

    fn attempt_timeout(&mut self, value: &Expr, reader: &mut Reader<'_>) -> TokenStream {
        if !self.shape.is_async() {
            let message = "a blocking call cannot be interrupted, so `attempt_timeout` needs an `async fn`; \
                           limit the call with `deadline`, and give what it waits for a timeout of its own";
            reader.errors.push_at(value, message);
        } else {
            check::limit("attempt_timeout", value, reader.errors);
        }
        let private = &self.private;
        let value = reader.plain(value);
        quote!(#private::accept::Exactly::<::core::time::Duration> { value: #value }.value)
    }

    /// `&PAYMENTS`, `wait_for(&PAYMENTS)`, `PAYMENTS.failures(err(|e| ..))`.
    fn breaker(&mut self, value: &Expr, reader: &mut Reader<'_>) -> TokenStream {
        let private = self.private.clone();
        match value {
            Expr::Paren(paren) => self.breaker(&paren.expr, reader),
            Expr::Group(group) => self.breaker(&group.expr, reader),
            Expr::Call(call) if is_call(value, "wait_for") && call.args.len() == 1 => {
                let inner = self.breaker(&call.args[0], reader);
                let private = at(&private, call.func.span());
                quote!(#private::breaker::wait_for(#inner))
            }
            Expr::MethodCall(call) => {
                self.shared("breaker", value, reader);
                let viewed = self.viewed(call, reader);
                let viewed = reader.plain(&Expr::MethodCall(viewed));
                let of = local("of");
                take(&private, "breaker", &quote!(#of,), &viewed)
            }
            _ => {
                match check::guard::wait_for(value, reader.own) {
                    Some(message) => reader.errors.push_at(value, message),
                    None => self.shared("breaker", value, reader),
                }
                let (kept, value) = reader.keep("breaker", value);
                self.once.extend(kept);
                let value = reader.plain(&value);
                let of = local("of");
                take(&private, "breaker", &quote!(#of,), &value)
            }
        }
    }

    /// A breaker with the predicates of its views, one behind the other.
    fn viewed(&mut self, call: &ExprMethodCall, reader: &mut Reader<'_>) -> ExprMethodCall {
        let mut viewed = call.clone();
        if let Expr::MethodCall(inner) = &*call.receiver {
            *viewed.receiver = Expr::MethodCall(self.viewed(inner, reader));
        }
        if !check::guard::view(call, reader.errors) && check::guard::is_view(call) {
            let picked = reader.strategy(Role::When, &call.args[0]);
            self.once.extend(picked.kept);
            viewed.args[0] = Expr::Verbatim(picked.tokens);
        }
        viewed
    }

    /// `independent()`, `share()`, `single()`, or a value of the user's own.
    fn nested(&mut self, value: &Expr, reader: &mut Reader<'_>) -> TokenStream {
        if let Some(message) = check::guard::nested(value, reader.own) {
            reader.errors.push_at(value, message);
        }
        if let Expr::Call(call) = value {
            if let Some((word, None)) = bare_word(&call.func) {
                if check::guard::NESTED.iter().any(|ours| word == ours) {
                    let private = at(&self.private, word.span());
                    let args = &call.args;
                    return quote_spanned!(word.span()=> #private::nested::#word(#args));
                }
            }
        }
        self.guard_value("nested", value, reader)
    }

    /// What makes an outcome of an interrupt.
    fn interrupted(&mut self, any: bool, interrupts: bool, reader: &mut Reader<'_>) -> TokenStream {
        let site = Span::mixed_site();
        let (private, interrupt, ty) = (&self.private, local("interrupt"), &self.outcome);
        match self.args.get(Key::Interrupt) {
            Some(value) => {
                if let Some(message) = check::guard::interrupt(value) {
                    reader.errors.push_at(value, message);
                }
                let of = local("of");
                let value = reader.plain(value);
                let made = accept(private, "interrupted", &quote!(#of, #interrupt,), &value);
                quote_spanned!(site=> |#interrupt| #made)
            }
            None if !any => {
                let guard = local("guard");
                quote_spanned!(site=> |#interrupt| #private::Watch::outcome(&#guard, #interrupt))
            }
            None if interrupts => {
                quote_spanned!(site=> |#interrupt| <#ty as #private::FromInterrupt>::from_interrupt(#interrupt))
            }
            None => quote!(#private::uninterrupted),
        }
    }

    /// `let mut guard = ..;` and what is kept with it.
    pub(super) fn guard(&self) -> Option<TokenStream> {
        let guards = self.guards.as_ref()?;
        let site = Span::mixed_site();
        let private = &self.private;
        let (of, guard, watch) = (local("of"), local("guard"), local("watch"));
        let made = &guards.made;
        let kept = guards.keeps.then(|| {
            let kept = local("kept");
            let nothing = match guards.maybe {
                true => quote!(#private::kept(#of, &#made)),
                false => quote!(::core::option::Option::None),
            };
            quote_spanned!(site=> let mut #kept = #nothing;)
        });
        Some(quote_spanned! {site=>
            let mut #guard = #private::watch(#of, &#made, #watch);
            #kept
        })
    }

    /// The pause after a turn of a guarded call: `begun` begins an attempt, and `made` makes it.
    pub(super) fn guarded_turn(
        &self,
        guards: &Guards,
        begun: &TokenStream,
        made: &TokenStream,
        settled: &TokenStream,
    ) -> TokenStream {
        let site = Span::mixed_site();
        let private = &self.private;
        let (guard, call, outcome, halted) = (
            local("guard"),
            local("call"),
            local("outcome"),
            local("halted"),
        );
        let (attempted, admission, interrupt) =
            (local("attempted"), local("admission"), local("interrupt"));
        let (ty, convert) = (&self.outcome, &guards.outcome);
        let kept = match guards.keeps {
            true => {
                let kept = local("kept");
                quote!(&mut #kept)
            }
            false => quote!(&mut ::core::option::Option::None),
        };
        let told = guards.cut.then(|| {
            quote_spanned! {site=>
                if (&#attempted).is_err() { #private::Watch::interrupted(&mut #guard); }
            }
        });
        let handle = self.args.attempt.as_ref();
        let mark = handle.map(|_| local("mark"));
        let halt = quote!(::core::result::Result::Err(#interrupt));
        let (halt, made_of) = match handle {
            Some(handle) => (
                quote!((#halt, ::core::default::Default::default())),
                quote!((#attempted, (&#handle).mark())),
            ),
            None => (halt, quote!(#attempted)),
        };
        let bound = match &mark {
            Some(mark) => quote!((#attempted, #mark)),
            None => quote!(#attempted),
        };
        let wait = match self.shape.is_async() {
            true => quote_spanned!(site=> ::core::option::Option::Some(pause)),
            false => quote_spanned!(site=> pause),
        };
        quote_spanned! {site=>
            match #private::Watch::admit(&mut #guard) {
                #private::Admission::Wait(pause) => #wait,
                #admission => {
                    let #bound = match #admission {
                        #private::Admission::Halt(#interrupt) => #halt,
                        _ => {
                            (&mut #call).begin();
                            #begun
                            let #attempted = #made;
                            #told
                            #made_of
                        }
                    };
                    let (#outcome, #halted): (#ty, _) =
                        #private::settle(#attempted, #kept, #convert);
                    #settled
                }
            }
        }
    }

    /// A blocking attempt: what it gives is its outcome.
    pub(super) fn guarded_blocking(&self, guards: &Guards, closure: &TokenStream) -> TokenStream {
        let private = &self.private;
        let guard = local("guard");
        match guards.seen {
            true => quote!(::core::result::Result::Ok(
                #private::Watch::inside(&mut #guard, #closure)
            )),
            false => quote!(::core::result::Result::Ok((#closure)())),
        }
    }

    /// An async attempt, which a timer may cut.
    pub(super) fn guarded_async(&self, guards: &Guards, block: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        let private = &self.private;
        let (guard, limit, interrupt, pause) = (
            local("guard"),
            local("limit"),
            local("interrupt"),
            local("pause"),
        );
        let mut future = block.clone();
        let mut before = TokenStream::new();
        if guards.cut {
            let slept = self.slept();
            before = quote_spanned!(site=> let #limit = #private::Watch::limit(&#guard););
            let timer = quote_spanned! {site=>
                async {
                    match #limit {
                        ::core::option::Option::Some((#pause, #interrupt)) => {
                            #slept;
                            #interrupt
                        }
                        ::core::option::Option::None => #private::pending().await,
                    }
                }
            };
            future = quote_spanned!(site=> #private::cut(#future, #timer));
        }
        if guards.seen {
            future = quote_spanned!(site=> #private::inside(&mut #guard, #future));
        }
        match guards.cut {
            true => quote_spanned!(site=> { #before #future.await }),
            false => quote_spanned!(site=> ::core::result::Result::Ok(#future.await)),
        }
    }
}

/// Whether the value is `word(..)`.
fn is_call(value: &Expr, wanted: &str) -> bool {
    matches!(value, Expr::Call(call) if bare_word(&call.func).is_some_and(|(word, _)| word == wanted))
}
