//! What else a desktop has: a browser, a screen, and a panel of Xfce on it.

use std::fs::{self, File, Permissions};
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use e2e::page::PATIENCE;
use tempfile::TempDir;

use crate::bus::Bus;

/// A browser that only says what it was asked to open.
pub(crate) struct Browser {
    folder: TempDir,
    addresses: Receiver<String>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("addresses");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let program = folder.path().join("xdg-open");
        fs::write(&program, format!("#!/bin/sh\necho \"$1\" >'{}'\n", pipe.display())).unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        let (sender, addresses) = channel();
        // Open for writing too, the pipe never ends; the thread ends with the test's process.
        let pipe = File::options().read(true).write(true).open(pipe).unwrap();
        thread::spawn(move || {
            BufReader::new(pipe).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { folder, addresses }
    }

    /// Where programs are, this browser first.
    pub(crate) fn path(&self) -> String {
        format!("{}:{}", self.folder.path().display(), std::env::var("PATH").unwrap())
    }

    /// The next address it is asked to open.
    pub(crate) fn opened(&self) -> String {
        self.addresses.recv_timeout(PATIENCE).expect("no browser is opened")
    }
}

/// A screen that nobody sees; ends when dropped.
pub(crate) struct Screen {
    server: Child,
    display: String,
}

/// A panel in which there is nothing but a tray.
const LAYOUT: &str = r#"<?xml version="1.0"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>
"#;

impl Screen {
    pub(crate) fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "800x600x24", "-wr", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the Debian package xvfb is needed");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap().take(16)).read_line(&mut number).unwrap();
        Self { server, display: format!(":{}", number.trim()) }
    }

    /// A program that shows itself on this screen, or looks at it.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.display);
        command
    }

    /// A panel of Xfce on this screen and bus.
    pub(crate) fn panel(&self, bus: &Bus) -> RealPanel {
        let folder = bus.home().join(".config/xfce4/xfconf/xfce-perchannel-xml");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("xfce4-panel.xml"), LAYOUT).unwrap();
        let mut command = self.command("xfce4-panel");
        command.arg("--disable-wm-check").env("HOME", bus.home());
        command.env("DBUS_SESSION_BUS_ADDRESS", bus.address()).env("GIO_USE_VFS", "local").env("NO_AT_BRIDGE", "1");
        for own in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "SESSION_MANAGER"] {
            command.env_remove(own);
        }
        command.stdout(Stdio::null()).stderr(Stdio::null());
        RealPanel(command.spawn().expect("the Debian package xfce4-panel is needed"))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// See [`Screen::panel`]. It crashes when dropped.
pub(crate) struct RealPanel(Child);

impl Drop for RealPanel {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
