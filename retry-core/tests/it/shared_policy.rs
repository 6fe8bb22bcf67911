//! One policy for functions of every return type.

use std::io;
use std::sync::LazyLock;
use std::time::Duration;

use persevere_core::policy::SharedPolicy;
use persevere_core::{Policy, RetryPolicy, stop, wait, when};

static NET: LazyLock<SharedPolicy> = LazyLock::new(|| {
    RetryPolicy::new()
        .stop(stop::after_attempt(5))
        .wait(wait::none())
        .when(when::transient())
        .shared()
});

struct Client {
    policy: SharedPolicy,
}

fn refused<T>() -> io::Result<T> {
    Err(io::ErrorKind::ConnectionRefused.into())
}

#[test]
fn a_field_and_a_static_serve_several_return_types() {
    let client = Client {
        policy: NET.clone(),
    };
    assert_eq!(client.policy.report(refused::<u8>).attempts(), 5);
    assert_eq!(NET.report(refused::<String>).attempts(), 5);
    let kept = Policy::<io::Result<()>>::schedule(&&NET);
    assert_eq!(kept.rows().len(), 4);
}

#[test]
fn either_of_two_has_one_type() {
    let of = |patient| match patient {
        true => RetryPolicy::new()
            .stop(stop::after_attempt(7))
            .wait(wait::none())
            .shared(),
        false => RetryPolicy::new()
            .wait(wait::fixed(Duration::ZERO))
            .shared(),
    };
    assert_eq!(of(true).report(|| None::<u8>).attempts(), 7);
    assert_eq!(of(false).report(|| None::<u8>).attempts(), 3);
}

#[test]
fn it_is_small_and_crosses_threads() {
    fn crosses<T: Clone + Send + Sync + 'static>() -> usize {
        size_of::<T>()
    }
    assert!(crosses::<SharedPolicy>() <= 72);
}
