//! Browsers, the policies that keep pages from loopback, and the boxes that browsers run in.

use jpki_protocol::Language;

use super::{comma, words};
use crate::doctor::diagnosis::{Outcome, Verdict};
use crate::doctor::findings::{Findings, Packaging, PolicySays};

pub(super) fn browsers(findings: &Findings, language: Language) -> Outcome {
    if findings.browsers.is_empty() {
        return Verdict::Attention
            .because(words!(
                language,
                "知っているブラウザーが見つかりません。",
                "None of the browsers known was found."
            ))
            .public()
            .remedy(words!(
                language,
                "Chrome、Edge、Firefox のどれかを入れてください。",
                "Install Chrome, Edge or Firefox."
            ));
    }
    let list = findings
        .browsers
        .iter()
        .map(|browser| match &browser.version {
            Some(version) => format!("{} {version}", browser.name),
            None => browser.name.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(comma(language));
    Verdict::Ok.because(words!(language, "見つかったブラウザー：{list}", "Found: {list}")).public()
}

pub(super) fn policies(findings: &Findings, language: Language) -> Outcome {
    let relevant = || findings.policies.iter().filter(|policy| !matches!(policy.says, PolicySays::Proxies(_)));
    // One that blocks, before one that cuts off the redirect, before one that can't be read.
    let worst = relevant().min_by_key(|policy| match policy.says {
        PolicySays::Blocks { .. } => 0,
        PolicySays::CutsRedirect { .. } => 1,
        PolicySays::Broken | PolicySays::Proxies(_) => 2,
    });
    let Some(policy) = worst else {
        return Verdict::Ok
            .because(words!(
                language,
                "127.0.0.1 への接続を妨げるポリシーはありません。",
                "No policy keeps pages from 127.0.0.1."
            ))
            .public();
    };
    let (browser, place) = (policy.browser, &policy.place);
    let ask = |policy| match policy {
        "WebsiteFilter" => words!(
            language,
            "管理者に、WebsiteFilter の Exceptions に \"*://127.0.0.1/*\" を加えるよう頼んでください。",
            "Ask the administrator to add \"*://127.0.0.1/*\" to Exceptions of WebsiteFilter."
        ),
        _ => words!(
            language,
            "管理者に、使うサイトを LoopbackNetworkAllowedForUrls（Firefox では LocalNetworkAccess の SkipDomains）に加えるよう頼んでください。",
            "Ask the administrator to add the sites you use to LoopbackNetworkAllowedForUrls (Firefox: SkipDomains of LocalNetworkAccess)."
        ),
    };
    match policy.says {
        PolicySays::Blocks { policy: key, all_sites: true } => Verdict::Attention
            .because(words!(
                language,
                "{browser} のポリシー {key} が、すべてのサイトに 127.0.0.1 への接続を禁じています（{place}）。サイトは画面の移動による方法に切り替えます。",
                "The policy {key} of {browser} keeps all sites from 127.0.0.1 ({place}). Sites then have to use the redirect."
            ))
            .public_as(format!("policy {key} of {browser} blocks all sites"))
            .remedy(ask(key)),
        PolicySays::Blocks { policy: key, all_sites: false } => Verdict::Attention
            .because(words!(
                language,
                "{browser} のポリシー {key} が、いくつかのサイトに 127.0.0.1 への接続を禁じています（{place}）。",
                "The policy {key} of {browser} keeps some sites from 127.0.0.1 ({place})."
            ))
            .public_as(format!("policy {key} of {browser} blocks some sites"))
            .remedy(ask(key)),
        PolicySays::CutsRedirect { policy: key, remedy } => Verdict::Attention
            .because(words!(
                language,
                "{browser} のポリシー {key} が、127.0.0.1 への画面の移動を禁じています（{place}）。サイトからの直接の接続は使えますが、画面の移動による方法は使えません。",
                "The policy {key} of {browser} blocks going to 127.0.0.1 ({place}). Sites reach the agent by themselves, but not by the redirect."
            ))
            .public_as(format!("policy {key} of {browser} cuts off the redirect"))
            .remedy(words!(
                language,
                "必要なら、管理者に {remedy} を設定するよう頼んでください。",
                "If sites need it, ask the administrator to set {remedy}."
            )),
        PolicySays::Broken | PolicySays::Proxies(_) => Verdict::Attention
            .because(words!(
                language,
                "{browser} のポリシーファイル {place} が壊れているため、無視されます。",
                "The policy file {place} of {browser} is broken, so the browser ignores it."
            ))
            .public_as(format!("a policy file of {browser} is broken"))
            .remedy(words!(language, "管理者に知らせてください。", "Tell the administrator.")),
    }
}

pub(super) fn sandboxes(findings: &Findings, language: Language) -> Outcome {
    let cut = findings.browsers.iter().find_map(|browser| match browser.packaging {
        Packaging::Flatpak(application, true) => Some((browser.name, application)),
        _ => None,
    });
    if let Some((browser, application)) = cut {
        return Verdict::Attention
            .because(words!(
                language,
                "Flatpak の {browser} はネットワークを使えない設定です。",
                "The network was taken from the Flatpak {browser}."
            ))
            .public()
            .remedy(words!(language, "ネットワークを許可してください。", "Give it back."))
            .command(format!("flatpak override --user --share=network {application}"));
    }
    let boxed: Vec<_> = findings.browsers.iter().filter(|browser| browser.packaging != Packaging::Plain).collect();
    if boxed.is_empty() {
        return Verdict::NotApplicable
            .because(words!(
                language,
                "Snap や Flatpak のブラウザーはありません。",
                "No browser comes as Snap or Flatpak."
            ))
            .public();
    }
    let list = boxed
        .iter()
        .map(|browser| match browser.packaging {
            Packaging::Snap => format!("{} (Snap)", browser.name),
            _ => format!("{} (Flatpak)", browser.name),
        })
        .collect::<Vec<_>>()
        .join(comma(language));
    Verdict::Ok
        .because(words!(language, "{list} も 127.0.0.1 に接続できます。", "{list}: these reach 127.0.0.1 as well."))
        .public()
}
