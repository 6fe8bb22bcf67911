persevere::policy! { stop = after_attempt(3) }

persevere::policy! { after_attempt(3) }

persevere::policy! { 3 }

persevere::policy! {}

persevere::policy! { pub }

persevere::policy! { net stop = after_attempt(3) }

persevere::policy! { net, stop = after_attempt(3) }

persevere::policy! { net { stop = after_attempt(3) } }

persevere::policy! { policies::net: stop = after_attempt(3) }

persevere::policy! { loop: stop = after_attempt(3) }

persevere::policy! { net: }

fn main() {}
