//! Values made once a call, and the attempt's handle, have names of their own.

use persevere::retry;

#[retry(once(type = 7))]
fn once() -> Option<u8> {
    None
}

#[retry(attempt = match)]
fn handle() -> Option<u8> {
    None
}

#[retry(unretried = fn)]
fn plain() -> Option<u8> {
    None
}

fn main() {
    once();
    handle();
    plain();
}
