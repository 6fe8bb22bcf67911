//! Outcomes that nothing can judge.

use syn::{Type, TypeParamBound};

use crate::check;
use crate::check::retried::tells_failure;
use crate::diagnostics::{Errors, text};
use crate::expand::model::ExpandCtx;
use crate::lower::stream_shape::item_of;
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::role::Role;
use crate::parse::types::trait_of;

impl ExpandCtx<'_> {
    /// Checks that the outcome tells success from failure, if no key judges.
    pub(super) fn check_outcome(&self, outcome: &Type, errors: &mut Errors) {
        check::outcome::check(self.args, outcome, errors);
        errors.report(outcome, self.untold(outcome));
    }

    /// Returns the message for an outcome that does not tell success from failure.
    fn untold(&self, outcome: &Type) -> Option<String> {
        if item_of(outcome).is_some() {
            let message = self.args.kind.pick(
                "a stream fails while it is read, after the function has returned it; add `resume(PARAM = |item| ..)`, \
                 and it is opened again where it broke, or `resume()` to open it from its start",
                "a stream fails while it is read, after the function has returned it; \
                 return a `Result` of it, and what opens it is guarded",
            );
            return Some(message.to_owned());
        }
        let name = whole(outcome)?;
        let when = self.args.values.strategy(Role::When);
        if let Some(word) = when.and_then(|when| when.find(&tells_failure)) {
            let word = word.name;
            return Some(format!(
                "`{word}` tells success from failure, which `{name}` does not; return `Result` or \
                 `Option`, or judge the outcome as a whole: `when = outcome(|o| ..)`"
            ));
        }
        if self.when.is_some() || !self.arms.is_empty() || self.policy {
            return None;
        }
        let whole = match self.args.kind {
            AttributeKind::CircuitBreaker => "",
            AttributeKind::Retry | AttributeKind::Guard => {
                ", or judge the outcome as a whole: `on = PATTERN` or `when = outcome(|o| ..)`"
            }
        };
        Some(format!(
            "cannot tell success from failure in `{name}`; return `Result` or `Option`{whole}"
        ))
    }
}

/// Returns the name of a well-known type that is neither a success nor a failure.
pub(super) fn whole(ty: &Type) -> Option<String> {
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
