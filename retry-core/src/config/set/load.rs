//! The loading of a set.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::{Arc, MutexGuard, PoisonError};

use super::Policies;
use super::RetryConfigs;
use super::layer::Layer;
use super::name::{DEFAULT, behind};
use super::sources::{Loaded, Sources};
use crate::config::error::ConfigError;
use crate::config::error::Origin;
use crate::config::partial::PartialConfig;
use crate::config::retry_config::{Parts, RetryConfig};
use crate::util::local_arc::Shared;

impl RetryConfigs {
    /// Loads a file, `.toml` or `.json` by its name, in place of the previous one.
    ///
    /// # Errors
    ///
    /// A mistake in the file, its names, keys and values. The previous policies stay in effect.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// let error = CONFIG.load_file("no/such/retry.toml").unwrap_err();
    /// assert_eq!(error.file(), Some("no/such/retry.toml"));
    /// ```
    pub fn load_file(&self, path: impl AsRef<Path>) -> Result<(), ConfigError> {
        let mut sources = self.lock();
        sources.loaded = Some(Loaded {
            path: path.as_ref().to_path_buf(),
            text: None,
        });
        self.read_again(&mut sources, true).map(drop)
    }

    /// Loads the file of the last [`load_file`](RetryConfigs::load_file) again.
    ///
    /// # Errors
    ///
    /// Those of `load_file`, and one if no file was loaded.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// assert!(CONFIG.reload().unwrap_err().reason().contains("use `load_file`"));
    /// ```
    pub fn reload(&self) -> Result<(), ConfigError> {
        if self.read_again(&mut self.lock(), true)? {
            return Ok(());
        }
        Err(ConfigError::new(
            "no file was loaded; use `load_file` first",
        ))
    }

    /// Loads the file of the last [`load_file`](RetryConfigs::load_file) again if its text has changed, and
    /// returns whether it has.
    ///
    /// [`watch`](RetryConfigs::watch) does it by itself, and with more care for a file that is being written. Without a
    /// file this does nothing.
    ///
    /// # Errors
    ///
    /// Those of `load_file`, once for each change of the file. A file that cannot be read is an error each
    /// time.
    ///
    /// ```no_run
    /// # use persevere_core as persevere;
    /// use std::{thread, time::Duration};
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// thread::spawn(|| loop {
    ///     match CONFIG.reload_if_changed() {
    ///         Ok(false) => {}
    ///         Ok(true) => println!("retry policies were loaded again"),
    ///         Err(error) => eprintln!("the previous policies stay in effect: {error}"),
    ///     }
    ///     thread::sleep(Duration::from_secs(5));
    /// });
    /// ```
    pub fn reload_if_changed(&self) -> Result<bool, ConfigError> {
        self.read_again(&mut self.lock(), false)
    }

    /// Loads the file if its text has changed, or `anyway`; returns whether it did.
    fn read_again(&self, sources: &mut Sources, anyway: bool) -> Result<bool, ConfigError> {
        let Some(loaded) = &mut sources.loaded else {
            return Ok(false);
        };
        let text = read(&loaded.path)?;
        if !anyway && loaded.text.as_ref() == Some(&text) {
            return Ok(false);
        }
        let path = loaded.path.clone();
        self.take(sources, &path, text).map(|()| true)
    }

    /// Loads a text of the file.
    pub(super) fn take(
        &self,
        sources: &mut Sources,
        path: &Path,
        text: String,
    ) -> Result<(), ConfigError> {
        let file = self.parse(path, &text);
        // Also if it is refused, for one error per change.
        sources.loaded = Some(Loaded {
            path: path.to_path_buf(),
            text: Some(text),
        });
        let file = file?;
        self.put(sources, |sources| sources.file = file)
    }

    fn parse(&self, path: &Path, text: &str) -> Result<Layer, ConfigError> {
        let origin = origin(path);
        let end = path.extension().and_then(OsStr::to_str);
        let file = match end {
            Some("toml") => Layer::toml(text, &origin)?,
            Some("json") => Layer::json(text, &origin)?,
            _ => {
                let reason = "unknown format; the name must end in `.toml` or `.json`";
                return Err(ConfigError::new(reason).from(origin));
            }
        };
        file.only(self.names(), &origin)?;
        Ok(file)
    }

    /// Loads TOML in place of the previous file.
    ///
    /// # Errors
    ///
    /// Those of [`load_file`](RetryConfigs::load_file).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
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

    /// Loads JSON in place of the previous file.
    ///
    /// # Errors
    ///
    /// Those of [`load_file`](RetryConfigs::load_file).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// CONFIG.load_json(r#"{ "payments": { "deadline": "1min", "enabled": true } }"#)?;
    /// assert_eq!(CONFIG.get("payments").to_string(), "deadline = 1min, enabled = true");
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    pub fn load_json(&self, text: &str) -> Result<(), ConfigError> {
        self.load_text(Layer::json(text, &Origin::Text)?)
    }

