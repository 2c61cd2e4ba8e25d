//! The ports that pages look at: free, the agent's, or somebody else's.

use jpki_protocol::Language;

use super::{comma, words};
use crate::doctor::diagnosis::{Outcome, Verdict};
use crate::doctor::findings::{DialAnswer, Findings, Port, System};

impl Port {
    /// Whether the agent lets us in on one of the addresses.
    pub(super) fn is_agent(&self) -> bool {
        [self.v4, self.v6].contains(&DialAnswer::Agent)
    }

    /// Whether somebody listens, on either address.
    pub(super) fn is_taken(&self) -> bool {
        let free = |answer| matches!(answer, DialAnswer::Free | DialAnswer::NoAddress);
        !(free(self.v4) && free(self.v6))
    }
}

/// Whether an agent of this person holds the port, also one that refuses or is stuck.
fn is_ours(findings: &Findings, port: &Port) -> bool {
    let noted = &findings.endpoint.noted;
    port.is_agent() || port.is_taken() && noted.iter().any(|agent| agent.alive && agent.port.number == port.number)
}

pub(super) fn port(findings: &Findings, language: Language) -> Outcome {
    let ports = &findings.endpoint.ports;
    let elsewhere = || findings.endpoint.noted.iter().map(|agent| &agent.port).find(|port| port.is_agent());
    let ours = ports.iter().find(|port| is_ours(findings, port)).or_else(elsewhere);
    let free = ports.iter().find(|port| !port.is_taken());
    // Somebody else stands where pages look first.
    let before =
        |number: u16| ports.iter().take_while(|port| port.number != number).find(|port| !is_ours(findings, port));
    let (usable, found) = match (ours, free) {
        (Some(port), _) => {
            let number = port.number;
            (number, words!(language, "ポート {number} は常駐プログラムのものです。", "Port {number} is the agent's."))
        }
        (None, Some(port)) => {
            let number = port.number;
            (number, words!(language, "ポート {number} は空いています。", "Port {number} is free."))
        }
        (None, None) => return all_taken(findings, language),
    };
    match before(usable).filter(|port| port.is_taken() && ports.iter().any(|wanted| wanted.number == usable)) {
        None => Verdict::Ok.because(found).public(),
        Some(other) => {
            let (number, holder) = (other.number, holder(other, language));
            Verdict::Attention
                .because(words!(
                    language,
                    "{found}ただしポート {number} は{holder}が使っています。",
                    "{found} But port {number} is held by {holder}."
                ))
                .public()
                .remedy(words!(
                    language,
                    "サイトが接続に手間取るときは、そのプログラムを終えてください。",
                    "If sites are slow to connect, end that program."
                ))
                .command_if(end(findings, other))
        }
    }
}

fn all_taken(findings: &Findings, language: Language) -> Outcome {
    let ports = &findings.endpoint.ports;
    let list = ports
        .iter()
        .map(|port| {
            let (number, holder) = (port.number, holder(port, language));
            words!(language, "{number} は{holder}", "{number} by {holder}")
        })
        .collect::<Vec<_>>()
        .join(comma(language));
    let outcome = Verdict::Fault.because(words!(
        language,
        "使えるポートがありません。{list}が使っています。",
        "No port is left: {list}."
    ));
    outcome
        .public()
        .remedy(words!(
            language,
            "そのプログラムを終えるか、jpki-bridge run --port で別のポートを選んでください。",
            "End that program, or choose another port with jpki-bridge run --port."
        ))
        .command_if(ports.first().and_then(|port| end(findings, port)))
}

fn holder(port: &Port, language: Language) -> String {
    let speaks = match [port.v4, port.v6].contains(&DialAnswer::Foreign) {
        true => words!(language, "（JPKI Bridge ではない応答をします）", " (what answers is not JPKI Bridge)"),
        false => String::new(),
    };
    let other = || words!(language, "ほかのプログラム", "another program");
    let Some(holder) = &port.holder else { return other() + &speaks };
    let program = match (&holder.program, holder.process) {
        (Some(name), Some(process)) => words!(language, " {name}（プロセス {process}）", "{name} (process {process})"),
        (Some(name), None) => words!(language, " {name} ", "{name}"),
        (None, _) => other(),
    };
    match holder.other_user {
        true => words!(language, "ほかの利用者の{program}{speaks}", "{program} of another user{speaks}"),
        false => words!(language, "{program}{speaks}", "{program}{speaks}"),
    }
}

/// What ends the program that holds the port.
fn end(findings: &Findings, port: &Port) -> Option<String> {
    let holder = port.holder.as_ref()?;
    let process = holder.process?;
    Some(match findings.system {
        System::Windows => format!("taskkill /PID {process}"),
        _ if holder.other_user => format!("sudo kill {process}"),
        _ => format!("kill {process}"),
    })
}
