//! Files that are watched: real ones, replaced in the ways of editors, deployments and Kubernetes.
#![cfg(feature = "config")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{fs, process, thread};

use persevere_core::RetryConfigs;
use persevere_core::config::Watching;

/// A directory of one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let unique = format!("persevere-watch-{}-{number}", process::id());
        let folder = std::env::temp_dir().join(unique);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Replaces a file by another, as editors and deployments do.
    fn rename_over(&self, path: &Path, text: &str) {
        let new = self.path("new");
        fs::write(&new, text).unwrap();
        fs::rename(new, path).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn set() -> &'static RetryConfigs {
    Box::leak(Box::new(RetryConfigs::new(&["payments"])))
}

fn pause(n: u32) -> String {
    format!("payments.wait = '{n}s'")
}

fn wait_of(set: &RetryConfigs) -> String {
    set.get("payments").to_string()
}

/// Waits until it holds; fails when a minute was not enough.
fn until(holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "it never holds");
        thread::sleep(Duration::from_millis(2));
    }
}

fn until_pause(set: &RetryConfigs, n: u32) {
    until(|| wait_of(set) == format!("wait = {n}s"));
}

/// A file with a pause of one second, and a set that has loaded it.
fn loaded() -> (Folder, PathBuf, &'static RetryConfigs) {
    let folder = Folder::new();
    let file = folder.path("retry.toml");
    fs::write(&file, pause(1)).unwrap();
    let set = set();
    set.load_file(&file).unwrap();
    (folder, file, set)
}

/// A watch that looks every few milliseconds, and its news.
fn watched(set: &'static RetryConfigs) -> (Watching, impl Fn() -> Vec<String>) {
    let news = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&news);
    let watch = set.watch().every(Duration::from_millis(5));
    let watch = watch.listener(move |news| {
        let text = news.map_or_else(ToString::to_string, |()| "loaded".to_owned());
        told.lock().unwrap().push(text);
    });
    (watch.start().unwrap(), move || news.lock().unwrap().clone())
}

#[test]
fn a_file_is_taken_however_it_changes() {
    let (folder, file, set) = loaded();
    let (watching, news) = watched(set);

    folder.rename_over(&file, &pause(2));
    until_pause(set, 2);
    folder.rename_over(&file, &pause(3));
    until_pause(set, 3);
    fs::remove_file(&file).unwrap();
    until(|| watching.status().mistake.is_some());
    assert_eq!(wait_of(set), "wait = 3s");
    folder.rename_over(&file, &pause(4));
    until_pause(set, 4);
    until(|| watching.status().loads == 3);
    assert_eq!(watching.status().mistake, None);
    let news = news();
    assert_eq!(news.len(), 4, "{news:?}");
    assert!(news[2].contains("the file cannot be read: "), "{news:?}");
    assert_eq!([&news[0], &news[1], &news[3]], ["loaded"; 3]);
    // In place, when it may be seen empty.
    fs::write(&file, pause(5)).unwrap();
    until_pause(set, 5);
}

#[test]
fn a_file_that_comes_back_as_it_was_is_no_news_and_no_mistake() {
    let (folder, file, set) = loaded();
    let (watching, news) = watched(set);
    fs::remove_file(&file).unwrap();
    until(|| watching.status().mistake.is_some());
    folder.rename_over(&file, &pause(1));
    until(|| watching.status().mistake.is_none());
    assert_eq!((watching.status().loads, news().len()), (0, 1));
}

/// The volume of a ConfigMap: the file is a link through `..data`, which is renamed over.
#[cfg(unix)]
#[test]
fn a_config_map_is_taken_when_its_link_is_swapped() {
    use std::os::unix::fs::symlink;

    let folder = Folder::new();
    let version = |name: &str, n: u32| {
        fs::create_dir(folder.path(name)).unwrap();
        fs::write(folder.path(name).join("retry.toml"), pause(n)).unwrap();
    };
    version("..1", 1);
    symlink("..1", folder.path("..data")).unwrap();
    symlink("..data/retry.toml", folder.path("retry.toml")).unwrap();
    let set = set();
    set.load_file(folder.path("retry.toml")).unwrap();
    let (_watching, news) = watched(set);
    for n in 2..5 {
        version(&format!("..{n}"), n);
        symlink(format!("..{n}"), folder.path("..data_tmp")).unwrap();
        fs::rename(folder.path("..data_tmp"), folder.path("..data")).unwrap();
        fs::remove_dir_all(folder.path(&format!("..{}", n - 1))).unwrap();
        until_pause(set, n);
    }
    until(|| news().len() == 3);
    assert_eq!(news(), ["loaded"; 3]);
}

#[test]
fn a_broken_file_leaves_the_policies_and_says_so_once() {
    let (folder, file, set) = loaded();
    let (watching, news) = watched(set);
    folder.rename_over(&file, "payments.wait = '2'");
    until(|| !news().is_empty());
    let mistake = watching.status().mistake.unwrap();
    assert_eq!(mistake.path(), Some("payments.wait"));
    assert_eq!(mistake.file(), file.to_str());
    assert_eq!(
        (news(), wait_of(set)),
        (vec![mistake.to_string()], "wait = 1s".to_owned())
    );
    folder.rename_over(&file, &pause(2));
    until_pause(set, 2);
    until(|| watching.status().mistake.is_none());
    assert_eq!(news(), [mistake.to_string(), "loaded".to_owned()]);
}

