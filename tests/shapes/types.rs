//! Return types that a body cannot name, or names in another way.

use crate::common::{Refused, Tries, block_on};
use persevere::{Outcome, RetryError, RetryPolicy, retry, wait};
use std::cell::{Ref, RefCell};
use std::fmt::{Debug, Display};

#[retry(wait = none(), wrap_err = true)]
fn wrapped_impl(tries: &Tries) -> Result<impl Debug + use<>, RetryError<Refused>> {
    tries.third()
}

#[retry(wait = none(), wrap_err = true, before = |s| assert!(s.attempt() < 4))]
async fn wrapped_impl_later(
    tries: &Tries,
) -> Result<impl Debug + use<'_>, RetryError<impl Debug + use<'_>>> {
    tries.third_later().await
}

#[retry(policy = RetryPolicy::new().wait(wait::none()), before = |_| (), stats = &persevere::RetryStats::new())]
fn policy_impl(tries: &Tries) -> Result<impl Debug + use<>, Box<impl Display + use<>>> {
    tries.third().map_err(Box::new)
}

#[test]
fn opaque_types_under_other_keys() {
    assert!(wrapped_impl(&Tries::new()).is_ok());
    assert!(block_on(wrapped_impl_later(&Tries::new())).is_ok());
    let tries = Tries::new();
    assert!(policy_impl(&tries).is_ok());
    assert_eq!(tries.made(), 3);
}

trait Reply: Outcome {}

impl<T, E> Reply for Result<T, E> {}

#[retry(wait = none())]
fn opaque(tries: &Tries) -> impl Reply + use<> {
    tries.third()
}

#[retry(wait = none())]
async fn opaque_later(tries: &Tries) -> impl Reply + use<'_> {
    tries.third_later().await
}

#[retry(wait = none(), when = err(|refused| refused.0 < 2))]
fn opaque_with_a_predicate(tries: &Tries) -> impl Reply + use<> {
    tries.third()
}

#[test]
fn an_opaque_outcome_by_a_trait_of_ones_own() {
    let tries = Tries::new();
    assert!(opaque(&tries).value().is_some());
    assert_eq!(tries.made(), 3);
    let tries = Tries::new();
    assert!(block_on(opaque_later(&tries)).value().is_some());
    assert_eq!(tries.made(), 3);
    let tries = Tries::new();
    assert!(opaque_with_a_predicate(&tries).error().is_some());
    assert_eq!(tries.made(), 2);
}

#[retry(wait = none())]
fn anonymous_bound(tries: &Tries) -> Result<Box<dyn Iterator<Item = u32> + '_>, Refused> {
    tries.third()?;
    Ok(Box::new(
        std::iter::repeat_with(move || tries.made()).take(1),
    ))
}

#[retry(wait = none())]
async fn anonymous_bound_later(
    tries: &Tries,
) -> Result<Box<dyn Iterator<Item = u32> + '_>, Refused> {
    tries.third_later().await?;
    Ok(Box::new(
        std::iter::repeat_with(move || tries.made()).take(1),
    ))
}

#[retry(wait = none())]
fn borrowed_dyn(tries: &Tries) -> Result<&dyn Debug, Refused> {
    tries.third()?;
    Ok(tries)
}

#[retry(wait = none())]
async fn borrowed_dyn_later(tries: &Tries) -> Result<&(dyn Debug + Send), Refused> {
    tries.third_later().await?;
    Ok(tries)
}

#[retry(wait = none())]
fn guard<'a>(tries: &Tries, cell: &'a RefCell<u32>) -> Result<Ref<'a, u32>, Refused> {
    tries.third()?;
    Ok(cell.borrow())
}

type Named<'a, T = ()> = Result<(&'a str, T), Refused>;

#[retry(wait = none())]
fn alias_with_a_lifetime<'a>(tries: &Tries, name: &'a str) -> Named<'a> {
    tries.third().map(|_| (name, ()))
}

#[retry(wait = none())]
async fn alias_with_an_elided_lifetime(tries: &Tries) -> Named<'_, u32> {
    tries.third_later().await.map(|n| ("name", n))
}

#[retry(wait = none())]
fn function_pointer(tries: &Tries) -> Result<fn(&str) -> usize, Refused> {
    tries.third()?;
    Ok(str::len)
}

#[retry(wait = none())]
fn impl_items(tries: &Tries) -> Result<Box<dyn Iterator<Item = impl Display + use<>>>, Refused> {
    tries.third().map(|n| Box::new(0..n) as _)
}

#[test]
fn lifetimes_in_types() {
    assert_eq!(anonymous_bound(&Tries::new()).unwrap().next(), Some(3));
    assert_eq!(
        block_on(anonymous_bound_later(&Tries::new()))
            .unwrap()
            .next(),
        Some(3)
    );
    assert!(borrowed_dyn(&Tries::new()).is_ok());
    assert!(block_on(borrowed_dyn_later(&Tries::new())).is_ok());
    assert_eq!(*guard(&Tries::new(), &RefCell::new(7)).unwrap(), 7);
    assert_eq!(
        alias_with_a_lifetime(&Tries::new(), "name"),
        Ok(("name", ()))
    );
    assert_eq!(
        block_on(alias_with_an_elided_lifetime(&Tries::new())),
        Ok(("name", 3))
    );
    assert_eq!(function_pointer(&Tries::new()).unwrap()("abc"), 3);
    assert_eq!(
        impl_items(&Tries::new()).map(|all| all.map(|n| n.to_string()).count()),
        Ok(3)
    );
}

struct Client(Tries);

impl Client {
    const LAST: Refused = Refused(2);

    #[retry(wait = none())]
    fn typed_shared(self: &Self) -> Result<u32, Refused> {
        self.0.third()
    }

    #[retry(wait = none(), unless = Err(e) if *e == Self::LAST, when = any_failure())]
    async fn typed_unique(self: &mut Self) -> Result<u32, Refused> {
        self.0.third_later().await
    }
}

macro_rules! method {
    (fn $name:ident(&$this:ident) -> $($rest:tt)*) => {
        #[retry(wait = none(), stop = after_attempt($this.0.made() + 2))]
        fn $name(&$this) -> $($rest)*
    };
}

impl Client {
    method! {
        fn by_macro(&self) -> Result<u32, Refused> {
            self.0.third()
        }
    }
}

#[test]
fn typed_receivers() {
    assert_eq!(Client(Tries::new()).typed_shared(), Ok(3));
    assert_eq!(
        block_on(Client(Tries::new()).typed_unique()),
        Err(Refused(2))
    );
    assert_eq!(Client(Tries::new()).by_macro(), Err(Refused(2)));
}

#[retry(wait = none())]
fn inner_attributes(tries: &Tries) -> Result<u32, Refused> {
    #![cfg(not(any()))]
    //! Documented inside.
    tries.third()
}

#[retry(wait = none())]
async fn inner_attributes_later(tries: &Tries) -> Result<u32, Refused> {
    #![inline]
    //! Documented inside.
    tries.third_later().await
}

#[test]
fn attributes_inside() {
    assert_eq!(inner_attributes(&Tries::new()), Ok(3));
    assert_eq!(block_on(inner_attributes_later(&Tries::new())), Ok(3));
}
