//! Maps that a registry could be.

use std::sync::{Arc, LazyLock};

use super::{Contender, entries, look_ups};

static DASHMAP: LazyLock<dashmap::DashMap<String, Arc<u64>>> =
    LazyLock::new(|| entries().collect());
static PAPAYA: LazyLock<papaya::HashMap<String, Arc<u64>>> = LazyLock::new(|| entries().collect());

pub(super) const LOOK_UPS: [Contender; 2] = [
    Contender {
        name: "dashmap",
        calls: look_ups!(|key| DASHMAP.get(key).map(|value| Arc::clone(&value))),
    },
    Contender {
        name: "papaya",
        calls: look_ups!(|key| PAPAYA.pin().get(key).map(Arc::clone)),
    },
];
