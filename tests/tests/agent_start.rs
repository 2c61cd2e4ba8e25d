//! The agent on computers that are not as they should be: it starts, or says exactly why not, and loses nothing. Each
//! scene is a shell script in a mount namespace of its own, so that disks are really full and folders really read-only.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do: at once")]

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use e2e::agent::program;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// How each scene's agent is started: it takes the place of the shell.
const RUN: &str = "exec \"$1\" run --port 0 --no-tray --prompt unused\n";

/// A computer of one person: `$1` is the program, `$2` an empty home folder. It ends with the first command that fails.
fn scene(script: &str, home: &Path) -> Command {
    let mut command = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command.args(["--mount", "sh", "-ec", script, "sh"]).arg(program("jpki-bridge").unwrap()).arg(home);
    for variable in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "DISPLAY", "WAYLAND_DISPLAY"] {
        command.env_remove(variable);
    }
    command.env("HOME", home).env("XDG_RUNTIME_DIR", home.join(".config"));
    command
}

/// Plays a scene to its end.
#[track_caller]
fn play(script: &str) -> Output {
    let home = tempfile::tempdir().unwrap();
    scene(script, home.path()).output().unwrap()
}

/// The scene ends because of this.
#[track_caller]
fn refuses(output: &Output, says: &[&str]) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    for part in says {
        assert!(message.contains(part), "{part} is missing: {message}");
    }
    assert!(!message.contains("panicked"), "{message}");
}

/// A scene that ends with an agent that runs.
struct Running {
    child: Child,
    /// What the scene said before.
    said: String,
    port: u16,
}

impl Running {
    #[track_caller]
    fn start(script: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self::of(scene(&format!("{script}\n{RUN}"), home.path()))
    }

    #[track_caller]
    fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some((_, port)) = line.split_once("is ready on port ") {
                let port = port.parse().unwrap();
                TcpStream::connect(("127.0.0.1", port)).unwrap();
                return Self { child, said, port };
            }
            said.push_str(&line);
            said.push('\n');
        }
        let mut log = String::new();
        child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        let status = child.wait().unwrap();
        panic!("no agent, {status}: {said}{log}");
    }

    /// Asks it to end, and gives what it logged.
    #[track_caller]
    fn end(self) -> String {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let output = self.child.wait_with_output().unwrap();
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !log.contains("panicked"), "{log}");
        log
    }
}

/// A disk of 64 kB as home, with one decision on it, and then full.
const FULL_HOME: &str = r#"
mount -t tmpfs -o size=64k,mode=700 tmpfs "$2"
cd "$2"
"$1" sites block https://blocked.example
head -c 100000 /dev/zero >"$2/fill" 2>/dev/null || true
"#;

#[test]
fn on_a_full_disk_the_agent_starts_and_no_decision_is_lost() {
    let runtime = tempfile::tempdir().unwrap();
    let home = tempfile::tempdir().unwrap();
    let try_to_decide = r#"
        "$1" sites block https://other.example 2>&1 || echo "exit $?"
        ls .config/jpki-bridge
        "$1" sites list
    "#;
    let mut command = scene(&format!("{FULL_HOME}{try_to_decide}{RUN}"), home.path());
    command.env("XDG_RUNTIME_DIR", runtime.path());
    let agent = Running::of(command);
    let lines: Vec<&str> = agent.said.lines().collect();
    let path = home.path().join(".config/jpki-bridge/sites.json");
    assert_eq!(lines[0], "https://blocked.example: blocked (was: asked)");
    assert!(lines[1].contains(path.to_str().unwrap()) && lines[1].contains("No space left"), "{}", agent.said);
    assert_eq!(lines[2..], ["exit 1", "sites.json", "sites.json.lock", "blocked https://blocked.example"]);
    assert!(agent.end().is_empty(), "nothing of the agent's own is on that disk");
}

#[test]
fn where_everything_is_on_a_full_disk_the_agent_says_what_it_does_without() {
    let agent = Running::start(FULL_HOME);
    let log = agent.end();
    assert!(log.contains("a second start will not find this agent") && log.contains("No space left"), "{log}");
}

#[test]
fn a_home_folder_that_can_not_be_written_is_read() {
    let runtime = tempfile::tempdir().unwrap();
    let home = tempfile::tempdir().unwrap();
    let script = r#"
        "$1" sites block https://blocked.example
        mount --bind "$2" "$2"
        mount -o remount,bind,ro "$2"
        "$1" sites forget https://blocked.example 2>&1 || echo "exit $?"
        "$1" autostart on 2>&1 || echo "exit $?"
        "$1" sites list
    "#;
    let mut command = scene(&format!("{script}{RUN}"), home.path());
    command.env("XDG_RUNTIME_DIR", runtime.path());
    let agent = Running::of(command);
    let lines: Vec<&str> = agent.said.lines().collect();
    assert!(lines[1].contains("sites.json") && lines[1].contains("Read-only file system"), "{}", agent.said);
    assert!(lines[3].contains("jpki-bridge.desktop") && lines[3].contains("Read-only"), "{}", agent.said);
    assert_eq!((lines[2], lines[4], lines[5]), ("exit 1", "exit 1", "blocked https://blocked.example"));
    assert_eq!(agent.end(), "");
}

