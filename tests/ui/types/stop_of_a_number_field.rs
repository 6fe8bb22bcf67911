use persevere::retry;

pub struct Client {
    pub attempts: u32,
}

impl Client {
    #[retry(stop = self.attempts)]
    pub fn ping(&self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {}
