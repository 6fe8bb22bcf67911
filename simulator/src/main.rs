//! The command line of the simulator.

use persevere_simulator::herd::{Strategy, herds, published};

fn main() {
    for s in Strategy::ALL {
        let c = herds(50, s, 500, 7);
        let p = published(s);
        println!("{s:<14} {:8.0}±{:<6.0} {:?}  {:.1}±{:.1} {:?}", c.time.mean(), c.time.deviation(), p.0, c.writes.mean(), c.writes.deviation(), p.1);
    }
}
