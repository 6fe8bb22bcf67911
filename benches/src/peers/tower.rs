use ::tower::retry::backoff::{Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff};
use ::tower::retry::{Policy, Retry};
use ::tower::util::rng::HasherRng;
use ::tower::{ServiceExt, service_fn};

use crate::contender::{Contender, polled, tokio};
use crate::service::{ATTEMPTS, Error, INITIAL, LONGEST, Outcome, Service};

pub const TOWER: Contender = Contender {
    polled: Some(polled!(0, |s| Retry::new(
        policy(),
        service_fn(|()| async { s.call() })
    )
    .oneshot(()))),
    tokio: Some(tokio!(0, |s| Retry::new(
        policy(),
        service_fn(|()| async { s.call() })
    )
    .oneshot(()))),
    timer: Some(tokio!(1, |s| Retry::new(
        policy(),
        service_fn(|()| async { s.call() })
    )
    .oneshot(()))),
    small: Some(|| {
        crate::size::of(async |service, key, ids| {
            let send = service_fn(|(key, ids)| service.send::<8>(key, ids));
            Retry::new(policy(), send).oneshot((key, ids)).await
        })
    }),
    large: Some(|| {
        crate::size::of(async |service, key, ids| {
            let send = service_fn(|(key, ids)| service.send::<1024>(key, ids));
            Retry::new(policy(), send).oneshot((key, ids)).await
        })
    }),
    waiting: Some(|service| {
        ::tokio::spawn(async {
            let call = service_fn(|()| async { service.call() });
            Retry::new(policy(), call).oneshot(()).await
        })
    }),
    ..Contender::named("tower")
};

#[derive(Clone)]
struct Transient {
    left: u32,
    backoff: ExponentialBackoff,
}

impl<Request: Clone> Policy<Request, u64, Error> for Transient {
    type Future = <ExponentialBackoff as Backoff>::Future;

    fn retry(&mut self, _: &mut Request, outcome: &mut Outcome) -> Option<Self::Future> {
        match outcome {
            Err(error) if error.is_transient() => {
                self.left = self.left.checked_sub(1)?;
                Some(self.backoff.next_backoff())
            }
            _ => None,
        }
    }

    fn clone_request(&mut self, request: &Request) -> Option<Request> {
        Some(request.clone())
    }
}

fn policy() -> Transient {
    let maker = ExponentialBackoffMaker::new(INITIAL, LONGEST, 1.0, HasherRng::default());
    Transient {
        left: ATTEMPTS - 1,
        backoff: maker.expect("a valid policy").make_backoff(),
    }
}
