//! Functions beside the one with the attribute: `unretried` and `retry_with`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::Type;

use super::function::Input;
use crate::diagnostics::Errors;
use crate::lower::shape::Shape;
use crate::lower::tokens::local;
use crate::parse::function::{Function, mentions};
use crate::parse::tokens::is_punct;

impl Input<'_> {
    /// Emits `unretried`: the function under another name. Under `wrap_err` it returns the type of its body.
    ///
    /// It uses the parameters that the attribute names, which may otherwise be unused where its keys do not
    /// work. `written` are the attribute's tokens.
    pub(super) fn unretried(
        self,
        name: &Ident,
        written: &TokenStream,
        errors: &mut Errors,
    ) -> TokenStream {
        let mut plain = renamed(self.function, name);
        if plain.sig.ident == self.function.sig.ident {
            let message = format!("`{name}` is the function itself; write another name");
            errors.push(name.span(), message);
            return TokenStream::new();
        }
        if self.args.wraps() {
            if let Shape::Future(_) = self.shape {
                let message = "`unretried` with `wrap_err` needs an `async fn`";
                errors.push(name.span(), message);
            } else if let syn::ReturnType::Type(_, output) = &mut plain.sig.output {
                let private = self.args.private();
                **output = Type::Verbatim(quote!(<#output as #private::Wrapped>::Body));
            }
        }
        let parameters = plain.parameters();
        let used = parameters
            .iter()
            .filter(|name| mentions(written.clone(), name));
        let promised = self.promised(&TokenStream::new());
        let user = self.shape.attempt(self.function).stream();
        let body = quote!(#(let _ = &#used;)* #promised #user);
        self.shape.with_attempt(&plain, body)
    }

    /// Emits `retry_with`: the same function with a policy before its other arguments.
    pub(super) fn with_policy(self, name: &Ident, errors: &mut Errors) -> TokenStream {
        let outcome = self.outcome;
        if let Some(part) = unnameable(quote!(#outcome)) {
            let message = format!(
                "`retry_with` adds an argument, which the return type must not depend on; write it without {part}"
            );
            errors.push(name.span(), message);
            return TokenStream::new();
        }
        let private = self.args.private();
        let outcome = if self.args.wraps() {
            quote!(<#outcome as #private::Wrapped>::Body)
        } else {
            quote!(#outcome)
        };
        // A stream owns it, so that its type need not name the lifetime of a reference.
        let borrow = self.args.resume.is_none().then(|| quote!(&));
        let policy = quote!(#borrow impl #private::Policy<#outcome>);
        Input {
            function: &taking(self.function, name, policy),
            args: &self.args.given_policy(local("policy")),
            ..self
        }
        .expand(errors)
    }

    /// Emits `retry_with` for an attribute that has mistakes.
    pub(super) fn fallback_with_policy(self, name: &Ident) -> Option<TokenStream> {
        let outcome = self.outcome;
        if *name == self.function.sig.ident || unnameable(quote!(#outcome)).is_some() {
            return None;
        }
        let policy = quote!(&impl ::core::marker::Sized);
        let function = &taking(self.function, name, policy);
        Some(Input { function, ..self }.fallback())
    }
}

/// Returns the function under another name, with a policy before its other arguments.
fn taking(function: &Function, name: &Ident, policy: TokenStream) -> Function {
    let mut function = renamed(function, name);
    let receivers = usize::from(function.sig.receiver().is_some());
    let name = local("policy");
    let input = syn::parse_quote!(#name: #policy);
    function.sig.inputs.insert(receivers, input);
    function
}

fn renamed(function: &Function, name: &Ident) -> Function {
    let mut function = function.clone();
    function.sig.ident = name.clone();
    function
}

/// Describes the first part of a type that has another meaning in an argument.
pub(super) fn unnameable(ty: TokenStream) -> Option<&'static str> {
    let mut after_and = false;
    ty.into_iter().find_map(|token| {
        if std::mem::replace(&mut after_and, is_punct(&token, '&')) && !is_punct(&token, '\'') {
            return Some("references whose lifetime has no name");
        }
        match token {
            TokenTree::Ident(word) if word == "impl" => Some("`impl Trait`"),
            TokenTree::Ident(word) if word == "_" => Some("lifetimes that have no name"),
            TokenTree::Group(group) => unnameable(group.stream()),
            _ => None,
        }
    })
}
