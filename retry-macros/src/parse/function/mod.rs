//! The function under the attribute, parsed up to its braces.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{
    AttrStyle, Attribute, FnArg, ReceiverKind, ReturnType, Signature, Token, Type, Visibility,
};

use crate::diagnostics::Errors;
use crate::parse::attribute_kind::AttributeKind;

mod order;

/// A function whose body stays tokens.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    defaultness: Option<Ident>,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
    /// Names that an editor completes, at the head of the body.
    pub(crate) editor: TokenStream,
}

impl Function {
    /// Parses an item, or returns the reason why the attribute does not apply to it.
    pub(crate) fn parse_item(kind: AttributeKind, item: TokenStream) -> syn::Result<Function> {
        let mut head: Vec<TokenTree> = item.clone().into_iter().collect();
        let body = match head.last() {
            Some(TokenTree::Group(last)) => {
                Some(braces(last.clone())).filter(|body| body.delimiter() == Delimiter::Brace)
            }
            _ => None,
        };
        // Nothing parses the body, not even syn's buffer.
        if body.is_some() {
            head.pop();
        }
        let parser = |input: ParseStream<'_>| Function::parse(kind, input, body);
        parser
            .parse2(head.into_iter().collect())
            .map_err(|error| other_item(kind, item).unwrap_or(error))
    }

    /// Parses the part before the body.
    fn parse(
        kind: AttributeKind,
        input: ParseStream<'_>,
        body: Option<Group>,
    ) -> syn::Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let is_default = input
            .fork()
            .parse::<Ident>()
            .is_ok_and(|word| word == "default");
        let defaultness = if is_default {
            Some(input.parse()?)
        } else {
            None
        };
        let sig: Signature = input.parse()?;
        if let Ok(semicolon) = input.parse::<Token![;]>() {
            let purpose = match kind {
                AttributeKind::Retry => "to run again",
                AttributeKind::CircuitBreaker => "to run",
            };
            return Err(syn::Error::new_spanned(
                quote!(#sig #semicolon),
                format_args!(
                    "`{}` needs a body {purpose}; put it where the function has one",
                    kind.name()
                ),
            ));
        }
        let Some(body) = body else {
            return Err(input.error("expected the function's body"));
        };
        Ok(Function {
            body: hoist(body, &mut attrs)?,
            attrs,
            vis,
            defaultness,
            sig,
            editor: TokenStream::new(),
        })
    }

