//! Every mistake of an attribute, reported together.

use std::fmt::Display;

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// The mistakes found so far.
#[derive(Clone, Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, span: Span, message: impl Display) {
        self.add(syn::Error::new(span, message.to_string()));
    }

    /// Adds an error that underlines all of `tokens`.
    pub(crate) fn push_at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push_spanned(&tokens, &message);
    }

    // Compiled once, and not for each type of tokens.
    fn push_spanned(&mut self, tokens: &dyn ToTokens, message: &dyn Display) {
        let tokens = tokens.to_token_stream();
        self.add(syn::Error::new_spanned(tokens, message.to_string()));
    }

    /// Adds the message of a check, if it has one.
    pub(crate) fn report(&mut self, tokens: impl ToTokens, message: Option<String>) {
        if let Some(message) = message {
            self.push_spanned(&tokens, &message);
        }
    }

    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn into_compile_error(self) -> TokenStream {
        self.0
            .map(syn::Error::into_compile_error)
            .unwrap_or_default()
    }
}

/// Returns the tokens as a user would write them, on one line.
pub(crate) fn text(tokens: impl ToTokens) -> String {
    written(tokens.to_token_stream())
}

fn written(tokens: TokenStream) -> String {
    let mut text = String::new();
    let mut writer = Writer::default();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let TokenTree::Punct(punct) = &token else {
            writer.value(&token, &mut text);
            continue;
        };
        let mut operator = String::from(punct.as_char());
        let mut joint = punct.spacing() == Spacing::Joint;
        while let (true, Some(TokenTree::Punct(next))) = (joint, tokens.peek()) {
            let longer = format!("{operator}{}", next.as_char());
            if !OPERATORS.contains(&longer.as_str()) {
                break;
            }
            joint = next.spacing() == Spacing::Joint;
            operator = longer;
            tokens.next();
        }
        writer.operator(&operator, &mut text);
    }
    text
}

/// Operators of several characters.
const OPERATORS: [&str; 15] = [
    "::", "..", "..=", "||", "&&", "==", "!=", "<=", ">=", "=>", "->", "<<", "+=", "-=", "*=",
];

/// A writer of tokens, which decides on the spaces between them.
#[derive(Default)]
struct Writer {
    /// Whether the last token ended a value. An operator after it is binary, and another value needs a space.
    after_value: bool,
    /// Whether the next token needs a space before it.
    space: bool,
    /// The number of open `<`.
    generics: usize,
    /// Whether the parameters of a closure are open.
    closure: bool,
    /// Whether the last token was a name in upper case. By convention it is a type, and `<` opens its
    /// arguments.
    after_type: bool,
}

impl Writer {
    fn value(&mut self, token: &TokenTree, text: &mut String) {
        let keyword = [
            "if", "in", "match", "return", "else", "move", "async", "mut", "ref",
        ];
        let called = match token {
            TokenTree::Group(group) => group.delimiter() != Delimiter::Brace,
            _ => false,
        };
        if self.space || (self.after_value && !called) {
            text.push(' ');
        }
        self.space = false;
        self.after_value = true;
        self.after_type = matches!(token, TokenTree::Ident(word) if word.to_string().starts_with(char::is_uppercase));
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                text.push_str(&written(group.stream()));
                text.push_str(close);
            }
            TokenTree::Ident(word) if keyword.iter().any(|keyword| word == keyword) => {
                text.push_str(&word.to_string());
                self.after_value = false;
                self.space = true;
            }
            other => text.push_str(&other.to_string()),
        }
    }

    fn operator(&mut self, operator: &str, text: &mut String) {
        let after_value = std::mem::replace(&mut self.after_value, false);
        let pending = std::mem::replace(&mut self.space, false);
        // Whether the operator has a space before it and after it.
        let (before, after) = match operator {
            "::" | "." | ".." | "..=" => (pending, false),
            "," | ";" | ":" => (false, true),
            "?" => {
                self.after_value = true;
                (false, false)
            }
            "'" | "#" | "$" | "@" => (pending || after_value, false),
            "!" => (pending, false),
            "<" if !after_value || text.ends_with("::") || self.generics > 0 || self.after_type => {
                self.generics += 1;
                (false, false)
            }
            ">" if self.generics > 0 => {
                self.generics -= 1;
                self.after_value = true;
                (false, false)
            }
            "|" if self.closure => {
                self.closure = false;
                (false, true)
            }
            "|" if !after_value => {
                self.closure = true;
                (pending, false)
            }
            "||" if !after_value => (pending, true),
            "&" | "&&" | "*" | "-" if !after_value => (pending, false),
            _ => (after_value || pending, true),
        };
        if before {
            text.push(' ');
        }
        text.push_str(operator);
        self.space = after;
    }
}
