//! Failed gRPC responses, as errors.

use alloc::sync::Arc;
use core::error::Error;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use ::http::header::{CONTENT_TYPE, RETRY_AFTER};
use ::http::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};
use tower_layer::Layer;
use tower_service::Service;

use super::http::TIMEOUT;
#[cfg(doc)]
use crate::http::HttpError;
use crate::http::OrHttpError;
use crate::integrations::tonic::{ServerDeadline, code, is_grpc};
use crate::transient::not_replayable::NotReplayable;

/// A layer that turns failed gRPC responses into errors. Its services are [`GrpcStatus`].
///
/// It belongs around a tonic channel, and below a [`RetryLayer`](super::RetryLayer). It sees more than a gRPC
/// client above it:
///
/// | response, or error | the error that it makes, a `tonic::Status` | under `transient()` |
/// |---|---|---|
/// | a `grpc-status` in the headers, as of every call that fails without an answer | that status | [by its code](crate::Transient#impl-Transient-for-Status) |
/// | `DEADLINE_EXCEEDED`, or Go's "context deadline exceeded", and the request has no `grpc-timeout` | that status | retry: the time was the server's own; a pushback holds |
/// | a response of HTTP alone, such as the error page of a proxy, whatever its body and its encoding | the code of gRPC's mapping, over an [`HttpError`] | by the status, not before what its headers [ask for](crate::http::verdict_in) |
/// | an error of the channel | what tonic makes of it | by its source |
///
/// The mapping of statuses to codes is
/// [gRPC's](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md): 429, 502, 503 and 504
/// are `UNAVAILABLE`. A response is one of HTTP alone if it has no `grpc-status` and its status is not 200,
/// or its content type is not gRPC's.
///
/// A status after a message is in trailers, which this layer does not see.
///
/// ```
/// # use persevere_core as persevere;
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// use http::{Request, Response};
/// use persevere::tower::GrpcStatusLayer;
/// use persevere::{Transient, Verdict};
/// use std::time::Duration;
/// use tonic::Code;
/// use tower::{BoxError, Layer, ServiceExt, service_fn};
///
/// let proxy = service_fn(|_: Request<()>| async {
///     let page = Response::builder().status(503).header("Retry-After", "2");
///     Ok::<_, BoxError>(page.header("Content-Type", "text/html").body("<html>")?)
/// });
/// let failed = GrpcStatusLayer::new().layer(proxy).oneshot(Request::new(())).await;
/// let status = failed.unwrap_err();
/// assert_eq!(status.code(), Code::Unavailable);
/// assert_eq!(status.verdict(), Verdict::RetryAfter(Duration::from_secs(2)));
/// # });
/// ```
///
/// Around the channel of a generated client it suffices by itself:
/// `GreeterClient::new(GrpcStatusLayer::new().layer(channel))`.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct GrpcStatusLayer;

impl GrpcStatusLayer {
    /// Creates the layer, which has no options.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::tower::GrpcStatusLayer;
    ///
    /// let layer = GrpcStatusLayer::new();
    /// # let _ = layer;
    /// ```
    pub const fn new() -> Self {
        GrpcStatusLayer
    }
}

impl<S> Layer<S> for GrpcStatusLayer {
    type Service = GrpcStatus<S>;

    fn layer(&self, inner: S) -> GrpcStatus<S> {
        GrpcStatus { inner }
    }
}

/// A service whose failed responses are errors, made by [`GrpcStatusLayer`].
#[derive(Clone, Copy, Debug)]
pub struct GrpcStatus<S> {
    inner: S,
}

impl<S, B, A> Service<Request<B>> for GrpcStatus<S>
where
    S: Service<Request<B>, Response = Response<A>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<A>;
    type Error = Status;
    type Future = GrpcStatusFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let ready = self.inner.poll_ready(cx);
        ready.map_err(|error| Status::from_error(error.into()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        GrpcStatusFuture {
            has_deadline: request.headers().contains_key(TIMEOUT),
            answer: self.inner.call(request),
        }
    }
}

pin_project! {
    /// The future of [`GrpcStatus`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct GrpcStatusFuture<F> {
        has_deadline: bool,
        #[pin]
        answer: F,
    }
}

impl<F, A, E> Future for GrpcStatusFuture<F>
where
    F: Future<Output = Result<Response<A>, E>>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    type Output = Result<Response<A>, Status>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        Poll::Ready(match ready!(this.answer.poll(cx)) {
            Ok(response) => answered(response, *this.has_deadline),
            Err(error) => Err(Status::from_error(error.into())),
        })
    }
}

/// Returns the response, or the status of its failure as far as its head shows one.
fn answered<A>(response: Response<A>, has_deadline: bool) -> Result<Response<A>, Status> {
    match Status::from_header_map(response.headers()) {
        Some(status) if status.code() == Code::Ok => Ok(response),
        Some(mut status) => {
            if !has_deadline && is_late(&status) {
                status.set_source(Arc::new(ServerDeadline));
            }
            Err(status)
        }
        None if speaks_grpc(&response) => Ok(response),
        None => Err(of_http(response)),
    }
}

/// Returns whether the status is that of a deadline that passed.
///
/// Servers in Go that return the error of their context, such as etcd 3.4, send its text with `UNKNOWN`:
/// grpc-go 1.26, `server.go`, `processUnaryRPC`. etcd 3.5 sends `DEADLINE_EXCEEDED`.
fn is_late(status: &Status) -> bool {
    match status.code() {
        Code::DeadlineExceeded => true,
        Code::Unknown => status.message() == "context deadline exceeded",
        _ => false,
    }
}

/// Returns whether a response is gRPC. tonic reads one without a content type as gRPC.
fn speaks_grpc<A>(response: &Response<A>) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE);
    response.status() == StatusCode::OK && content_type.is_none_or(is_grpc)
}

/// Returns the status of a response of HTTP alone.
///
/// Of its headers only `Retry-After` is kept, for a client of a server that passes the status on. The others
/// concern the page.
fn of_http<A>(response: Response<A>) -> Status {
    let status = response.status();
    let mut metadata = MetadataMap::new();
    let retry_after = response.headers().get(RETRY_AFTER);
    if let Some(value) =
        retry_after.and_then(|value| MetadataValue::try_from(value.as_bytes()).ok())
    {
        metadata.insert(RETRY_AFTER.as_str(), value);
    }
    let text = format!("a response of HTTP, and not of gRPC: {status}");
    let mut made = Status::with_metadata(code(status), text, metadata);
    if let Err(error) = response.or_http_error() {
        made.set_source(Arc::new(error));
    }
    made
}

/// A refused request becomes `INTERNAL`: that it cannot be repeated is a fault of the calling program, not of
/// its callers. The error itself is the source.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::Transient;
/// use persevere::tower::NotReplayable;
/// use tonic::{Code, Status};
///
/// let refused = Status::from(NotReplayable);
/// assert_eq!(refused.code(), Code::Internal);
/// assert!(!refused.verdict().is_retry());
/// ```
impl From<NotReplayable> for Status {
    fn from(refused: NotReplayable) -> Self {
        let mut status = Status::internal(refused.to_string());
        status.set_source(Arc::new(refused));
        status
    }
}
