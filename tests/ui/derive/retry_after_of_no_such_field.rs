use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(retry_after = aftr)]
    Busy { after: std::time::Duration },
    #[transient(retry_after = 1)]
    Slow(std::time::Duration),
    #[transient(retry_after = after)]
    Unit,
    #[transient(retry_after = pause)]
    Two { status: u16, seconds: u64 },
}

fn main() {}