    /// Returns the function with another body.
    pub(crate) fn with_body(&self, body: TokenStream) -> TokenStream {
        let Function {
            attrs,
            vis,
            defaultness,
            sig,
            body: braces,
            editor,
        } = self;
        let mut group = Group::new(Delimiter::Brace, quote!(#editor #body));
        group.set_span(braces.span());
        quote!(#(#attrs)* #vis #defaultness #sig #group)
    }

    /// Returns the names of by-value and by-reference parameters.
    pub(crate) fn parameters(&self) -> Vec<Ident> {
        parameters_of(&self.sig)
    }

    /// Reports the mistakes of the function that do not depend on the keys.
    pub(crate) fn check(&self, kind: AttributeKind, errors: &mut Errors) {
        let pick = |retry, breaker| match kind {
            AttributeKind::Retry => retry,
            AttributeKind::CircuitBreaker => breaker,
        };
        if let Some(token) = &self.sig.constness {
            let cannot = pick("pause between attempts", "ask a breaker");
            let message = format!("a `const fn` cannot {cannot}; remove `const`");
            errors.push(token.span, message);
        }
        for attr in &self.attrs {
            if let Some(message) = second(kind, attr) {
                errors.push_at(attr, message);
            }
        }
        // An `async` block that runs once may return its borrows, but a closure may not.
        let kept = kind == AttributeKind::Retry || self.sig.asyncness.is_none();
        if let Some(borrow) = self.borrows_from_mut_self().filter(|_| kept) {
            errors.push_at(
                borrow,
                pick(
                    "an attempt cannot return what it borrows from `&mut self`, which the next attempt needs; \
                     return an owned value",
                    "a call behind a breaker cannot return what it borrows from `&mut self`; return an owned value",
                ),
            );
        }
        let tell = pick("whether to retry", "whether the call failed");
        let instead = "return `Result` or `Option`";
        match &self.sig.output {
            ReturnType::Default => errors.push_at(
                &self.sig.ident,
                format_args!("the function returns nothing that tells {tell}; {instead}"),
            ),
            ReturnType::Type(_, ty) => match &**ty {
                Type::Tuple(tuple) if tuple.elems.is_empty() => {
                    errors.push_at(ty, format_args!("`()` does not tell {tell}; {instead}"));
                }
                Type::Never(_) => {
                    let lacks = pick("has nothing to retry", "tells a breaker nothing");
                    let message = format!("a function that never returns {lacks}; {instead}");
                    errors.push_at(ty, message);
                }
                _ => {}
            },
        }
    }

    /// Returns the type of `fn(&mut self) -> Result<&mut T, E>`, if its lifetime can only be that of `self`.
    fn borrows_from_mut_self(&self) -> Option<&Type> {
        let receiver = self.sig.receiver()?;
        let by_mut = matches!(receiver.kind, ReceiverKind::Reference(_, _, Some(_)));
        let ReturnType::Type(_, ty) = &self.sig.output else {
            return None;
        };
        if !by_mut {
            return None;
        }
        let tokens = ty.to_token_stream();
        let callable = ["Fn", "FnMut", "FnOnce", "fn", "dyn"];
        let plain = !callable.iter().any(|word| has_ident(tokens.clone(), word));
        (plain && has_elided_mut(tokens)).then_some(&**ty)
    }

    fn is_test(&self) -> bool {
        self.attrs.iter().any(|attr| {
            attr.path()
                .segments
                .last()
                .is_some_and(|name| name.ident == "test")
        })
    }
}

/// Returns the message for a second attribute of ours, below `kind`.
fn second(kind: AttributeKind, attr: &Attribute) -> Option<&'static str> {
    let name = attr.path().segments.last()?.ident.to_string();
    let message = match (kind, name.as_str()) {
        (AttributeKind::Retry, "retry") => {
            "another `#[retry]` here would multiply the attempts; remove one"
        }
        (AttributeKind::Retry, "circuit_breaker") => {
            "the breaker would stand around the retries and count them as one call; write \
             `#[retry(breaker = &BREAKER)]`"
        }
        (AttributeKind::CircuitBreaker, "retry") => {
            "keep this attribute alone, which asks a breaker before each attempt: \
             `#[retry(breaker = &BREAKER)]`"
        }
        (AttributeKind::CircuitBreaker, "circuit_breaker") => {
            "a function has one breaker; remove one, and call it in the body"
        }
        _ => return None,
    };
    Some(message)
}

/// Returns the error for an item that is not a function.
fn other_item(kind: AttributeKind, item: TokenStream) -> Option<syn::Error> {
    let parser = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let unsafety: Option<Token![unsafe]> = input.parse()?;
        let constness: Option<Token![const]> = input.parse()?;
        let word: Option<TokenTree> = input.parse().ok();
        input.parse::<TokenStream>()?;
        Ok((quote!(#unsafety), constness, word))
    };
    let (unsafety, constness, word) = parser.parse2(item).ok()?;
    let name = word.as_ref().map(TokenTree::to_string);
    let place = match (name.as_deref().unwrap_or_default(), constness) {
        ("impl", _) => "; put it on each method of the `impl` block",
        ("trait", _) => "; put it on each method that has a body",
        ("mod", _) => "; put it on each function of the module",
        ("struct" | "enum" | "union" | "type" | "static" | "use" | "macro_rules" | "let", _) => "",
        ("extern", None) => "; put it where the function has a body",
        ("fn" | "async" | "unsafe" | "extern", _) => return None,
        (_, Some(_)) => "",
        _ => return None,
    };
    let message = format!("`{}` goes on a function{place}", kind.name());
    let is_constant = constness.filter(|_| place.is_empty());
    Some(match is_constant {
        Some(constness) => syn::Error::new(constness.span, message),
        None => syn::Error::new_spanned(quote!(#unsafety #word), message),
    })
}

/// Returns the braces themselves, also if a `macro_rules!` passed them on as a `$body:block`.
fn braces(group: Group) -> Group {
    let mut inside = group.stream().into_iter();
    match (group.delimiter(), inside.next(), inside.next()) {
        (Delimiter::None, Some(TokenTree::Group(inner)), None) => braces(inner),
        _ => group,
    }
}

/// Moves inner attributes from the body to the function, because no other block may have them.
///
/// ```text
/// // Input
/// fn read() -> Option<u8> { #![allow(unused)] None }
///
/// // Output
/// #[allow(unused)] fn read() -> Option<u8> { None }
/// ```
fn hoist(body: Group, attrs: &mut Vec<Attribute>) -> syn::Result<Group> {
    let mut tokens = body.stream().into_iter();
    let is = |token: Option<TokenTree>, mark: char| match token {
        Some(TokenTree::Punct(punct)) => punct.as_char() == mark,
        _ => false,
    };
    if !(is(tokens.next(), '#') && is(tokens.next(), '!')) {
        return Ok(body);
    }
    let parser = |input: ParseStream<'_>| {
        let inner = input.call(Attribute::parse_inner)?;
        attrs.extend(inner.into_iter().map(|attr| Attribute {
            style: AttrStyle::Outer,
            ..attr
        }));
        input.parse::<TokenStream>()
    };
    let mut rest = Group::new(body.delimiter(), parser.parse2(body.stream())?);
    rest.set_span(body.span());
    Ok(rest)
}

/// Returns the names of a signature's parameters, `self` apart.
pub(crate) fn parameters_of(sig: &Signature) -> Vec<Ident> {
    let mut names = Vec::new();
    for input in &sig.inputs {
        if let FnArg::Typed(typed) = input {
            identifiers(typed.pat.to_token_stream(), &mut names);
        }
    }
    names
}

fn identifiers(tokens: TokenStream, names: &mut Vec<Ident>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident != "mut" && ident != "ref" => names.push(ident),
            TokenTree::Group(group) => identifiers(group.stream(), names),
            _ => {}
        }
    }
}

pub(crate) fn has_ident(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => has_ident(group.stream(), name),
        _ => false,
    })
}

/// Returns whether the tokens contain a user's name, or a format string that captures it.
pub(crate) fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    let name = name.to_string();
    has_ident(tokens.clone(), &name) || captured(tokens, false, name.trim_start_matches("r#"))
}

