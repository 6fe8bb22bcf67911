//! Messages for unknown keys: misspelled ones, those of other libraries, and those that belong in the
//! program.

use alloc::format;
use alloc::string::String;

use self::peers::{PEERS, Peer, RETRIES};
use crate::file_key::FileKey;
use crate::key::Key;
use crate::suggest::{closest, list};

mod peers;
#[cfg(test)]
mod tests;

pub use self::peers::Given;

/// The place where a key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `stop = after_attempt(3)`
    Attribute,
    /// `deadline = 10s` of `#[guard]`, which makes one attempt
    Guard,
    /// `stop = "after_attempt(3)"`
    File,
}

/// Returns the message for a key that the place does not have. `given` returns its value as text, if it is of
/// that kind.
///
/// ```
/// use persevere_words::{Given, Place, unknown_key};
///
/// let given = |kind| (kind == Given::Count).then(|| "5".to_string());
/// assert_eq!(
///     unknown_key("max_attempts", Place::Attribute, &given),
///     "unknown key `max_attempts`; did you mean `stop = after_attempt(5)`?",
/// );
/// assert_eq!(
///     unknown_key("span", Place::File, &given),
///     "`span` stays in the program: `#[retry(policy = .., span = true)]`",
/// );
/// ```
pub fn unknown_key(name: &str, place: Place, given: &dyn Fn(Given) -> Option<String>) -> String {
    if let (Place::File, Some(key)) = (place, Key::named(name)) {
        return in_program(key, key.example());
    }
    let advice = known_advice(name, place, given).unwrap_or_else(|| match place {
        Place::Attribute => format!("the keys are {}", list(Key::names())),
        Place::Guard => format!("the keys are {}", list(Key::names_in_guard())),
        Place::File => format!("the keys are {}", list(FileKey::all().map(FileKey::name))),
    });
    match place {
        Place::Attribute | Place::Guard => format!("unknown key `{name}`; {advice}"),
        Place::File => format!("unknown key; {advice}"),
    }
}

/// Returns whether [`unknown_key`] knows what a name means, and does not list the keys.
///
/// ```
/// use persevere_words::{Place, is_like_a_key};
///
/// assert!(is_like_a_key("max_attempts", Place::Attribute));
/// assert!(!is_like_a_key("flavour", Place::Attribute));
/// ```
pub fn is_like_a_key(name: &str, place: Place) -> bool {
    known_advice(name, place, &|_| None).is_some()
}

fn known_advice(
    name: &str,
    place: Place,
    given: &dyn Fn(Given) -> Option<String>,
) -> Option<String> {
    if RETRIES.contains(&name) {
        Some(match place {
            Place::Guard => {
                let retries = given(Given::Count).and_then(|given| given.parse::<u64>().ok());
                let attempts = retries.unwrap_or(3).saturating_add(1);
                with_retries(&format!("stop = after_attempt({attempts})"))
            }
            place => retries(place, given(Given::Count)),
        })
    } else if name == "reraise" {
        Some(match place {
            Place::Guard => "the outcome is returned as it is".into(),
            _ => "the last outcome is returned as it is, unless `wrap_err = true`".into(),
        })
    } else if let Some(peer) = PEERS.iter().find(|peer| peer.names.contains(&name)) {
        Some(peer_advice(peer, place, given))
    } else if place != Place::File && name == FileKey::BreakerState.name() {
        Some(
            "it is for configuration files; in the program call `force_open()`, `force_close()` or `disable()` of the breaker"
                .into(),
        )
    } else {
        slip_advice(name, place, given)
    }
}

fn retries(place: Place, given: Option<String>) -> String {
    let stop = |attempts: &str| assignment(place, Key::Stop, &format!("after_attempt({attempts})"));
    let Some(given) = given else {
        return format!(
            "the first attempt is counted too: `{}` makes 3 retries",
            stop("4")
        );
    };
    match given.parse::<u64>() {
        Ok(1) => format!("1 retry is `{}`", stop("2")),
        Ok(retries) => format!(
            "{retries} retries are `{}`",
            stop(&format!("{}", retries.saturating_add(1)))
        ),
        Err(_) => format!(
            "the first attempt is counted too: `{}`",
            stop(&format!("{given} + 1"))
        ),
    }
}

fn peer_advice(peer: &Peer, place: Place, given: &dyn Fn(Given) -> Option<String>) -> String {
    let key = peer.key;
    let value = match (place, key.in_file()) {
        (Place::File, Some(example)) if peer.given == Given::Shared => example.into(),
        _ => {
            let given = given(peer.given).filter(|_| peer.given != Given::Nothing);
            peer.value
                .replace('@', given.as_deref().unwrap_or(peer.otherwise))
        }
    };
    // A closure is for the program, though the key has other values in a file.
    let is_code = key.in_file().is_none() || peer.given == Given::Closure;
    if place == Place::File && is_code {
        return in_program(key, &assignment(Place::Attribute, key, &value));
    }
    let written = assignment(place, key, &value);
    if place == Place::Guard && !key.in_guard() {
        return with_retries(&written);
    }
    format!("did you mean `{written}`?")
}

fn slip_advice(
    name: &str,
    place: Place,
    given: &dyn Fn(Given) -> Option<String>,
) -> Option<String> {
    let in_file = FileKey::all().map(FileKey::name);
    let in_file = in_file.filter(|_| place == Place::File);
    let meant = closest(name, Key::names().chain(in_file))?;
    let Some(key) = Key::named(meant) else {
        return Some(format!("did you mean `{meant}`?"));
    };
    Some(match place {
        Place::Guard if !key.in_guard() => with_retries(key.example()),
        Place::Attribute | Place::Guard => {
            let simple = key.example()[key.name().len()..].starts_with(" =");
            let given = given(Given::Anything).filter(|_| simple);
            let instead =
                given.map_or(key.example().into(), |given| assignment(place, key, &given));
            format!("did you mean `{instead}`?")
        }
        Place::File if key.in_file().is_some() => format!("did you mean `{}`?", key.name()),
        Place::File => in_program(key, key.example()),
    })
}

/// Returns the message for a key about retries. `written` is the key with a value.
fn with_retries(written: &str) -> String {
    format!("`#[guard]` makes one attempt; with retries write `#[retry({written})]`")
}

/// Returns the message for a key of the program. `written` is the key with a value, as the attribute has it.
fn in_program(key: Key, written: &str) -> String {
    let policy = match key {
        Key::Policy | Key::Use => "",
        _ => "policy = .., ",
    };
    format!(
        "`{}` stays in the program: `#[retry({policy}{written})]`",
        key.name()
    )
}

fn assignment(place: Place, key: Key, value: &str) -> String {
    match place {
        Place::Attribute | Place::Guard => format!("{} = {value}", key.name()),
        Place::File => format!("{} = \"{value}\"", key.name()),
    }
}
