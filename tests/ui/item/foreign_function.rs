use persevere::retry;

unsafe extern "C" {
    #[retry]
    fn ping() -> Result<(), ()>;
}

fn main() {}
