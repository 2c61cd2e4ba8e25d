//! Linux: the folders of desktops and of systemd, and what is done in them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use directories::BaseDirs;

use super::steps::{Foreign, Own, Seen, Step, Way};
use super::{AutostartError, Changes, Status, desktop_entry, user_unit};
use crate::files::{self, FileError};

/// Where systemd looks for units of the person's manager, beside the person's own (systemd.unit(5), table 2).
const UNIT_FOLDERS: [&str; 4] =
    ["/etc/systemd/user", "/usr/local/lib/systemd/user", "/usr/lib/systemd/user", "/lib/systemd/user"];

/// Start at login for this person and this program.
#[derive(Debug)]
pub(crate) struct Autostart {
    program: PathBuf,
    /// Which way it is switched on.
    way: Way,
    /// The person's configuration, `~/.config`.
    own: PathBuf,
    /// Those of the system, `/etc/xdg`, most important first.
    shared: Vec<PathBuf>,
    /// Those of systemd.
    units: Vec<PathBuf>,
}

impl Autostart {
    /// For this person and this program.
    ///
    /// # Errors
    /// If there is no home folder, or the program doesn't know where it is.
    pub(crate) fn here() -> Result<Self, AutostartError> {
        let program =
            std::env::current_exe().map_err(|source| FileError::Io { path: "/proc/self/exe".into(), source })?;
        let shared = std::env::var("XDG_CONFIG_DIRS").ok().filter(|folders| !folders.is_empty());
        let shared = shared.as_deref().unwrap_or("/etc/xdg").split(':').map(PathBuf::from);
        Ok(Self {
            program,
            way: Way::Entry,
            own: BaseDirs::new().ok_or(AutostartError::NoHome)?.config_dir().to_owned(),
            shared: shared.filter(|folder| folder.is_absolute()).collect(),
            units: UNIT_FOLDERS.map(PathBuf::from).to_vec(),
        })
    }

    /// The same, switched on by the person's systemd: for a session that reads no autostart entries.
    #[must_use]
    pub(crate) fn by_systemd(mut self) -> Self {
        self.way = Way::Unit;
        self
    }

    /// How it stands.
    ///
    /// # Errors
    /// If a file can't be read.
    pub(crate) fn status(&self) -> Result<Status, AutostartError> {
        let seen = self.look()?;
        let (entry, unit) = (seen.starts_by_entry(), seen.starts_by_unit());
        let own = |path: PathBuf, own: Own, packaged: Option<PathBuf>| match own {
            Own::Nothing => packaged,
            Own::Ours { .. } | Own::Foreign { .. } => Some(path),
        };
        let entry_file = own(self.entry(), seen.entry, self.packaged_entry());
        let unit_file = own(self.unit(), seen.unit, self.packaged_unit());
        let by = if unit && !entry { unit_file } else { entry_file.or(unit_file) };
        let stale = |own| matches!(own, Own::Ours { starts: true, current: false });
        let trouble = if entry && unit {
            Some("a desktop and systemd both start it; jpki-bridge autostart on leaves one of them".to_owned())
        } else if (entry && stale(seen.entry)) || (unit && stale(seen.unit)) {
            Some(format!(
                "it starts another program than this one, {}; jpki-bridge autostart on renews it",
                self.program.display()
            ))
        } else {
            None
        };
        Ok(Status { on: entry || unit, by: by.map(|path| path.display().to_string()), trouble })
    }

    /// Switches it on or off; says what was changed.
    ///
    /// # Errors
    /// [`AutostartError`]; steps before the one that failed are done, and a second try goes on from there.
    pub(crate) fn set(&self, on: bool) -> Result<Changes, AutostartError> {
        let seen = self.look()?;
        let steps = if on { seen.switch_on(self.way) } else { seen.switch_off() };
        let steps = steps.map_err(|Foreign(way)| {
            let path = if way == Way::Entry { self.entry() } else { self.unit() };
            AutostartError::Foreign(path.display().to_string())
        })?;
        steps.into_iter().map(|step| self.take(step)).collect()
    }

