use persevere::retry;

#[retry]
pub fn serve() -> ! {
    loop {}
}

fn main() {}
