//! Types of parameters that can be called once.

use syn::punctuated::Punctuated;
use syn::{GenericArgument, PathArguments, Signature, Token, Type, TypeParamBound, WherePredicate};

/// Returns whether a type can be called once alone, as written.
pub(super) fn is_once(ty: &Type, sig: &Signature) -> bool {
    let path = match ty {
        Type::ImplTrait(ty) => return once_bounds(&ty.bounds),
        Type::TraitObject(ty) => return once_bounds(&ty.bounds),
        Type::Path(path) if path.qself.is_none() => &path.path,
        _ => return false,
    };
    let Some(last) = path.segments.last() else {
        return false;
    };
    if let PathArguments::AngleBracketed(arguments) = &last.arguments {
        let mut arguments = arguments.args.iter();
        return last.ident == "Box"
            && matches!(arguments.next(), Some(GenericArgument::Type(of)) if is_once(of, sig));
    }
    let Some(name) = path.get_ident() else {
        return false;
    };
    let declared = sig.generics.type_params();
    let declared = declared
        .filter(|param| param.ident == *name)
        .map(|param| &param.bounds);
    let clauses = sig.generics.where_clause.iter();
    let clauses = clauses.flat_map(|clause| &clause.predicates);
    let demanded = clauses.filter_map(|clause| match clause {
        WherePredicate::Type(clause) => match &clause.bounded_ty {
            Type::Path(of) if of.path.is_ident(name) => Some(&clause.bounds),
            _ => None,
        },
        _ => None,
    });
    let bounds: Punctuated<_, Token![+]> = declared.chain(demanded).flatten().cloned().collect();
    once_bounds(&bounds)
}

/// Returns whether bounds name `FnOnce`, and nothing by which the closure could be called again.
fn once_bounds(bounds: &Punctuated<TypeParamBound, Token![+]>) -> bool {
    let names = |wanted: &str| {
        bounds.iter().any(|bound| match bound {
            TypeParamBound::Trait(bound) => {
                let last = bound.path.segments.last();
                last.is_some_and(|last| last.ident == wanted)
            }
            _ => false,
        })
    };
    names("FnOnce") && !["Copy", "Fn", "FnMut"].into_iter().any(names)
}
