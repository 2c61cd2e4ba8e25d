//! The menu: com.canonical.dbusmenu, as libdbusmenu's `dbus-menu.xml` has it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use zbus::fdo;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedValue, Value};

use super::layout::{Layout, Node, Properties};
use crate::tray::face::Face;
use crate::tray::menu::Action;

/// An event: the entry, what happened to it, details, and when. Only "clicked" means something here.
type Event<'a> = (i32, String, Value<'a>, u32);

/// See the module.
pub(super) struct Menu {
    faces: watch::Receiver<Face>,
    choices: UnboundedSender<Action>,
    revision: Arc<AtomicU32>,
}

impl Menu {
    /// `revision` counts the changes that were announced.
    pub(super) fn new(
        faces: watch::Receiver<Face>,
        choices: UnboundedSender<Action>,
        revision: Arc<AtomicU32>,
    ) -> Self {
        Self { faces, choices, revision }
    }

    /// Follows a click; whether there is such an entry.
    fn happened(&self, id: i32, what: &str) -> bool {
        let face = self.faces.borrow();
        let root = Node::root(&face.menu);
        let Some(node) = root.find(id) else { return false };
        if let Some(action) = node.action().filter(|_| what == "clicked") {
            // A tray that nobody listens to is about to go.
            let _ = self.choices.send(action);
        }
        true
    }
}

fn unknown(id: i32) -> fdo::Error {
    fdo::Error::InvalidArgs(format!("the menu has no entry {id}"))
}

#[zbus::interface(name = "com.canonical.dbusmenu")]
impl Menu {
    #[zbus(property)]
    fn version(&self) -> u32 {
        3
    }

    #[zbus(property)]
    fn text_direction(&self) -> &str {
        "ltr"
    }

    #[zbus(property)]
    fn status(&self) -> &str {
        "normal"
    }

    #[zbus(property)]
    fn icon_theme_path(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(out_args("revision", "layout"))]
    fn get_layout(&self, parent: i32, levels: i32, wanted: Vec<String>) -> fdo::Result<(u32, Layout)> {
        let revision = self.revision.load(Ordering::Relaxed);
        let face = self.faces.borrow();
        let root = Node::root(&face.menu);
        let node = root.find(parent).ok_or_else(|| unknown(parent))?;
        Ok((revision, node.layout(levels, &wanted)))
    }

    fn get_group_properties(&self, ids: Vec<i32>, wanted: Vec<String>) -> Vec<(i32, Properties)> {
        let face = self.faces.borrow();
        let root = Node::root(&face.menu);
        let asked = root.all().into_iter().filter(|node| ids.is_empty() || ids.contains(&node.id));
        asked.map(|node| (node.id, node.properties(&wanted))).collect()
    }

    fn get_property(&self, id: i32, name: &str) -> fdo::Result<OwnedValue> {
        let face = self.faces.borrow();
        let root = Node::root(&face.menu);
        let mut properties = root.find(id).ok_or_else(|| unknown(id))?.properties(&[]);
        let value = properties.remove(name).ok_or_else(|| unknown(id))?;
        OwnedValue::try_from(value).map_err(|error| fdo::Error::Failed(error.to_string()))
    }

    fn event(&self, id: i32, what: &str, _details: Value<'_>, _when: u32) -> fdo::Result<()> {
        if self.happened(id, what) { Ok(()) } else { Err(unknown(id)) }
    }

    /// Gives the numbers that no entry has.
    fn event_group(&self, events: Vec<Event<'_>>) -> Vec<i32> {
        events.iter().filter(|(id, what, ..)| !self.happened(*id, what)).map(|(id, ..)| *id).collect()
    }

    /// Whether the menu has to be read again first: never, as changes are announced.
    fn about_to_show(&self, _id: i32) -> bool {
        false
    }

    #[zbus(out_args("updates_needed", "id_errors"))]
    fn about_to_show_group(&self, _ids: Vec<i32>) -> (Vec<i32>, Vec<i32>) {
        (Vec::new(), Vec::new())
    }

    #[zbus(signal)]
    pub(super) async fn layout_updated(emitter: &SignalEmitter<'_>, revision: u32, parent: i32) -> zbus::Result<()>;
}
