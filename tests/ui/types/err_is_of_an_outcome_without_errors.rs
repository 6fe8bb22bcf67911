use persevere::retry;

#[retry(when = err_is::<std::io::Error>())]
pub fn ping() -> Result<(), u32> {
    Ok(())
}

fn main() {}
