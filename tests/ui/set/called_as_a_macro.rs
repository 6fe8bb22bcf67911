persevere::policy! { net: stop = after_attempt(5) }

net! {}

net!();

fn main() {}
