//! Whether the computer's clock can be right.

use jiff::Timestamp;
use jpki_protocol::Language;

use super::card::card_of;
use super::words;
use crate::doctor::diagnosis::{Outcome, Verdict};
use crate::doctor::findings::{AuthCertificate, Findings, System};

/// A moment before which this program did not exist: the day its release was made, where the build says so
/// (reproducible-builds.org, SOURCE_DATE_EPOCH), else 1 January 2026, in seconds of the Unix epoch.
const EARLIEST: i64 = match option_env!("SOURCE_DATE_EPOCH") {
    Some(seconds) => match i64::from_str_radix(seconds, 10) {
        Ok(seconds) => seconds,
        Err(_) => 1_767_225_600,
    },
    None => 1_767_225_600,
};

/// How far a clock may be behind without harm, in seconds: verifiers forgive minutes, and a card isn't used in the minute it
/// was issued.
const TOLERANCE: i64 = 300;

/// The certificate's beginning, where the clock stands before it.
fn before_certificate(findings: &Findings) -> Option<Timestamp> {
    match card_of(findings)?.certificate {
        AuthCertificate::Valid { from, .. } if findings.now.as_second() + TOLERANCE < from.as_second() => Some(from),
        _ => None,
    }
}

pub(super) fn is_wrong(findings: &Findings) -> bool {
    findings.now.as_second() < EARLIEST || before_certificate(findings).is_some()
}

pub(super) fn clock(findings: &Findings, language: Language) -> Outcome {
    let now = findings.now.strftime("%Y-%m-%d %H:%M UTC");
    let outcome = if findings.now.as_second() < EARLIEST {
        Verdict::Fault
            .because(words!(
                language,
                "時計が過去を指しています（{now}）。このプログラムが作られるより前です。",
                "The clock is behind ({now}): this program had not been made by then."
            ))
            .public_as("before this program was made")
    } else if before_certificate(findings).is_some() {
        Verdict::Fault
            .because(words!(
                language,
                "時計が過去を指しています（{now}）。カードの電子証明書の有効期間がまだ始まっていません。",
                "The clock is behind ({now}): the card's certificate is not valid yet by then."
            ))
            .public_as("before the certificate begins")
    } else {
        return Verdict::Ok.because(words!(language, "時計に問題はありません。", "The clock is plausible.")).public();
    };
    outcome
        .remedy(words!(language, "時計を自動で合わせるようにしてください。", "Let the clock be set by the network."))
        .command(match findings.system {
            System::Linux(_) => "sudo timedatectl set-ntp true",
            System::Windows => "w32tm /resync",
            System::MacOs => "sudo sntp -sS time.apple.com",
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_was_not_made_before_2026_nor_in_the_future() {
        assert!(EARLIEST >= 1_767_225_600 && EARLIEST <= Timestamp::now().as_second());
    }
}
