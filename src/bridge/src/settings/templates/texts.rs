//! What each setting is called and what it does, in both languages.

/// The language of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    English,
    Japanese,
}
pub(super) use Tongue::{English, Japanese};

/// A setting in words.
pub(super) struct Text {
    pub(super) name: &'static str,
    title: [&'static str; 2],
    explanation: [&'static str; 2],
}

impl Text {
    /// Of the setting of this name; a test holds that each has one.
    pub(super) fn of(name: &str) -> &'static Self {
        TEXTS.iter().find(|text| text.name == name).unwrap_or(&TEXTS[0])
    }

    pub(super) fn title(&self, tongue: Tongue) -> &'static str {
        self.title[tongue as usize]
    }

    pub(super) fn explanation(&self, tongue: Tongue) -> &'static str {
        self.explanation[tongue as usize]
    }
}

static TEXTS: [Text; 10] = [
    Text {
        name: "port",
        title: ["Port", "ポート"],
        explanation: [
            "The only loopback port that the agent uses. Pages look for it at 39041, 39042 and 39043: choose one of these.",
            "エージェントが使うループバックのポートを一つに決めます。ウェブページは39041、39042、39043を探すため、この中から選んでください。",
        ],
    },
    Text {
        name: "prompt",
        title: ["Consent window", "確認画面のプログラム"],
        explanation: [
            "The program that asks for consent and PIN, as a full path. It sees every PIN: name only a program you trust as much as the agent itself.",
            "同意と暗証番号をたずねるプログラムをフルパスで指定します。入力された暗証番号はすべてこのプログラムが受け取るため、エージェントと同じ程度に信頼できるものだけを指定してください。",
        ],
    },
    Text {
        name: "timeout",
        title: ["Time to answer", "回答までの時間"],
        explanation: [
            "How many seconds a person has to answer the consent window.",
            "確認画面に回答するまでの時間を秒で指定します。",
        ],
    },
    Text {
        name: "tray",
        title: ["Icon in the system tray", "通知領域のアイコン"],
        explanation: [
            "Whether an icon in the system tray shows the state of the agent.",
            "エージェントの状態を通知領域のアイコンで示すかどうかを決めます。",
        ],
    },
    Text {
        name: "history",
        title: ["History", "利用履歴"],
        explanation: [
            "Whether the agent keeps on this computer which site asked for what, when, and how it ended. Values of attributes are never kept.",
            "どのサイトがいつ何を求め、どう終わったかを、このコンピューターに残すかどうかを決めます。氏名などの値は残りません。",
        ],
    },
    Text {
        name: "log",
        title: ["Log level", "ログの詳しさ"],
        explanation: [
            "How much the agent writes to its log. No level writes a PIN or an attribute.",
            "エージェントがログに書く量を決めます。どの段階でも、暗証番号や氏名などの値は書きません。",
        ],
    },
    Text {
        name: "developer",
        title: ["Developer mode", "開発者モード"],
        explanation: [
            "Whether pages of http://localhost are admitted too, for who develops a site on this computer.",
            "このコンピューターでサイトを開発する人のために、http://localhost のページも受け付けるかどうかを決めます。",
        ],
    },
    Text {
        name: "blocked",
        title: ["Blocked sites", "拒否するサイト"],
        explanation: [
            "Sites whose requests are refused unseen, whatever the person decides. One origin an entry, https://host or https://host:port, exactly as a browser writes it; no patterns.",
            "利用者の判断にかかわらず、要求を画面に出さずに拒否するサイトです。一行に一つ、ブラウザーが書くとおりのオリジン(https://ホスト または https://ホスト:ポート)を指定します。ワイルドカードは使えません。",
        ],
    },
    Text {
        name: "allowed",
        title: ["Allowed sites", "許可するサイト"],
        explanation: [
            "Sites whose window comes without the question whether to remember them. The window itself still comes for each request, and the person can still refuse or block the site.",
            "「このサイトを記憶する」の確認を省くサイトです。確認画面は要求のたびに表示され、利用者は断ることも、そのサイトを拒否することもできます。",
        ],
    },
    Text {
        name: "only_allowed",
        title: ["Only allowed sites", "許可したサイトのみ"],
        explanation: [
            "Whether every site that is not among the allowed ones is refused.",
            "許可するサイトの一覧にないサイトをすべて拒否するかどうかを決めます。",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::keys::KEYS;

    #[test]
    fn every_setting_has_its_words_in_both_languages() {
        assert!(TEXTS.iter().map(|text| text.name).eq(KEYS.iter().map(|key| key.name)));
        for text in &TEXTS {
            for tongue in [English, Japanese] {
                let (title, explanation) = (text.title(tongue), text.explanation(tongue));
                assert!(!title.is_empty() && explanation.ends_with(['.', '。']), "{}", text.name);
                let japanese = explanation.chars().any(|character| ('ぁ'..='ん').contains(&character));
                assert_eq!(japanese, tongue == Japanese, "{}", text.name);
            }
        }
    }
}
