//! Types of parameters that can be called once.

use syn::{Signature, Type};

use crate::parse::types::{Bounds, bounds, has_trait, types};

/// Returns whether a type can be called once alone, as written.
pub(super) fn is_once(ty: &Type, sig: &Signature) -> bool {
    let path = match ty {
        Type::ImplTrait(ty) => return once_bounds(&[&ty.bounds]),
        Type::TraitObject(ty) => return once_bounds(&[&ty.bounds]),
        Type::Path(path) if path.qself.is_none() => &path.path,
        _ => return false,
    };
    match (path.segments.last(), path.get_ident()) {
        (_, Some(name)) => once_bounds(&bounds(name, &sig.generics)),
        (Some(last), None) => {
            last.ident == "Box" && types(last).first().is_some_and(|of| is_once(of, sig))
        }
        (None, None) => false,
    }
}

/// Returns whether bounds name `FnOnce`, and nothing by which the closure could be called again.
fn once_bounds(places: &[&Bounds]) -> bool {
    let has = |name: &str| has_trait(places, name);
    has("FnOnce") && !(has("Copy") || has("Fn") || has("FnMut"))
}
