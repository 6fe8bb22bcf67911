//! Parts of a written type.

use syn::{GenericArgument, PathArguments, PathSegment, Type, TypeParamBound};

/// Returns the name of a bound's trait, with its arguments.
pub(crate) fn trait_of(bound: &TypeParamBound) -> Option<&PathSegment> {
    match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last(),
        _ => None,
    }
}

/// Returns the arguments in angle brackets.
pub(crate) fn arguments(
    segment: &PathSegment,
) -> impl DoubleEndedIterator<Item = &GenericArgument> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten()
}

/// Returns the types among the arguments.
pub(crate) fn types(segment: &PathSegment) -> impl DoubleEndedIterator<Item = &Type> {
    arguments(segment).filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
