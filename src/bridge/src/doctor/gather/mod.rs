//! Looking: everything that touches the computer to find things out, each part within a time limit.
//!
//! The parts that differ between systems are in a file of each system, with the same function names. Nothing here judges, and
//! nothing here changes anything.

mod cards;
mod dial;
mod endpoint;
mod limit;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(target_os = "macos", test))]
#[cfg_attr(not(target_os = "macos"), allow(dead_code, reason = "checked and tested on every system"))]
mod macos;
mod policies;
mod prompt;
mod proxy;
mod settings;
#[cfg(any(windows, test))]
#[cfg_attr(not(windows), allow(dead_code, reason = "checked and tested on every system"))]
mod windows;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::Subject;
use super::findings::{Driver, Findings, Service, System};
use limit::{Part, begin};

/// The longest that anything but a card is waited for.
const PATIENCE: Duration = Duration::from_secs(4);

/// Where the system's own files begin: `/`, or the folder of a test.
#[derive(Debug, Clone)]
#[cfg_attr(windows, allow(dead_code, reason = "Windows keeps what is asked for elsewhere"))]
struct Root(PathBuf);

#[cfg_attr(windows, allow(dead_code, reason = "as above"))]
impl Root {
    fn system() -> Self {
        Self(PathBuf::from("/"))
    }

    /// Where `path`, which begins with a slash, is.
    fn at(&self, path: &str) -> PathBuf {
        self.0.join(path.trim_start_matches('/'))
    }

    fn has(&self, path: &str) -> bool {
        self.at(path).exists()
    }
}

/// What a system knows of its smart card service, beside what the service answers.
struct ServiceFacts {
    system: System,
    service: Service,
}

pub(super) fn everything(subject: &Subject) -> Findings {
    let root = Root::system();
    // All at once: each waits for somebody else.
    let cards = cards::begin(Arc::clone(&subject.backend), system::card_users);
    let facts = part(&root, system::service);
    let usb = part(&root, system::usb);
    let browsers = part(&root, system::browsers);
    let policies = part(&root, system::policies);
    let display = begin(system::display);
    let (settings, settings_flaw) = settings::settings(subject.config.as_deref());
    let prompt = prompt::begin(subject.prompt.clone(), settings.prompt.as_deref());
    let folder = crate::settings::folder().ok();
    let site = settings::admitted_site(&settings, folder.as_deref());
    let admits_nobody = settings.only_allowed == Some(true) && site.is_none();
    let endpoint = endpoint::begin(settings.port, crate::settings::runtime_folder().ok(), site);
    let (answer, readers) = cards.wait();
    let mut facts = facts.wait(PATIENCE).unwrap_or(ServiceFacts {
        system: FALLBACK,
        service: Service { installed: true, driver: Driver::BuiltIn, ..Service::default() },
    });
    facts.service.answer = answer;
    Findings {
        system: facts.system,
        now: jiff::Timestamp::now(),
        virtual_card: subject.virtual_card,
        settings: settings_flaw,
        sites: folder.as_deref().and_then(settings::sites),
        history: settings::history(&settings),
        service: facts.service,
        usb: usb.wait(PATIENCE).unwrap_or_default(),
        readers,
        admits_nobody,
        endpoint: endpoint.wait(PATIENCE).unwrap_or_default(),
        prompt: prompt.wait(),
        display: display.wait(PATIENCE).unwrap_or(super::findings::Display::Gone),
        browsers: browsers.wait(PATIENCE).unwrap_or_default(),
        policies: policies.wait(PATIENCE).unwrap_or_default(),
        proxy: proxy::from(|name| std::env::var(name).ok()),
    }
}

/// What is assumed of a system that told nothing in time.
const FALLBACK: System = if cfg!(windows) {
    System::Windows
} else if cfg!(target_os = "macos") {
    System::MacOs
} else {
    System::Linux(super::findings::Packages::Other)
};

fn part<T: Send + 'static>(root: &Root, look: fn(&Root) -> T) -> Part<T> {
    let root = root.clone();
    begin(move || look(&root))
}

/// The text of a small file, and nothing for one that can't be read.
fn text_of(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}
