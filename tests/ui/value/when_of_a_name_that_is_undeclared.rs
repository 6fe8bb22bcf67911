// `with_when` takes declared names.
use persevere::RetryConfigs;

static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]).with_when(&["paymnets"]);

fn main() {
    let _ = &CONFIG;
}
