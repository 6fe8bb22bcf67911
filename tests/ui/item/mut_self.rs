use persevere::retry;

#[derive(Clone, Copy)]
pub struct Counter(u32);

impl Counter {
    #[retry]
    pub fn next(mut self) -> Result<u32, ()> {
        self.0 += 1;
        Ok(self.0)
    }
}

fn main() {}
