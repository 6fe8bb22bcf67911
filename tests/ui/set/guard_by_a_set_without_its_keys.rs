use persevere::guard;

persevere::policy! { net: deadline = 1s, stop = after_attempt(5) }

#[guard(use = net, wait = 1s)]
pub fn ping() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
