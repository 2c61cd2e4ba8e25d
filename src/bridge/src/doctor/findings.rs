//! What was found on the computer: plain values, without a judgement and without an open handle.
//!
//! `gather` fills them in, `checks` read them, tests write them by hand.

use jiff::Timestamp;
use jpki_card::Attempts;
use jpki_protocol::Language;

use super::checks;
use super::diagnosis::Diagnosis;

/// Everything that was found. Opaque outside: [`Findings::diagnosis`] says what it means.
#[derive(Debug, Clone)]
pub struct Findings {
    pub(super) system: System,
    /// The computer's clock.
    pub(super) now: Timestamp,
    pub(super) virtual_card: bool,
    pub(super) settings: Option<Flaw>,
    pub(super) sites: Option<Flaw>,
    pub(super) history: History,
    pub(super) service: Service,
    pub(super) usb: Vec<UsbReader>,
    /// None where the service gave no list.
    pub(super) readers: Option<Vec<Reader>>,
    /// Whether settings and policy, or the person, leave no site that may ask.
    pub(super) admits_nobody: bool,
    pub(super) endpoint: Endpoint,
    pub(super) prompt: Prompt,
    pub(super) display: Display,
    pub(super) browsers: Vec<Browser>,
    pub(super) policies: Vec<Policy>,
    pub(super) proxy: Proxy,
}

impl Findings {
    /// What it means.
    pub fn diagnosis(&self, language: Language) -> Diagnosis {
        checks::all(self, language)
    }
}

/// The operating system, and how it gets its programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(test), allow(dead_code, reason = "each build knows its own system, tests know all"))]
pub(super) enum System {
    Linux(Packages),
    Windows,
    MacOs,
}

/// How a Linux distribution installs programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packages {
    Apt,
    Dnf,
    Zypper,
    Pacman,
    Other,
}

/// How the history is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum History {
    /// None is kept, as is set.
    Off,
    /// It can be read, but for so many lines.
    Sound { skipped: usize },
    /// It can't be used.
    Flawed(Flaw),
}

/// What is wrong with a settings file, or with the settings around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It can't be read.
    Unreadable { path: String, reason: String, barrier: Barrier },
    /// Others could have written it; it has to be `owner`'s.
    Foreign { path: String, owner: String },
    /// It is not what it should be.
    Broken { path: String, detail: String },
    /// A newer version wrote it.
    Newer { path: String },
    /// An environment variable can't be used.
    Environment(&'static str),
    /// There is no home folder.
    NoHome,
    /// The named file is not there.
    Missing { path: String },
    /// This log level is none.
    LogLevel(String),
}

/// What keeps the person from reading a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Barrier {
    /// The rights of a file that is theirs.
    OwnRights,
    /// Those of a file that is the administrator's, or another user's.
    OthersRights,
    /// A folder above it, the disk, or something else.
    Other,
}

/// The PC/SC service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Service {
    /// What it answers to a program.
    pub(super) answer: ServiceAnswer,
    /// Whether it is there at all.
    pub(super) installed: bool,
    /// Whether the administrator forbade its start (a masked unit, a disabled service).
    pub(super) disabled: bool,
    /// Whether systemd would start it.
    pub(super) systemd: bool,
    /// Linux: how its socket takes a connection.
    pub(super) socket: Option<Socket>,
    /// Whether it asks polkit who may come in.
    pub(super) polkit: bool,
    /// The driver for readers with a standard interface.
    pub(super) driver: Driver,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ServiceAnswer {
    /// A list of readers.
    Answers,
    /// It is not there, or refuses.
    #[default]
    Unavailable,
    /// Nothing, for as long as was waited.
    Silent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Socket {
    /// It takes connections.
    Open,
    /// There is none.
    Absent,
    /// Nobody listens on it any more.
    Dead,
    /// Its file's rights keep this user out.
    Forbidden,
}

/// libccid, or what the system has in its place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Driver {
    /// It comes with the system.
    #[default]
    BuiltIn,
    Missing,
    /// It is there, and drives the readers with these numbers (vendor, product).
    Knows(Vec<(u16, u16)>),
}

/// A reader that hangs on USB, whether PC/SC sees it or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UsbReader {
    pub(super) vendor: u16,
    pub(super) product: u16,
    /// Whether it says that it is a smart card reader (USB class 0B).
    pub(super) smart_card_class: bool,
}

