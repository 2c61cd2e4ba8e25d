//! Browsers: as packages of the distribution or the maker, as Snaps and as Flatpaks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::super::limit::{Part, Ran, begin, run};
use super::super::{Root, text_of};
use crate::doctor::findings::{Browser, Packaging};

/// How long a browser may take to say its version.
const PATIENCE: Duration = Duration::from_secs(3);

const FOLDERS: [&str; 3] = ["/usr/bin", "/usr/local/bin", "/snap/bin"];

/// Names of programs; the first that is there counts.
const PROGRAMS: [(&str, &[&str]); 6] = [
    ("Chrome", &["google-chrome-stable", "google-chrome"]),
    ("Chromium", &["chromium", "chromium-browser"]),
    ("Edge", &["microsoft-edge-stable", "microsoft-edge"]),
    ("Brave", &["brave-browser", "brave"]),
    ("Firefox ESR", &["firefox-esr"]),
    ("Firefox", &["firefox"]),
];

const FLATPAKS: [(&str, &str); 5] = [
    ("Chrome", "com.google.Chrome"),
    ("Chromium", "org.chromium.Chromium"),
    ("Edge", "com.microsoft.Edge"),
    ("Brave", "com.brave.Browser"),
    ("Firefox", "org.mozilla.firefox"),
];

pub(in super::super) fn browsers(root: &Root) -> Vec<Browser> {
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut found: Vec<(Browser, Option<Part<Option<String>>>)> = Vec::new();
    for (name, programs) in PROGRAMS {
        let paths = programs.iter().flat_map(|program| FOLDERS.map(|folder| root.at(folder).join(program)));
        let Some(path) = paths.into_iter().find(|path| path.exists()) else { continue };
        // Debian's `firefox` is its `firefox-esr` by another name.
        let Ok(real) = path.canonicalize() else { continue };
        if seen.contains(&real) && !is_snap(&path, &real) {
            continue;
        }
        let packaging = if is_snap(&path, &real) { Packaging::Snap } else { Packaging::Plain };
        let version = (packaging == Packaging::Plain).then(|| begin_version(real.clone()));
        found.push((Browser { name, version: None, packaging }, version));
        seen.push(real);
    }
    let mut all: Vec<_> = found
        .into_iter()
        .map(|(browser, version)| Browser { version: version.and_then(|v| v.wait(PATIENCE)).flatten(), ..browser })
        .collect();
    // A script of that name that starts the other one.
    let has_esr = all.iter().any(|browser| browser.name == "Firefox ESR");
    all.retain(|browser| {
        let says_esr = browser.version.as_ref().is_some_and(|version| version.ends_with("esr"));
        !(has_esr && says_esr && browser.name == "Firefox")
    });
    let home = std::env::var_os("HOME").map(PathBuf::from);
    all.extend(flatpaks(&root.at("/var/lib/flatpak"), home.map(|home| home.join(".local/share/flatpak"))));
    all
}

/// Every Snap's program is a link to `snap` itself.
fn is_snap(path: &Path, real: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "snap") || real.file_name().is_some_and(|name| name == "snap")
}

fn begin_version(program: PathBuf) -> Part<Option<String>> {
    begin(move || {
        // Firefox has it in a file beside its program.
        if let Some(ini) = text_of(&program.with_file_name("application.ini")) {
            return ini.lines().find_map(|line| line.strip_prefix("Version=")).map(|version| version.trim().to_owned());
        }
        match run(Command::new(program).arg("--version"), PATIENCE) {
            Ran::Said(text) => version_in(&text),
            Ran::NotStarted(_) | Ran::Silent => None,
        }
    })
}

/// The first word that looks like a version.
fn version_in(text: &str) -> Option<String> {
    let is_version = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
    text.split_ascii_whitespace().find(is_version).map(str::to_owned)
}

fn flatpaks(system: &Path, person: Option<PathBuf>) -> Vec<Browser> {
    let folders: Vec<_> = std::iter::once(system.to_owned()).chain(person).collect();
    let installed = |application: &str| folders.iter().any(|folder| folder.join("app").join(application).exists());
    let cut = |application: &str| {
        let overrides =
            folders.iter().flat_map(|folder| ["global", application].map(|name| folder.join("overrides").join(name)));
        overrides.filter_map(|file| text_of(&file)).any(|text| takes_network(&text))
    };
    FLATPAKS
        .iter()
        .filter(|(_, application)| installed(application))
        .map(|&(name, application)| Browser {
            name,
            version: None,
            packaging: Packaging::Flatpak(application, cut(application)),
        })
        .collect()
}

/// flatpak-metadata(5), `shared`: a name after `!` is taken away.
fn takes_network(overrides: &str) -> bool {
    let shared = overrides.lines().filter_map(|line| line.strip_prefix("shared="));
    shared.flat_map(|list| list.split(';')).any(|entry| entry == "!network")
}

#[cfg(test)]
mod tests {
    use super::super::root_with;
    use super::*;

    #[test]
    fn a_browser_is_found_once_with_its_version() {
        let (folder, root) = root_with(&[
            ("/usr/lib/firefox-esr/firefox-esr", ""),
            ("/usr/lib/firefox-esr/application.ini", "[App]\nVendor=Mozilla\nVersion=140.5.0\n"),
            ("/usr/bin/snap", ""),
        ]);
        let link = |to: &str, from: &str| {
            let from = root.at(from);
            std::fs::create_dir_all(from.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink(folder.path().join(to), from).unwrap();
        };
        link("usr/lib/firefox-esr/firefox-esr", "/usr/bin/firefox-esr");
        link("usr/lib/firefox-esr/firefox-esr", "/usr/bin/firefox");
        link("usr/bin/snap", "/snap/bin/chromium");
        let found = browsers(&root);
        let expected = [
            Browser { name: "Chromium", version: None, packaging: Packaging::Snap },
            Browser { name: "Firefox ESR", version: Some("140.5.0".into()), packaging: Packaging::Plain },
        ];
        assert_eq!(found[..2], expected);
    }

    #[test]
    fn a_version_is_found_in_what_browsers_say() {
        assert_eq!(version_in("Chromium 156.0.7300.60 built on Debian\n").as_deref(), Some("156.0.7300.60"));
        assert_eq!(version_in("Mozilla Firefox 154.0\n").as_deref(), Some("154.0"));
        assert_eq!(version_in("not started"), None);
    }

    #[test]
    fn a_flatpak_without_network_is_seen() {
        let (folder, root) = root_with(&[
            ("/flatpak/app/org.mozilla.firefox/x", ""),
            ("/flatpak/app/com.google.Chrome/x", ""),
            ("/flatpak/overrides/com.google.Chrome", "[Context]\nshared=!network;\n"),
        ]);
        let found = flatpaks(&root.at("/flatpak"), Some(folder.path().join("nothing")));
        let packagings: Vec<_> = found.iter().map(|browser| browser.packaging).collect();
        let expected =
            [Packaging::Flatpak("com.google.Chrome", true), Packaging::Flatpak("org.mozilla.firefox", false)];
        assert_eq!(packagings, expected);
    }
}
