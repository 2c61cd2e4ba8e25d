//! The card driver against a real pcscd with the software card in its virtual reader: what it says while the service,
//! readers and cards come and go, and which commands really reach the card.
//!
//! libpcsclite reads the path of its socket once in a process, so the driver runs in a process of its own: this same
//! program, in [`the_driver_side`], told what to do by lines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may fail as tests do")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use e2e::pcscd::{Pcscd, READER, SOCKET_VARIABLE};
use e2e::served::ServedCard;
use jpki_card::pcsc::PcscBackend;
use jpki_card::{
    Auth, Backend, CardPresence, Error, Insertion, Pin, Session, Sha256Digest, Snapshot, Survey, VerifyError,
};
use jpki_softcard::{CardOptions, MemoryTrace, Rig, SoftCard, TraceEvent, TraceSink};

/// Longer than anything here takes, also on a machine under load.
const PATIENCE: Duration = Duration::from_secs(60);

const ROLE: &str = "JPKI_E2E_DRIVER_SIDE";

// ---- the driver's side -------------------------------------------------------------------------------------------

/// Says `state …` whenever the watch does, and answers each line on standard input with one of its own.
#[test]
#[ignore = "the other tests of this file start it as a process of its own"]
fn the_driver_side() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    let backend = PcscBackend::new();
    let watch = backend.watch().unwrap();
    let canceller = watch.canceller();
    let (seen, newest) = channel();
    let watcher = thread::spawn(move || {
        for snapshot in watch {
            let (words, insertion) = describe(&snapshot);
            seen.send(insertion).unwrap();
            say(&format!("state {words}"));
        }
        say("ended");
    });
    let mut driver = Driver { backend, newest, insertion: None, survey: None, held: Vec::new() };
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        if line == "cancel" {
            canceller.cancel();
            break;
        }
        let answer = match driver.obey(&line) {
            Ok(answer) => answer,
            Err(error) => format!("error {}", word(&error)),
        };
        say(&answer);
    }
    watcher.join().unwrap();
}

struct Driver {
    backend: PcscBackend,
    newest: Receiver<Option<Insertion>>,
    insertion: Option<Insertion>,
    survey: Option<(Survey, Option<Insertion>)>,
    held: Vec<Box<dyn Send>>,
}

impl Driver {
    fn obey(&mut self, line: &str) -> Result<String, VerifyError> {
        self.insertion = self.newest.try_iter().last().unwrap_or(self.insertion);
        let digest = Sha256Digest([7; 32]);
        match line.split_once(' ').unwrap_or((line, "")) {
            ("survey", known) => {
                let known = self.survey.take().map(|(survey, _)| survey).filter(|_| known == "known");
                let connection = self.backend.connect(READER, self.insertion)?;
                let survey = jpki_card::survey(connection, known)?;
                let answer = format!("attempts {:?}", survey.attempts.left());
                self.survey = Some((survey, self.insertion));
                Ok(answer)
            }
            ("sign", pin) => {
                let (survey, insertion) = self.survey.clone().expect("a survey comes first");
                let connection = self.backend.connect(READER, insertion)?;
                let session = Session::open(connection, survey.facts)?;
                let mut key = session.verify(Pin::<Auth>::parse(pin).unwrap(), survey.attempts, None)?;
                key.sign(&digest)?;
                Ok("signed".to_owned())
            }
            ("hold", _) => {
                let connection = self.backend.connect(READER, None)?;
                self.held.push(Box::new(Session::open(connection, Default::default())?));
                Ok("held".to_owned())
            }
            ("open", pin) => {
                let mut session = Session::open(self.backend.connect(READER, None)?, Default::default())?;
                let attempts = session.attempts::<Auth>()?;
                self.held.push(Box::new(session.verify(Pin::<Auth>::parse(pin).unwrap(), attempts, None)?));
                Ok("open".to_owned())
            }
            ("release", _) => {
                self.held.clear();
                Ok("released".to_owned())
            }
            ("pinpad", _) => {
                let mut session = Session::open(self.backend.connect(READER, None)?, Default::default())?;
                Ok(format!("pinpad {}", session.pinpad()?.is_some()))
            }
            (other, _) => panic!("unknown line {other}"),
        }
    }
}

fn word(error: &VerifyError) -> &'static str {
    match error {
        VerifyError::WrongPin { .. } => "wrong_pin",
        VerifyError::Failed(error) => error.code(),
        _ => "other",
    }
}

fn describe(snapshot: &Snapshot) -> (String, Option<Insertion>) {
    match snapshot {
        Snapshot::ServiceUnavailable => ("unavailable".to_owned(), None),
        Snapshot::Readers(readers) => match readers.iter().find(|reader| reader.name == READER) {
            None => ("no reader".to_owned(), None),
            Some(reader) => {
                let card = match &reader.card {
                    CardPresence::Absent => "absent",
                    CardPresence::Present { .. } => "present",
                    CardPresence::Mute => "mute",
                };
                (card.to_owned(), Some(reader.insertion))
            }
        },
    }
}