/// Returns whether a format string captures `name`. It is a literal directly in a macro call.
fn captured(tokens: TokenStream, in_macro: bool, name: &str) -> bool {
    let mut after_bang = false;
    tokens.into_iter().any(|token| {
        let is_bang = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '!');
        let was_bang = std::mem::replace(&mut after_bang, is_bang);
        match token {
            TokenTree::Literal(literal) => in_macro && captures(&literal.to_string(), name),
            TokenTree::Group(group) => captured(group.stream(), was_bang, name),
            _ => false,
        }
    })
}

/// Returns whether a format string contains `{name}`, `{name:?}`, `{:name$}` or a similar placeholder.
fn captures(format: &str, name: &str) -> bool {
    let mut rest = format;
    while let Some((_, after)) = rest.split_once('{') {
        // Two braces are an escaped one.
        if let Some(written) = after.strip_prefix('{') {
            rest = written;
            continue;
        }
        let (argument, after) = after.split_once('}').unwrap_or((after, ""));
        let (argument, spec) = argument.split_once(':').unwrap_or((argument, ""));
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let counts = spec.rsplit('$').skip(1);
        let mut counts = counts.filter_map(|count| count.rsplit(|c| !is_part(c)).next());
        if argument.trim() == name || counts.any(|count| count == name) {
            return true;
        }
        rest = after;
    }
    false
}

/// Returns whether the tokens contain a `&mut` without a lifetime.
fn has_elided_mut(tokens: TokenStream) -> bool {
    let mut after_and = false;
    tokens.into_iter().any(|token| {
        let was_and = std::mem::replace(
            &mut after_and,
            matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '&'),
        );
        match token {
            TokenTree::Ident(word) => was_and && word == "mut",
            TokenTree::Group(group) => has_elided_mut(group.stream()),
            _ => false,
        }
    })
}
