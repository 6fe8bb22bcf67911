use persevere::guard;

#[guard(
    deadline = 1s,
    stop = after_attempt(3),
    wait = fixed(1s),
    case(Err(_), wait = none()),
    before_sleep = log_warn(),
    nested = share(),
    reset_after = 1min,
    enabled = false,
    wrap_err = true,
    unretried = ping_once,
    retry_with = ping_with,
)]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
