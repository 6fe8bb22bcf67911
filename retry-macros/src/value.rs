//! Strategies: finds our words in a value, and when the value is to be made.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{BinOp, Expr, ExprCall, ExprLit, Lit, UnOp};

use crate::check;
use crate::duration;
use crate::error::Errors;
use crate::vocabulary::{self, Role};

/// The expansion's own names, which no name of the user's can meet.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(name, proc_macro2::Span::mixed_site())
}

/// When a value is made, from the cheapest on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Made {
    /// Where it is used: it is made of words and literals, and costs nothing to keep.
    #[default]
    InPlace,
    /// Once, before the first attempt.
    Once,
    /// After the attempt, in the outcome's scope: it has a closure, which may borrow anything.
    AfterAttempt,
}

/// What a strategy wants of the call besides the number of attempts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Needs {
    /// The time since the start.
    pub(crate) clock: bool,
    /// The pauses so far.
    pub(crate) ledger: bool,
    /// The value is the user's own: whether it reads the clock, it tells itself.
    pub(crate) ask: bool,
}

impl Needs {
    pub(crate) const ALL: Needs = Needs {
        clock: true,
        ledger: true,
        ask: false,
    };

    pub(crate) fn and(self, other: Needs) -> Needs {
        Needs {
            clock: self.clock || other.clock,
            ledger: self.ledger || other.ledger,
            ask: self.ask || other.ask,
        }
    }
}

/// A strategy, ready for the expansion.
pub(crate) struct Value {
    pub(crate) tokens: TokenStream,
    pub(crate) made: Made,
    pub(crate) needs: Needs,
}

/// Reads the strategies of one attribute.
pub(crate) struct Reader<'a> {
    /// The path of the crate's hidden module.
    pub(crate) private: &'a TokenStream,
    /// Names that are the user's own: parameters and `once`.
    pub(crate) own: &'a [Ident],
    pub(crate) errors: &'a mut Errors,
}

