use persevere::guard;

#[tokio::main(flavor = "current_thread")]
#[guard(deadline = 1s)]
async fn main() -> Result<(), std::io::Error> {
    Ok(())
}
