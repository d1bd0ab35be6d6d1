//! Numbers by chance that are the same for the same seed, in every version of this program: those of a crate may change
//! with its version, and a run could not be repeated.

/// A row of numbers (splitmix64).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// A row of its own for each seed and purpose.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let start = purpose.bytes().fold(seed, |sum, byte| {
            sum.rotate_left(7).wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
        });
        let mut chance = Self(start);
        chance.number();
        chance
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number() % end as u64).unwrap_or(0)
    }

    /// From `low` to below `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.number() >> 11) as f64 / (1_u64 << 53) as f64)
    }

    /// Whether something of this likelihood happens.
    pub fn happens(&mut self, likelihood: f64) -> bool {
        self.between(0.0, 1.0) < likelihood
    }

    /// Lowercase letters.
    pub fn word(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(b"abcdefghijklmnopqrstuvwxyz"[self.below(26)])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn a_row_never_changes() {
        let mut chance = Chance::new(1, "script");
        let first = [chance.number(), chance.number()];
        assert_eq!(first, [FIRST, SECOND]);
        assert_ne!(Chance::new(1, "kills").number(), first[0]);
        assert_ne!(Chance::new(2, "script").number(), first[0]);
    }

    const FIRST: u64 = 13_694_932_027_156_887_332;
    const SECOND: u64 = 18_443_459_732_878_275_414;
}
