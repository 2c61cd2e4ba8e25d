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

/// What is decided about sites beforehand, by settings and policy.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Refused by the person's own settings.
    pub(crate) blocked: Vec<Origin>,
    /// Refused by the administrator.
    pub(crate) blocked_by_policy: Vec<Origin>,
    /// Known to the administrator: their window comes without the "remember" question.
    pub(crate) allowed: Vec<Origin>,
    /// Whether every other site is refused.
    pub(crate) only_allowed: bool,
}

/// Who decided about a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum By {
    /// The person, in a window, on the page or on the command line.
    Person,
    /// The settings file.
    Settings,
    /// The administrator: the person can't change it.
    Policy,
}

impl Rules {
    /// What no person can change, nor anybody but the settings' author: a block holds whoever says it.
    fn refuse(&self, origin: &Origin) -> Option<By> {
        if self.blocked_by_policy.contains(origin) || (self.only_allowed && !self.allowed.contains(origin)) {
            Some(By::Policy)
        } else {
            self.blocked.contains(origin).then_some(By::Settings)
        }
    }

    /// What holds for a site about which the person decided this. Who allows a site can't make the person use it: their
    /// own block stays.
    fn over(&self, origin: &Origin, person: Option<Decision>) -> Option<(Decision, By)> {
        if let Some(by) = self.refuse(origin) {
            return Some((Decision::Block, by));
        }
        match person {
            Some(Decision::Block) => Some((Decision::Block, By::Person)),
            _ if self.allowed.contains(origin) => Some((Decision::Allow, By::Policy)),
            other => other.map(|decision| (decision, By::Person)),
        }
    }
}

/// The sites, as they are on disk, under what settings and policy say.
#[derive(Debug)]
pub struct Sites {
    path: PathBuf,
    rules: Rules,
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
        let sites = Self { path: folder.join("sites.json"), rules: Rules::default(), cached: Mutex::default() };
        sites.read(|_| ())?;
        Ok(sites)
    }

    /// The same, under these rules.
    #[must_use]
    pub(crate) fn under(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// What holds for a site.
    ///
    /// # Errors
    /// As [`Sites::open`]: the file may have been changed since.
    pub fn decision(&self, origin: &Origin) -> Result<Option<Decision>, FileError> {
        Ok(self.standing(origin)?.map(|(decision, _)| decision))
    }

    /// What holds for a site, and who decided it.
    ///
    /// # Errors
    /// As [`Sites::open`].
    pub(crate) fn standing(&self, origin: &Origin) -> Result<Option<(Decision, By)>, FileError> {
        // A block by the rules needs no file: it holds also where that is broken.
        if let Some(by) = self.rules.refuse(origin) {
            return Ok(Some((Decision::Block, by)));
        }
        let person = self.read(|content| content.sites.get(origin).copied())?;
        Ok(self.rules.over(origin, person))
    }

    /// All decisions that hold, by origin, with who made them.
    ///
    /// # Errors
    /// As [`Sites::open`].
    pub(crate) fn all(&self) -> Result<Vec<(Origin, Decision, By)>, FileError> {
        let persons = self.read(|content| content.sites.clone())?;
        let mut sites: BTreeMap<Origin, Option<Decision>> =
            persons.into_iter().map(|(origin, decision)| (origin, Some(decision))).collect();
        let rules = &self.rules;
        for origin in rules.blocked.iter().chain(&rules.blocked_by_policy).chain(&rules.allowed) {
            sites.entry(origin.clone()).or_default();
        }
        let standing = sites.into_iter().filter_map(|(origin, person)| {
            let (decision, by) = rules.over(&origin, person)?;
            Some((origin, decision, by))
        });
        Ok(standing.collect())
    }

    /// Whether the administrator refuses every site that isn't allowed.
    pub(crate) fn only_allowed(&self) -> bool {
        self.rules.only_allowed
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

    fn site(name: &str) -> Origin {
        Origin::parse(&format!("https://{name}.example"), OriginPolicy::Secure).unwrap()
    }

    #[test]
    fn what_the_settings_block_stays_blocked() {
        let folder = tempfile::tempdir().unwrap();
        let rules = Rules { blocked: vec![origin()], ..Rules::default() };
        let sites = Sites::open(folder.path()).unwrap().under(rules);
        sites.set(&origin(), Some(Decision::Allow)).unwrap();
        assert_eq!(sites.standing(&origin()).unwrap(), Some((Decision::Block, By::Settings)));
    }

    #[test]
    fn who_decides_about_a_site_is_a_table() {
        use Decision::{Allow, Block};
        let open = Rules { blocked_by_policy: vec![site("bad")], allowed: vec![site("good")], ..Rules::default() };
        let closed = Rules { only_allowed: true, ..open.clone() };
        for (rules, name, person, want) in [
            (&open, "bad", Some(Allow), Some((Block, By::Policy))),
            (&open, "bad", None, Some((Block, By::Policy))),
            (&open, "good", None, Some((Allow, By::Policy))),
            (&open, "good", Some(Allow), Some((Allow, By::Policy))),
            (&open, "good", Some(Block), Some((Block, By::Person))),
            (&open, "other", Some(Allow), Some((Allow, By::Person))),
            (&open, "other", None, None),
            (&closed, "other", Some(Allow), Some((Block, By::Policy))),
            (&closed, "other", None, Some((Block, By::Policy))),
            (&closed, "good", None, Some((Allow, By::Policy))),
            (&closed, "good", Some(Block), Some((Block, By::Person))),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let sites = Sites::open(folder.path()).unwrap().under(rules.clone());
            sites.set(&site(name), person).unwrap();
            assert_eq!(sites.standing(&site(name)).unwrap(), want, "{name} {person:?} {rules:?}");
        }
    }

    #[test]
    fn the_list_holds_what_everybody_decided() {
        let folder = tempfile::tempdir().unwrap();
        let rules = Rules { blocked_by_policy: vec![site("b")], allowed: vec![site("a")], ..Rules::default() };
        let sites = Sites::open(folder.path()).unwrap().under(rules);
        sites.set(&site("c"), Some(Decision::Block)).unwrap();
        sites.set(&site("b"), Some(Decision::Allow)).unwrap();
        let want = [
            (site("a"), Decision::Allow, By::Policy),
            (site("b"), Decision::Block, By::Policy),
            (site("c"), Decision::Block, By::Person),
        ];
        assert_eq!(sites.all().unwrap(), want);
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
