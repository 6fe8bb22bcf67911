//! The shape of a function that returns a stream.

use quote::quote;
use syn::{GenericArgument, Path, PathSegment, ReturnType, Type, TypeParamBound};

use super::nameable::nameable;
use crate::check::outcome::whole;
use crate::diagnostics::{Errors, text};
use crate::parse::function::Function;
use crate::parse::types::{arguments, trait_of, types};

const NO_STREAM: &str = "`resume` is for a function that returns a stream, `impl Stream<Item = Result<T, E>>` or a boxed one";

const BLOCKING: &str = "a stream that cannot be opened is opened again after a pause, for which a function that is not `async` \
                        cannot wait; write `async fn`, or return the stream alone, whose first item is the error";

/// A way in which a function returns a stream.
#[derive(Clone, Copy)]
pub(crate) struct StreamShape {
    /// Whether the type is a boxed one, and not `impl Stream`.
    pub(crate) boxed: bool,
    pub(crate) opening: Opening,
}

/// A way in which a stream is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// `fn`
    Direct,
    /// `async fn`
    Awaited,
    /// `async fn` that returns a `Result` of the stream.
    Fallible,
}

impl StreamShape {
    /// Returns the shape, and the type of its items.
    pub(crate) fn of(
        function: &Function,
        private: &Path,
        errors: &mut Errors,
    ) -> Option<(StreamShape, Type)> {
        let ReturnType::Type(_, output) = &function.sig.output else {
            return None;
        };
        let is_async = function.sig.asyncness.is_some();
        let (opening, stream) = match (inside_result(output), is_async) {
            (Some(stream), true) => (Opening::Fallible, stream),
            (None, true) => (Opening::Awaited, &**output),
            (None, false) => (Opening::Direct, &**output),
            (Some(stream), false) => {
                let message = match item_of(stream) {
                    Some(_) => BLOCKING,
                    None => NO_STREAM,
                };
                errors.push_at(output, message);
                return None;
            }
        };
        let boxed = !matches!(stream, Type::ImplTrait(_));
        let item = match item_of(stream) {
            Some(item) => item,
            None if boxed && whole(stream).is_none() => {
                let named = nameable(stream);
                Type::Verbatim(quote!(#private::stream::ItemOf<#named>))
            }
            None => {
                errors.push_at(stream, NO_STREAM);
                return None;
            }
        };
        if let (Opening::Fallible, Some(own), Some(of_items)) =
            (opening, error_of(output), error_of(&item))
        {
            if text(own) != text(of_items) {
                let message = "an opening and an item fail by one error, since the stream goes on over both; write \
                               `Result<impl Stream<Item = Result<T, E>>, E>`";
                errors.push_at(output, message);
            }
        }
        Some((StreamShape { boxed, opening }, item))
    }
}

/// Returns the `S` of a `Result<S, E>`.
fn inside_result(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let first = types(last).first().copied()?;
    // An alias has another name: `ApiResult<impl Stream<..>>`.
    let is_result = last.ident.to_string().ends_with("Result");
    let is_boxed = matches!(last.ident.to_string().as_str(), "Pin" | "Box");
    (is_result || !is_boxed && item_of(ty).is_none() && item_of(first).is_some()).then_some(first)
}

/// Returns the `E` of a `Result<T, E>`, if it is written.
fn error_of(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    match types(last).as_slice() {
        [_, error] if last.ident == "Result" => Some(error),
        _ => None,
    }
}

/// Returns the type of the items of `impl Stream`, of a `BoxStream`, or of a `Pin<Box<dyn Stream>>`.
pub(crate) fn item_of(ty: &Type) -> Option<Type> {
    match ty {
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(bound_item),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(bound_item),
        Type::Paren(ty) => item_of(&ty.elem),
        Type::Group(ty) => item_of(&ty.elem),
        Type::Path(path) => item_of_path(path.path.segments.last()?),
        _ => None,
    }
}

fn item_of_path(name: &PathSegment) -> Option<Type> {
    match name.ident.to_string().as_str() {
        "Pin" | "Box" => types(name).into_iter().find_map(item_of),
        "BoxStream" | "LocalBoxStream" => types(name).last().copied().cloned(),
        _ => None,
    }
}

fn bound_item(bound: &TypeParamBound) -> Option<Type> {
    let name =
        trait_of(bound).filter(|name| name.ident == "Stream" || name.ident == "TryStream")?;
    let of = |wanted: &str| {
        arguments(name)
            .into_iter()
            .find_map(|argument| match argument {
                GenericArgument::AssocType(found) if found.ident == wanted => {
                    Some(found.ty.clone())
                }
                _ => None,
            })
    };
    if let (Some(ok), Some(error)) = (of("Ok"), of("Error")) {
        return Some(Type::Verbatim(quote!(::core::result::Result<#ok, #error>)));
    }
    of("Item")
}
