use persevere::retry;

#[retry(
    sotp = after_attempt(3),
    wait = fixed(5),
    when(transient()),
    on = Ok(_),
    clone(nobody),
    before_sleep = log_warn,
)]
pub fn post(body: &str) -> Result<usize, std::io::Error> {
    Ok(body.len())
}

fn main() {}
