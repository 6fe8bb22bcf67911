use persevere::{Fleet, RetryConfigs};

fn main() {
    let configs = RetryConfigs::new(&["payments"]);
    let _ = Fleet::connect("redis://127.0.0.1/").namespace("shop").configs(&configs);
}
