//! The events of a body that comes in chunks.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::stream::Stream;
use pin_project_lite::pin_project;

use super::cursor::Cursor;
use super::event::Event;
use super::parser::Parser;
use crate::http::error::HttpError;

/// The most chunks without an event that are read before other tasks have their turn.
const CHUNKS_A_POLL: usize = 64;

pin_project! {
    /// The events of a body that comes in chunks: a stream made by [`Cursor::events`].
    ///
    /// The body is a stream of `Result<B, E>`, where `B` is bytes and `E` an error of which an [`HttpError`]
    /// can be made: that of `reqwest`, `hyper` or `io::Error`. `reqwest::Response::bytes_stream` is one, and
    /// so is `http_body_util::BodyDataStream`, for every other client. Of another error make one by
    /// [`HttpError::transport`] or `io::Error::other`.
    ///
    /// The stream needs no box, and allocates what its events hold. It ends where the body does, and after an
    /// [`EventTooLarge`](super::EventTooLarge).
    #[must_use = "streams do nothing unless polled"]
    pub struct Events<S, B> {
        #[pin]
        body: S,
        parser: Parser,
        // A chunk, and the number of its bytes that are read.
        chunk: Option<(B, usize)>,
        is_over: bool,
    }
}

impl Cursor {
    /// Returns the events of a response, whose body is a stream of chunks.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # use futures_util::{StreamExt, stream};
    /// use persevere::http::sse::Cursor;
    /// use std::io;
    ///
    /// let body = stream::iter(["data: he", "llo\n", "\ndata: not compl"]).map(io::Result::Ok);
    /// let events: Vec<_> = Cursor::new().events(body).map(Result::unwrap).collect().await;
    /// assert_eq!(events.len(), 1);
    /// assert_eq!(events[0].data(), "hello");
    /// # });
    /// ```
    pub fn events<S, B>(&self, body: S) -> Events<S, B> {
        Events::new(body, self)
    }
}

impl<S, B> Events<S, B> {
    fn new(body: S, after: &Cursor) -> Self {
        Events {
            body,
            parser: Parser::new(after),
            chunk: None,
            is_over: false,
        }
    }

    /// Sets the size in bytes of the largest event, as [`Parser::max_event_size`] does: 8 MiB by default.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # use futures_util::{StreamExt, stream};
    /// use persevere::http::sse::Cursor;
    /// use std::io;
    ///
    /// let body = stream::iter([io::Result::Ok("data: 1\n\ndata: 0123456789\n\ndata: 2\n\n")]);
    /// let mut events = Cursor::new().events(body).max_event_size(8);
    /// assert_eq!(events.next().await.unwrap().unwrap().data(), "1");
    /// let error = events.next().await.unwrap().unwrap_err();
    /// assert_eq!(error.to_string(), "a server-sent event is larger than 8 bytes; raise `max_event_size`");
    /// assert!(events.next().await.is_none());
    /// # });
    /// ```
    pub fn max_event_size(mut self, bytes: usize) -> Self {
        self.parser = self.parser.max_event_size(bytes);
        self
    }
}

impl<S, B, E> Stream for Events<S, B>
where
    S: Stream<Item = Result<B, E>>,
    B: AsRef<[u8]>,
    E: Into<HttpError>,
{
    type Item = Result<Event, HttpError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        if *this.is_over {
            return Poll::Ready(None);
        }
        for _ in 0..CHUNKS_A_POLL {
            if let Some((chunk, read)) = this.chunk {
                let chunk = chunk.as_ref();
                let mut rest = chunk.get(*read..).unwrap_or_default();
                match this.parser.parse(&mut rest) {
                    Ok(Some(event)) => {
                        *read = chunk.len() - rest.len();
                        return Poll::Ready(Some(Ok(event)));
                    }
                    Ok(None) => *this.chunk = None,
                    Err(error) => {
                        *this.chunk = None;
                        *this.is_over = true;
                        return Poll::Ready(Some(Err(HttpError::transport(error))));
                    }
                }
            }
            match ready!(this.body.as_mut().poll_next(cx)) {
                Some(Ok(chunk)) => {
                    this.parser.place().add_chunk();
                    *this.chunk = Some((chunk, 0));
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None => {
                    *this.is_over = true;
                    return Poll::Ready(None);
                }
            }
        }
        // Other tasks and timers come in between, also where a server sends comments without a pause.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S, B> fmt::Debug for Events<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
