use persevere::guard;

#[guard(
    timeout = 5s,
    tries = 5,
    retries = 5,
    max_retries = LIMIT,
    on_retry = |_| (),
    backoff = 2.0,
    reraise = true,
    sotp = never(),
    dedline = 1s,
    default = |_| Ok(()),
    flavour = 3,
)]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
