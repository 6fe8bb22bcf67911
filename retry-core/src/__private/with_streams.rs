//! The requirement of `resume`: a feature.

/// Emits the function's body.
#[cfg(feature = "stream")]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_streams {
    ($key:ident, $($body:tt)*) => { $($body)* };
}

/// Emits an error.
#[cfg(not(feature = "stream"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __with_streams {
    ($key:ident, $($body:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "`",
            ::core::stringify!($key),
            "` needs the feature `stream` of `persevere`; run `cargo add persevere --features stream`"
        ))
    };
}
