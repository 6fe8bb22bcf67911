use persevere::retry;

#[tokio::main(flavor = "current_thread")]
#[retry]
async fn main() -> Result<(), String> {
    Ok(())
}
