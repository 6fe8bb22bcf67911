use persevere::guard;

#[guard(deadline = 1s)]
pub fn nothing() {}

#[guard(deadline = 1s)]
pub fn number() -> u32 {
    7
}

#[guard(deadline = 1s)]
pub const fn constant() -> Option<u32> {
    None
}

#[guard(deadline = 1s)]
pub fn endless() -> ! {
    loop {}
}

fn main() {}
