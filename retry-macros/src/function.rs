//! The function that the attribute stands on: parsed up to its braces, and no further.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, Pat, PathArguments, ReceiverKind, ReturnType, Signature,
    Token, Type, Visibility,
};

use crate::error::Errors;

/// A function; its body stays tokens.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    defaultness: Option<Ident>,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
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
            return Err(syn::Error::new(
                sig.ident
                    .span()
                    .join(semicolon.span())
                    .unwrap_or(sig.ident.span()),
                "`#[retry]` needs a body to run again; put it on the method's implementation",
            ));
        }
        match input.parse()? {
            TokenTree::Group(body) => Ok(Function {
                attrs,
                vis,
                defaultness,
                sig,
                body: braces(body),
            }),
            other => Err(syn::Error::new(
                other.span(),
                "expected the function's body",
            )),
        }
    }
}

impl Function {
    /// Parses an item, or says why `#[retry]` does not go on it.
    pub(crate) fn parse_item(item: TokenStream) -> syn::Result<Function> {
        let parsed = syn::parse2::<Function>(item.clone());
        match (parsed, other_item(item)) {
            (Ok(function), _) => Ok(function),
            (Err(_), Some(error)) => Err(error),
            (Err(error), None) => Err(error),
        }
    }

    /// The function with another body.
    pub(crate) fn with_body(&self, body: TokenStream) -> TokenStream {
        let Function {
            attrs,
            vis,
            defaultness,
            sig,
            body: braces,
        } = self;
        let mut group = Group::new(Delimiter::Brace, body);
        group.set_span(braces.span());
        quote!(#(#attrs)* #vis #defaultness #sig #group)
    }

    /// The names of by-value and by-reference parameters.
    pub(crate) fn parameters(&self) -> Vec<Ident> {
        let mut names = Vec::new();
        for input in &self.sig.inputs {
            if let FnArg::Typed(typed) = input {
                identifiers(typed.pat.to_token_stream(), &mut names);
            }
        }
        names
    }

    /// What is wrong with the function whatever the keys say.
    pub(crate) fn check(&self, errors: &mut Errors) {
        if let Some(token) = &self.sig.constness {
            errors.push(
                token.span,
                "`#[retry]` cannot wait at compile time; remove `const`",
            );
        }
        for attr in &self.attrs {
            if attr
                .path()
                .segments
                .last()
                .is_some_and(|name| name.ident == "retry")
            {
                errors.push_at(
                    attr,
                    "a second `#[retry]`: attempts would multiply; keep one",
                );
            }
        }
        if has_ident(self.body.stream(), "__tracing_attr_span") {
            let message =
                "put `#[retry]` above `#[instrument]`, so that every attempt has its span";
            errors.push(self.sig.ident.span(), message);
        }
        if made_by_tokio_main(&self.body) && !self.is_test() {
            let message =
                "put `#[retry]` above `#[tokio::main]`, so that all attempts share a runtime";
            errors.push(self.sig.ident.span(), message);
        }
        match &self.sig.output {
            ReturnType::Default => errors.push_at(
                &self.sig.ident,
                "`#[retry]` needs an outcome to judge; return `Result` or `Option`",
            ),
            ReturnType::Type(_, ty) => match &**ty {
                Type::Tuple(tuple) if tuple.elems.is_empty() => errors.push_at(
                    ty,
                    "`#[retry]` needs an outcome to judge; return `Result` or `Option`",
                ),
                Type::Never(_) => errors.push_at(
                    ty,
                    "a function that never returns has no outcome to judge; return `Result` or `Option`",
                ),
                _ => {}
            },
        }
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

/// The error for an item that is no function.
fn other_item(item: TokenStream) -> Option<syn::Error> {
    let parser = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let word: TokenTree = input.parse()?;
        input.parse::<TokenStream>()?;
        Ok(word)
    };
    let word = parser.parse2(item).ok()?;
    let message = match word.to_string().as_str() {
        "impl" => "`#[retry]` goes on a function; put it on each method of the `impl` block",
        "trait" => "`#[retry]` goes on a function; put it on each method with a body",
        "struct" | "enum" | "union" | "mod" | "type" | "static" | "use" | "macro_rules" | "let" => {
            "`#[retry]` goes on a function"
        }
        _ => return None,
    };
    Some(syn::Error::new(word.span(), message))
}

/// The braces themselves, where a `macro_rules!` passed them on as a `$body:block`.
fn braces(group: Group) -> Group {
    let mut inside = group.stream().into_iter();
    match (group.delimiter(), inside.next(), inside.next()) {
        (Delimiter::None, Some(TokenTree::Group(inner)), None) => braces(inner),
        _ => group,
    }
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

/// The message of the runtime that `#[tokio::main]` builds in the body it writes.
fn made_by_tokio_main(body: &Group) -> bool {
    fn told(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Literal(text) => text.to_string() == "\"Failed building the Runtime\"",
            TokenTree::Group(group) => told(group.stream()),
            _ => false,
        })
    }
    told(body.stream())
}

/// A parameter that is made anew for every attempt, under its own name.
pub(crate) struct Renewed {
    /// `#[cfg(..)]`
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) mutability: Option<Token![mut]>,
    pub(crate) name: Ident,
    pub(crate) how: How,
}

