//! A function whose body is the loop.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::ExpandCtx;
use crate::diagnostics::Errors;
use crate::lower::rebind;
use crate::lower::shape::Shape;
use crate::lower::track_caller;
use crate::parse::attribute::Args;
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::function::Function;

/// Expands one function.
pub(super) fn expand(
    function: &Function,
    shape: &Shape,
    outcome: &syn::Type,
    args: &Args,
    errors: &mut Errors,
) -> TokenStream {
    let mut function = function.clone();
    // A function that is tried once may move its arguments.
    let rebound = match args.kind {
        AttributeKind::Retry => rebind::parameters(&mut function, &args.clone, errors),
        AttributeKind::CircuitBreaker => Vec::new(),
    };
    let caller = match shape {
        Shape::Blocking => track_caller::ask_outside(&mut function),
        Shape::Async | Shape::Future(_) => None,
    };
    let plan = ExpandCtx::new(&function, shape, outcome, args, rebound, errors);
    let body = plan.body();
    let body = quote!(#caller #body);
    match shape {
        Shape::Blocking | Shape::Async => function.with_body(body),
        Shape::Future(tail) => function.with_body(tail.around(body)),
    }
}
