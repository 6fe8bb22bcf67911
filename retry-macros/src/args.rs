//! The keys of an attribute, each parsed by itself, so that one mistake does not hide the next.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Lit, LitBool, Path, Token, token};

use crate::duration;
use crate::error::{Errors, closest, text};
use crate::key::{self, Key};
use crate::pattern::{Arm, Kind};
use crate::value::bare_word;
use crate::vocabulary::{self, Role};

/// What the attribute says.
#[derive(Clone, Default)]
pub(crate) struct Args {
    /// The keys whose values are expressions, in the order written.
    pub(crate) values: Vec<(Key, Ident, Expr)>,
    /// `on`, `unless` and `case`, in the order written.
    pub(crate) arms: Vec<Arm>,
    pub(crate) clone: Vec<Ident>,
    pub(crate) once: Vec<(Ident, Expr)>,
    pub(crate) attempt: Option<Ident>,
    pub(crate) wrap_err: Option<LitBool>,
    pub(crate) unretried: Option<Ident>,
    pub(crate) retry_with: Option<Ident>,
    crate_path: Option<Path>,
}

impl Args {
    pub(crate) fn get(&self, wanted: Key) -> Option<&Expr> {
        self.values
            .iter()
            .find(|(key, ..)| *key == wanted)
            .map(|(.., value)| value)
    }

    /// The path of the crate, `::persevere` unless `crate` says otherwise.
    fn crate_path(&self) -> TokenStream {
        match &self.crate_path {
            Some(path) => quote!(#path),
            None => quote!(::persevere),
        }
    }

    /// The path of the crate's hidden module.
    pub(crate) fn private(&self) -> TokenStream {
        let path = self.crate_path();
        quote!(#path::__private)
    }

    /// The same keys, but for what `policy` decides.
    pub(crate) fn given_policy(&self, policy: Expr) -> Args {
        let replaced = [Key::Stop, Key::Wait, Key::When, Key::Policy, Key::Enabled];
        let mut args = self.clone();
        args.arms.clear();
        args.values.retain(|(key, ..)| !replaced.contains(key));
        args.values
            .push((Key::Policy, Ident::new("policy", Span::call_site()), policy));
        args
    }

    pub(crate) fn wraps(&self) -> bool {
        self.wrap_err.as_ref().is_some_and(LitBool::value)
    }

    /// Parses what stands between the attribute's parentheses.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Args {
        let mut args = Args::default();
        let mut seen = Vec::new();
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                match args.parse_one(input, &mut seen, errors) {
                    Ok(()) => separator(input, errors),
                    Err(error) => {
                        errors.add(error);
                        skip_to_next_key(input);
                    }
                }
            }
            Ok(())
        };
        // What was left over in a group is the end of a mistake that is known already.
        if let (Err(error), true) = (parser.parse2(tokens), errors.is_empty()) {
            errors.add(error);
        }
        args
    }

    fn parse_one(
        &mut self,
        input: ParseStream<'_>,
        seen: &mut Vec<Ident>,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        if input.peek(Token![,]) {
            let message = "expected a key before this `,`, such as `stop = after_attempt(3)`";
            errors.push(input.span(), message);
            return Ok(());
        }
        if !starts_with_a_key(input) {
            return Err(not_a_key(input));
        }
        let name = input.call(Ident::parse_any)?;
        let key = name.to_string();
        if key::example(&key).is_none() {
            return Err(unknown_key(input, &name));
        }
        if !matches!(key.as_str(), "on" | "unless" | "case" | "once" | "clone") {
            if seen.contains(&name) {
                errors.push(name.span(), self.given_twice(&name));
            }
            seen.push(name.clone());
        }
        match key.as_str() {
            "case" => {
                let content = parenthesised(input, &name)?;
                let arm = parse_case(&content, &name, errors);
                drain(&content);
                self.arms.push(arm?);
            }
            "clone" => {
                let content = parenthesised(input, &name)?;
                let names = parse_clone(&content, &name, errors);
                drain(&content);
                self.clone.extend(names?);
            }
            "once" => {
                let content = parenthesised(input, &name)?;
                let bindings = parse_once(&content, &name, errors);
                drain(&content);
                self.once.extend(bindings?);
            }
            _ => {
                equals(input, &name)?;
                self.parse_value(input, &name, errors)?;
            }
        }
        Ok(())
    }

    fn parse_value(
        &mut self,
        input: ParseStream<'_>,
        name: &Ident,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        let key = name.to_string();
        match key.as_str() {
            "on" => self.arms.push(parse_arm(input, Kind::On, name)?),
            "unless" => self.arms.push(parse_arm(input, Kind::Unless, name)?),
            "attempt" => self.attempt = identifier(input, name, errors)?,
            "unretried" => self.unretried = identifier(input, name, errors)?,
            "retry_with" => self.retry_with = identifier(input, name, errors)?,
            "wrap_err" => {
                let value = expression(input, name)?;
                let Expr::Lit(ExprLit {
                    lit: Lit::Bool(value),
                    ..
                }) = value
                else {
                    let message = "`wrap_err` changes the function's type, so it is a plain `true` or `false`: `wrap_err = true`";
                    return Err(syn::Error::new_spanned(value, message));
                };
                self.wrap_err = Some(value);
            }
            "crate" => {
                let value = expression(input, name)?;
                match value {
                    Expr::Path(path) if path.qself.is_none() => self.crate_path = Some(path.path),
                    Expr::Lit(ExprLit {
                        lit: Lit::Str(text),
                        ..
                    }) => {
                        let path = text.value();
                        let message = format!("a path stands without quotes: `crate = {path}`");
                        return Err(syn::Error::new(text.span(), message));
                    }
                    other => {
                        let message = "`crate` takes a path: `crate = my_crate::persevere`";
                        return Err(syn::Error::new_spanned(other, message));
                    }
                }
            }
            _ => {
                let value = expression(input, name)?;
                if let Some(key) = Key::named(&key) {
                    self.values.push((key, name.clone(), value));
                }
            }
        }
        Ok(())
    }

    fn given_twice(&self, name: &Ident) -> String {
        let first = Key::named(&name.to_string()).and_then(|key| self.get(key));
        match first.map(text) {
            Some(first) if first.len() <= 60 => {
                format!("`{name}` is given twice, first as `{name} = {first}`; keep one of them")
            }
            _ => format!("`{name}` is given twice; keep one of them"),
        }
    }
}

