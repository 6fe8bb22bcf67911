use persevere::Transient;

#[derive(Transient)]
#[transient(crate = "persevere")]
pub enum ApiError {
    #[transient]
    Timeout,
}

fn main() {}
