//! The engine: one state machine without I/O, which every runner and the attribute drive.

pub(crate) mod cases;
pub(crate) mod machine;
