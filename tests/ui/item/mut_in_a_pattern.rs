use persevere::retry;

#[retry]
pub fn countdown((mut n, _): (u32, u32)) -> Result<u32, ()> {
    n -= 1;
    Ok(n)
}

fn main() {}
