//! Our words in a strategy: `word(..)`, its modifiers, and lists of strategies.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprCall};

use super::advice::not_our_word;
use super::facts::Facts;
use super::strategy::{EvaluatedAt, Lowering, Requirements};
use super::tokens::{at, take};
use crate::parse::inspect::{bare_word, has_closure, is_constant, is_ours, within};
use crate::parse::role::Role;

impl Lowering<'_> {
    /// A strategy with modifiers: `exponential(1s).max(1min)`; `None` if it starts from a value of the
    /// user's own.
    pub(super) fn modified(
        &mut self,
        role: Role,
        call: &syn::ExprMethodCall,
        found: &mut Facts,
    ) -> Option<TokenStream> {
        let receiver = match &*call.receiver {
            Expr::MethodCall(inner) => self.modified(role, inner, found)?,
            Expr::Call(inner) => {
                let inner = self.call(role, inner, found)?;
                found.ask(inner)
            }
            Expr::Paren(paren) if is_ours(role, &paren.expr) => {
                let inner = self.lower_operand(role, &paren.expr, found);
                quote!((#inner))
            }
            Expr::Lit(lit) => self.literal(role, lit, found),
            _ => return None,
        };
        let strategies = ["or", "and", "over"].iter().any(|name| call.method == name);
        let args: Vec<_> = call
            .args
            .iter()
            .map(|arg| match strategies {
                true => self.lower_operand(role, arg, found),
                false => self.argument(arg, found),
            })
            .collect();
        let mut tokens = receiver;
        call.dot_token.to_tokens(&mut tokens);
        call.method.to_tokens(&mut tokens);
        call.turbofish.to_tokens(&mut tokens);
        call.paren_token
            .surround(&mut tokens, |tokens| tokens.extend(quote!(#(#args),*)));
        Some(tokens)
    }

    /// `word(..)`, perhaps only taken; `None` for a function of the user's own.
    pub(super) fn call(
        &mut self,
        role: Role,
        call: &ExprCall,
        found: &mut Facts,
    ) -> Option<TokenStream> {
        let (word, turbofish) = bare_word(&call.func)?;
        let name = word.to_string();
        if !role.words().has(&name) {
            return match not_our_word(role, &name, call) {
                Some(message) => {
                    self.errors.push_at(&call.func, message);
                    Some(self.skip(role, found))
                }
                None => None,
            };
        }
        match name.as_str() {
            "after_delay" | "before_delay" => found.needs.clock = true,
            "stop_when" => found.needs = found.needs.and(Requirements::ALL),
            "decorrelated" => found.needs.ledger = true,
            "cancelled" => {
                found.needs.token = true;
                // What waits for it borrows it.
                found.require(EvaluatedAt::Once);
            }
            "any" | "all" | "chain" => return Some(self.list(role, word, call, found)),
            _ => {}
        }
        let args: Vec<_> = call
            .args
            .iter()
            .map(|arg| self.argument(arg, found))
            .collect();
        // Spans of the user's alone: what is wrong with an argument underlines this call.
        let private = at(self.private, word.span());
        let module = Ident::new(role.key(), word.span());
        let (path, args) = match name.as_str() {
            "err" | "ok" | "outcome" | "attempt" | "from_err" | "from_outcome" => {
                found.require(EvaluatedAt::AfterAttempt);
                let told = name.starts_with("from_");
                found.told |= told;
                found.taken = !told;
                let of = self.of();
                let path = quote_spanned!(word.span()=> #private::expect::#word);
                (path, quote!(#of, #(#args),*))
            }
            "err_is" | "cause_is" | "transient_cause" | "unsent_cause" | "idempotent_cause" => {
                found.needs.witness = true;
                let of = self.of();
                let class = turbofish.map(|arguments| arguments.args.to_token_stream());
                found.taken = true;
                let asked = self.asked(word, &quote!(::<_, #class, _>), &quote!(#of #(, #args)*));
                return Some(match name.ends_with("_is") {
                    true => asked,
                    false => self.asking(asked),
                });
            }
            "transient" | "unsent" | "idempotent" | "any_failure" | "message" => {
                found.needs.witness = true;
                let of = self.of();
                let args = args.iter().map(|arg| match name.as_str() {
                    "message" => self.taken("text", arg),
                    _ => arg.clone(),
                });
                found.taken = true;
                let asked = self.asked(word, &quote!(), &quote!(#of #(, #args)*));
                return Some(match name.as_str() {
                    "transient" | "unsent" | "idempotent" => self.asking(asked),
                    _ => asked,
                });
            }
            _ => {
                let path = quote_spanned!(word.span()=> #private::#module::#word #turbofish);
                let kind = match name.as_str() {
                    "cancelled" => Some("token"),
                    "schedule" => Some("pauses"),
                    "adaptive" => Some("signal"),
                    _ => None,
                };
                let args = call.args.iter().zip(args).map(|(arg, tokens)| match kind {
                    Some(kind) if !matches!(arg, Expr::Array(_)) => self.taken(kind, &tokens),
                    _ => tokens,
                });
                (path, quote!(#(#args),*))
            }
        };
        let mut tokens = path;
        call.paren_token
            .surround(&mut tokens, |tokens| tokens.extend(args));
        Some(tokens)
    }

    /// A word that asks something of the outcome's type: whatever is wrong with that is at the word.
    pub(super) fn asked(
        &self,
        word: &Ident,
        turbofish: &TokenStream,
        args: &TokenStream,
    ) -> TokenStream {
        let place = proc_macro2::Span::mixed_site().located_at(word.span());
        let word = Ident::new(&word.to_string(), place);
        let private = at(self.private, place);
        let args = args.clone().into_iter().map(|mut token| {
            // The witness, which is the first.
            if matches!(&token, TokenTree::Ident(of) if of == "of") {
                token.set_span(place);
            }
            token
        });
        let args: TokenStream = args.collect();
        let mut group = Group::new(Delimiter::Parenthesis, args);
        group.set_span(place);
        quote_spanned!(place=> #private::expect::#word #turbofish #group)
    }

    /// A predicate that asks the outcome's value too, by its type; errors alone, where that may not be known in time.
    pub(super) fn asking(&self, predicate: TokenStream) -> TokenStream {
        match self.infers {
            true => quote!(#predicate.plain()),
            false => predicate,
        }
    }

    /// `any((a, b))`, `all([a, b])`, `chain((a, b))`; also without the inner parentheses.
    pub(super) fn list(
        &mut self,
        role: Role,
        word: &Ident,
        call: &ExprCall,
        found: &mut Facts,
    ) -> TokenStream {
        let private = at(self.private, word.span());
        let module = Ident::new(role.key(), word.span());
        let mut elements = |elements: &mut dyn Iterator<Item = &Expr>| -> Vec<TokenStream> {
            elements
                .map(|element| self.lower_operand(role, element, found))
                .collect()
        };
        let list = match call.args.first().map(within) {
            Some(Expr::Tuple(tuple)) if call.args.len() == 1 => {
                let elements = elements(&mut tuple.elems.iter());
                quote!((#(#elements,)*))
            }
            Some(Expr::Array(array)) if call.args.len() == 1 => {
                let elements = elements(&mut array.elems.iter());
                quote!([#(#elements),*])
            }
            Some(own @ (Expr::Path(_) | Expr::Field(_) | Expr::Reference(_) | Expr::Macro(_)))
                if call.args.len() == 1 =>
            {
                found.require(EvaluatedAt::Once);
                found.needs = found.needs.and(Requirements::OWN);
                let own = self.plain(own);
                match role {
                    Role::Wait => {
                        let of = self.of();
                        take(self.private, "links", &quote!(#of,), &own)
                    }
                    _ => self.taken("stops", &own),
                }
            }
            _ => {
                let elements = elements(&mut call.args.iter());
                quote!((#(#elements,)*))
            }
        };
        let mut tokens = quote_spanned!(word.span()=> #private::#module::#word);
        call.paren_token
            .surround(&mut tokens, |tokens| tokens.extend(list));
        tokens
    }

    /// An argument that is the user's own.
    pub(super) fn argument(&mut self, value: &Expr, found: &mut Facts) -> TokenStream {
        if has_closure(value) {
            found.require(EvaluatedAt::AfterAttempt);
        } else if !is_constant(value, self.own) {
            found.require(EvaluatedAt::Once);
        }
        self.plain(value)
    }
}
