//! Proxies in the environment that could take what is meant for this computer itself.

use jpki_protocol::Language;

use super::words;
use crate::doctor::diagnosis::{Outcome, Verdict};
use crate::doctor::findings::{Findings, PolicySays, System};

pub(super) fn proxy(findings: &Findings, language: Language) -> Outcome {
    let forced = findings.policies.iter().find_map(|policy| match policy.says {
        PolicySays::Proxies(key) => Some((policy, key)),
        _ => None,
    });
    if let Some((policy, key)) = forced {
        let (browser, place) = (policy.browser, &policy.place);
        return Verdict::Attention
            .because(words!(
                language,
                "{browser} のポリシー {key} が、127.0.0.1 への接続までプロキシに送ります（{place}）。",
                "The policy {key} of {browser} sends even 127.0.0.1 through a proxy ({place})."
            ))
            .public_as(format!("policy {key} of {browser} sends loopback through a proxy"))
            .remedy(words!(
                language,
                "管理者に、127.0.0.1 をプロキシの対象から外すよう頼んでください。",
                "Ask the administrator to leave 127.0.0.1 out of the proxy."
            ));
    }
    match findings.proxy.variable {
        Some(variable) if !findings.proxy.spares_loopback => Verdict::Attention
            .because(words!(
                language,
                "{variable} が設定され、no_proxy に 127.0.0.1 がありません。",
                "{variable} is set, and no_proxy does not spare 127.0.0.1."
            ))
            .public()
            .remedy(words!(
                language,
                "このコンピューター自身への接続を、プロキシの対象から外してください。",
                "Leave connections of this computer to itself out of the proxy."
            ))
            .command(match findings.system {
                System::Windows => "setx NO_PROXY localhost,127.0.0.1,::1",
                _ => "export no_proxy=\"localhost,127.0.0.1,::1${no_proxy:+,$no_proxy}\"",
            }),
        Some(variable) => Verdict::Ok
            .because(words!(
                language,
                "プロキシ（{variable}）は 127.0.0.1 を対象にしていません。",
                "The proxy ({variable}) spares 127.0.0.1."
            ))
            .public(),
        None => Verdict::Ok
            .because(words!(language, "プロキシの設定はありません。", "No proxy is set in the environment."))
            .public(),
    }
}
