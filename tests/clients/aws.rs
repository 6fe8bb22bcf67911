//! An AWS SDK, `aws-sdk-sts`, against a server that answers as AWS does, or not at all.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{BehaviorVersion, Builder, Region};
use aws_sdk_sts::error::SdkError;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
use aws_sdk_sts::{Client, Config};
use persevere::{Health, Transient, Verdict};
use server::{Reply, Server, answer, refusing};
use support::Row;

use crate::{TRANSIENT, UNSENT, three};

const SOURCE: &str = "aws-runtime 1.5, retries/classifiers.rs";

type Error = SdkError<GetCallerIdentityError>;

fn client(url: &str, retries: RetryConfig) -> Client {
    let keys = Credentials::new("key", "secret", None, None, "test");
    Client::from_conf(base(url, retries).credentials_provider(keys).build())
}

/// All but the credentials.
fn base(url: &str, retries: RetryConfig) -> Builder {
    let timeouts = TimeoutConfig::builder().read_timeout(Duration::from_millis(300));
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(aws_sdk_sts::config::SharedAsyncSleep::new(Sleeper))
        .timeout_config(timeouts.build())
        .retry_config(retries)
}

/// Tokio's timer.
#[derive(Debug)]
struct Sleeper;

impl aws_sdk_sts::config::AsyncSleep for Sleeper {
    fn sleep(&self, duration: Duration) -> aws_sdk_sts::config::Sleep {
        aws_sdk_sts::config::Sleep::new(tokio::time::sleep(duration))
    }
}

async fn call(client: &Client) -> Result<(), Error> {
    client.get_caller_identity().send().await.map(drop)
}

/// An error as STS writes it.
fn refusal(status: u16, code: &str, headers: &[(&str, &str)]) -> Reply {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
    );
    answer(status, headers, &body)
}

async fn error_after(reply: Reply) -> Error {
    let server = Server::start([reply]);
    let client = client(&server.url(""), RetryConfig::disabled());
    call(&client).await.unwrap_err()
}

/// The number of requests of a call of three attempts to a server that always does this.
async fn requests(reply: &Reply, unsent: bool, retries: RetryConfig) -> u32 {
    let server = Server::start(vec![reply.clone(); 30]);
    let client = client(&server.url(""), retries);
    let _ = three(unsent, || call(&client)).await;
    u32::try_from(server.requests().len()).unwrap()
}

#[tokio::test]
async fn answers_are_judged_by_their_code_and_then_by_their_status() {
    for (fault, reply, seen, health) in [
        (
            "400 Throttling",
            refusal(400, "Throttling", &[]),
            "Throttling",
            Health::Well,
        ),
        (
            "503 SlowDown with x-amz-retry-after: 1500",
            refusal(503, "SlowDown", &[("x-amz-retry-after", "1500")]),
            "SlowDown",
            Health::Well,
        ),
        (
            "503 with Retry-After: 3",
            refusal(503, "ServiceUnavailable", &[("Retry-After", "3")]),
            "ServiceUnavailable",
            Health::Failed,
        ),
        (
            "400 RequestTimeout",
            refusal(400, "RequestTimeout", &[]),
            "RequestTimeout",
            Health::Well,
        ),
        (
            "403 AccessDenied",
            refusal(403, "AccessDenied", &[]),
            "AccessDenied",
            Health::Well,
        ),
        (
            "502 of a proxy",
            answer(502, &[], "<html>Bad Gateway</html>"),
            "service error",
            Health::Failed,
        ),
    ] {
        let off = RetryConfig::disabled;
        let once = requests(&reply, UNSENT, off()).await;
        let again = requests(&reply, TRANSIENT, off()).await;
        let error = error_after(reply).await;
        let row = Row::new("aws-sdk-sts", fault).seen(seen).source(SOURCE);
        row.processed(once, again).check(&error);
        assert_eq!(error.health(), health, "{fault}");
    }
}

#[tokio::test]
async fn requests_without_a_response_are_retried_and_never_unsent() {
    let check = |fault, seen, source, error: &Error| {
        let row = Row::new("aws-sdk-sts", fault).seen(seen).source(source);
        row.check(error);
        assert_eq!(error.health(), Health::Failed, "{fault}");
    };
    let nobody = client(refusing().trim_end_matches('/'), RetryConfig::disabled());
    let error = call(&nobody).await.unwrap_err();
    check(
        "the connection is refused",
        "dispatch failure",
        "connect(2), ECONNREFUSED",
        &error,
    );
    let error = error_after(Reply::Cut(String::new())).await;
    check(
        "closed without a response",
        "dispatch failure",
        "RFC 9112, 8 and 9.3.1",
        &error,
    );
    let error = error_after(Reply::Stall).await;
    check(
        "the response does not come in time",
        "timeout",
        "aws-smithy-runtime-api 1.20",
        &error,
    );
}

/// The SDK calls them failures to dispatch as well, without a kind.
#[tokio::test]
async fn requests_that_cannot_be_built_are_final_and_say_nothing_of_the_service() {
    let keys = || Credentials::new("key", "secret", None, None, "test");
    let whole = || base("http://127.0.0.1:1", RetryConfig::disabled());
    let expired = |error: fn() -> CredentialsError| whole().credentials_provider(Refusing(error));
    for (fault, config, retried) in [
        ("no credentials", whole(), false),
        (
            "no region",
            whole().credentials_provider(keys()).region(None),
            false,
        ),
        (
            "no address",
            whole()
                .credentials_provider(keys())
                .endpoint_url("nonsense"),
            false,
        ),
        (
            "no profile",
            expired(|| CredentialsError::not_loaded("nobody")),
            false,
        ),
        (
            "a wrong profile",
            expired(|| CredentialsError::invalid_configuration("what")),
            false,
        ),
        (
            "a role that is denied",
            expired(|| CredentialsError::provider_error("no")),
            false,
        ),
        (
            "a provider out of time",
            expired(|| CredentialsError::provider_timed_out(Duration::from_secs(1))),
            true,
        ),
        (
            "a provider that reaches nobody",
            whole().credentials_provider(Refusing(|| {
                CredentialsError::provider_error(std::io::Error::from(
                    std::io::ErrorKind::ConnectionRefused,
                ))
            })),
            true,
        ),
    ] {
        let error = call(&Client::from_conf(config.build())).await.unwrap_err();
        assert_eq!(
            error.verdict(),
            Verdict::retry_if(retried),
            "{fault}: {error:?}"
        );
        assert_eq!(error.health(), Health::Unknown, "{fault}: {error:?}");
    }
}

/// A provider of credentials that has none.
#[derive(Debug)]
struct Refusing(fn() -> CredentialsError);

impl ProvideCredentials for Refusing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(self.0()))
    }
}

/// Three attempts of the SDK in each of a policy's; alone they are three.
#[tokio::test]
async fn the_attempts_of_the_sdk_multiply() {
    let reply = refusal(503, "ServiceUnavailable", &[]);
    let standard = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    assert_eq!(requests(&reply, TRANSIENT, standard).await, 9);
    assert_eq!(
        requests(&reply, TRANSIENT, RetryConfig::disabled()).await,
        3
    );
}