impl Reader<'_> {
    /// Reads a strategy: the value of `stop`, `wait` or `when`.
    pub(crate) fn strategy(&mut self, role: Role, value: &Expr) -> Value {
        check::strategy(value, self.errors);
        let mut found = Found::default();
        let tokens = self.position(role, value, &mut found);
        Value {
            tokens: duration::replace(tokens, self.errors),
            made: found.made,
            needs: found.needs,
        }
    }

    /// Any other value: the user's own, but for duration literals.
    pub(crate) fn plain(&mut self, value: &Expr) -> TokenStream {
        duration::replace(quote!(#value), self.errors)
    }

    /// A strategy position: the value itself, an operand, a receiver, the end of a branch.
    fn position(&mut self, role: Role, value: &Expr, found: &mut Found) -> TokenStream {
        match value {
            Expr::Paren(paren) => self.position(role, &paren.expr, found),
            Expr::Group(group) => self.position(role, &group.expr, found),
            Expr::Call(call) => self.call(role, call, found),
            Expr::Closure(closure) => self.closure(role, closure, found),
            Expr::Lit(lit) => self.literal(role, lit, found),
            Expr::MethodCall(call) => {
                let receiver = self.position(role, &call.receiver, found);
                let strategies = call.method == "or" || call.method == "and";
                let args: Vec<_> = call
                    .args
                    .iter()
                    .map(|arg| match strategies {
                        true => self.position(role, arg, found),
                        false => argument(arg, found),
                    })
                    .collect();
                let (dot, method, turbofish) = (&call.dot_token, &call.method, &call.turbofish);
                quote!(#receiver #dot #method #turbofish (#(#args),*))
            }
            Expr::Binary(binary) => match self.combinator(role, &binary.op) {
                Some(combine) => {
                    let left = self.position(role, &binary.left, found);
                    let right = self.position(role, &binary.right, found);
                    combine(left, right)
                }
                None => self.foreign(value, found),
            },
            Expr::Unary(unary) if role == Role::When && matches!(unary.op, UnOp::Not(_)) => {
                let private = self.private;
                let operand = self.position(role, &unary.expr, found);
                quote!(#private::combine::not(#operand))
            }
            Expr::If(branch) => {
                let Some((_, otherwise)) = &branch.else_branch else {
                    return self.foreign(value, found);
                };
                found.at_least(Made::Once);
                let cond = &branch.cond;
                let then = self.block(role, &branch.then_branch, found);
                let otherwise = self.position(role, otherwise, found);
                let otherwise = match &*branch.else_branch.as_ref().expect("checked").1 {
                    Expr::Block(_) | Expr::If(_) => otherwise,
                    _ => quote!({ #otherwise }),
                };
                quote!(if #cond #then else #otherwise)
            }
            Expr::Match(arms) => {
                found.at_least(Made::Once);
                let scrutinee = &arms.expr;
                let arms: Vec<_> = arms
                    .arms
                    .iter()
                    .map(|arm| {
                        let body = self.position(role, &arm.body, found);
                        let (attrs, pat) = (&arm.attrs, &arm.pat);
                        quote!(#(#attrs)* #pat => #body,)
                    })
                    .collect();
                quote!(match #scrutinee { #(#arms)* })
            }
            Expr::Block(block) if block.label.is_none() => self.block(role, &block.block, found),
            _ => self.foreign(value, found),
        }
    }

    /// A block whose last expression is a strategy.
    fn block(&mut self, role: Role, block: &syn::Block, found: &mut Found) -> TokenStream {
        let mut tokens = TokenStream::new();
        for (at, statement) in block.stmts.iter().enumerate() {
            match statement {
                syn::Stmt::Expr(tail, None) if at + 1 == block.stmts.len() => {
                    tokens.extend(self.position(role, tail, found));
                }
                other => {
                    found.at_least(Made::Once);
                    other.to_tokens(&mut tokens);
                }
            }
        }
        quote!({ #tokens })
    }

    /// `word(..)`, or a function of the user's own.
    fn call(&mut self, role: Role, call: &ExprCall, found: &mut Found) -> TokenStream {
        let private = self.private;
        let Some((word, turbofish)) = bare_word(&call.func) else {
            return self.foreign_call(call, found);
        };
        let name = word.to_string();
        if !role.has(&name) {
            self.not_our_word(role, word, &name);
            return self.foreign_call(call, found);
        }
        match name.as_str() {
            "after_delay" | "before_delay" => found.needs.clock = true,
            "stop_when" => found.needs = found.needs.and(Needs::ALL),
            "decorrelated" => found.needs.ledger = true,
            "any" | "all" | "chain" => return self.list(role, word, call, found),
            _ => {}
        }
        let args: Vec<_> = call.args.iter().map(|arg| argument(arg, found)).collect();
        let module = Ident::new(role.key(), word.span());
        match name.as_str() {
            "err" | "ok" | "outcome" | "from_err" | "from_outcome" => {
                found.at_least(Made::AfterAttempt);
                let of = local("of");
                quote_spanned!(word.span()=> #private::typed::#word(#of, #(#args),*))
            }
            "err_is" | "cause_is" => {
                found.at_least(Made::AfterAttempt);
                let of = local("of");
                let class = turbofish.map(|arguments| arguments.args.to_token_stream());
                quote_spanned!(word.span()=> #private::typed::#word::<_, #class, _>(#of))
            }
            _ => quote!(#private::#module::#word #turbofish (#(#args),*)),
        }
    }

    /// `any((a, b))`, `all([a, b])`, `chain((a, b))`; also without the inner parentheses.
    fn list(
        &mut self,
        role: Role,
        word: &Ident,
        call: &ExprCall,
        found: &mut Found,
    ) -> TokenStream {
        let private = self.private;
        let module = Ident::new(role.key(), word.span());
        let mut elements = |elements: &mut dyn Iterator<Item = &Expr>| -> Vec<TokenStream> {
            elements
                .map(|element| self.position(role, element, found))
                .collect()
        };
        let list = match call.args.first() {
            Some(Expr::Tuple(tuple)) if call.args.len() == 1 => {
                let elements = elements(&mut tuple.elems.iter());
                quote!((#(#elements,)*))
            }
            Some(Expr::Array(array)) if call.args.len() == 1 => {
                let elements = elements(&mut array.elems.iter());
                quote!([#(#elements),*])
            }
            Some(Expr::Path(path)) if call.args.len() == 1 => {
                found.at_least(Made::Once);
                found.needs = found.needs.and(Needs {
                    clock: false,
                    ledger: true,
                    ask: true,
                });
                quote!(#path)
            }
            _ => {
                let elements = elements(&mut call.args.iter());
                quote!((#(#elements,)*))
            }
        };
        quote!(#private::#module::#word(#list))
    }

    /// A closure that stands for a strategy itself.
    fn closure(
        &mut self,
        role: Role,
        closure: &syn::ExprClosure,
        found: &mut Found,
    ) -> TokenStream {
        let private = self.private;
        found.at_least(Made::AfterAttempt);
        found.needs = found.needs.and(Needs::ALL);
        let of = local("of");
        match role {
            Role::Stop => quote!(#private::typed::stop(#closure)),
            Role::Wait => quote!(#private::typed::wait(#of, #closure)),
            Role::When => quote!(#private::typed::outcome(#of, #closure)),
        }
    }

    /// A bare duration is a fixed pause; no other literal is a strategy.
    fn literal(&mut self, role: Role, lit: &ExprLit, found: &mut Found) -> TokenStream {
        let private = self.private;
        let is_duration = duration::nanos(&lit.lit).is_some();
        if role == Role::Wait && is_duration {
            return quote!(#private::wait::fixed(#lit));
        }
        let text = lit.lit.to_token_stream().to_string();
        let instead = match (role, &lit.lit) {
            (Role::Stop, _) if is_duration => format!("did you mean `before_delay({text})`?"),
            (Role::Stop, Lit::Int(_)) => format!("did you mean `after_attempt({text})`?"),
            (Role::Stop, _) => "such as `after_attempt(3)`".to_owned(),
            (Role::Wait, Lit::Int(_) | Lit::Float(_)) => format!("did you mean `fixed({text}s)`?"),
            (Role::Wait, _) => "such as `fixed(5s)`".to_owned(),
            (Role::When, Lit::Str(_)) => format!("did you mean `message({text})`?"),
            (Role::When, Lit::Bool(lit)) if lit.value => "did you mean `always()`?".to_owned(),
            (Role::When, Lit::Bool(_)) => "did you mean `never()`?".to_owned(),
            (Role::When, _) => "such as `err(|e| ...)`".to_owned(),
        };
        self.errors.push_at(
            lit,
            format_args!("`{text}` is not {}; {instead}", role.noun()),
        );
        self.foreign(&Expr::Lit(lit.clone()), found)
    }

    /// Anything that is not ours.
    fn foreign(&mut self, value: &Expr, found: &mut Found) -> TokenStream {
        if let Expr::Path(path) = value {
            if let Some(word) = path.path.get_ident() {
                self.bare(word);
            }
        }
        let made = if has_closure(value) {
            Made::AfterAttempt
        } else {
            Made::Once
        };
        found.at_least(made);
        found.needs = found.needs.and(Needs {
            clock: false,
            ledger: true,
            ask: true,
        });
        value.to_token_stream()
    }

    fn foreign_call(&mut self, call: &ExprCall, found: &mut Found) -> TokenStream {
        self.foreign(&Expr::Call(call.clone()), found)
    }

    /// A bare word is the user's: an own name must be meant.
    fn bare(&mut self, word: &Ident) {
        let name = word.to_string();
        let ours = [Role::Stop, Role::Wait, Role::When]
            .iter()
            .any(|role| role.has(&name));
        if ours && !self.own.contains(word) {
            self.errors.push(
                word.span(),
                format_args!(
                    "a bare `{name}` is a name of your own; write `{name}(..)` for the strategy"
                ),
            );
        }
    }

    /// A call of a word that this key does not have.
    fn not_our_word(&mut self, role: Role, word: &Ident, name: &str) {
        let key = role.key();
        let message = if let Some(other) = vocabulary::key_of(name) {
            let noun = [Role::Stop, Role::Wait, Role::When]
                .into_iter()
                .find(|role| role.has(name))
                .map_or("", Role::noun);
            format!(
                "`{name}` is {noun}, not {}; did you mean `{other} = ..`?",
                role.noun()
            )
        } else if let Some(ours) = vocabulary::foreign(name) {
            format!("`{name}` is written `{ours}` here")
        } else if let Some(ours) = vocabulary::slip(role, name) {
            format!(
                "`{key}` has no `{name}`; did you mean `{ours}`? (a function of your own: `self::{name}`)"
            )
        } else {
            return;
        };
        self.errors.push(word.span(), message);
    }

    /// The constructor for an operator between two strategies.
    fn combinator(
        &self,
        role: Role,
        op: &BinOp,
    ) -> Option<impl Fn(TokenStream, TokenStream) -> TokenStream + use<>> {
        let private = self.private;
        let path = match (role, op) {
            (Role::Stop, BinOp::BitOr(_)) => quote!(#private::stop::any),
            (Role::Stop, BinOp::BitAnd(_)) => quote!(#private::stop::all),
            (Role::Wait, BinOp::Add(_)) => quote!(#private::combine::sum),
            (Role::When, BinOp::BitOr(_)) => quote!(#private::combine::or),
            (Role::When, BinOp::BitAnd(_)) => quote!(#private::combine::and),
            _ => return None,
        };
        Some(move |left, right| match role {
            Role::Stop => quote!(#path((#left, #right))),
            _ => quote!(#path(#left, #right)),
        })
    }
}

/// What was found while reading a value.
#[derive(Default)]
struct Found {
    made: Made,
    needs: Needs,
}

impl Found {
    fn at_least(&mut self, made: Made) {
        self.made = self.made.max(made);
    }
}

/// An argument that is the user's own.
fn argument(value: &Expr, found: &mut Found) -> TokenStream {
    if has_closure(value) {
        found.at_least(Made::AfterAttempt);
    } else if !is_literal(value) {
        found.at_least(Made::Once);
    }
    value.to_token_stream()
}

/// A value that the compiler knows as well as we do.
fn is_literal(value: &Expr) -> bool {
    match value {
        Expr::Lit(_) => true,
        Expr::Paren(paren) => is_literal(&paren.expr),
        Expr::Group(group) => is_literal(&group.expr),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)) && is_literal(&unary.expr),
        Expr::Array(array) => array.elems.iter().all(is_literal),
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_literal),
        Expr::Range(range) => {
            range.start.as_deref().is_none_or(is_literal)
                && range.end.as_deref().is_none_or(is_literal)
        }
        _ => false,
    }
}

/// Whether there is a closure in the value, where one can be seen without knowing what it calls.
pub(crate) fn has_closure(value: &Expr) -> bool {
    match value {
        Expr::Closure(_) => true,
        Expr::Paren(paren) => has_closure(&paren.expr),
        Expr::Group(group) => has_closure(&group.expr),
        Expr::Reference(reference) => has_closure(&reference.expr),
        Expr::Unary(unary) => has_closure(&unary.expr),
        Expr::Binary(binary) => has_closure(&binary.left) || has_closure(&binary.right),
        Expr::Call(call) => has_closure(&call.func) || call.args.iter().any(has_closure),
        Expr::MethodCall(call) => has_closure(&call.receiver) || call.args.iter().any(has_closure),
        Expr::Tuple(tuple) => tuple.elems.iter().any(has_closure),
        Expr::Array(array) => array.elems.iter().any(has_closure),
        Expr::Struct(fields) => fields.fields.iter().any(|field| has_closure(&field.expr)),
        _ => false,
    }
}

/// The word of `word` or `word::<T>`.
pub(crate) fn bare_word(
    func: &Expr,
) -> Option<(&Ident, Option<&syn::AngleBracketedGenericArguments>)> {
    let Expr::Path(path) = func else { return None };
    if path.qself.is_some() || path.path.leading_colon.is_some() || path.path.segments.len() != 1 {
        return None;
    }
    let segment = &path.path.segments[0];
    match &segment.arguments {
        syn::PathArguments::None => Some((&segment.ident, None)),
        syn::PathArguments::AngleBracketed(arguments) => Some((&segment.ident, Some(arguments))),
        syn::PathArguments::Parenthesized(_) => None,
    }
}
