//! Whether the agent would accept its settings, its list of sites and its history.

use jpki_protocol::Language;

use super::{depends, words};
use crate::doctor::diagnosis::{Outcome, Verdict};
use crate::doctor::findings::{Barrier, Findings, Flaw, History};

pub(super) fn settings(findings: &Findings, language: Language) -> Outcome {
    match &findings.settings {
        None => Verdict::Ok.because(words!(language, "設定は正しく読み取れます。", "The settings are sound.")).public(),
        Some(flaw) => fault(flaw, language),
    }
}

pub(super) fn sites(findings: &Findings, language: Language) -> Outcome {
    match &findings.sites {
        None => Verdict::Ok
            .because(words!(language, "サイトの一覧は正しく読み取れます。", "The list of sites is sound."))
            .public(),
        Some(flaw) => fault(flaw, language),
    }
}

/// A history that can't be used stops no operation.
pub(super) fn history(findings: &Findings, language: Language) -> Outcome {
    match &findings.history {
        History::Off => Verdict::NotApplicable
            .because(words!(language, "履歴は記録しない設定です。", "No history is kept, as is set."))
            .public(),
        History::Sound { skipped: 0 } => {
            Verdict::Ok.because(words!(language, "履歴は正しく読み取れます。", "The history is sound.")).public()
        }
        History::Sound { skipped } => Verdict::Attention
            .because(words!(
                language,
                "履歴に読み取れない行が{skipped}行あります。ほかの行はそのまま使われます。",
                "{skipped} lines of the history can't be read. The others are used as they are."
            ))
            .public()
            .remedy(words!(
                language,
                "気になるときは、履歴を消去してください。",
                "Erase the history if that bothers you."
            ))
            .command("jpki-bridge history --clear"),
        History::Flawed(Flaw::NoHome) => depends(language, "settings"),
        History::Flawed(flaw) => Outcome { verdict: Verdict::Attention, ..fault(flaw, language) },
    }
}

fn fault(flaw: &Flaw, language: Language) -> Outcome {
    let fault = |found: String| Verdict::Fault.because(found);
    match flaw {
        Flaw::Unreadable { path, reason, barrier } => {
            let remedy = match barrier {
                Barrier::OwnRights | Barrier::OthersRights => {
                    words!(language, "ファイルを読めるようにしてください。", "Make the file readable for you.")
                }
                Barrier::Other => words!(
                    language,
                    "ファイルと、それがあるフォルダーを読めるようにしてください。",
                    "Make the file, and the folders that it is in, readable for you."
                ),
            };
            fault(words!(language, "{path} を読み取れません（{reason}）。", "{path} can't be read ({reason})."))
                .public_as("a file can't be read")
                .remedy(remedy)
                .command_if(match barrier {
                    Barrier::OwnRights => cfg!(unix).then(|| format!("chmod u+r '{path}'")),
                    Barrier::OthersRights => cfg!(unix).then(|| format!("sudo chmod a+r '{path}'")),
                    Barrier::Other => None,
                })
        }
        Flaw::Foreign { path, owner } => fault(words!(
            language,
            "{path} はほかの利用者が書き換えられるため、使われません。",
            "{path} could be changed by other users, so it is not used."
        ))
        .public_as("a file could be changed by others")
        .remedy(words!(language, "自分だけが書き込めるようにしてください。", "Let nobody else write the file."))
        .command(match owner.as_str() {
            "root" => format!("sudo chown root '{path}' && sudo chmod go-w '{path}'"),
            owner => format!("chown {owner} '{path}' && chmod go-w '{path}'"),
        }),
        Flaw::Broken { path, detail } => {
            fault(words!(language, "{path} が壊れています（{detail}）。", "{path} is broken ({detail})."))
                .public_as("a file is broken")
                .remedy(words!(
                    language,
                    "書き直すか、別の場所へ移して初期設定に戻してください。",
                    "Mend it, or move it away to start afresh."
                ))
                .command_if(cfg!(unix).then(|| format!("mv '{path}' '{path}.broken'")))
        }
        Flaw::Newer { path } => fault(words!(
            language,
            "{path} は新しい版のプログラムが書いたものです。",
            "{path} was written by a newer version of this program."
        ))
        .public_as("a file of a newer version")
        .remedy(words!(
            language,
            "新しい版を入れるか、ファイルを別の場所へ移してください。",
            "Install that version, or move the file away."
        )),
        Flaw::Environment(name) => fault(words!(
            language,
            "環境変数 {name} の値が使えません。",
            "The environment variable {name} can't be used."
        ))
        .public()
        .remedy(words!(language, "環境変数を正しい値にするか、消してください。", "Correct the variable, or unset it."))
        .command_if(cfg!(unix).then(|| format!("unset {name}"))),
        Flaw::NoHome => fault(words!(
            language,
            "設定を置くホームフォルダーがありません。",
            "There is no home folder to keep settings in."
        ))
        .public()
        .remedy(words!(
            language,
            "環境変数 HOME に自分のフォルダーを設定してください。",
            "Set HOME to a folder of yours."
        )),
        Flaw::Missing { path } => {
            fault(words!(language, "指定された {path} がありません。", "The named file {path} does not exist."))
                .public_as("the named file does not exist")
                .remedy(words!(
                    language,
                    "ファイルを作るか、--config を付けずに起動してください。",
                    "Create it, or start without --config."
                ))
        }
        Flaw::LogLevel(level) => {
            fault(words!(language, "ログの段階「{level}」はありません。", "The log level \"{level}\" does not exist."))
                .public()
                .remedy(words!(
                    language,
                    "error、warn、info、debug、trace のどれかにしてください。",
                    "Set log to error, warn, info, debug or trace."
                ))
        }
    }
}
