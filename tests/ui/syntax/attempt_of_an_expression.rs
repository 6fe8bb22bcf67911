use persevere::retry;

#[retry(attempt = self.at)]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
