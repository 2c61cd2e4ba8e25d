//! A session's D-Bus of a test's own, and who is on it: a panel that waits for items, somebody who shows notifications.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use e2e::page::PATIENCE;
use tempfile::TempDir;
use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, MessageIterator, Proxy, proxy};
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{MatchRule, Message};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const ITEM_PATH: &str = "/StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";
const NOTIFICATIONS: &str = "org.freedesktop.Notifications";

/// A bus; ends when dropped.
pub(crate) struct Bus {
    daemon: Child,
    address: String,
    home: TempDir,
}

impl Bus {
    pub(crate) fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address"])
            // What the bus starts keeps its files here.
            .env("HOME", home.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_CACHE_HOME")
            .env_remove("DISPLAY")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the Debian package dbus-daemon is needed");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { daemon, address: address.trim().to_owned(), home }
    }

    /// The home folder of what the bus starts.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn connect(&self) -> Connection {
        self.builder().build().unwrap()
    }

    fn builder(&self) -> Builder<'_> {
        Builder::address(self.address.as_str()).unwrap()
    }

    /// A panel appears, which keeps the items' names; it goes when dropped.
    pub(crate) fn panel(&self) -> Panel {
        let (items, registered) = channel();
        let panel = self.builder().serve_at(WATCHER_PATH, Watcher(items)).unwrap().name(WATCHER).unwrap();
        Panel { _connection: panel.build().unwrap(), registered }
    }

    /// Somebody shows notifications from now on; their titles come out.
    pub(crate) fn notifications(&self) -> (Connection, Receiver<String>) {
        let (titles, shown) = channel();
        let server = self.builder().serve_at("/org/freedesktop/Notifications", Notifications(titles)).unwrap();
        (server.name(NOTIFICATIONS).unwrap().build().unwrap(), shown)
    }

    /// Notifies, as a program does that has only a title to tell.
    pub(crate) fn notify(&self, title: &str) {
        let connection = self.connect();
        let server = proxy(&connection, NOTIFICATIONS, "/org/freedesktop/Notifications", NOTIFICATIONS);
        let (actions, hints) = (Vec::<String>::new(), HashMap::<String, OwnedValue>::new());
        let _: u32 = server.call("Notify", &("", 0_u32, "", title, "", actions, hints, -1)).unwrap();
    }

    /// The names that programs asked for.
    pub(crate) fn names(&self) -> Vec<String> {
        let names = zbus::blocking::fdo::DBusProxy::new(&self.connect()).unwrap().list_names().unwrap();
        names.iter().map(ToString::to_string).filter(|name| !name.starts_with(':')).collect()
    }

    /// The real panel's list of items, as soon as it has one.
    pub(crate) fn items_of_real_panel(&self) -> Vec<String> {
        let connection = self.connect();
        let rule = MatchRule::builder().interface(WATCHER).unwrap().member("StatusNotifierItemRegistered").unwrap();
        let registered = heard(&connection, rule.build());
        loop {
            let watcher = proxy(&connection, WATCHER, WATCHER_PATH, WATCHER);
            let items: Vec<String> = watcher.get_property("RegisteredStatusNotifierItems").unwrap_or_default();
            if !items.is_empty() {
                return items;
            }
            registered.recv_timeout(PATIENCE).expect("the panel gets no item");
        }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // It may be gone, as a test wanted.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// See [`Bus::panel`].
pub(crate) struct Panel {
    _connection: Connection,
    registered: Receiver<String>,
}

impl Panel {
    /// The name of the item that registers next.
    pub(crate) fn item(&self) -> String {
        self.registered.recv_timeout(PATIENCE).expect("no item registers")
    }
}

struct Watcher(Sender<String>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        let _ = self.0.send(service);
    }
}

struct Notifications(Sender<String>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[allow(clippy::too_many_arguments, reason = "so the specification has it")]
    fn notify(
        &self,
        _program: &str,
        _replaces: u32,
        _icon: &str,
        title: String,
        _text: &str,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let _ = self.0.send(title);
        1
    }
}

