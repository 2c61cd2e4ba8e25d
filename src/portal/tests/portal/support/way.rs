//! A person on the portal's pages, from consent to the last button.

use axum::http::StatusCode;

use super::{Answer, Browser, TestCard};

/// A way that began: its path, such as `/flow/abc`.
pub(crate) struct Way(pub(crate) String);

impl Way {
    /// The way to which an answer leads, which is the page of consent.
    pub(crate) fn of(answer: &Answer) -> Self {
        let to = answer.location().unwrap_or_else(|| panic!("no way begins: {} {}", answer.status(), answer.text()));
        let path = to.strip_suffix("/consent").unwrap_or_else(|| panic!("{to} is no page of consent"));
        Self(path.to_owned())
    }

    /// Begins the portal's own sign-in.
    pub(crate) async fn to(browser: &mut Browser, back: &str) -> Self {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("back", back).finish();
        Self::of(&browser.get(&format!("/sign-in?{query}")).await)
    }

    /// The path of one of its pages.
    pub(crate) fn page(&self, page: &str) -> String {
        format!("{}/{page}", self.0)
    }

    /// 「上記に同意する」.
    pub(crate) async fn agree(&self, browser: &mut Browser) -> Answer {
        browser.submit(&self.page("consent"), &self.page("consent"), &[]).await
    }

    /// A challenge, as the page's script gets it.
    pub(crate) async fn challenge(&self, browser: &mut Browser) -> String {
        let answer = browser.post_json(&self.page("challenge"), "").await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text());
        answer.json()["challenge"].as_str().unwrap().to_owned()
    }

    /// The card is read, and the page's script sends what it signed.
    pub(crate) async fn show(&self, browser: &mut Browser, card: &TestCard) -> Answer {
        let challenge = self.challenge(browser).await;
        self.send(browser, &card.token(&challenge)).await
    }

    /// The page's script sends a token.
    pub(crate) async fn send(&self, browser: &mut Browser, token: &str) -> Answer {
        browser.submit(&self.page("identity"), &self.page("verify"), &[("token", token)]).await
    }

    /// 「次へ」.
    pub(crate) async fn onward(&self, browser: &mut Browser) -> Answer {
        browser.submit(&self.page("confirm"), &self.page("confirm"), &[]).await
    }

    /// 「連携をやめる」, on a page.
    pub(crate) async fn stop(&self, browser: &mut Browser, page: &str) -> Answer {
        browser.submit(&self.page(page), &self.page("stop"), &[]).await
    }
}

/// Signs somebody in at the portal itself; registers them if they aren't.
pub(crate) async fn sign_in(browser: &mut Browser, card: &TestCard) {
    let way = Way::to(browser, "/my").await;
    way.agree(browser).await;
    let shown = way.show(browser, card).await;
    let answer = if shown.location() == Some("/my") { shown } else { way.onward(browser).await };
    assert_eq!(answer.location(), Some("/my"), "{}", answer.text());
}
