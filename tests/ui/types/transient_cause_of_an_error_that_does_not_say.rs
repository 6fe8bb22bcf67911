use persevere::retry;

#[derive(Debug)]
pub struct Refused;

impl std::fmt::Display for Refused {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Refused {}

#[retry(when = transient_cause::<Refused>())]
pub fn alone() -> Result<(), Box<dyn std::error::Error>> {
    Ok(())
}

#[retry(when = unsent_cause::<(std::io::Error, Refused)>())]
pub async fn among_others() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