/// `PATTERN [if GUARD]`, and nothing else.
fn parse_arm(input: ParseStream<'_>, kind: Kind, name: &Ident) -> syn::Result<Arm> {
    let (found, ahead) = (next_value(input), input.fork());
    let example = key::example(&name.to_string()).unwrap_or_default();
    // A closure, a predicate, a comparison: what would be right for `when`.
    let value = ahead.parse::<Expr>().ok();
    if let Some(value) = value.filter(|value| is_no_pattern(value, &ahead)) {
        let written = text(&value);
        let message = match (&value, kind) {
            (Expr::Closure(_), Kind::On) => {
                format!(
                    "`on` takes a pattern; a closure belongs to `when`: `when = err({written})`"
                )
            }
            (Expr::Call(_) | Expr::MethodCall(_), Kind::On) => {
                format!("`on` takes a pattern; did you mean `when = {written}`?")
            }
            _ => format!(
                "`{name}` takes a pattern, and a condition as its guard: `{example}`, `{name} = Err(e) if ..`"
            ),
        };
        return Err(syn::Error::new_spanned(value, message));
    }
    Arm::parse(input, kind).map_err(|error| match found.is_empty() {
        true => syn::Error::new(
            name.span(),
            format!("`{name}` needs a pattern: `{example}`"),
        ),
        false => readable(error, &found, name),
    })
}

/// Whether an expression can be nothing but an expression, and was read to its end.
fn is_no_pattern(value: &Expr, rest: ParseStream<'_>) -> bool {
    let ended = rest.is_empty() || rest.peek(Token![,]);
    ended
        && match value {
            Expr::Closure(closure) => {
                // `| A | B` is a pattern too.
                closure.inputs.len() != 1
                    || matches!(
                        closure.inputs.first(),
                        Some(
                            syn::Pat::Ident(_)
                                | syn::Pat::Wild(_)
                                | syn::Pat::Reference(_)
                                | syn::Pat::Type(_)
                        )
                    ) && !matches!(&*closure.body, Expr::Path(_))
            }
            Expr::Call(call) => {
                bare_word(&call.func).is_some_and(|(word, _)| Role::When.has(&word.to_string()))
            }
            Expr::MethodCall(_) | Expr::Field(_) | Expr::Unary(_) => {
                !matches!(value, Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Neg(_)))
            }
            Expr::Binary(binary) => {
                !matches!(binary.op, syn::BinOp::BitOr(_))
                    || is_no_pattern(&binary.left, rest)
                    || is_no_pattern(&binary.right, rest)
            }
            _ => false,
        }
}

