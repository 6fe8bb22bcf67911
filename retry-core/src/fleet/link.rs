//! The connection to Redis, over which scripts run.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;

use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisResult, Value, cmd};

#[cfg(feature = "testing")]
use super::memory::MemoryStore;
use super::redis_error::{failure, is_crossed, is_of_the_key, is_without_script, refusal};
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
    /// Whether the questions of a round go together: a cluster may refuse that, since parts are in slots of their own.
    pipelines: bool,
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
            pipelines: true,
        })
    }

    /// Asks the questions of a round, and says how each was answered. After a failure the next one connects again.
    pub(super) async fn ask_all(
        &mut self,
        questions: &[Question],
        mut answered: impl FnMut(usize, Result<Answer, Failure>),
    ) {
        let together = match self {
            Link::Redis(redis) => redis.ask_together(questions).await,
            #[cfg(feature = "testing")]
            Link::Memory(_) => None,
        };
        if let Some(answers) = together {
            let answers = answers.into_iter().enumerate();
            return answers.for_each(|(at, answer)| answered(at, answer));
        }
        for (at, question) in questions.iter().enumerate() {
            let answer = match self {
                Link::Redis(redis) => redis.ask(question).await,
                #[cfg(feature = "testing")]
                Link::Memory(store) => store.ask(question),
            };
            answered(at, answer);
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
        let mut connection = self.connected().await?;
        let answer = run(&mut *connection, question).await;
        if is_kept_after(&answer) {
            self.connection = Some(connection);
        }
        answered(answer)
    }

    /// Asks all questions in one round trip; returns `None` where they cannot go together.
    async fn ask_together(&mut self, questions: &[Question]) -> Option<Answers> {
        if questions.len() < 2 || !self.pipelines {
            return None;
        }
        let mut connection = match self.connected().await {
            Ok(connection) => connection,
            Err(failure) => return Some(vec![Err(failure); questions.len()]),
        };
        let mut pipeline = Pipeline::new();
        for question in questions {
            pipeline.add_command(command("EVALSHA", question.script.hash(), question));
        }
        let replies = connection.req_packed_commands(&pipeline, 0, questions.len());
        let replies = match replies.await {
            Ok(replies) if replies.len() == questions.len() => replies,
            Err(error) if !is_crossed(&error) => {
                return Some(vec![Err(failure(&error)); questions.len()]);
            }
            _ => {
                self.pipelines = false;
                self.connection = Some(connection);
                return None;
            }
        };
        let (mut answers, mut kept) = (Vec::with_capacity(questions.len()), true);
        for (question, reply) in questions.iter().zip(replies) {
            let mut answer = reply.extract_error();
            if answer.as_ref().is_err_and(is_without_script) {
                answer = run_by_text(&mut *connection, question).await;
            }
            kept &= is_kept_after(&answer);
            answers.push(answered(answer));
        }
        self.connection = kept.then_some(connection);
        Some(answers)
    }

    /// Takes the connection, or connects. It is not kept while it is in use: what is dropped in the middle of an answer
    /// must not be used again.
    async fn connected(&mut self) -> Result<Connection, Failure> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => (self.connect)().await.map_err(|error| refusal(&error)),
        }
    }
}

type Answers = Vec<Result<Answer, Failure>>;

/// Returns whether the connection is of use after an answer: what one key holds is no reason to connect again.
fn is_kept_after(answer: &RedisResult<Value>) -> bool {
    answer.as_ref().map_or_else(is_of_the_key, |_| true)
}

fn answered(answer: RedisResult<Value>) -> Result<Answer, Failure> {
    let value = answer.map_err(|error| failure(&error))?;
    read(&value).ok_or(Failure::Malformed)
}

/// Runs a script by its hash, or by its text where the server does not have it.
async fn run(
    connection: &mut (dyn ConnectionLike + Send),
    question: &Question,
) -> RedisResult<Value> {
    let by_hash = command("EVALSHA", question.script.hash(), question);
    let answer = connection.req_packed_command(&by_hash).await;
    let answer = answer.and_then(Value::extract_error);
    if answer.as_ref().is_err_and(is_without_script) {
        return run_by_text(connection, question).await;
    }
    answer
}

async fn run_by_text(
    connection: &mut (dyn ConnectionLike + Send),
    question: &Question,
) -> RedisResult<Value> {
    let by_text = command("EVAL", question.script.source(), question);
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

impl Script {
    /// Returns the hash by which a server knows it.
    fn hash(self) -> &'static str {
        static HASHES: [OnceLock<String>; 3] = [const { OnceLock::new() }; 3];
        HASHES[self as usize]
            .get_or_init(|| redis::Script::new(self.source()).get_hash().to_owned())
    }
}
