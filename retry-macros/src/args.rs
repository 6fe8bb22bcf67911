//! The keys of an attribute, each parsed by itself, so that one mistake does not hide the next.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Expr, LitBool, Path, Token, token};

use crate::error::Errors;
use crate::key::{self, Key};
use crate::pattern::{Arm, Kind};
use crate::vocabulary;

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
        if let Err(error) = parser.parse2(tokens) {
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
        if !input.peek(syn::Ident::peek_any) {
            return Err(not_a_key(input));
        }
        if let Some(error) = bare_strategy(input) {
            return Err(error);
        }
        let name = input.call(Ident::parse_any)?;
        let key = name.to_string();
        if !matches!(key.as_str(), "on" | "unless" | "case" | "once" | "clone") {
            if let Some(first) = seen.iter().find(|first| **first == name) {
                errors.push(name.span(), format_args!("`{key}` is given twice"));
                errors.push(first.span(), format_args!("`{key}` was given here first"));
            }
            seen.push(name.clone());
        }
        match key.as_str() {
            "case" => {
                let content = parenthesised(input, &name)?;
                self.arms.push(parse_case(&content, errors)?);
            }
            "clone" => {
                let content = parenthesised(input, &name)?;
                let names = content.parse_terminated(Ident::parse_any, Token![,])?;
                self.clone.extend(names);
            }
            "once" => {
                let content = parenthesised(input, &name)?;
                while !content.is_empty() {
                    let bound = content.call(Ident::parse_any)?;
                    content.parse::<Token![=]>()?;
                    self.once.push((bound, content.parse()?));
                    separator(&content, errors);
                }
            }
            _ if key::example(&key).is_none() => {
                return Err(unknown_key(input, &name));
            }
            _ => {
                equals(input, &name)?;
                self.parse_value(input, name, &key)?;
            }
        }
        Ok(())
    }

    fn parse_value(&mut self, input: ParseStream<'_>, name: Ident, key: &str) -> syn::Result<()> {
        match key {
            "on" => self.arms.push(Arm::parse(input, Kind::On)?),
            "unless" => self.arms.push(Arm::parse(input, Kind::Unless)?),
            "attempt" => self.attempt = Some(identifier(input, &name)?),
            "unretried" => self.unretried = Some(identifier(input, &name)?),
            "retry_with" => self.retry_with = Some(identifier(input, &name)?),
            "wrap_err" => {
                let value: Expr = input.parse()?;
                let Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Bool(value),
                    ..
                }) = value
                else {
                    let message = "`wrap_err` changes the function's type; write `wrap_err = true`";
                    return Err(syn::Error::new_spanned(value, message));
                };
                self.wrap_err = Some(value);
            }
            "crate" => {
                if input.peek(syn::LitStr) {
                    let message = "write a path without quotes: `crate = my_crate::persevere`";
                    let text: syn::LitStr = input.parse()?;
                    return Err(syn::Error::new(text.span(), message));
                }
                self.crate_path = Some(input.call(Path::parse_mod_style)?);
            }
            _ => {
                let value: Expr = input.parse()?;
                if let Some(key) = Key::named(key) {
                    self.values.push((key, name, value));
                }
            }
        }
        Ok(())
    }
}

/// `PATTERN [if GUARD], stop = …, wait = …, before_sleep = …`
fn parse_case(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Arm> {
    let mut arm = Arm::parse(input, Kind::Case)?;
    separator(input, errors);
    while !input.is_empty() {
        let name = input.call(Ident::parse_any)?;
        let key = name.to_string();
        let place = match key.as_str() {
            "stop" => &mut arm.stop,
            "wait" => &mut arm.wait,
            "before_sleep" => &mut arm.before_sleep,
            _ => {
                let message = format!(
                    "`case` takes a pattern, then `stop`, `wait` and `before_sleep`; found `{key}`"
                );
                return Err(syn::Error::new(name.span(), message));
            }
        };
        equals(input, &name)?;
        let value = input.parse()?;
        if place.is_some() {
            errors.push(
                name.span(),
                format_args!("`{key}` is given twice in this case"),
            );
        }
        *place = Some(value);
        separator(input, errors);
    }
    Ok(arm)
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
        let content;
        let parens = syn::parenthesized!(content in input);
        let inner: TokenStream = content.parse()?;
        let span = name.span().join(parens.span.join()).unwrap_or(name.span());
        let value = if inner.is_empty() {
            example.to_owned()
        } else {
            format!("{name} = {inner}")
        };
        return Err(syn::Error::new(span, format!("write `{value}`")));
    }
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new(
            name.span(),
            format!("`{name}` needs a value: `{example}`"),
        ));
    }
    let equals: Token![=] = input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), format!("expected `=` after `{name}`")))?;
    if input.is_empty() || input.peek(Token![,]) {
        let message = format!("`{name} =` needs a value: `{example}`");
        return Err(syn::Error::new(equals.span(), message));
    }
    Ok(())
}

