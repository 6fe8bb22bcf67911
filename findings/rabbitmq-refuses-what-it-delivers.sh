#!/usr/bin/env bash
# RabbitMQ 3.10.8 (seen by lapin 4.12.3): a publish that is refused (`basic.nack`) has been delivered nevertheless, where its exchange has
# a second queue: one full queue with `overflow: reject-publish` refuses for all, and the others keep the message. Each
# repetition of the refused publish arrives there once more.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || { echo "skipped: needs rabbitmq-server"; exit 0; }
folder=$(mktemp -d)
trap 'kill -9 "$(cat "$folder/pid")" 2>/dev/null || true; sleep 1; epmd -kill >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
lapin = { version = "=4.12.3", default-features = false, features = ["tokio"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
TOML
cat >src/main.rs <<'RUST'
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Connection, ConnectionProperties, ExchangeKind};

#[tokio::main]
async fn main() {
    let address = format!("amqp://127.0.0.1:{}/%2f", std::env::args().nth(1).unwrap());
    let connection = Connection::connect(&address, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    channel.confirm_select(Default::default()).await.unwrap();
    let nothing = FieldTable::default;
    let mut small = nothing();
    small.insert("x-max-length".into(), AMQPValue::LongInt(1));
    small.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
    channel.exchange_declare("both".into(), ExchangeKind::Fanout, Default::default(), nothing()).await.unwrap();
    for (queue, arguments) in [("small", small), ("large", nothing())] {
        channel.queue_declare(queue.into(), Default::default(), arguments).await.unwrap();
        channel.queue_bind(queue.into(), "both".into(), "".into(), Default::default(), nothing()).await.unwrap();
    }
    for attempt in 1..=4 {
        let publish = channel.basic_publish("both".into(), "".into(), Default::default(), b"paid", BasicProperties::default());
        println!("publish {attempt}: {:?}", publish.await.unwrap().await.unwrap());
    }
    for queue in ["small", "large"] {
        println!("{queue}: {} messages", channel.queue_purge(queue.into(), Default::default()).await.unwrap());
    }
}
RUST
cargo build --quiet
port=$((20000 + RANDOM % 10000))
echo "listeners.tcp.1 = 127.0.0.1:$port" >rabbitmq.conf
export HOME=$folder ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=$((port + 10000)) RABBITMQ_DIST_PORT=$((port + 20000))
export RABBITMQ_CONFIG_FILE=$folder/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=$folder/plugins RABBITMQ_LOG_BASE=$folder
export RABBITMQ_MNESIA_BASE=$folder RABBITMQ_NODENAME=finding@localhost RABBITMQ_PID_FILE=$folder/pid
/usr/lib/rabbitmq/bin/rabbitmq-server >/dev/null 2>&1 &
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.2; done
ls /usr/lib/rabbitmq/lib
timeout 60 target/debug/finding "$port" | tee seen
diff seen - <<'EXPECTED'
publish 1: Ack(None)
publish 2: Nack(None)
publish 3: Nack(None)
publish 4: Nack(None)
small: 1 messages
large: 4 messages
EXPECTED
