//! Keys of an attribute, each parsed by itself, so that one mistake does not hide the next.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Path, Token};

use crate::check;
use crate::diagnostics::Errors;
use crate::lower::tokens;
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::pattern::Arm;
use persevere_words::Key;

use super::bindings::{parse_clone, parse_once};
use super::case::{parse_arm, parse_case};
use super::circuit_breaker;
use super::guard;
use super::recovery::{drain, separator, skip_to_next_key};
use super::resume::{Resume, check_progress, parse_resume};
use super::set_name;
use super::syntax::{equals, expression, flag, identifier, module, parenthesised};
use super::unknown_key::{not_a_key, path_alone, starts_with_a_key, unknown_key};
use super::values::Values;

/// The contents of the attribute.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) kind: AttributeKind,
    /// Whether these are the keys of a set, and no attribute's.
    pub(crate) is_set: bool,
    pub(crate) values: Values,
    /// `on`, `unless` and `case`, in the order written.
    pub(crate) arms: Vec<Arm>,
    pub(crate) clone: Vec<Ident>,
    pub(crate) once: Vec<(Ident, Expr)>,
    pub(crate) attempt: Option<Ident>,
    pub(crate) resume: Option<Resume>,
    pub(crate) unretried: Option<Ident>,
    pub(crate) retry_with: Option<Ident>,
    /// Whether the keys of a set belong to these.
    pub(crate) uses: bool,
    pub(crate) crate_path: Option<Path>,
}

impl Args {
    /// Returns the path of the crate's hidden module, in `::persevere` unless `crate` names another path.
    pub(crate) fn private(&self) -> Path {
        tokens::private(self.crate_path.as_ref())
    }

    /// Returns the same keys under `policy`, without those that it decides.
    pub(crate) fn given_policy(&self, policy: Ident) -> Args {
        let mut values = Values::default();
        for (key, name, value) in &self.values.others {
            // That of a stream decides all the rest.
            let beside = self.resume.is_none() || check::stream::BESIDE_POLICY.contains(key);
            if beside && !matches!(key, Key::Policy | Key::Enabled) {
                values.push(*key, name.clone(), value.clone());
            }
        }
        let value = Expr::Verbatim(policy.to_token_stream());
        values.push(Key::Policy, policy, value);
        Args {
            kind: self.kind,
            values,
            clone: self.clone.clone(),
            once: self.once.clone(),
            attempt: self.attempt.clone(),
            resume: self.resume.clone(),
            crate_path: self.crate_path.clone(),
            ..Args::default()
        }
    }

    /// Takes the keys of a set that are not given here, a repeated key all at once. `#[guard]` takes those that are
    /// not about retries.
    pub(crate) fn complete(&mut self, mut set: Args) {
        if self.kind == AttributeKind::Guard {
            set.values.retain(Key::in_guard);
            set.arms.retain(|arm| arm.key.in_guard());
            if !self.values.has(Key::Hedge) && !set.values.has(Key::Hedge) {
                set.values.retain(|key| key != Key::Budget);
            }
        }
        self.values.complete(set.values);
        let own = self.arms.len();
        for arm in set.arms {
            if self.arms[..own].iter().all(|own| own.key != arm.key) {
                self.arms.push(arm);
            }
        }
        self.crate_path = self.crate_path.take().or(set.crate_path);
    }

    /// Returns whether the body may run more than once in a call.
    pub(crate) fn repeats(&self) -> bool {
        !self.kind.is_once() || self.values.has(Key::Hedge)
    }

    pub(crate) fn wraps(&self) -> bool {
        self.values.flag(Key::WrapErr).is_some()
    }

    /// Parses the keys of a set.
    pub(crate) fn parse_set(tokens: TokenStream, errors: &mut Errors) -> Args {
        let args = Args {
            is_set: true,
            ..Args::default()
        };
        args.parse_keys(tokens, errors)
    }

    /// Parses the tokens between the attribute's parentheses.
    pub(crate) fn parse(kind: AttributeKind, tokens: TokenStream, errors: &mut Errors) -> Args {
        let args = Args {
            kind,
            ..Args::default()
        };
        args.parse_keys(tokens, errors)
    }

