//! Values that a set of configurations may change: `CONFIG.when("payments", transient())`.

use quote::ToTokens;
use syn::{Expr, ExprPath, LitStr};

use super::inspect::{names_constant, string, within};

/// A lookup in a set by a literal name, and the program's own value.
pub(crate) struct Configured<T> {
    pub(crate) set: ExprPath,
    pub(crate) name: LitStr,
    pub(crate) own: T,
}

impl Configured<Expr> {
    /// Reads `SET.method("name", own)`, whose set is a `static` by its name.
    pub(crate) fn of(value: &Expr, method: &str) -> Option<Self> {
        let Expr::MethodCall(call) = within(value) else {
            return None;
        };
        let mut args = call.args.iter();
        let (name, own) = (string(args.next()?)?, args.next()?);
        let Expr::Path(set) = &*call.receiver else {
            return None;
        };
        let named = call.method == method && call.args.len() == 2 && call.turbofish.is_none();
        (named && is_static(set)).then(|| Configured {
            set: set.clone(),
            name: name.clone(),
            own: own.clone(),
        })
    }
}

impl<T> Configured<T> {
    /// Returns whether it is a value of this name in this set.
    pub(crate) fn is_of(&self, set: &ExprPath, name: &LitStr) -> bool {
        let path = |set: &ExprPath| set.to_token_stream().to_string();
        self.name.value() == name.value() && path(&self.set) == path(set)
    }
}

/// Returns whether a path leads through modules to a name in upper case. A constant of a type is excluded,
/// because a `static` could not name it.
pub(crate) fn is_static(set: &ExprPath) -> bool {
    let mut modules = set.path.segments.iter().rev().skip(1);
    set.qself.is_none()
        && names_constant(&set.path, &[])
        && modules.all(|module| !module.ident.to_string().starts_with(char::is_uppercase))
}
