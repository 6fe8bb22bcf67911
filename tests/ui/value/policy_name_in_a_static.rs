use persevere::RetryConfigs;
use persevere::config::Named;

static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]);
static PAYMENTS: Named = CONFIG.named("paymnets");

fn main() {
    let _ = PAYMENTS.get();
}
