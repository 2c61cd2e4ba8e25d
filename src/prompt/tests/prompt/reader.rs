//! A screen reader on a desktop of its own: a session bus, the accessibility bus, and what the window shows there
//! (AT-SPI 2). It knows the window only as a person who does not see it does.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use tempfile::TempDir;
use zbus::export::futures_core::Stream;
use zbus::export::serde::Serialize;
use zbus::export::serde::de::DeserializeOwned;
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Type, Value};
use zbus::{Connection, MatchRule, Message, MessageStream, block_on, connection};

use crate::support::{PATIENCE, Process, lines};

/// Where the accessibility bus is asked for, and whether it is used.
const STATUS: (&str, &str) = ("org.a11y.Bus", "/org/a11y/bus");
/// Where the applications of the desktop are listed.
const REGISTRY: &str = "org.a11y.atspi.Registry";
const ROOT: &str = "/org/a11y/atspi/accessible/root";
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";

/// What a control is to a screen reader, as far as the window has it (`AtspiRole`, atspi-constants.h).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    CheckBox,
    Frame,
    Group,
    Text,
    Password,
    Progress,
    Button,
    Entry,
    /// None that this window should have.
    Other(u32),
}

impl Role {
    fn of(number: u32) -> Self {
        match number {
            7 => Self::CheckBox,
            23 => Self::Frame,
            29 => Self::Text,
            39 => Self::Group,
            40 => Self::Password,
            42 => Self::Progress,
            43 => Self::Button,
            79 => Self::Entry,
            other => Self::Other(other),
        }
    }

    /// Can a person do something with it?
    pub(crate) fn is_control(self) -> bool {
        matches!(self, Self::CheckBox | Self::Password | Self::Button | Self::Entry)
    }
}

/// Something that the window shows.
#[derive(Clone)]
pub(crate) struct Node {
    address: Address,
    pub(crate) role: Role,
    pub(crate) name: String,
    pub(crate) description: String,
    /// Bits of `AtspiStateType`.
    states: u64,
    /// What the text interface says, if it has one.
    pub(crate) text: Option<String>,
    /// What the value interface says, if it has one.
    pub(crate) value: Option<f64>,
    /// Names of what can be done with it.
    pub(crate) actions: Vec<String>,
    /// Where it is in the window, in pixels of the screen: left, top, width, height.
    pub(crate) place: (i32, i32, i32, i32),
}

impl Node {
    pub(crate) fn is_focusable(&self) -> bool {
        self.states & (1 << 11) != 0
    }

    pub(crate) fn is_focused(&self) -> bool {
        self.states & (1 << 12) != 0
    }

    /// Is it the same thing, however it changed?
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.address == other.address
    }

    /// Does all of it lie in the other?
    pub(crate) fn is_inside(&self, other: &Self) -> bool {
        let end = |(left, top, width, height): (i32, i32, i32, i32)| (left + width, top + height);
        let ((right, bottom), (other_right, other_bottom)) = (end(self.place), end(other.place));
        let begins = self.place.0 >= other.place.0 && self.place.1 >= other.place.1;
        begins && right <= other_right && bottom <= other_bottom
    }

    /// Does it begin in the other, as a line does that is scrolled?
    pub(crate) fn begins_in(&self, other: &Self) -> bool {
        let (left, top, width, height) = other.place;
        (left..=left + width).contains(&self.place.0) && (top..=top + height).contains(&self.place.1)
    }

    pub(crate) fn is_checked(&self) -> bool {
        self.states & (1 << 4) != 0
    }
}

/// On one line: a window has many.
impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, name, description, states, text, value, actions, place, .. } = self;
        write!(f, "{role:?} {name:?} {description:?} {states:#x} {text:?} {value:?} {actions:?} {place:?}")
    }
}

/// An object: the connection it lives behind, and its path there.
type Address = (String, OwnedObjectPath);

/// Something that a screen reader is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// The kind of event, such as `Announcement`.
    pub(crate) kind: String,
    /// Which of that kind, such as the name of a state.
    pub(crate) detail: String,
    /// What is to be said, if it is a text.
    pub(crate) text: String,
}

