//! Scopes in a person's words.

use jpki_oidc::Scopes;

use crate::web::Lang;

/// Each scope that is worth a word, in the order in which people read them.
const WORDS: &[(&str, &str, &str)] = &[
    (
        "registration",
        "マイナポータルの利用者登録をする（登録していないとき）",
        "Register you with the portal, if you aren't registered",
    ),
    (
        "notices.read",
        "国や地方公共団体からのお知らせを受け取る",
        "Receive notices from the state and municipalities for you",
    ),
    (
        "user_status.registration",
        "マイナポータルの利用者登録をしているかどうかを知る",
        "Know whether you are registered with the portal",
    ),
    (
        "user_status.health_insurance",
        "オンライン資格確認等システムとのデータ連携設定の有無を知る",
        "Know whether you linked the online health-insurance qualification system",
    ),
    ("user_status.eshishobako", "e-私書箱との「もっとつながる」設定の有無を知る", "Know whether you linked e-私書箱"),
    ("user_status.mypost", "MyPostとの「もっとつながる」設定の有無を知る", "Know whether you linked MyPost"),
    (
        "user_status.furusato_etax",
        "ふるさと納税e-tax連携サービスとの「もっとつながる」設定の有無を知る",
        "Know whether you linked ふるさと納税e-tax連携サービス",
    ),
    (
        "offline_access",
        "連携を解除するまで、あなたが画面を開いていないときも上のことをする",
        "Do this also while you aren't there, until you unlink",
    ),
];

/// What a service may with these scopes, line by line. That it knows the person again by a name of its own goes without a scope.
pub(crate) fn scope_words(scopes: &Scopes, l: Lang) -> Vec<&'static str> {
    let known = WORDS.iter().filter(|(scope, ..)| scopes.has(scope));
    let mut lines = vec![l.t(
        "本人であることを、このサービスだけの番号（仮名）で確かめる",
        "Know you again, by a number that only this service has",
    )];
    lines.extend(known.map(|(_, ja, en)| l.t(ja, en)));
    lines
}

#[cfg(test)]
mod tests {
    use jpki_protocol::Language;

    use super::*;
    use crate::oauth::SCOPES;

    #[test]
    fn every_scope_that_a_service_can_be_allowed_is_told() {
        let l = Lang(Language::Ja);
        let told = |scopes: &str| scope_words(&Scopes::parse(scopes).unwrap(), l).len();
        assert_eq!(told("openid"), 1);
        for scope in SCOPES.into_iter().filter(|scope| *scope != "openid") {
            assert_eq!(told(&format!("openid {scope}")), 2, "{scope}");
        }
    }
}
