//! Type arguments of `transient_cause` and similar words.

use persevere_words::Arg;
use quote::ToTokens;
use syn::Token;
use syn::punctuated::Punctuated;

use crate::diagnostics::text;
use crate::parse::strategy::Call;

/// Returns what to write instead of a word without its types, or with too many. `err_is` takes one,
/// `transient_cause` also a tuple.
pub(super) fn instead(call: &Call) -> Option<String> {
    let word = call.word;
    let (name, example) = (word.name, word.example);
    // The first arguments are the types.
    let flags = word.args.len() - 1;
    let args = &call.call.args;
    let several = word.args[0] == Arg::Types;
    Some(match call.types.as_ref().map(|types| &types.args) {
        Some(types) if types.len() == 1 && args.len() == flags => return None,
        Some(types) if several && types.len() > 1 && args.len() == flags => {
            format!("did you mean `{name}::<{}>({})`?", tuple(types), text(args))
        }
        None if flags == 0 && (args.len() == 1 || several && !args.is_empty()) => {
            format!("did you mean `{name}::<{}>()`?", tuple(args))
        }
        _ => format!("write `{example}`"),
    })
}

/// Returns the message for types on a predicate that asks the error itself, as in
/// `transient::<io::Error>()`. Its sibling takes them.
pub(super) fn unexpected(call: &Call) -> Option<String> {
    let name = call.word.name;
    let itself = matches!(name, "transient" | "unsent" | "idempotent");
    let types = call.types.as_ref().filter(|_| itself)?;
    let (types, args) = (tuple(&types.args), text(&call.call.args));
    Some(format!(
        "`{name}` asks the error itself, whatever its type; did you mean `{name}_cause::<{types}>({args})`?"
    ))
}

/// Returns several types as a tuple, and a single one as it is.
fn tuple<T: ToTokens>(types: &Punctuated<T, Token![,]>) -> String {
    match types.len() {
        1 => text(types),
        _ => format!("({})", text(types)),
    }
}
