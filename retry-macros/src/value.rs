//! Strategies: finds our words in a value, and when the value is to be made.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{BinOp, Expr, ExprCall, ExprLit, Lit, Token, UnOp};

use crate::check;
use crate::duration;
use crate::error::{Errors, text};
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
    /// The value is taken together with the outcome's type.
    pub(crate) witness: bool,
}

impl Needs {
    pub(crate) const ALL: Needs = Needs {
        clock: true,
        ledger: true,
        ask: false,
        witness: false,
    };

    /// Of a value that is the user's own.
    const OWN: Needs = Needs {
        clock: false,
        ledger: true,
        ask: true,
        witness: true,
    };

    pub(crate) fn and(self, other: Needs) -> Needs {
        Needs {
            clock: self.clock || other.clock,
            ledger: self.ledger || other.ledger,
            ask: self.ask || other.ask,
            witness: self.witness || other.witness,
        }
    }
}

/// A strategy, ready for the expansion.
pub(crate) struct Value {
    pub(crate) tokens: TokenStream,
    pub(crate) made: Made,
    pub(crate) needs: Needs,
    /// `let` of a temporary that the tokens refer to, if they are made once.
    pub(crate) kept: Option<TokenStream>,
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
        check::strategy(role, value, self.errors);
        let mut found = Found::default();
        let (kept, value) = match has_closure(value) {
            false => self.keep(role.key(), value),
            true => (None, value.clone()),
        };
        let tokens = self.position(role, &value, &mut found);
        // After the attempt the outcome itself tells its type.
        found.needs.witness &= found.made == Made::Once;
        Value {
            tokens: duration::replace(tokens, self.errors),
            made: found.made,
            needs: found.needs,
            kept,
        }
    }

    /// A reference to a temporary lives as long as its `let`, unless it goes through a function, as
    /// values that are taken do. Then it has a `let` of its own:
    ///
    /// ```text
    /// // Input
    /// policy = &database(3)
    ///
    /// // Output
    /// let kept = database(3);
    /// let policy = accept::policy(of, &kept).it();
    /// ```
    pub(crate) fn keep(&mut self, name: &str, value: &Expr) -> (Option<TokenStream>, Expr) {
        let mut value = value.clone();
        let mut inner = &mut value;
        loop {
            inner = match inner {
                Expr::Paren(paren) => &mut paren.expr,
                Expr::Group(group) => &mut group.expr,
                Expr::Cast(cast) => &mut cast.expr,
                Expr::Reference(reference) => {
                    if is_place(&reference.expr) {
                        return (None, value);
                    }
                    // The place of its last token: with the `&` it underlines all of the value.
                    let tokens = self.plain(&reference.expr);
                    let last = reference.expr.to_token_stream().into_iter().last();
                    let place = last.map_or_else(proc_macro2::Span::call_site, |last| end(&last));
                    let kept = Ident::new(&format!("__kept_{name}"), place);
                    *reference.expr = syn::parse_quote!(#kept);
                    let mutability = &reference.mutability;
                    return (Some(quote!(let #mutability #kept = #tokens;)), value);
                }
                _ => return (None, value),
            };
        }
    }

    /// Any other value: the user's own, but for duration literals.
    pub(crate) fn plain(&mut self, value: &Expr) -> TokenStream {
        duration::replace(quote!(#value), self.errors)
    }

    /// A strategy position: the value itself, an operand, the end of a branch.
    fn position(&mut self, role: Role, value: &Expr, found: &mut Found) -> TokenStream {
        match value {
            Expr::Paren(paren) => self.position(role, &paren.expr, found),
            Expr::Group(group) => self.position(role, &group.expr, found),
            Expr::Call(call) => {
                if let Some((word, _)) = bare_word(&call.func) {
                    if role == Role::Wait && (word == "from_err" || word == "from_outcome") {
                        self.without_or(value, word);
                    }
                }
                self.call(role, call, found)
                    .unwrap_or_else(|| self.own(role, value, found))
            }
            Expr::Closure(closure) => self.closure(role, closure, found),
            Expr::Lit(lit) => self.literal(role, lit, found),
            Expr::MethodCall(call) => match self.modified(role, call, found) {
                Some(tokens) if found.told => {
                    let of = local("of");
                    take(self.private, "told", &quote!(#of,), &tokens)
                }
                Some(tokens) => tokens,
                None => self.own(role, value, found),
            },
            Expr::Binary(binary) => match self.combinator(role, &binary.op) {
                Some(combine) => {
                    let left = self.operand(role, &binary.left, found);
                    let right = self.operand(role, &binary.right, found);
                    combine(left, right)
                }
                None if self.wrong_operator(role, binary) => self.skip(role, found),
                None => self.own(role, value, found),
            },
            Expr::Unary(unary) if role == Role::When && matches!(unary.op, UnOp::Not(_)) => {
                let private = self.private;
                let operand = self.operand(role, &unary.expr, found);
                quote!(#private::combine::not(#operand))
            }
            Expr::If(branch) => {
                let Some((_, otherwise)) = &branch.else_branch else {
                    let message = format!(
                        "an `if` without `else` is not always {}; add the `else`",
                        role.noun()
                    );
                    self.errors.push_at(branch.if_token, message);
                    return self.skip(role, found);
                };
                found.at_least(Made::Once);
                let cond = &branch.cond;
                let then = self.block(role, &branch.then_branch, found);
                let tail = self.position(role, otherwise, found);
                let otherwise = match &**otherwise {
                    Expr::Block(_) | Expr::If(_) => tail,
                    _ => quote!({ #tail }),
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
            _ => match misplaced(role, value) {
                Some(message) => {
                    self.errors.push_at(value, message);
                    self.skip(role, found)
                }
                None => self.own(role, value, found),
            },
        }
    }

    /// One side of an operator, where a closure would swallow what follows.
    fn operand(&mut self, role: Role, value: &Expr, found: &mut Found) -> TokenStream {
        if let Expr::Closure(closure) = value {
            self.unparenthesised(closure);
            return self.skip(role, found);
        }
        self.position(role, value, found)
    }

    /// A strategy with modifiers: `exponential(1s).max(1min)`; `None` if it starts from a value of the
    /// user's own.
    fn modified(
        &mut self,
        role: Role,
        call: &syn::ExprMethodCall,
        found: &mut Found,
    ) -> Option<TokenStream> {
        let receiver = match &*call.receiver {
            Expr::MethodCall(inner) => self.modified(role, inner, found)?,
            Expr::Call(inner) => self.call(role, inner, found)?,
            Expr::Paren(paren) if is_ours(role, &paren.expr) => {
                let inner = self.position(role, &paren.expr, found);
                quote!((#inner))
            }
            Expr::Lit(lit) => self.literal(role, lit, found),
            _ => return None,
        };
        let strategies = call.method == "or" || call.method == "and";
        let args: Vec<_> = call
            .args
            .iter()
            .map(|arg| match strategies {
                true => self.position(role, arg, found),
                false => self.argument(arg, found),
            })
            .collect();
        let mut tokens = receiver;
        call.dot_token.to_tokens(&mut tokens);
        call.method.to_tokens(&mut tokens);
        call.turbofish.to_tokens(&mut tokens);
        call.paren_token
            .surround(&mut tokens, |tokens| tokens.extend(quote!(#(#args),*)));
        Some(tokens)
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

    /// `word(..)`; `None` for a function of the user's own.
    fn call(&mut self, role: Role, call: &ExprCall, found: &mut Found) -> Option<TokenStream> {
        let (word, turbofish) = bare_word(&call.func)?;
        let name = word.to_string();
        if !role.has(&name) {
            return match not_our_word(role, &name, call) {
                Some(message) => {
                    self.errors.push_at(&call.func, message);
                    Some(self.skip(role, found))
                }
                None => None,
            };
        }
        match name.as_str() {
            "after_delay" | "before_delay" => found.needs.clock = true,
            "stop_when" => found.needs = found.needs.and(Needs::ALL),
            "decorrelated" => found.needs.ledger = true,
            "any" | "all" | "chain" => return Some(self.list(role, word, call, found)),
            _ => {}
        }
        let args: Vec<_> = call
            .args
            .iter()
            .map(|arg| self.argument(arg, found))
            .collect();
        // Spans of the user's alone: what is wrong with an argument underlines this call.
        let private = at(self.private, word.span());
        let module = Ident::new(role.key(), word.span());
        let of = local("of");
        let mut taken = false;
        let (path, args) = match name.as_str() {
            "err" | "ok" | "outcome" | "from_err" | "from_outcome" => {
                found.at_least(Made::AfterAttempt);
                let told = name.starts_with("from_");
                found.told |= told;
                taken = !told;
                let path = quote_spanned!(word.span()=> #private::accept::#word);
                (path, quote!(#of, #(#args),*))
            }
            "err_is" | "cause_is" => {
                found.needs.witness = true;
                let class = turbofish.map(|arguments| arguments.args.to_token_stream());
                return Some(self.asked(word, &quote!(::<_, #class, _>), &quote!(#of #(, #args)*)));
            }
            "transient" | "unsent" | "any_failure" | "message" => {
                found.needs.witness = true;
                let args = call.args.iter().map(|arg| self.taken("text", arg));
                return Some(self.asked(word, &quote!(), &quote!(#of #(, #args)*)));
            }
            _ => {
                let path = quote_spanned!(word.span()=> #private::#module::#word #turbofish);
                let kind = match name.as_str() {
                    "cancelled" => Some("token"),
                    "schedule" => Some("pauses"),
                    _ => None,
                };
                let args = call.args.iter().zip(args).map(|(arg, tokens)| match kind {
                    Some(kind) if !matches!(arg, Expr::Array(_)) => self.taken(kind, arg),
                    _ => tokens,
                });
                (path, quote!(#(#args),*))
            }
        };
        let mut tokens = path;
        call.paren_token
            .surround(&mut tokens, |tokens| tokens.extend(args));
        if taken {
            tokens.extend(quote!(.it()));
        }
        Some(tokens)
    }

    /// A word that asks something of the outcome's type: whatever is wrong with that is at the word.
    fn asked(&self, word: &Ident, turbofish: &TokenStream, args: &TokenStream) -> TokenStream {
        let place = proc_macro2::Span::mixed_site().located_at(word.span());
        let word = Ident::new(&word.to_string(), place);
        let private = match is_default(self.private) {
            true => quote_spanned!(place=> ::persevere::__private),
            false => self.private.clone(),
        };
        let args = args.clone().into_iter().map(|mut token| {
            // The witness, which is the first.
            if matches!(&token, TokenTree::Ident(of) if of == "of") {
                token.set_span(place);
            }
            token
        });
        let args: TokenStream = args.collect();
        let mut group = Group::new(Delimiter::Parenthesis, args);
        group.set_span(place);
        quote_spanned!(place=> #private::accept::#word #turbofish #group.it())
    }

    /// `any((a, b))`, `all([a, b])`, `chain((a, b))`; also without the inner parentheses.
    fn list(
        &mut self,
        role: Role,
        word: &Ident,
        call: &ExprCall,
        found: &mut Found,
    ) -> TokenStream {
        let private = at(self.private, word.span());
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
            Some(own @ (Expr::Path(_) | Expr::Field(_) | Expr::Reference(_) | Expr::Macro(_)))
                if call.args.len() == 1 =>
            {
                found.at_least(Made::Once);
                found.needs = found.needs.and(Needs::OWN);
                match role {
                    Role::Wait => {
                        let of = local("of");
                        take(self.private, "links", &quote!(#of,), &own.to_token_stream())
                    }
                    _ => self.taken("stops", own),
                }
            }
            _ => {
                let elements = elements(&mut call.args.iter());
                quote!((#(#elements,)*))
            }
        };
        let mut tokens = quote_spanned!(word.span()=> #private::#module::#word);
        call.paren_token
            .surround(&mut tokens, |tokens| tokens.extend(list));
        tokens
    }

    /// An argument that is the user's own.
    fn argument(&self, value: &Expr, found: &mut Found) -> TokenStream {
        if has_closure(value) {
            found.at_least(Made::AfterAttempt);
        } else if !is_constant(value, self.own) {
            found.at_least(Made::Once);
        }
        value.to_token_stream()
    }

    /// A closure that stands for a strategy itself.
    fn closure(
        &mut self,
        role: Role,
        closure: &syn::ExprClosure,
        found: &mut Found,
    ) -> TokenStream {
        if swallows(role, &closure.body) {
            self.unparenthesised(closure);
            return self.skip(role, found);
        }
        let expected = match role {
            Role::Stop => "a stop condition is a closure over the progress: `|progress| ..`",
            Role::Wait => "a wait is a closure over the state: `|state| ..`",
            Role::When => "a predicate is a closure over the outcome: `|outcome| ..`",
        };
        if let Some(message) = check::closure(closure, expected) {
            self.errors.push_at(closure, message);
            return self.skip(role, found);
        }
        found.at_least(Made::AfterAttempt);
        found.needs = found.needs.and(Needs::ALL);
        let of = local("of");
        let (function, before) = match role {
            Role::Stop => ("stop_closure", quote!()),
            Role::Wait => ("wait_closure", quote!(#of,)),
            Role::When => ("outcome", quote!(#of,)),
        };
        take(self.private, function, &before, &closure.to_token_stream())
    }

    /// A bare duration is a fixed pause; no other literal is a strategy.
    fn literal(&mut self, role: Role, lit: &ExprLit, found: &mut Found) -> TokenStream {
        let private = self.private;
        let is_duration = duration::nanos(&lit.lit).is_some();
        if role == Role::Wait && is_duration {
            return quote!(#private::wait::fixed(#lit));
        }
        let text = text(&lit.lit);
        let number = match &lit.lit {
            Lit::Int(lit) => duration::unknown_unit(&Lit::Int(lit.clone())).is_none(),
            Lit::Float(lit) => duration::unknown_unit(&Lit::Float(lit.clone())).is_none(),
            _ => true,
        };
        if !number {
            // The unit is the mistake, and reported with all literals.
            return self.skip_but(role, lit.to_token_stream());
        }
        let instead = match (role, &lit.lit) {
            (Role::Stop, _) if is_duration => format!("did you mean `before_delay({text})`?"),
            (Role::Stop, Lit::Int(_)) => format!("did you mean `after_attempt({text})`?"),
            (Role::Stop, Lit::Str(lit)) if lit.value().parse::<u32>().is_ok() => {
                format!("did you mean `after_attempt({})`?", lit.value())
            }
            (Role::Wait, Lit::Int(_) | Lit::Float(_)) => format!("did you mean `fixed({text}s)`?"),
            (Role::Wait, Lit::Str(lit)) if duration::is_written(&lit.value()) => {
                format!("did you mean `fixed({})`?", lit.value())
            }
            (Role::When, Lit::Str(_)) => format!("did you mean `message({text})`?"),
            (Role::When, Lit::Int(_)) => format!("did you mean `on = Err({text})`?"),
            (Role::When, Lit::Bool(lit)) if lit.value => "did you mean `always()`?".to_owned(),
            (Role::When, Lit::Bool(_)) => "did you mean `never()`?".to_owned(),
            _ => format!("write one such as `{}`", role.example()),
        };
        self.errors.push_at(
            lit,
            format_args!("`{text}` is not {}; {instead}", role.noun()),
        );
        self.skip(role, found)
    }

    /// Anything that is not ours, taken where it stands.
    fn own(&mut self, role: Role, value: &Expr, found: &mut Found) -> TokenStream {
        if let Expr::Path(path) = value {
            if let Some(word) = path.path.get_ident() {
                self.bare(role, word);
            }
        }
        found.at_least(match has_closure(value) {
            true => Made::AfterAttempt,
            false => Made::Once,
        });
        found.needs = found.needs.and(Needs::OWN);
        let value = value.to_token_stream();
        let of = local("of");
        match role {
            Role::Stop => take(self.private, "stop", &quote!(), &value),
            Role::Wait => take(self.private, "wait", &quote!(#of,), &value),
            Role::When => take(self.private, "predicate", &quote!(#of,), &value),
        }
    }

    /// In place of a value that was a mistake.
    fn skip(&self, role: Role, found: &mut Found) -> TokenStream {
        found.at_least(Made::InPlace);
        self.skip_but(role, quote!())
    }

    fn skip_but(&self, role: Role, value: TokenStream) -> TokenStream {
        let private = self.private;
        match role {
            Role::Stop => quote!(#private::stop::never(#value)),
            Role::Wait => quote!(#private::wait::none(#value)),
            Role::When => quote!(#private::when::never(#value)),
        }
    }

    /// An argument of a word that must be of a certain kind.
    fn taken(&self, kind: &str, value: &Expr) -> TokenStream {
        take(self.private, kind, &quote!(), &value.to_token_stream())
    }

    /// A bare word is the user's: an own name must be meant.
    fn bare(&mut self, role: Role, name: &Ident) {
        let Some(word) = role.word(&name.to_string()) else {
            return;
        };
        if !self.own.contains(name) {
            self.errors.push(
                name.span(),
                format_args!(
                    "`{name}` alone is a name of your own; write `{}`, or `self::{name}` if you mean yours",
                    word.example,
                ),
            );
        }
    }

    /// `from_err(..)` says nothing about errors that tell no pause.
    fn without_or(&mut self, value: &Expr, word: &Ident) {
        let whose = match word == "from_err" {
            true => "errors",
            false => "outcomes",
        };
        self.errors.push_at(
            value,
            format_args!(
                "`{word}` needs a wait for {whose} that tell none; write `{word}(..).or(fixed(1s))`"
            ),
        );
    }

    fn unparenthesised(&mut self, closure: &syn::ExprClosure) {
        let inputs = &closure.inputs;
        let inputs = text(quote!(#inputs));
        self.errors.push_at(
            closure,
            format_args!(
                "a closure beside an operator takes in all that follows; put it in parentheses: `(|{inputs}| ..)`"
            ),
        );
    }

    /// An operator that strategies of this role do not have; whether there was a mistake.
    fn wrong_operator(&mut self, role: Role, binary: &syn::ExprBinary) -> bool {
        let op = text(binary.op);
        let combined = role.combined();
        let boolean = match &binary.op {
            BinOp::Or(_) | BinOp::And(_) => format!("`{op}` gives a `bool`; {combined}"),
            BinOp::Eq(_)
            | BinOp::Ne(_)
            | BinOp::Lt(_)
            | BinOp::Le(_)
            | BinOp::Gt(_)
            | BinOp::Ge(_) => {
                let example = role.example();
                format!(
                    "a comparison is not {}; write one such as `{example}`",
                    role.noun()
                )
            }
            _ if mentions_ours(&binary.left) || mentions_ours(&binary.right) => {
                format!("`{op}` is not for {}; {combined}", role.plural())
            }
            _ => return false,
        };
        match &binary.op {
            BinOp::Eq(_)
            | BinOp::Ne(_)
            | BinOp::Lt(_)
            | BinOp::Le(_)
            | BinOp::Gt(_)
            | BinOp::Ge(_) => self.errors.push_at(binary, boolean),
            op => self.errors.push_at(op, boolean),
        }
        true
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
    /// There is a wait that the outcome tells.
    told: bool,
}

impl Found {
    fn at_least(&mut self, made: Made) {
        self.made = self.made.max(made);
    }
}

/// What to say about a call of a word that this role does not have; `None` if it is the user's.
fn not_our_word(role: Role, name: &str, call: &ExprCall) -> Option<String> {
    if let Some(other) = vocabulary::role_of(name) {
        return Some(format!(
            "`{name}` is {}, not {}; did you mean `{} = {}`?",
            other.noun(),
            role.noun(),
            other.key(),
            text(call),
        ));
    }
    if matches!(name, "Err" | "Ok" | "Some") {
        let written = text(call);
        return Some(match role {
            Role::When => {
                format!("`{written}` is a pattern; did you mean `on = {written}`?")
            }
            _ => format!(
                "`{written}` is not {}; write one such as `{}`",
                role.noun(),
                role.example()
            ),
        });
    }
    if vocabulary::LOG.contains(&name) {
        return Some(format!(
            "`{name}` is a callback, not {}; did you mean `before_sleep = {name}()`?",
            role.noun()
        ));
    }
    let number = match call.args.first() {
        Some(Expr::Lit(ExprLit {
            lit: Lit::Int(lit), ..
        })) if call.args.len() == 1 && lit.suffix().is_empty() => {
            Some(lit.base10_digits().to_owned())
        }
        _ => None,
    };
    if let Some(ours) = vocabulary::foreign(name, number.as_deref()) {
        return Some(format!("`{name}` is written `{ours}` here"));
    }
    let slip = vocabulary::slip(role, name)?;
    // By convention a type of the user's own.
    if name.starts_with(char::is_uppercase) {
        return None;
    }
    Some(format!(
        "`{}` has no `{name}`; did you mean `{}`? (or `self::{name}` if it is yours)",
        role.key(),
        slip.example,
    ))
}

/// Values of another kind that cannot be a strategy.
fn misplaced(role: Role, value: &Expr) -> Option<String> {
    let written = text(value);
    let noun = role.noun();
    let example = role.example();
    Some(match (role, value) {
        (Role::Wait, Expr::Array(array)) if array.elems.iter().all(is_duration) => {
            format!("`{written}` is not a wait; did you mean `schedule({written})`?")
        }
        (Role::Wait, Expr::Array(_) | Expr::Tuple(_)) => {
            format!("a list is not a wait; did you mean `chain({written})`?")
        }
        (Role::Stop, Expr::Array(_) | Expr::Tuple(_)) => {
            format!("a list is not a stop condition; did you mean `any({written})`?")
        }
        (Role::When, Expr::Array(_) | Expr::Tuple(_)) => {
            format!("a list is not a predicate; {}", role.combined())
        }
        (Role::Wait, Expr::Range(range))
            if range.start.as_deref().is_some_and(is_duration)
                && range.end.as_deref().is_some_and(is_duration) =>
        {
            format!("`{written}` is not a wait; did you mean `random({written})`?")
        }
        (_, Expr::Range(_)) => format!("`{written}` is not {noun}; write one such as `{example}`"),
        (_, Expr::Unary(unary)) => match (&unary.op, &*unary.expr) {
            (UnOp::Neg(_), Expr::Lit(_)) => {
                format!("`{written}` is not {noun}; write one such as `{example}`")
            }
            (UnOp::Not(_), operand) if mentions_ours(operand) => {
                format!("`!` is not for {}; {}", role.plural(), role.combined())
            }
            _ => return None,
        },
        (_, Expr::Macro(call)) => {
            let name = call.mac.path.get_ident()?.to_string();
            let word = role.word(&name)?;
            format!("`{name}` is not a macro; write `{}`", word.example)
        }
        (Role::When, Expr::Infer(_)) => {
            "`_` is a pattern; to retry whatever happens write `when = always()`".to_owned()
        }
        (_, Expr::Infer(_)) => format!("`_` is not {noun}; write one such as `{example}`"),
        (_, Expr::Assign(assign)) => {
            let left = text(&assign.left);
            format!("missing `,` before `{left}`")
        }
        _ => return None,
    })
}

pub(crate) fn is_duration(value: &Expr) -> bool {
    matches!(value, Expr::Lit(lit) if duration::nanos(&lit.lit).is_some())
}

/// Whether the value is made of our words.
fn is_ours(role: Role, value: &Expr) -> bool {
    match value {
        Expr::Call(call) => {
            bare_word(&call.func).is_some_and(|(word, _)| role.has(&word.to_string()))
        }
        Expr::MethodCall(call) => is_ours(role, &call.receiver),
        Expr::Paren(paren) => is_ours(role, &paren.expr),
        Expr::Group(group) => is_ours(role, &group.expr),
        Expr::Binary(binary) => is_ours(role, &binary.left) || is_ours(role, &binary.right),
        Expr::Unary(unary) => is_ours(role, &unary.expr),
        _ => false,
    }
}

fn mentions_ours(value: &Expr) -> bool {
    [Role::Stop, Role::Wait, Role::When]
        .into_iter()
        .any(|role| is_ours(role, value))
}

/// Whether a strategy calls a word: `word(..)` or `word::<T>(..)`, alone or beside an operator.
pub(crate) fn calls(value: &Expr, wanted: &str) -> bool {
    match value {
        Expr::Call(call) => bare_word(&call.func).is_some_and(|(word, _)| word == wanted),
        Expr::Paren(paren) => calls(&paren.expr, wanted),
        Expr::Group(group) => calls(&group.expr, wanted),
        Expr::Unary(unary) => calls(&unary.expr, wanted),
        Expr::Binary(binary) => calls(&binary.left, wanted) || calls(&binary.right, wanted),
        _ => false,
    }
}

/// Whether a strategy stands in the closure that was meant to stand beside it.
fn swallows(role: Role, body: &Expr) -> bool {
    match body {
        Expr::Binary(binary) => {
            let operator = match role {
                Role::Wait => matches!(binary.op, BinOp::Add(_)),
                _ => matches!(binary.op, BinOp::BitOr(_) | BinOp::BitAnd(_)),
            };
            operator && (is_ours(role, &binary.right) || swallows(role, &binary.left))
        }
        _ => false,
    }
}

/// The crate's hidden module as if it were written at `span`, unless the user wrote its path.
pub(crate) fn at(private: &TokenStream, span: proc_macro2::Span) -> TokenStream {
    match is_default(private) {
        true => quote_spanned!(span=> ::persevere::__private),
        false => private.clone(),
    }
}

/// Whether the user left the crate's path as it is.
fn is_default(private: &TokenStream) -> bool {
    private
        .clone()
        .into_iter()
        .nth(2)
        .is_some_and(|word| word.to_string() == "persevere")
}

/// `accept::function(before value).it()`, all but the end of it at the value's place.
pub(crate) fn take(
    private: &TokenStream,
    function: &str,
    before: &TokenStream,
    value: &TokenStream,
) -> TokenStream {
    let taken = accept(private, function, before, value);
    quote!(#taken.it())
}

/// `accept::function(before value)`, at the value's place.
pub(crate) fn accept(
    private: &TokenStream,
    function: &str,
    before: &TokenStream,
    value: &TokenStream,
) -> TokenStream {
    let tokens = value.clone().into_iter();
    let first = tokens.clone().next().map(|token| start(&token));
    let last = tokens.last().map(|token| end(&token));
    let first = first.unwrap_or_else(proc_macro2::Span::call_site);
    let private = at(private, first);
    let function = Ident::new(function, first);
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#before #value));
    arguments.set_span(last.unwrap_or(first));
    quote_spanned!(first=> #private::accept::#function #arguments)
}

fn start(token: &TokenTree) -> proc_macro2::Span {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let first = group.stream().into_iter().next();
            first.map_or(group.span(), |token| start(&token))
        }
        TokenTree::Group(group) => group.span_open(),
        token => token.span(),
    }
}

fn end(token: &TokenTree) -> proc_macro2::Span {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let last = group.stream().into_iter().last();
            last.map_or(group.span(), |token| end(&token))
        }
        TokenTree::Group(group) => group.span_close(),
        token => token.span(),
    }
}

/// A value that is there already: a variable, a constant, a field.
pub(crate) fn is_place(value: &Expr) -> bool {
    match value {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Field(field) => is_place(&field.base),
        Expr::Index(index) => is_place(&index.expr),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)) && is_place(&unary.expr),
        Expr::Paren(paren) => is_place(&paren.expr),
        Expr::Group(group) => is_place(&group.expr),
        _ => false,
    }
}

/// A value that the compiler knows as well as we do: literals, and constants by their names, other
/// than `own` ones.
fn is_constant(value: &Expr, own: &[Ident]) -> bool {
    let all = |values: &Punctuated<Expr, Token![,]>| values.iter().all(|v| is_constant(v, own));
    let end = |end: &Option<Box<Expr>>| end.as_ref().is_none_or(|v| is_constant(v, own));
    match value {
        Expr::Lit(_) => true,
        Expr::Path(path) => path.qself.is_none() && names_constant(&path.path, own),
        Expr::Paren(paren) => is_constant(&paren.expr, own),
        Expr::Group(group) => is_constant(&group.expr, own),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)) && is_constant(&unary.expr, own),
        Expr::Array(array) => all(&array.elems),
        Expr::Tuple(tuple) => all(&tuple.elems),
        Expr::Range(range) => end(&range.start) && end(&range.end),
        _ => false,
    }
}

/// `LIMIT`, `config::LIMIT`, `Self::LIMIT`: only constants and statics are written like that.
fn names_constant(path: &syn::Path, own: &[Ident]) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let name = last.ident.to_string();
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.chars().all(upper) && path.get_ident().is_none_or(|n| !own.contains(n))
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
