use persevere::retry;

#[retry]
pub trait Ping {
    fn ping(&self) -> Result<(), ()>;
}

fn main() {}
