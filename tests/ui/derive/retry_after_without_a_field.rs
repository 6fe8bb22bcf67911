use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(retry_after)]
    Busy { after: std::time::Duration },
    #[transient(retry_after =)]
    Slow { after: std::time::Duration },
}

fn main() {}
