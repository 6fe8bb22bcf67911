//! Types of parameters that can be called once.

use syn::{Signature, Type, TypeParamBound};

use crate::parse::types::{bounds, trait_of, types};

/// Returns whether a type can be called once alone, as written.
pub(super) fn is_once(ty: &Type, sig: &Signature) -> bool {
    let path = match ty {
        Type::ImplTrait(ty) => return once_bounds(ty.bounds.iter()),
        Type::TraitObject(ty) => return once_bounds(ty.bounds.iter()),
        Type::Path(path) if path.qself.is_none() => &path.path,
        _ => return false,
    };
    match (path.segments.last(), path.get_ident()) {
        (_, Some(name)) => once_bounds(bounds(name, &sig.generics)),
        (Some(last), None) => {
            let boxed = types(last).next().filter(|_| last.ident == "Box");
            boxed.is_some_and(|of| is_once(of, sig))
        }
        (None, None) => false,
    }
}

/// Returns whether bounds name `FnOnce`, and nothing by which the closure could be called again.
fn once_bounds<'b>(bounds: impl Iterator<Item = &'b TypeParamBound>) -> bool {
    let names: Vec<_> = bounds
        .filter_map(trait_of)
        .map(|name| &name.ident)
        .collect();
    let again = ["Copy", "Fn", "FnMut"];
    let has = |wanted: &str| names.iter().any(|name| *name == wanted);
    has("FnOnce") && !again.into_iter().any(has)
}
