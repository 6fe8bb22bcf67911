//! Parts of a written type.

use proc_macro2::Ident;
use syn::{
    GenericArgument, Generics, PathArguments, PathSegment, Type, TypeParamBound, WherePredicate,
};

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

/// Returns the bounds of a type parameter, those of its declaration and of the `where` clause.
pub(crate) fn bounds<'g>(
    name: &Ident,
    generics: &'g Generics,
) -> impl Iterator<Item = &'g TypeParamBound> {
    let declared = generics.type_params();
    let declared = declared.filter(move |param| param.ident == *name);
    let clauses = generics.where_clause.iter();
    let clauses = clauses.flat_map(|clause| &clause.predicates);
    let demanded = clauses.filter_map(move |clause| match clause {
        WherePredicate::Type(clause) => match &clause.bounded_ty {
            Type::Path(of) if of.path.is_ident(name) => Some(&clause.bounds),
            _ => None,
        },
        _ => None,
    });
    declared
        .map(|param| &param.bounds)
        .chain(demanded)
        .flatten()
}
