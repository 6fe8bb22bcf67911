use persevere::retry;

pub struct Client;

#[retry(stop = after_attempt(3))]
impl Client {
    pub fn ping(&self) -> Result<(), ()> {
        Ok(())
    }
}

fn main() {}