/// A desktop on which a screen reader runs.
pub(crate) struct Reader {
    session: String,
    connection: Connection,
    told: Receiver<Told>,
    _bus: Process,
    // Last: the buses have their sockets there.
    _folder: TempDir,
}

impl Reader {
    /// Starts the buses, and says that a screen reader runs before any window opens.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address=1", "--address"]);
        command.arg(format!("unix:path={}", folder.path().join("session").display()));
        // What the bus starts has neither screen nor settings of whoever runs the test.
        command.env("XDG_RUNTIME_DIR", folder.path()).env("HOME", folder.path()).env("GSETTINGS_BACKEND", "memory");
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        let mut bus = Process::spawn(command.stdout(Stdio::piped()).stderr(Stdio::null()));
        let session = lines(bus.0.stdout.take().unwrap()).recv_timeout(PATIENCE).unwrap();
        let desktop = connect(&session);
        set(&desktop, "IsEnabled", true);
        set(&desktop, "ScreenReaderEnabled", true);
        let address: String = call(&desktop, (STATUS.0, STATUS.1), "org.a11y.Bus", "GetAddress", &());
        let connection = connect(&address);
        let told = listen(&connection);
        Self { session, connection, told, _bus: bus, _folder: folder }
    }

    /// The address of the session bus.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// Looks until what is shown is as wanted, and again whenever the window says that something changed.
    pub(crate) fn until(&self, wanted: impl Fn(&[Node]) -> bool) -> Vec<Node> {
        loop {
            let shown = self.look();
            if wanted(&shown) {
                return shown;
            }
            let told = self.told.recv_timeout(PATIENCE);
            assert!(told.is_ok(), "it never came to be shown: {shown:#?}");
        }
    }

    /// Waits until this is told.
    pub(crate) fn hears(&self, wanted: impl Fn(&Told) -> bool) -> Told {
        let mut before = Vec::new();
        loop {
            match self.told.recv_timeout(PATIENCE) {
                Ok(told) if wanted(&told) => return told,
                Ok(told) => before.push(told),
                Err(_) => panic!("it was never told, but this was: {before:#?}"),
            }
        }
    }

    /// Everything that was told and not yet heard.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.told.try_iter().collect()
    }

    /// Everything in the window, in the order in which it is read; nothing while there is no window.
    pub(crate) fn look(&self) -> Vec<Node> {
        let mut shown = Vec::new();
        let applications = self.children(&(REGISTRY.to_owned(), path(ROOT))).unwrap_or_default();
        let windows: Vec<_> =
            applications.iter().filter_map(|application| self.children(application)).flatten().collect();
        windows.into_iter().for_each(|window| self.read(window, &mut shown));
        shown
    }

    /// Presses what has this name, as a screen reader does for its person.
    pub(crate) fn press(&self, node: &Node) {
        let done: bool = self.ask(&node.address, "org.a11y.atspi.Action", "DoAction", &0_i32).unwrap();
        assert!(done, "{node:?} takes no press");
    }

    /// Puts the focus there.
    pub(crate) fn focus(&self, node: &Node) {
        let done: bool = self.ask(&node.address, "org.a11y.atspi.Component", "GrabFocus", &()).unwrap();
        assert!(done, "{node:?} takes no focus");
    }

    /// Adds an object and what is in it. What goes away while it is read is not there.
    fn read(&self, address: Address, shown: &mut Vec<Node>) {
        let Some(node) = self.node(&address) else { return };
        shown.push(node);
        self.children(&address).unwrap_or_default().into_iter().for_each(|child| self.read(child, shown));
    }

    fn node(&self, address: &Address) -> Option<Node> {
        let number: u32 = self.ask(address, ACCESSIBLE, "GetRole", &())?;
        let states: Vec<u32> = self.ask(address, ACCESSIBLE, "GetState", &())?;
        let [low, high] = states[..] else { panic!("states of another form: {states:?}") };
        let interfaces: Vec<String> = self.ask(address, ACCESSIBLE, "GetInterfaces", &())?;
        let has = |name: &str| interfaces.iter().any(|interface| interface == name);
        let text = has("org.a11y.atspi.Text").then(|| self.ask(address, "org.a11y.atspi.Text", "GetText", &(0, -1)));
        let actions = has("org.a11y.atspi.Action");
        let actions: Vec<(String, String, String)> =
            if actions { self.ask(address, "org.a11y.atspi.Action", "GetActions", &())? } else { Vec::new() };
        let value = has("org.a11y.atspi.Value").then(|| self.property(address, "org.a11y.atspi.Value", "CurrentValue"));
        Some(Node {
            address: address.clone(),
            role: Role::of(number),
            name: self.property(address, ACCESSIBLE, "Name")?,
            description: self.property(address, ACCESSIBLE, "Description")?,
            states: u64::from(high) << 32 | u64::from(low),
            text: text.flatten(),
            value: value.flatten(),
            actions: actions.into_iter().map(|(name, _, _)| name).collect(),
            // 1: of the window.
            place: self.ask(address, "org.a11y.atspi.Component", "GetExtents", &1_u32)?,
        })
    }

    fn children(&self, address: &Address) -> Option<Vec<Address>> {
        self.ask(address, ACCESSIBLE, "GetChildren", &())
    }

    fn property<T: TryFrom<OwnedValue>>(&self, address: &Address, interface: &str, name: &str) -> Option<T> {
        let value: OwnedValue = self.ask(address, "org.freedesktop.DBus.Properties", "Get", &(interface, name))?;
        T::try_from(value).ok()
    }

    /// The answer of an object; none if it is gone.
    fn ask<B, T>(&self, (bus, path): &Address, interface: &str, method: &str, body: &B) -> Option<T>
    where
        B: Serialize + DynamicType,
        T: DeserializeOwned + Type,
    {
        let answer =
            block_on(self.connection.call_method(Some(bus.as_str()), path, Some(interface), method, body)).ok()?;
        answer.body().deserialize().ok()
    }
}

