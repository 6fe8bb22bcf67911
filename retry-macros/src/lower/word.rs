//! Lowering of words: `word(..)`, its methods, and lists of strategies.

use persevere_words::{Arg, Needs};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::token::Paren;

use super::facts::{EvaluatedAt, Requirements};
use super::strategy::Lowering;
use super::tokens::{at, into_value, take};
use crate::parse::inspect::{has_closure, is_constant};
use crate::parse::role::Role;
use crate::parse::strategy::{Call, List, Modifier, Node, Strategy, waits_by_outcome};

impl Lowering<'_> {
    /// Lowers `exponential(1s).max(1min)`.
    pub(super) fn modified(&mut self, base: &Strategy, modifier: &Modifier) -> TokenStream {
        let tokens = self.method(base, modifier);
        let word = base.base().map(|call| call.word);
        if word.is_some_and(|word| waits_by_outcome(base.role, word)) {
            let of = self.of();
            return take(self.private, "checked_wait", &quote!(#of,), &tokens);
        }
        tokens
    }

    fn method(&mut self, base: &Strategy, modifier: &Modifier) -> TokenStream {
        let call = &modifier.call;
        let mut tokens = match &base.node {
            Node::Modified(base, modifier) => self.method(base, modifier),
            _ => self.lower(base),
        };
        self.facts.token.aborts |= self.facts.token.named && call.method == "abort_attempt";
        let mut args = Vec::new();
        for part in &modifier.parts {
            args.push(self.lower(part));
        }
        if args.is_empty() {
            for arg in &call.args {
                args.push(self.argument(arg));
            }
        }
        call.dot_token.to_tokens(&mut tokens);
        call.method.to_tokens(&mut tokens);
        call.turbofish.to_tokens(&mut tokens);
        with_arguments(tokens, call.paren_token, quote!(#(#args),*))
    }

    /// Lowers `word(..)`, which may be taken and not asked so far.
    pub(super) fn word(&mut self, role: Role, call: &Call) -> TokenStream {
        let word = call.word;
        // Types do not count as arguments of the call.
        let is_value = |arg: &&Arg| !matches!(arg, Arg::Type | Arg::Types);
        let mut kinds = word.args.iter().filter(is_value);
        let mut args = Vec::new();
        for arg in &call.call.args {
            let tokens = self.argument(arg);
            args.push(match kinds.next().and_then(|kind| door(*kind)) {
                Some(kind) if !matches!(arg, Expr::Array(_)) => {
                    take(self.private, kind, &quote!(), &tokens)
                }
                _ => tokens,
            });
        }
        match word.needs {
            Needs::Nothing => {}
            Needs::Clock => self.facts.needs.clock = true,
            Needs::History => self.facts.needs.ledger = true,
            Needs::Everything => self.facts.needs.add(Requirements::ALL),
            Needs::Token => {
                self.facts.token.named = true;
                // The code that waits for the token borrows it.
                self.facts.require(EvaluatedAt::Once);
            }
            Needs::Outcome => {
                self.facts.require(EvaluatedAt::AfterAttempt);
                let of = self.of();
                let path = self.path("expect", call);
                let tokens = with_arguments(path, call.call.paren_token, quote!(#of, #(#args),*));
                return match role {
                    Role::Wait => tokens,
                    Role::Stop | Role::When => into_value(&tokens),
                };
            }
            Needs::Error | Needs::Transient => {
                self.facts.needs.witness = true;
                let asked = self.asked(call, &args);
                return into_value(&match word.needs {
                    Needs::Transient => self.asking(asked),
                    _ => asked,
                });
            }
        }
        let path = self.path(role.key(), call);
        let types = &call.types;
        let path = quote!(#path #types);
        with_arguments(path, call.call.paren_token, quote!(#(#args),*))
    }

    /// Returns a word in our own path.
    ///
    /// Its spans are the user's alone, so that an error in an argument underlines the call. The modules stand
    /// at the end of the call, so that an editor resolves the word to itself alone.
    fn path(&self, module: &str, call: &Call) -> TokenStream {
        let (name, end) = (&call.name, call.call.paren_token.span.close());
        let private = at(self.private, end);
        let module = Ident::new(module, end);
        quote_spanned!(end=> #private::#module::#name)
    }

    /// Lowers a word with a requirement on the outcome's type. An error about that type is placed at the
    /// word.
    fn asked(&mut self, call: &Call, args: &[TokenStream]) -> TokenStream {
        let place = Span::mixed_site().located_at(call.name.span());
        let word = Ident::new(&call.name.to_string(), place);
        let end = Span::mixed_site().located_at(call.call.paren_token.span.close());
        let private = at(self.private, end);
        // The witness stands in braces at the word, so that an editor, which follows names, meets the word alone there.
        let of = self.of();
        let mut witness = Group::new(Delimiter::Brace, quote!(#of));
        witness.set_span(place);
        let types = match call.word.args {
            [Arg::Type | Arg::Types, ..] => {
                let class = call.types.as_ref().map(|types| &types.args);
                quote!(::<_, #class, _>)
            }
            _ => TokenStream::new(),
        };
        let mut group = Group::new(Delimiter::Parenthesis, quote!(#witness #(, #args)*));
        group.set_span(end);
        quote_spanned!(end=> #private::expect::#word #types #group)
    }

    /// Lowers `any((a, b))`, `all([a, b])` or `chain((a, b))`.
    pub(super) fn list(&mut self, role: Role, call: &Call, list: &List) -> TokenStream {
        let list = match list {
            List::Tuple(elements) => {
                let elements = elements.iter().map(|part| self.lower(part));
                quote!((#(#elements,)*))
            }
            List::Array(elements) => {
                let elements = elements.iter().map(|part| self.lower(part));
                quote!([#(#elements),*])
            }
            List::Own(own) => {
                self.facts.require(EvaluatedAt::Once);
                self.facts.needs.add(Requirements::OWN);
                let own = self.plain(own);
                let door = if role == Role::Wait { "links" } else { "stops" };
                take(self.private, door, &self.witness(role), &own)
            }
        };
        with_arguments(self.path(role.key(), call), call.call.paren_token, list)
    }

    /// Lowers an argument that is a user's value.
    fn argument(&mut self, value: &Expr) -> TokenStream {
        if has_closure(value) {
            self.facts.require(EvaluatedAt::AfterAttempt);
        } else if !is_constant(value, self.own) {
            self.facts.require(EvaluatedAt::Once);
        }
        self.plain(value)
    }
}

/// Emits `path(args)`, with the user's parentheses.
fn with_arguments(path: TokenStream, paren: Paren, args: TokenStream) -> TokenStream {
    let mut tokens = path;
    paren.surround(&mut tokens, |tokens| tokens.extend(args));
    tokens
}

/// Returns the door of `expect` that takes an argument of this kind.
fn door(arg: Arg) -> Option<&'static str> {
    match arg {
        Arg::Token => Some("token"),
        Arg::Durations => Some("pauses"),
        Arg::Signal => Some("signal"),
        Arg::Text => Some("text"),
        _ => None,
    }
}
