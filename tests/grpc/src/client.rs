//! The client, as it is generated for a service.

use http::uri::PathAndQuery;
use tonic::body::Body;
use tonic::client::{Grpc, GrpcService};
use tonic::transport::Channel;
use tonic::{IntoRequest, Status, Streaming};

use crate::codec::Text;
use crate::{ANSWERS, HELLO};

/// A client of the service, over a channel or a stack of layers around one.
#[derive(Clone, Debug)]
pub struct Greeter<S = Channel>(S);

impl<S> Greeter<S>
where
    S: GrpcService<Body, ResponseBody = Body, Error: Into<tower::BoxError>>,
{
    /// Calls through `service`.
    pub fn new(service: S) -> Self {
        Greeter(service)
    }

    /// Says hello.
    pub async fn hello(&mut self, request: impl IntoRequest<String>) -> Result<String, Status>
    where
        S: Clone,
    {
        self.call(HELLO, request).await
    }

    /// Calls another method with one answer.
    pub async fn call(
        &mut self,
        method: &'static str,
        request: impl IntoRequest<String>,
    ) -> Result<String, Status>
    where
        S: Clone,
    {
        let mut grpc = Grpc::new(self.0.clone());
        let ready = grpc.ready().await;
        ready.map_err(|error| Status::from_error(error.into()))?;
        let path = PathAndQuery::from_static(method);
        let answer = grpc.unary(request.into_request(), path, Text).await?;
        Ok(answer.into_inner())
    }

    /// Opens a stream of answers.
    pub async fn stream(
        &mut self,
        request: impl IntoRequest<String>,
    ) -> Result<Streaming<String>, Status>
    where
        S: Clone,
    {
        let mut grpc = Grpc::new(self.0.clone());
        let ready = grpc.ready().await;
        ready.map_err(|error| Status::from_error(error.into()))?;
        let path = PathAndQuery::from_static(ANSWERS);
        let answers = grpc.server_streaming(request.into_request(), path, Text);
        Ok(answers.await?.into_inner())
    }

    /// Reads a stream of answers to its end.
    pub async fn answers(&mut self, request: impl IntoRequest<String>) -> Result<usize, Status>
    where
        S: Clone,
    {
        let mut answers = self.stream(request).await?;
        let mut count = 0;
        while answers.message().await?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}
