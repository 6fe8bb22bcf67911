//! Syntax of values: text, terms, and the reading of them.

pub(crate) mod duration;
mod parse_error;
pub(crate) mod parser;
pub(crate) mod term;
pub(crate) mod vocabulary;

pub(crate) use self::parse_error::ParseError;
