//! Configurations by name.

use core::fmt;
use std::boxed::Box;
use std::ffi::OsStr;
use std::format;
use std::path::{Path, PathBuf};
use std::string::{String, ToString};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::vec::Vec;

use arc_swap::ArcSwap;

use super::choices::Choices;
use super::error::Origin;
use super::layer::{DEFAULT, Layer, after, folded, undeclared};
use super::{ConfigError, RetryConfig};

/// Policies by name, which operators tune: from a file, with environment variables over it, again
/// while the program runs.
///
/// A file has a table for each name, and one named `default`, whose keys the others inherit:
///
/// ```toml
/// [default]
/// wait = "exponential(100ms).max(10s).full_jitter()"
///
/// [payments]
/// stop = "after_attempt(5) | after_delay(30s)"
/// breaker = "consecutive(5).open_for(30s)"
/// ```
///
/// Every `load_..` takes effect as a whole or, where anything is wrong, not at all: the policies of
/// before stay. Calls go on by the policy that they began with. A breaker or a budget goes on as well,
/// unless its text has changed.
///
/// It has no thread of its own. Call [`reload_if_changed`](RetryConfigs::reload_if_changed) every few
/// seconds, or on a signal.
///
/// ```
/// use persevere_core::{Policy, RetryConfigs};
///
/// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]);
///
/// CONFIG.load_toml(r#"
///     [default]
///     wait = "none()"
///     [payments]
///     stop = "after_attempt(5)"
/// "#)?;
/// assert_eq!(CONFIG.get("payments").report(|| None::<u8>).attempts(), 5);
/// assert_eq!(CONFIG.get("search").report(|| None::<u8>).attempts(), 3);
///
/// let error = CONFIG.load_toml(r#"payments.stop = "after_attempt(0)""#).unwrap_err();
/// assert!(error.to_string().starts_with("payments.stop: `after_attempt(0)`: "));
/// assert_eq!(CONFIG.get("payments").report(|| None::<u8>).attempts(), 5);
/// # Ok::<(), persevere_core::ConfigError>(())
/// ```
pub struct RetryConfigs {
    names: &'static [&'static str],
    current: OnceLock<ArcSwap<Policies>>,
    sources: Mutex<Sources>,
}

/// The policies, in the order of their names.
type Policies = Box<[Arc<RetryConfig>]>;

/// What was loaded, to be put together again when a part of it is.
#[derive(Clone)]
struct Sources {
    file: Layer,
    environment: Layer,
    loaded: Option<Loaded>,
}

/// A file, and what it said when it was last read.
#[derive(Clone)]
struct Loaded {
    path: PathBuf,
    text: String,
}

