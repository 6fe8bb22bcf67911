//! The `#[transient(..)]` attribute.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Member, Meta, Path, Token};

use crate::diagnostics::{Errors, text};
use crate::lower::tokens::stream;
use crate::parse::tokens::is_comma;
use persevere_words::closest;

/// The attributes of a variant or a type.
pub(super) struct Mark {
    /// The answer, whose field may be left to the macro.
    pub(super) says: Option<Says<Option<Member>>>,
    pub(super) unsent: bool,
    pub(super) health: Option<Health>,
    pub(super) krate: Option<Path>,
    /// The place of the attribute.
    pub(super) span: Span,
}

/// An answer to whether and when to retry.
pub(super) enum Says<Field> {
    /// Retry at once.
    Retry,
    /// Retry after the duration in the field.
    RetryAfter(Field),
    /// Ask the field that is the source, every question.
    Source(Field),
    /// Never retry.
    Final,
}

impl<Field> Says<Field> {
    /// Replaces the field, or returns `None` if there is no replacement.
    pub(super) fn find<F>(self, find: impl FnOnce(Field) -> Option<F>) -> Option<Says<F>> {
        Some(match self {
            Says::Retry => Says::Retry,
            Says::RetryAfter(field) => Says::RetryAfter(find(field)?),
            Says::Source(field) => Says::Source(find(field)?),
            Says::Final => Says::Final,
        })
    }
}

/// The health of the service that the error shows, as the name of a variant of `Health`.
#[derive(Clone, Copy)]
pub(super) struct Health(pub(super) &'static str);

impl Health {
    /// Words, with their variants.
    const WORDS: [(&'static str, &'static str); 3] = [
        ("failed", "Failed"),
        ("well", "Well"),
        ("unknown", "Unknown"),
    ];

    fn of(word: &str) -> Option<Self> {
        let known = Health::WORDS.iter().find(|(name, _)| *name == word);
        known.map(|(_, variant)| Health(variant))
    }
}

const OPTIONS: [&str; 5] = ["retry_after", "unsent", "health", "source", "crate"];
const ADVICE: &str =
    "it takes `retry_after = field`, `unsent`, `health = failed`, `source`, `crate = path`";

impl Mark {
    pub(super) fn parse(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut mark = Mark {
            says: None,
            unsent: false,
            health: None,
            krate: None,
            span: Span::call_site(),
        };
        let mut marks = attributes.iter().filter(|a| a.path().is_ident("transient"));
        let Some(attribute) = marks.next() else {
            return mark;
        };
        for second in marks {
            let message = "`#[transient]` is written twice; put everything into one: `#[transient(retry_after = field, unsent)]`";
            errors.push_at(second, message);
        }
        mark.span = attribute.path().span();
        match &attribute.meta {
            Meta::Path(_) => mark.says = Some(Says::Retry),
            Meta::List(list) if list.tokens.is_empty() => {
                errors.push_at(
                    list,
                    "between the parentheses is nothing; write `#[transient]`",
                );
            }
            Meta::List(list) => mark.options(list.tokens.clone(), errors),
            Meta::NameValue(meta) => {
                errors.push_at(
                    meta,
                    format!("write `#[transient]`, or `#[transient(..)]`: {ADVICE}"),
                );
            }
        }
        mark
    }

    /// Returns the place of the attribute, if it states anything about the error.
    pub(super) fn says_something(&self) -> Option<Span> {
        (self.says.is_some() || self.unsent || self.health.is_some()).then_some(self.span)
    }

    fn options(&mut self, tokens: TokenStream, errors: &mut Errors) {
        let mut seen: Vec<String> = Vec::new();
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let options = tokens.split(is_comma).filter(|option| !option.is_empty());
        for option in options {
            let option = stream(option);
            let parsed = |input: ParseStream<'_>| {
                let name = Ident::parse_any(input)?;
                let alone = input.is_empty();
                let equals: Option<Token![=]> = input.parse()?;
                let rest: TokenStream = input.parse()?;
                let value = equals.map(|_| rest).unwrap_or_default();
                Ok((name, alone, value))
            };
            let Ok((name, alone, value)) = parsed.parse2(option.clone()) else {
                let written = text(&option);
                let message = format!("`{written}` is no option of `#[transient]`: {ADVICE}");
                errors.push_at(option, message);
                continue;
            };
            if seen.contains(&name.to_string()) {
                errors.push(name.span(), format!("`{name}` is written twice"));
                continue;
            }
            seen.push(name.to_string());
            self.option(&name, alone, value, errors);
        }
        let asks = matches!(self.says, Some(Says::Source(_)));
        if asks && self.unsent {
            let message = "`source` asks the field whether it is unsent, too; leave `unsent` out";
            errors.push(self.span, message);
        }
        if asks && self.health.is_some() {
            let message = "`source` asks the field for its health, too; leave `health` out";
            errors.push(self.span, message);
        }
        if matches!(self.says, Some(Says::Final)) && self.health.is_none() {
            errors.push(self.span, unknown("final"));
        }
        if self.says.is_none() && (self.unsent || self.health.is_some()) {
            self.says = Some(Says::Retry);
        }
    }

    /// Reads an option, which stands alone or has a value.
    fn option(&mut self, name: &Ident, alone: bool, value: TokenStream, errors: &mut Errors) {
        let written = name.to_string();
        match &*written {
            "unsent" if alone => self.unsent = true,
            "unsent" => errors.push_at(at(name, &value), "`unsent` takes no value"),
            "final" if alone => self.say(name, Says::Final, errors),
            "health" => match Health::of(&value.to_string()) {
                Some(health) => self.health = Some(health),
                None => no_health(name, &value, errors),
            },
            "source" if alone => self.say(name, Says::Source(None), errors),
            "source" | "retry_after" => match syn::parse2(value.clone()) {
                Ok(member) if written == "source" => {
                    self.say(name, Says::Source(Some(member)), errors);
                }
                Ok(member) => self.say(name, Says::RetryAfter(Some(member)), errors),
                Err(_) => no_field(name, &value, errors),
            },
            "crate" => match Path::parse_mod_style.parse2(value.clone()) {
                Ok(path) => self.krate = Some(path),
                Err(_) => errors.push_at(
                    at(name, &value),
                    "`crate` takes a path: `crate = my_crate::persevere`",
                ),
            },
            _ => errors.push(name.span(), unknown(&written)),
        }
    }

    fn say(&mut self, name: &Ident, says: Says<Option<Member>>, errors: &mut Errors) {
        if self.says.is_some() {
            let message = "`retry_after`, `source` and `final` each say when to retry; remove one";
            errors.push(name.span(), message);
        }
        self.says = Some(says);
    }
}

