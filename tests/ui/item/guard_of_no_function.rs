use persevere::guard;

pub struct Client;

#[guard(deadline = 1s)]
impl Client {
    pub fn get(&self) -> Option<()> {
        None
    }
}

pub trait Fetch {
    #[guard(deadline = 1s)]
    fn fetch(&self) -> Option<u8>;
}

fn main() {}
