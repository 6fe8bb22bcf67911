//! Types that a body can name.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericArgument, Path, PathArguments, Type, TypeParamBound};

/// Returns the type with `_` for every `impl Trait`, which a body cannot name.
///
/// ```text
/// // Input
/// Result<(Vec<impl Debug>, Box<dyn Iterator<Item = impl Display>>), E>
///
/// // Output
/// Result<(Vec<_>, Box<dyn Iterator<Item = _>>), E>
/// ```
pub(crate) fn nameable(ty: &Type) -> TokenStream {
    let mut ty = ty.clone();
    erase(&mut ty);
    ty.into_token_stream()
}

fn erase(ty: &mut Type) {
    match ty {
        Type::ImplTrait(_) => *ty = Type::Verbatim(quote!(_)),
        Type::Reference(reference) => erase(&mut reference.elem),
        Type::Ptr(pointer) => erase(&mut pointer.elem),
        Type::Array(array) => erase(&mut array.elem),
        Type::Slice(slice) => erase(&mut slice.elem),
        Type::Paren(paren) => erase(&mut paren.elem),
        Type::Group(group) => erase(&mut group.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(erase),
        Type::Path(path) => erase_in_path(&mut path.path),
        Type::TraitObject(object) => {
            for bound in &mut object.bounds {
                if let TypeParamBound::Trait(bound) = bound {
                    erase_in_path(&mut bound.path);
                }
            }
        }
        _ => {}
    }
}

fn erase_in_path(path: &mut Path) {
    for segment in &mut path.segments {
        if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
            for argument in &mut arguments.args {
                match argument {
                    GenericArgument::Type(ty) => erase(ty),
                    GenericArgument::AssocType(bound) => erase(&mut bound.ty),
                    _ => {}
                }
            }
        }
    }
}
