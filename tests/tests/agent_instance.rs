//! The agent as a program of its person: one of it, its ports, its end, its files, and its other commands.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::fs::Permissions;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use e2e::agent::program;
use e2e::bench::{Bench, card};
use e2e::page::{ORIGIN, Page};
use e2e::pcscd::{Pcscd, READER};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// Runs the program in this home folder to its end.
fn run(mut command: Command, home: &Path, arguments: &[&str]) -> Output {
    command
        .args(arguments)
        .env("HOME", home)
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_DATA_HOME")
        .env("XDG_RUNTIME_DIR", home.join(".config"))
        .output()
        .unwrap()
}

fn agent_program() -> Command {
    Command::new(program("jpki-bridge").unwrap())
}

/// It fails with this exit code and a message that has all of these in it.
#[track_caller]
fn fails(output: &Output, code: i32, says: &[&str]) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{message}");
    for part in says {
        assert!(message.contains(part), "{part} is missing: {message}");
    }
}

#[track_caller]
fn says(output: &Output, text: &str) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), text);
}

#[test]
fn a_second_agent_says_where_the_first_one_is_and_ends_well() {
    let bench = Bench::without_card().unwrap();
    let output = run(agent_program(), bench.agent.home(), &["run", "--port", "0", "--no-tray", "--prompt", "unused"]);
    let (port, process) = (bench.agent.port(), bench.agent.id());
    says(&output, &format!("JPKI Bridge is already running on port {port} (process {process})\n"));
}

#[test]
fn a_first_agent_that_does_not_answer_is_replaced() {
    let bench = Bench::without_card().unwrap();
    bench.page().unwrap();
    let first = i32::try_from(bench.agent.id()).ok().and_then(Pid::from_raw).unwrap();
    kill_process(first, Signal::STOP).unwrap();
    let mut command = agent_program();
    command.args(["run", "--port", "0", "--no-tray", "--prompt", "unused"]).env("HOME", bench.agent.home());
    command
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_DATA_HOME")
        .env("XDG_RUNTIME_DIR", bench.agent.home().join(".config"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut second = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(second.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("is ready on port"), "{line}");
    let (status, _) = bench.agent.ended().unwrap();
    assert!(!status.success(), "the first one is gone: {status}");
    kill_process(Pid::from_child(&second), Signal::TERM).unwrap();
    let output = second.wait_with_output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && log.contains("doesn't answer and is replaced"), "{log}");
}

/// The lock and the note of an agent, kept and left by a process that is none.
const PRETENDER: &str = r#"
printf '{"version":1,"process":%s,"port":1,"secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}' $$ >"$1/agent.json"
chmod 600 "$1/agent.json"
exec 9>"$1/agent.lock"
flock 9
echo ready
read -r _
echo alive
"#;

#[test]
fn a_process_that_only_says_it_is_the_agent_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/jpki-bridge");
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", PRETENDER, "sh"]).arg(&folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut pretender = command.spawn().unwrap();
    let mut lines = BufReader::new(pretender.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    let output = run(agent_program(), home.path(), &["run", "--port", "0", "--no-tray", "--prompt", "unused"]);
    fails(&output, 1, &["doesn't answer", "not one of this program"]);
    drop(pretender.stdin.take());
    assert_eq!(lines.next().unwrap().unwrap(), "alive");
    pretender.wait().unwrap();
}

/// Four agents of four people in a network of their own; each of the first three says where it is.
const AGENTS: &str = r#"
ip link set lo up || exit
for person in 1 2 3; do
    mkdir "$1/$person"
    mkfifo "$1/$person/out"
    HOME="$1/$person" XDG_RUNTIME_DIR="$1/$person" "$2" run --no-tray --prompt unused >"$1/$person/out" &
    agents="$agents $!"
    head -n 1 "$1/$person/out"
done
HOME="$1/4" XDG_RUNTIME_DIR="$1/4" "$2" run --no-tray --prompt unused
echo "exit $?"
kill $agents
wait
"#;

#[test]
fn an_agent_takes_the_next_free_port_and_names_all_three_when_none_is() {
    let homes = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command.args(["--net", "sh", "-c", AGENTS, "sh"]).arg(homes.path()).arg(program("jpki-bridge").unwrap());
    let output = command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME").output().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let ready = |port: u16| format!("JPKI Bridge {version} is ready on port {port}\n");
    let expected = format!("{}{}{}exit 1\n", ready(39041), ready(39042), ready(39043));
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("39041, 39042, 39043") && message.contains("--port"), "{message}");
}

