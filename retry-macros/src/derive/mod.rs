//! `#[derive(Transient)]`.

mod field;
mod mark;
pub(crate) mod transient;
