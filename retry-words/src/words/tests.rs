//! Rules that each table keeps.

use alloc::collections::BTreeSet;

use super::*;
use crate::word::Arg;

static ALL: [&Vocabulary; 19] = [
    &STOP,
    &WAIT,
    &WAIT_MODIFIER,
    &WHEN,
    &PREDICATE_MODIFIER,
    &CALLBACK,
    &HEDGE,
    &HEDGE_SETTING,
    &FILE_HEDGE,
    &NESTED,
    &BUDGET,
    &BUDGET_SETTING,
    &BULKHEAD,
    &BULKHEAD_SETTING,
    &RATE_LIMITER,
    &RATE_LIMITER_SETTING,
    &BREAKER,
    &BREAKER_VIEW,
    &WINDOW,
];

#[test]
fn no_name_stands_twice_in_a_vocabulary() {
    for vocabulary in ALL {
        let mut seen = BTreeSet::new();
        let words = vocabulary
            .words
            .iter()
            .flat_map(|word| word.peers.iter().copied().chain([word.name]));
        let phrases = vocabulary
            .phrases
            .iter()
            .flat_map(|phrase| phrase.names.iter().copied());
        for name in words.chain(phrases) {
            assert!(
                seen.insert(name),
                "`{name}` stands twice among {}",
                vocabulary.plural
            );
        }
    }
}

#[test]
fn each_example_uses_its_word() {
    for vocabulary in ALL {
        for word in vocabulary.words {
            let called = word.example.split('.').any(|part| {
                let rest = part.strip_prefix(word.name);
                rest.is_some_and(|rest| rest.starts_with('(') || rest.starts_with("::<"))
            });
            assert!(called, "`{}` shows no `{}`", word.example, word.name);
            assert!(is_balanced(word.example), "`{}`", word.example);
        }
        let known = vocabulary
            .words
            .iter()
            .any(|word| vocabulary.example.contains(word.name));
        assert!(known, "`{}`", vocabulary.example);
    }
}

/// An example has as many arguments as its word takes. Types stand in the turbofish.
#[test]
fn each_example_has_the_arguments_of_its_word() {
    for word in ALL.iter().flat_map(|vocabulary| vocabulary.words) {
        let start = word.example.find(word.name).expect("the word") + word.name.len();
        let mut given = 0;
        let (mut depth, mut empty) = (0_usize, true);
        for next in word.example[start..].chars() {
            match next {
                '(' | '[' | '<' => depth += 1,
                ')' | ']' | '>' => {
                    depth -= 1;
                    if depth == 0 {
                        given += usize::from(!empty);
                        empty = true;
                        if next == ')' {
                            break;
                        }
                    }
                    continue;
                }
                ',' if depth == 1 => given += 1,
                '|' => {
                    // The parameters of a closure do not count as arguments of the word.
                    given += 1;
                    break;
                }
                _ => {}
            }
            empty &= depth == 0 || (depth == 1 && "(<".contains(next));
        }
        assert_eq!(given, word.args.len(), "`{}`", word.example);
    }
}

/// A word of a file needs literals alone.
#[test]
fn a_word_of_a_file_takes_data_alone() {
    use Arg::{Attempts, Count, Duration, Durations, Factor, Parts, Range, Ratio, Window};

    for word in ALL
        .iter()
        .flat_map(|vocabulary| vocabulary.words)
        .filter(|word| word.in_config)
    {
        for arg in word.args {
            let data = [
                Attempts, Count, Duration, Durations, Factor, Parts, Range, Ratio, Window,
            ]
            .contains(arg);
            assert!(data, "`{}` takes {}", word.name, arg.noun());
        }
    }
}

/// A phrase of a vocabulary uses its words, unless it leads to another place.
#[test]
fn each_phrase_leads_to_words() {
    for vocabulary in ALL {
        for phrase in vocabulary.phrases {
            let known = vocabulary
                .words
                .iter()
                .any(|word| phrase.write.contains(word.name));
            let elsewhere = ["stop = after_attempt(3)", "|state| .."].contains(&phrase.write);
            assert!(known || elsewhere, "`{}`", phrase.write);
            assert!(is_balanced(phrase.write), "`{}`", phrase.write);
        }
    }
}

#[test]
fn arguments_are_named_for_a_sentence() {
    let takes = |vocabulary: &Vocabulary, name| vocabulary.word(name).unwrap().takes();
    assert_eq!(takes(&STOP, "never"), "nothing");
    assert_eq!(takes(&STOP, "after_attempt"), "a number of attempts");
    assert_eq!(takes(&WAIT, "incrementing"), "two durations");
    assert_eq!(
        takes(&BUDGET, "ratio"),
        "a number from 0 to 1 and a duration"
    );
    assert_eq!(takes(&BUDGET_SETTING, "costs"), "two whole numbers");
    assert_eq!(
        takes(&BREAKER, "slow_calls"),
        "a duration, a number from 0 to 1 and a window"
    );
}

#[test]
fn peers_names_lead_here_with_their_number() {
    let write =
        |vocabulary: &Vocabulary, name, number| vocabulary.peer(name).unwrap().write(number);
    assert_eq!(
        write(&STOP, "stop_after_attempt", Some("5")),
        "after_attempt(5)"
    );
    assert_eq!(
        write(&STOP, "stop_after_delay", Some("5")),
        "after_delay(5s)"
    );
    assert_eq!(write(&STOP, "max_elapsed_time", None), "before_delay(30s)");
    assert_eq!(write(&WAIT, "linear", Some("5")), "incrementing(1s, 500ms)");
    assert_eq!(
        write(&WAIT, "wait_full_jitter", Some("5")),
        "exponential(1s).max(1min).full_jitter()"
    );
    assert!(STOP.peer("after_attempt").is_none());
}

fn is_balanced(text: &str) -> bool {
    let count = |sign| text.matches(sign).count();
    count('(') == count(')') && count('[') == count(']') && count('"') % 2 == 0
}

/// A word of a strategy has a phrase, with a hole for each argument that a reader has to know.
#[test]
fn each_word_of_a_strategy_describes_itself() {
    for word in STRATEGIES.iter().flat_map(|vocabulary| vocabulary.words) {
        assert!(!word.phrase.is_empty(), "`{}`", word.name);
        for hole in 0..word.args.len() {
            let hole = alloc::format!("{{{hole}}}");
            assert!(word.phrase.contains(&hole), "`{}`: {hole}", word.name);
        }
    }
    // They change nothing about the pauses.
    let silent = ["hint_max", "or", "over", "boxed"];
    for word in WAIT_MODIFIER.words {
        assert_eq!(
            word.phrase.is_empty(),
            silent.contains(&word.name),
            "`{}`",
            word.name
        );
    }
}
