//! A Chromium without a window, driven by the WebDriver protocol as a user would: by keys and by what is on the page.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Scratch, free_port, is_installed, skipped};
use ureq::Agent;

/// The time after which a page is given up.
const PATIENCE: Duration = Duration::from_secs(120);

const FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// Keys that are no letters.
pub(crate) const TAB: char = '\u{e004}';
pub(crate) const ENTER: char = '\u{e007}';
pub(crate) const DOWN: char = '\u{e015}';
const CONTROL: char = '\u{e009}';

pub(crate) struct Browser {
    driver: Child,
    agent: Agent,
    session: String,
    _profile: Scratch,
}

impl Browser {
    /// Starts a browser. Prints a line and returns `None` where it or its driver is not installed.
    pub(crate) fn start() -> Option<Self> {
        if !is_installed("chromium") || !is_installed("chromedriver") {
            skipped("chromium and chromedriver");
            return None;
        }
        let (port, profile) = (free_port(), Scratch::new("chromium"));
        let mut driver = Command::new("chromedriver");
        let driver = driver.arg(format!("--port={port}"));
        let driver = driver.stdout(Stdio::null()).stderr(Stdio::null());
        let driver = driver.spawn().expect("chromedriver");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "chromedriver does not listen");
            thread::sleep(Duration::from_millis(5));
        }
        let mut browser = Browser {
            driver,
            agent: Agent::config_builder()
                .http_status_as_error(false)
                .build()
                .into(),
            session: format!("http://{address}/session"),
            _profile: profile,
        };
        let directory = browser._profile.path().display();
        let mut flags = FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("--user-data-dir={directory}"));
        let wanted = json!({"alwaysMatch": {
            "goog:chromeOptions": {"args": flags, "perfLoggingPrefs": {"enableNetwork": true}},
            "goog:loggingPrefs": {"performance": "ALL"},
        }});
        let made = browser.post("", &json!({"capabilities": wanted}));
        let id = made["sessionId"].as_str().expect("a session");
        browser.session = format!("{}/{id}", browser.session);
        // What the browser loads for itself when it starts.
        browser.open("about:blank");
        browser.requests();
        Some(browser)
    }

    fn post(&self, command: &str, body: &Value) -> Value {
        let url = format!("{}{command}", self.session);
        let request = self.agent.post(url).content_type("application/json");
        let mut response = request.send(body.to_string()).expect("an answer");
        let text = response.body_mut().read_to_string().expect("a text");
        let mut answer: Value = serde_json::from_str(&text).expect("an answer in JSON");
        let value = answer["value"].take();
        assert!(value.get("error").is_none(), "{command}: {value}");
        value
    }

    pub(crate) fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    pub(crate) fn reload(&self) {
        self.post("/refresh", &json!({}));
    }

    /// Returns the value of an expression on the page.
    pub(crate) fn eval(&self, expression: &str) -> Value {
        let script = format!("return {expression}");
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// Waits until an expression is true.
    pub(crate) fn wait(&self, expression: &str) {
        let begun = Instant::now();
        while self.eval(expression) != true {
            let page = || self.eval("document.body.innerText");
            assert!(
                begun.elapsed() < PATIENCE,
                "never: {expression}\n{}",
                page()
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses keys, one after the other.
    pub(crate) fn press(&self, keys: impl IntoIterator<Item = char>) {
        let strokes = keys.into_iter().flat_map(stroke);
        self.actions(strokes.collect());
    }

    /// Presses a key while Control is held.
    pub(crate) fn press_with_control(&self, key: char) {
        let mut strokes = stroke(key).to_vec();
        strokes.insert(0, json!({"type": "keyDown", "value": CONTROL}));
        strokes.push(json!({"type": "keyUp", "value": CONTROL}));
        self.actions(strokes);
    }

    fn actions(&self, strokes: Vec<Value>) {
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": strokes});
        self.post("/actions", &json!({"actions": [keyboard]}));
    }

    /// Gives the page a width, and a scheme of colours: `light`, `dark`.
    pub(crate) fn emulate(&self, width: u32, scheme: &str) {
        let size = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.devtools(
            "Emulation.setEmulatedMedia",
            &json!({"features": [feature]}),
        );
    }

    fn devtools(&self, command: &str, params: &Value) {
        self.post(
            "/goog/cdp/execute",
            &json!({"cmd": command, "params": params}),
        );
    }

    /// Returns the addresses that pages have asked since the last question.
    pub(crate) fn requests(&self) -> Vec<String> {
        let entries = self.post("/se/log", &json!({"type": "performance"}));
        let entries = entries.as_array().expect("entries").iter();
        let messages = entries.map(|entry| {
            let text = entry["message"].as_str().expect("a message");
            serde_json::from_str::<Value>(text).expect("a message in JSON")
        });
        let sent =
            messages.filter(|message| message["message"]["method"] == "Network.requestWillBeSent");
        sent.map(|message| {
            let url = &message["message"]["params"]["request"]["url"];
            url.as_str().expect("an address").to_owned()
        })
        .collect()
    }
}

fn stroke(key: char) -> [Value; 2] {
    ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key}))
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
