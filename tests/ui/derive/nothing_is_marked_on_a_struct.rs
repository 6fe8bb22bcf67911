use persevere::Transient;

#[derive(Transient)]
pub struct ApiError {
    pub status: u16,
}

fn main() {}