impl RetryConfigs {
    /// The policies of these names, each that of a bare `#[retry]` until something is loaded.
    ///
    /// # Panics
    ///
    /// On a name that is empty or `default`, and on two that differ in case or punctuation alone: they
    /// would share their environment variables. In a `static` that is a compile error.
    ///
    /// ```
    /// use persevere_core::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]);
    /// assert_eq!(CONFIG.names(), ["payments", "search"]);
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core::RetryConfigs;
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search", "payments"]);
    /// ```
    pub const fn new(names: &'static [&'static str]) -> Self {
        let mut index = 0;
        while index < names.len() {
            assert!(!names[index].is_empty(), "a policy has a name");
            assert!(
                !same_variable(names[index], DEFAULT),
                "`default` is the table that the others inherit from"
            );
            let mut other = 0;
            while other < index {
                assert!(
                    !same_variable(names[index], names[other]),
                    "two policies have the same name, or the same environment variables"
                );
                other += 1;
            }
            index += 1;
        }
        RetryConfigs {
            names,
            current: OnceLock::new(),
            sources: Mutex::new(Sources {
                file: Layer::new(),
                environment: Layer::new(),
                loaded: None,
            }),
        }
    }

    /// The names that the program declares.
    pub const fn names(&self) -> &'static [&'static str] {
        self.names
    }

    /// The policy of a name, as it is now; what is loaded later does not change it. Takes no lock.
    ///
    /// # Panics
    ///
    /// On a name that is not declared: a default policy would hide the slip. A slip in a [`named`]
    /// policy does not compile, and for names known at run time there is [`try_get`].
    ///
    /// [`named`]: RetryConfigs::named
    /// [`try_get`]: RetryConfigs::try_get
    ///
    /// ```
    /// use persevere_core::{Policy, RetryConfigs};
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// assert_eq!(CONFIG.get("payments").run(|| Some(7)), Some(7));
    /// ```
    #[track_caller]
    pub fn get(&self, name: &str) -> Arc<RetryConfig> {
        match self.try_get(name) {
            Some(config) => config,
            None => panic!("{}", undeclared(name, self.names)),
        }
    }

    /// As [`get`](RetryConfigs::get), for names known at run time: `None` for one that is not declared.
    ///
    /// ```
    /// use persevere_core::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// assert!(CONFIG.try_get("paymnets").is_none());
    /// ```
    pub fn try_get(&self, name: &str) -> Option<Arc<RetryConfig>> {
        let index = self.names.iter().position(|known| *known == name)?;
        Some(self.at(index))
    }

    /// A policy whose name is looked up once, by the compiler.
    ///
    /// # Panics
    ///
    /// On a name that is not declared. In a `static` that is a compile error.
    ///
    /// ```
    /// use persevere_core::config::Named;
    /// use persevere_core::{Policy, RetryConfigs};
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    /// static PAYMENTS: Named = CONFIG.named("payments");
    ///
    /// assert_eq!(PAYMENTS.get().run(|| Some(7)), Some(7));
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core::config::Named;
    /// # use persevere_core::RetryConfigs;
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    /// static PAYMENTS: Named = CONFIG.named("paymnets");
    /// ```
    pub const fn named(&'static self, name: &str) -> Named {
        let mut index = 0;
        while index < self.names.len() {
            if same(self.names[index], name) {
                return Named { set: self, index };
            }
            index += 1;
        }
        panic!("no policy of this name is declared")
    }

    fn at(&self, index: usize) -> Arc<RetryConfig> {
        Arc::clone(&self.current().load()[index])
    }

    fn current(&self) -> &ArcSwap<Policies> {
        self.current.get_or_init(|| {
            let bare = |name: &&'static str| Arc::new(RetryConfig::of(name, Choices::default()));
            ArcSwap::from_pointee(self.names.iter().map(bare).collect())
        })
    }

    /// Loads a file, by the end of its name `.toml` or `.json`, in place of what was loaded before.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, its names, keys and values; the policies of before stay.
    ///
    /// ```
    /// use persevere_core::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// let error = CONFIG.load_file("no/such/retry.toml").unwrap_err();
    /// assert_eq!(error.file(), Some("no/such/retry.toml"));
    /// ```
    pub fn load_file(&self, path: impl AsRef<Path>) -> Result<(), ConfigError> {
        let path = path.as_ref();
        let text = read(path)?;
        self.load_read(&mut self.lock(), path, text)
    }

    /// Loads the last file again.
    ///
    /// # Errors
    ///
    /// As [`load_file`](RetryConfigs::load_file), and where no file was loaded.
    pub fn reload(&self) -> Result<(), ConfigError> {
        let mut sources = self.lock();
        let Some(Loaded { path, .. }) = sources.loaded.clone() else {
            return Err(ConfigError::new(
                "no file was loaded before; use `load_file`",
            ));
        };
        let text = read(&path)?;
        self.load_read(&mut sources, &path, text)
    }

    /// Loads the last file again if it says something else, and tells whether it does: to be called
    /// every few seconds, or on a signal. Without a file it does nothing.
    ///
    /// # Errors
    ///
    /// As [`load_file`](RetryConfigs::load_file), once for each change of the file; a file that cannot
    /// be read is an error each time.
    ///
    /// ```no_run
    /// use std::{thread, time::Duration};
    /// use persevere_core::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// thread::spawn(|| loop {
    ///     match CONFIG.reload_if_changed() {
    ///         Ok(false) => {}
    ///         Ok(true) => println!("retry policies were loaded again"),
    ///         Err(error) => eprintln!("the policies of before stay: {error}"),
    ///     }
    ///     thread::sleep(Duration::from_secs(5));
    /// });
    /// ```
    pub fn reload_if_changed(&self) -> Result<bool, ConfigError> {
        let mut sources = self.lock();
        let Some(loaded) = &mut sources.loaded else {
            return Ok(false);
        };
        let text = read(&loaded.path)?;
        if text == loaded.text {
            return Ok(false);
        }
        let path = loaded.path.clone();
        // Also where it is refused: one error for each change.
        loaded.text.clone_from(&text);
        self.load_read(&mut sources, &path, text).map(|()| true)
    }

    fn load_read(
        &self,
        sources: &mut Sources,
        path: &Path,
        text: String,
    ) -> Result<(), ConfigError> {
        let origin = Origin::File(path.display().to_string());
        let end = path.extension().and_then(OsStr::to_str);
        let file = match end {
            Some("toml") => Layer::toml(&text, &origin)?,
            Some("json") => Layer::json(&text, &origin)?,
            _ => {
                let reason = "its format is not known; the name ends in `.toml` or `.json`";
                return Err(ConfigError::new(reason).from(origin));
            }
        };
        file.only(self.names, &origin)?;
        let loaded = Some(Loaded {
            path: path.to_path_buf(),
            text,
        });
        self.put(sources, |sources| {
            (sources.file, sources.loaded) = (file, loaded);
        })
    }

    /// Loads TOML, in place of what was loaded before.
    ///
    /// # Errors
    ///
    /// As [`load_file`](RetryConfigs::load_file).
    ///
    /// ```
    /// use persevere_core::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// let error = CONFIG.load_toml("[paymnets]").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "paymnets: no policy `paymnets` is declared; did you mean `payments`?",
    /// );
    /// ```
    pub fn load_toml(&self, text: &str) -> Result<(), ConfigError> {
        self.load_text(Layer::toml(text, &Origin::Text)?)
    }

    /// Loads JSON, in place of what was loaded before.
    ///
    /// # Errors
    ///
    /// As [`load_file`](RetryConfigs::load_file).
    ///
    /// ```
    /// use persevere_core::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// CONFIG.load_json(r#"{ "payments": { "deadline": "1min", "enabled": true } }"#)?;
    /// assert_eq!(CONFIG.get("payments").to_string(), "deadline = 1min, enabled = true");
    /// # Ok::<(), persevere_core::ConfigError>(())
    /// ```
    pub fn load_json(&self, text: &str) -> Result<(), ConfigError> {
        self.load_text(Layer::json(text, &Origin::Text)?)
    }

    fn load_text(&self, file: Layer) -> Result<(), ConfigError> {
        file.only(self.names, &Origin::Text)?;
        self.put(&mut self.lock(), |sources| {
            (sources.file, sources.loaded) = (file, None);
        })
    }

    /// Takes the environment variables of this process that begin with `prefix` and a `_`, over the
    /// file: `PREFIX_PAYMENTS_STOP` for the key `stop` of `payments`, `PREFIX_DEFAULT_STOP` for that
    /// of the table `default`. What is no letter or digit of a name is `_`.
    ///
    /// # Errors
    ///
    /// A variable that begins so and is about no name, no key, or has a bad value; the policies of
    /// before stay.
    pub fn load_env(&self, prefix: &str) -> Result<(), ConfigError> {
        let mut variables = Vec::new();
        for (variable, value) in std::env::vars_os() {
            // What is not Unicode is none of ours.
            let Some(variable) = variable
                .to_str()
                .filter(|name| after(name, prefix).is_some())
            else {
                continue;
            };
            let Ok(value) = value.into_string() else {
                let origin = Origin::Variable(variable.to_string());
                return Err(ConfigError::new("it is not Unicode").from(origin));
            };
            variables.push((variable.to_string(), value));
        }
        self.load_vars(prefix, variables)
    }

    /// As [`load_env`](RetryConfigs::load_env), with these variables.
    ///
    /// # Errors
    ///
    /// As [`load_env`](RetryConfigs::load_env).
    ///
    /// ```
    /// use persevere_core::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// let variable = |value: &str| [("MYAPP_RETRY_PAYMENTS_STOP".to_owned(), value.to_owned())];
    /// CONFIG.load_vars("MYAPP_RETRY", variable("after_attempt(2)"))?;
    /// assert_eq!(CONFIG.get("payments").to_string(), "stop = after_attempt(2)");
    ///
    /// let error = CONFIG.load_vars("MYAPP_RETRY", variable("2")).unwrap_err();
    /// assert!(error.to_string().starts_with("MYAPP_RETRY_PAYMENTS_STOP: `2`: "));
    /// # Ok::<(), persevere_core::ConfigError>(())
    /// ```
    pub fn load_vars(
        &self,
        prefix: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        let environment = Layer::variables(prefix, self.names, variables)?;
        self.put(&mut self.lock(), |sources| {
            sources.environment = environment
        })
    }

    /// Puts the policies together, and in place of those of before.
    fn put(
        &self,
        sources: &mut Sources,
        change: impl FnOnce(&mut Sources),
    ) -> Result<(), ConfigError> {
        let mut changed = sources.clone();
        change(&mut changed);
        let layers = [&changed.file, &changed.environment];
        let write = |name: &str, mut choices: Choices| {
            let mut layers = layers.into_iter();
            layers.try_for_each(|layer| layer.write(name, &mut choices))?;
            Ok(choices)
        };
        let default = write(DEFAULT, Choices::default())?;
        let old = self.current().load_full();
        let follow = |(name, old): (&&'static str, &Arc<RetryConfig>)| {
            let choices = write(name, default.clone())?;
            Ok(Arc::new(RetryConfig::after(Some(old), name, choices)))
        };
        let new: Result<Policies, ConfigError> =
            self.names.iter().zip(old.iter()).map(follow).collect();
        self.current().store(Arc::new(new?));
        *sources = changed;
        Ok(())
    }

    /// One load at a time; what a panic left behind is whole.
    fn lock(&self) -> MutexGuard<'_, Sources> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| {
        let origin = Origin::File(path.display().to_string());
        ConfigError::new(format!("it cannot be read: {error}")).from(origin)
    })
}

/// The names, and what is written for them.
impl fmt::Debug for RetryConfigs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policies = self.current().load_full();
        f.debug_map()
            .entries(self.names.iter().zip(policies.iter()))
            .finish()
    }
}

/// One policy of a set; see [`RetryConfigs::named`].
#[derive(Clone, Copy)]
pub struct Named {
    set: &'static RetryConfigs,
    index: usize,
}

impl Named {
    /// The policy as it is now: [`RetryConfigs::get`].
    pub fn get(self) -> Arc<RetryConfig> {
        self.set.at(self.index)
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Named")
            .field(&self.set.names[self.index])
            .finish()
    }
}

const fn same(a: &str, b: &str) -> bool {
    alike(a, b, false)
}

/// Whether two names have the same environment variables.
const fn same_variable(a: &str, b: &str) -> bool {
    alike(a, b, true)
}

const fn alike(a: &str, b: &str, fold: bool) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut index = 0;
    while index < a.len() && index < b.len() {
        let equal = match fold {
            true => folded(a[index]) == folded(b[index]),
            false => a[index] == b[index],
        };
        if !equal {
            return false;
        }
        index += 1;
    }
    a.len() == b.len()
}
