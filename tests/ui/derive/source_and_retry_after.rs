use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(source = cause, retry_after = after)]
    Busy { cause: std::io::Error, after: std::time::Duration },
}

fn main() {}
