//! The icon: <https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierItem/>

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::ObjectPath;

use super::{MENU_PATH, PROGRAM, status};
use crate::tray::face::Face;
use crate::tray::menu::{Action, Section};
use crate::tray::pictures::pictures;

/// An icon on the bus: width, height, and its pixels as alpha, red, green, blue.
type Pixmap = (i32, i32, Vec<u8>);

/// See the module.
pub(super) struct Item {
    faces: watch::Receiver<Face>,
    choices: UnboundedSender<Action>,
}

impl Item {
    pub(super) fn new(faces: watch::Receiver<Face>, choices: UnboundedSender<Action>) -> Self {
        Self { faces, choices }
    }

    fn pixmaps(&self) -> Vec<Pixmap> {
        let icon = self.faces.borrow().icon;
        let pixmap = |picture: &crate::tray::pictures::Picture| {
            let argb =
                picture.rgba.as_chunks().0.iter().flat_map(|[red, green, blue, alpha]| [*alpha, *red, *green, *blue]);
            // A picture is at most some 50 pixels wide.
            let size = i32::try_from(picture.size).unwrap_or_default();
            (size, size, argb.collect())
        };
        pictures(icon).iter().map(pixmap).collect()
    }

    fn choose(&self, action: Action) {
        // A tray that nobody listens to is about to go.
        let _ = self.choices.send(action);
    }
}

#[zbus::interface(name = "org.kde.StatusNotifierItem")]
impl Item {
    #[zbus(property)]
    fn category(&self) -> &str {
        "Hardware"
    }

    #[zbus(property)]
    fn id(&self) -> &str {
        PROGRAM
    }

    #[zbus(property)]
    fn title(&self) -> &str {
        self.faces.borrow().title
    }

    #[zbus(property)]
    fn status(&self) -> &str {
        status(self.faces.borrow().icon)
    }

    #[zbus(property)]
    fn window_id(&self) -> i32 {
        0
    }

    /// None: the pixels are in the program, and need no theme that is installed.
    #[zbus(property)]
    fn icon_name(&self) -> &str {
        ""
    }

    #[zbus(property)]
    fn icon_pixmap(&self) -> Vec<Pixmap> {
        self.pixmaps()
    }

    #[zbus(property)]
    fn attention_icon_name(&self) -> &str {
        ""
    }

    /// The same: the icon for attention is an icon like the others.
    #[zbus(property)]
    fn attention_icon_pixmap(&self) -> Vec<Pixmap> {
        self.pixmaps()
    }

    #[zbus(property)]
    fn overlay_icon_name(&self) -> &str {
        ""
    }

    #[zbus(property)]
    fn overlay_icon_pixmap(&self) -> Vec<Pixmap> {
        Vec::new()
    }

    #[zbus(property)]
    fn tool_tip(&self) -> (String, Vec<Pixmap>, String, String) {
        let face = self.faces.borrow();
        (String::new(), Vec::new(), face.title.to_owned(), face.status.clone())
    }

    #[zbus(property)]
    fn item_is_menu(&self) -> bool {
        false
    }

    #[zbus(property)]
    fn menu(&self) -> ObjectPath<'_> {
        ObjectPath::from_static_str_unchecked(MENU_PATH)
    }

    /// A click.
    fn activate(&self, _x: i32, _y: i32) {
        self.choose(Action::Open(Section::Status));
    }

    /// A click with the middle button: nothing.
    fn secondary_activate(&self, _x: i32, _y: i32) {}

    /// A click for the menu, which panels show by themselves.
    fn context_menu(&self, _x: i32, _y: i32) {}

    /// The wheel: nothing.
    fn scroll(&self, _delta: i32, _orientation: &str) {}

    #[zbus(signal)]
    pub(super) async fn new_title(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    pub(super) async fn new_icon(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    pub(super) async fn new_attention_icon(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    pub(super) async fn new_tool_tip(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    pub(super) async fn new_status(emitter: &SignalEmitter<'_>, status: &str) -> zbus::Result<()>;
}
