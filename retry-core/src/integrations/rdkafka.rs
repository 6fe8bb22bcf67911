//! `rdkafka`'s errors.

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// # `rdkafka::error::KafkaError`
///
/// The code decides. Codes that Kafka's protocol calls retriable are transient, and so are librdkafka's own for
/// brokers that are away and for time that runs out; a transaction says by itself whether it can be repeated, or
/// only from its start. All others are final, among them `Fatal`, after which **only a new producer helps**.
///
/// librdkafka has repeated a message before it reports it, for `message.timeout.ms`, five minutes by default.
/// Give it a part of the call's deadline. It looks once a second, so that less than a second is a second.
///
/// **Only a full queue proves that nothing was sent.** Every other error is that of the last of librdkafka's own
/// attempts, and an earlier one may have been stored; so may a message that timed out in flight.
/// `enable.idempotence` recognizes librdkafka's own repetitions, and not a message that is produced once more.
///
/// The delivery report is the result: `producer.send(..).await.map_err(|(error, _)| error)`. `flush` also
/// succeeds if messages have failed.
///
/// The brokers have [failed](Transient::health) with a transient code, unless it shows a conflict. A queue that is
/// full shows nothing, and neither do final codes of librdkafka's own. A broker that refuses is well.
#[diagnostic::do_not_recommend]
impl Transient for KafkaError {
    fn verdict(&self) -> Verdict {
        match self {
            KafkaError::Transaction(error) if error.is_fatal() => Verdict::Final,
            KafkaError::Transaction(error) => {
                Verdict::retry_if(error.is_retriable() || error.txn_requires_abort())
            }
            _ => Verdict::retry_if(self.rdkafka_error_code().is_some_and(passes)),
        }
    }

    fn unsent(&self) -> bool {
        self.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull)
    }

    fn health(&self) -> Health {
        match self.rdkafka_error_code() {
            None | Some(RDKafkaErrorCode::QueueFull) => Health::Unknown,
            Some(code) if is_conflict(code) => Health::Well,
            Some(code) if passes(code) => Health::Failed,
            Some(code) if (code as i32) < 0 => Health::Unknown,
            Some(_) => Health::Well,
        }
    }
}

/// Returns whether another attempt can help: retriable by Kafka's protocol guide, or a broker that is away.
fn passes(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode::*;
    let own = matches!(
        code,
        AllBrokersDown
            | BrokerTransportFailure
            | ISRInsufficient
            | MessageTimedOut
            | OperationTimedOut
            | QueueFull
            | Resolve
            | Retry
            | TimedOutQueue
            | WaitCache
            | WaitingForCoordinator
    );
    let of_broker = matches!(
        code,
        BrokerNotAvailable
            | CoordinatorLoadInProgress
            | CoordinatorNotAvailable
            | EligibleLeadersNotAvailable
            | FencedLeaderEpoch
            | FetchSessionIdNotFound
            | InvalidFetchSessionEpoch
            | InvalidMessage
            | KafkaStorageError
            | LeaderNotAvailable
            | ListenerNotFound
            | NetworkException
            | NotController
            | NotCoordinator
            | NotEnoughReplicas
            | NotEnoughReplicasAfterAppend
            | NotLeaderForPartition
            | OffsetNotAvailable
            | PreferredLeaderNotAvailable
            | ReplicaNotAvailable
            | RequestTimedOut
            | ThrottlingQuotaExceeded
            | UnknownLeaderEpoch
            | UnknownTopicId
            | UnknownTopicOrPartition
            | UnstableOffsetCommit
    );
    own || of_broker || is_conflict(code)
}

/// Returns whether calls of the same group or transaction are in each other's way.
fn is_conflict(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode::*;
    matches!(
        code,
        ConcurrentTransactions | InProgress | PreviousInProgress | RebalanceInProgress
    )
}
