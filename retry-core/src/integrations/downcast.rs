//! Downcasts from `dyn Error` to the errors of this crate and of its integrations.

use core::error::Error;

use crate::call::interrupt::Interrupt;
use crate::transient::Transient;
use crate::transient::causes::as_type;

/// Downcasts an error to the first of these types that it is, or points to.
macro_rules! first_of {
    ($error:ident: $($(#[$cfg:meta])* $type:ty,)+) => {
        $($(#[$cfg])* if let Some(error) = as_type::<$type>($error) {
            return Some(error);
        })+
    };
}

/// Downcasts an error to a type that implements [`Transient`].
pub(crate) fn as_transient<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a dyn Transient> {
    first_of! {
        error:
        #[cfg(feature = "std")] std::io::Error,
        #[cfg(feature = "tokio")] tokio::time::error::Elapsed,
        #[cfg(feature = "http")] crate::http::HttpError,
        #[cfg(feature = "tonic")] tonic::Status,
        #[cfg(feature = "redis")] redis::RedisError,
        #[cfg(feature = "sqlx")] sqlx_core::error::Error,
        #[cfg(feature = "tokio-postgres")] tokio_postgres::Error,
        #[cfg(feature = "rusqlite")] rusqlite::Error,
        #[cfg(feature = "diesel")] diesel::result::Error,
        #[cfg(feature = "diesel")] diesel::ConnectionError,
        #[cfg(feature = "etcd-client")] etcd_client::Error,
        #[cfg(feature = "lapin")] lapin::Error,
        #[cfg(feature = "lettre")] lettre::transport::smtp::Error,
        #[cfg(feature = "mysql")] mysql::Error,
        #[cfg(feature = "mysql_async")] mysql_async::Error,
        #[cfg(feature = "object_store")] object_store::Error,
        #[cfg(feature = "rdkafka")] rdkafka::error::KafkaError,
        #[cfg(feature = "r2d2")] r2d2::Error,
        #[cfg(feature = "async-nats")] async_nats::jetstream::context::PublishError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::context::RequestError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::context::CreateStreamError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::context::GetStreamError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::stream::ConsumerError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::context::ConsumerInfoError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::consumer::pull::MessagesError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::consumer::pull::OrderedError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::consumer::StreamError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::kv::PutError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::kv::UpdateError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::kv::CreateError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::kv::EntryError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::stream::DirectGetError,
        #[cfg(feature = "async-nats")] async_nats::ConnectError,
        #[cfg(feature = "async-nats")] async_nats::RequestError,
        #[cfg(feature = "async-nats")] async_nats::client::PublishError,
        #[cfg(feature = "async-nats")] async_nats::SubscribeError,
        #[cfg(feature = "async-nats")] async_nats::client::FlushError,
        #[cfg(feature = "async-nats")] async_nats::jetstream::Error,
        #[cfg(all(feature = "bb8", feature = "redis"))]
        bb8::RunError<redis::RedisError>,
        #[cfg(all(feature = "bb8", feature = "tokio-postgres"))]
        bb8::RunError<tokio_postgres::Error>,
        #[cfg(all(feature = "deadpool", feature = "redis"))]
        deadpool::managed::PoolError<redis::RedisError>,
        #[cfg(all(feature = "deadpool", feature = "tokio-postgres"))]
        deadpool::managed::PoolError<tokio_postgres::Error>,
    }
    of_a_guard(error).or_else(|| of_http_client(error))
}

/// Downcasts an error to a guard's refusal.
pub(crate) fn of_a_guard<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a dyn Transient> {
    first_of! {
        error:
        #[cfg(feature = "std")] crate::CircuitOpen,
        #[cfg(feature = "std")] crate::RateLimited,
        #[cfg(feature = "std")] crate::BulkheadFull,
        Interrupt,
    }
    None
}

/// Downcasts an error to that of an HTTP client, which `?` converts to an `HttpError`.
pub(crate) fn of_http_client<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a dyn Transient> {
    first_of! {
        error:
        #[cfg(feature = "reqwest")] reqwest::Error,
        #[cfg(feature = "reqwest-middleware")] reqwest_middleware::Error,
        #[cfg(feature = "hyper-util")] hyper_util::client::legacy::Error,
        #[cfg(feature = "hyper")] hyper::Error,
        #[cfg(feature = "ureq")] ureq::Error,
    }
    let _ = error;
    None
}
