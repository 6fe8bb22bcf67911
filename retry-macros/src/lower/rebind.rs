//! Parameters that a body may move, with their replacements in each attempt.

use proc_macro2::{Ident, Span};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, Generics, Pat, PatType, PathArguments, ReceiverKind,
    Signature, Token, Type, TypeParamBound, WherePredicate,
};

use crate::diagnostics::{Errors, text};
use crate::parse::function::{Function, mentions, parameters_of};
use persevere_words::closest;

/// A parameter that each attempt gets afresh, under its own name.
pub(crate) struct Rebound {
    /// `#[cfg(..)]`
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) mutability: Option<Token![mut]>,
    pub(crate) name: Ident,
    pub(crate) how: How,
}

/// A way to make a parameter afresh.
pub(crate) enum How {
    /// `&mut *name`
    Reborrow,
    /// `Pin::as_mut(&mut name)`
    Repin,
    /// `Clone::clone(&name)`, for the name at this place in the attribute.
    Clone(Span),
}

/// Finds the parameters that each attempt needs afresh.
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
/// `mut` moves from those parameters to their replacements. A pinned parameter gets a `mut`, because it is
/// pinned again.
pub(crate) fn parameters(
    function: &mut Function,
    clone: &[Ident],
    errors: &mut Errors,
) -> Vec<Rebound> {
    let mut found = Vec::new();
    let body = function.body.stream();
    let sig = &mut function.sig;
    let generics = sig.generics.clone();
    for input in &mut sig.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                // Only the body can pin a pinned `self` again, and it needs `mut` for that.
                let pinned = matches!(&receiver.kind, ReceiverKind::Typed(_, ty) if is_pinned(ty));
                if let (Some(token), false) = (&receiver.mutability, pinned) {
                    carries_over(token.span(), "self", errors);
                }
            }
            FnArg::Typed(typed) => {
                let is_cfg = |attr: &&Attribute| attr.path().is_ident("cfg");
                if let Some((token, name, by_reference)) = changing_closure(typed, clone, &generics)
                {
                    errors.push(
                        token,
                        format_args!(
                            "`mut {name}` would carry its change into the next attempt; take \
                             `{name}: {by_reference}`"
                        ),
                    );
                    continue;
                }
                let attrs: Vec<_> = typed.attrs.iter().filter(is_cfg).cloned().collect();
                rebind_pattern(
                    &mut typed.pat,
                    Some(&typed.ty),
                    clone,
                    errors,
                    &mut |rebound| {
                        found.push(Rebound {
                            attrs: attrs.clone(),
                            ..rebound
                        });
                    },
                );
            }
        }
    }
    for name in clone
        .iter()
        .filter(|name| !found.iter().any(|rebound| rebound.name == **name))
    {
        let message = if name == "self" {
            "`self` cannot be cloned for each attempt; take `&self` and clone it in the body"
                .to_owned()
        } else {
            no_parameter(sig, name)
        };
        errors.push(name.span(), message);
    }
    // A parameter that the body does not name is not moved.
    found.retain(|rebound| mentions(body.clone(), &rebound.name));
    found
}

/// Finds the names of one pattern, and of their types as far as these are visible.
fn rebind_pattern(
    pat: &mut Pat,
    ty: Option<&Type>,
    clone: &[Ident],
    errors: &mut Errors,
    found: &mut dyn FnMut(Rebound),
) {
    match pat {
        Pat::Ident(pat) => {
            if let Some((_, inner)) = &mut pat.subpat {
                rebind_pattern(inner, None, clone, errors, found);
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
            found(Rebound {
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
                rebind_pattern(pat, ty, clone, errors, found);
            }
        }
        Pat::Paren(paren) => rebind_pattern(&mut paren.pat, ty, clone, errors, found),
        Pat::Reference(reference) => rebind_pattern(&mut reference.pat, None, clone, errors, found),
        Pat::TupleStruct(tuple) => {
            for pat in &mut tuple.elems {
                rebind_pattern(pat, None, clone, errors, found);
            }
        }
        Pat::Slice(slice) => {
            for pat in &mut slice.elems {
                rebind_pattern(pat, None, clone, errors, found);
            }
        }
        Pat::Struct(fields) => {
            for field in &mut fields.fields {
                rebind_pattern(&mut field.pat, None, clone, errors, found);
            }
        }
        _ => {}
    }
}

/// Returns whether a type is `&mut T`.
fn is_unique(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => reference.mutability.is_some(),
        Type::Paren(paren) => is_unique(&paren.elem),
        Type::Group(group) => is_unique(&group.elem),
        _ => false,
    }
}

/// Returns whether a type is `Pin<&mut T>`.
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

/// Finds a parameter like `mut f: impl FnMut()`, which is seldom `Clone`, and can be moved only once.
///
/// Returns the place of its `mut`, its name, and the type to take it as.
fn changing_closure(
    typed: &PatType,
    clone: &[Ident],
    generics: &Generics,
) -> Option<(Span, Ident, String)> {
    let Pat::Ident(pat) = &*typed.pat else {
        return None;
    };
    let token = pat.mutability.as_ref()?;
    if pat.by_ref.is_some() || pat.subpat.is_some() || clone.contains(&pat.ident) {
        return None;
    }
    let by_reference = match &*typed.ty {
        Type::ImplTrait(bounds) if calls(&bounds.bounds) => referenced(&typed.ty, &bounds.bounds),
        ty @ Type::Path(path) => {
            let segment = path.path.segments.last()?;
            let boxed = match &segment.arguments {
                PathArguments::AngleBracketed(arguments) => arguments.args.first(),
                _ => None,
            };
            match boxed {
                Some(GenericArgument::Type(inner @ Type::TraitObject(object)))
                    if segment.ident == "Box" && calls(&object.bounds) =>
                {
                    referenced(inner, &object.bounds)
                }
                None if is_bound(path.path.get_ident()?, generics) => format!("&mut {}", text(ty)),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some((token.span(), pat.ident.clone(), by_reference))
}

/// Returns whether `FnMut` is one of the bounds.
fn calls(bounds: &Punctuated<TypeParamBound, Token![+]>) -> bool {
    bounds.iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => {
            let last = bound.path.segments.last();
            last.is_some_and(|last| last.ident == "FnMut" || last.ident == "AsyncFnMut")
        }
        _ => false,
    })
}

/// Returns whether the generic type `name` is bound by `FnMut`.
fn is_bound(name: &Ident, generics: &Generics) -> bool {
    let mut params = generics.type_params();
    let inline = params.any(|param| param.ident == *name && calls(&param.bounds));
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    inline
        || predicates.into_iter().any(|predicate| match predicate {
            WherePredicate::Type(predicate) => {
                let is_it =
                    matches!(&predicate.bounded_ty, Type::Path(path) if path.path.is_ident(name));
                is_it && calls(&predicate.bounds)
            }
            _ => false,
        })
}

fn referenced(ty: &Type, bounds: &Punctuated<TypeParamBound, Token![+]>) -> String {
    match bounds.len() {
        1 => format!("&mut {}", text(ty)),
        _ => format!("&mut ({})", text(ty)),
    }
}

/// Returns the message for `clone(x)` without a parameter `x`.
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
