//! `--headless`: does what page and person do, and says how long each step took.

use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};
use serde_json::json;

use crate::Result;
use crate::page::Page;
use crate::registration;
use crate::stage::{Reader, Stage};
use crate::visitor::Visitor;

pub(crate) fn run(reader: Reader) -> Result<()> {
    let mut steps = Steps::begin();
    let stage = Stage::set(reader, "stand-in")?;
    steps.done(&format!(
        "software card, agent (port {}), site ({}), portal ({}) and service ({}) started",
        stage.agent_port(),
        stage.site(),
        stage.portal(),
        stage.service()
    ));
    let mut visitor = Visitor::of(stage.site());
    let mut page = Page::open(stage.agent_port(), stage.site())?;
    let info = page.call("bridge.info", &json!({}), |_| {})?;
    steps.done(&format!("the page found the agent, version {}", info["version"].as_str().unwrap_or("unknown")));

    sign_in(&mut steps, &mut visitor, &mut page)?;
    hand_over(&mut steps, &mut visitor, &mut page)?;
    sign(&mut steps, &mut visitor, &mut page)?;
    registration::register(&mut steps, &stage)?;
    println!("Verified.");
    Ok(())
}

fn sign_in(steps: &mut Steps, visitor: &mut Visitor, page: &mut Page) -> Result<()> {
    let challenge = visitor.challenge()?;
    steps.done("sign in: the site set a challenge");
    let params = json!({ "challenge": challenge, "purpose": "会員ログイン" });
    let result = page.call("authenticate", &params, |state| steps.done(&format!("sign in: {state}")))?;
    steps.done("sign in: the card signed; the page has its token");
    visitor.post("/login", &result["token"].to_string())?;
    steps.done("sign in: the site verified the token and signed the person in");
    Ok(())
}

fn hand_over(steps: &mut Steps, visitor: &mut Visitor, page: &mut Page) -> Result<()> {
    let challenge = visitor.challenge()?;
    let params = json!({ "challenge": challenge, "attributes": ["name", "address"], "purpose": "お届け先の入力" });
    let result = page.call("readAttributes", &params, |state| steps.done(&format!("attributes: {state}")))?;
    steps.done("attributes: the page has name and address, signed for this site");
    visitor.post("/attributes", &result.to_string())?;
    steps.done("attributes: the site verified that they are the ones the card signed");
    Ok(())
}

fn sign(steps: &mut Steps, visitor: &mut Visitor, page: &mut Page) -> Result<()> {
    let order = visitor.post("/order", "")?;
    let digest = BASE64_STANDARD.encode(digest(&SHA256, order.as_bytes()));
    let document = json!({ "name": "order.txt", "digest": digest, "algorithm": "SHA-256" });
    let params = json!({ "documents": [document], "format": "cms", "purpose": "ご注文の確認" });
    let result = page.call("sign", &params, |state| steps.done(&format!("document: {state}")))?;
    steps.done("document: the card signed the order; the page has a CMS signature");
    visitor.post("/document", &json!({ "signature": result["signatures"][0] }).to_string())?;
    let signature = visitor.get("/signature.p7s")?;
    steps.done(&format!("document: the site verified it and offers {} bytes as signature.p7s", signature.len()));
    Ok(())
}

/// Prints each step with its time in milliseconds.
pub(crate) struct Steps {
    last: Instant,
}

impl Steps {
    fn begin() -> Self {
        Self { last: Instant::now() }
    }

    pub(crate) fn done(&mut self, what: &str) {
        let now = Instant::now();
        println!("{:>8.1} ms  {what}", (now - self.last).as_secs_f64() * 1000.0);
        self.last = now;
    }
}
