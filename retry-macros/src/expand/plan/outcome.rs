//! Outcomes that nothing can judge.

use syn::Type;

use crate::check;
use crate::check::outcome::whole;
use crate::check::retried::tells_failure;
use crate::diagnostics::Errors;
use crate::expand::model::ExpandCtx;
use crate::lower::stream_shape::item_of;
use crate::parse::attribute_kind::AttributeKind;
use crate::parse::role::Role;

impl ExpandCtx<'_> {
    /// Checks that the outcome tells success from failure, if no key judges.
    pub(super) fn check_outcome(&self, outcome: &Type, errors: &mut Errors) {
        check::outcome::check(self.args, outcome, errors);
        errors.report(outcome, self.untold(outcome));
    }

    /// Returns the message for an outcome that does not tell success from failure.
    fn untold(&self, outcome: &Type) -> Option<String> {
        if item_of(outcome).is_some() {
            let message = self.args.kind.pick(
                "a stream fails while it is read, after the function has returned it; add `resume(PARAM = |item| ..)` \
                 to open it again where it broke, or `resume()` to open it from its start",
                "a stream fails while it is read, after the function has returned it; \
                 return a `Result` of it, and what opens it is guarded",
            );
            return Some(message.to_owned());
        }
        let name = whole(outcome)?;
        if self.stream.is_some() {
            return Some(format!(
                "cannot tell success from failure in `{name}`; give items of a `Result`"
            ));
        }
        let when = self.args.values.strategy(Role::When);
        if let Some(word) = when.and_then(|when| when.find(&tells_failure)) {
            let word = word.name;
            return Some(format!(
                "`{word}` tells success from failure, which `{name}` does not; return `Result` or \
                 `Option`, or judge the outcome as a whole: `when = outcome(|o| ..)`"
            ));
        }
        if self.when.is_some() || !self.arms.is_empty() || self.policy {
            return None;
        }
        let whole = match self.args.kind {
            AttributeKind::CircuitBreaker => "",
            AttributeKind::Retry | AttributeKind::Guard => {
                ", or judge the outcome as a whole: `on = PATTERN` or `when = outcome(|o| ..)`"
            }
        };
        Some(format!(
            "cannot tell success from failure in `{name}`; return `Result` or `Option`{whole}"
        ))
    }
}