#[test]
fn where_nothing_can_be_written_at_all_the_agent_says_what_it_needs() {
    let script = r#"
        mount --bind "$2" "$2"
        mount -o remount,bind,ro "$2"
    "#;
    refuses(&play(&format!("{script}{RUN}")), &["agent.lock", "Read-only file system", "XDG_RUNTIME_DIR"]);
}

#[test]
fn nobody_to_read_its_words_is_no_reason_to_end() {
    // What is printed and logged goes to a device that is full.
    let home = tempfile::tempdir().unwrap();
    let script = format!("exec 2>/dev/full\n{RUN}");
    let mut command = scene(&script, home.path());
    command.env("JPKI_BRIDGE_LOG", "trace");
    Running::of(command).end();
    let mut command = scene(RUN, home.path());
    command.env("JPKI_BRIDGE_LOG", "info").stdout(File::options().write(true).open("/dev/full").unwrap());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let ready = log.find_map(|line| line.ok().filter(|line| line.contains("the agent is ready")));
    assert!(ready.is_some());
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
    let rest: Vec<String> = log.map_while(Result::ok).collect();
    assert!(rest.is_empty(), "{rest:?}");
}

#[test]
fn without_a_home_folder_it_says_so_and_names_the_variable() {
    // Without its configuration the C library knows no other source of accounts, such as systemd's.
    let nobody = "mount --bind /dev/null /etc/passwd\nmount --bind /dev/null /etc/nsswitch.conf\nunset HOME\n";
    refuses(&play(&format!("{nobody}{RUN}")), &["no home folder", "HOME"]);
    for command in ["sites list", "autostart on", "settings"] {
        refuses(&play(&format!("{nobody}\"$1\" {command}")), &["no home folder", "HOME"]);
    }
}

#[test]
fn without_the_variable_the_home_folder_of_the_account_is_used() {
    let agent = Running::start(
        r#"
        printf 'me:x:%s:0::%s:/bin/sh\n' "$(id -u)" "$2" >"$2/passwd"
        mount --bind "$2/passwd" /etc/passwd
        unset HOME
        "$1" sites block https://blocked.example
        test -e "$2/.config/jpki-bridge/sites.json"
    "#,
    );
    agent.end();
}

#[test]
fn a_locale_nobody_has_a_dead_bus_and_no_display_are_no_reason_to_end() {
    let odd = "export LC_ALL=\"$(printf '\\377\\376')\" LANG=xx_YY.NOPE LANGUAGE=tlh\n";
    let absent = "unset LC_ALL LANG DBUS_SESSION_BUS_ADDRESS\n";
    let dead = "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent DISPLAY=:4711 WAYLAND_DISPLAY=nope\n";
    let with_tray = "exec \"$1\" run --port 0 --prompt unused\n";
    for script in [odd, absent, dead] {
        let home = tempfile::tempdir().unwrap();
        Running::of(scene(&format!("{script}{with_tray}"), home.path())).end();
    }
}

#[test]
fn a_second_start_finds_the_first_one_whatever_the_folder() {
    let runtime = tempfile::tempdir().unwrap();
    let home = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = scene(RUN, home.path());
        command.env("XDG_RUNTIME_DIR", runtime.path());
        command
    };
    let first = Running::of(start());
    let second = start().output().unwrap();
    assert!(second.status.success());
    let said = String::from_utf8_lossy(&second.stdout);
    assert!(said.starts_with(&format!("JPKI Bridge is already running on port {}", first.port)), "{said}");
    first.end();
    let left: Vec<_> =
        std::fs::read_dir(runtime.path().join("jpki-bridge")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["agent.lock"], "no secret is left behind");
}

