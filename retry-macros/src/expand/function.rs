//! A function with its attribute, and its expansion: a function whose body is the loop.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use super::model::ExpandCtx;
use crate::describe;
use crate::diagnostics::Errors;
use crate::lower::rebind;
use crate::lower::shape::Shape;
use crate::lower::track_caller;
use crate::parse::attribute::Args;
use crate::parse::function::Function;

/// A function with its attribute.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub(super) function: &'a Function,
    pub(super) shape: &'a Shape,
    /// The type of an outcome, as written.
    pub(super) outcome: &'a Type,
    pub(super) args: &'a Args,
}

impl Input<'_> {
    /// Expands the function.
    pub(super) fn expand(self, errors: &mut Errors) -> TokenStream {
        let mut function = self.function.clone();
        let args = self.args;
        let mut renewed = args.clone.clone();
        let cursor = args
            .resume
            .as_ref()
            .and_then(|resume| resume.cursor.as_ref());
        renewed.extend(cursor.map(|cursor| cursor.parameter.clone()));
        let rebound = rebind::parameters(&mut function, &renewed, args.repeats(), errors);
        let caller = match self.shape {
            Shape::Blocking => track_caller::ask_outside(&mut function),
            Shape::Async | Shape::Future(_) | Shape::Stream(_) => None,
        };
        let input = Input {
            function: &function,
            ..self
        };
        let body = ExpandCtx::new(input, rebound, errors).body();
        let blocking = matches!(self.shape, Shape::Blocking);
        let section = describe::section(&function.attrs, args, blocking);
        function.attrs.extend(section);
        self.shape.with_attempt(&function, quote!(#caller #body))
    }
}
