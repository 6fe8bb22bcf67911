//! The events of a server, over as many connections as it takes.

use core::future::Future;

use futures_core::stream::Stream;

use super::cursor::Cursor;
use super::event::Event;
use crate::http::error::HttpError;
use crate::policy::stream::opening::Opening;
use crate::policy::{Policy, RunStream};
use crate::time::sleep::AsyncSleep;

/// Gives the events of a server from a place on, and goes on where the connection broke.
///
/// `open` sends the request, with the [headers](Cursor::headers) of the cursor, [checks](super::check) the
/// response, and returns its [events](Cursor::events). It is called again, as the policy prescribes, after
/// each connection that broke or ended, with the place after the last event that was given. The pause is
/// never shorter than the one that the server asked for by `retry`.
///
/// It is [`run_stream`](crate::RetryPolicy#method.run_stream) that is [`endless`](RunStream::endless), whose
/// cursor is [`Event::cursor`], whose [`hint`](RunStream::hint) is [`Cursor::retry`], and whose
/// [`heartbeats`](RunStream::heartbeats) are [`Cursor::chunks`]. Use that where the items are of another
/// type.
///
/// ```
/// # use persevere_core as persevere;
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// use futures_util::{StreamExt, stream};
/// use http::{Response, header::HeaderMap};
/// use persevere::http::sse;
/// use persevere::{RetryPolicy, wait, when};
/// use std::io;
///
/// type Body = stream::BoxStream<'static, io::Result<String>>;
///
/// /// The client of a server that sends two events, and closes the connection.
/// async fn get(headers: HeaderMap) -> io::Result<Response<Body>> {
///     let last = headers.get("last-event-id").map_or(0, |id| id.to_str().unwrap().parse().unwrap());
///     let body = (last + 1..last + 3).map(|id| Ok(format!("id: {id}\ndata: number {id}\n\n")));
///     let response = Response::builder().header("content-type", "text/event-stream");
///     response.body(stream::iter(body).boxed()).map_err(io::Error::other)
/// }
///
/// let policy = RetryPolicy::new().wait(wait::none()).when(when::transient());
/// let events = sse::resume(&policy, sse::Cursor::new(), |cursor| async move {
///     let response = get(cursor.headers()).await?;
///     sse::check(response.status(), response.headers())?;
///     Ok(cursor.events(response.into_body()))
/// });
/// let data: Vec<String> = events.take(5).map(|event| event.unwrap().into_data()).collect().await;
/// assert_eq!(data, ["number 1", "number 2", "number 3", "number 4", "number 5"]);
/// # });
/// ```
pub fn resume<'p, P, F, Fut, S>(
    policy: &'p P,
    start: Cursor,
    mut open: F,
) -> RunStream<
    'p,
    P,
    Result<Event, HttpError>,
    Cursor,
    impl FnMut(Cursor) -> Opening<Fut, S>,
    fn(&Event) -> Cursor,
    Opening<Fut, S>,
>
where
    P: Policy<Result<Event, HttpError>, Sleep: AsyncSleep> + ?Sized,
    F: FnMut(Cursor) -> Fut,
    Fut: Future<Output = Result<S, HttpError>>,
    S: Stream<Item = Result<Event, HttpError>>,
{
    let open = move |cursor| Opening::new(open(cursor), ());
    let after: fn(&Event) -> Cursor = Event::cursor;
    RunStream::new(policy, start, open, after)
        .endless()
        .hint(Cursor::retry)
        .heartbeats(Cursor::chunks)
}
