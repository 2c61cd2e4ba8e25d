//! Linux: StatusNotifierItem and its menu over the session's D-Bus, and org.freedesktop.Notifications.
//!
//! [`show`] is the only door. Everything runs as a task of the agent's own runtime; the one thread of its own is that
//! in which `async-io` waits for the socket. The bus is reached by `zbus` alone, which the window's accessibility
//! brings anyway: `tray-icon` would put `ksni` and three more threads around the same calls.

mod item;
mod layout;
mod menu;

use std::collections::HashMap;
use std::convert::Infallible;
use std::ffi::OsStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::net::UnixStream;
use zbus::address::transport::{Transport, UnixSocket};
use zbus::connection::Builder;
use zbus::fdo::DBusProxy;
use zbus::message::Flags;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::Value;
use zbus::{Address, Connection, Executor, Message};

use super::Ends;
use super::face::{Face, Icon};
use super::notices::Notice;
use item::Item;
use menu::Menu;

/// Whom items register with: the panel, or a service behind it.
const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
/// Where an item is by the specification of StatusNotifierItem.
const ITEM_PATH: &str = "/StatusNotifierItem";
const MENU_PATH: &str = "/StatusNotifierItem/Menu";
/// How long a panel may take for an answer before it counts as one that gives none.
const PATIENCE: Duration = Duration::from_secs(5);
/// The name of the desktop file and of the icon in the theme.
const PROGRAM: &str = "jpki-bridge";

/// Shows the tray for as long as there is a bus and somebody who changes the face. A panel may come and go.
pub(super) async fn show(ends: Ends) {
    if let Err(error) = connected(ends).await {
        tracing::info!("there is no tray: {error}");
    }
}

async fn connected(ends: Ends) -> zbus::Result<()> {
    let name = format!("org.kde.StatusNotifierItem-{}-1", std::process::id());
    let revision = Arc::new(AtomicU32::new(1));
    let connection = bus()
        .await?
        // Without a thread of its own: this task turns it.
        .internal_executor(false)
        .method_timeout(PATIENCE)
        .serve_at(ITEM_PATH, Item::new(ends.faces.clone(), ends.choices.clone()))?
        .serve_at(MENU_PATH, Menu::new(ends.faces.clone(), ends.choices.clone(), Arc::clone(&revision)))?
        .name(name.as_str())?
        .build()
        .await?;
    let executor = connection.executor().clone();
    tokio::select! {
        result = served(&connection, &name, ends, &revision) => result,
        never = turn(&executor) => match never {},
    }
}

/// The session's bus. Its socket is connected here: `zbus` leaves that to the threads of `blocking`, one of which stays
/// for good and wakes twice a second.
async fn bus() -> zbus::Result<Builder<'static>> {
    let address = Address::session()?;
    let socket = match address.transport() {
        Transport::Unix(unix) => unix.path().clone(),
        _ => return Builder::address(address),
    };
    let path = match socket {
        UnixSocket::File(path) => path.into_os_string(),
        // How tokio is told of a name that is no file.
        UnixSocket::Abstract(name) => [OsStr::new("\0"), name.as_os_str()].into_iter().collect(),
        _ => return Builder::address(address),
    };
    Ok(Builder::async_io_unix_stream(UnixStream::connect(path).await?.into_std()?))
}

async fn turn(executor: &Executor<'_>) -> Infallible {
    loop {
        executor.tick().await;
    }
}

async fn served(connection: &Connection, name: &str, mut ends: Ends, revision: &AtomicU32) -> zbus::Result<()> {
    let bus = DBusProxy::new(connection).await?;
    let mut owners = bus.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
    register(connection, name).await;
    let mut shown = ends.faces.borrow_and_update().clone();
    loop {
        tokio::select! {
            change = owners.next() => match change {
                Some(change) if change.args()?.new_owner().is_some() => register(connection, name).await,
                Some(_) => {}
                None => return Err(zbus::Error::Failure("the session's D-Bus is gone".to_owned())),
            },
            changed = ends.faces.changed() => {
                if changed.is_err() {
                    return Ok(());
                }
                let face = ends.faces.borrow_and_update().clone();
                announce(connection, &shown, &face, revision).await?;
                shown = face;
            }
            Some(notice) = ends.notices.recv() => notify(connection, &notice).await?,
        }
    }
}

/// Asks the panel to show the item. Where there is none, one may come.
async fn register(connection: &Connection, name: &str) {
    let asked =
        connection.call_method(Some(WATCHER), WATCHER_PATH, Some(WATCHER), "RegisterStatusNotifierItem", &name).await;
    match asked {
        Ok(_) => tracing::debug!("a panel shows the tray"),
        Err(error) => tracing::debug!("no panel shows the tray: {error}"),
    }
}

/// Says what changed: the panel reads it anew.
async fn announce(connection: &Connection, before: &Face, now: &Face, revision: &AtomicU32) -> zbus::Result<()> {
    let item = SignalEmitter::new(connection, ITEM_PATH)?;
    if before.icon != now.icon {
        Item::new_icon(&item).await?;
        Item::new_attention_icon(&item).await?;
        Item::new_status(&item, status(now.icon)).await?;
    }
    if before.title != now.title {
        Item::new_title(&item).await?;
    }
    if (before.icon, before.title, &before.status) != (now.icon, now.title, &now.status) {
        Item::new_tool_tip(&item).await?;
    }
    if before.menu != now.menu {
        let revision = revision.fetch_add(1, Ordering::Relaxed) + 1;
        Menu::layout_updated(&SignalEmitter::new(connection, MENU_PATH)?, revision, 0).await?;
    }
    Ok(())
}

/// How urgent the item is, in the words of the specification: panels bring one that needs attention to the front.
fn status(icon: Icon) -> &'static str {
    if icon == Icon::Attention { "NeedsAttention" } else { "Active" }
}

/// Tells the person, if anything on this desktop does that. Nothing waits for an answer.
async fn notify(connection: &Connection, notice: &Notice) -> zbus::Result<()> {
    let hints = HashMap::from([("desktop-entry", Value::from(PROGRAM))]);
    let no_actions: [&str; 0] = [];
    let replaces = 0_u32;
    let servers_choice = -1_i32;
    let body = (PROGRAM, replaces, PROGRAM, &notice.title, notice.text, no_actions.as_slice(), hints, servers_choice);
    let message = Message::method_call("/org/freedesktop/Notifications", "Notify")?
        .destination("org.freedesktop.Notifications")?
        .interface("org.freedesktop.Notifications")?
        .with_flags(Flags::NoReplyExpected)?
        .build(&body)?;
    connection.send(&message).await
}
