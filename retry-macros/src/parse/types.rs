//! Parts of a written type.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{
    GenericArgument, GenericParam, Generics, PathArguments, PathSegment, Token, Type,
    TypeParamBound, WherePredicate,
};

/// Bounds in one place.
pub(crate) type Bounds = Punctuated<TypeParamBound, Token![+]>;

/// Returns the name of a bound's trait, with its arguments.
pub(crate) fn trait_of(bound: &TypeParamBound) -> Option<&PathSegment> {
    match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last(),
        _ => None,
    }
}

/// Returns whether one of the bounds is a trait of this name.
pub(crate) fn has_trait(places: &[&Bounds], name: &str) -> bool {
    for bounds in places {
        for bound in *bounds {
            if trait_of(bound).is_some_and(|segment| segment.ident == name) {
                return true;
            }
        }
    }
    false
}

/// Returns the arguments in angle brackets.
pub(crate) fn arguments(segment: &PathSegment) -> Vec<&GenericArgument> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().collect(),
        _ => Vec::new(),
    }
}

/// Returns the types among the arguments.
pub(crate) fn types(segment: &PathSegment) -> Vec<&Type> {
    let mut types = Vec::new();
    for argument in arguments(segment) {
        if let GenericArgument::Type(ty) = argument {
            types.push(ty);
        }
    }
    types
}

/// Returns the bounds of a type parameter, those of its declaration and of the `where` clause.
pub(crate) fn bounds<'g>(name: &Ident, generics: &'g Generics) -> Vec<&'g Bounds> {
    let mut places = Vec::new();
    for param in &generics.params {
        match param {
            GenericParam::Type(param) if param.ident == *name => places.push(&param.bounds),
            _ => {}
        }
    }
    let Some(clause) = &generics.where_clause else {
        return places;
    };
    for predicate in &clause.predicates {
        if let WherePredicate::Type(predicate) = predicate {
            match &predicate.bounded_ty {
                Type::Path(of) if of.path.is_ident(name) => places.push(&predicate.bounds),
                _ => {}
            }
        }
    }
    places
}
