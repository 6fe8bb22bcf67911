use persevere::guard;

#[guard(deadline = 1s, deadline = 2s, fallback = |_| Ok(()), fallback = [|_| Ok(())])]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
