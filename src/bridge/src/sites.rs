//! The sites a person allowed or blocked, in one small file that the command line edits too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use jpki_protocol::Origin;
use serde::{Deserialize, Serialize};

use crate::files::{self, FileError, Owner};
use crate::threads::lock;

/// The most bytes of the file: some tens of thousands of sites.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// What the person decided about a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// The window asks without the "remember" question.
    Allow,
    /// The site's requests are refused unseen.
    Block,
}

/// The content of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    version: u32,
    sites: BTreeMap<Origin, Decision>,
}

impl Default for Content {
    fn default() -> Self {
        Self { version: 1, sites: BTreeMap::new() }
    }
}

/// The sites, as they are on disk, under what the settings say.
#[derive(Debug)]
pub struct Sites {
    path: PathBuf,
    /// Blocked by the settings, whatever the person decides.
    blocked: Vec<Origin>,
    cached: Mutex<Cached>,
}

#[derive(Debug, Default)]
struct Cached {
    /// What was read, and the file's time when it was; none before the first look.
    stamp: Option<Option<(SystemTime, u64)>>,
    content: Content,
}

impl Sites {
    /// The sites in `folder`, which need not exist yet.
    ///
    /// # Errors
    /// [`FileError`] for a file that is broken, foreign, or writable by others.
    pub fn open(folder: &Path) -> Result<Self, FileError> {
        let sites = Self { path: folder.join("sites.json"), blocked: Vec::new(), cached: Mutex::default() };
        sites.read(|_| ())?;
        Ok(sites)
    }

    /// The same, with sites that nobody here can allow.
    #[must_use]
    pub fn with_blocked(mut self, blocked: Vec<Origin>) -> Self {
        self.blocked = blocked;
        self
    }

    /// What was decided about a site.
    ///
    /// # Errors
    /// As [`Sites::open`]: the file may have been changed since.
    pub fn decision(&self, origin: &Origin) -> Result<Option<Decision>, FileError> {
        if self.blocked.contains(origin) {
            return Ok(Some(Decision::Block));
        }
        self.read(|content| content.sites.get(origin).copied())
    }

    /// All decisions, by origin.
    ///
    /// # Errors
    /// As [`Sites::open`].
    pub fn all(&self) -> Result<Vec<(Origin, Decision)>, FileError> {
        self.read(|content| content.sites.iter().map(|(origin, decision)| (origin.clone(), *decision)).collect())
    }

    /// Decides about a site, or forgets it; returns what was decided before.
    ///
    /// # Errors
    /// [`FileError`] if the file can't be read or written; then nothing changed.
    pub fn set(&self, origin: &Origin, decision: Option<Decision>) -> Result<Option<Decision>, FileError> {
        // Another process may write too: the lock covers reading, changing and writing.
        let _lock = files::lock(&self.path)?;
        let mut content = self.read(Content::clone)?;
        let before = match decision {
            Some(decision) => content.sites.insert(origin.clone(), decision),
            None => content.sites.remove(origin),
        };
        if before != decision {
            let text = serde_json::to_vec_pretty(&content).map_err(|error| FileError::broken(&self.path, &error))?;
            files::replace(&self.path, &text)?;
        }
        Ok(before)
    }

    fn read<T>(&self, look: impl FnOnce(&Content) -> T) -> Result<T, FileError> {
        let mut cached = lock(&self.cached);
        let stamp = files::stamp(&self.path);
        if cached.stamp != Some(stamp) {
            cached.content = match files::read_private(&self.path, Owner::Person, MAX_BYTES)? {
                None => Content::default(),
                Some(text) => parse(&self.path, &text)?,
            };
            cached.stamp = Some(stamp);
        }
        Ok(look(&cached.content))
    }
}

fn parse(path: &Path, text: &[u8]) -> Result<Content, FileError> {
    let content: Content = serde_json::from_slice(text).map_err(|error| FileError::broken(path, &error))?;
    if content.version != 1 {
        return Err(FileError::Newer { path: path.to_owned(), version: content.version });
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jpki_protocol::OriginPolicy;

    fn origin() -> Origin {
        Origin::parse("https://a.example", OriginPolicy::Secure).unwrap()
    }

    #[test]
    fn a_decision_is_seen_by_another_process_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (agent, command) = (Sites::open(folder.path()).unwrap(), Sites::open(folder.path()).unwrap());
        assert_eq!(agent.decision(&origin()).unwrap(), None);
        assert_eq!(command.set(&origin(), Some(Decision::Block)).unwrap(), None);
        assert_eq!(agent.decision(&origin()).unwrap(), Some(Decision::Block));
        assert_eq!(agent.set(&origin(), None).unwrap(), Some(Decision::Block));
        assert_eq!(command.all().unwrap(), []);
    }

    #[test]
    fn what_the_settings_block_stays_blocked() {
        let folder = tempfile::tempdir().unwrap();
        let sites = Sites::open(folder.path()).unwrap().with_blocked(vec![origin()]);
        sites.set(&origin(), Some(Decision::Allow)).unwrap();
        assert_eq!(sites.decision(&origin()).unwrap(), Some(Decision::Block));
    }

    #[test]
    fn a_broken_file_is_named_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sites.json");
        for text in ["{", r#"{"version":2,"sites":{}}"#, r#"{"version":1,"sites":{"https://A":"allow"}}"#] {
            files::replace(&path, text.as_bytes()).unwrap();
            let error = Sites::open(folder.path()).unwrap_err();
            assert!(error.to_string().contains("sites.json"), "{error}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }
}
