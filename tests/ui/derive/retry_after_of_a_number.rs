use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(retry_after = seconds)]
    Busy { seconds: u64 },
}

fn main() {}
