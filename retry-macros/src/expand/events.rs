//! Callbacks: `before`, `after`, `before_sleep`, `on_success`, `on_failure`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprClosure};

use super::plan::Plan;
use crate::key::Key;
use crate::shape::Shape;
use crate::value::{Reader, bare_word, local};
use crate::vocabulary::LOG;

/// A callback, ready for the expansion.
pub(super) struct Callback {
    pub(super) key: Key,
    form: Form,
}

enum Form {
    /// `log_warn()` and its like.
    Log(TokenStream),
    /// `|state| ..`
    Closure(TokenStream),
    /// `async |state| ..`, written in place: a bound on it would cost the future its `Send`.
    Async(Box<ExprClosure>),
    /// A path, or any other value.
    Other(TokenStream),
}

impl Callback {
    pub(super) const KEYS: [Key; 5] = [
        Key::Before,
        Key::After,
        Key::BeforeSleep,
        Key::OnSuccess,
        Key::OnFailure,
    ];

    pub(super) fn read(key: Key, expr: &Expr, shape: &Shape, reader: &mut Reader<'_>) -> Self {
        let tokens = reader.plain(expr);
        let form = match expr {
            Expr::Closure(closure) if closure.asyncness.is_some() => {
                if !shape.is_async() {
                    let message = "an async callback in a blocking function; write `|state| ...`";
                    reader.errors.push_at(closure.asyncness, message);
                }
                Form::Async(syn::parse_quote!(#tokens))
            }
            Expr::Closure(_) => Form::Closure(tokens),
            _ => match log_call(expr, reader.private) {
                Some(log) => Form::Log(log),
                None => {
                    bare_log(expr, reader);
                    Form::Other(tokens)
                }
            },
        };
        Callback { key, form }
    }

    /// Calls it with `state`; an error that it returns ends the call.
    pub(super) fn call(&self, plan: &Plan<'_>, state: &Ident) -> TokenStream {
        let private = &plan.private;
        let of = local("of");
        let site = Span::mixed_site();
        let returned = match &self.form {
            Form::Log(log) => {
                return quote_spanned! {site=>
                    #private::write(#log, #private::Logged::new(&#state).line());
                };
            }
            Form::Closure(closure) => quote_spanned! {site=>
                #private::Callback::call(&mut #private::typed::callback(#of, #closure), &#state)
            },
            Form::Other(other) => {
                quote_spanned!(site=> #private::Callback::call(&mut (#other), &#state))
            }
            Form::Async(closure) => in_place(closure, &quote!(&#state)),
        };
        let end = local("end");
        let reason = quote!(::core::option::Option::Some(#private::StopReason::GivenUp));
        let leave = plan.leave(&end, &reason);
        quote_spanned! {site=>
            if let ::core::option::Option::Some(#end) = #private::ending(#of, #returned) {
                #leave
            }
        }
    }
}

/// `{ let PATTERN = argument; async { BODY }.await }`
pub(super) fn in_place(closure: &ExprClosure, argument: &TokenStream) -> TokenStream {
    let (capture, body) = (&closure.capture, &closure.body);
    let bind = closure.inputs.first().map(|pattern| match pattern {
        syn::Pat::Type(typed) => {
            let (pattern, ty) = (&typed.pat, &typed.ty);
            quote!(let #pattern: #ty = #argument;)
        }
        pattern => quote!(let #pattern = #argument;),
    });
    let site = Span::mixed_site();
    quote_spanned!(site=> { #bind async #capture { #body }.await })
}

/// `log_warn()` with its modifiers, the word in our own path.
fn log_call(expr: &Expr, private: &TokenStream) -> Option<TokenStream> {
    match expr {
        Expr::Call(call) => {
            let (word, _) = bare_word(&call.func)?;
            let args = &call.args;
            LOG.iter()
                .any(|log| word == log)
                .then(|| quote!(#private::#word(#args)))
        }
        Expr::MethodCall(call) => {
            let receiver = log_call(&call.receiver, private)?;
            let (method, args) = (&call.method, &call.args);
            Some(quote!(#receiver.#method(#args)))
        }
        _ => None,
    }
}

/// `before_sleep = log_warn`
fn bare_log(expr: &Expr, reader: &mut Reader<'_>) {
    if let Some((word, None)) = bare_word(expr) {
        if LOG.iter().any(|log| word == log) && !reader.own.contains(word) {
            let message =
                format!("a bare `{word}` is a name of your own; write `{word}()` for the callback");
            reader.errors.push(word.span(), message);
        }
    }
}

impl Plan<'_> {
    /// Tells the attribute's callback of an event, or else the policy's.
    pub(super) fn event(&self, key: Key, state: &Ident) -> TokenStream {
        if let Some(callback) = self.callback(key) {
            return callback.call(self, state);
        }
        if !self.policy {
            return TokenStream::new();
        }
        let private = &self.private;
        let hook = local(match key {
            Key::Before => "before",
            Key::After => "after",
            Key::BeforeSleep => "before_sleep",
            Key::OnSuccess => "on_success",
            _ => "on_failure",
        });
        let hooks = self.parts(quote!(.hooks()));
        quote_spanned!(Span::mixed_site()=> #private::Hooks::#hook(#hooks, &#state);)
    }
}
