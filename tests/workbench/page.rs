//! The page of the simulator, in a browser.
#![allow(missing_docs, reason = "a program of tests")]

mod browser;

use std::sync::LazyLock;
use std::thread;

use browser::{Browser, DOWN, ENTER, TAB};
use persevere_simulator::serve::Workbench;
use persevere_simulator::{Scenario, summary};
use serde_json::{Value, json};

/// Ten seconds, of which the service is down for two.
const SMALL: &str = "a.name=eager&a.policy=wait+%3D+fixed%28100ms%29&b.name=patient&b.policy=wait+%3D+fixed%28500ms%29\
    &clients.count=50&clients.rate=1&clients.arrival=even&duration=10s&server.capacity=100&server.overload=refuse\
    &outage.kind=down&outage.start=3s&outage.duration=2s";

const DONE: &str = "document.getElementById('results').getAttribute('aria-busy') === 'false'";

/// A server for all tests of this process, by its URL.
static URL: LazyLock<String> = LazyLock::new(|| {
    let workbench = Workbench::bind(0).unwrap();
    let url = workbench.url();
    thread::spawn(move || workbench.run());
    url
});

/// Opens the page with a small scenario, if there is a browser.
fn opened() -> Option<Browser> {
    let browser = Browser::start()?;
    browser.open(&format!("{}#{SMALL}", *URL));
    browser.wait(DONE);
    Some(browser)
}

/// Presses Tab until a field has the focus, which is seen at each stop.
fn focus(browser: &Browser, name: &str) {
    for _ in 0..60 {
        browser.press([TAB]);
        let outline = browser.eval("getComputedStyle(document.activeElement).outlineStyle");
        assert_ne!(outline, "none");
        if browser.eval("document.activeElement.name || document.activeElement.id") == name {
            return;
        }
    }
    panic!("no Tab leads to {name}");
}

/// Writes into the field that has the focus, in place of what it has.
fn write(browser: &Browser, text: &str) {
    browser.press_with_control('a');
    let keys = text
        .chars()
        .map(|letter| if letter == '\n' { ENTER } else { letter });
    browser.press(keys);
}

fn value(browser: &Browser, name: &str) -> Value {
    browser.eval(&format!("document.forms[0].elements['{name}'].value"))
}

fn figures(browser: &Browser) -> Vec<Vec<String>> {
    let rows = "[...document.querySelectorAll('#figures tr')]\
        .map((row) => [...row.cells].map((cell) => cell.textContent))";
    serde_json::from_value(browser.eval(rows)).unwrap()
}

