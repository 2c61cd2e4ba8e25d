//! What the agent keeps to itself: no PIN stays in its memory or reaches its log, nobody may look into it or gets a dump of
//! it, and no other user of the machine is served. Needs root, who alone may read another process's memory.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do: at once")]

use std::fs::File;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, chown};
use std::path::Path;
use std::process::Command;

use e2e::agent::Agent;
use e2e::bench::{Bench, card_with};
use e2e::page::ORIGIN;
use e2e::pcscd::Pcscd;
use jpki_softcard::{CardOptions, Rig, SoftCard};

/// Digits that stand nowhere by chance together with what surrounds them.
const PIN: &str = "7351";

/// Debian's user who owns nothing.
const NOBODY: u32 = 65534;

/// Runs what follows as that user.
fn as_nobody() -> Command {
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"), "--clear-groups".into()]);
    command
}

/// A signature password, typed in lower case and sent in upper case.
const PASSWORD: &str = "QX7ZK2WV9J";

/// Every form in which the PIN came in or went out.
fn traces() -> [Vec<u8>; 6] {
    let verify = [&[0x00, 0x20, 0x00, 0x98, 0x04], PIN.as_bytes()].concat();
    let selected = [&[0x00, 0x20, 0x00, 0x80, 0x04], PIN.as_bytes()].concat();
    let hexadecimal: String = PIN.bytes().map(|byte| format!("{byte:02X}")).collect();
    [
        format!("\"pin\":\"{PIN}\"").into_bytes(),
        format!("\"pin\": \"{PIN}\"").into_bytes(),
        verify,
        selected,
        format!("0020009804{hexadecimal}").into_bytes(),
        format!("\"{PIN}\"").into_bytes(),
    ]
}

/// Where `needles` stand in the memory of a process, by the names of the mappings; and how many bytes were looked at.
fn found(process: u32, needles: &[Vec<u8>]) -> (Vec<(usize, String)>, usize) {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let (mut hits, mut looked_at) = (Vec::new(), 0);
    for line in maps.lines() {
        let (range, rest) = line.split_once(' ').unwrap();
        // Pages of the kernel's own, which can't be read through this file.
        if !rest.starts_with('r') || rest.contains("[vvar") || rest.contains("[vsyscall]") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let start = u64::from_str_radix(start, 16).unwrap();
        let mut bytes = vec![0; (u64::from_str_radix(end, 16).unwrap() - start) as usize];
        if let Err(error) = memory.read_exact_at(&mut bytes, start) {
            // A mapping may have gone since; the program's own never do.
            assert!(
                !rest.contains("jpki-bridge") && !rest.contains("[heap]") && !rest.contains("[stack]"),
                "{line}: {error}"
            );
            continue;
        }
        looked_at += bytes.len();
        for (which, needle) in needles.iter().enumerate() {
            hits.extend(bytes.windows(needle.len()).filter(|at| at == needle).map(|_| (which, line.to_owned())));
        }
    }
    (hits, looked_at)
}

/// The page is still there while the memory is looked at, so a site's name must be in it.
fn holds_no_pin(bench: &Bench) {
    let (hits, looked_at) = found(bench.agent.id(), &[ORIGIN.as_bytes().to_vec()]);
    assert!(!hits.is_empty() && looked_at > 1 << 20, "the memory can't be searched");
    let (hits, _) = found(bench.agent.id(), &traces());
    assert!(hits.is_empty(), "{hits:?}");
}

/// A bench that logs everything there is, around a card with the PIN of this file.
fn bench(faults: &[&str]) -> Bench {
    let options = CardOptions { auth_pin: PIN.to_owned(), ..CardOptions::default() };
    let faults: Vec<_> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let rig = Rig::new(SoftCard::for_tests(&options).unwrap()).with_faults(faults);
    bench_with(rig)
}

fn bench_with(rig: Rig) -> Bench {
    let mut bench = Bench::adjusted(Pcscd::start().unwrap(), |command| {
        command.env("JPKI_BRIDGE_LOG", "trace");
    })
    .unwrap();
    bench.insert(rig).unwrap();
    bench
}

fn logged_no_pin(bench: Bench) {
    bench.agent.terminate().unwrap();
    let (_, log) = bench.agent.ended().unwrap();
    assert!(log.contains("apdu 00200098"), "the log is silent:\n{log}");
    let command = PIN.bytes().map(|byte| format!("{byte:02X}")).collect::<String>();
    let bytes = format!("{:?}", PIN.as_bytes());
    for form in [&format!("\"{PIN}\""), &command, &bytes, &format!("0020009804{command}")] {
        assert!(!log.to_uppercase().contains(&form.to_uppercase()), "{form} in the log:\n{log}");
    }
}

#[test]
fn after_a_signature_no_pin_is_left() {
    let bench = bench(&[]);
    let (mut page, mut window) = bench.asked().unwrap();
    window.accept(PIN).unwrap();
    page.token().unwrap();
    holds_no_pin(&bench);
    logged_no_pin(bench);
}

