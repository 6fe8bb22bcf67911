use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(retryafter = after)]
    Busy { after: std::time::Duration },
    #[transient(when_busy)]
    Other,
}

fn main() {}
