//! The command line of the simulator.
use persevere_simulator::Scenario;
fn main() {
    let mut v = vec![];
    for f in std::env::args().skip(1) {
        match Scenario::read(std::path::Path::new(&f)) {
            Err(e) => println!("{e}"),
            Ok(s) => {
                let t = std::time::Instant::now();
                match s.run() {
                    Err(e) => println!("{e}"),
                    Ok(r) => {
                        println!(
                            "{} {:?}\n {:?}",
                            s.name,
                            t.elapsed(),
                            persevere_simulator::Report {
                                ticks: vec![],
                                ..r.clone()
                            }
                        );
                        v.push((s, r))
                    }
                }
            }
        }
    }
    let v: Vec<_> = v.iter().map(|(a, b)| (a, b)).collect();
    std::fs::write("/tmp/p.svg", persevere_simulator::plot(&v)).unwrap();
}
