//! `#[derive(Transient)]`.

mod arm;
mod field;
mod mark;
pub(crate) mod transient;
