//! Policies named by a literal, which the compiler looks up.
//!
//! ```text
//! // Input
//! CONFIG.get("payments").policy()
//!
//! // Output
//! { static NAMED: Named = RetryConfigs::named_by(&CONFIG, "payments", false, false); NAMED.get() }.policy()
//! ```
//!
//! The last two say whether the function takes its `when` and its hedge from the set, as it has to where the set lets
//! a file say them.
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
use crate::parse::configured::is_static;
use crate::parse::inspect::{string, within};

/// Returns whether a function takes its `when` and its hedge from a set, by a name.
type Taken<'a> = &'a dyn Fn(&ExprPath, &LitStr) -> (bool, bool);

/// Returns the policy, with such a lookup in it moved to compile time.
pub(crate) fn named_policy(private: &Path, value: &Expr, taken: Taken<'_>) -> Expr {
    let mut value = value.clone();
    let mut inner = &mut value;
    loop {
        if let Some(named) = looked_up(private, inner, taken).or_else(|| unborrowed(inner)) {
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
fn looked_up(private: &Path, value: &Expr, taken: Taken<'_>) -> Option<Expr> {
    let (set, name) = lookup(value)?;
    let Expr::Path(set) = set else { return None };
    if !is_static(set) {
        return None;
    }
    let site = proc_macro2::Span::mixed_site().located_at(name.span());
    let private = at(private, site);
    let (when, hedge) = taken(set, name);
    let lookup =
        quote_spanned!(site=> #private::RetryConfigs::named_by(&#set, #name, #when, #hedge));
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
