use persevere::retry;

#[retry(on = self.kind == 3)]
pub fn post() -> Result<(), u32> {
    Ok(())
}

fn main() {}
