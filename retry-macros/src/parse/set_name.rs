//! The name of a set of keys, and the keys that no set has.

use persevere_words::Key;
use syn::{Expr, Path};

use crate::diagnostics::text;
use crate::parse::inspect::{is_plain, is_upper_case, string};

/// The message for two sets.
pub(super) const GIVEN_TWICE: &str =
    "`use` is given twice, and a function takes one set; write the keys of the other one here";

/// Reports a value of `use` that does not name a set.
pub(super) fn check(value: &Expr) -> syn::Result<()> {
    let message = match (value, string(value)) {
        (Expr::Path(path), _) if is_plain(path) => match names_a_static(&path.path) {
            true => {
                let path = text(path);
                format!("`use` takes a set that `policy!` defines; a static is `policy = &{path}`")
            }
            false => return Ok(()),
        },
        (_, Some(name)) => {
            let name = name.value();
            format!("the name of a set is written without quotes: `use = {name}`")
        }
        (Expr::Macro(call), _) => {
            let name = text(&call.mac.path);
            format!("the name of a set is written without `!`: `use = {name}`")
        }
        (Expr::Call(_) | Expr::MethodCall(_) | Expr::Reference(_), _) => {
            let policy = text(value);
            format!(
                "`use` takes the name of a set that `policy!` defines: `use = net`; \
                 a policy is `policy = {policy}`"
            )
        }
        _ => "`use` takes the name of one set, which `policy!` defines: `use = net`".to_owned(),
    };
    Err(syn::Error::new_spanned(value, message))
}

/// Returns whether a path is that of a static and not of a set.
pub(crate) fn names_a_static(path: &Path) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| is_upper_case(&last.ident))
}

/// Returns the message for a key that belongs at a function.
pub(super) fn no_key(name: &str) -> Option<String> {
    let key = Key::named(name)?;
    let why = match key {
        Key::Attempt | Key::Once => "binds a name in the body of a function",
        Key::Clone | Key::Resume => "names the arguments of a function",
        Key::Unretried | Key::RetryWith => "names a second function",
        Key::Use => {
            return Some("a set takes no other set; write the keys of that one here".to_owned());
        }
        _ => return None,
    };
    let example = key.example();
    Some(format!(
        "`{name}` {why}; write it there: `#[retry(use = .., {example})]`"
    ))
}