/// How a parameter is made anew.
pub(crate) enum How {
    /// `&mut *name`
    Reborrow,
    /// `Pin::as_mut(&mut name)`
    Repin,
    /// `Clone::clone(&name)`
    Clone,
}

/// Finds what each attempt needs anew, and takes `mut` from those parameters: it moves to what is
/// made of them. A pinned one gets it, to be pinned again.
pub(crate) fn renew(function: &mut Function, clone: &[Ident], errors: &mut Errors) -> Vec<Renewed> {
    let mut found = Vec::new();
    let body = function.body.stream();
    let sig = &mut function.sig;
    for input in &mut sig.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                // A pinned `self` can only be pinned again by the body, which `mut` lets it do.
                let pinned = matches!(&receiver.kind, ReceiverKind::Typed(_, ty) if is_pinned(ty));
                if let (Some(token), false) = (&receiver.mutability, pinned) {
                    carries_over(token.span(), "self", errors);
                }
            }
            FnArg::Typed(typed) => {
                let is_cfg = |attr: &&Attribute| attr.path().is_ident("cfg");
                let attrs: Vec<_> = typed.attrs.iter().filter(is_cfg).cloned().collect();
                renew_pattern(
                    &mut typed.pat,
                    Some(&typed.ty),
                    clone,
                    errors,
                    &mut |renewed| {
                        // What the body does not name is not used up.
                        let cloned = matches!(renewed.how, How::Clone);
                        if cloned || has_ident(body.clone(), &renewed.name.to_string()) {
                            found.push(Renewed {
                                attrs: attrs.clone(),
                                ..renewed
                            });
                        }
                    },
                );
            }
        }
    }
    for name in clone
        .iter()
        .filter(|name| !found.iter().any(|renewed| renewed.name == **name))
    {
        let message = if name == "self" {
            "`self` cannot be cloned for each attempt; take `&self`".to_owned()
        } else {
            format!("`{}` has no parameter named `{name}`", sig.ident)
        };
        errors.push(name.span(), message);
    }
    found
}

/// Finds the names of one pattern, and of their types as far as they can be seen.
fn renew_pattern(
    pat: &mut Pat,
    ty: Option<&Type>,
    clone: &[Ident],
    errors: &mut Errors,
    found: &mut dyn FnMut(Renewed),
) {
    match pat {
        Pat::Ident(pat) => {
            if let Some((_, inner)) = &mut pat.subpat {
                renew_pattern(inner, None, clone, errors, found);
            }
            let name = pat.ident.clone();
            let by_ref = pat.by_ref.is_some();
            let (how, mutability) = if clone.contains(&name) {
                (
                    How::Clone,
                    if by_ref { None } else { pat.mutability.take() },
                )
            } else if by_ref && pat.mutability.is_some() {
                (How::Reborrow, None)
            } else if ty.is_some_and(is_unique) {
                (How::Reborrow, pat.mutability.take())
            } else if ty.is_some_and(is_pinned) {
                let pinned_again = Token![mut](Span::mixed_site());
                (How::Repin, pat.mutability.replace(pinned_again))
            } else {
                if let Some(token) = &pat.mutability {
                    carries_over(token.span(), &name.to_string(), errors);
                }
                return;
            };
            found(Renewed {
                attrs: Vec::new(),
                mutability,
                name,
                how,
            });
        }
        Pat::Tuple(tuple) => {
            let types = match ty {
                Some(Type::Tuple(types)) if types.elems.len() == tuple.elems.len() => {
                    types.elems.iter().map(Some).collect()
                }
                _ => vec![None; tuple.elems.len()],
            };
            for (pat, ty) in tuple.elems.iter_mut().zip(types) {
                renew_pattern(pat, ty, clone, errors, found);
            }
        }
        Pat::Paren(paren) => renew_pattern(&mut paren.pat, ty, clone, errors, found),
        Pat::Reference(reference) => renew_pattern(&mut reference.pat, None, clone, errors, found),
        Pat::TupleStruct(tuple) => {
            for pat in &mut tuple.elems {
                renew_pattern(pat, None, clone, errors, found);
            }
        }
        Pat::Slice(slice) => {
            for pat in &mut slice.elems {
                renew_pattern(pat, None, clone, errors, found);
            }
        }
        Pat::Struct(fields) => {
            for field in &mut fields.fields {
                renew_pattern(&mut field.pat, None, clone, errors, found);
            }
        }
        _ => {}
    }
}

/// `&mut T`
fn is_unique(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => reference.mutability.is_some(),
        Type::Paren(paren) => is_unique(&paren.elem),
        Type::Group(group) => is_unique(&group.elem),
        _ => false,
    }
}

/// `Pin<&mut T>`
fn is_pinned(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(segment) = path.path.segments.last() else {
        return false;
    };
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return false;
    };
    segment.ident == "Pin"
        && matches!(arguments.args.first(), Some(GenericArgument::Type(ty)) if is_unique(ty))
}

fn carries_over(span: Span, name: &str, errors: &mut Errors) {
    let instead = match name {
        "self" => "take `&mut self`, or bind it anew in the body".to_owned(),
        _ => format!("write `clone({name})` in the attribute, or bind it anew in the body"),
    };
    errors.push(
        span,
        format_args!("`mut {name}` would carry its change into the next attempt; {instead}"),
    );
}
