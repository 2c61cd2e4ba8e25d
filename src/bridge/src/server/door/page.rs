//! The agent's own page: written piece by piece, so that it shows progress without a script.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jpki_protocol::page::ProgressState;
use jpki_protocol::{Language, Origin};
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::server::http::head_text;

/// One page. Its nonce makes its own style and script the only ones that run.
pub(super) struct Page {
    language: Language,
    nonce: String,
}

impl Page {
    pub(super) fn new(language: Language) -> Self {
        let mut bytes = [0; 16];
        // Without randomness the page has no nonce that matches: it shows, and its link works.
        let nonce = match SystemRandom::new().fill(&mut bytes) {
            Ok(()) => STANDARD_NO_PAD.encode(bytes),
            Err(_) => String::new(),
        };
        Self { language, nonce }
    }

    /// Head of the response and of the page.
    pub(super) fn start(&self, origin: &Origin) -> String {
        let nonce = &self.nonce;
        let policy = format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'"
        );
        let head = head_text(
            200,
            &[
                ("Content-Type", "text/html; charset=utf-8".into()),
                ("Content-Security-Policy", policy),
                ("X-Frame-Options", "DENY".into()),
                ("Referrer-Policy", "no-referrer".into()),
                ("Cross-Origin-Opener-Policy", "same-origin".into()),
                ("Cross-Origin-Resource-Policy", "same-origin".into()),
            ],
        );
        let (lang, title) = (self.language.tag(), self.title());
        // An origin is made of characters that mean nothing in HTML.
        format!(
            "{head}\r\n<!DOCTYPE html>\n<html lang=\"{lang}\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
             <style nonce=\"{nonce}\">{STYLE}</style>\n<main>\n<h1>{title}</h1>\n\
             <p class=\"origin\">{origin}</p>\n<div role=\"status\">\n"
        )
    }

    /// One more line of progress; the style shows the last.
    pub(super) fn line(&self, text: &str) -> String {
        format!("<p>{text}</p>\n")
    }

    /// The way back: at once by script, else by the link.
    pub(super) fn end(&self, target: &str) -> String {
        let (nonce, done, back) = (&self.nonce, self.done(), self.back());
        // `target` is an address without quotes, brackets or ampersands that start a reference.
        let attribute = target.replace('&', "&amp;");
        format!(
            "<p>{done}</p>\n</div>\n<p><a href=\"{attribute}\" rel=\"noreferrer\">{back}</a></p>\n</main>\n\
             <script nonce=\"{nonce}\">location.replace(\"{target}\")</script>\n</html>\n"
        )
    }

    pub(super) fn text(&self, state: ProgressState) -> &'static str {
        match (self.language, state) {
            (Language::Ja, ProgressState::WaitingForUser) => {
                "確認の画面が開きました。そちらで内容を確かめ、暗証番号を入力してください。"
            }
            (Language::Ja, ProgressState::WaitingForCard) => "マイナンバーカードを待っています。",
            (Language::Ja, ProgressState::Working) => "カードを読み取っています。カードを離さないでください。",
            (Language::En, ProgressState::WaitingForUser) => {
                "A window has opened. Check there who asks for what, and type the PIN."
            }
            (Language::En, ProgressState::WaitingForCard) => "Waiting for the My Number Card.",
            (Language::En, ProgressState::Working) => "The card is being read. Do not remove it.",
        }
    }

    fn title(&self) -> &'static str {
        match self.language {
            Language::Ja => "マイナンバーカードで本人確認",
            Language::En => "Identity verification by My Number Card",
        }
    }

    fn done(&self) -> &'static str {
        match self.language {
            Language::Ja => "サイトに戻ります。",
            Language::En => "Returning to the site.",
        }
    }

    fn back(&self) -> &'static str {
        match self.language {
            Language::Ja => "サイトに戻る",
            Language::En => "Return to the site",
        }
    }
}

const STYLE: &str = "\
:root{color-scheme:light dark;font:1rem/1.7 system-ui,sans-serif}\
main{max-width:34rem;margin:12vh auto;padding:0 1.5rem}\
h1{font-size:1.4rem}\
.origin{font-size:1.1rem;font-weight:600;overflow-wrap:anywhere}\
[role=status] p:has(+ p){display:none}";

#[cfg(test)]
mod tests {
    use super::*;
    use jpki_protocol::OriginPolicy;

    #[test]
    fn the_page_lets_nothing_run_but_its_own() {
        let origin = Origin::parse("https://a.example", OriginPolicy::Secure).unwrap();
        let (page, other) = (Page::new(Language::Ja), Page::new(Language::Ja));
        let start = page.start(&origin);
        assert!(start.contains("default-src 'none'") && start.contains("frame-ancestors 'none'"));
        assert!(start.contains("X-Frame-Options: DENY") && !start.to_lowercase().contains("set-cookie"));
        assert!(start.contains(&format!("<style nonce=\"{}\">", page.nonce)));
        assert_ne!(page.nonce, other.nonce);
    }

    #[test]
    fn the_way_back_stands_in_script_and_link() {
        let page = Page::new(Language::En);
        let end = page.end("https://a.example/?x=1&y=2#jpki=abc");
        assert!(end.contains("location.replace(\"https://a.example/?x=1&y=2#jpki=abc\")"));
        assert!(end.contains("href=\"https://a.example/?x=1&amp;y=2#jpki=abc\""));
    }
}