    fn look(&self) -> Result<Seen, AutostartError> {
        let (entry, unit) = (self.entry(), self.unit());
        Ok(Seen {
            entry: match read(&entry)? {
                None => Own::Nothing,
                Some(text) if desktop_entry::is_ours(&text) => Own::Ours {
                    starts: desktop_entry::starts(&text),
                    current: desktop_entry::is_current(&text, &self.program),
                },
                Some(text) => Own::Foreign { starts: desktop_entry::starts(&text) },
            },
            packaged_entry: match self.packaged_entry() {
                None => false,
                Some(path) => read(&path)?.is_some_and(|text| desktop_entry::starts(&text)),
            },
            unit: if is_mask(&unit) {
                // Whoever made it: a mask is systemd's own switch, and says nothing that could be lost.
                Own::Ours { starts: false, current: false }
            } else {
                match read(&unit)? {
                    None => Own::Nothing,
                    Some(text) if user_unit::is_ours(&text) => {
                        Own::Ours { starts: true, current: Some(&text) == user_unit::starting(&self.program).as_ref() }
                    }
                    Some(_) => Own::Foreign { starts: true },
                }
            },
            packaged_unit: self.packaged_unit().is_some(),
            unit_enabled: !links_to_unit(&self.own_units()).is_empty(),
            unit_enabled_globally: self.units.iter().any(|folder| !links_to_unit(folder).is_empty()),
        })
    }

    fn take(&self, step: Step) -> Result<String, AutostartError> {
        let (entry, unit) = (self.entry(), self.unit());
        let unwritable = || AutostartError::Path(self.program.clone());
        match step {
            Step::WriteEntry => write(&entry, &desktop_entry::starting(&self.program).ok_or_else(unwritable)?),
            Step::HideEntry => {
                let over = self.packaged_entry().map(|path| path.display().to_string()).unwrap_or_default();
                Ok(format!("{}, so that {over} doesn't start it", write(&entry, &desktop_entry::hiding())?))
            }
            Step::RemoveEntry => remove(&entry),
            Step::WriteUnit => write(&unit, &user_unit::starting(&self.program).ok_or_else(unwritable)?),
            Step::RemoveUnit => remove(&unit),
            Step::EnableUnit => {
                let target = match read(&unit)? {
                    Some(_) => unit,
                    None => self.packaged_unit().unwrap_or(unit),
                };
                link(&target, &self.own_units().join(user_unit::WANTED_BY).join(user_unit::NAME))
            }
            Step::DisableUnit => {
                let removed: Result<Vec<String>, _> =
                    links_to_unit(&self.own_units()).iter().map(|at| remove(at)).collect();
                Ok(removed?.join(", "))
            }
            Step::MaskUnit => {
                if matches!(read(&unit)?, Some(text) if user_unit::is_ours(&text)) {
                    remove(&unit)?;
                }
                link(Path::new("/dev/null"), &unit)
            }
        }
    }

    fn entry(&self) -> PathBuf {
        self.own.join("autostart").join(desktop_entry::NAME)
    }

    fn packaged_entry(&self) -> Option<PathBuf> {
        let mut paths = self.shared.iter().map(|folder| folder.join("autostart").join(desktop_entry::NAME));
        paths.find(|path| path.exists())
    }

    fn own_units(&self) -> PathBuf {
        self.own.join("systemd/user")
    }

    fn unit(&self) -> PathBuf {
        self.own_units().join(user_unit::NAME)
    }

    fn packaged_unit(&self) -> Option<PathBuf> {
        self.units.iter().map(|folder| folder.join(user_unit::NAME)).find(|path| path.exists())
    }
}

fn read(path: &Path) -> Result<Option<String>, AutostartError> {
    match fs::read(path) {
        Ok(text) => Ok(Some(String::from_utf8_lossy(&text).into_owned())),
        // The second: a file stands where a folder would.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(failed(path)(error)),
    }
}

