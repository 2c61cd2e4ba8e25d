//! Revocation lists in files, read again when they change.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use jiff::Timestamp;
use jpki_trust::{CrlFiles, Refusal, Revocation, RevocationChecker, Subject, TrustStore};

/// Revocation lists (CRL) in files. What can't be read counts as missing: certificates that it is about are then refused as "could not
/// check", never accepted. Copies share what was read.
#[derive(Clone)]
pub struct RevocationLists(Arc<Shared>);

struct Shared {
    paths: Vec<PathBuf>,
    roots: TrustStore,
    read: RwLock<Read>,
}

/// What was read, and from which state of the files.
#[derive(Default)]
struct Read {
    stamps: Vec<Stamp>,
    lists: Arc<CrlFiles>,
    /// Whether every file holds a usable list.
    complete: bool,
}

/// Time and size of a file, if it is there.
type Stamp = Option<(SystemTime, u64)>;

impl RevocationLists {
    /// Reads the files, whose lists must be signed by these roots.
    pub fn new(paths: Vec<PathBuf>, roots: TrustStore) -> Self {
        let lists = Self(Arc::new(Shared { paths, roots, read: RwLock::default() }));
        lists.refresh();
        lists
    }

    /// Reads the files again if one of them changed. Takes as long as the largest list needs; checks go on meanwhile with what was
    /// read before.
    pub fn refresh(&self) {
        let stamps: Vec<Stamp> = self.0.paths.iter().map(stamp).collect();
        if self.0.read.read().unwrap_or_else(PoisonError::into_inner).stamps == stamps {
            return;
        }
        let mut lists = CrlFiles::new();
        let mut complete = true;
        for path in &self.0.paths {
            let path_shown = path.display();
            let is_usable = match std::fs::read(path) {
                Ok(file) => match lists.add(&file, &self.0.roots) {
                    Ok(()) => {
                        tracing::info!(path = %path_shown, "a revocation list was read");
                        true
                    }
                    Err(refusal) => {
                        tracing::error!(path = %path_shown, %refusal, "a revocation list is unusable");
                        false
                    }
                },
                Err(error) => {
                    tracing::error!(path = %path_shown, %error, "a revocation list can't be read");
                    false
                }
            };
            complete &= is_usable;
        }
        *self.0.read.write().unwrap_or_else(PoisonError::into_inner) =
            Read { stamps, lists: Arc::new(lists), complete };
    }

    /// Whether every file holds a usable list, and none is due to be replaced.
    pub(crate) fn are_fresh(&self, now: Timestamp) -> bool {
        let read = self.0.read.read().unwrap_or_else(PoisonError::into_inner);
        read.complete && read.lists.fresh_until().is_some_and(|until| now <= until)
    }

    fn current(&self) -> Arc<CrlFiles> {
        self.0.read.read().unwrap_or_else(PoisonError::into_inner).lists.clone()
    }
}

fn stamp(path: &PathBuf) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

impl RevocationChecker for RevocationLists {
    fn check(&self, subject: &Subject<'_>, now: Timestamp) -> Result<Revocation, Refusal> {
        self.current().check(subject, now)
    }
}
