//! The configuration of a fleet: the text that one member publishes, all take over.

use crate::RetryConfigs;
use crate::config::ConfigError;
use crate::fleet::part::{Asked, Part, Terms};
use crate::fleet::publisher::{Publisher, Wanted};
use crate::fleet::status::PartStatus;
use crate::fleet::store::{Answer, LONGEST_TEXT, Script, Unreadable};

/// A set with the version of the text that it has from the fleet.
#[derive(Debug)]
pub(in crate::fleet) struct SharedConfigs {
    set: &'static RetryConfigs,
    publisher: Publisher,
    /// The version that was last seen, valid or not; 0 before the first.
    seen: u64,
    /// Its text, for a store that has lost it.
    text: Option<String>,
    /// Whether the store has an earlier version.
    restores: bool,
    /// The text that is under way.
    sent: Option<Wanted>,
    refused: Option<String>,
    joined: bool,
    lost: u64,
}

/// The longest mistake that is kept, in characters.
const LONGEST_MISTAKE: usize = 200;

impl SharedConfigs {
    pub(in crate::fleet) fn new(set: &'static RetryConfigs, publisher: Publisher) -> Self {
        SharedConfigs {
            set,
            publisher,
            seen: 0,
            text: None,
            restores: false,
            sent: None,
            refused: None,
            joined: false,
            lost: 0,
        }
    }

    /// Takes a version of the text over, or refuses it: once, since it is seen then.
    fn take(&mut self, version: u64, length: u64, text: Option<&str>) -> Result<(), Unreadable> {
        let fits = |text: &&str| text.len() as u64 == length && text.len() <= LONGEST_TEXT;
        self.seen = version;
        match text.filter(fits) {
            Some(text) => {
                self.text = Some(text.to_owned());
                self.refused = self.set.load_fleet(text).err().map(mistake);
                Ok(())
            }
            None => {
                self.text = None;
                self.refused = Some("the text is longer than 64 KiB".to_owned());
                Err(Unreadable::Malformed)
            }
        }
    }
}

/// Returns the key of a mistake and its reason, on one line. The text is of anybody who may write to the store.
fn mistake(error: ConfigError) -> String {
    let path = error.path().map(|path| format!("{path}: "));
    let text = path.unwrap_or_default() + error.reason();
    let printed = |char: char| if char.is_control() { ' ' } else { char };
    text.chars().map(printed).take(LONGEST_MISTAKE).collect()
}

impl Part for SharedConfigs {
    fn kind(&self) -> &'static str {
        "configs"
    }

    fn name(&self) -> &str {
        "default"
    }

    fn script(&self) -> Script {
        Script::Configs
    }

    fn begin(&mut self, _: Terms, _: u64) {}

    fn ask(&mut self, _: u64) -> Asked {
        self.sent = self.publisher.wanted();
        let wanted = self.sent.as_ref().map(|wanted| wanted.text.clone());
        let held = self
            .text
            .as_ref()
            .filter(|_| self.restores && wanted.is_none());
        Asked {
            numbers: vec![self.seen, held.is_some().into()],
            text: wanted.or(held.cloned()),
        }
    }

    fn answered(&mut self, answer: &Answer, _: u64, _: u64) -> Result<(), Unreadable> {
        let [version, length] = answer.read()?;
        self.joined = true;
        // A store without a text, or with an earlier one, changes nothing, and is given this one.
        let news = version > self.seen && (length > 0 || answer.text.is_some());
        self.restores = version < self.seen;
        let taken = match news {
            true => self.take(version, length, answer.text.as_deref()),
            false => Ok(()),
        };
        if let Some(sent) = self.sent.take() {
            self.publisher.done(&sent);
        }
        taken
    }

    fn alone(&mut self, _: u64) {
        self.lost += u64::from(self.joined);
        self.joined = false;
    }

    fn leave(&mut self) {}

    fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    fn status(&self) -> PartStatus {
        PartStatus {
            kind: self.kind(),
            name: self.name().to_owned(),
            joined: self.joined,
            members: 0,
            share: None,
            lost_leases: self.lost,
        }
    }
}
