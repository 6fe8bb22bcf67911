//! The connection to Redis, over which scripts run.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;

use redis::aio::ConnectionLike;
use redis::{Cmd, ErrorKind, RedisError, RedisResult, ServerErrorKind, Value, cmd};

#[cfg(feature = "testing")]
use super::memory::MemoryStore;
use super::status::Failure;
use super::store::{Answer, Question, Script};

/// A connection of any kind: to one server, through Sentinel, to a cluster.
pub(super) type Connection = Box<dyn ConnectionLike + Send>;

type Connecting = Pin<Box<dyn Future<Output = RedisResult<Connection>> + Send>>;

/// The way to the store.
pub(super) enum Link {
    Redis(Redis),
    #[cfg(feature = "testing")]
    Memory(MemoryStore),
}

/// The way to connect, and the connection while it stands.
pub(super) struct Redis {
    connect: Box<dyn FnMut() -> Connecting + Send>,
    connection: Option<Connection>,
}

impl Link {
    pub(super) fn new<C, F>(mut connect: impl FnMut() -> F + Send + 'static) -> Self
    where
        C: ConnectionLike + Send + 'static,
        F: Future<Output = RedisResult<C>> + Send + 'static,
    {
        let connect = Box::new(move || -> Connecting {
            let connecting = connect();
            Box::pin(async move {
                let connection: Connection = Box::new(connecting.await?);
                Ok(connection)
            })
        });
        Link::Redis(Redis {
            connect,
            connection: None,
        })
    }

    /// Asks a question. After a failure the next one connects again.
    pub(super) async fn ask(&mut self, question: &Question) -> Result<Answer, Failure> {
        match self {
            Link::Redis(redis) => redis.ask(question).await,
            #[cfg(feature = "testing")]
            Link::Memory(store) => store.ask(question),
        }
    }

    /// Gives up the connection.
    pub(super) fn disconnect(&mut self) {
        match self {
            Link::Redis(redis) => redis.connection = None,
            #[cfg(feature = "testing")]
            Link::Memory(_) => {}
        }
    }
}

impl Redis {
    async fn ask(&mut self, question: &Question) -> Result<Answer, Failure> {
        // Not kept while it is in use: what is dropped in the middle of an answer must not be used again.
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => (self.connect)().await.map_err(|error| failure(&error))?,
        };
        let answer = run(&mut *connection, question).await;
        let value = answer.map_err(|error| failure(&error))?;
        self.connection = Some(connection);
        read(&value).ok_or(Failure::Malformed)
    }
}

/// Runs a script by its hash, or by its text where the server does not have it.
async fn run(
    connection: &mut (dyn ConnectionLike + Send),
    question: &Question,
) -> RedisResult<Value> {
    let script = question.script;
    let by_hash = command("EVALSHA", script.hash(), question);
    let error = match connection
        .req_packed_command(&by_hash)
        .await
        .and_then(Value::extract_error)
    {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if error.kind() != ErrorKind::Server(ServerErrorKind::NoScript) {
        return Err(error);
    }
    let by_text = command("EVAL", script.source(), question);
    connection
        .req_packed_command(&by_text)
        .await
        .and_then(Value::extract_error)
}

fn command(name: &str, script: &str, question: &Question) -> Cmd {
    let mut command = cmd(name);
    command.arg(script).arg(1).arg(&question.key);
    command.arg(format!("{:016x}", question.member));
    command.arg(&question.numbers);
    if let Some(text) = &question.text {
        command.arg(text);
    }
    command
}

/// Reads an answer of a script: numbers, and a text perhaps.
fn read(value: &Value) -> Option<Answer> {
    let Value::Array(values) = value else {
        return None;
    };
    let mut answer = Answer::default();
    for value in values {
        match value {
            Value::Int(number) => answer.numbers.push((*number).try_into().ok()?),
            Value::BulkString(text) => answer.text = Some(String::from_utf8(text.clone()).ok()?),
            _ => return None,
        }
    }
    Some(answer)
}

/// Returns the kind of an error, and nothing of its text: that may name hosts and users.
fn failure(error: &RedisError) -> Failure {
    match error.kind() {
        ErrorKind::AuthenticationFailed => Failure::Denied,
        ErrorKind::Server(ServerErrorKind::ReadOnly) => Failure::ReadOnly,
        ErrorKind::Server(ServerErrorKind::NoPerm) => Failure::Denied,
        _ if matches!(error.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM")) => Failure::Denied,
        _ if matches!(error.code(), Some("OOM" | "MISCONF" | "NOREPLICAS")) => Failure::ReadOnly,
        _ if error.is_timeout() => Failure::Slow,
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => Failure::Malformed,
        ErrorKind::Server(_) => Failure::Malformed,
        _ => Failure::Unreachable,
    }
}

impl Script {
    /// Returns the hash by which a server knows it.
    fn hash(self) -> &'static str {
        static HASHES: [OnceLock<String>; 3] = [const { OnceLock::new() }; 3];
        HASHES[self as usize]
            .get_or_init(|| redis::Script::new(self.source()).get_hash().to_owned())
    }
}
