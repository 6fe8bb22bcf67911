use persevere::retry;

static STATS: u32 = 3;

#[retry(stats = &STATS)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
