//! The keys of an attribute, each parsed by itself, so that one mistake does not hide the next.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Lit, LitBool, Path, Token};

use crate::diagnostics::{Errors, text};
use crate::lower::tokens;
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::keys::{self, Key};
use crate::parse::pattern::{Arm, Kind};

use super::bindings::{parse_clone, parse_once};
use super::case::{parse_arm, parse_case};
use super::circuit_breaker;
use super::recovery::{drain, separator, skip_to_next_key};
use super::syntax::{equals, expression, flag, identifier, parenthesised};
use super::unknown_key::{not_a_key, starts_with_a_key, unknown_key};

/// What the attribute says.
#[derive(Clone, Default)]
pub(crate) struct Args {
    pub(crate) kind: AttributeKind,
    /// The keys whose values are expressions, in the order written.
    pub(crate) values: Vec<(Key, Ident, Expr)>,
    /// `on`, `unless` and `case`, in the order written.
    pub(crate) arms: Vec<Arm>,
    pub(crate) clone: Vec<Ident>,
    pub(crate) once: Vec<(Ident, Expr)>,
    pub(crate) attempt: Option<Ident>,
    pub(crate) wrap_err: Option<LitBool>,
    /// The call has a span.
    pub(crate) span: Option<LitBool>,
    /// The call is counted as metrics.
    pub(crate) metrics: Option<LitBool>,
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

    /// The path of the crate's hidden module, in `::persevere` unless `crate` says otherwise.
    pub(crate) fn private(&self) -> Path {
        match &self.crate_path {
            Some(path) => {
                let mut path = path.clone();
                let module = Ident::new("__private", Span::call_site());
                path.segments.push(module.into());
                path
            }
            None => tokens::hidden(Span::call_site()),
        }
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

    /// `span = true`
    pub(crate) fn span(&self) -> Option<&LitBool> {
        self.span.as_ref().filter(|value| value.value)
    }

    /// `metrics = true`
    pub(crate) fn metrics(&self) -> Option<&LitBool> {
        self.metrics.as_ref().filter(|value| value.value)
    }

    /// Parses what stands between the attribute's parentheses.
    pub(crate) fn parse(kind: AttributeKind, tokens: TokenStream, errors: &mut Errors) -> Args {
        let mut args = Args {
            kind,
            ..Args::default()
        };
        let mut seen = Vec::new();
        let parser = |input: ParseStream<'_>| {
            if kind == AttributeKind::CircuitBreaker {
                match args.parse_breaker(input, errors) {
                    Ok(()) => separator(input, errors),
                    Err(error) => {
                        errors.add(error);
                        drain(input);
                    }
                }
            }
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
            let example = self.kind.example();
            let message = format!("expected a key before this `,`, such as `{example}`");
            errors.push(input.span(), message);
            return Ok(());
        }
        if !starts_with_a_key(input) {
            return Err(match self.kind {
                AttributeKind::Retry => not_a_key(input),
                AttributeKind::CircuitBreaker => circuit_breaker::not_a_key(input),
            });
        }
        let name = input.call(Ident::parse_any)?;
        let key = name.to_string();
        if let (AttributeKind::CircuitBreaker, Some(message)) =
            (self.kind, circuit_breaker::no_key(&key))
        {
            return Err(syn::Error::new(name.span(), message));
        }
        if keys::example(&key).is_none() {
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
            "wrap_err" => self.wrap_err = Some(flag(input, name, "changes the function's type")?),
            "span" => self.span = Some(flag(input, name, "changes the function's code")?),
            "metrics" => self.metrics = Some(flag(input, name, "changes the function's code")?),
            "crate" => {
                let value = expression(input, name)?;
                match value {
                    Expr::Path(path) if is_module(&path) => self.crate_path = Some(path.path),
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

/// Whether a path can lead to a crate.
fn is_module(path: &syn::ExprPath) -> bool {
    let plain = |part: &syn::PathSegment| part.arguments.is_none();
    path.qself.is_none() && path.path.segments.iter().all(plain)
}
