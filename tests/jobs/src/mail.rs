//! The job, and its policy in the ways that there are to put one on it.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use apalis::prelude::{AbortError, BoxDynError, Data};
use persevere::when::{self, DynError, ErrIs};
use persevere::{AsyncSleep, Policy, RetryPolicy, stop, wait};
use serde::{Deserialize, Serialize};

use crate::office::Office;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    pub number: u32,
    pub to: String,
    /// The how many-th attempt it is, where each is a job of its own.
    pub attempt: u32,
}

impl Mail {
    pub fn new(number: u32, to: &str) -> Self {
        Mail {
            number,
            to: to.to_owned(),
            attempt: 1,
        }
    }

    /// For the next attempt.
    pub fn again(self) -> Self {
        Mail {
            attempt: self.attempt + 1,
            ..self
        }
    }
}

/// The outcome of an attempt.
pub type Sent = Result<(), BoxDynError>;

/// Another attempt does not help.
#[derive(Debug)]
pub struct NoSuchAddress;

impl fmt::Display for NoSuchAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such address")
    }
}

impl Error for NoSuchAddress {}

/// Celery's `autoretry_for=(OSError,)`. The errors of apalis are boxed.
pub const fn refusals() -> ErrIs<io::Error, DynError> {
    when::err_is::<io::Error>().in_dyn_error()
}

/// Celery's `max_retries=3`, `retry_backoff=True`, `retry_backoff_max=600` and `retry_jitter=True`, in units
/// of 10 ms where Celery has seconds.
pub fn policy() -> impl Policy<Sent, Sleep: AsyncSleep> + Clone + Send + Sync {
    let wait = wait::exponential(Duration::from_millis(10))
        .max(Duration::from_secs(6))
        .full_jitter();
    RetryPolicy::new()
        .when(refusals())
        .stop(stop::after_attempt(4))
        .wait(wait)
}

/// One attempt: the policy is a layer around it.
pub async fn send(mail: Mail, office: Data<Office>) -> Sent {
    office.deliver(&mail).await
}

/// The whole job: the policy is in it, and has the last word.
pub async fn send_or_abort(mail: Mail, office: Data<Office>) -> Result<(), AbortError> {
    let sent = policy().run_async(|| office.deliver(&mail)).await;
    sent.map_err(AbortError::new)
}
