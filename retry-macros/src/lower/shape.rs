//! Starts of an attempt: the body itself, or the `async` block that a function returns.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::{GenericArgument, ReturnType, Type, TypeParamBound};

use super::stream_shape::StreamShape;
use super::tokens::{stream, with_stream};
use crate::diagnostics::Errors;
use crate::parse::function::Function;
use crate::parse::tokens::{group, is_word};
use crate::parse::types::{arguments, trait_of, types};

/// A way in which a function runs its body.
pub(crate) enum Shape {
    /// `fn`: the body runs on the caller's thread.
    Blocking,
    /// `async fn`.
    Async,
    /// A `fn` that returns a future made by an `async` block at its end.
    Future(Tail),
    /// A function that returns a stream, which the body opens.
    Stream(StreamShape),
}

/// The `async` block at the end of a body: `before async move { inside.0 { attempt } inside.1 } after`.
pub(crate) struct Tail {
    before: TokenStream,
    after: Wrap,
    /// The code that `#[async_trait]` wrote around the user's body.
    pub(crate) frame: Option<(TokenStream, TokenStream)>,
    attempt: Group,
}

enum Wrap {
    /// Tokens after the block.
    Plain(TokenStream),
    /// The block stands in the parentheses of a call, as in `Box::pin(async move { .. })`.
    Call(Group),
}

impl Shape {
    pub(crate) fn is_async(&self) -> bool {
        !matches!(self, Shape::Blocking)
    }

    /// Returns the shape of a function that returns a stream.
    pub(crate) fn stream(&self) -> Option<StreamShape> {
        match self {
            Shape::Stream(stream) => Some(*stream),
            Shape::Blocking | Shape::Async | Shape::Future(_) => None,
        }
    }

    /// Returns the part of a call that cannot wait for an async closure, for a message.
    pub(crate) fn cannot_wait(&self) -> Option<&'static str> {
        match self {
            Shape::Blocking => Some("a blocking function"),
            Shape::Stream(_) => Some("a stream"),
            Shape::Async | Shape::Future(_) => None,
        }
    }

    /// Returns the tokens of an attempt.
    pub(crate) fn attempt<'a>(&'a self, function: &'a Function) -> &'a Group {
        match self {
            Shape::Blocking | Shape::Async | Shape::Stream(_) => &function.body,
            Shape::Future(tail) => &tail.attempt,
        }
    }

    /// Emits the function with `body` in place of an attempt.
    pub(crate) fn with_attempt(&self, function: &Function, body: TokenStream) -> TokenStream {
        function.with_body(match self {
            Shape::Blocking | Shape::Async | Shape::Stream(_) => body,
            Shape::Future(tail) => tail.around(body),
        })
    }

    /// Returns the shape, and the type of an outcome.
    pub(crate) fn of(function: &Function, errors: &mut Errors) -> (Shape, Type) {
        let output = match &function.sig.output {
            ReturnType::Type(_, ty) => (**ty).clone(),
            ReturnType::Default => Type::Verbatim(quote!(())),
        };
        if function.sig.asyncness.is_some() {
            return (Shape::Async, output);
        }
        let Some(outcome) = future_output(&output) else {
            return (Shape::Blocking, output);
        };
        match Tail::find(&function.body) {
            Some(tail) => (Shape::Future(tail), outcome),
            None => {
                errors.push_at(
                    &output,
                    "cannot see where an attempt starts; write `async fn`, or end the body with an \
                     `async move { .. }` block",
                );
                (Shape::Blocking, output)
            }
        }
    }
}

