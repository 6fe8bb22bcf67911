use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(health = ok)]
    Conflict,
    #[transient(health = Health::Failed)]
    Untrusted,
    #[transient(health)]
    Busy,
}

fn main() {}