    fn parse_keys(mut self, tokens: TokenStream, errors: &mut Errors) -> Args {
        let mut seen = Vec::new();
        let parser = |input: ParseStream<'_>| {
            if self.kind == AttributeKind::CircuitBreaker {
                let name = Ident::new("circuit_breaker", Span::call_site());
                match circuit_breaker::parse_breaker(input, &name, errors) {
                    Ok(breaker) => {
                        self.values.push(Key::Breaker, name, breaker);
                        separator(input, errors);
                    }
                    Err(error) => {
                        errors.add(error);
                        drain(input);
                    }
                }
            }
            if self.kind == AttributeKind::Guard && input.is_empty() {
                errors.push(Span::call_site(), guard::NO_KEYS);
            }
            while !input.is_empty() {
                match self.parse_one(input, &mut seen, errors) {
                    Ok(()) => separator(input, errors),
                    Err(error) => {
                        errors.add(error);
                        skip_to_next_key(input);
                    }
                }
            }
            Ok(())
        };
        // Leftovers in a group belong to a mistake that is already reported.
        if let (Err(error), true) = (parser.parse2(tokens), errors.is_empty()) {
            errors.add(error);
        }
        self
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
                AttributeKind::Retry => {
                    path_alone(input, self.is_set).unwrap_or_else(|| not_a_key(input))
                }
                AttributeKind::Guard => {
                    path_alone(input, false).unwrap_or_else(|| guard::not_a_key(input))
                }
                AttributeKind::CircuitBreaker => circuit_breaker::not_a_key(input),
            });
        }
        let name = input.call(Ident::parse_any)?;
        let word = name.to_string();
        let refused = match self.kind {
            AttributeKind::CircuitBreaker => circuit_breaker::no_key(&word),
            AttributeKind::Guard => guard::no_key(&word),
            AttributeKind::Retry if self.is_set => set_name::no_key(&word),
            AttributeKind::Retry => None,
        };
        if let Some(message) = refused {
            return Err(syn::Error::new(name.span(), message));
        }
        let Some(key) = Key::named(&word) else {
            return Err(unknown_key(input, &name, self.kind.place(), self.is_set));
        };
        let repeats = [Key::On, Key::Unless, Key::Case, Key::Once, Key::Clone];
        if !repeats.contains(&key) {
            if seen.contains(&name) {
                let message = match key {
                    Key::Use => set_name::GIVEN_TWICE.to_owned(),
                    key => self.values.given_twice(key, ""),
                };
                errors.push(name.span(), message);
            }
            seen.push(name.clone());
        }
        self.uses |= key == Key::Use;
        match key {
            Key::Case => {
                let arm = parenthesised(input, key, &name, |content| {
                    parse_case(content, &name, errors)
                });
                self.arms.push(arm?);
            }
            Key::Clone => {
                let names = parenthesised(input, key, &name, |content| {
                    parse_clone(content, &name, errors)
                });
                self.clone.extend(names?);
            }
            Key::Once => {
                let bindings = parenthesised(input, key, &name, |content| {
                    parse_once(content, &name, errors)
                });
                self.once.extend(bindings?);
            }
            Key::Resume => {
                // Even with a mistake in it, the function is one that returns a stream.
                self.resume = Some(Resume::without_cursor(&name));
                let resume =
                    parenthesised(input, key, &name, |content| parse_resume(content, &name));
                self.resume = Some(resume?);
            }
            _ => {
                equals(input, key, &name)?;
                self.parse_value(input, key, name, errors)?;
            }
        }
        Ok(())
    }

    fn parse_value(
        &mut self,
        input: ParseStream<'_>,
        key: Key,
        name: Ident,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        match key {
            Key::On | Key::Unless => self.arms.push(parse_arm(input, key, &name)?),
            Key::Attempt => self.attempt = identifier(input, key, &name, errors)?,
            Key::Unretried => self.unretried = identifier(input, key, &name, errors)?,
            Key::RetryWith => self.retry_with = identifier(input, key, &name, errors)?,
            Key::Use => set_name::check(&expression(input, &name)?)?,
            Key::Crate => self.crate_path = Some(module(&expression(input, &name)?)?),
            key => {
                let value = expression(input, &name)?;
                match key {
                    Key::WrapErr => flag(&value, &name, "changes the function's type")?,
                    Key::Endless => flag(&value, &name, "changes the function's code")?,
                    Key::Progress => check_progress(&value)?,
                    Key::Doc => flag(&value, &name, "changes the function's documentation")?,
                    Key::Span | Key::Metrics => {
                        flag(&value, &name, "changes the function's code")?;
                    }
                    _ => {}
                }
                self.values.push(key, name, value);
            }
        }
        Ok(())
    }
}
