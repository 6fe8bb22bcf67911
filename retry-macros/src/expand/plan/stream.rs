//! Keys of a stream: `resume`, `endless`, `idle_timeout`, `progress`.

use quote::quote;
use syn::ReturnType;

use crate::check;
use crate::expand::model::{ExpandCtx, StreamPlan};
use crate::lower::nameable::nameable;
use crate::lower::strategy::Lowering;
use crate::lower::stream_shape::Opening;
use persevere_words::Key;

impl ExpandCtx<'_> {
    pub(super) fn plan_stream(&mut self, lowering: &mut Lowering<'_>) {
        check::stream::check(self.args, self.shape, lowering.errors);
        let (Some(shape), Some(resume)) = (self.shape.stream(), &self.args.resume) else {
            return;
        };
        if shape.opening != Opening::Direct {
            let message = "an opening that is awaited cannot borrow mutably what the stream goes on to need; take it by a \
                           shared reference";
            self.refuse_mutable(message, lowering);
        }
        let cursor = resume.cursor.as_ref().map(|cursor| {
            let after = lowering.plain(&cursor.after);
            (cursor.parameter.clone(), after)
        });
        let limit = self.args.values.get(Key::IdleTimeout);
        let idle_timeout = limit.map(|limit| {
            let message = check::limit::limit("idle_timeout", limit);
            lowering.errors.report(limit, message);
            lowering.typed(&quote!(::core::time::Duration), limit)
        });
        let returned = match &self.function.sig.output {
            ReturnType::Type(_, ty) => nameable(ty),
            ReturnType::Default => quote!(()),
        };
        self.stream = Some(StreamPlan {
            shape,
            key: resume.key.clone(),
            returned,
            cursor,
            idle_timeout,
            enabled: None,
        });
    }
}
