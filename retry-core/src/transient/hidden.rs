//! Inner errors of which `source()` returns the source alone, or nothing.

use crate::util::source_chain::Dyn;
#[cfg(any(
    feature = "diesel",
    feature = "etcd-client",
    feature = "reqwest-middleware"
))]
use crate::util::source_chain::as_type;

/// Returns the inner error.
pub(super) fn inside(error: &Dyn) -> Option<&Dyn> {
    of_http(error)
        .or_else(|| of_diesel(error))
        .or_else(|| of_middleware(error))
        .or_else(|| of_etcd(error))
}

#[cfg(feature = "http")]
fn of_http(error: &Dyn) -> Option<&Dyn> {
    crate::http::HttpError::inside_of(error)
}

#[cfg(not(feature = "http"))]
fn of_http(_: &Dyn) -> Option<&Dyn> {
    None
}

#[cfg(feature = "diesel")]
fn of_diesel(error: &Dyn) -> Option<&Dyn> {
    use diesel::result::Error::{DeserializationError, QueryBuilderError, SerializationError};
    match as_type(error)? {
        QueryBuilderError(inner) | SerializationError(inner) | DeserializationError(inner) => {
            Some(&**inner)
        }
        _ => None,
    }
}

#[cfg(not(feature = "diesel"))]
fn of_diesel(_: &Dyn) -> Option<&Dyn> {
    None
}

#[cfg(feature = "reqwest-middleware")]
fn of_middleware(error: &Dyn) -> Option<&Dyn> {
    match as_type(error)? {
        reqwest_middleware::Error::Reqwest(error) => Some(error),
        reqwest_middleware::Error::Middleware(error) => Some(error.as_ref()),
    }
}

#[cfg(not(feature = "reqwest-middleware"))]
fn of_middleware(_: &Dyn) -> Option<&Dyn> {
    None
}

#[cfg(feature = "etcd-client")]
fn of_etcd(error: &Dyn) -> Option<&Dyn> {
    match as_type(error)? {
        etcd_client::Error::GRpcStatus(status) => Some(status),
        etcd_client::Error::TransportError(error) => Some(error),
        etcd_client::Error::IoError(error) => Some(error),
        _ => None,
    }
}

#[cfg(not(feature = "etcd-client"))]
fn of_etcd(_: &Dyn) -> Option<&Dyn> {
    None
}
