//! Parameters that a body may use up: what each attempt gets in their place.

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, Pat, PathArguments, ReceiverKind, Signature, Token, Type,
};

use crate::error::{Errors, closest};
use crate::function::{Function, has_ident, parameters_of};

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
    /// `Clone::clone(&name)`, for the name at this place in the attribute.
    Clone(Span),
}

/// Finds what each attempt needs anew:
///
/// ```text
/// // Input
/// #[retry(clone(body))]
/// fn send(log: &mut Log, mut body: String, socket: Pin<&mut Socket>) -> .. { .. }
///
/// // Output
/// fn send(log: &mut Log, body: String, mut socket: Pin<&mut Socket>) -> .. {
///     loop {
///         let log = &mut *log;
///         let mut body = Clone::clone(&body);
///         let socket = Pin::as_mut(&mut socket);
///         ..
/// ```
///
/// `mut` moves from those parameters to what is made of them; a pinned one needs it, to be pinned
/// again.
pub(crate) fn parameters(
    function: &mut Function,
    clone: &[Ident],
    errors: &mut Errors,
) -> Vec<Renewed> {
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
                        let cloned = matches!(renewed.how, How::Clone(_));
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
            "`self` cannot be cloned for each attempt; take `&self` and clone it in the body"
                .to_owned()
        } else {
            no_parameter(sig, name)
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
            let cloned = clone.iter().find(|cloned| **cloned == name);
            let (how, mutability) = if let Some(cloned) = cloned {
                (
                    How::Clone(cloned.span()),
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

/// `clone(x)` where there is no `x`.
fn no_parameter(sig: &Signature, name: &Ident) -> String {
    let names: Vec<String> = parameters_of(sig).iter().map(Ident::to_string).collect();
    let function = &sig.ident;
    match closest(&name.to_string(), names.iter().map(String::as_str)) {
        Some(slip) => {
            format!("`{function}` has no parameter named `{name}`; did you mean `{slip}`?")
        }
        None if names.is_empty() => {
            format!("`{function}` has no parameter named `{name}`: it takes none")
        }
        None => {
            let names = names.join("`, `");
            format!("`{function}` has no parameter named `{name}`; it has `{names}`")
        }
    }
}

fn carries_over(span: Span, name: &str, errors: &mut Errors) {
    let instead = match name {
        "self" => "take `&mut self`, or write `let mut this = self;` in the body".to_owned(),
        _ => format!(
            "add `clone({name})` to the attribute, or write `let mut {name} = {name};` in the body"
        ),
    };
    errors.push(
        span,
        format_args!("`mut {name}` would carry its change into the next attempt; {instead}"),
    );
}