fn path(text: &str) -> OwnedObjectPath {
    OwnedObjectPath::try_from(text).unwrap()
}

fn connect(address: &str) -> Connection {
    block_on(connection::Builder::address(address).unwrap().build()).unwrap()
}

fn call<B, T>(connection: &Connection, (bus, path): (&str, &str), interface: &str, method: &str, body: &B) -> T
where
    B: Serialize + DynamicType,
    T: DeserializeOwned + Type,
{
    let answer = block_on(connection.call_method(Some(bus), path, Some(interface), method, body));
    let answer = answer.unwrap_or_else(|error| panic!("{method}: {error}; installer/setup.sh --tests installs it"));
    answer.body().deserialize().unwrap()
}

fn set(desktop: &Connection, name: &str, value: bool) {
    call(desktop, STATUS, "org.freedesktop.DBus.Properties", "Set", &("org.a11y.Status", name, Value::from(value)))
}

/// Hears everything that applications tell from now on.
fn listen(connection: &Connection) -> Receiver<Told> {
    let rule = |interface: &'static str| {
        MatchRule::builder().msg_type(zbus::message::Type::Signal).interface(interface).unwrap().build()
    };
    let (sender, told) = mpsc::channel();
    for interface in ["org.a11y.atspi.Event.Object", "org.a11y.atspi.Event.Window"] {
        let mut stream = block_on(MessageStream::for_match_rule(rule(interface), connection, Some(4096))).unwrap();
        let sender = sender.clone();
        thread::spawn(move || {
            let mut next = || block_on(std::future::poll_fn(|context| Pin::new(&mut stream).poll_next(context)));
            while let Some(Ok(message)) = next() {
                if sender.send(told_by(&message)).is_err() {
                    return;
                }
            }
        });
    }
    told
}

fn told_by(message: &Message) -> Told {
    let kind = message.header().member().map(ToString::to_string).unwrap_or_default();
    let body = message.body();
    let (detail, _, _, text, _): (String, i32, i32, OwnedValue, HashMap<String, OwnedValue>) =
        body.deserialize().unwrap();
    Told { kind, detail, text: String::try_from(text).unwrap_or_default() }
}
