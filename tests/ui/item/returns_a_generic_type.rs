use persevere::retry;

#[retry]
pub fn get<T: Default>() -> T {
    T::default()
}

fn main() {}