/// `PATTERN [if GUARD], stop = …, wait = …, before_sleep = …`
fn parse_case(input: ParseStream<'_>, case: &Ident, errors: &mut Errors) -> syn::Result<Arm> {
    let ahead = input.fork();
    let first = ahead.call(Ident::parse_any).ok();
    if input.is_empty() || (first.is_some() && ahead.peek(Token![=]) && !ahead.peek(Token![==])) {
        let message = "`case` starts with a pattern: `case(Err(Error::Busy), wait = fixed(1s))`";
        return Err(syn::Error::new(
            first.map_or(case.span(), |word| word.span()),
            message,
        ));
    }
    let mut arm = parse_arm(input, Kind::Case, case)?;
    separator(input, errors);
    while !input.is_empty() {
        if let Err(error) = parse_case_key(input, &mut arm, errors) {
            errors.add(error);
            skip_to_next_key(input);
            continue;
        }
        separator(input, errors);
    }
    Ok(arm)
}

fn parse_case_key(input: ParseStream<'_>, arm: &mut Arm, errors: &mut Errors) -> syn::Result<()> {
    const KEYS: [&str; 3] = ["stop", "wait", "before_sleep"];
    if !starts_with_a_key(input) {
        return Err(not_a_key(input));
    }
    let name = input.call(Ident::parse_any)?;
    let key = name.to_string();
    let place = match key.as_str() {
        "stop" => &mut arm.stop,
        "wait" => &mut arm.wait,
        "before_sleep" => &mut arm.before_sleep,
        _ => {
            let slip = closest(&key, KEYS).map(|slip| {
                let value = next_value(input).into_iter().skip(1);
                match value.collect::<TokenStream>() {
                    value if value.is_empty() => slip.to_owned(),
                    value => format!("{slip} = {}", text(value)),
                }
            });
            let message = match (slip, key::example(&key)) {
                (Some(slip), _) => {
                    format!("a `case` has no `{key}`; did you mean `{slip}`?")
                }
                (None, Some(_)) => {
                    format!("`{key}` is for the whole call; write it behind the `case(..)`")
                }
                (None, None) => {
                    format!("a `case` has no `{key}`; it has `stop`, `wait` and `before_sleep`")
                }
            };
            return Err(syn::Error::new(name.span(), message));
        }
    };
    equals(input, &name)?;
    let value = expression(input, &name)?;
    if let Some(first) = place.replace(value) {
        let first = text(first);
        errors.push(
            name.span(),
            format_args!(
                "`{key}` is given twice in this case, first as `{key} = {first}`; keep one of them"
            ),
        );
    }
    Ok(())
}

/// `clone(a, b)`
fn parse_clone(
    input: ParseStream<'_>,
    clone: &Ident,
    errors: &mut Errors,
) -> syn::Result<Vec<Ident>> {
    let mut names: Vec<Ident> = Vec::new();
    if input.is_empty() {
        let message = "`clone` needs the names of parameters: `clone(body)`";
        return Err(syn::Error::new(clone.span(), message));
    }
    while !input.is_empty() {
        let written = next_value(input);
        match syn::parse2::<Ident>(written.clone()) {
            Ok(name) if names.contains(&name) => {
                errors.push(name.span(), format_args!("`{name}` is cloned twice"));
            }
            Ok(name) => names.push(name),
            Err(_) => {
                // `self` is a keyword, and another mistake.
                let word = Ident::parse_any.parse2(written.clone());
                match word {
                    Ok(word) => names.push(word),
                    Err(_) => errors.push_at(
                        &written,
                        format_args!(
                            "`clone` takes names of parameters, as in `clone(body)`; found `{}`",
                            text(&written)
                        ),
                    ),
                }
            }
        }
        skip(input, &written);
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(names)
}

/// `once(a = …, b = …)`
fn parse_once(
    input: ParseStream<'_>,
    once: &Ident,
    errors: &mut Errors,
) -> syn::Result<Vec<(Ident, Expr)>> {
    let mut bindings: Vec<(Ident, Expr)> = Vec::new();
    if input.is_empty() {
        let message = "`once` needs a name and a value: `once(id = Uuid::new_v4())`";
        return Err(syn::Error::new(once.span(), message));
    }
    while !input.is_empty() {
        let ahead = input.fork();
        let name = ahead.call(Ident::parse_any).ok();
        let Some(name) = name.filter(|_| ahead.peek(Token![=]) && !ahead.peek(Token![==])) else {
            let written = next_value(input);
            let value = text(&written);
            let message = match syn::parse2::<Ident>(written.clone()) {
                Ok(name) => format!("`{name}` needs a value: `once({name} = ..)`"),
                Err(_) => format!("`once` needs a name for the value: `once(name = {value})`"),
            };
            return Err(syn::Error::new_spanned(written, message));
        };
        input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        if input.is_empty() || input.peek(Token![,]) {
            let message = format!("`{name}` needs a value: `once({name} = ..)`");
            return Err(syn::Error::new(name.span(), message));
        }
        let value = expression(input, &name)?;
        if bindings.iter().any(|(bound, _)| *bound == name) {
            errors.push(name.span(), format_args!("`{name}` is bound twice"));
        }
        bindings.push((name, value));
        separator(input, errors);
    }
    Ok(bindings)
}

fn parenthesised<'a>(
    input: ParseStream<'a>,
    name: &Ident,
) -> syn::Result<syn::parse::ParseBuffer<'a>> {
    if !input.peek(token::Paren) {
        let example = key::example(&name.to_string()).unwrap_or_default();
        let message = format!("`{name}` takes parentheses: `{example}`");
        return Err(syn::Error::new(name.span(), message));
    }
    let content;
    syn::parenthesized!(content in input);
    Ok(content)
}

