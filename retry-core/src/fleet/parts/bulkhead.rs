//! A bulkhead of a fleet: its places are divided.

use std::ops::Deref;

use crate::bulkhead::Bulkhead;
use crate::fleet::error::FleetError;
use crate::fleet::share::Divisible;

/// A bulkhead with what was seen of it at the last exchange.
#[derive(Debug)]
pub(in crate::fleet) struct SharedBulkhead<B> {
    bulkhead: B,
    name: String,
    places: u32,
    /// The attempts that were refused.
    refused: u64,
    /// The demand, which rises at once and falls by half each time.
    demand: u64,
}

impl<B: Deref<Target = Bulkhead> + Send> SharedBulkhead<B> {
    pub(in crate::fleet) fn new(bulkhead: B, name: String) -> Result<Self, FleetError> {
        let Some(places) = bulkhead.fixed_places() else {
            return Err(FleetError::Indivisible {
                kind: Self::KIND,
                name,
                advice: "each process learns the places of an adaptive one; share one of \
                         `Bulkhead::new(name, places)`, or let each process learn its own",
            });
        };
        Ok(SharedBulkhead {
            bulkhead,
            name,
            places,
            refused: 0,
            demand: 0,
        })
    }
}

impl<B: Deref<Target = Bulkhead> + Send> Divisible for SharedBulkhead<B> {
    const KIND: &'static str = "bulkhead";

    /// Calls would wait for ever for the place of a process that has none.
    const FEWEST: u64 = 1;

    fn name(&self) -> &str {
        &self.name
    }

    fn total(&self) -> u64 {
        self.places.into()
    }

    fn least(&self) -> u64 {
        1
    }

    /// Places above the share that are in use are held until they are given back.
    fn set(&mut self, share: u64, _: u64) -> u64 {
        // It is no more than the whole.
        let places = u32::try_from(share).unwrap_or(self.places);
        self.bulkhead.set_share(places).into()
    }

    fn demand(&mut self, _: u64) -> u64 {
        let refused = self.bulkhead.refused();
        let here = self.bulkhead.in_use() + self.bulkhead.in_line();
        let newest = u64::from(here) + refused.saturating_sub(self.refused);
        self.refused = refused;
        self.demand = newest.max(self.demand / 2);
        self.demand
    }
}
