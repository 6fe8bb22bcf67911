//! The syntax of values: from text to terms, and from terms to numbers, durations and lists.

pub(crate) mod arguments;
mod duration;
mod elsewhere;
mod parse_error;
mod parser;
pub(crate) mod refusal;
pub(crate) mod term;

pub(crate) use self::arguments::read_duration;
pub(crate) use self::parse_error::ParseError;
pub(crate) use self::parser::parse;
