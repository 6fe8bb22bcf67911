//! The types that `transient_cause` and its like look for.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{AngleBracketedGenericArguments, ExprCall, Token};

use crate::diagnostics::{Errors, text};
use persevere_words::Word;

/// The mistake in a word that takes types, perhaps with a flag, if anything is.
pub(super) fn expected(
    call: &ExprCall,
    word: &Word,
    turbofish: Option<&AngleBracketedGenericArguments>,
    errors: &mut Errors,
) {
    let (name, noun, example) = (word.name, word.takes(), word.example);
    // The first are the types.
    let flags = word.args.len() - 1;
    let args = &call.args;
    let instead = match turbofish.map(|types| &types.args) {
        Some(types) if types.len() == 1 && args.len() == flags => return,
        Some(types) if types.len() > 1 && args.len() == flags => {
            format!("did you mean `{name}::<{}>({})`?", tuple(types), text(args))
        }
        None if flags == 0 && !args.is_empty() => {
            format!("did you mean `{name}::<{}>()`?", tuple(args))
        }
        _ => format!("write `{example}`"),
    };
    errors.push_at(call, format_args!("`{name}` takes {noun}; {instead}"));
}

/// Whether a predicate that asks the error itself was given types, which its sibling looks for: `transient::<io::Error>()`.
pub(super) fn unexpected(
    call: &ExprCall,
    word: &Word,
    types: &AngleBracketedGenericArguments,
    errors: &mut Errors,
) -> bool {
    let name = word.name;
    if !matches!(name, "transient" | "unsent" | "idempotent") {
        return false;
    }
    let (types, args) = (tuple(&types.args), text(&call.args));
    errors.push_at(
        call,
        format_args!(
            "`{name}` asks the error itself, whatever its type; did you mean `{name}_cause::<{types}>({args})`?"
        ),
    );
    true
}

/// Types as one: itself, or a tuple of several.
fn tuple<T: ToTokens>(types: &Punctuated<T, Token![,]>) -> String {
    match types.len() {
        1 => text(types),
        _ => format!("({})", text(types)),
    }
}
