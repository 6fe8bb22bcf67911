//! Callbacks: `before`, `after`, `before_sleep`, `on_success`, `on_failure`.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Expr, Path, parse_quote_spanned};

use crate::check::callback::Kind;
use crate::diagnostics::text;
use crate::expand::model::{Callback, ExpandCtx, Form};
use crate::lower::shape::Shape;
use crate::lower::strategy::Lowering;
use crate::lower::tokens::at;
use crate::parse::inspect::bare_word;
use crate::parse::mistake::without_parentheses;
use crate::parse::role::is_callback;
use persevere_words::{CALLBACK, Key, Meaning};

impl ExpandCtx<'_> {
    pub(super) fn plan_callbacks(&mut self, lowering: &mut Lowering<'_>) {
        for (key, _, expr) in &self.args.values.others {
            if Callback::KEYS.contains(key) {
                self.callbacks
                    .push(Callback::read(*key, expr, self.shape, lowering));
            }
        }
    }
}

impl Callback {
    pub(super) const KEYS: [Key; 5] = [
        Key::Before,
        Key::After,
        Key::BeforeSleep,
        Key::OnSuccess,
        Key::OnFailure,
    ];

    pub(super) fn read(key: Key, expr: &Expr, shape: &Shape, lowering: &mut Lowering<'_>) -> Self {
        let tokens = lowering.plain(expr);
        let form = match expr {
            Expr::Closure(closure) => {
                let is_async = closure.asyncness.is_some();
                let message = Kind::Callback.check(closure, shape.cannot_wait());
                lowering.errors.report(closure, message);
                lowering.names_of |= is_async;
                match is_async {
                    true => Form::Async(syn::parse_quote!(#tokens)),
                    false => Form::Value("closure", tokens),
                }
            }
            _ => match log_call(expr, lowering.private) {
                Some(log) => Form::Log(log.into_token_stream()),
                None => {
                    let message = not_a_callback(expr, lowering.own);
                    lowering.errors.report(expr, message);
                    Form::Value("callback", tokens)
                }
            },
        };
        Callback { key, form }
    }
}

/// Returns `log_warn()` with its modifiers, and with the word in our own path.
fn log_call(value: &Expr, private: &Path) -> Option<Expr> {
    let mut log = value.clone();
    let mut inner = &mut log;
    while let Expr::MethodCall(call) = inner {
        inner = &mut call.receiver;
    }
    let Expr::Call(call) = inner else { return None };
    let (word, _) = bare_word(&call.func)?;
    if !is_callback(&word.to_string()) {
        return None;
    }
    let (word, private) = (word.clone(), at(private, word.span()));
    *call.func = parse_quote_spanned!(word.span()=> #private::#word);
    Some(log)
}

/// Reports `before_sleep = log_warn`, and values that cannot be a callback.
fn not_a_callback(expr: &Expr, own: &[Ident]) -> Option<String> {
    Some(match expr {
        Expr::Path(_) => {
            let (word, _) =
                bare_word(expr).filter(|(word, types)| types.is_none() && !own.contains(word))?;
            without_parentheses(CALLBACK.word(&word.to_string())?)
        }
        Expr::Call(call) => {
            let (word, _) = bare_word(&call.func)?;
            let name = word.to_string();
            let slip = || CALLBACK.slip(&name).map(Meaning::Word);
            let ours = CALLBACK.peer(&name).or_else(slip)?;
            format!("`{word}` is written `{}` here", ours.write(None))
        }
        Expr::Lit(_) => format!("`{}` is not a callback; write `|state| ..`", text(expr)),
        Expr::Macro(_) => format!("a callback is a closure; write `|state| {}`", text(expr)),
        _ => return None,
    })
}
