//! The name of a call.

use core::fmt;

#[cfg(feature = "std")]
mod interned;

/// The name of a call, in two words, of which the expansion makes constants. Its text is made when it is asked for.
#[derive(Clone, Copy)]
pub enum CallName<'a> {
    /// A text: the path of a function, the name of a policy, or the value of the key `name`.
    Text(&'a str),
    /// A method.
    Method(&'static Method),
}

/// The function that names the type of a method, and the path of the method without the type, `module::method`.
type Method = (fn() -> &'static str, &'static str);

impl<'a> CallName<'a> {
    /// Returns the text: of a method `module::Type::method`, and without `std` its path.
    pub(crate) fn as_str(self) -> &'a str {
        match self {
            CallName::Text(text) => text,
            #[cfg(feature = "std")]
            CallName::Method((of, path)) => interned::name_of(of(), path),
            #[cfg(not(feature = "std"))]
            CallName::Method((_, path)) => path,
        }
    }
}

impl<'a> From<&'a str> for CallName<'a> {
    fn from(text: &'a str) -> Self {
        CallName::Text(text)
    }
}

impl From<&'static Method> for CallName<'_> {
    fn from(method: &'static Method) -> Self {
        CallName::Method(method)
    }
}

impl fmt::Debug for CallName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
