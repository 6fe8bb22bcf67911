use persevere::Transient;

#[derive(Transient)]
union Bits {
    small: u8,
    large: u32,
}

fn main() {}
