//! Policies named by a literal, which the compiler looks up.
//!
//! ```text
//! // Input
//! CONFIG.get("payments").policy()
//!
//! // Output
//! { static NAMED: Named = RetryConfigs::named(&CONFIG, "payments"); NAMED.get() }.policy()
//! ```

use quote::quote_spanned;
use syn::{Expr, ExprLit, ExprPath, Lit, Path, parse_quote_spanned};

use super::tokens::at;
use crate::parse::inspect::names_constant;

/// Returns the policy, with such a lookup in it moved to compile time.
pub(crate) fn named_policy(private: &Path, value: &Expr) -> Expr {
    let mut value = value.clone();
    let mut inner = &mut value;
    loop {
        if let Some(named) = looked_up(private, inner) {
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
    let Expr::MethodCall(call) = value else {
        return None;
    };
    let Expr::Path(set) = &*call.receiver else {
        return None;
    };
    let mut args = call.args.iter();
    let (
        Some(Expr::Lit(ExprLit {
            lit: Lit::Str(name),
            ..
        })),
        None,
    ) = (args.next(), args.next())
    else {
        return None;
    };
    if call.method != "get" || call.turbofish.is_some() || !is_static(set) {
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

/// Returns whether a path leads through modules to a name in upper case. A constant of a type is excluded,
/// because a `static` could not name it.
fn is_static(set: &ExprPath) -> bool {
    let modules = set.path.segments.iter().rev().skip(1);
    let lower = |name: String| !name.starts_with(char::is_uppercase);
    set.qself.is_none()
        && names_constant(&set.path, &[])
        && modules
            .clone()
            .all(|module| lower(module.ident.to_string()))
}