/// A reader that PC/SC sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reader {
    pub(super) name: String,
    pub(super) contents: Contents,
}

/// What is in a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Contents {
    Empty,
    /// A card that doesn't answer to power.
    Mute,
    /// Another program holds the card; these have to do with cards now.
    InUse(Vec<String>),
    /// No answer for as long as was waited.
    Silent,
    /// A card without the JPKI application.
    OtherCard,
    /// Reader or card failed, by the word of the protocol.
    Failed(String),
    Card(Card),
}

/// A card with the JPKI application, as far as it shows itself without a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) kind: CardKind,
    pub(super) certificate: AuthCertificate,
    /// Whether it has a signature certificate; none where it doesn't say.
    pub(super) has_sign_certificate: Option<bool>,
    pub(super) auth_pin: PinCount,
    pub(super) sign_pin: PinCount,
    pub(super) text_pin: PinCount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CardKind {
    MyNumberCard,
    /// 住民基本台帳カード
    ResidentCard,
    Phone,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthCertificate {
    Valid {
        from: Timestamp,
        until: Timestamp,
    },
    Missing,
    /// Only after a PIN, as in a phone.
    Guarded,
    Unreadable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PinCount {
    Counts(Attempts),
    /// The card has no such PIN.
    None,
    Unreadable,
}

/// The agent's ports, and who is behind them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Endpoint {
    /// The ports that pages look at, in their order.
    pub(super) ports: Vec<Port>,
    /// The agents that left a note of themselves.
    pub(super) noted: Vec<NotedAgent>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Port {
    pub(super) number: u16,
    /// What answers on 127.0.0.1.
    pub(super) v4: DialAnswer,
    /// What answers on ::1.
    pub(super) v6: DialAnswer,
    /// Who listens, where somebody does and the system tells.
    pub(super) holder: Option<Holder>,
}

/// What came of knocking at a port as a page would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum DialAnswer {
    /// Nobody listens.
    Free,
    /// The agent lets us in.
    Agent,
    /// Something that speaks HTTP refuses: the agent does so to other users.
    Refuses,
    /// Something that is not the agent.
    Foreign,
    /// Somebody listens and says nothing.
    Silent,
    /// The computer has no such address.
    #[default]
    NoAddress,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Holder {
    /// The program's name, where this user may know it.
    pub(super) program: Option<String>,
    pub(super) process: Option<u32>,
    /// Whether it belongs to somebody else.
    pub(super) other_user: bool,
}

/// What an agent wrote beside its lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotedAgent {
    pub(super) process: u32,
    pub(super) port: Port,
    /// Whether a process of that number and name lives.
    pub(super) alive: bool,
}

/// The program that asks the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prompt {
    pub(super) path: String,
    /// Whether it asks on a terminal.
    pub(super) terminal: bool,
    /// Whether it is the one that comes with this program.
    pub(super) own: bool,
    pub(super) state: PromptState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PromptState {
    Missing,
    /// It can't be started, for this reason.
    NotStartable(String),
    /// It is a program; it was not started.
    Present,
    /// It starts, and says this version.
    Starts(String),
    /// It starts and doesn't end.
    Silent,
}

/// Where a window could appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Display {
    /// There is one.
    There,
    /// The environment names none.
    None,
    /// The one that the environment names doesn't answer.
    Gone,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Browser {
    pub(super) name: &'static str,
    pub(super) version: Option<String>,
    pub(super) packaging: Packaging,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packaging {
    Plain,
    Snap,
    /// With the name of the application, and whether the network was taken from it.
    Flatpak(&'static str, bool),
}

/// Something an administrator's policy for a browser says about loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) browser: &'static str,
    /// The file or registry key.
    pub(super) place: String,
    pub(super) says: PolicySays,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PolicySays {
    /// The file can't be understood, so the browser ignores it.
    Broken,
    /// This policy keeps these sites, or all, from loopback.
    Blocks { policy: &'static str, all_sites: bool },
    /// This policy keeps the browser from going to loopback; requests of a page still get there.
    CutsRedirect { policy: &'static str, remedy: &'static str },
    /// This policy sends even loopback through a proxy.
    Proxies(&'static str),
}

/// What the environment says about proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Proxy {
    /// The variable that sends `http` through a proxy.
    pub(super) variable: Option<&'static str>,
    /// Whether `no_proxy` keeps 127.0.0.1 out of it.
    pub(super) spares_loopback: bool,
}
