use persevere::retry;

// What the crate is without the features `tokio` and `futures-timer`.
pub mod untimed {
    pub mod __private {
        pub use persevere::__private::*;

        pub struct DefaultSleeper;
    }
}

#[retry(crate = crate::untimed)]
pub async fn ping() -> Result<(), ()> {
    Ok(())
}

fn main() {}
