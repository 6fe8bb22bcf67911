use persevere::retry;

#[retry]
pub fn count() -> Result<u32, String> {
    let n = ;
    Ok(n)
}

fn main() {}