/// A file that is truncated and then written is empty, and then cut, for a moment.
#[test]
fn a_file_that_is_being_written_does_not_take_the_policies_away() {
    let folder = Folder::new();
    let file = folder.path("retry.toml");
    let text = |n: u32| format!("{}\npayments.stop = 'after_attempt({n})'\n", pause(n));
    fs::write(&file, text(1)).unwrap();
    let set = set();
    set.load_file(&file).unwrap();
    let (watching, news) = watched(set);
    let before = wait_of(set);
    fs::write(&file, "").unwrap();
    until(|| watching.status().mistake.is_some());
    let mistake = watching.status().mistake.unwrap();
    assert!(
        mistake.reason().starts_with("the file is empty"),
        "{mistake}"
    );
    fs::write(&file, &text(2)[..18]).unwrap(); // in the middle of a value
    until(|| news().len() == 2);
    assert_eq!(wait_of(set), before);
    fs::write(&file, text(2)).unwrap();
    until_pause_and_stop(set);
    // Empty on purpose, the file says so.
    fs::write(&file, "[default]").unwrap();
    until(|| wait_of(set).is_empty());
}

fn until_pause_and_stop(set: &RetryConfigs) {
    until(|| wait_of(set) == "stop = after_attempt(2), wait = 2s");
}

#[test]
fn a_file_that_was_missing_at_the_start_is_taken_when_it_comes() {
    let folder = Folder::new();
    let file = folder.path("retry.json");
    let set = set();
    set.load_file(&file).unwrap_err();
    let (watching, _) = watched(set);
    until(|| watching.status().mistake.is_some());
    folder.rename_over(&file, r#"{ "payments": { "wait": "7s" } }"#);
    until_pause(set, 7);
    until(|| watching.status().mistake.is_none());
}

#[test]
fn a_dropped_watch_looks_no_more() {
    let (folder, file, set) = loaded();
    let guard = Arc::new(());
    let held = Arc::clone(&guard);
    let watch = set.watch().every(Duration::from_millis(5));
    let watching = watch
        .listener(move |_| drop(Arc::clone(&held)))
        .start()
        .unwrap();
    drop(watching);
    // The thread lets go of its listener at its end.
    until(|| Arc::strong_count(&guard) == 1);
    folder.rename_over(&file, &pause(2));
    assert_eq!(wait_of(set), "wait = 1s");
}

#[test]
fn a_listener_that_panics_does_not_end_the_watch() {
    let (folder, file, set) = loaded();
    let watch = set.watch().every(Duration::from_millis(5));
    let _watching = watch
        .listener(|_| std::panic::resume_unwind(Box::new("mine")))
        .start()
        .unwrap();
    for n in 2..4 {
        folder.rename_over(&file, &pause(n));
        until_pause(set, n);
    }
}

#[test]
fn a_watch_that_can_only_be_a_mistake_is_refused() {
    let set = set();
    let error = set.watch().start().unwrap_err();
    assert!(
        error.reason().contains("use `load_file` before `watch`"),
        "{error}"
    );
    set.load_file("no/such/retry.toml").unwrap_err();
    let error = set.watch().every(Duration::ZERO).start().unwrap_err();
    assert!(
        error.reason().starts_with("a watch that never pauses"),
        "{error}"
    );
}

#[cfg(all(unix, feature = "signal-hook"))]
mod sighup {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    use super::*;

    const FILE: &str = "PERSEVERE_TEST_WATCHED";

    /// The child of the test below: by itself it has nothing to do.
    #[test]
    fn child() {
        let Some(file) = std::env::var_os(FILE) else {
            return;
        };
        let set = set();
        set.load_file(&file).unwrap();
        let shown = |_: Result<(), &_>| println!("child: {}", wait_of(set));
        let watch = set.watch().every(Duration::from_secs(3600)).listener(shown);
        let _watching = watch.on_sighup().start().unwrap();
        println!("child: ready");
        until(|| wait_of(set) == "wait = 3s");
    }

    #[test]
    fn a_process_reads_its_file_on_sighup() {
        let folder = Folder::new();
        let file = folder.path("retry.toml");
        fs::write(&file, pause(1)).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "config_watch::sighup::child", "--nocapture"])
            .env(FILE, &file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let lines = lines.map(Result::unwrap);
        // Beside the lines of the test harness, which may begin one.
        let mut said = lines.filter_map(|line| Some(line.split_once("child: ")?.1.to_owned()));
        assert_eq!(said.next().as_deref(), Some("ready"));
        for n in [2, 3] {
            folder.rename_over(&file, &pause(n));
            let hang_up = format!("kill -HUP {}", child.id());
            let sent = Command::new("sh").args(["-c", &hang_up]).status();
            assert!(sent.unwrap().success());
            assert_eq!(said.next(), Some(format!("wait = {n}s")));
        }
        assert!(child.wait().unwrap().success());
    }
}
