use persevere::retry;

#[retry]
pub use std::fs::read;

fn main() {}
