//! The `Idempotency-Key` header.

use core::fmt;
use std::hash::{BuildHasher, RandomState};
use std::process;
use std::time::SystemTime;

use ::http::HeaderValue;

/// Returns a new key for the header `Idempotency-Key`, by which a server recognizes the attempts of one call.
///
/// Made once per call, it allows a `POST` to be repeated if the server [supports](IdempotencyKey) it.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::http::idempotency_key;
///
/// let (key, other) = (idempotency_key(), idempotency_key());
/// assert_ne!(key, other);
/// assert_eq!(key.to_string().len(), 36);
/// ```
pub fn idempotency_key() -> IdempotencyKey {
    // Version 4, variant 1: RFC 9562, section 5.4.
    let bits = (u128::from(random()) << 64) | u128::from(random());
    let version = bits & !(0xf << 76) | (0x4 << 76);
    IdempotencyKey(version & !(0b11 << 62) | (0b10 << 62))
}

/// Returns a random number.
///
/// std seeds its hash keys from the operating system, 128 bits for each thread, and uses none twice. The
/// process id and the time distinguish copies of a running process: forks, snapshots of machines.
fn random() -> u64 {
    RandomState::new().hash_one((process::id(), SystemTime::now()))
}

/// The key of one call: 122 random bits, as a UUID of version 4.
///
/// Its text is the UUID. As a `HeaderValue` it is quoted, as the
/// [draft of the IETF](https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.1)
/// requires: a string of [RFC 8941](https://www.rfc-editor.org/rfc/rfc8941#section-3.3.3). Services older
/// than the draft accept any text, such as `key.to_string()`.
///
/// The key is unique but not secret. Do not use it as a password or a token. By the draft, a server that is
/// still working on an earlier attempt answers 409, which is transient only with a hint. To wait for the
/// result, retry it in addition to `transient()`, by
/// `on = Err(HttpError::Status { status: StatusCode::CONFLICT, .. })`.
///
/// ```
/// # use persevere_core as persevere;
/// use http::HeaderValue;
/// use persevere::http::idempotency_key;
///
/// let key = idempotency_key(); // in the attribute: `once(key = idempotency_key())`
/// let request = http::Request::post("/charges").header("Idempotency-Key", key).body(())?;
/// assert_eq!(request.headers()["Idempotency-Key"], format!("\"{key}\""));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(u128);

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |shift: u32, bits: u32| (self.0 >> shift) & ((1 << bits) - 1);
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            part(96, 32),
            part(80, 16),
            part(64, 16),
            part(48, 16),
            part(0, 48),
        )
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdempotencyKey({self})")
    }
}

impl From<IdempotencyKey> for HeaderValue {
    fn from(key: IdempotencyKey) -> Self {
        HeaderValue::try_from(format!("\"{key}\"")).expect("digits, dashes and quotes")
    }
}
