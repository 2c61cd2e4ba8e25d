//! The system's own tray through `tray-icon`, for the threads of Windows and macOS that may touch it.

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tray_icon::menu::{
    CheckMenuItem, IsMenuItem, Menu as NativeMenu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu,
};
use tray_icon::{Icon as NativeIcon, MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

use super::face::{Face, Icon};
use super::menu::{Action, Entry, Section, flat};
use super::pictures::pictures;
use crate::threads::lock;

/// How many pixels an icon has: Windows and macOS scale one for all screens.
const ICON_SIZE: u32 = 32;

/// An icon in the tray; it goes when dropped.
pub(super) struct Hanging {
    icon: TrayIcon,
    shown: Face,
}

impl Hanging {
    /// Hangs up the icon, and sends what is chosen from now on. To be called once, on the thread with the system's
    /// events.
    pub(super) fn hang(faces: &watch::Receiver<Face>, choices: UnboundedSender<Action>) -> Result<Self, Failure> {
        let shown = faces.borrow().clone();
        let icon = TrayIconBuilder::new()
            .with_icon(native_icon(shown.icon)?)
            .with_tooltip(tooltip(&shown))
            .with_menu(Box::new(native_menu(&shown.menu)?))
            // A click opens the page on Windows, and everybody's menu on macOS.
            .with_menu_on_left_click(cfg!(target_os = "macos"))
            .build()?;
        let (faces, chosen) = (faces.clone(), choices.clone());
        MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
            let place = event.id().as_ref().parse::<usize>().ok();
            let action = place.and_then(|place| flat(&faces.borrow().menu).nth(place)?.action());
            // A tray that nobody listens to is about to go.
            let _ = action.map(|action| chosen.send(action));
        }));
        let clicked = std::sync::Mutex::new(choices);
        TrayIconEvent::set_event_handler(Some(move |event| {
            if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } = event
                && !cfg!(target_os = "macos")
            {
                let _ = lock(&clicked).send(Action::Open(Section::Status));
            }
        }));
        Ok(Self { icon, shown })
    }

    /// Makes the icon look like this.
    pub(super) fn show(&mut self, face: Face) -> Result<(), Failure> {
        if face.icon != self.shown.icon {
            self.icon.set_icon(Some(native_icon(face.icon)?))?;
        }
        if tooltip(&face) != tooltip(&self.shown) {
            self.icon.set_tooltip(Some(tooltip(&face)))?;
        }
        if face.menu != self.shown.menu {
            self.icon.set_menu(Some(Box::new(native_menu(&face.menu)?)));
        }
        self.shown = face;
        Ok(())
    }
}

/// Why the system shows no icon.
pub(super) type Failure = Box<dyn std::error::Error>;

fn tooltip(face: &Face) -> String {
    format!("{}\n{}", face.title, face.status)
}

fn native_icon(icon: Icon) -> Result<NativeIcon, Failure> {
    let picture = pictures(icon).iter().find(|picture| picture.size == ICON_SIZE).ok_or("no icon of this size")?;
    Ok(NativeIcon::from_rgba(picture.rgba.to_vec(), picture.size, picture.size)?)
}

/// The menu. Each entry is named by its place among all, in the order in which they are read.
fn native_menu(menu: &[Entry]) -> Result<NativeMenu, Failure> {
    let native = NativeMenu::new();
    for item in native_items(menu, &mut 0) {
        native.append(item.as_ref())?;
    }
    Ok(native)
}

fn native_items(menu: &[Entry], place: &mut usize) -> Vec<Box<dyn IsMenuItem>> {
    menu.iter().map(|entry| native_item(entry, place)).collect()
}

fn native_item(entry: &Entry, place: &mut usize) -> Box<dyn IsMenuItem> {
    let id = place.to_string();
    *place += 1;
    // A single ampersand would name the key of the letter behind it.
    let text = |label: &str| label.replace('&', "&&");
    match entry {
        Entry::Text(label) => Box::new(MenuItem::with_id(id, text(label), false, None)),
        Entry::Do(label, _) => Box::new(MenuItem::with_id(id, text(label), true, None)),
        Entry::Pick(label, on, _) => Box::new(CheckMenuItem::with_id(id, text(label), true, *on, None)),
        Entry::Switch { label, on, .. } => {
            Box::new(CheckMenuItem::with_id(id, text(label), on.is_some(), *on == Some(true), None))
        }
        Entry::Rule => Box::new(PredefinedMenuItem::separator()),
        Entry::Group(label, inside) => {
            let group = Submenu::with_id(id, text(label), true);
            for item in native_items(inside, place) {
                // Only a menu that is full on a system with a limit refuses one.
                let _ = group.append(item.as_ref());
            }
            Box::new(group)
        }
    }
}
