//! The registration in `--headless`: the guideline's five screens from the service's button back to the service.

use serde_json::{Value, json};

use crate::Result;
use crate::browser::Browser;
use crate::page;
use crate::portal::NOTICE;
use crate::stage::Stage;
use crate::walk::Steps;

pub(crate) fn register(steps: &mut Steps, stage: &Stage) -> Result<()> {
    let mut browser = Browser::new();
    let first = browser.open(stage.service().as_str())?;
    first.says("マイナポータルの利用者登録")?;
    steps.done("registration 1/5: the service offers マイナポータルの利用者登録");

    let consent = browser.submit(&first, "/register", &[])?;
    consent.says("上記に同意する")?;
    steps.done("registration 2/5: the portal took the service's request and asks for consent");

    let way = consent.url.path().trim_end_matches("/consent").to_owned();
    let identity = browser.submit(&consent, &format!("{way}/consent"), &[])?;
    identity.says("マイナンバーカードによる本人確認")?;
    let challenge: Value = serde_json::from_str(&browser.call(&identity, &format!("{way}/challenge"))?.text)?;
    let mut page = page::Page::open(stage.agent_port(), stage.portal())?;
    let params = json!({ "challenge": challenge["challenge"], "purpose": "本人確認" });
    let result = page.call("authenticate", &params, |_| {})?;
    steps.done("registration 3/5: the card signed the portal's challenge");

    let token = result["token"].to_string();
    let confirm = browser.submit(&identity, &format!("{way}/verify"), &[("token", &token)])?;
    confirm.says("マイナポータル 外部サービスとの連携")?;
    steps.done("registration 4/5: the portal verified the person and asks for サービス連携");

    let back = browser.submit(&confirm, &format!("{way}/confirm"), &[])?;
    let subject = back.between("id=\"subject\">", "<").ok_or("the service shows nobody")?;
    back.says("id=\"registered\">あり")?;
    steps.done(&format!(
        "registration 5/5: registered, linked and back at the service, which knows the person as {subject}"
    ));

    let [issuer, title, _] = NOTICE;
    back.says(issuer)?;
    back.says(title)?;
    let notice = back.between("href=\"/notices/", "\"").ok_or("the service shows no notice")?;
    browser.open(&format!("{}/notices/{notice}", stage.service().as_str()))?.says("見本のお知らせ")?;
    steps.done("registration: the service fetched the person's states and notices with its access token");
    Ok(())
}
