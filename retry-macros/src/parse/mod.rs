//! Parsing: the item, the keys of an attribute, and their values.

pub(crate) mod attribute;
pub(crate) mod attribute_kind;
mod bindings;
mod case;
mod circuit_breaker;
pub(crate) mod configured;
pub(crate) mod function;
mod guard;
pub(crate) mod inspect;
pub(crate) mod keys;
pub(crate) mod mistake;
pub(crate) mod pattern;
pub(crate) mod peers;
mod recovery;
pub(crate) mod resume;
pub(crate) mod role;
pub(crate) mod set_name;
pub(crate) mod strategy;
mod strategy_parser;
pub(crate) mod syntax;
pub(crate) mod tokens;
pub(crate) mod types;
mod unknown_key;
pub(crate) mod values;
