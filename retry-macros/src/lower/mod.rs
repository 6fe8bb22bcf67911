//! Lowering: from values and bodies to the tokens of the loop.

pub(crate) mod configured;
pub(crate) mod facts;
pub(crate) mod nameable;
pub(crate) mod named_policy;
pub(crate) mod rebind;
pub(crate) mod shape;
pub(crate) mod strategy;
pub(crate) mod stream_shape;
pub(crate) mod tokens;
pub(crate) mod track_caller;
mod word;
