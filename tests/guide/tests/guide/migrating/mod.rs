//! The tables of the chapters on migrating: what stands on their right is compiled here.

/// A module for each chapter, and the pairs of chapter and module.
macro_rules! peers {
    ($($name:ident)+) => {
        $(mod $name;)+
        const PEERS: &[(&str, &str, &str)] = &[$((
            stringify!($name),
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../docs/src/migrating/",
                stringify!($name),
                ".md"
            )),
            include_str!(concat!(stringify!($name), ".rs")),
        ),)+];
    };
}

peers! { again backoff backon failsafe failsafe_go grpc polly reqwest_retry resilience4j tenacity tokio_retry tower }

/// The code in the last column of the tables of a page.
pub(crate) fn right_sides(page: &str) -> Vec<String> {
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = rows
        .filter_map(|row| row.rsplit_once(" | "))
        .map(|(_, cell)| cell.replace("\\|", "|"));
    let spans = cells.flat_map(|cell| {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    spans.collect()
}

/// The text without white space, in which code is looked for.
pub(crate) fn dense(text: &str) -> String {
    let dense: String = text.split_whitespace().collect();
    dense.replace(",)", ")")
}

#[test]
fn every_right_hand_side_is_compiled() {
    let mut missing = Vec::new();
    for (name, chapter, compiled) in PEERS {
        let sides = right_sides(chapter);
        assert!(sides.len() > 5, "{name}: no table");
        let compiled = dense(compiled);
        let lacks = |side: &String| !compiled.contains(&dense(side));
        missing.extend(
            sides
                .into_iter()
                .filter(lacks)
                .map(|side| format!("{name}.rs: {side}")),
        );
    }
    assert!(missing.is_empty(), "not compiled:\n{}", missing.join("\n"));
}
