//! The feature `full`, which the README's command for tests names.

use crate::book::read;

/// Features outside of `full`: those that need more than Rust to be built, and those that
/// name others or belong to them.
const APART: [&str; 5] = ["default", "etcd-client", "full", "rdkafka", "reports"];

#[test]
fn full_has_every_feature_that_needs_rust_alone() {
    for manifest in ["Cargo.toml", "retry-core/Cargo.toml"] {
        let manifest = read(manifest);
        let (_, features) = manifest.split_once("[features]\n").unwrap();
        let (features, _) = features.split_once("\n[").unwrap();
        let (_, full) = features.split_once("full = [").unwrap();
        let (full, _) = full.split_once(']').unwrap();
        let names = features.lines().filter_map(|line| {
            let (name, _) = line.split_once(" = [")?;
            Some(name)
        });
        for name in names.filter(|name| !APART.contains(name)) {
            assert!(
                full.contains(&format!("\"{name}\"")),
                "{name} is not in `full`"
            );
        }
        assert!(!full.contains("rdkafka") && !full.contains("etcd-client"));
    }
}
