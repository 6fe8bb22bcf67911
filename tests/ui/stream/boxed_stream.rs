use std::pin::Pin;

use persevere::retry;

pub trait Stream {
    type Item;
}

#[retry]
pub async fn pages() -> Pin<Box<dyn Stream<Item = u8>>> {
    todo!()
}

fn main() {}
