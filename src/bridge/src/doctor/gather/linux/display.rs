//! Whether a window could appear: somebody has to listen on the socket of the display.

use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::path::PathBuf;

use crate::doctor::findings::Display;

pub(in super::super) fn display() -> Display {
    from(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

fn from(variable: impl Fn(&str) -> Option<String>) -> Display {
    let wayland = variable("WAYLAND_DISPLAY").map(|name| {
        let folder = PathBuf::from(variable("XDG_RUNTIME_DIR").unwrap_or_default());
        // An absolute name replaces the folder.
        UnixStream::connect(folder.join(name)).is_ok()
    });
    let x = variable("DISPLAY").map(|name| answers_x(&name));
    match [wayland, x] {
        [None, None] => Display::None,
        answers if answers.contains(&Some(true)) => Display::There,
        _ => Display::Gone,
    }
}

/// `:N` or `:N.S`; one on another computer is taken at its word (X(7), "display names").
fn answers_x(name: &str) -> bool {
    let Some((host, rest)) = name.rsplit_once(':') else { return false };
    if !matches!(host, "" | "unix") {
        return true;
    }
    let number = rest.split('.').next().unwrap_or_default();
    let path = format!("/tmp/.X11-unix/X{number}");
    let hidden = || SocketAddr::from_abstract_name(&path).and_then(|address| UnixStream::connect_addr(&address));
    UnixStream::connect(&path).is_ok() || hidden().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn a_display_is_there_while_somebody_listens() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = folder.path().to_str().unwrap().to_owned();
        let wayland = |name: &str| match name {
            "WAYLAND_DISPLAY" => Some("wayland-0".to_owned()),
            "XDG_RUNTIME_DIR" => Some(runtime.clone()),
            _ => None,
        };
        assert_eq!(from(wayland), Display::Gone);
        let _compositor = UnixListener::bind(folder.path().join("wayland-0")).unwrap();
        assert_eq!(from(wayland), Display::There);
        assert_eq!(from(|_| None), Display::None);
        let x = |display: &'static str| move |name: &str| (name == "DISPLAY").then(|| display.to_owned());
        assert_eq!(from(x(":64999")), Display::Gone);
        assert_eq!(from(x("desk.example:0")), Display::There);
        assert_eq!(from(x("nonsense")), Display::Gone);
    }
}
