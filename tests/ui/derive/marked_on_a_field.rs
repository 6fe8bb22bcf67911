use std::time::Duration;

use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    RateLimited(#[transient(retry_after)] Duration),
    Io(#[transient(unsent)] std::io::Error),
    Text(#[transient = "source"] std::io::Error),
}

#[derive(Transient)]
pub struct Twice(#[transient] #[transient(source)] std::io::Error);

fn main() {}
