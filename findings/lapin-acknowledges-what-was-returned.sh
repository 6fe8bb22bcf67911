#!/usr/bin/env bash
# lapin 4.12.3 (seen with RabbitMQ 3.10.8): `Confirmation::is_ack` is true of a message that no queue has taken. With `mandatory` the
# broker returns it and acknowledges it afterwards, so that the returned message stands inside of the `Ack`; without it an `Ack` is all.
# A message for a queue that does not exist is thus confirmed, while one for a queue that is full is not.
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
use lapin::options::BasicPublishOptions;
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Confirmation, Connection, ConnectionProperties};

#[tokio::main]
async fn main() {
    let address = format!("amqp://127.0.0.1:{}/%2f", std::env::args().nth(1).unwrap());
    let connection = Connection::connect(&address, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    channel.confirm_select(Default::default()).await.unwrap();
    let mut full = FieldTable::default();
    full.insert("x-max-length".into(), AMQPValue::LongInt(0));
    full.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
    channel.queue_declare("full".into(), Default::default(), full).await.unwrap();
    for queue in ["nowhere", "full"] {
        for mandatory in [false, true] {
            let options = BasicPublishOptions { mandatory, ..Default::default() };
            let publish = channel.basic_publish("".into(), queue.into(), options, b"paid", BasicProperties::default());
            let confirmation = publish.await.unwrap().await.unwrap();
            let is_ack = confirmation.is_ack();
            let returned = match confirmation {
                Confirmation::Ack(Some(message)) | Confirmation::Nack(Some(message)) => message.reply_text.to_string(),
                _ => "nothing".into(),
            };
            println!("to {queue}, mandatory {mandatory}: is_ack() {is_ack}, returned {returned}");
        }
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
to nowhere, mandatory false: is_ack() true, returned nothing
to nowhere, mandatory true: is_ack() true, returned NO_ROUTE
to full, mandatory false: is_ack() false, returned nothing
to full, mandatory true: is_ack() false, returned nothing
EXPECTED
