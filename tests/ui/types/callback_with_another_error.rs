use persevere::retry;

#[retry(before_sleep = |state| if state.attempt() > 3 { Err("no") } else { Ok(()) })]
pub fn ping() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
