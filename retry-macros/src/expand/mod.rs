//! The expansion: writes the loop.
//!
//! ```text
//! // Input
//! #[retry(stop = after_attempt(self.limit), when = transient())]
//! async fn ping(&self) -> Result<Pong, Error> { self.client.ping().await }
//!
//! // Output, paths shortened
#![doc = include_str!("../tests/snapshots/asynchronous.snap")]
//! ```

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{TokenStreamExt, quote};

use crate::check;
use crate::check::moved_args;
use crate::diagnostics::Errors;
use crate::editor;
use crate::lower::shape::Shape;
use crate::lower::stream_shape::StreamShape;
use crate::lower::tokens::with_stream;
use crate::parse::attribute::Args;
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::function::Function;

mod attempt;
mod call;
mod companions;
mod decide;
mod driven;
mod events;
mod fall_back;
mod fallback;
mod finish;
mod function;
mod guards;
mod hedge;
mod interrupts;
mod judge;
mod model;
mod pause;
mod plan;
mod stream;

use self::function::Input;

/// Expands `#[retry]`, `#[guard]` or `#[circuit_breaker]`. `set` has the keys behind `use = ..`.
pub(crate) fn attribute(
    kind: AttributeKind,
    args: TokenStream,
    set: Option<TokenStream>,
    item: TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let mut function = match Function::parse_item(kind, item.clone()) {
        Ok(function) => function,
        Err(error) => {
            errors.add(error);
            Args::parse(kind, args, &mut errors);
            let errors = errors.into_compile_error();
            return quote!(#item #errors);
        }
    };
    function.check(kind, &mut errors);
    let (mut shape, mut outcome) = Shape::of(&function, &mut errors);
    let attempt = shape.attempt(&function).clone();
    function.check_order(kind, &attempt, &mut errors);
    let framed = matches!(&shape, Shape::Future(tail) if tail.frame.is_some());
    let written = if framed { rename_self(args) } else { args };
    let mut args = Args::parse(kind, written.clone(), &mut errors);
    if let (Some(resume), Shape::Future(_)) = (&args.resume, &shape) {
        let message = match framed {
            true => {
                "`#[async_trait]` has made a future of the function, and a stream is opened again later; write a `fn` \
                 that returns a `BoxStream`, whose first item may be the error"
            }
            false => {
                "`resume` is for an `async fn` here, or for a `fn` that returns the stream itself"
            }
        };
        errors.push(resume.key.span(), message);
    } else if args.resume.is_some() {
        if let Some((stream, item)) = StreamShape::of(&function, &args.private(), &mut errors) {
            (shape, outcome) = (Shape::Stream(stream), item);
        }
    }
    // Without the set, what else would be reported depends on its keys.
    let incomplete = (args.uses && set.is_none()).then(|| errors.clone());
    if let Some(set) = set {
        args.complete(Args::parse_set(set, &mut errors));
    }
    function.editor = editor::completions(kind, &args.private(), &written);
    check::retries::check(&args, &mut errors);
    check::beside::budget(&args, &mut errors);
    check_names(&function, &args, &mut errors);
    if !framed && args.repeats() {
        let mut rebound: Vec<_> = args.clone.iter().chain(&args.attempt).collect();
        for (name, _) in &args.once {
            rebound.push(name);
        }
        let cursor = args
            .resume
            .as_ref()
            .and_then(|resume| resume.cursor.as_ref());
        rebound.extend(cursor.map(|cursor| &cursor.parameter));
        moved_args::check(
            &function.sig,
            &function.body,
            &attempt,
            &rebound,
            &mut errors,
        );
    }

    let input = Input {
        function: &function,
        shape: &shape,
        outcome: &outcome,
        args: &args,
    };
    let plain = args.unretried.as_ref();
    let plain = plain.map(|name| input.unretried(name, &written, &mut errors));
    let with = args.retry_with.as_ref();
    let given = with.map(|name| input.with_policy(name, &mut errors));
    let expanded = input.expand(&mut errors);
    if let Some(errors_of_keys) = incomplete {
        errors = errors_of_keys;
    } else if errors.is_empty() {
        return quote!(#expanded #plain #given);
    }
    // With the original functions, the rest of the crate still compiles.
    let original = input.fallback();
    let given = with.and_then(|name| input.fallback_with_policy(name));
    let errors = errors.into_compile_error();
    quote!(#original #plain #given #errors)
}

/// Reports the mistakes of keys that show without a function.
pub(crate) fn check_keys(args: &Args, errors: &mut Errors) {
    // Async, and with an outcome of any kind: where every key may stand.
    let function = quote!(
        async fn call() -> Outcome {}
    );
    let Ok(function) = Function::parse_item(args.kind, function) else {
        return;
    };
    let (shape, outcome) = Shape::of(&function, errors);
    check::retries::check(args, errors);
    let input = Input {
        function: &function,
        shape: &shape,
        outcome: &outcome,
        args,
    };
    input.expand(errors);
}

/// Reports names that keys bind in the body and that are taken there.
fn check_names(function: &Function, args: &Args, errors: &mut Errors) {
    let parameters = function.parameters();
    let mut refuse = |name: &Ident, already: &str| {
        let message = format!("`{name}` is already {already} here; write another name");
        errors.push(name.span(), message);
    };
    for (name, _) in &args.once {
        if parameters.contains(name) {
            refuse(name, "a parameter");
        }
    }
    let Some(name) = &args.attempt else { return };
    if parameters.contains(name) {
        refuse(name, "a parameter");
    } else if args.once.iter().any(|(once, _)| once == name) {
        refuse(name, "bound by `once`");
    }
}

/// Renames `self` to `__self`, as `#[async_trait]` has bound it in the block of our tokens.
fn rename_self(tokens: TokenStream) -> TokenStream {
    let mut renamed = TokenStream::new();
    for token in tokens {
        renamed.append(match token {
            TokenTree::Ident(word) if word == "self" => Ident::new("__self", word.span()).into(),
            TokenTree::Group(group) => with_stream(&group, rename_self(group.stream())).into(),
            other => other,
        });
    }
    renamed
}
