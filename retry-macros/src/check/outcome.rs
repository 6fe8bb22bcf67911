//! Keys whose value takes an outcome's error for the outcome.

use syn::{Expr, ExprClosure, Pat, Path, Type, TypeParamBound};

use crate::diagnostics::{Errors, text};
use crate::parse::attribute::Args;
use crate::parse::inspect::{last_names, within};
use crate::parse::role::Role;
use crate::parse::types::trait_of;

/// Reports patterns and predicates that can only match the error of a `Result`.
pub(crate) fn check(args: &Args, outcome: &Type, errors: &mut Errors) {
    let is_result = matches!(outcome, Type::Path(path) if path.path.segments.last()
        .is_some_and(|name| name.ident == "Result"));
    if !is_result {
        return;
    }
    for arm in &args.arms {
        let key = arm.key.name();
        if let Some(message) = of_the_error(key, &arm.pattern) {
            errors.push_at(&arm.pattern, message);
        }
    }
    let when = args.values.strategy(Role::When).map(|when| &when.written);
    if let Some(Expr::Closure(closure)) = when {
        if asks_the_error(closure) {
            let written = text(closure);
            let message = format!(
                "a predicate takes the whole outcome, a `Result`; for its error write `when = err({written})`"
            );
            errors.push_at(closure, message);
        }
    }
}

/// Returns the message for a pattern that matches an error, a kind of error, or a type.
fn of_the_error(key: &str, pattern: &Pat) -> Option<String> {
    let written = text(pattern);
    let path = match pattern {
        Pat::Paren(paren) => return of_the_error(key, &paren.pat),
        Pat::Or(or) => return or.cases.iter().find_map(|case| of_the_error(key, case)),
        Pat::Path(path) => &path.path,
        Pat::TupleStruct(tuple) if is_variant(&tuple.path) => {
            return Some(takes_outcome(key, &format!("Err({written})")));
        }
        _ => return None,
    };
    let (Some(owner), Some(last)) = last_names(path) else {
        return None;
    };
    if owner == "ErrorKind" {
        return Some(takes_outcome(
            key,
            &format!("Err(e) if e.kind() == {written}"),
        ));
    }
    if is_variant(path) {
        return Some(takes_outcome(key, &format!("Err({written})")));
    }
    last.ends_with("Error").then(|| {
        format!(
            "`{written}` is a type, not a pattern; write `{key} = Err(_)` for every error, or `when = err_is::<{written}>()`"
        )
    })
}

fn takes_outcome(key: &str, pattern: &str) -> String {
    format!("`{key}` matches the whole outcome, a `Result`; write `{key} = {pattern}`")
}

/// Returns whether a path is `Enum::Variant`, by convention.
fn is_variant(path: &Path) -> bool {
    let upper = |name: &String| name.starts_with(char::is_uppercase);
    let (Some(owner), Some(last)) = last_names(path) else {
        return false;
    };
    last != "Ok" && last != "Err" && upper(&owner) && upper(&last)
}

/// Returns whether a closure uses its argument in a way that a `Result` does not support.
fn asks_the_error(closure: &ExprClosure) -> bool {
    match closure.inputs.first() {
        Some(Pat::Ident(name)) if closure.inputs.len() == 1 => asks(
            &closure.body,
            &|value| matches!(value, Expr::Path(path) if path.path.is_ident(&name.ident)),
        ),
        _ => false,
    }
}

/// Returns whether a value reads a field of `named`, or calls a method that no `Result` has.
fn asks(value: &Expr, named: &dyn Fn(&Expr) -> bool) -> bool {
    const OF_RESULTS: [&str; 14] = [
        "is_ok",
        "is_err",
        "is_ok_and",
        "is_err_and",
        "as_ref",
        "as_deref",
        "iter",
        "clone",
        "cloned",
        "copied",
        "eq",
        "ne",
        "borrow",
        "to_owned",
    ];
    match within(value) {
        Expr::MethodCall(call) => {
            let foreign = !OF_RESULTS.iter().any(|method| call.method == method);
            named(&call.receiver) && foreign || asks(&call.receiver, named)
        }
        Expr::Field(field) => named(&field.base) || asks(&field.base, named),
        Expr::Binary(binary) => asks(&binary.left, named) || asks(&binary.right, named),
        Expr::Unary(unary) => asks(&unary.expr, named),
        _ => false,
    }
}

/// Returns the name of a well-known type that is neither a success nor a failure.
pub(crate) fn whole(ty: &Type) -> Option<String> {
    const WHOLE: [&str; 22] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64", "bool", "char", "String", "Vec", "PathBuf", "HashMap", "Duration", "Instant",
    ];
    let known = match ty {
        Type::Path(path) if path.qself.is_none() => {
            let name = path.path.segments.last()?.ident.to_string();
            WHOLE.contains(&&*name)
        }
        Type::Tuple(tuple) => !tuple.elems.is_empty(),
        Type::Array(_) => true,
        // For any other trait, only the compiler knows whether an outcome implements it.
        Type::ImplTrait(opaque) => opaque.bounds.iter().all(tells_nothing),
        Type::Reference(reference) => match &*reference.elem {
            Type::Slice(_) => true,
            Type::Path(path) => path.path.is_ident("str"),
            _ => false,
        },
        _ => false,
    };
    known.then(|| text(ty))
}

/// Returns whether a bound is a well-known trait that does not tell success from failure.
fn tells_nothing(bound: &TypeParamBound) -> bool {
    const TRAITS: [&str; 17] = [
        "AsRef",
        "AsyncFn",
        "Clone",
        "Copy",
        "Debug",
        "Display",
        "DoubleEndedIterator",
        "ExactSizeIterator",
        "Fn",
        "FnMut",
        "IntoIterator",
        "Iterator",
        "Send",
        "Sized",
        "Sync",
        "ToString",
        "Unpin",
    ];
    trait_of(bound).is_none_or(|name| TRAITS.contains(&&*name.ident.to_string()))
}
