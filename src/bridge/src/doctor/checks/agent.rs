//! Whether the agent runs, and whether it answers on both loopback addresses as a page would find it.

use jpki_protocol::Language;

use super::{depends, words};
use crate::doctor::diagnosis::{Outcome, Verdict};
use crate::doctor::findings::{DialAnswer, Findings, NotedAgent, Port, System};

/// What starts the agent.
const START: &str = "jpki-bridge run";

/// The port where an agent answers.
fn running(findings: &Findings) -> Option<&Port> {
    let endpoint = &findings.endpoint;
    endpoint.ports.iter().chain(endpoint.noted.iter().map(|agent| &agent.port)).find(|port| port.is_agent())
}

/// An agent that lives and doesn't let us in.
fn stuck(findings: &Findings) -> Option<&NotedAgent> {
    findings.endpoint.noted.iter().find(|agent| agent.alive && !agent.port.is_agent())
}

fn refuses(agent: &NotedAgent) -> bool {
    [agent.port.v4, agent.port.v6].contains(&DialAnswer::Refuses)
}

pub(super) fn agent(findings: &Findings, language: Language) -> Outcome {
    if let Some(port) = running(findings) {
        let number = port.number;
        return Verdict::Ok
            .because(words!(
                language,
                "常駐プログラムは動いています（ポート {number}）。",
                "The agent runs (port {number})."
            ))
            .public();
    }
    match stuck(findings) {
        Some(agent) if refuses(agent) => {
            Verdict::Ok.because(words!(language, "常駐プログラムは動いています。", "The agent runs.")).public()
        }
        Some(agent) => {
            let (process, number) = (agent.process, agent.port.number);
            let kill = match findings.system {
                System::Windows => format!("taskkill /F /PID {process} && {START}"),
                _ => format!("kill -9 {process}; {START}"),
            };
            Verdict::Fault
                .because(words!(
                    language,
                    "常駐プログラム（プロセス {process}）は動いていますが、ポート {number} で応答しません。",
                    "The agent (process {process}) runs, but does not answer on port {number}."
                ))
                .public()
                .remedy(words!(language, "終わらせて、起動し直してください。", "End it and start it again."))
                .command(kill)
        }
        None => Verdict::Fault
            .because(words!(language, "常駐プログラムが動いていません。", "The agent does not run."))
            .public()
            .remedy(words!(language, "起動してください。", "Start it."))
            .command(START),
    }
}

pub(super) fn endpoint(findings: &Findings, language: Language) -> Outcome {
    let Some(port) = running(findings) else {
        return match stuck(findings) {
            Some(agent) if refuses(agent) => refused(findings, language),
            _ => depends(language, "agent"),
        };
    };
    let number = port.number;
    match (port.v4, port.v6) {
        (DialAnswer::Agent, DialAnswer::Agent | DialAnswer::NoAddress) => Verdict::Ok
            .because(words!(
                language,
                "サイトからの接続を受け付けます（ポート {number}）。",
                "It lets pages in (port {number})."
            ))
            .public(),
        (DialAnswer::Agent, _) => Verdict::Attention
            .because(words!(
                language,
                "127.0.0.1 では応答しますが、[::1]:{number} では応答しません。",
                "It answers on 127.0.0.1, but not on [::1]:{number}."
            ))
            .public()
            .remedy(words!(
                language,
                "サイトが「localhost」を使うと失敗することがあります。常駐プログラムを起動し直してください。",
                "Sites that say \"localhost\" may fail. Start the agent again."
            ))
            .command(START),
        _ => Verdict::Fault
            .because(words!(
                language,
                "127.0.0.1:{number} で応答しません。ファイアウォールやセキュリティソフトが止めている可能性があります。",
                "It does not answer on 127.0.0.1:{number}. A firewall or security program may stop it."
            ))
            .public()
            .remedy(words!(
                language,
                "このコンピューター自身への接続（127.0.0.1）を許可してください。",
                "Allow connections of this computer to itself (127.0.0.1)."
            )),
    }
}

fn refused(findings: &Findings, language: Language) -> Outcome {
    if findings.sites.is_some() {
        return depends(language, "sites");
    }
    if findings.admits_nobody {
        return Verdict::Fault
            .because(words!(
                language,
                "管理者のポリシーが許可するサイトのうち、使えるものが一つもありません。",
                "No site may ask: the administrator's policy refuses all but those in its list, and none of these is left."
            ))
            .public()
            .remedy(words!(
                language,
                "使うサイトを allowed に加えるよう管理者に頼むか、自分で拒んだサイトの設定を消してください。",
                "Ask the administrator to add the sites you use to allowed, or forget those that you blocked."
            ));
    }
    Verdict::Fault
        .because(words!(
            language,
            "常駐プログラムがサイトからの接続を拒んでいます。",
            "The agent refuses connections of pages."
        ))
        .public()
        .remedy(words!(
            language,
            "起動し直してください。ほかの利用者の常駐プログラムなら、その利用者に終えてもらってください。",
            "Start it again. If it is another user's, let them end it."
        ))
        .command(START)
}
