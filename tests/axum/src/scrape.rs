//! The text of `/metrics`.

use std::collections::BTreeMap;

/// The samples of one scrape, by their names and labels.
#[derive(Debug)]
pub struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    /// Reads a text in Prometheus's format.
    pub fn read(text: &str) -> Self {
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let samples = samples.filter_map(|line| {
            let (key, value) = line.rsplit_once(' ')?;
            Some((key.to_owned(), value.parse().ok()?))
        });
        Scrape(samples.collect())
    }

    /// Returns the sum of the samples whose name and labels begin like this.
    pub fn sum(&self, begin: &str) -> u64 {
        let samples = self.0.iter().filter(|(key, _)| key.starts_with(begin));
        samples.map(|(_, value)| *value).sum::<f64>() as u64
    }

    /// Returns the sample that is written like this; zero if there is none.
    pub fn get(&self, sample: &str) -> u64 {
        self.0.get(sample).copied().unwrap_or_default() as u64
    }
}
