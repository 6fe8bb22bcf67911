//! Arrivals: the times of calls, and their clients.

use crate::random::Random;
use crate::scenario::{Arrival, Scenario};

/// The calls of all clients, in the order of time.
#[derive(Debug)]
pub(crate) struct Arrivals {
    arrival: Arrival,
    clients: u32,
    /// The mean time between two calls; between two waves, where all clients call at once.
    gap: f64,
    end: u64,
    /// Calls that are made in any case; of clients with a rate, those before the end.
    fixed: Option<u64>,
    made: u64,
    at: f64,
    random: Random,
}

impl Arrivals {
    pub(crate) fn new(scenario: &Scenario, random: Random) -> Self {
        let clients = &scenario.clients;
        let end = scenario.duration.0;
        let apart = match clients.rate {
            Some(rate) => 1e9 / rate,
            None => end as f64,
        };
        Arrivals {
            arrival: clients.arrival,
            clients: clients.count,
            gap: match clients.arrival {
                Arrival::AtOnce => apart,
                Arrival::Even | Arrival::Poisson => apart / f64::from(clients.count),
            },
            end,
            fixed: clients.rate.is_none().then_some(clients.count.into()),
            made: 0,
            at: 0.0,
            random,
        }
    }
}

/// The time of a call, and the number of its client.
impl Iterator for Arrivals {
    type Item = (u64, u32);

    fn next(&mut self) -> Option<(u64, u32)> {
        let clients = u64::from(self.clients);
        let number = self.made;
        self.made += 1;
        // Products, not sums: the last of a million is as exact as the first.
        self.at = match self.arrival {
            Arrival::Even => number as f64 * self.gap,
            Arrival::AtOnce => (number / clients) as f64 * self.gap,
            Arrival::Poisson => self.at + self.random.gap(self.gap),
        };
        let at = self.at as u64;
        let more = self.fixed.map_or(at < self.end, |calls| number < calls);
        more.then_some((at, (number % clients) as u32))
    }
}
