use persevere::retry;

#[retry(stop = after_attempt(1), wait = 1s)]
pub fn ping() -> Option<u8> {
    None
}

#[retry(stop = after_delay(10s) | after_attempt(1), wait = fixed(1s))]
pub fn pong() -> Option<u8> {
    None
}

#[retry(stop = any((after_attempt(1), never())), case(None, wait = fixed(1s)))]
pub fn pang() -> Option<u8> {
    None
}

#[retry(case(None, stop = after_attempt(1), wait = fixed(1s)))]
pub fn peng() -> Option<u8> {
    None
}

fn main() {}
