//! The job, and its policy in the ways that there are to put one on it.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use apalis::prelude::{AbortError, BoxDynError, Data};
use persevere::{Policy, RetryPolicy, stop, wait, when};
use serde::{Deserialize, Serialize};

use crate::office::Office;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    pub number: u32,
    pub to: String,
}

impl Mail {
    pub fn new(number: u32, to: &str) -> Self {
        Mail {
            number,
            to: to.to_owned(),
        }
    }
}

/// Another attempt does not help.
#[derive(Debug)]
pub struct NoSuchAddress;

impl fmt::Display for NoSuchAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such address")
    }
}

impl Error for NoSuchAddress {}

/// What Celery calls `autoretry_for=(OSError,)`, `max_retries=3`, `retry_backoff=True`,
/// `retry_backoff_max=600` and `retry_jitter=True`, in units of 10 ms where Celery has seconds.
pub fn policy()
-> impl Policy<Result<(), BoxDynError>, Sleep: persevere::AsyncSleep> + Clone + Send + Sync + 'static
{
    RetryPolicy::new()
        .when(when::err_is::<io::Error>().boxed())
        .stop(stop::after_attempt(4))
        .wait(
            wait::exponential(Duration::from_millis(10))
                .max(Duration::from_secs(6))
                .full_jitter(),
        )
}

/// One attempt: the policy is a layer around it.
pub async fn send(mail: Mail, office: Data<Office>) -> Result<(), BoxDynError> {
    office.deliver(&mail).await
}

/// The whole job: the policy is in it, and has the last word.
pub async fn send_or_abort(mail: Mail, office: Data<Office>) -> Result<(), AbortError> {
    let sent = policy().run_async(|| office.deliver(&mail)).await;
    sent.map_err(AbortError::new)
}
