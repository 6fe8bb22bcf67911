//! The names of methods that were asked for, each made once in a process.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

/// The names of the methods of each type, which are few.
type Names = BTreeMap<&'static str, Vec<&'static str>>;

static NAMES: RwLock<Names> = RwLock::new(Names::new());

/// Returns `module::Type::method` of a type and a path that ends with the method.
///
/// It is never freed: a program has no more of them than methods of types.
#[cold]
#[inline(never)]
pub(crate) fn name_of(of: fn() -> &'static str, path: &str) -> &'static str {
    let (of, method) = (of(), path.rsplit("::").next().unwrap_or(path));
    // Only an allocation can fail under the lock, and leaves the names as they were.
    let known = NAMES.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = find(&known, of, method) {
        return name;
    }
    drop(known);
    let mut names = NAMES.write().unwrap_or_else(PoisonError::into_inner);
    // Another thread may have made it meanwhile.
    find(&names, of, method).unwrap_or_else(|| {
        let name: &str = format!("{of}::{method}").leak();
        names.entry(of).or_default().push(name);
        name
    })
}

fn find(names: &Names, of: &str, method: &str) -> Option<&'static str> {
    let of_type = names.get(of)?.iter().copied();
    of_type
        .clone()
        .find(|name| name[of.len()..].strip_prefix("::") == Some(method))
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use std::any::type_name;
    use std::sync::Barrier;
    use std::thread;

    use super::*;
    use crate::call::name::{CallName, method_name};

    struct Of<T: ?Sized>(#[allow(dead_code)] Box<T>);

    #[test]
    fn a_method_has_the_name_of_its_type() {
        let name = method_name::<Of<str>>("shop::client::ping");
        let expected = concat!(module_path!(), "::Of<str>::ping");
        assert_eq!(name.as_str(), expected);
        assert_eq!(format!("{name:?}"), format!("{expected:?}"));
        let other = method_name::<Of<[u8]>>("shop::client::ping");
        assert_eq!(other.as_str(), concat!(module_path!(), "::Of<[u8]>::ping"));
        let another = method_name::<Of<str>>("shop::client::pings");
        assert_eq!(
            another.as_str(),
            concat!(module_path!(), "::Of<str>::pings")
        );
        assert_eq!(CallName::Text("shop::ping").as_str(), "shop::ping");
    }

    #[test]
    fn a_name_is_made_once_however_many_threads_ask() {
        let methods = ["a::one", "a::two", "a::three", "a::four"];
        let start = Barrier::new(2);
        let ask = || {
            start.wait();
            let ask = |turn| name_of(type_name::<Of<u64>>, methods[turn % methods.len()]);
            let names = (0..1000).map(ask);
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
