//! The generator of random numbers.

/// Wang Yi's generator `wyrand`, for pauses and tests, and for no secret.
///
/// Its state is one word. A number takes one addition and one multiplication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Generator(u64);

impl Generator {
    /// A generator that nobody has seeded.
    #[cfg(feature = "std")]
    pub(crate) const UNSEEDED: Generator = Generator(0);

    /// Creates a generator whose numbers depend on the seed alone.
    pub(crate) const fn new(seed: u64) -> Self {
        // The finalizer of splitmix64 puts the states of neighbouring seeds far apart.
        let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Generator(seed ^ (seed >> 31))
    }

    /// Draws the next number.
    #[inline(always)]
    pub(crate) const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x2d35_8dcc_aa6c_78a5);
        let product = self.0 as u128 * (self.0 ^ 0x8bb8_4b93_962e_acc9) as u128;
        (product ^ (product >> 64)) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::Generator;

    /// The vectors are those of `wyrand` in C, with the constants of version 4.2.
    #[test]
    fn numbers_are_those_of_wyrand() {
        let mut generator = Generator(0);
        let drawn = [(); 3].map(|()| generator.next_u64());
        assert_eq!(
            drawn,
            [
                0x9a45_cd88_8d59_f0d6,
                0x0144_5b6a_1896_63f5,
                0x1842_218b_97e7_a496
            ]
        );
    }
}