/// Returns what the command line prints of the files on the page: its sentences, and the cells of its table.
fn printed(browser: &Browser) -> (Vec<String>, Vec<Vec<String>>) {
    let scenarios = ["a", "b"].map(|side| {
        let text = browser.eval(&format!(
            "document.getElementById('file-{side}-toml').textContent"
        ));
        Scenario::parse(&format!("{side}.toml"), text.as_str().unwrap()).unwrap()
    });
    let reports = scenarios.each_ref().map(|scenario| scenario.run().unwrap());
    let runs: Vec<_> = scenarios.iter().zip(&reports).collect();
    let text = summary(&runs);
    let (sentences, table) = text.split_once("\n\n").unwrap();
    let cells = |line: &str| {
        let cells = line.split("   ").map(str::trim);
        cells
            .filter(|cell| !cell.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let mut table: Vec<Vec<String>> = table.lines().map(cells).collect();
    table[0].insert(0, String::new());
    (sentences.lines().map(str::to_owned).collect(), table)
}

#[test]
fn two_policies_are_compared_by_the_figures_of_the_command_line() {
    let Some(browser) = opened() else { return };
    let (sentences, table) = printed(&browser);
    assert_eq!(table[0], ["", "eager", "patient"]);
    assert_eq!(figures(&browser), table);
    let said =
        browser.eval("[...document.querySelectorAll('#status p')].map((line) => line.textContent)");
    assert_eq!(said, json!(sentences));
    for chart in ["load", "success", "times", "pauses"] {
        for side in ["a", "b"] {
            let drawn = format!(
                "document.querySelector('#{chart}-{side} svg').getBoundingClientRect().width > 100"
            );
            assert_eq!(browser.eval(&drawn), true, "{chart} of {side}");
        }
    }
}

#[test]
fn a_wrong_word_is_named_beside_its_policy_and_mended_by_keyboard_alone() {
    let Some(browser) = opened() else { return };
    let before = figures(&browser);
    focus(&browser, "a.policy");
    write(&browser, "stop = after_atempt(4)");
    let mistake = "document.getElementById('mistake-a.policy')";
    browser.wait(&format!("{mistake} !== null"));
    let message = "stop: `after_atempt(4)`: unknown stop condition `after_atempt`; did you mean `after_attempt`?";
    assert_eq!(browser.eval(&format!("{mistake}.textContent")), message);
    let field = "document.activeElement";
    assert_eq!(
        browser.eval(&format!("{field}.getAttribute('aria-invalid')")),
        "true"
    );
    assert_eq!(
        browser.eval(&format!("{field}.getAttribute('aria-describedby')")),
        "mistake-a.policy"
    );
    let said = browser.eval("document.querySelector('[aria-live=polite]').textContent");
    assert_eq!(said, format!("Policy A: {message}"));

    write(&browser, "stop = after_attempt(4)\nwait = fixed(1s)");
    browser.press_with_control(ENTER);
    browser.wait(&format!("{mistake} === null && {DONE}"));
    let after = figures(&browser);
    assert_ne!(before, after);
    assert_eq!(after, printed(&browser).1);

    focus(&browser, "clients.count");
    write(&browser, "none");
    browser.press([ENTER]);
    browser.wait("document.getElementById('mistake-clients.count') !== null");
    write(&browser, "40");
    browser.press([ENTER]);
    browser.wait(&format!(
        "document.getElementById('mistake-clients.count') === null && {DONE}"
    ));
    assert_eq!(figures(&browser), printed(&browser).1);
    assert_ne!(figures(&browser), after);

    let runs = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/run?')).length";
    let before = browser.eval(runs);
    browser.press([ENTER]);
    browser.wait(&format!("{runs} > {before}"));
}

#[test]
fn the_link_holds_the_state_of_the_page() {
    let Some(browser) = opened() else { return };
    focus(&browser, "b.policy");
    write(
        &browser,
        "wait = exponential(10ms).max(1s)\nbudget = \"ratio(0.2, 10s)\"",
    );
    browser.press_with_control(ENTER);
    browser.wait("location.hash.includes('ratio')");
    browser.wait(DONE);
    let (link, shown) = (browser.eval("location.href"), figures(&browser));
    let policy = value(&browser, "b.policy");
    let is_same = || {
        browser.wait(DONE);
        assert_eq!(value(&browser, "b.policy"), policy);
        assert_eq!(value(&browser, "outage.kind"), "down");
        assert_eq!(figures(&browser), shown);
        assert_eq!(browser.eval("location.href"), link);
    };
    browser.reload();
    is_same();
    browser.open("about:blank");
    browser.open(link.as_str().unwrap());
    is_same();

    browser.open(&link.as_str().unwrap().replace("kind=down", "kind=dwon"));
    browser.wait("document.getElementById('mistake-outage.kind') !== null");
    browser.open(&format!("{}&outrage=1", link.as_str().unwrap()));
    browser.wait("document.getElementById('general').textContent.includes('`outrage`')");
}

#[test]
fn no_request_leaves_the_origin_whatever_is_chosen() {
    let Some(browser) = opened() else { return };
    focus(&browser, "preset");
    browser.press([DOWN]);
    browser.wait("document.forms[0].elements['a.name'].value === 'fixed pause'");
    browser.wait(DONE);
    let requests = browser.requests();
    assert!(
        requests.iter().any(|url| url.contains("/run?")),
        "{requests:?}"
    );
    for url in requests {
        assert!(url.starts_with(&*URL) || url.starts_with("data:"), "{url}");
    }
}

#[test]
fn a_narrow_page_does_not_scroll_sideways_and_a_dark_one_is_dark() {
    let Some(browser) = opened() else { return };
    for width in [320, 700, 1000, 1600] {
        browser.emulate(width, "light");
        browser.reload();
        browser.wait(DONE);
        assert_eq!(
            browser.eval("document.documentElement.scrollWidth <= innerWidth"),
            true,
            "{width}"
        );
        let fits = "[...document.querySelectorAll('.plot svg')].every((svg) => \
            svg.getBoundingClientRect().width <= svg.parentElement.clientWidth)";
        assert_eq!(browser.eval(fits), true, "{width}");
    }
    let paper = "getComputedStyle(document.body).backgroundColor";
    let ink = "getComputedStyle(document.querySelector('svg .ink')).fill";
    assert_eq!(
        [browser.eval(paper), browser.eval(ink)],
        ["rgb(255, 255, 255)", "rgb(31, 35, 40)"]
    );
    browser.emulate(1000, "dark");
    assert_eq!(
        [browser.eval(paper), browser.eval(ink)],
        ["rgb(13, 17, 23)", "rgb(240, 246, 252)"]
    );
}
