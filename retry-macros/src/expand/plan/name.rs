//! The name of a call: that of the function, or the key `name`.

use quote::quote;
use syn::Expr;
use syn::spanned::Spanned;

use crate::diagnostics::text;
use crate::expand::model::{CallName, ExpandCtx};
use crate::lower::strategy::Lowering;
use persevere_words::Key;

impl ExpandCtx<'_> {
    /// Returns the name. A value that is computed is bound before the first attempt.
    pub(super) fn plan_name(&self, lowering: &mut Lowering<'_>) -> CallName {
        let Some(value) = self.args.values.get(Key::Name) else {
            return self.name_of_function();
        };
        let Expr::Lit(lit) = value else {
            let name = lowering.typed(&quote!(&::core::primitive::str), value);
            return CallName::Text(lowering.bind("name", name, value.span()));
        };
        if !matches!(lit.lit, syn::Lit::Str(_)) {
            let message = format!("`name` takes a text: `name = \"{}\"`", text(lit));
            lowering.errors.push_at(value, message);
        }
        CallName::Text(quote!(#value))
    }

    fn name_of_function(&self) -> CallName {
        let sig = &self.function.sig;
        let function = sig.ident.to_string();
        let path = quote!(::core::concat!(::core::module_path!(), "::", #function));
        match sig.receiver() {
            Some(_) => CallName::Method(path),
            None => CallName::Text(path),
        }
    }
}
