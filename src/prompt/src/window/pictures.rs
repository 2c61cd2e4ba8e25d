//! Every state of the window, drawn off screen: nothing is cut off and every control has a name. The
//! pictures are left in `pictures/` of the target folder, to be looked at.

mod scenes;

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use jpki_protocol::Language;
use jpki_protocol::prompt::Open;
use slint::language::ColorScheme;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, WindowAdapter, WindowEvent, update_timers_and_animations};
use slint::{ComponentHandle, PhysicalSize, PlatformError};

use scenes::Scene;

use super::ui::{Palette, Prompt, PromptWindow};
use super::{WIDE, draw};
use crate::state::{ARMING, Event, State};
use crate::texts::Texts;

/// A screen in memory: each window has a renderer of its own.
struct Memory;

impl Platform for Memory {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer))
    }
}

/// Leads a state to a scene. The focus and the clock are always such that presses count.
fn state(open: Open, events: Vec<Event>) -> State {
    let mut state = State::new(open);
    state.step(Duration::ZERO, Event::Active(true));
    for (time, event) in (1..).map(|times| ARMING * times).zip(events) {
        state.step(time, event);
    }
    state
}

fn folder() -> PathBuf {
    let binary = std::env::current_exe().unwrap();
    let folder = binary.parent().and_then(Path::parent).unwrap().join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn save(window: &PromptWindow, path: &Path) {
    let picture = window.window().take_snapshot().unwrap();
    let file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let mut encoder = png::Encoder::new(file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fastest);
    encoder.write_header().unwrap().write_image_data(picture.as_bytes()).unwrap();
}

/// What a person could miss: a control that is too small or has no name, and text that does not lie in the window.
fn faults(window: &PromptWindow, size: (f32, f32), scene: &str) -> Vec<String> {
    let elements = ElementQuery::from_root(window).match_predicate(|e| e.accessible_role().is_some()).find_all();
    let mut faults = Vec::new();
    let mut controls = 0;
    for element in elements {
        let (at, is) = (element.absolute_position(), element.size());
        let role = element.accessible_role().unwrap();
        let name = element.accessible_label().unwrap_or_default();
        let control = matches!(role, AccessibleRole::Button | AccessibleRole::Checkbox | AccessibleRole::TextInput);
        controls += usize::from(control);
        if control && name.is_empty() {
            faults.push("a control without a name".to_owned());
        }
        if control && (is.width < 24.0 || is.height < 24.0) {
            faults.push(format!("“{name}” is too small to hit (WCAG 2.5.8)"));
        }
        // What scrolls may lie below the edge of its part; nothing else may.
        let scrolls = !control && scenes::SCROLLS.iter().any(|name| scene.starts_with(name));
        let inside = at.x >= 0.0 && at.y >= 0.0 && at.x + is.width <= size.0 + 0.5 && at.y + is.height <= size.1 + 0.5;
        if !inside && !scrolls && !name.is_empty() {
            faults.push(format!("“{name}” at {at:?} of {is:?} is cut off"));
        }
    }
    if controls == 0 {
        faults.push("nothing to press".to_owned());
    }
    faults.into_iter().map(|fault| format!("{scene}: {fault}")).collect()
}

/// How a window is drawn.
#[derive(Clone, Copy)]
struct Look {
    scheme: ColorScheme,
    scale: f32,
    wide: bool,
}

const fn look(scheme: ColorScheme, scale: f32, wide: bool) -> Look {
    Look { scheme, scale, wide }
}

/// All languages, schemes, scales and layouts.
const LOOKS: [(Language, Look); 7] = [
    (Language::Ja, look(ColorScheme::Light, 1.0, false)),
    (Language::Ja, look(ColorScheme::Dark, 2.0, false)),
    (Language::Ja, look(ColorScheme::Light, 1.0, true)),
    (Language::Ja, look(ColorScheme::Light, 1.5, false)),
    (Language::En, look(ColorScheme::Dark, 1.0, false)),
    (Language::En, look(ColorScheme::Light, 2.0, false)),
    (Language::En, look(ColorScheme::Dark, 1.0, true)),
];

/// Larger pictures take longer, so only scenes of each layout are drawn so.
const LARGE: [&str; 9] = ["06", "08", "13", "24", "32", "41", "43", "48", "55"];

/// Draws a scene in a window of its own: one column as high as it wishes, or two columns on a small screen.
fn picture(lang: Language, (name, prepare, events): Scene, look: Look) -> Vec<String> {
    let mut open = scenes::open(lang);
    prepare(&mut open);
    let state = state(open, events);
    let window = PromptWindow::new().unwrap();
    window.global::<Palette<'_>>().set_color_scheme(look.scheme);
    window.global::<Prompt<'_>>().set_wide(look.wide);
    draw::question(&window, &state);
    draw::view(&window, &state);
    let resize = |width: f32, height: f32| {
        window.window().set_size(PhysicalSize::new((width * look.scale) as u32, (height * look.scale) as u32));
    };
    window.window().dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor: look.scale });
    window.window().dispatch_event(WindowEvent::WindowActiveChanged(true));
    resize(520.0, 600.0);
    window.show().unwrap();
    if name.starts_with("48") {
        let button = ElementHandle::find_by_accessible_label(&window, Texts::of(lang).show_digests).next().unwrap();
        button.invoke_accessible_default_action();
    }
    update_timers_and_animations();
    let (width, mut height) = if look.wide { (WIDE.width, WIDE.height) } else { (520.0, window.get_wish()) };
    resize(width, height);
    update_timers_and_animations();
    if !look.wide {
        height = window.get_fit();
        resize(width, height);
        update_timers_and_animations();
    }
    let columns = if look.wide { "-wide" } else { "" };
    let dark = if look.scheme == ColorScheme::Dark { "dark" } else { "light" };
    let name = format!("{name}-{}-{dark}-{}x{columns}", lang.tag(), look.scale);
    save(&window, &folder().join(format!("{name}.png")));
    let faults = faults(&window, (width, height), &name);
    window.hide().unwrap();
    faults
}

#[test]
fn every_state_is_drawn_whole_in_each_language_scheme_and_scale() {
    slint::platform::set_platform(Box::new(Memory)).unwrap();
    let mut faults = Vec::new();
    for (lang, look) in LOOKS {
        let drawn = |scene: &Scene| look.scale == 1.0 || LARGE.iter().any(|name| scene.0.starts_with(name));
        for scene in scenes::scenes(lang).into_iter().filter(drawn) {
            faults.extend(picture(lang, scene, look));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