fn write(path: &Path, text: &str) -> Result<String, AutostartError> {
    files::replace(path, text.as_bytes())?;
    Ok(format!("wrote {}", path.display()))
}

fn remove(path: &Path) -> Result<String, AutostartError> {
    fs::remove_file(path).map_err(failed(path))?;
    Ok(format!("removed {}", path.display()))
}

fn link(target: &Path, path: &Path) -> Result<String, AutostartError> {
    if let Some(folder) = path.parent() {
        crate::os::create_private_folder(folder).map_err(failed(folder))?;
    }
    std::os::unix::fs::symlink(target, path).map_err(failed(path))?;
    Ok(format!("linked {} to {}", path.display(), target.display()))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> AutostartError + '_ {
    |source| FileError::Io { path: path.to_owned(), source }.into()
}

fn is_mask(path: &Path) -> bool {
    fs::read_link(path).is_ok_and(|target| target == Path::new("/dev/null"))
}

/// The links by which targets want our unit.
fn links_to_unit(folder: &Path) -> Vec<PathBuf> {
    let targets = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|target| target.path());
    let links = targets.filter(|path| path.extension().is_some_and(|kind| kind == "wants"));
    links.map(|path| path.join(user_unit::NAME)).filter(|path| path.is_symlink()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const PACKAGED: &str = "[Desktop Entry]\nType=Application\nName=JPKI Bridge\nExec=jpki-bridge run\n";

    fn system() -> (TempDir, Autostart) {
        let root = tempfile::tempdir().unwrap();
        let folder = |name: &str| root.path().join(name);
        let autostart = Autostart {
            program: "/usr/bin/jpki-bridge".into(),
            way: Way::Entry,
            own: folder("config"),
            shared: vec![folder("xdg")],
            units: vec![folder("units")],
        };
        (root, autostart)
    }

    /// Everything below a folder: files with their text, links with where they lead.
    fn tree(folder: &Path) -> Vec<(PathBuf, String)> {
        let mut all = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
            let path = entry.path();
            if let Ok(target) = fs::read_link(&path) {
                all.push((path, target.display().to_string()));
            } else if path.is_dir() {
                all.extend(tree(&path));
            } else {
                all.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
        all.sort();
        all
    }

    fn put(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn on_twice_and_off_twice_say_what_they_did_and_leave_nothing() {
        let (root, autostart) = system();
        let entry = autostart.entry().display().to_string();
        assert_eq!(autostart.status().unwrap(), Status { on: false, by: None, trouble: None });
        assert_eq!(autostart.set(true).unwrap(), [format!("wrote {entry}")]);
        assert_eq!(autostart.status().unwrap(), Status { on: true, by: Some(entry.clone()), trouble: None });
        assert!(autostart.set(true).unwrap().is_empty());
        assert_eq!(autostart.set(false).unwrap(), [format!("removed {entry}")]);
        assert!(autostart.set(false).unwrap().is_empty());
        assert!(tree(root.path()).is_empty());
    }

    #[test]
    fn the_package_s_entry_is_enough_and_is_hidden_by_one_of_ours() {
        let (_root, autostart) = system();
        let packaged = autostart.shared[0].join("autostart/jpki-bridge.desktop");
        put(&packaged, PACKAGED);
        assert!(autostart.set(true).unwrap().is_empty());
        assert_eq!(autostart.status().unwrap().by, Some(packaged.display().to_string()));
        let changes = autostart.set(false).unwrap();
        assert!(changes[0].contains(packaged.to_str().unwrap()), "{changes:?}");
        assert!(!autostart.status().unwrap().on);
        assert!(fs::read_to_string(autostart.entry()).unwrap().contains("\nHidden=true\n"));
        autostart.set(true).unwrap();
        assert!(autostart.status().unwrap().on && !autostart.entry().exists());
        assert_eq!(fs::read_to_string(packaged).unwrap(), PACKAGED);
    }

    #[test]
    fn systemd_instead_of_an_entry_and_never_both() {
        let (root, autostart) = system();
        autostart.set(true).unwrap();
        let (_, mut by_systemd) = system();
        by_systemd.own = autostart.own.clone();
        by_systemd.units = autostart.units.clone();
        let by_systemd = by_systemd.by_systemd();
        by_systemd.set(true).unwrap();
        assert!(by_systemd.set(true).unwrap().is_empty());
        assert!(!autostart.entry().exists());
        let status = autostart.status().unwrap();
        assert_eq!((status.on, status.by), (true, Some(autostart.unit().display().to_string())));
        autostart.set(false).unwrap();
        assert!(tree(root.path()).is_empty(), "{:?}", tree(root.path()));
    }

    #[test]
    fn a_unit_that_the_administrator_enabled_is_masked() {
        let (_root, autostart) = system();
        let packaged = autostart.units[0].join(user_unit::NAME);
        put(&packaged, "[Service]\nExecStart=jpki-bridge run\n");
        let wants = autostart.units[0].join(user_unit::WANTED_BY);
        fs::create_dir_all(&wants).unwrap();
        std::os::unix::fs::symlink(&packaged, wants.join(user_unit::NAME)).unwrap();
        assert!(autostart.status().unwrap().on);
        autostart.set(false).unwrap();
        assert!(is_mask(&autostart.unit()) && !autostart.status().unwrap().on);
        let (_, by_systemd) = system();
        Autostart { own: autostart.own.clone(), units: autostart.units.clone(), ..by_systemd }
            .by_systemd()
            .set(true)
            .unwrap();
        assert!(autostart.status().unwrap().on && !autostart.unit().is_symlink());
    }

    #[test]
    fn a_foreign_file_is_named_and_left_as_it_is() {
        let (_root, autostart) = system();
        let foreign = "[Desktop Entry]\nExec=jpki-bridge run --no-tray\n";
        put(&autostart.entry(), foreign);
        assert!(autostart.set(true).unwrap().is_empty());
        let refusal = autostart.set(false).unwrap_err().to_string();
        assert!(refusal.contains(autostart.entry().to_str().unwrap()), "{refusal}");
        assert!(autostart.status().unwrap().on);
        let foreign = "[Desktop Entry]\nExec=other\nHidden=true\n";
        put(&autostart.entry(), foreign);
        assert!(matches!(autostart.set(true), Err(AutostartError::Foreign(_))));
        assert_eq!(fs::read_to_string(autostart.entry()).unwrap(), foreign);
        assert!(autostart.set(false).unwrap().is_empty());
    }

    #[test]
    fn what_a_person_switched_off_by_hand_is_switched_on_again() {
        for packaged in [false, true] {
            for entry in ["[Desktop Entry]\nHidden=true\n".to_owned(), format!("{PACKAGED}Hidden=true\n")] {
                let (_root, autostart) = system();
                if packaged {
                    put(&autostart.shared[0].join("autostart/jpki-bridge.desktop"), PACKAGED);
                }
                put(&autostart.entry(), &entry);
                assert!(!autostart.status().unwrap().on, "{entry}");
                autostart.set(true).unwrap();
                let status = autostart.status().unwrap();
                assert!(status.on && status.trouble.is_none(), "{entry}");
                autostart.set(false).unwrap();
                assert!(!autostart.status().unwrap().on, "{entry}");
            }
        }
    }

    #[test]
    fn a_program_that_moved_is_noticed_and_renewed() {
        let (_root, mut autostart) = system();
        autostart.set(true).unwrap();
        autostart.program = "/opt/jpki-bridge".into();
        assert!(autostart.status().unwrap().trouble.unwrap().contains("/opt/jpki-bridge"));
        assert_eq!(autostart.set(true).unwrap().len(), 1);
        assert_eq!(autostart.status().unwrap().trouble, None);
    }
}
