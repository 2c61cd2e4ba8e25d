//! The PC/SC service: whether it is there, runs, and lets this user in.

use jpki_protocol::Language;

use super::words;
use crate::doctor::diagnosis::{Outcome, Verdict};
use crate::doctor::findings::{Findings, Packages, ServiceAnswer, Socket, System};

/// Lets everyone who sits at the computer, or came in by network, use the service (pcsc-lite, README.polkit).
const POLKIT_RULE: &str = "printf 'polkit.addRule(function(a, s) {\\n  if (a.id.indexOf(\"org.debian.pcsc-lite.\") == 0 && s.user == \"%s\") return polkit.Result.YES;\\n});\\n' \"$USER\" | sudo tee /etc/polkit-1/rules.d/50-jpki-bridge.rules";

/// Whether the service took the connection and hung up without serving it.
fn hangs_up(findings: &Findings) -> bool {
    let service = &findings.service;
    service.answer == ServiceAnswer::Unavailable && service.socket == Some(Socket::Open) && service.polkit
}

/// Whether this user is kept out.
fn keeps_out(findings: &Findings) -> bool {
    findings.service.answer == ServiceAnswer::Unavailable && findings.service.socket == Some(Socket::Forbidden)
}

/// Which of the two checks explains that there is no list of readers.
pub(super) fn blame(findings: &Findings) -> &'static str {
    if keeps_out(findings) || hangs_up(findings) { "access" } else { "service" }
}

pub(super) fn service(findings: &Findings, language: Language) -> Outcome {
    if findings.virtual_card {
        return Verdict::NotApplicable
            .because(words!(language, "ソフトウェアのカードを使っています。", "A card in software is used."))
            .public();
    }
    let service = &findings.service;
    match service.answer {
        ServiceAnswer::Answers => Verdict::Ok
            .because(words!(language, "ICカードのサービスは動いています。", "The smart card service runs."))
            .public(),
        ServiceAnswer::Silent => Verdict::Fault
            .because(words!(language, "ICカードのサービスが応答しません。", "The smart card service does not answer."))
            .public()
            .remedy(words!(language, "サービスを再起動してください。", "Restart the service."))
            .command(restart(findings)),
        ServiceAnswer::Unavailable if keeps_out(findings) || hangs_up(findings) => Verdict::Ok
            .because(words!(
                language,
                "ICカードのサービスは動いていますが、このユーザーを受け付けません。",
                "The smart card service runs, but does not let this user in."
            ))
            .public(),
        ServiceAnswer::Unavailable => unavailable(findings, language).public(),
    }
}

fn unavailable(findings: &Findings, language: Language) -> Outcome {
    let service = &findings.service;
    let System::Linux(packages) = findings.system else {
        return Verdict::Fault
            .because(words!(language, "ICカードのサービスが動いていません。", "The smart card service does not run."))
            .remedy(words!(
                language,
                "リーダーをつなぎ、サービスを開始してください。",
                "Connect a reader and start the service."
            ))
            .command(restart(findings));
    };
    if !service.installed {
        return Verdict::Fault
            .because(words!(
                language,
                "ICカードのサービス（pcscd）が入っていません。",
                "The smart card service (pcscd) is not installed."
            ))
            .remedy(words!(
                language,
                "pcscd とリーダーのドライバーを入れてください。",
                "Install pcscd and the readers' driver."
            ))
            .command_if(install(packages));
    }
    if service.disabled {
        return Verdict::Fault
            .because(words!(
                language,
                "ICカードのサービス（pcscd）の開始が禁じられています（masked）。",
                "The smart card service (pcscd) is masked, so nothing starts it."
            ))
            .remedy(words!(language, "禁止を解いて開始してください。", "Lift the mask and start it."))
            .command("sudo systemctl unmask pcscd.socket pcscd.service && sudo systemctl enable --now pcscd.socket");
    }
    let found = match service.socket {
        Some(Socket::Open) => words!(
            language,
            "ICカードのサービス（pcscd）が接続をすぐに切ります。",
            "The smart card service (pcscd) takes connections and drops them."
        ),
        Some(Socket::Dead) => words!(
            language,
            "ICカードのサービス（pcscd）が止まっています。ソケットだけが残っています。",
            "The smart card service (pcscd) has stopped and left its socket behind."
        ),
        _ => words!(
            language,
            "ICカードのサービス（pcscd）は入っていますが、動いていません。",
            "The smart card service (pcscd) is installed but does not run."
        ),
    };
    Verdict::Fault
        .because(found)
        .remedy(words!(language, "サービスを開始してください。", "Start the service."))
        .command(if service.socket == Some(Socket::Open) { restart(findings) } else { start(findings) })
}

fn start(findings: &Findings) -> String {
    if findings.service.systemd { "sudo systemctl enable --now pcscd.socket" } else { "sudo service pcscd start" }
        .into()
}

pub(super) fn restart(findings: &Findings) -> String {
    match findings.system {
        System::Linux(_) if findings.service.systemd => "sudo systemctl restart pcscd.socket pcscd.service",
        System::Linux(_) => "sudo service pcscd restart",
        System::Windows => "sc start SCardSvr",
        System::MacOs => "sudo launchctl kickstart -k system/com.apple.ctkpcscd",
    }
    .into()
}

/// What installs the service and libccid.
pub(super) fn install(packages: Packages) -> Option<String> {
    Some(
        match packages {
            Packages::Apt => "sudo apt install pcscd libccid",
            Packages::Dnf => "sudo dnf install pcsc-lite pcsc-lite-ccid",
            Packages::Zypper => "sudo zypper install pcsc-lite pcsc-ccid",
            Packages::Pacman => "sudo pacman -S pcsclite ccid",
            Packages::Other => return None,
        }
        .into(),
    )
}

pub(super) fn access(findings: &Findings, language: Language) -> Outcome {
    let is_linux = matches!(findings.system, System::Linux(_));
    if findings.virtual_card || !is_linux {
        return Verdict::NotApplicable
            .because(words!(language, "この環境では確かめる必要がありません。", "There is nothing to check here."))
            .public();
    }
    if keeps_out(findings) {
        return Verdict::Fault
            .because(words!(
                language,
                "pcscd のソケットを開く権限がありません。",
                "The rights of pcscd's socket keep this user out."
            ))
            .public()
            .remedy(words!(
                language,
                "pcscd を再起動すると、正しい権限で作り直されます。",
                "Restart pcscd: it makes the socket anew, with the right rights."
            ))
            .command(restart(findings));
    }
    if hangs_up(findings) {
        return Verdict::Fault
            .because(words!(
                language,
                "pcscd がこのユーザーを拒んでいます（polkit の設定）。画面の前にいない利用者、たとえば SSH やサービスからの利用は、初めは許されていません。",
                "pcscd refuses this user (polkit). By default it serves only who sits at the computer, not SSH or services."
            ))
            .public()
            .remedy(words!(
                language,
                "画面からログインし直すか、polkit の規則で許可してください。",
                "Log in at the computer itself, or allow this user by a polkit rule."
            ))
            .command(POLKIT_RULE);
    }
    match findings.service.answer {
        ServiceAnswer::Answers => Verdict::Ok
            .because(words!(
                language,
                "ICカードのサービスを利用できます。",
                "The smart card service lets this user in."
            ))
            .public(),
        _ => super::depends(language, "service"),
    }
}
