//! What was found in a value, and the strategy that becomes of it.

use proc_macro2::TokenStream;

use super::strategy::{EvaluatedAt, Requirements};
use super::tokens::into_value;

/// A strategy, ready for the expansion.
pub(crate) struct Value {
    pub(super) tokens: TokenStream,
    /// The tokens take the value, and do not yet ask for it.
    pub(crate) taken: bool,
    pub(crate) made: EvaluatedAt,
    pub(crate) needs: Requirements,
    /// `let` of a temporary that the tokens refer to, if they are made once.
    pub(crate) kept: Option<TokenStream>,
}

impl Value {
    /// The value itself.
    pub(crate) fn into_value(self) -> TokenStream {
        match self.taken {
            true => into_value(&self.tokens),
            false => self.tokens,
        }
    }

    /// What the value was taken as.
    pub(crate) fn open(self) -> TokenStream {
        self.tokens
    }
}

/// What was found while reading a value.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) made: EvaluatedAt,
    pub(super) needs: Requirements,
    /// There is a wait that the outcome tells.
    pub(super) told: bool,
    /// The tokens take the value, and do not yet ask for it.
    pub(super) taken: bool,
}

impl Facts {
    pub(super) fn require(&mut self, made: EvaluatedAt) {
        self.made = self.made.max(made);
    }

    /// The value that the tokens may have taken.
    pub(super) fn ask(&mut self, tokens: TokenStream) -> TokenStream {
        match std::mem::take(&mut self.taken) {
            true => into_value(&tokens),
            false => tokens,
        }
    }
}
