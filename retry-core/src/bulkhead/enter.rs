//! Places for attempts that are made by hand.

use std::sync::Arc;
use std::task::{Context, Waker};

use super::bulkhead::Bulkhead;
use super::bulkhead_full::BulkheadFull;
use super::place::Place;
use super::seeker::Turn;
use crate::time::clock::{read, read_blocking};
use crate::util::notify::Notify;

impl Bulkhead {
    /// Takes a place that is free at once.
    ///
    /// # Errors
    ///
    /// The refusal: all places are in use, or other calls wait for one.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Bulkhead;
    ///
    /// static REPORTS: Bulkhead = Bulkhead::new("reports", 1);
    ///
    /// let place = REPORTS.try_enter().expect("nobody is there");
    /// assert!(REPORTS.try_enter().is_err());
    /// drop(place);
    /// ```
    #[inline]
    pub fn try_enter(&self) -> Result<Place<'_>, BulkheadFull> {
        match self.place(read) {
            Some(place) => Ok(place),
            None => {
                self.state().count_refusal();
                Err(self.full())
            }
        }
    }

    /// Waits for a place, in line behind those that came before.
    ///
    /// The call stands in line from the first poll on. Dropped, it leaves the line. A place that it was given
    /// meanwhile is kept for it until it is polled: poll it, or drop it.
    ///
    /// # Errors
    ///
    /// The refusal, at once: the line is full.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use persevere::Bulkhead;
    ///
    /// static REPORTS: Bulkhead = Bulkhead::new("reports", 20);
    ///
    /// let place = REPORTS.enter().await?;
    /// assert_eq!(REPORTS.in_use(), 1);
    /// drop(place);
    /// # Ok::<_, persevere::BulkheadFull>(()) }).unwrap();
    /// ```
    #[cfg(feature = "async")]
    #[inline]
    pub fn enter(&self) -> Entering<'_> {
        Entering::new(self)
    }

    /// Waits for a place as [`enter`](Bulkhead::enter) does, and blocks the thread meanwhile.
    ///
    /// # Errors
    ///
    /// The refusal, at once: the line is full.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::thread;
    /// use persevere::Bulkhead;
    ///
    /// static REPORTS: Bulkhead = Bulkhead::new("reports", 1);
    ///
    /// thread::scope(|scope| {
    ///     for _ in 0..2 {
    ///         scope.spawn(|| REPORTS.enter_blocking().map(drop).expect("one waits, if at all"));
    ///     }
    /// });
    /// assert_eq!(REPORTS.entered(), 2);
    /// ```
    pub fn enter_blocking(&self) -> Result<Place<'_>, BulkheadFull> {
        let mut seeker = self.seeker(read_blocking);
        let mut notify = None;
        loop {
            match seeker.ask() {
                Turn::Enter(place) => return Ok(place),
                Turn::Refused => return Err(self.full()),
                Turn::Wait => {}
            }
            let notify = notify.get_or_insert_with(|| Arc::new(Notify::default()));
            let waker = Waker::from(Arc::clone(notify));
            if seeker
                .poll_woken(&mut Context::from_waker(&waker))
                .is_pending()
            {
                notify.wait();
            }
        }
    }

    /// Returns the refusal of a call.
    #[cold]
    fn full(&self) -> BulkheadFull {
        BulkheadFull {
            name: self.name(),
            key: self.settings.key().copied(),
        }
    }
}

#[cfg(feature = "async")]
pub use self::asynchronous::Entering;

#[cfg(feature = "async")]
mod asynchronous {
    use core::future::Future;
    use core::pin::Pin;
    use core::task::{Context, Poll, ready};

    use super::{Bulkhead, BulkheadFull, Place, Turn};
    use crate::bulkhead::seeker::Seeker;
    use crate::time::clock::read_async;

    /// The future of [`Bulkhead::enter`].
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct Entering<'b> {
        bulkhead: &'b Bulkhead,
        seeker: Seeker<'b>,
    }

    impl<'b> Entering<'b> {
        #[inline]
        pub(super) fn new(bulkhead: &'b Bulkhead) -> Self {
            let seeker = bulkhead.seeker(read_async);
            Entering { bulkhead, seeker }
        }
    }

    impl<'b> Future for Entering<'b> {
        type Output = Result<Place<'b>, BulkheadFull>;

        #[inline]
        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
            loop {
                match self.seeker.ask() {
                    Turn::Enter(place) => return Poll::Ready(Ok(place)),
                    Turn::Refused => return Poll::Ready(Err(self.bulkhead.full())),
                    Turn::Wait => ready!(self.seeker.poll_woken(cx)),
                }
            }
        }
    }
}
