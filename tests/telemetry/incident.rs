//! An incident, from the first failure to its end, as the log, the inventory and the metrics tell it.
//!
//! ```sh
//! cargo run -p persevere-telemetry-tests --example incident
//! ```

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use log::{LevelFilter, Log, Metadata, Record};
use metrics_exporter_prometheus::PrometheusBuilder;
use persevere::{CircuitBreaker, RetryBudget, inventory, retry, telemetry};

static STOCK: CircuitBreaker = CircuitBreaker::new("stock").open_for(Duration::from_millis(400));
static CHECKOUT: RetryBudget = RetryBudget::tokens(60).named("checkout");

/// Whether the service behind is well.
static WELL: AtomicBool = AtomicBool::new(true);

#[retry(name = "shop::stock", wait = 1ms, when = transient(), breaker = &STOCK, budget = &CHECKOUT, metrics = true)]
fn stock() -> io::Result<u32> {
    match WELL.load(Ordering::Relaxed) {
        true => Ok(7),
        false => Err(io::ErrorKind::ConnectionRefused.into()),
    }
}

fn calls(number: u32) {
    let well = (0..number).filter(|_| stock().is_ok()).count();
    println!("        {well} of {number} calls succeeded");
}

struct Stdout;

impl Log for Stdout {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "persevere" && metadata.level() <= LevelFilter::Info
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            println!("{:5} {}", record.level(), record.args());
        }
    }

    fn flush(&self) {}
}

fn main() {
    let metrics = PrometheusBuilder::new()
        .install_recorder()
        .expect("the only recorder");
    log::set_logger(&Stdout).expect("the only logger");
    log::set_max_level(LevelFilter::Info);
    telemetry::install().parts();

    println!("-- the service is well");
    calls(100);

    println!("-- the service dies");
    WELL.store(false, Ordering::Relaxed);
    calls(3);
    calls(200);

    println!("-- somebody looks");
    print!("{}", inventory());

    println!("-- the open time is over, and the service still dead");
    sleep(Duration::from_millis(500));
    calls(50);

    println!("-- the service is being repaired: no probe until it is");
    STOCK.force_open();
    WELL.store(true, Ordering::Relaxed);

    println!("-- it is back");
    STOCK.half_open();
    calls(100);
    print!("{}", inventory());

    println!("-- what is left in the metrics");
    telemetry::observe_parts();
    let text = metrics.render();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.contains("seconds"));
    let mut lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    println!("{}", lines.join("\n"));
}