    fn load_text(&self, file: Layer) -> Result<(), ConfigError> {
        file.only(self.names(), &Origin::Text)?;
        self.put(&mut self.lock(), |sources| {
            (sources.file, sources.loaded) = (file, None);
        })
    }

    /// Loads the environment variables of this process that begin with `prefix` and a `_`, which may be written as a
    /// part of it.
    ///
    /// They take precedence over the file: `PREFIX_PAYMENTS_STOP` is the key `stop` of `payments`,
    /// `PREFIX_DEFAULT_STOP` that of the table `default`. Each character of a name that is not a letter or a
    /// digit becomes a `_`.
    ///
    /// # Errors
    ///
    /// A variable with that prefix whose name or key is unknown, or whose value is bad. The previous policies
    /// stay in effect.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// CONFIG.load_env("MYAPP_RETRY")?; // MYAPP_RETRY_PAYMENTS_STOP, MYAPP_RETRY_DEFAULT_WAIT ..
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    pub fn load_env(&self, prefix: &str) -> Result<(), ConfigError> {
        let mut variables = Vec::new();
        for (variable, value) in std::env::vars_os() {
            // A name that is not Unicode does not begin with the prefix.
            let Some(variable) = variable
                .to_str()
                .filter(|name| behind(name, prefix).is_some())
            else {
                continue;
            };
            let Ok(value) = value.into_string() else {
                let origin = Origin::Variable(variable.to_string());
                return Err(ConfigError::new("the value is not Unicode").from(origin));
            };
            variables.push((variable.to_string(), value));
        }
        self.load_vars(prefix, variables)
    }

    /// Loads these variables in place of those of the process; see [`load_env`](RetryConfigs::load_env).
    ///
    /// # Errors
    ///
    /// Those of [`load_env`](RetryConfigs::load_env).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RetryConfigs;
    ///
    /// static CONFIG: RetryConfigs = RetryConfigs::new(&["payments"]);
    ///
    /// let variable = |value: &str| [("MYAPP_RETRY_PAYMENTS_STOP".to_owned(), value.to_owned())];
    /// CONFIG.load_vars("MYAPP_RETRY", variable("after_attempt(2)"))?;
    /// assert_eq!(CONFIG.get("payments").to_string(), "stop = after_attempt(2)");
    ///
    /// let error = CONFIG.load_vars("MYAPP_RETRY", variable("2")).unwrap_err();
    /// assert!(error.to_string().starts_with("MYAPP_RETRY_PAYMENTS_STOP: `2`: "));
    /// # Ok::<(), persevere::config::ConfigError>(())
    /// ```
    pub fn load_vars(
        &self,
        prefix: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        let environment = Layer::variables(prefix, self.names(), variables)?;
        self.put(&mut self.lock(), |sources| {
            sources.environment = environment
        })
    }

    /// Builds the policies from changed sources, and replaces the current ones.
    pub(super) fn put(
        &self,
        sources: &mut Sources,
        change: impl FnOnce(&mut Sources),
    ) -> Result<(), ConfigError> {
        let mut changed = sources.clone();
        change(&mut changed);
        let written = self.read_all(&changed)?;
        // Nothing is refused any more: it may act on what calls share.
        let old = self.current().load_full();
        let follow = |((name, old), partial): ((&&'static str, &Shared<Parts>), PartialConfig)| {
            let old = RetryConfig(old.local().clone());
            RetryConfig::after(Some(&old), name, partial).0.into()
        };
        let names = self.names().iter().zip(old.iter());
        let new: Policies = names.zip(written).map(follow).collect();
        self.current().store(Arc::new(new));
        *sources = changed;
        Ok(())
    }

    /// Reads the keys of each policy from sources.
    pub(super) fn read_all(&self, sources: &Sources) -> Result<Vec<PartialConfig>, ConfigError> {
        let layers = sources.layers();
        let write = |name: &str, mut partial: PartialConfig| {
            let mut layers = layers.into_iter();
            layers.try_for_each(|layer| layer.write(name, &mut partial))?;
            Ok(partial)
        };
        let default = write(DEFAULT, PartialConfig::default())?;
        let whole = |name: &&'static str| {
            let partial = write(name, default.clone())?;
            let fits = partial
                .complete()
                .and_then(|()| self.refuse_untaken(name, &partial));
            fits.map_err(|error| sources.placed(name, error))?;
            Ok(partial)
        };
        self.names().iter().map(whole).collect()
    }

    /// Locks the sources: one load at a time. A panic leaves them intact.
    pub(super) fn lock(&self) -> MutexGuard<'_, Sources> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| {
        ConfigError::new(format!("the file cannot be read: {error}")).from(origin(path))
    })
}

pub(super) fn origin(path: &Path) -> Origin {
    Origin::File(path.display().to_string())
}
