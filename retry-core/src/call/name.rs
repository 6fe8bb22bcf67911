//! The name of a call.

use core::any::type_name;
use core::fmt;
use core::marker::PhantomData;

#[cfg(feature = "std")]
use crate::call::interned;

/// The name of a call. Its text is made when it is asked for.
#[derive(Clone, Copy)]
pub enum CallName<'a> {
    /// A text: the path of a function, the name of a policy, or the value of the key `name`.
    Text(&'a str),
    /// A method: the function that names its type, and its path without the type, `module::method`.
    Method(fn() -> &'static str, &'a str),
}

/// Returns the name of a method of `T`, by its path without the type.
#[inline(always)]
pub const fn method_name<T: ?Sized>(path: &str) -> CallName<'_> {
    CallName::Method(type_name::<T>, path)
}

/// The meaning of the path that the expansion gives: a type, so that each use of the path costs the compiler no more
/// than a text does.
pub trait PathOf {
    /// Returns the name of the call.
    fn name(path: &str) -> CallName<'_>;
}

/// The path of a function, which is its name; or a name that the key `name` gives.
#[derive(Clone, Copy, Debug, Default)]
pub struct Function;

/// The path of a method of `T`.
#[derive(Debug)]
pub struct Method<T: ?Sized>(PhantomData<fn(*const T)>);

impl PathOf for Function {
    #[inline(always)]
    fn name(path: &str) -> CallName<'_> {
        CallName::Text(path)
    }
}

impl<T: ?Sized> PathOf for Method<T> {
    #[inline(always)]
    fn name(path: &str) -> CallName<'_> {
        method_name::<T>(path)
    }
}

impl<'a> CallName<'a> {
    /// Returns the text: of a method `module::Type::method`, and without `std` its path.
    // Always: it is known what a name is, and so this is a text or one call.
    #[inline(always)]
    pub(crate) fn as_str(self) -> &'a str {
        match self {
            CallName::Text(text) => text,
            #[cfg(feature = "std")]
            CallName::Method(of, path) => interned::name_of(of, path),
            #[cfg(not(feature = "std"))]
            CallName::Method(_, path) => path,
        }
    }
}

impl<'a> From<&'a str> for CallName<'a> {
    #[inline(always)]
    fn from(text: &'a str) -> Self {
        CallName::Text(text)
    }
}

impl fmt::Debug for CallName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
