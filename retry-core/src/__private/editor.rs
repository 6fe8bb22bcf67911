//! Completions for an editor, at the head of a function whose attribute is being typed.

/// Emits nothing, for the compiler.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __editor {
    ($($tokens:tt)*) => {};
}

/// Emits an import of the typed name from the names that are valid there.
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
