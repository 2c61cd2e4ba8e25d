//! A person's way through the portal's pages: consent, card, 「サービス連携」, and back to the service.

use serde_json::Value;

use super::card::Card;
use super::visitor::{Shown, Visitor};
use crate::Result;

/// Walks from the page of consent to wherever the portal leads in the end. The card is read if the portal asks for it.
///
/// # Errors
/// If a page isn't as expected.
pub fn walk(visitor: &mut Visitor, consent: &Shown, card: &Card) -> Result<Shown> {
    let mut page = visitor.submit(consent, "/consent", &[])?;
    if page.url.path().ends_with("/identity") {
        page = show_card(visitor, &page, card)?;
    }
    visitor.submit(&page, "/confirm", &[])
}

/// Shows the card on the page that asks for it, as the page's script and the agent do.
///
/// # Errors
/// If the page gives no challenge.
pub fn show_card(visitor: &mut Visitor, page: &Shown, card: &Card) -> Result<Shown> {
    let way = page.attribute("challenge-url").ok_or_else(|| format!("no challenge at {}:\n{}", page.url, page.text))?;
    let answer = visitor.post(&page.url.join(&way)?)?;
    let challenge: Value = serde_json::from_str(&answer.text).map_err(|_| format!("no challenge: {}", answer.text))?;
    let challenge = challenge["challenge"].as_str().ok_or_else(|| format!("no challenge: {}", answer.text))?;
    let token = card.token(&page.url.origin().ascii_serialization(), challenge)?;
    visitor.submit(page, "/verify", &[("token", &token)])
}
