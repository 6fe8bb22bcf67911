use persevere::retry;

pub trait Ping {
    #[retry]
    fn ping(&self) -> Result<(), ()>;
}

fn main() {}
