//! The key of one shared part among several of one name.

use std::cmp::Ordering;
use std::fmt;

/// The key that distinguishes breakers, rate limiters or bulkheads of one name: the key of `payments[eu.example]` is
/// `eu.example`.
///
/// It is a text of up to 63 bytes that is kept in place, so that a refusal that carries it is still `Copy`
/// and allocates nothing. A longer one is cut, and ends with `…`.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::CircuitBreaker;
///
/// let breaker = CircuitBreaker::new("payments").keyed("eu.example");
/// assert_eq!(breaker.key(), Some("eu.example"));
/// breaker.force_open();
/// let refused = breaker.try_enter().unwrap_err();
/// assert_eq!(refused.key.unwrap().as_str(), "eu.example");
/// assert_eq!(refused.to_string(), "the circuit `payments[eu.example]` is open");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    length: u8,
    text: [u8; Key::MOST],
}

impl Key {
    const MOST: usize = 63;
    const CUT: &str = "…";

    pub(crate) fn new(key: &str) -> Self {
        let mut text = [0; Key::MOST];
        let (kept, end) = match key.len() {
            0..=Key::MOST => (key.len(), ""),
            _ => {
                let most = Key::MOST - Key::CUT.len();
                let whole = (0..=most).rev().find(|at| key.is_char_boundary(*at));
                (whole.unwrap_or(0), Key::CUT)
            }
        };
        let length = kept + end.len();
        text[..kept].copy_from_slice(&key.as_bytes()[..kept]);
        text[kept..length].copy_from_slice(end.as_bytes());
        Key {
            length: length as u8,
            text,
        }
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        let text = self.text.get(..self.length.into()).unwrap_or_default();
        // It was made of whole characters.
        std::str::from_utf8(text).unwrap_or_default()
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// As its text.
#[cfg(feature = "serde")]
impl serde::Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// A name, with the key in brackets if it has one.
pub(crate) struct Named(pub(crate) &'static str, pub(crate) Option<Key>);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(key) => write!(f, "{}[{key}]", self.0),
            None => f.write_str(self.0),
        }
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_long_one_is_cut_between_characters() {
        let fits = "é".repeat(31) + "x";
        assert_eq!(Key::new(&fits).as_str(), fits);
        let long = "é".repeat(32);
        assert_eq!(Key::new(&long).as_str(), "é".repeat(30) + "…");
        assert_eq!(Key::new("").as_str(), "");
    }
}