fn no_field(name: &Ident, value: &TokenStream, errors: &mut Errors) {
    let example = if name == "source" {
        "source = cause"
    } else {
        "retry_after = after"
    };
    let found = match value.is_empty() {
        true => String::new(),
        false => format!(", not `{}`", text(value)),
    };
    let message =
        format!("`{name}` takes the name of a field{found}: `{example}`, or `{name} = 0`");
    errors.push_at(at(name, value), message);
}

fn no_health(name: &Ident, value: &TokenStream, errors: &mut Errors) {
    let words = Health::WORDS.map(|(word, _)| word);
    let written = value.to_string();
    let last = written.rsplit(':').next().unwrap_or_default();
    let advice = match closest(&last.trim().to_lowercase(), words) {
        Some(word) => format!("; did you mean `health = {word}`?"),
        None if written.is_empty() => String::from(": `health = failed`"),
        None => format!(", not `{}`", text(value)),
    };
    let message = format!("`health` takes `failed`, `well` or `unknown`{advice}");
    errors.push_at(at(name, value), message);
}

/// Returns the tokens to underline: the value, or the name if the value is empty.
fn at(name: &Ident, value: &TokenStream) -> TokenStream {
    match value.is_empty() {
        true => name.to_token_stream(),
        false => value.clone(),
    }
}

fn unknown(written: &str) -> String {
    match written {
        "final" | "permanent" | "never" => {
            format!(
                "no `{written}` is needed: what is not marked `#[transient]` is final; it stands beside a health alone: `#[transient(final, health = failed)]`"
            )
        }
        "retry" | "retryable" | "transient" => {
            format!("no `{written}` is needed: `#[transient]` alone says so")
        }
        "after" | "hint" | "wait" | "delay" => {
            format!("unknown `{written}`; did you mean `retry_after = field`?")
        }
        "failed" | "well" => format!("unknown `{written}`; did you mean `health = {written}`?"),
        "from" | "transparent" | "forward" | "delegate" => {
            format!("unknown `{written}`; did you mean `source`?")
        }
        _ => match closest(written, OPTIONS) {
            Some(option) => format!("unknown `{written}`; did you mean `{option}`?"),
            None => format!("unknown `{written}`: {ADVICE}"),
        },
    }
}
