//! The function under the attribute, parsed up to its braces.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{AttrStyle, Attribute, FnArg, Signature, Token, Visibility};

use crate::lower::tokens::with_stream;
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::inspect::last_names;
use crate::parse::pattern;
use crate::parse::tokens::is_punct;

mod check;
mod names;
mod order;

pub(crate) use names::{captures, has_ident, mentions};

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
            let purpose = kind.pick("to run again", "to run");
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
        let group = with_stream(braces, quote!(#editor #body));
        quote!(#(#attrs)* #vis #defaultness #sig #group)
    }

    /// Returns the names of by-value and by-reference parameters.
    pub(crate) fn parameters(&self) -> Vec<Ident> {
        parameters_of(&self.sig)
    }

    fn is_test(&self) -> bool {
        let mut names = self.attrs.iter().map(|attr| last_names(attr.path()).1);
        names.any(|name| name.as_deref() == Some("test"))
    }
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
    if group.delimiter() != Delimiter::None {
        return group;
    }
    let mut inside = group.stream().into_iter();
    match (inside.next(), inside.next()) {
        (Some(TokenTree::Group(inner)), None) => braces(inner),
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
    let mut is_next = |mark| tokens.next().is_some_and(|token| is_punct(&token, mark));
    if !(is_next('#') && is_next('!')) {
        return Ok(body);
    }
    let parser = |input: ParseStream<'_>| {
        let inner = input.call(Attribute::parse_inner)?;
        for mut attr in inner {
            attr.style = AttrStyle::Outer;
            attrs.push(attr);
        }
        input.parse::<TokenStream>()
    };
    let rest = parser.parse2(body.stream())?;
    Ok(with_stream(&body, rest))
}

/// Returns the names of a signature's parameters, `self` apart.
pub(crate) fn parameters_of(sig: &Signature) -> Vec<Ident> {
    let mut parameters = Vec::new();
    for input in &sig.inputs {
        if let FnArg::Typed(typed) = input {
            for name in pattern::names(&typed.pat) {
                parameters.push(name.ident.clone());
            }
        }
    }
    parameters
}
