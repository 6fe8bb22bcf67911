use persevere::retry;

#[derive(Clone)]
pub struct Request;

impl Request {
    #[retry(clone(self))]
    pub fn send(self) -> Result<(), ()> {
        Ok(())
    }
}

fn main() {}
