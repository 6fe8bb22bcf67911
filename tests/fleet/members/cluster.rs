//! A cluster of Redis.

use std::thread;
use std::time::Duration;

use redis::{Client, Connection, FromRedisValue, cmd};
use support::Redis;

/// Three nodes that serve all slots.
pub(crate) struct Cluster(Vec<Redis>);

impl Cluster {
    /// Starts it. Prints a line and returns `None` where Redis is not installed.
    pub(crate) fn start() -> Option<Self> {
        let node = || Redis::start_with(&["--cluster-enabled", "yes"]);
        let nodes = vec![node()?, node()?, node()?];
        let slots = [(0, 5460), (5461, 10922), (10923, 16383)];
        for (node, (first, last)) in nodes.iter().zip(slots) {
            let () = ask(
                node,
                &["ADDSLOTSRANGE".into(), first.to_string(), last.to_string()],
            );
        }
        for node in &nodes[1..] {
            let port = node.port().to_string();
            let () = ask(&nodes[0], &["MEET".into(), "127.0.0.1".into(), port]);
        }
        for node in &nodes {
            let ready = || {
                let info: String = ask(node, &["INFO".into()]);
                info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3")
            };
            while !ready() {
                thread::sleep(Duration::from_millis(20));
            }
        }
        Some(Cluster(nodes))
    }

    pub(crate) fn urls(&self) -> Vec<String> {
        self.0.iter().map(Redis::url).collect()
    }
}

fn ask<T: FromRedisValue>(node: &Redis, arguments: &[String]) -> T {
    let client = Client::open(node.url()).unwrap();
    let mut connection: Connection = client.get_connection().unwrap();
    cmd("CLUSTER")
        .arg(arguments)
        .query(&mut connection)
        .unwrap()
}
