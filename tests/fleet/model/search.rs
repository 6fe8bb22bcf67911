//! A breadth-first search.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::time::Instant;

use super::Scenario;
use super::world::{Act, World};

/// One state in so many is let alone, to see whether it settles.
const SAMPLE: u64 = 64;

/// Goes through all that can happen, and returns the most that is in use at any time.
pub(super) fn search(name: &str, scenario: Scenario) -> u64 {
    let began = Instant::now();
    let fingerprint =
        |world: &World| BuildHasherDefault::<DefaultHasher>::default().hash_one(world);
    let first = World::new(scenario);
    let mut known: HashMap<u64, Option<(u64, Act)>> = HashMap::new();
    known.insert(fingerprint(&first), None);
    let mut queue = VecDeque::from([first]);
    let mut most = 0;
    while let Some(world) = queue.pop_front() {
        let own = fingerprint(&world);
        let sampled = own % SAMPLE == 0;
        let settles = if sampled { world.settles() } else { Ok(()) };
        if let Err(mistake) = world.check().and(settles) {
            panic!("{name}: {mistake}\n{}", trace(&known, own, scenario));
        }
        most = most.max(world.used());
        for act in world.acts() {
            let mut next = world.clone();
            next.act(act);
            if let Entry::Vacant(vacant) = known.entry(fingerprint(&next)) {
                vacant.insert(Some((own, act)));
                queue.push_back(next);
            }
        }
    }
    let states = known.len();
    println!(
        "{name}: {states} states, at most {most} in use, {:.1?}",
        began.elapsed()
    );
    most
}

/// Tells the way to a state, with what the processes hold.
fn trace(known: &HashMap<u64, Option<(u64, Act)>>, state: u64, scenario: Scenario) -> String {
    let mut acts = Vec::new();
    let mut at = state;
    while let Some((before, act)) = known[&at] {
        acts.push(act);
        at = before;
    }
    let mut world = World::new(scenario);
    let mut told = String::new();
    for act in acts.into_iter().rev() {
        world.act(act);
        told += &format!("{act:?} {world}\n");
    }
    format!("{told}{world:#?}")
}
