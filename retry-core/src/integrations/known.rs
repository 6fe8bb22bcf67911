//! Errors that can be judged where only `dyn Error` is seen: those of this crate and of its integrations.

use core::error::Error;

use crate::call::interrupt::Interrupt;
use crate::transient::Transient;
use crate::transient::causes::as_type;

/// The error as one that knows whether it passes, if it is of such a type.
pub(crate) fn known<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a dyn Transient> {
    macro_rules! one_of {
        ($($(#[$cfg:meta])* $type:ty,)+) => {
            $($(#[$cfg])* if let Some(error) = as_type::<$type>(error) {
                return Some(error);
            })+
        };
    }
    one_of! {
        Interrupt,
        #[cfg(feature = "std")] crate::CircuitOpen,
        #[cfg(feature = "std")] std::io::Error,
        #[cfg(feature = "tokio")] tokio::time::error::Elapsed,
        #[cfg(feature = "http")] crate::http::HttpError,
        #[cfg(feature = "reqwest")] reqwest::Error,
        #[cfg(feature = "hyper-util")] hyper_util::client::legacy::Error,
        #[cfg(feature = "hyper")] hyper::Error,
        #[cfg(feature = "tonic")] tonic::Status,
        #[cfg(feature = "redis")] redis::RedisError,
        #[cfg(feature = "sqlx")] sqlx_core::error::Error,
        #[cfg(feature = "tokio-postgres")] tokio_postgres::Error,
        #[cfg(feature = "rusqlite")] rusqlite::Error,
    }
    None
}