/// The `=` after a key, and that a value follows.
fn equals(input: ParseStream<'_>, name: &Ident) -> syn::Result<()> {
    let example = key::example(&name.to_string()).unwrap_or_default();
    if input.peek(token::Paren) {
        let group: Group = input.parse()?;
        let message = match group.stream().is_empty() {
            true => format!("`{name}` needs a value: `{example}`"),
            false => format!("write `{name} = {}`", text(group.stream())),
        };
        return Err(syn::Error::new_spanned(quote!(#name #group), message));
    }
    if input.is_empty() || input.peek(Token![,]) {
        let message = format!("`{name}` needs a value: `{example}`");
        return Err(syn::Error::new(name.span(), message));
    }
    if input.peek(Token![-]) {
        let (at, word) = dashed(input, name);
        if key::example(&word).is_some() {
            let message = format!("keys are written with `_`; did you mean `{word}`?");
            return Err(syn::Error::new_spanned(at, message));
        }
    }
    if !input.peek(Token![=]) || input.peek(Token![==]) {
        let wrong = next_value(input);
        let value: TokenStream = match input.peek(Token![==]) {
            true => wrong.clone().into_iter().skip(2).collect(),
            false if input.peek(Token![:]) => wrong.clone().into_iter().skip(1).collect(),
            false => wrong.clone(),
        };
        let value = text(value);
        let message = match value.as_str() {
            "" => format!("expected `=` after `{name}`: `{example}`"),
            value => format!("expected `=` after `{name}`; write `{name} = {value}`"),
        };
        let first = wrong
            .into_iter()
            .next()
            .map_or(name.span(), |token| token.span());
        return Err(syn::Error::new(first, message));
    }
    let equals: Token![=] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        let message = format!("`{name} =` needs a value: `{example}`");
        return Err(syn::Error::new_spanned(quote!(#name #equals), message));
    }
    Ok(())
}

/// The expression that `name` is given.
fn expression(input: ParseStream<'_>, name: &Ident) -> syn::Result<Expr> {
    let found = next_value(input);
    input.parse().map_err(|error| readable(error, &found, name))
}

/// What is wrong with a value that does not parse.
fn readable(error: syn::Error, found: &TokenStream, name: &Ident) -> syn::Error {
    if let Some((number, unit)) = unit_apart(found.clone()) {
        let message = format!("a unit stands right behind its number: `{number}{unit}`");
        return syn::Error::new_spanned(quote!(#number #unit), message);
    }
    let says = error.to_string();
    let unfinished = says.starts_with("unexpected end of input");
    let last = found.clone().into_iter().last();
    match last {
        Some(TokenTree::Punct(last)) if unfinished || says == "expected an expression" => {
            let message = format!(
                "the value of `{name}` is not complete: nothing follows `{}`",
                last.as_char()
            );
            syn::Error::new(last.span(), message)
        }
        Some(last) if unfinished => {
            let message = format!("the value of `{name}` is not complete");
            syn::Error::new(last.span(), message)
        }
        // It speaks for itself.
        _ if says.contains('`') => error,
        _ => syn::Error::new(error.span(), format!("{says} in the value of `{name}`")),
    }
}

/// `5 s`
fn unit_apart(tokens: TokenStream) -> Option<(proc_macro2::Literal, Ident)> {
    let mut before = None;
    for token in tokens {
        match (before.take(), token) {
            (Some(number), TokenTree::Ident(word)) if duration::is_unit(&word.to_string()) => {
                return Some((number, word));
            }
            (_, TokenTree::Group(group)) => {
                if let Some(found) = unit_apart(group.stream()) {
                    return Some(found);
                }
            }
            (_, TokenTree::Literal(number)) => before = Some(number),
            _ => {}
        }
    }
    None
}

/// A name, also where it was put in quotes.
fn identifier(
    input: ParseStream<'_>,
    name: &Ident,
    errors: &mut Errors,
) -> syn::Result<Option<Ident>> {
    let value = expression(input, name)?;
    if let Expr::Path(path) = &value {
        if let Some(ident) = path.path.get_ident() {
            return Ok(Some(ident.clone()));
        }
    }
    if let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = &value
    {
        if let Ok(ident) = text.parse::<Ident>() {
            errors.push(
                text.span(),
                format_args!("a name stands without quotes: `{name} = {ident}`"),
            );
            return Ok(Some(ident));
        }
    }
    let example = key::example(&name.to_string()).unwrap_or_default();
    Err(syn::Error::new_spanned(
        value,
        format!("`{name}` takes a name: `{example}`"),
    ))
}

/// A comma between two keys; where there is none, the parser goes on as if there were.
fn separator(input: ParseStream<'_>, errors: &mut Errors) {
    if input.is_empty() || input.parse::<Token![,]>().is_ok() {
        return;
    }
    let span = input.span();
    if at_a_key(input) {
        let word = next_word(input).unwrap_or_default();
        errors.push(span, format_args!("missing `,` before `{word}`"));
    } else if input.parse::<Token![;]>().is_ok() {
        errors.push(span, "keys are separated by `,`, not `;`");
    } else {
        let rest = next_value(input);
        let written = text(&rest);
        errors.push_at(
            rest,
            format_args!("unexpected `{written}`; a `,` stands before the next key"),
        );
        skip_to_next_key(input);
    }
}

/// Whether the next word is a key, or stands where only a key can.
fn at_a_key(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let Ok(word) = ahead.call(Ident::parse_any) else {
        return false;
    };
    let known = key::example(&word.to_string()).is_some();
    let equals = ahead.peek(Token![=]) && !ahead.peek(Token![==]) && !ahead.peek(Token![=>]);
    let colon = ahead.peek(Token![:]) && !ahead.peek(Token![::]);
    equals
        || (known && (ahead.is_empty() || ahead.peek(Token![,]) || colon))
        || (known && ahead.peek(token::Paren))
}

fn next_word(input: ParseStream<'_>) -> Option<String> {
    let word = input.fork().call(Ident::parse_any).ok()?;
    Some(word.to_string())
}

/// After a mistake the next key is behind `, name =`, `, name (` or `, key`.
fn skip_to_next_key(input: ParseStream<'_>) {
    while !input.is_empty() {
        if input.parse::<Token![,]>().is_ok() {
            let ahead = input.fork();
            let called = ahead.call(Ident::parse_any).is_ok() && ahead.peek(token::Paren);
            if called || at_a_key(input) {
                return;
            }
            continue;
        }
        let _ = input.parse::<TokenTree>();
    }
}

/// The tokens up to the next comma, which stay where they are.
fn next_value(input: ParseStream<'_>) -> TokenStream {
    let ahead = input.fork();
    let mut tokens = TokenStream::new();
    while !ahead.is_empty() && !ahead.peek(Token![,]) {
        match ahead.parse::<TokenTree>() {
            Ok(token) => tokens.extend([token]),
            Err(_) => break,
        }
    }
    tokens
}

/// Goes past tokens that [`next_value`] has found.
fn skip(input: ParseStream<'_>, tokens: &TokenStream) {
    for _ in tokens.clone() {
        let _ = input.parse::<TokenTree>();
    }
}

/// Leaves nothing behind that would be reported as unexpected.
fn drain(input: ParseStream<'_>) {
    let _ = input.parse::<TokenStream>();
}

/// Whether a word follows, and is not the start of a value.
fn starts_with_a_key(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let Ok(word) = ahead.call(Ident::parse_any) else {
        return false;
    };
    if key::example(&word.to_string()).is_some() && !ahead.peek(Token![::]) {
        return true;
    }
    if word == "if"
        || word == "match"
        || word == "async"
        || word == "move"
        || word == "true"
        || word == "false"
    {
        return false;
    }
    let word = word.to_string();
    let alone = ahead.is_empty() || ahead.peek(Token![,]);
    let is_word = vocabulary::role_of(&word).is_some()
        || vocabulary::LOG.contains(&word.as_str())
        || matches!(word.as_str(), "Err" | "Ok" | "Some" | "None")
        || vocabulary::foreign(&word, None).is_some();
    let value = ahead.peek(Token![::])
        || ahead.peek(Token![.])
        || (is_word && (alone || ahead.peek(token::Paren)));
    !value
}

/// `#[retry(3)]`, `#[retry("x")]`, `#[retry(after_attempt(3))]`
fn not_a_key(input: ParseStream<'_>) -> syn::Error {
    let found = next_value(input);
    let mut words = found.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    });
    // `retry::stop = ..`
    let ahead = input.fork();
    if let (Ok(path), true) = (ahead.call(Path::parse_mod_style), ahead.peek(Token![=])) {
        let last = path
            .segments
            .last()
            .map(|segment| segment.ident.to_string());
        let example = last.as_deref().and_then(key::example);
        let message = match example {
            Some(example) => format!("keys have no path; write `{example}`"),
            None => "keys have no path; write one such as `stop = after_attempt(3)`".to_owned(),
        };
        return syn::Error::new_spanned(path, message);
    }
    let Ok(value) = input.parse::<Expr>() else {
        let message = "expected `name = value`, such as `stop = after_attempt(3)`";
        return syn::Error::new_spanned(found, message);
    };
    let written = text(&value);
    let first = words.next().unwrap_or_default();
    let instead = match &value {
        Expr::Lit(ExprLit {
            lit: Lit::Int(lit), ..
        }) if lit.suffix().is_empty() => format!("stop = after_attempt({lit})"),
        Expr::Lit(ExprLit {
            lit: Lit::Str(_), ..
        }) => format!("name = {written}"),
        Expr::Lit(lit) if duration::nanos(&lit.lit).is_some() => format!("wait = fixed({written})"),
        Expr::Closure(_) => format!("when = err({written})"),
        Expr::Path(_) => match vocabulary::role_of(&first) {
            Some(role) => {
                let example = role.word(&first).map_or("", |word| word.example);
                format!("{} = {example}", role.key())
            }
            None if vocabulary::LOG.contains(&first.as_str()) => {
                format!("before_sleep = {first}()")
            }
            None if first == "None" => "on = None".to_owned(),
            None => "stop = after_attempt(3)".to_owned(),
        },
        _ if matches!(first.as_str(), "Err" | "Ok" | "Some" | "None") => format!("on = {written}"),
        _ if vocabulary::LOG.contains(&first.as_str()) => format!("before_sleep = {written}"),
        _ => match vocabulary::role_of(&first) {
            Some(role) => format!("{} = {written}", role.key()),
            None => {
                let key = if first.starts_with("stop_") {
                    "stop"
                } else if first.starts_with("wait_") {
                    "wait"
                } else {
                    "when"
                };
                match vocabulary::foreign(&first, None) {
                    Some(ours) => format!("{key} = {ours}"),
                    None => "stop = after_attempt(3)".to_owned(),
                }
            }
        },
    };
    let message = format!("expected `name = value`; did you mean `{instead}`?");
    syn::Error::new_spanned(value, message)
}

fn unknown_key(input: ParseStream<'_>, name: &Ident) -> syn::Error {
    let (at, word) = dashed(input, name);
    let value = match input.peek(Token![=]) && !input.peek(Token![==]) {
        true => {
            let ahead = input.fork();
            let _ = ahead.parse::<Token![=]>();
            ahead.parse::<Expr>().ok()
        }
        false => None,
    };
    syn::Error::new_spanned(at, key::unknown(&word, value.as_ref()))
}

/// `before-sleep`: its tokens, and the word with `_`.
fn dashed(input: ParseStream<'_>, name: &Ident) -> (TokenStream, String) {
    let mut word = name.to_string();
    let mut at = name.to_token_stream();
    while input.peek(Token![-]) {
        let ahead = input.fork();
        let dash: Option<Token![-]> = ahead.parse().ok();
        let Ok(next) = ahead.call(Ident::parse_any) else {
            break;
        };
        let joined = format!("{word}_{next}");
        word = joined;
        at = quote!(#at #dash #next);
        let _ = (input.parse::<Token![-]>(), input.call(Ident::parse_any));
    }
    (at, word)
}
