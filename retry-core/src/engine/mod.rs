//! The engine: a state machine without I/O, which every runner and the attribute drive.

pub(crate) mod cases;
pub(crate) mod decide;
pub(crate) mod machine;
