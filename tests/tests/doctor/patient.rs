//! A computer with a pcscd, a home folder and a port of its own, and what the doctor says of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use e2e::agent::program;
use e2e::bench::relay_prompt;
use e2e::pcscd::{Pcscd, SOCKET_VARIABLE};
use e2e::served::ServedCard;
use jpki_softcard::Rig;
use serde_json::Value;
use tempfile::TempDir;

/// However broken the computer is, the doctor is done by then. On a machine that is not busy it takes less than a second, and
/// ten where a card hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// Variables of the machine that runs the test, which are not the patient's.
const FOREIGN: [&str; 15] = [
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "JPKI_BRIDGE_PORT",
    "JPKI_BRIDGE_PROMPT",
    "JPKI_BRIDGE_LOG",
    "http_proxy",
    "HTTP_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "LC_ALL",
];

/// See the module.
pub(crate) struct Patient {
    pub(crate) pcscd: Pcscd,
    pub(crate) home: TempDir,
    /// The port of the settings; nobody has it.
    pub(crate) port: u16,
    /// The program that is examined.
    pub(crate) program: PathBuf,
    pub(crate) variables: Vec<(&'static str, String)>,
    /// Further arguments; at first a prompt that is there.
    pub(crate) arguments: Vec<String>,
    /// A shell script that changes the system's own files, for the doctor alone.
    pub(crate) system: String,
    card: Option<ServedCard>,
}

impl Patient {
    /// A computer with an empty reader, on which no agent runs.
    pub(crate) fn new() -> Self {
        Self::with_pcscd(Pcscd::start().unwrap())
    }

    pub(crate) fn with_pcscd(pcscd: Pcscd) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let patient = Self {
            pcscd,
            home: tempfile::tempdir().unwrap(),
            port,
            program: program("jpki-bridge").unwrap(),
            variables: Vec::new(),
            arguments: vec!["--prompt".into(), relay_prompt().unwrap().to_str().unwrap().into()],
            system: String::new(),
            card: None,
        };
        std::fs::create_dir_all(patient.config().parent().unwrap()).unwrap();
        std::fs::write(patient.config(), format!("port = {port}\n")).unwrap();
        patient
    }

    pub(crate) fn with_card(rig: Rig) -> Self {
        let mut patient = Self::new();
        patient.insert(rig);
        patient
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.home.path().join(".config/jpki-bridge/config.toml")
    }

    /// Puts a card in, and returns when pcscd has noticed, which looks every 400 ms.
    pub(crate) fn insert(&mut self, rig: Rig) {
        self.card = Some(ServedCard::insert(rig, &self.pcscd).unwrap());
        self.until_card("card present");
    }

    pub(crate) fn remove(&mut self) -> Rig {
        let rig = self.card.take().unwrap().remove().unwrap();
        self.pcscd.notices_removal().unwrap();
        rig
    }

    pub(crate) fn replace(&mut self, rig: Rig) {
        self.remove();
        self.insert(rig);
    }

    /// Waits until the first reader holds what `jpki-bridge readers` calls so.
    pub(crate) fn until_card(&self, word: &str) {
        let end = Instant::now() + LIMIT;
        loop {
            let output = self.command().args(["readers", "--json"]).output().unwrap();
            let readers: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            if readers[0]["card"] == word {
                return;
            }
            assert!(Instant::now() < end, "the reader doesn't get there: {readers}");
        }
    }

    /// The program on this computer.
    pub(crate) fn command(&self) -> Command {
        let mut command = if self.system.is_empty() {
            Command::new(&self.program)
        } else {
            let mut command = Command::new("unshare");
            if !rustix::process::geteuid().is_root() {
                command.arg("--map-root-user");
            }
            let script = format!("{}\nexec \"$@\"", self.system);
            command.args(["--mount", "sh", "-e", "-c", &script, "sh"]).arg(&self.program);
            command
        };
        for name in FOREIGN {
            command.env_remove(name);
        }
        command.env(SOCKET_VARIABLE, self.pcscd.socket()).env("HOME", self.home.path()).env("LANG", "en_US.UTF-8");
        command.env("XDG_RUNTIME_DIR", self.home.path().join(".config"));
        command.envs(self.variables.iter().cloned());
        command
    }

    /// What the doctor says.
    pub(crate) fn examined(&self) -> Diagnosis {
        let begun = Instant::now();
        let output = self.command().args(["doctor", "--json"]).args(&self.arguments).output().unwrap();
        assert!(begun.elapsed() < LIMIT, "it took {:?}", begun.elapsed());
        Diagnosis::read(&output)
    }

    /// This check came out so, with all these words in what was found and in the remedy.
    #[track_caller]
    pub(crate) fn suffers(&self, id: &str, verdict: &str, says: &[&str]) -> Check {
        let diagnosis = self.examined();
        let check = diagnosis.check(id);
        assert_eq!(check.verdict, verdict, "{diagnosis:#?}");
        if verdict == "fault" {
            assert!(!diagnosis.ready);
        }
        let text = format!("{} {} {}", check.found, check.remedy, check.command.as_deref().unwrap_or_default());
        assert!(!check.remedy.is_empty(), "no remedy: {text}");
        for part in says {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
        check
    }

    #[track_caller]
    pub(crate) fn is_well(&self, id: &str) {
        let diagnosis = self.examined();
        assert_eq!(diagnosis.check(id).verdict, "ok", "{diagnosis:#?}");
    }

    /// Does what the remedy says, in a shell of the person.
    #[track_caller]
    pub(crate) fn obeys(&self, check: &Check) {
        let user = Command::new("id").arg("-un").output().unwrap().stdout;
        let command = check.command.as_ref().unwrap();
        let status = Command::new("sh")
            .args(["-c", command])
            .env("HOME", self.home.path())
            .env("XDG_RUNTIME_DIR", self.home.path().join(".config"))
            .env("USER", String::from_utf8(user).unwrap().trim())
            .status()
            .unwrap();
        assert!(status.success(), "{command}");
    }
}

/// What `doctor --json` printed.
#[derive(Debug)]
pub(crate) struct Diagnosis {
    pub(crate) ready: bool,
    checks: Vec<Value>,
}

#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) verdict: String,
    pub(crate) found: String,
    pub(crate) remedy: String,
    pub(crate) command: Option<String>,
}

impl Diagnosis {
    #[track_caller]
    fn read(output: &Output) -> Self {
        let message = String::from_utf8_lossy(&output.stderr);
        let document: Value =
            serde_json::from_slice(&output.stdout).map_err(|error| format!("{error}: {message}")).unwrap();
        let ready = document["ready"].as_bool().unwrap();
        assert_eq!(output.status.code(), Some(if ready { 0 } else { 1 }), "{message}");
        let diagnosis = Self { ready, checks: document["checks"].as_array().unwrap().clone() };
        assert_eq!(ready, diagnosis.of("fault").is_empty());
        diagnosis
    }

    /// The checks that came out so.
    pub(crate) fn of(&self, verdict: &str) -> Vec<&str> {
        self.checks
            .iter()
            .filter(|check| check["verdict"] == verdict)
            .map(|check| check["id"].as_str().unwrap())
            .collect()
    }

    pub(crate) fn check(&self, id: &str) -> Check {
        let check = self.checks.iter().find(|check| check["id"] == id).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Check {
            verdict: text(&check["verdict"]),
            found: text(&check["found"]),
            remedy: text(&check["remedy"]["text"]),
            command: check["remedy"]["command"].as_str().map(str::to_owned),
        }
    }
}

/// Makes a file with its folders.
pub(crate) fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
