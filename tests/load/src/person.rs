//! A person who comes from the service, agrees, proves who they are by card, and logs out again.

use std::time::{Duration, Instant};

use serde::Deserialize;
use ureq::Agent;

use crate::Result;
use crate::browser::{Answer, Browser};
use crate::card::Card;
use crate::portal::Portal;
use crate::service::Service;

/// What a visit took.
pub(crate) struct Visit {
    /// From the service's button to its tokens.
    pub(crate) whole: Duration,
    /// What the portal took to judge the card and to find its account.
    pub(crate) verification: Duration,
}

#[derive(Deserialize)]
struct Issued {
    challenge: String,
}

/// Signs in with a new browser; registers first if nobody is registered with the card. Logs out at the end, uncounted.
pub(crate) fn sign_in(portal: &Portal, agent: &Agent, card: &Card) -> Result<Visit> {
    let began = Instant::now();
    let mut browser = Browser::new(agent, &portal.url);
    let begun = portal.service.begin("openid registration user_status.registration");
    let consent = browser.get(&begun.path)?.leads()?.to_owned();
    let page = browser.get(&consent)?;
    let identity = browser.submit(&page, &consent, &[])?.leads()?.to_owned();
    let page = browser.get(&identity)?;
    let flow = identity.strip_suffix("/identity").ok_or_else(|| format!("another page than the card's: {identity}"))?;
    let issued = browser.post(&format!("{flow}/challenge"), "application/json", "")?;
    let Issued { challenge } = serde_json::from_str(&issued.body)?;
    let token = serde_json::to_string(&card.token(&portal.url, &challenge)?)?;
    let proven = Instant::now();
    let mut answer = browser.submit(&page, &format!("{flow}/verify"), &[("token", &token)])?;
    let verification = proven.elapsed();
    if answer.leads()?.ends_with("/confirm") {
        answer = confirm(&mut browser, &answer)?;
    }
    let id_token = portal.service.redeem(agent, &begun, answer.leads()?)?;
    let whole = began.elapsed();
    let ended = browser.get(&portal.service.log_out(&id_token))?;
    if ended.leads()? != Service::AFTER_LOGOUT {
        return Err(format!("logging out led to {}", ended.leads()?).into());
    }
    Ok(Visit { whole, verification })
}

/// 「次へ」.
fn confirm(browser: &mut Browser, answer: &Answer) -> Result<Answer> {
    let confirm = answer.leads()?.to_owned();
    let page = browser.get(&confirm)?;
    browser.submit(&page, &confirm, &[])
}