#[test]
fn an_agent_that_is_told_to_end_says_goodbye_and_leaves_nothing_open() {
    let bench = Bench::with(card().unwrap()).unwrap();
    let (mut page, window) = bench.asked().unwrap();
    let mut idle = bench.page().unwrap();
    bench.agent.terminate().unwrap();
    assert_eq!(page.close_code().unwrap(), Some(1001));
    assert_eq!(idle.close_code().unwrap(), Some(1001));
    drop((page, idle));
    let (status, log) = bench.agent.ended().unwrap();
    assert!(status.success() && !log.contains("panicked"), "{log}");
    window.ended().unwrap();
    assert_eq!(bench.trace.commands().last().unwrap(), "00A4040C07A0000001510000");
}

/// A home folder with one file of the agent's in it.
fn home_with(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/jpki-bridge");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    (home, path)
}

const SITES: &str = r#"{"version":1,"sites":{}}"#;

#[test]
fn a_file_that_is_broken_or_could_be_somebody_elses_is_refused_by_name() {
    const NOBODY: u32 = 65534;
    let start = ["run", "--port", "0", "--no-tray", "--prompt", "unused"];
    for (name, good, broken) in [
        (
            "sites.json",
            SITES,
            ["{", r#"{"version":1}"#, r#"{"version":9,"sites":{}}"#, r#"{"version":1,"sites":{"*":"allow"}}"#],
        ),
        ("config.toml", "timeout = 60\n", ["=", "porto = 1\n", "port = 70000\n", "port = \"39041\"\n"]),
    ] {
        for text in broken {
            let (home, path) = home_with(name, text);
            fails(&run(agent_program(), home.path(), &start), 1, &[path.to_str().unwrap()]);
            assert_eq!(std::fs::read_to_string(path).unwrap(), text, "a refused file is left as it is");
        }
        for mode in [0o666, 0o620, 0o602] {
            let (home, path) = home_with(name, good);
            std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let says = [path.to_str().unwrap(), "could be changed by other users", "chmod go-w"];
            fails(&run(agent_program(), home.path(), &start), 1, &says);
        }
        let (home, path) = home_with(name, good);
        chown(&path, Some(NOBODY), None).unwrap();
        fails(&run(agent_program(), home.path(), &start), 1, &[path.to_str().unwrap(), "chown"]);
    }
}

#[test]
fn a_list_of_sites_that_breaks_while_the_agent_runs_lets_nobody_in_until_it_is_mended() {
    let bench = Bench::without_card().unwrap();
    let list = bench.agent.home().join(".config/jpki-bridge/sites.json");
    bench.page().unwrap();
    std::fs::write(&list, "{").unwrap();
    assert!(bench.page().unwrap_err().to_string().contains("403"));
    std::fs::write(&list, SITES).unwrap();
    bench.page().unwrap();
    std::fs::set_permissions(&list, Permissions::from_mode(0o666)).unwrap();
    std::fs::write(&list, format!("{SITES}\n")).unwrap();
    assert!(bench.page().unwrap_err().to_string().contains("403"));
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let start = ["run", "--port", "0", "--no-tray", "--prompt", "unused"];
    for (variable, value) in [("JPKI_BRIDGE_PORT", "x"), ("JPKI_BRIDGE_TIMEOUT", "-1"), ("JPKI_BRIDGE_LOG", "loud")] {
        let mut command = agent_program();
        command.env(variable, value);
        fails(&run(command, home.path(), &start), 1, &[variable]);
    }
    fails(&run(agent_program(), home.path(), &["run", "--config", "/nonexistent"]), 1, &["/nonexistent"]);
    fails(&run(agent_program(), home.path(), &["run", "--port", "70000"]), 2, &["--port"]);
    fails(&run(agent_program(), home.path(), &["walk"]), 2, &["walk"]);
}

#[test]
fn what_the_command_line_decides_about_a_site_holds_for_the_running_agent() {
    let bench = Bench::without_card().unwrap();
    let sites = |arguments: &[&str]| run(agent_program(), bench.agent.home(), &[&["sites"], arguments].concat());
    says(&sites(&["list"]), "No site was allowed or blocked.\n");
    says(&sites(&["block", ORIGIN]), &format!("{ORIGIN}: blocked (was: asked)\n"));
    assert!(bench.page().unwrap_err().to_string().contains("403"));
    Page::open(bench.agent.port(), "https://other.example").unwrap();
    says(
        &sites(&["list", "--json"]),
        &format!("{}\n", json!([{ "origin": ORIGIN, "decision": "block", "by": "person", "managed": false }])),
    );
    says(&sites(&["allow", ORIGIN]), &format!("{ORIGIN}: allowed (was: blocked)\n"));
    says(&sites(&["list"]), &format!("allowed {ORIGIN}\n"));
    let mut page = bench.page().unwrap();
    page.authenticate().unwrap();
    assert_eq!(bench.person.window().unwrap().until_type("open").unwrap()["remembered"], true);
    says(&sites(&["forget", ORIGIN]), &format!("{ORIGIN}: asked (was: allowed)\n"));
    for origin in ["https://*.example", "https://shop.example/", "ftp://shop.example", "shop.example", ""] {
        fails(&sites(&["allow", origin]), 1, &["jpki-bridge: "]);
    }
    fails(&sites(&["allow"]), 2, &["ORIGIN"]);
}

#[test]
fn readers_and_cards_are_shown_without_a_pin() {
    let mut bench = Bench::with(card().unwrap()).unwrap();
    drop(bench.asked().unwrap());
    let show =
        |arguments: &[&str]| run(bench.pcscd.command(program("jpki-bridge").unwrap()), bench.agent.home(), arguments);
    let output = show(&["readers", "--json"]);
    let readers: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(readers[0], json!({ "name": READER, "card": "card present" }));
    let output = show(&["card", "--json"]);
    let cards: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(cards.as_array().unwrap().len(), 1);
    assert_eq!(cards[0]["reader"], READER);
    let authentication = &cards[0]["authentication"];
    assert_eq!((&authentication["attemptsLeft"], &authentication["blocked"]), (&json!(3), &json!(false)));
    assert!(authentication["certificateValidUntil"].is_string());
    assert!(String::from_utf8(show(&["card"]).stdout).unwrap().contains("My Number Card"));
    let tally = bench.remove().unwrap().card().tally();
    assert_eq!((tally.verifications, tally.my_number_accesses), (0, 0));
    let show =
        |arguments: &[&str]| run(bench.pcscd.command(program("jpki-bridge").unwrap()), bench.agent.home(), arguments);
    let output = show(&["card", "--json"]);
    fails(&output, 1, &["no card"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "[]\n");
    fails(&show(&["card"]), 1, &["no card"]);
}

#[test]
fn a_machine_without_service_or_reader_says_so() {
    let home = tempfile::tempdir().unwrap();
    let mut pcscd = Pcscd::start_without_reader().unwrap();
    let show =
        |pcscd: &Pcscd, command: &str| run(pcscd.command(program("jpki-bridge").unwrap()), home.path(), &[command]);
    says(&show(&pcscd, "readers"), "No card reader is connected.\n");
    pcscd.stop();
    for command in ["readers", "card"] {
        fails(&show(&pcscd, command), 1, &["smart card service", "pcscd"]);
    }
}

#[test]
fn an_agent_of_a_fixed_port_is_found_by_that_setting_and_named_where_its_note_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let program = || {
        let mut command = agent_program();
        command.env("JPKI_BRIDGE_PORT", port.to_string());
        command
    };
    let mut command = program();
    command.args(["run", "--no-tray", "--prompt", "unused"]).env("HOME", home.path());
    command
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_DATA_HOME")
        .env("XDG_RUNTIME_DIR", home.path().join(".config"))
        .stdout(Stdio::piped());
    let mut agent = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(agent.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("is ready on port"), "{line}");
    let open = || run(program(), home.path(), &["open", "--print"]);
    let output = open();
    let address = String::from_utf8_lossy(&output.stdout);
    assert!(address.starts_with(&format!("http://127.0.0.1:{port}/")), "{output:?}");
    std::fs::remove_file(home.path().join(format!(".config/jpki-bridge/agent-{port}.json"))).unwrap();
    fails(&open(), 1, &["already running", &format!("kill {}", agent.id())]);
    kill_process(Pid::from_child(&agent), Signal::TERM).unwrap();
    assert!(agent.wait().unwrap().success());
}

#[test]
fn a_reader_who_left_is_no_failure_and_a_full_disk_is_one() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["sites", "list", "--json"][..], &["settings"], &["autostart", "status"]] {
        let to = |out: Stdio| {
            let mut command = agent_program();
            command.args(arguments).env("HOME", home.path()).env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME");
            command.stdout(out).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
        };
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        fails(&to(full.into()), 1, &["standard output", "No space left"]);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = to(writer.into());
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
}
