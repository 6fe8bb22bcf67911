use persevere::retry;

#[retry(use)]
fn alone() -> u8 {
    1
}

#[retry(use =)]
fn equals() -> u8 {
    alone()
}

#[retry(use(net))]
fn parentheses() -> u8 {
    equals()
}

#[retry(use net)]
fn apart() -> u8 {
    parentheses()
}

#[retry(use = net!)]
fn bang() -> u8 {
    apart()
}

#[retry(stop = after_attempt(3) use = net)]
fn comma() -> u8 {
    bang()
}

fn main() {
    comma();
}
