//! Policies named by a literal, which the compiler looks up.
//!
//! ```text
//! // Input
//! CONFIG.get("payments").policy()
//!
//! // Output
//! { static NAMED: Named = RetryConfigs::named(&CONFIG, "payments"); NAMED.get() }.policy()
//! ```
//!
//! A value of another type than the set is borrowed by hand, and looked up where it stands. The borrow is not
//! emitted, since clippy would report it to the user as needless:
//!
//! ```text
//! // Input
//! (&POLICIES).get("payments")
//!
//! // Output
//! POLICIES.get("payments")
//! ```

use quote::quote_spanned;
use syn::{Expr, ExprPath, LitStr, Path, parse_quote_spanned};

use super::tokens::at;
use crate::parse::inspect::{names_constant, string, within};

/// Returns the policy, with such a lookup in it moved to compile time.
pub(crate) fn named_policy(private: &Path, value: &Expr) -> Expr {
    let mut value = value.clone();
    let mut inner = &mut value;
    loop {
        if let Some(named) = looked_up(private, inner).or_else(|| unborrowed(inner)) {
            *inner = named;
            return value;
        }
        inner = match inner {
            Expr::MethodCall(call) => &mut call.receiver,
            Expr::Paren(paren) => &mut paren.expr,
            Expr::Group(group) => &mut group.expr,
            Expr::Reference(reference) => &mut reference.expr,
            _ => return value,
        };
    }
}

/// Lowers `CONFIG.get("payments")`, whose receiver is a `static` by its name.
fn looked_up(private: &Path, value: &Expr) -> Option<Expr> {
    let (set, name) = lookup(value)?;
    let Expr::Path(set) = set else { return None };
    if !is_static(set) {
        return None;
    }
    let site = proc_macro2::Span::mixed_site().located_at(name.span());
    let private = at(private, site);
    let lookup = quote_spanned!(site=> #private::RetryConfigs::named(&#set, #name));
    Some(parse_quote_spanned!(site=> {
        static NAMED: #private::Named = #lookup;
        #private::Named::get(NAMED)
    }))
}

/// Lowers `(&POLICIES).get("payments")`, where the call itself borrows.
fn unborrowed(value: &Expr) -> Option<Expr> {
    let (Expr::Reference(set), Expr::MethodCall(mut call)) =
        (within(lookup(value)?.0), value.clone())
    else {
        return None;
    };
    let named = matches!(&*set.expr, Expr::Path(path) if is_static(path));
    call.receiver = set.expr.clone();
    (named && set.mutability.is_none()).then_some(Expr::MethodCall(call))
}

/// Returns the receiver and the name of `SET.get("name")`.
fn lookup(value: &Expr) -> Option<(&Expr, &LitStr)> {
    let Expr::MethodCall(call) = value else {
        return None;
    };
    let name = string(call.args.first()?)?;
    let named = call.method == "get" && call.args.len() == 1 && call.turbofish.is_none();
    named.then_some((&*call.receiver, name))
}

/// Returns whether a path leads through modules to a name in upper case. A constant of a type is excluded,
/// because a `static` could not name it.
fn is_static(set: &ExprPath) -> bool {
    let mut modules = set.path.segments.iter().rev().skip(1);
    set.qself.is_none()
        && names_constant(&set.path, &[])
        && modules.all(|module| !module.ident.to_string().starts_with(char::is_uppercase))
}
