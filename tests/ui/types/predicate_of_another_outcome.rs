use persevere::{Predicate, Verdict, retry};

pub struct Odd;

impl Predicate<Option<u32>> for Odd {
    fn verdict(&self, _: &Option<u32>) -> Verdict {
        Verdict::Retry
    }
}

#[retry(when = Odd)]
pub fn ping() -> Result<(), String> {
    Ok(())
}

fn main() {}
