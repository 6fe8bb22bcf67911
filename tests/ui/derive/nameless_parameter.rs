use persevere::Transient;

#[derive(Transient)]
enum Failure<_> {
    #[transient]
    Timeout,
}

fn main() {}