fn say(line: &str) {
    println!("\n#{line}");
}

// ---- the tests' side ---------------------------------------------------------------------------------------------

/// A process with the driver in it. Ends when dropped.
struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    states: Receiver<String>,
    answers: Receiver<String>,
}

impl Process {
    fn start(pcscd: &Pcscd) -> Self {
        Self::start_by(pcscd.command(std::env::current_exe().unwrap()))
    }

    fn start_by(mut command: Command) -> Self {
        command.args(["--exact", "the_driver_side", "--ignored", "--nocapture"]).env(ROLE, "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (state, states) = channel();
        let (answer, answers) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || sort(output, &state, &answer));
        let stdin = child.stdin.take();
        Process { child, stdin, states, answers }
    }

    /// Waits until the watch says `wanted`.
    #[track_caller]
    fn sees(&self, wanted: &str) {
        loop {
            match self.states.recv_timeout(PATIENCE) {
                Ok(state) if state == wanted => return,
                Ok(_) => {}
                Err(error) => panic!("the watch never said {wanted}: {error}"),
            }
        }
    }

    #[track_caller]
    fn ask(&mut self, line: &str) -> String {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
        self.answers.recv_timeout(PATIENCE).unwrap()
    }

    /// As a crash would.
    fn kill(mut self) {
        self.child.kill().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn sort(output: impl BufRead, states: &Sender<String>, answers: &Sender<String>) {
    for line in output.lines().map_while(Result::ok) {
        let Some(line) = line.strip_prefix('#') else { continue };
        // A test that has ended doesn't listen.
        let _ = match line.strip_prefix("state ") {
            Some(state) => states.send(state.to_owned()),
            None if line == "ended" => states.send(line.to_owned()),
            None => answers.send(line.to_owned()),
        };
    }
}

fn card() -> Rig {
    Rig::new(SoftCard::for_tests(&CardOptions::default()).unwrap())
}

/// Tells a test of each event.
struct Told(Sender<String>);

impl TraceSink for Told {
    fn record(&mut self, event: &TraceEvent) {
        // A test that has ended doesn't listen.
        let _ = self.0.send(event.text.clone());
    }
}

#[test]
fn the_watch_tells_of_service_and_card_and_survives_both() {
    let mut pcscd = Pcscd::start().unwrap();
    pcscd.stop();
    let mut process = Process::start(&pcscd);
    process.sees("unavailable");
    pcscd.start_again().unwrap();
    process.sees("absent");
    let served = ServedCard::insert(card(), &pcscd).unwrap();
    process.sees("present");
    assert_eq!(process.ask("survey"), "attempts Some(3)");
    let rig = served.remove().unwrap();
    process.sees("absent");
    pcscd.stop();
    process.sees("unavailable");
    assert_eq!(process.ask("survey"), "error service_unavailable");
    pcscd.start_again().unwrap();
    process.sees("absent");
    let _served = ServedCard::insert(rig, &pcscd).unwrap();
    process.sees("present");
    assert_eq!(process.ask("survey"), "attempts Some(3)");
}

#[test]
fn a_service_whose_folder_does_not_even_exist_yet_is_noticed_when_it_comes() {
    let pcscd = Pcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let later = folder.path().join("not").join("yet");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(SOCKET_VARIABLE, later.join("pcscd.comm"));
    let process = Process::start_by(command);
    process.sees("unavailable");
    std::fs::create_dir_all(&later).unwrap();
    std::os::unix::fs::symlink(pcscd.socket(), later.join("pcscd.comm")).unwrap();
    process.sees("absent");
}

#[test]
fn a_cancelled_watch_ends_with_the_service_and_without() {
    let mut pcscd = Pcscd::start().unwrap();
    for state in ["absent", "unavailable"] {
        let mut process = Process::start(&pcscd);
        process.sees(state);
        writeln!(process.stdin.as_mut().unwrap(), "cancel").unwrap();
        process.sees("ended");
        pcscd.stop();
    }
}

#[test]
fn signing_in_takes_thirteen_commands_the_first_time_and_then_six() {
    let pcscd = Pcscd::start().unwrap();
    let trace = MemoryTrace::default();
    let _served = ServedCard::insert(card().with_trace(trace.clone()), &pcscd).unwrap();
    let mut process = Process::start(&pcscd);
    process.sees("present");
    assert_eq!(process.ask("survey"), "attempts Some(3)");
    assert_eq!(process.ask("sign 1234"), "signed");
    let commands = trace.commands();
    let starts: Vec<&str> = commands.iter().map(|command| &command[..8]).collect();
    let (reading, signing) = starts.split_at(starts.len() - 4);
    assert_eq!(reading[..3], ["00A4040C", "00200098", "00B08A00"]);
    assert!(reading[3..].iter().all(|start| start.starts_with("00B0")), "{reading:?}");
    assert_eq!(signing, ["00A4040C", "00200098", "802A0097", "00A4040C"]);
    assert!(commands.len() <= 15, "{commands:?}");
    trace.clear();
    assert_eq!(process.ask("survey known"), "attempts Some(3)");
    assert_eq!(process.ask("sign 1234"), "signed");
    assert_eq!(trace.commands().len(), 6);
}

#[test]
fn a_wrong_pin_costs_one_attempt_behind_a_real_service_too() {
    let pcscd = Pcscd::start().unwrap();
    let served = ServedCard::insert(card(), &pcscd).unwrap();
    let mut process = Process::start(&pcscd);
    process.sees("present");
    process.ask("survey");
    assert_eq!(process.ask("sign 9999"), "error wrong_pin");
    assert_eq!(process.ask("survey known"), "attempts Some(2)");
    assert_eq!(served.remove().unwrap().card().tally().verifications, 1);
}

#[test]
fn a_card_that_another_program_holds_is_in_use_until_it_lets_go() {
    let pcscd = Pcscd::start().unwrap();
    let _served = ServedCard::insert(card(), &pcscd).unwrap();
    let mut holder = Process::start(&pcscd);
    let mut process = Process::start(&pcscd);
    holder.sees("present");
    process.sees("present");
    assert_eq!(holder.ask("hold"), "held");
    assert_eq!(process.ask("survey"), "error card_in_use");
    assert_eq!(holder.ask("release"), "released");
    assert_eq!(process.ask("survey"), "attempts Some(3)");
}

#[test]
fn a_card_that_leaves_in_the_middle_is_removed_and_comes_back_as_another() {
    let pcscd = Pcscd::start().unwrap();
    let faults = ["ins=2A:remove-return=1s".parse().unwrap()];
    let served = ServedCard::insert(card().with_faults(faults), &pcscd).unwrap();
    let mut process = Process::start(&pcscd);
    process.sees("present");
    process.ask("survey");
    assert_eq!(process.ask("sign 1234"), "error card_removed");
    process.sees("absent");
    process.sees("present");
    assert_eq!(process.ask("sign 1234"), "error card_removed");
    process.ask("survey");
    assert_eq!(process.ask("sign 1234"), "signed");
    assert_eq!(served.remove().unwrap().card().tally().verifications, 2);
}

#[test]
fn a_pin_never_reaches_a_card_that_was_put_in_meanwhile() {
    let pcscd = Pcscd::start().unwrap();
    let served = ServedCard::insert(card(), &pcscd).unwrap();
    let mut process = Process::start(&pcscd);
    process.sees("present");
    process.ask("survey");
    served.remove().unwrap();
    process.sees("absent");
    assert_eq!(process.ask("sign 1234"), "error no_card");
    let another = ServedCard::insert(card(), &pcscd).unwrap();
    process.sees("present");
    assert_eq!(process.ask("sign 1234"), "error card_removed");
    assert_eq!(another.remove().unwrap().card().tally().verifications, 0);
}

#[test]
fn a_service_that_dies_while_a_key_is_open_is_reported_and_used_again() {
    let mut pcscd = Pcscd::start().unwrap();
    let served = ServedCard::insert(card(), &pcscd).unwrap();
    let mut process = Process::start(&pcscd);
    process.sees("present");
    process.ask("survey");
    assert_eq!(process.ask("open 1234"), "open");
    pcscd.stop();
    process.sees("unavailable");
    assert_eq!(process.ask("release"), "released");
    assert_eq!(process.ask("sign 1234"), "error service_unavailable");
    pcscd.start_again().unwrap();
    process.sees("present");
    process.ask("survey");
    assert_eq!(process.ask("sign 1234"), "signed");
    drop(served);
}

#[test]
fn a_process_that_dies_while_a_key_is_open_leaves_no_powered_card() {
    let pcscd = Pcscd::start().unwrap();
    let (told, events) = channel();
    let _served = ServedCard::insert(card().with_trace(Told(told)), &pcscd).unwrap();
    let mut process = Process::start(&pcscd);
    process.sees("present");
    assert_eq!(process.ask("open 1234"), "open");
    let before = events.try_iter().count();
    assert!(before > 0);
    process.kill();
    // pcscd resets the card at once, which it survives unlocked, and takes its power within seconds.
    while events.recv_timeout(PATIENCE).unwrap() != "power off" {}
}

#[test]
fn a_reader_without_a_keypad_has_none() {
    let pcscd = Pcscd::start().unwrap();
    let _served = ServedCard::insert(card(), &pcscd).unwrap();
    let mut process = Process::start(&pcscd);
    process.sees("present");
    assert_eq!(process.ask("pinpad"), "pinpad false");
}

#[test]
fn a_reader_that_is_not_there_is_named_so() {
    let pcscd = Pcscd::start().unwrap();
    let mut process = Process::start(&pcscd);
    process.sees("absent");
    assert_eq!(process.ask("survey"), "error no_card");
    let refused = PcscBackend::new().connect("no\0reader", None).map(|_| ());
    assert!(matches!(refused, Err(Error::NoReader(_) | Error::ServiceUnavailable(_))), "{refused:?}");
}
