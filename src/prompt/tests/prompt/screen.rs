//! A screen in memory (Xvfb), with the keys a person would press. Every test that needs a window comes in.

use std::process::{Command, Stdio};

use crate::support::{PATIENCE, Process, Prompt, lines};

/// A screen of its own for each test.
pub(crate) struct Screen {
    name: String,
    /// What a prompt on this screen finds in its environment.
    variables: Vec<(&'static str, String)>,
    _server: Process,
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self::of("1280x900x24")
    }

    /// A screen of a size, as Xvfb takes it.
    pub(crate) fn of(size: &str) -> Self {
        let mut server = Process::spawn(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp", "-noreset"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let number = lines(server.0.stdout.take().unwrap()).recv_timeout(PATIENCE).unwrap();
        Self { name: format!(":{number}"), variables: Vec::new(), _server: server }
    }

    /// A screen that no program finds.
    pub(crate) fn out_of_reach() -> Self {
        Self { name: String::new(), ..Self::new() }
    }

    /// The same with a variable more in the environment of prompts.
    pub(crate) fn with(mut self, variable: &'static str, value: &str) -> Self {
        self.variables.push((variable, value.to_owned()));
        self
    }

    /// The same with a resource of the desktop, as its settings leave them to programs.
    pub(crate) fn resource(self, name: &str, value: &str) -> Self {
        let text = format!("{name}: {value}");
        let arguments = ["-root", "-format", "RESOURCE_MANAGER", "8s", "-set", "RESOURCE_MANAGER", &text];
        let status = Command::new("xprop").args(arguments).env("DISPLAY", &self.name).status().unwrap();
        assert!(status.success(), "{text}: {status}");
        self
    }

    pub(crate) fn prompt(&self) -> Prompt {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jpki-prompt"));
        // No desktop around it: neither another screen nor a session bus of whoever runs the test.
        command.env("DISPLAY", &self.name);
        for variable in ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DBUS_SESSION_BUS_ADDRESS", "SLINT_BACKEND"] {
            command.env_remove(variable);
        }
        command.envs(self.variables.iter().map(|(variable, value)| (variable, value)));
        Prompt::start(&mut command)
    }

    /// A prompt that was opened, with its window shown and given the focus.
    pub(crate) fn opened(&self, open: &str) -> Prompt {
        let mut prompt = self.prompt();
        prompt.say(open);
        let window = self.xdotool(&["search", "--sync", "--onlyvisible", "--name", "JPKI Bridge"]);
        self.xdotool(&["windowfocus", "--sync", window.trim()]);
        prompt
    }

    pub(crate) fn xdotool(&self, arguments: &[&str]) -> String {
        // Its arguments are UTF-8, whatever the locale of the tests.
        let mut command = Command::new("xdotool");
        let output = command.args(arguments).env("DISPLAY", &self.name).env("LC_ALL", "C.UTF-8").output();
        let output = output.unwrap_or_else(|error| panic!("xdotool: {error}; installer/setup.sh installs it"));
        assert!(output.status.success(), "xdotool {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The prompt's window.
    pub(crate) fn window(&self) -> String {
        self.xdotool(&["search", "--onlyvisible", "--name", "JPKI Bridge"])
    }

    /// Takes the focus from every window.
    pub(crate) fn look_away(&self) {
        let output = Command::new("xwininfo").args(["-root", "-int"]).env("DISPLAY", &self.name).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let root = text.split("Window id: ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        self.xdotool(&["windowfocus", root]);
    }

    /// All of the screen.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let arguments = ["-window", "root", "ppm:-"];
        Command::new("import").args(arguments).env("DISPLAY", &self.name).output().unwrap().stdout
    }

    /// The colour of a place on the screen, as `import` of ImageMagick names it.
    pub(crate) fn color(&self, place: &str) -> String {
        let arguments = ["-window", "root", "-crop", place, "-format", "%[pixel:p{0,0}]", "info:-"];
        let output = Command::new("import").args(arguments).env("DISPLAY", &self.name).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn keys(&self, keys: &[&str]) {
        self.xdotool(&[&["key", "--delay", "20"], keys].concat());
    }
}
