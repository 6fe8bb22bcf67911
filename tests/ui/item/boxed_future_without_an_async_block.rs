use persevere::retry;

use std::future::{Future, ready};
use std::pin::Pin;

#[retry]
pub fn ping() -> Pin<Box<dyn Future<Output = Result<(), ()>> + Send>> {
    Box::pin(ready(Ok(())))
}

fn main() {}