#[test]
fn after_a_wrong_pin_it_is_gone_too() {
    let bench = bench_with(card_with(&[]).unwrap());
    let (mut page, mut window) = bench.asked().unwrap();
    window.accept(PIN).unwrap();
    window.until_type("pinRejected").unwrap();
    holds_no_pin(&bench);
    window.cancel().unwrap();
    assert_eq!(page.error_word().unwrap(), "user_cancelled");
    holds_no_pin(&bench);
    logged_no_pin(bench);
}

#[test]
fn after_a_card_that_left_in_the_middle_it_is_gone_too() {
    for fault in ["ins=20#2:remove", "ins=2A:remove"] {
        let bench = bench(&[fault]);
        let (mut page, mut window) = bench.asked().unwrap();
        window.accept(PIN).unwrap();
        assert_eq!(page.error_word().unwrap(), "card_removed");
        // The worker may still be at its end when the page has its answer: the next request waits for it.
        holds_no_pin_once_settled(bench);
    }
}

/// A request that follows is served by the same worker, so the one before is through when it has been looked at.
fn holds_no_pin_once_settled(mut bench: Bench) {
    bench.remove().unwrap();
    bench.insert(card_with(&[]).unwrap()).unwrap();
    let (_page, _window) = bench.asked().unwrap();
    holds_no_pin(&bench);
    logged_no_pin(bench);
}

#[test]
fn after_documents_are_signed_no_copy_of_the_password_is_left() {
    let options = CardOptions { sign_password: PASSWORD.to_owned(), ..CardOptions::default() };
    let bench = bench_with(Rig::new(SoftCard::for_tests(&options).unwrap()));
    let digest = "A".repeat(43) + "=";
    let document = serde_json::json!({ "name": "a.pdf", "digest": digest, "algorithm": "SHA-256" });
    for (typed, succeeds) in [(PASSWORD.to_lowercase(), true), (format!("{}0", PASSWORD.to_lowercase()), false)] {
        let mut page = bench.page().unwrap();
        page.request("sign", &serde_json::json!({ "documents": [document], "format": "cms" })).unwrap();
        let mut window = bench.person.window().unwrap();
        window.until_ready().unwrap();
        window.accept(&typed).unwrap();
        if succeeds {
            assert!(page.answer().unwrap()["result"].is_object());
        } else {
            window.until_type("pinRejected").unwrap();
        }
        let needles = [PASSWORD.as_bytes().to_vec(), PASSWORD.to_lowercase().into_bytes()];
        let (hits, looked_at) = found(bench.agent.id(), &needles);
        assert!(looked_at > 1 << 20 && hits.is_empty(), "{hits:?}");
    }
    bench.agent.terminate().unwrap();
    let (_, log) = bench.agent.ended().unwrap();
    assert!(log.contains("apdu 0020009B") && !log.to_uppercase().contains(PASSWORD), "{log}");
}

#[test]
fn a_pin_that_waits_for_a_card_is_gone_when_none_comes() {
    let mut bench = bench(&[]);
    bench.remove().unwrap();
    let mut page = bench.page().unwrap();
    page.authenticate().unwrap();
    let mut window = bench.person.window().unwrap();
    window.accept(PIN).unwrap();
    assert_eq!(page.error_word().unwrap(), "no_card");
    holds_no_pin(&bench);
}

#[test]
fn nobody_may_look_into_the_agent_and_it_leaves_no_dump() {
    // As another user than root: a process that may not be dumped belongs to root in /proc all the same (proc(5)).
    let home = tempfile::tempdir().unwrap();
    let program = home.path().join("jpki-bridge");
    std::fs::copy(e2e::agent::program("jpki-bridge").unwrap(), &program).unwrap();
    chown(home.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    let pcscd = Pcscd::start().unwrap();
    let agent = Agent::start_with(&pcscd, Path::new("unused"), |command| {
        *command = as_nobody();
        command.arg(&program).args(["run", "--port", "0", "--no-tray", "--prompt", "unused"]);
        command
            .env("HOME", home.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .env("XDG_RUNTIME_DIR", home.path().join(".config"));
    })
    .unwrap();
    let process = format!("/proc/{}", agent.id());
    let status = std::fs::read_to_string(format!("{process}/status")).unwrap();
    assert!(status.contains(&format!("Uid:\t{NOBODY}")), "{status}");
    assert_eq!(std::fs::metadata(format!("{process}/mem")).unwrap().uid(), 0);
    let limits = std::fs::read_to_string(format!("{process}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "{core}");
}

#[test]
fn another_user_of_the_machine_is_refused() {
    let bench = Bench::without_card().unwrap();
    let port = bench.agent.port();
    let ask = format!(
        "exec 3<>/dev/tcp/127.0.0.1/{port}; \
         printf 'GET /v1/health HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\nOrigin: {ORIGIN}\\r\\n\\r\\n' >&3; head -1 <&3"
    );
    let answer = |mut command: Command| {
        let output = command.args(["bash", "-c", &ask]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(answer(as_nobody()), "HTTP/1.1 403 Forbidden\r\n");
    assert_eq!(answer(Command::new("env")), "HTTP/1.1 200 OK\r\n");
}
