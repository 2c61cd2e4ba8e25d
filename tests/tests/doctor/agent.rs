//! The agent and its port.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

use e2e::agent::Agent;
use e2e::bench::{Bench, card, relay_prompt};
use rustix::process::{Pid, Signal, kill_process};

use crate::patient::Patient;

/// An agent of this computer's person, on the port of the settings.
fn start_agent(patient: &Patient) -> Agent {
    Agent::start_with(&patient.pcscd, &relay_prompt().unwrap(), |command| {
        // On the port that its settings say, instead of a free one.
        *command = patient.command();
        command.args(["run", "--no-tray"]).args(&patient.arguments);
    })
    .unwrap()
}

#[test]
fn a_computer_on_which_all_is_well_is_ready() {
    let mut patient = Patient::with_card(card().unwrap());
    let _agent = start_agent(&patient);
    let diagnosis = patient.examined();
    assert!(diagnosis.ready, "{diagnosis:#?}");
    assert_eq!(diagnosis.check("endpoint").verdict, "ok", "{diagnosis:#?}");
    assert_eq!(patient.remove().card().tally().verifications, 0);
}

#[test]
fn an_agent_on_a_port_of_its_own_is_found_by_its_note() {
    let bench = Bench::with(card().unwrap()).unwrap();
    let mut patient = Patient::new();
    let home = bench.agent.home();
    patient.variables.push(("HOME", home.to_str().unwrap().to_owned()));
    patient.variables.push(("XDG_RUNTIME_DIR", home.join(".config").to_str().unwrap().to_owned()));
    let agent = patient.examined().check("agent");
    assert_eq!(agent.verdict, "ok", "{agent:?}");
    assert!(agent.found.contains(&bench.agent.port().to_string()), "{agent:?}");
}

#[test]
fn an_agent_that_does_not_run_is_started() {
    let patient = Patient::new();
    patient.suffers("agent", "fault", &["does not run", "jpki-bridge run"]);
    assert_eq!(patient.examined().check("endpoint").verdict, "unknown");
    let agent = start_agent(&patient);
    patient.is_well("agent");
    patient.is_well("endpoint");
    patient.is_well("port");
    agent.terminate().unwrap();
    agent.ended().unwrap();
    // Its note is still there.
    patient.suffers("agent", "fault", &["does not run"]);
}

fn signal(agent: &Agent, signal: Signal) {
    kill_process(Pid::from_raw(agent.id().try_into().unwrap()).unwrap(), signal).unwrap();
}

#[test]
fn an_agent_that_hangs_is_ended_and_started_again() {
    let patient = Patient::new();
    let agent = start_agent(&patient);
    signal(&agent, Signal::STOP);
    let kill = format!("kill -9 {}", agent.id());
    let port = format!("port {}", patient.port);
    let check = patient.suffers("agent", "fault", &["does not answer", &port, &kill]);
    assert!(check.command.unwrap().ends_with("jpki-bridge run"));
    signal(&agent, Signal::KILL);
    drop(agent);
    let _agent = start_agent(&patient);
    patient.is_well("agent");
}

#[test]
fn a_program_that_holds_the_port_is_named() {
    let patient = Patient::new();
    let listener = TcpListener::bind(("127.0.0.1", patient.port)).unwrap();
    let name = std::fs::read_to_string("/proc/self/comm").unwrap();
    let (process, kill) = (format!("(process {})", std::process::id()), format!("kill {}", std::process::id()));
    patient.suffers("port", "fault", &["No port is left", name.trim(), &process, &kill]);
    drop(listener);
    patient.is_well("port");
}

#[test]
fn a_program_that_answers_in_the_agents_place_is_told_from_it() {
    let patient = Patient::new();
    let listener = TcpListener::bind(("127.0.0.1", patient.port)).unwrap();
    let health = r#"{"service":"jpki-bridge","protocols":[1]}"#;
    // It even says that it is the agent, to everyone.
    let answer = format!(
        "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: {}\r\n\r\n{health}",
        health.len()
    );
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let server = std::thread::spawn(move || {
        for client in listener.incoming() {
            if stopped.try_recv().is_ok() {
                return;
            }
            let mut client = client.unwrap();
            let _ = client.read(&mut [0; 1024]).unwrap();
            client.write_all(answer.as_bytes()).unwrap();
        }
    });
    patient.suffers("port", "fault", &["not JPKI Bridge", "End that program"]);
    assert_eq!(patient.examined().check("agent").verdict, "fault");
    stop.send(()).unwrap();
    std::net::TcpStream::connect(("127.0.0.1", patient.port)).unwrap();
    server.join().unwrap();
    let _agent = start_agent(&patient);
    patient.is_well("port");
    patient.is_well("endpoint");
}

#[test]
fn a_broken_list_of_sites_keeps_pages_out_until_it_is_moved_away() {
    let patient = Patient::new();
    let _agent = start_agent(&patient);
    patient.is_well("endpoint");
    let list = patient.config().with_file_name("sites.json");
    std::fs::write(&list, "{").unwrap();
    let check = patient.suffers("sites", "fault", &[list.to_str().unwrap(), "broken", "move it away"]);
    assert_eq!(patient.examined().check("endpoint").verdict, "unknown");
    patient.obeys(&check);
    patient.is_well("sites");
    patient.is_well("endpoint");
    assert!(Path::new(&format!("{}.broken", list.display())).exists());
}