/// What an item shows, as a panel sees it.
pub(crate) struct Item {
    item: Proxy<'static>,
    menu: Proxy<'static>,
    changes: Receiver<Message>,
}

/// An entry of the menu: its number, what is said of it, and those in it.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// One line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: i32,
    pub(crate) label: String,
    pub(crate) ticked: Option<bool>,
}

impl Item {
    pub(crate) fn of(connection: &Connection, name: &str) -> Self {
        let rule = MatchRule::builder().sender(name.to_owned()).unwrap().msg_type(zbus::message::Type::Signal).build();
        let changes = heard(connection, rule);
        let item = proxy(connection, name, ITEM_PATH, ITEM);
        let path: zbus::zvariant::OwnedObjectPath = item.get_property("Menu").unwrap();
        Self { menu: proxy(connection, name, path.as_str(), MENU), item, changes }
    }

    /// The title and the sentence of the tooltip.
    pub(crate) fn tooltip(&self) -> (String, String) {
        type Tooltip = (String, Vec<(i32, i32, Vec<u8>)>, String, String);
        let (.., title, text): Tooltip = self.item.get_property("ToolTip").unwrap();
        (title, text)
    }

    pub(crate) fn status(&self) -> String {
        self.item.get_property("Status").unwrap()
    }

    /// The pixels, in all sizes.
    pub(crate) fn icon(&self) -> Vec<(i32, i32, Vec<u8>)> {
        self.item.get_property("IconPixmap").unwrap()
    }

    /// The menu's lines, those of inner menus behind their own.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let (_, layout): (u32, Layout) = self.menu.call("GetLayout", &(0, -1, Vec::<String>::new())).unwrap();
        let mut lines = Vec::new();
        collect(layout, &mut lines);
        lines
    }

    pub(crate) fn line(&self, label: &str) -> Line {
        let lines = self.lines();
        lines.iter().find(|line| line.label == label).unwrap_or_else(|| panic!("no {label} in {lines:?}")).clone()
    }

    /// Chooses the line with this label, as a panel does.
    pub(crate) fn choose(&self, label: &str) {
        let () = self.menu.call("Event", &(self.line(label).id, "clicked", Value::from(0), 0_u32)).unwrap();
    }

    /// A click on the icon.
    pub(crate) fn click(&self) {
        let () = self.item.call("Activate", &(10, 10)).unwrap();
    }

    /// Waits until it looks like this.
    pub(crate) fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        while !holds(self) {
            let change = self.changes.recv_timeout(PATIENCE);
            assert!(change.is_ok(), "{what} is not shown; the tooltip is {:?}", self.tooltip());
        }
    }

    /// Waits until the tooltip says this, and the menu's first line too.
    pub(crate) fn says(&self, sentence: &str) {
        self.until(sentence, |item| item.tooltip().1.contains(sentence) && item.lines()[0].label == item.tooltip().1);
    }
}

fn collect((id, properties, inside): Layout, lines: &mut Vec<Line>) {
    let label = properties.get("label").map(|label| String::try_from(label.try_clone().unwrap()).unwrap());
    let ticked = properties.get("toggle-state").map(|state| i32::try_from(state).unwrap() == 1);
    lines.extend(label.map(|label| Line { id, label, ticked }));
    for entry in inside {
        collect(Layout::try_from(entry).unwrap(), lines);
    }
}

fn proxy(connection: &Connection, name: &str, path: &str, interface: &'static str) -> Proxy<'static> {
    let builder = proxy::Builder::new(connection).destination(name.to_owned()).unwrap();
    let builder = builder.path(path.to_owned()).unwrap().interface(interface).unwrap();
    builder.cache_properties(CacheProperties::No).build().unwrap()
}

/// What the bus says from now on, as far as it fits `rule`.
fn heard(connection: &Connection, rule: MatchRule<'_>) -> Receiver<Message> {
    let messages = MessageIterator::for_match_rule(rule.to_owned(), connection, None).unwrap();
    let (sender, receiver) = channel();
    thread::spawn(move || messages.map_while(Result::ok).try_for_each(|message| sender.send(message)));
    receiver
}