impl Tail {
    fn find(body: &Group) -> Option<Tail> {
        let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
        if let Some((start, end)) = last_async_block(&tokens) {
            let after = stream(&tokens[end..]);
            let text = after.to_string().replace(' ', "");
            if text.is_empty() || text == ".boxed()" || text == ".boxed_local()" {
                return Tail::new(&tokens[..start], &tokens[end - 1], Wrap::Plain(after));
            }
        }
        let call = group(tokens.last()?, Delimiter::Parenthesis)?;
        let inside: Vec<TokenTree> = call.stream().into_iter().collect();
        match last_async_block(&inside)? {
            (0, end) if end == inside.len() => Tail::new(
                &tokens[..tokens.len() - 1],
                &inside[end - 1],
                Wrap::Call(call.clone()),
            ),
            _ => None,
        }
    }

    fn new(before: &[TokenTree], block: &TokenTree, after: Wrap) -> Option<Tail> {
        let TokenTree::Group(block) = block else {
            return None;
        };
        let before = stream(before);
        let (frame, attempt) = match async_trait_body(block) {
            Some((head, attempt, tail)) => (Some((head, tail)), attempt),
            None => (None, block.clone()),
        };
        Some(Tail {
            before,
            after,
            frame,
            attempt,
        })
    }

    /// Returns the function's body with `inside` in place of the block's contents.
    fn around(&self, inside: TokenStream) -> TokenStream {
        let inside = match &self.frame {
            Some((head, tail)) => quote!(#head { #inside } #tail),
            None => inside,
        };
        let before = &self.before;
        match &self.after {
            Wrap::Plain(after) => quote!(#before async move { #inside } #after),
            Wrap::Call(call) => {
                let call = with_stream(call, quote!(async move { #inside }));
                quote!(#before #call)
            }
        }
    }
}

/// Returns the start and the end of the last `async [move] { .. }` in a list of tokens.
fn last_async_block(tokens: &[TokenTree]) -> Option<(usize, usize)> {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| is_word(token, word));
    (0..tokens.len())
        .rev()
        .filter(|at| is(*at, "async"))
        .find_map(|start| {
            let block = start + 1 + usize::from(is(start + 1, "move"));
            group(tokens.get(block)?, Delimiter::Brace).map(|_| (start, block + 1))
        })
}

/// Returns the user's block in the code that `#[async_trait]` wrote: `… let __ret: R = { USER }; …`.
fn async_trait_body(block: &Group) -> Option<(TokenStream, Group, TokenStream)> {
    let tokens: Vec<TokenTree> = block.stream().into_iter().collect();
    let is = |token: &TokenTree, text: &str| token.to_string() == text;
    let start = tokens
        .windows(2)
        .position(|pair| is(&pair[0], "let") && is(&pair[1], "__ret"))?;
    let end = start + tokens[start..].iter().position(|token| is(token, ";"))?;
    let TokenTree::Group(user) = &tokens[end - 1] else {
        return None;
    };
    let head = stream(&tokens[..end - 1]);
    let tail = stream(&tokens[end..]);
    Some((head, user.clone(), tail))
}

/// Returns the `R` of `impl Future<Output = R>`, `Pin<Box<dyn Future<Output = R>>>` or `BoxFuture<'_, R>`.
fn future_output(ty: &Type) -> Option<Type> {
    match ty {
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(bound_output),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(bound_output),
        Type::Paren(ty) => future_output(&ty.elem),
        Type::Group(ty) => future_output(&ty.elem),
        Type::Path(path) => {
            let segment = path.path.segments.last()?;
            match segment.ident.to_string().as_str() {
                "Pin" | "Box" => types(segment).into_iter().find_map(future_output),
                "BoxFuture" | "LocalBoxFuture" => types(segment).last().copied().cloned(),
                _ => None,
            }
        }
        _ => None,
    }
}

fn bound_output(bound: &TypeParamBound) -> Option<Type> {
    let segment = trait_of(bound).filter(|name| name.ident == "Future")?;
    for argument in arguments(segment) {
        match argument {
            GenericArgument::AssocType(output) if output.ident == "Output" => {
                return Some(output.ty.clone());
            }
            _ => {}
        }
    }
    None
}
