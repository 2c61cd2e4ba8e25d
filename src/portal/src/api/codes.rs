//! Every code that a problem can have, explained: `type` of a problem leads to `/developers#code`.

/// A code of a problem.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Code {
    /// The word.
    pub(crate) code: &'static str,
    /// The HTTP status that it comes with.
    pub(crate) status: u16,
    /// What it means and what to do, in Japanese.
    pub(crate) ja: &'static str,
    /// The same in English.
    pub(crate) en: &'static str,
}

/// All codes, by status, but those of cards: [`Trouble`](crate::identity::Trouble) explains them to who holds one, too.
pub(crate) const CODES: &[Code] = &[
    Code {
        code: "invalid_request",
        status: 400,
        ja: "パラメーターが不足しているか、重複しているか、読み取れません。detailをお読みください。",
        en: "A parameter is missing, there twice, or can't be read. Read detail.",
    },
    Code {
        code: "unknown_state",
        status: 400,
        ja: "statesに、知られていない利用者状態があります。",
        en: "states names a user status that isn't known.",
    },
    Code {
        code: "access_token_missing",
        status: 401,
        ja: "アクセストークンがありません。Authorizationヘッダーで送ってください。",
        en: "There is no access token. Send one in the Authorization header.",
    },
    Code {
        code: "invalid_token",
        status: 401,
        ja: "アクセストークンが不明、期限切れ、または取り消し済みです。新しいトークンを取得してください。",
        en: "The access token is unknown, expired or revoked. Get a new one.",
    },
    Code {
        code: "insufficient_scope",
        status: 403,
        ja: "アクセストークンに必要なスコープがありません。",
        en: "The access token lacks the scope that this needs.",
    },
    Code {
        code: "user_not_registered",
        status: 403,
        ja: "利用者登録がされていません。スコープregistrationを付けた認可要求で、利用者登録に案内してください。",
        en: "The person isn't registered. Lead them through registration: an authorization request with the scope registration.",
    },
    Code {
        code: "consent_missing",
        status: 403,
        ja: "ご本人がまだ同意していません。同意の画面を先に表示してください。",
        en: "The person hasn't agreed yet. Show them the page of consent first.",
    },
    Code {
        code: "foreign_origin",
        status: 403,
        ja: "カードの読み取りは、ポータルの画面からのみ行えます。",
        en: "Cards are read on the portal's own pages alone.",
    },
    Code {
        code: "not_found",
        status: 404,
        ja: "このアドレスには何もありません。/openapi.jsonをご確認ください。",
        en: "There is nothing at this address: see /openapi.json.",
    },
    Code {
        code: "notice_not_found",
        status: 404,
        ja: "このお知らせはありません。保存期限が過ぎたか、取り下げられたか、別の方のものです。",
        en: "There is no such notice: its time is over, it was withdrawn, or it is somebody else's.",
    },
    Code {
        code: "method_not_allowed",
        status: 405,
        ja: "このアドレスでは使えないメソッドです。Allowヘッダーのメソッドをお使いください。",
        en: "This address takes another method: one of those in the header Allow.",
    },
    Code {
        code: "rate_limited",
        status: 429,
        ja: "呼び出しが多すぎます。Retry-Afterの秒数だけ待ってからお試しください。",
        en: "Too many calls. Wait for the seconds in Retry-After.",
    },
    Code {
        code: "internal",
        status: 500,
        ja: "ポータルで問題が発生しました。続くときはお問い合わせください。",
        en: "The portal failed. If it goes on, ask us.",
    },
    Code {
        code: "outside_service_hours",
        status: 503,
        ja: "サービスの利用時間外です。opens_atの日時以降にお試しください。何も登録されていません。",
        en: "The service is outside its hours. Try again at opens_at. Nothing was registered.",
    },
    Code {
        code: "temporarily_unavailable",
        status: 503,
        ja: "一時的に応答できません。Retry-Afterの秒数だけ待ってからお試しください。",
        en: "The portal can't answer at the moment. Wait for the seconds in Retry-After.",
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::identity::Trouble;

    /// Every word that stands where a problem is made: after `StatusCode::…,`.
    fn used(folder: &Path, words: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                used(&path, words);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("api/codes.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                words.extend(text.split("StatusCode::").skip(1).filter_map(|after| {
                    let rest = after.trim_start_matches(|c: char| c.is_ascii_uppercase() || c == '_');
                    let word = rest.strip_prefix(',')?.trim_start().strip_prefix('"')?.split('"').next()?;
                    word.chars().all(|c| c.is_ascii_lowercase() || c == '_').then(|| word.to_owned())
                }));
            }
        }
    }

    #[test]
    fn every_code_is_explained_once_and_none_that_there_is_not() {
        let mut words: BTreeSet<_> = Trouble::ALL.iter().map(|trouble| trouble.words().code.to_owned()).collect();
        used(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut words);
        let of_cards = Trouble::ALL.iter().map(|trouble| trouble.words().code);
        let explained: Vec<_> = CODES.iter().map(|code| code.code).chain(of_cards).map(str::to_owned).collect();
        let once: BTreeSet<_> = explained.iter().cloned().collect();
        assert_eq!(words, once);
        assert_eq!(explained.len(), once.len());
        assert!(CODES.is_sorted_by_key(|code| code.status));
    }
}
