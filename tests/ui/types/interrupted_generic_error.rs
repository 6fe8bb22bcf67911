use persevere::retry;

#[retry(deadline = 10s)]
pub fn ping<E: Clone>(error: &E) -> Result<(), E> {
    Err(error.clone())
}

fn main() {}