fn identifier(input: ParseStream<'_>, name: &Ident) -> syn::Result<Ident> {
    let value: Expr = input.parse()?;
    if let Expr::Path(path) = &value {
        if let Some(ident) = path.path.get_ident() {
            return Ok(ident.clone());
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
    if input.peek(syn::Ident::peek_any) {
        errors.push(
            input.span(),
            format_args!("missing `,` before `{}`", input.cursor_text()),
        );
    } else {
        errors.push(input.span(), "unexpected token; separate keys with `,`");
        skip_to_next_key(input);
    }
}

trait CursorText {
    fn cursor_text(&self) -> String;
}

impl CursorText for ParseStream<'_> {
    /// The next word.
    fn cursor_text(&self) -> String {
        self.fork()
            .call(Ident::parse_any)
            .map(|word| word.to_string())
            .unwrap_or_default()
    }
}

/// After a mistake the next key is behind `, name =` or `, name (`.
fn skip_to_next_key(input: ParseStream<'_>) {
    while !input.is_empty() {
        let comma = input.parse::<Token![,]>().is_ok();
        if comma {
            let ahead = input.fork();
            if ahead.call(Ident::parse_any).is_ok()
                && (ahead.peek(Token![=]) || ahead.peek(token::Paren))
            {
                return;
            }
            continue;
        }
        let _ = input.parse::<proc_macro2::TokenTree>();
    }
}

/// `#[retry(3)]`, `#[retry("x")]`
fn not_a_key(input: ParseStream<'_>) -> syn::Error {
    let span = input.span();
    let Ok(value) = input.parse::<Expr>() else {
        return syn::Error::new(
            span,
            "expected `name = value`, such as `stop = after_attempt(3)`",
        );
    };
    let instead = match &value {
        Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Int(lit),
            ..
        }) => match lit.suffix() {
            "" => format!("did you mean `stop = after_attempt({lit})`?"),
            _ => format!("did you mean `wait = fixed({lit})`?"),
        },
        Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(lit),
            ..
        }) => {
            format!("did you mean `name = {}`?", lit.token())
        }
        _ => "such as `stop = after_attempt(3)`".to_owned(),
    };
    syn::Error::new_spanned(value, format!("expected `name = value`; {instead}"))
}

/// `#[retry(after_attempt(3))]`
fn bare_strategy(input: ParseStream<'_>) -> Option<syn::Error> {
    let ahead = input.fork();
    let word = ahead.call(Ident::parse_any).ok()?;
    if !ahead.peek(token::Paren) || key::example(&word.to_string()).is_some() {
        return None;
    }
    let key = vocabulary::key_of(&word.to_string())?;
    let value: Expr = input.parse().ok()?;
    let text = quote!(#value).to_string().replace(" (", "(");
    let message = format!("expected `name = value`; did you mean `{key} = {text}`?");
    Some(syn::Error::new(value.span(), message))
}

fn unknown_key(input: ParseStream<'_>, name: &Ident) -> syn::Error {
    let mut count = None;
    if input.parse::<Token![=]>().is_ok() {
        if let Ok(Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Int(lit),
            ..
        })) = input.parse()
        {
            count = lit.base10_parse().ok();
        }
    }
    syn::Error::new(name.span(), key::unknown(&name.to_string(), count))
}
