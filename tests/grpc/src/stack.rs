//! A stack of layers that retries below a client: one policy for all methods, at the price that a layer sees
//! HTTP and not messages.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use persevere::tower::{GrpcStatusLayer, RetryLayer};
use persevere::{AsyncSleep, Policy};
use tonic::Status;
use tonic::body::Body;
use tonic::transport::Channel;
use tower::{Service, ServiceBuilder};

/// Larger requests are not kept for another attempt.
const LARGEST: usize = 1 << 20;

/// A channel whose unary calls are retried by `policy`, within their `grpc-timeout`. Calls with a stream of
/// requests are refused: send them past it.
pub fn retrying<P>(
    policy: P,
    channel: Channel,
) -> impl Service<Request<Body>, Response = Response<Body>, Error = Status, Future: Send> + Clone
where
    P: Policy<Result<Response<Body>, Status>, Sleep: AsyncSleep> + Clone + Send + Sync + 'static,
{
    let retries = RetryLayer::new(policy)
        .replay(|request: &Request<Option<Bytes>>| {
            let kept = request.body().is_some();
            kept.then(|| request.clone())
        })
        .grpc_timeout()
        .tell_attempts();
    ServiceBuilder::new()
        .map_request(keep)
        .layer(retries)
        .map_request(send)
        .layer(GrpcStatusLayer::new())
        .service(channel)
}

/// Keeps the body of a request if it is there as a whole, as that of a unary call is: that of a stream would
/// have to be waited for.
fn keep(request: Request<Body>) -> Request<Option<Bytes>> {
    request.map(|body| {
        let whole = pin!(Limited::new(body, LARGEST).collect());
        match whole.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(whole)) => Some(whole.to_bytes()),
            _ => None,
        }
    })
}

/// The request of one attempt.
fn send(request: Request<Option<Bytes>>) -> Request<Body> {
    request.map(|kept| Body::new(Full::new(kept.unwrap_or_default())))
}
