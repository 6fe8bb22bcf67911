//! The names of methods that were asked for, each made once in a process.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

/// The names, by the type and the path.
type Names = BTreeMap<(&'static str, &'static str), &'static str>;

static NAMES: RwLock<Names> = RwLock::new(Names::new());

/// Returns `of::method` of a path that ends with the method.
///
/// It is never freed: a program has no more of them than methods of types.
#[cold]
pub(super) fn name_of(of: &'static str, path: &'static str) -> &'static str {
    // Only an allocation can fail under the lock, and leaves the map as it was.
    let known = NAMES.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = known.get(&(of, path)) {
        return name;
    }
    drop(known);
    let mut names = NAMES.write().unwrap_or_else(PoisonError::into_inner);
    // Another thread may have made it meanwhile.
    names.entry((of, path)).or_insert_with(|| {
        let method = path.rsplit("::").next().unwrap_or(path);
        format!("{of}::{method}").leak()
    })
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use std::any::type_name;
    use std::sync::Barrier;
    use std::thread;

    use super::*;
    use crate::call::name::CallName;

    struct Of<T: ?Sized>(#[allow(dead_code)] Box<T>);

    #[test]
    fn a_method_has_the_name_of_its_type() {
        let name = CallName::Method(&(type_name::<Of<str>>, "shop::client::ping"));
        let expected = concat!(module_path!(), "::Of<str>::ping");
        assert_eq!(name.as_str(), expected);
        assert_eq!(format!("{name:?}"), format!("{expected:?}"));
        let other = CallName::Method(&(type_name::<Of<[u8]>>, "shop::client::ping"));
        assert_eq!(other.as_str(), concat!(module_path!(), "::Of<[u8]>::ping"));
        assert_eq!(CallName::Text("shop::ping").as_str(), "shop::ping");
    }

    #[test]
    fn a_name_is_made_once_however_many_threads_ask() {
        let methods = ["a::one", "a::two", "a::three", "a::four"];
        let start = Barrier::new(2);
        let ask = || {
            start.wait();
            let of = type_name::<Of<u64>>();
            let names = (0..1000).map(|turn| name_of(of, methods[turn % methods.len()]));
            names.map(|name| (name, name.as_ptr() as usize)).collect()
        };
        let (first, second): (Vec<_>, Vec<_>) = thread::scope(|scope| {
            let other = scope.spawn(ask);
            (ask(), other.join().unwrap())
        });
        assert_eq!(first, second);
        assert!(
            first
                .iter()
                .zip(first.iter().skip(4))
                .all(|(it, later)| it == later)
        );
    }
}
