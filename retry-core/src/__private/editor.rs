//! Names for an editor to complete, at the head of a function whose attribute is being typed.

/// Nothing, for the compiler.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __editor {
    ($($tokens:tt)*) => {};
}

/// An import of what is typed from the names that may stand there.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __editor {
    ($(($($name:ident)*) $typed:ident;)*) => {$(
        const _: () = {
            mod names {
                $(pub fn $name() {})*
            }
            #[allow(unused_imports)]
            use names::$typed;
        };
    )*};
}
