//! Facts about a strategy: the time at which its value is made, and the knowledge about the call that it
//! needs.

/// The time at which a value is made, from the cheapest on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EvaluatedAt {
    /// In place, at every use. It is made of words and literals, and costs nothing to make.
    #[default]
    InPlace,
    /// Once, before the first attempt.
    Once,
    /// After the attempt, in the outcome's scope: it has a closure, which may borrow anything.
    AfterAttempt,
}

/// The knowledge about a call that a strategy needs besides the number of attempts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Requirements {
    /// The time since the start.
    pub(crate) clock: bool,
    /// The pauses so far.
    pub(crate) ledger: bool,
    /// The value is the user's own, and is asked whether it reads the clock.
    pub(crate) ask: bool,
    /// The value is taken together with the outcome's type.
    pub(crate) witness: bool,
}

impl Requirements {
    /// The requirements of a closure, which sees everything.
    pub(super) const ALL: Requirements = Requirements {
        clock: true,
        ledger: true,
        ask: false,
        witness: false,
    };

    /// The requirements of a user's value.
    pub(super) const OWN: Requirements = Requirements {
        clock: false,
        ledger: true,
        ask: true,
        witness: true,
    };

    pub(crate) fn add(&mut self, other: Requirements) {
        self.clock |= other.clock;
        self.ledger |= other.ledger;
        self.ask |= other.ask;
        self.witness |= other.witness;
    }
}

/// The token that a stop condition may hold.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HeldToken {
    /// Whether a user's value may hold a token.
    pub(crate) perhaps: bool,
    /// Whether `cancelled(..)` is written.
    pub(crate) named: bool,
    /// Whether it aborts the attempt: `cancelled(..).abort_attempt()`.
    pub(crate) aborts: bool,
}

/// The facts that lowering finds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) made: EvaluatedAt,
    pub(crate) needs: Requirements,
    pub(crate) token: HeldToken,
}

impl Facts {
    pub(super) fn require(&mut self, made: EvaluatedAt) {
        self.made = self.made.max(made);
    }
}
