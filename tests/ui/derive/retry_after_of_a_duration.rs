use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(retry_after = "5s")]
    Busy,
    #[transient(retry_after = Duration::from_secs(5))]
    Slow,
}

fn main() {}
