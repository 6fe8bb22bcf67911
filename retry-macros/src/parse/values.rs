//! Values of keys: those of an attribute, or of one `case`.

use proc_macro2::Ident;
use syn::{Expr, Lit, LitBool};

use super::inspect::literal;
use super::role::Role;
use super::strategy::Strategy;
use crate::diagnostics::text;
use persevere_words::Key;

/// Values, a repeated key more than once.
#[derive(Default)]
pub(crate) struct Values {
    pub(super) strategies: Vec<Strategy>,
    /// The values that are no strategies, in the order written.
    pub(crate) others: Vec<(Key, Ident, Expr)>,
}

impl Values {
    pub(crate) fn get(&self, wanted: Key) -> Option<&Expr> {
        let mut values = self.others.iter();
        values.find_map(|(key, _, value)| (*key == wanted).then_some(value))
    }

    pub(crate) fn has(&self, wanted: Key) -> bool {
        self.get(wanted).is_some()
    }

    /// Returns the name of a key as written.
    pub(crate) fn name(&self, wanted: Key) -> Option<&Ident> {
        let mut values = self.others.iter();
        values.find_map(|(key, name, _)| (*key == wanted).then_some(name))
    }

    pub(crate) fn strategy(&self, wanted: Role) -> Option<&Strategy> {
        self.strategies.iter().find(|found| found.role == wanted)
    }

    pub(crate) fn strategies(&self) -> &[Strategy] {
        &self.strategies
    }

    /// Returns the value of a key that is `true`.
    pub(crate) fn flag(&self, wanted: Key) -> Option<&LitBool> {
        match literal(self.get(wanted)?)? {
            Lit::Bool(flag) if flag.value => Some(flag),
            _ => None,
        }
    }

    /// Returns the value of a key as written.
    pub(super) fn written(&self, key: Key) -> Option<&Expr> {
        match Role::of_key(key) {
            Some(role) => Some(&self.strategy(role)?.written),
            None => self.get(key),
        }
    }

    /// Returns the message for a key that is given again. `place` says where, unless in the whole attribute.
    pub(super) fn given_twice(&self, key: Key, place: &str) -> String {
        let name = key.name();
        match self.written(key).map(text) {
            Some(first) if first.len() <= 60 => {
                format!("`{name}` is given twice{place}, first as `{name} = {first}`; remove one")
            }
            _ => format!("`{name}` is given twice{place}; remove one"),
        }
    }

    pub(super) fn push(&mut self, key: Key, name: Ident, value: Expr) {
        match Role::of_key(key) {
            Some(role) => self.strategies.push(Strategy::parse(role, &value)),
            None => self.others.push((key, name, value)),
        }
    }

    /// Drops the values of other keys.
    pub(super) fn retain(&mut self, wanted: impl Fn(Key) -> bool) {
        self.strategies
            .retain(|strategy| wanted(strategy.role.words().key));
        self.others.retain(|(key, ..)| wanted(*key));
    }

    /// Takes the values of a set whose keys are not given here.
    pub(super) fn complete(&mut self, set: Values) {
        let own = (self.strategies.len(), self.others.len());
        for strategy in set.strategies {
            let mut own = self.strategies[..own.0].iter();
            if own.all(|own| own.role != strategy.role) {
                self.strategies.push(strategy);
            }
        }
        for other in set.others {
            let mut own = self.others[..own.1].iter();
            if own.all(|own| own.0 != other.0) {
                self.others.push(other);
            }
        }
    }
}