#[test]
fn what_stands_where_a_file_should_is_named_and_left() {
    for (name, what, says) in [
        ("config.toml", "mkdir", "config.toml"),
        ("sites.json", "mkdir", "sites.json"),
        ("config.toml", "head -c 70000 /dev/zero >", "config.toml is broken"),
        ("config.toml", "printf 'port = \\000' >", "config.toml is broken"),
        ("sites.json", "printf '\\357\\273\\277{}' >", "sites.json is broken"),
        ("sites.json", "head -c 5000000 /dev/zero >", "sites.json is broken"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let folder = r#"mkdir -p "$2/.config/jpki-bridge" && cd "$2/.config/jpki-bridge""#;
        let output = scene(&format!("{folder}\n{what} {name}\n{RUN}"), home.path()).output().unwrap();
        refuses(&output, &[says]);
        assert!(home.path().join(".config/jpki-bridge").join(name).exists());
    }
    refuses(
        &play(&format!("mkdir \"$2/.config\"\necho mine >\"$2/.config/jpki-bridge\"\n{RUN}")),
        &[".config/jpki-bridge"],
    );
}

/// A policy in the namespace's own `/etc`; the text comes on standard input of the scene.
const POLICY: &str = r#"
mkdir "$2/up" "$2/work"
mount -t tmpfs tmpfs "$2/up"
mkdir "$2/up/up" "$2/up/work"
mount -t overlay -o "lowerdir=/etc,upperdir=$2/up/up,workdir=$2/up/work" overlay /etc
mkdir -p /etc/jpki-bridge
printf '%s\n' "$POLICY" >/etc/jpki-bridge/policy.toml
"#;

fn managed(policy: &str, script: &str) -> Output {
    let home = tempfile::tempdir().unwrap();
    scene(&format!("{POLICY}{script}"), home.path()).env("POLICY", policy).output().unwrap()
}

#[test]
fn a_policy_that_is_not_understood_or_not_the_administrator_s_alone_starts_nothing() {
    let path = "/etc/jpki-bridge/policy.toml";
    for policy in ["=", "porto = 1", "port = 70000", "timeout = 0", "allowed = [\"https://*.example\"]"] {
        for command in ["run --port 0 --no-tray --prompt unused", "sites list", "settings"] {
            refuses(&managed(policy, &format!("\"$1\" {command}")), &[path, "is broken"]);
        }
    }
    refuses(&managed("port = 39042", &format!("chmod 666 {path}\n{RUN}")), &[path, "changed by other users"]);
}

#[test]
fn a_policy_is_shown_as_managed_and_nothing_overrides_it() {
    let policy = "port = 39043\nallowed = [\"https://good.example\"]\nonly_allowed = true\nlog = \"error\"";
    let output = managed(policy, "JPKI_BRIDGE_LOG=trace \"$1\" settings --json --port 39041");
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let row = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    let path = "/etc/jpki-bridge/policy.toml";
    for (name, value) in [("port", json!(39043)), ("log", json!("error")), ("only_allowed", json!(true))] {
        let wanted = json!([value, "policy", path, true]);
        let found = row(name);
        assert_eq!(json!([found["value"], found["source"], found["place"], found["managed"]]), wanted);
    }
    assert_eq!(row("timeout")["source"], "default");
    let output = managed(policy, "\"$1\" sites list");
    let listed = "allowed https://good.example (managed by the administrator)\n\
        Every other site is blocked (managed by the administrator).\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), listed);
    refuses(&managed(policy, "\"$1\" sites allow https://other.example"), &["administrator", "https://other.example"]);
}

#[test]
fn only_the_sites_of_a_policy_come_in() {
    let home = tempfile::tempdir().unwrap();
    let mut command = scene(&format!("{POLICY}\"$1\" sites allow https://mine.example || true\n{RUN}"), home.path());
    let policy = "allowed = [\"https://good.example\", \"https://bad.example\"]\nonly_allowed = true\n\
        blocked = [\"https://bad.example\"]";
    let agent = Running::of({
        command.env("POLICY", policy);
        command
    });
    for (origin, status) in
        [("https://good.example", "200"), ("https://bad.example", "403"), ("https://mine.example", "403")]
    {
        assert_eq!(health(agent.port, origin), status, "{origin}");
    }
    agent.end();
}

/// The status of a page's first question.
fn health(port: u16, origin: &str) -> String {
    use std::io::Write as _;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET /v1/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {origin}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn start_at_login_is_switched_seen_and_undone() {
    let script = r#"
        export XDG_CONFIG_DIRS="$2/xdg"
        cd "$2"
        "$1" autostart status
        "$1" autostart on
        "$1" autostart on
        "$1" autostart status --json
        mkdir -p xdg/autostart
        printf '[Desktop Entry]\nType=Application\nName=x\nExec=jpki-bridge run\n' >xdg/autostart/jpki-bridge.desktop
        "$1" autostart off
        grep Hidden .config/autostart/jpki-bridge.desktop
        "$1" autostart status
        "$1" autostart on
        ls .config/autostart
        echo mine >.config/autostart/jpki-bridge.desktop
        "$1" autostart on
    "#;
    let home = tempfile::tempdir().unwrap();
    let output = scene(script, home.path()).output().unwrap();
    let entry = home.path().join(".config/autostart/jpki-bridge.desktop").display().to_string();
    let packaged = home.path().join("xdg/autostart/jpki-bridge.desktop").display().to_string();
    refuses(&output, &[&entry, "was not written by this program"]);
    assert_eq!(std::fs::read_to_string(&entry).unwrap(), "mine\n");
    let said = String::from_utf8_lossy(&output.stdout);
    let wanted = [
        "off".to_owned(),
        "JPKI Bridge starts at login from now on. To undo: jpki-bridge autostart off".to_owned(),
        format!("  wrote {entry}"),
        "JPKI Bridge starts at login: nothing had to be changed.".to_owned(),
        json!({ "on": true, "by": entry, "trouble": null }).to_string(),
        "JPKI Bridge doesn't start at login from now on. To undo: jpki-bridge autostart on".to_owned(),
        format!("  wrote {entry}, so that {packaged} doesn't start it"),
        "Hidden=true".to_owned(),
        format!("off ({entry})"),
        "JPKI Bridge starts at login from now on. To undo: jpki-bridge autostart off".to_owned(),
        format!("  removed {entry}"),
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), wanted);
}
