use persevere::retry;

#[retry(unretried = "post_once")]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
