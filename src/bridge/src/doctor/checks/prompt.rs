//! The program that asks the person, and whether it has somewhere to ask.

use jpki_protocol::Language;

use super::{agent, depends, words};
use crate::doctor::diagnosis::{Outcome, Verdict};
use crate::doctor::findings::{Display, Findings, PromptState};

pub(super) fn prompt(findings: &Findings, language: Language) -> Outcome {
    let prompt = &findings.prompt;
    let path = &prompt.path;
    let fault = |found: String, public: &str| {
        let outcome = Verdict::Fault.because(found).public_as(public);
        if prompt.own {
            outcome.remedy(words!(language, "JPKI Bridge を入れ直してください。", "Install JPKI Bridge again."))
        } else {
            outcome.remedy(words!(
                language,
                "設定（prompt、--prompt、JPKI_BRIDGE_PROMPT）を正すか、外してください。",
                "Correct the setting (prompt, --prompt, JPKI_BRIDGE_PROMPT), or remove it."
            ))
        }
    };
    match &prompt.state {
        PromptState::Missing => fault(
            words!(
                language,
                "暗証番号を尋ねるプログラム {path} がありません。",
                "The program that asks for the PIN is missing: {path}."
            ),
            "missing",
        ),
        PromptState::NotStartable(reason) => fault(
            words!(
                language,
                "暗証番号を尋ねるプログラム {path} を起動できません（{reason}）。",
                "The program that asks for the PIN can't be started: {path} ({reason})."
            ),
            "can't be started",
        ),
        PromptState::Silent => fault(
            words!(
                language,
                "暗証番号を尋ねるプログラム {path} が応答しません。",
                "The program that asks for the PIN does not answer: {path}."
            ),
            "does not answer",
        ),
        PromptState::Present => Verdict::Ok
            .because(words!(
                language,
                "設定されたプログラム {path} が尋ねます。",
                "The program that is set will ask: {path}."
            ))
            .public_as("another program is set, and there"),
        PromptState::Starts(version) if version != env!("CARGO_PKG_VERSION") => {
            let ours = env!("CARGO_PKG_VERSION");
            Verdict::Attention
                .because(words!(
                    language,
                    "確認画面のプログラムの版（{version}）が JPKI Bridge の版（{ours}）と違います。",
                    "The prompt program's version ({version}) is not that of JPKI Bridge ({ours})."
                ))
                .public()
                .remedy(words!(language, "JPKI Bridge を入れ直してください。", "Install JPKI Bridge again."))
        }
        PromptState::Starts(_) => Verdict::Ok
            .because(words!(
                language,
                "暗証番号を尋ねるプログラムは起動できます。",
                "The program that asks for the PIN starts."
            ))
            .public(),
    }
}

pub(super) fn display(findings: &Findings, language: Language) -> Outcome {
    let prompt = &findings.prompt;
    if prompt.terminal {
        return Verdict::NotApplicable
            .because(words!(language, "端末で尋ねる設定です。", "It asks on the terminal."))
            .public();
    }
    if !prompt.own {
        return Verdict::NotApplicable
            .because(words!(language, "設定されたプログラムが尋ねます。", "Another program asks."))
            .public();
    }
    let found = match findings.display {
        Display::There => {
            return Verdict::Ok
                .because(words!(language, "確認画面を表示できます。", "There is a display for the window."))
                .public();
        }
        Display::None => words!(
            language,
            "この端末には画面がありません（DISPLAY も WAYLAND_DISPLAY もありません）。",
            "There is no display here: neither DISPLAY nor WAYLAND_DISPLAY is set."
        ),
        Display::Gone => words!(
            language,
            "DISPLAY や WAYLAND_DISPLAY の示す画面が応答しません。",
            "The display that DISPLAY or WAYLAND_DISPLAY names does not answer."
        ),
    };
    if agent::agent(findings, language).verdict == Verdict::Ok {
        // The agent that runs was started elsewhere, and has what it has there.
        return Outcome { found, ..depends(language, "display") }.public();
    }
    Verdict::Fault
        .because(found)
        .public()
        .remedy(words!(
            language,
            "画面のあるセッションで起動するか、端末で尋ねる設定にしてください。",
            "Start the agent in a session with a display, or let it ask on the terminal."
        ))
        .command("jpki-bridge run --prompt terminal")
}
