//! Every shape of a function, without a word from the compiler, in edition 2021.
#![forbid(warnings, unused)]

#[path = "../asynchronous/mod.rs"]
mod asynchronous;
#[path = "../blocking/mod.rs"]
mod blocking;
#[path = "../common.rs"]
mod common;
#[path = "../derive.rs"]
mod derive;
#[path = "../keys/mod.rs"]
mod keys;
#[path = "../streams/mod.rs"]
mod streams;
#[path = "../types.rs"]
mod types;
