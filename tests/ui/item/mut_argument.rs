use persevere::retry;

#[retry]
pub fn countdown(mut n: u32) -> Result<u32, ()> {
    n -= 1;
    Ok(n)
}

fn main() {}
