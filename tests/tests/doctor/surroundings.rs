//! What is around the agent: the prompt and its display, browsers and their policies, proxies.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;

use e2e::bench::relay_prompt;

use crate::patient::{Patient, write};

#[test]
fn a_prompt_that_is_named_and_missing_is_corrected() {
    let mut patient = Patient::new();
    patient.arguments = vec!["--prompt".into(), "/nonexistent/prompt".into()];
    patient.suffers("prompt", "fault", &["/nonexistent/prompt", "--prompt"]);
    patient.arguments[1] = relay_prompt().unwrap().to_str().unwrap().into();
    patient.is_well("prompt");
}

/// The program in a folder of its own, as an installation that lost parts.
fn installed_alone() -> Patient {
    let mut patient = Patient::new();
    let program = patient.home.path().join("bin/jpki-bridge");
    std::fs::create_dir_all(program.parent().unwrap()).unwrap();
    std::fs::copy(&patient.program, &program).unwrap();
    patient.program = program;
    patient.arguments.clear();
    patient
}

fn install_prompt(patient: &Patient, version: &str) -> std::path::PathBuf {
    let prompt = patient.program.with_file_name("jpki-prompt");
    // Written beside and renamed: a file that is open for writing anywhere can't be started.
    let draft = prompt.with_extension("draft");
    write(&draft, &format!("#!/bin/sh\necho jpki-prompt {version}\n"));
    std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::rename(&draft, &prompt).unwrap();
    prompt
}

#[test]
fn a_prompt_that_is_missing_broken_or_another_version_is_installed_again() {
    let patient = installed_alone();
    patient.suffers("prompt", "fault", &["missing", "Install JPKI Bridge again"]);
    let prompt = install_prompt(&patient, "9.9.9");
    patient.suffers("prompt", "attention", &["9.9.9", "Install JPKI Bridge again"]);
    std::fs::set_permissions(&prompt, std::fs::Permissions::from_mode(0o644)).unwrap();
    patient.suffers("prompt", "fault", &["can't be started", "Install JPKI Bridge again"]);
    install_prompt(&patient, env!("CARGO_PKG_VERSION"));
    patient.is_well("prompt");
}

#[test]
fn a_window_needs_a_display() {
    let mut patient = installed_alone();
    install_prompt(&patient, env!("CARGO_PKG_VERSION"));
    patient.suffers("display", "fault", &["no display", "--prompt terminal"]);
    let runtime = patient.home.path().to_str().unwrap().to_owned();
    patient.variables = vec![("XDG_RUNTIME_DIR", runtime), ("WAYLAND_DISPLAY", "wayland-7".into())];
    patient.suffers("display", "fault", &["does not answer", "session with a display"]);
    let _compositor = UnixListener::bind(patient.home.path().join("wayland-7")).unwrap();
    patient.is_well("display");
    patient.variables.clear();
    patient.arguments = vec!["--prompt".into(), "terminal".into()];
    assert_eq!(patient.examined().check("display").verdict, "not_applicable");
}

#[test]
fn a_policy_that_keeps_pages_from_loopback_is_named_with_its_file() {
    let mut patient = Patient::new();
    let folder = "/etc/opt/chrome/policies/managed";
    let policy =
        |text: &str| format!("mount -t tmpfs tmpfs /etc/opt && mkdir -p {folder} && echo '{text}' >{folder}/it.json");
    patient.system = policy(r#"{"LoopbackNetworkBlockedForUrls":["*"]}"#);
    let says = ["Chrome", "LoopbackNetworkBlockedForUrls", "/etc/opt/chrome/policies/managed/it.json", "administrator"];
    patient.suffers("browser_policy", "attention", &says);
    patient.system = policy("{");
    patient.suffers("browser_policy", "attention", &["broken"]);
    patient.system = policy(r#"{"LoopbackNetworkAllowedForUrls":["https://shop.example"]}"#);
    patient.is_well("browser_policy");
}

#[test]
fn a_browser_is_found_where_one_is_installed() {
    let mut patient = Patient::new();
    patient.system = "mount -t tmpfs tmpfs /usr/local/bin && printf '#!/bin/sh\\necho Google Chrome 199.0.1.2\\n' >/usr/local/bin/google-chrome && \
        chmod +x /usr/local/bin/google-chrome"
        .into();
    let check = patient.examined().check("browsers");
    assert!(check.found.contains("Chrome 199.0.1.2"), "{check:?}");
}

#[test]
fn a_proxy_that_would_take_loopback_is_told_to_spare_it() {
    let mut patient = Patient::new();
    patient.is_well("proxy");
    patient.variables.push(("http_proxy", "http://proxy.example:3128".into()));
    let check = patient.suffers("proxy", "attention", &["http_proxy", "no_proxy"]);
    // The remedy sets a variable of a shell.
    let script = format!("{} && printf %s \"$no_proxy\"", check.command.unwrap());
    let shell = std::process::Command::new("sh").args(["-c", &script]).env_remove("no_proxy").output().unwrap();
    patient.variables.push(("no_proxy", String::from_utf8(shell.stdout).unwrap()));
    patient.is_well("proxy");
}
