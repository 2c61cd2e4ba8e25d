//! openid-client, a certified relying party in JavaScript that nobody here wrote, signs people in at the portal: with a pushed request
//! and a key of its own, and with a secret; then everything that its tokens are good for.
#![allow(clippy::unwrap_used, reason = "tests end where something unexpected happens")]

use e2e::portal::card::Card;
use e2e::portal::openid_client::OpenidClient;
use e2e::portal::program::PortalProgram;
use e2e::portal::visitor::{Shown, Visitor};
use e2e::portal::way;
use serde_json::Value;

const SCOPE: &str = "openid registration user_status.registration offline_access";

/// A portal, a service that is two clients of it, and a person with a card at a browser.
struct Stage {
    portal: PortalProgram,
    service: OpenidClient,
    card: Card,
    visitor: Visitor,
}

impl Stage {
    fn set() -> Self {
        let card = Card::new().unwrap();
        let portal = PortalProgram::start(&card).unwrap();
        Self { portal, service: OpenidClient::start().unwrap(), card, visitor: Visitor::new() }
    }

    /// Registers a client, and lets the service discover the portal.
    fn client(&mut self, id: &str, proof: &[&str]) {
        let (back, out) = (self.service.url("/callback"), self.service.url("/out"));
        let names = ["client", "add", "--id", id, "--name-ja", id, "--name-en", id, "--scope", SCOPE];
        let ways = ["--redirect-uri", &back, "--post-logout-redirect-uri", &out];
        let printed = self.portal.run(&[&names[..], &ways, proof].concat()).unwrap();
        let secret = printed.lines().nth(1).unwrap_or_default();
        let path = format!("/configure?issuer={}&id={id}&secret={secret}", self.portal.issuer());
        let discovered = json(&self.visitor.ask(&self.service.url(&path)).unwrap());
        assert_eq!(discovered["issuer"], self.portal.issuer());
    }

    fn login(&mut self, query: &str) -> Shown {
        let scope = SCOPE.replace(' ', "+");
        self.visitor.visit(&self.service.url(&format!("/login?scope={scope}&{query}"))).unwrap()
    }
}

fn json(shown: &Shown) -> Value {
    assert_eq!(shown.status, 200, "{shown:?}");
    serde_json::from_str(&shown.text).unwrap()
}

#[test]
fn a_certified_client_signs_people_in_by_pushed_requests_and_by_a_secret() {
    let mut stage = Stage::set();
    let keys = stage.service.url("/jwks");
    stage.client("pushing", &["--jwks-uri", &keys, "--require-par"]);
    stage.client("secretive", &["--client-secret"]);

    let consent = stage.login("id=pushing&pushed=1");
    let first = json(&way::walk(&mut stage.visitor, &consent, &stage.card).unwrap());
    assert_eq!(first["claims"]["sub"], first["person"]["sub"]);
    assert_eq!(first["status"]["registered"], true);
    assert_eq!(first["refreshed"], true);
    assert_eq!(first["active"], serde_json::json!([true, false]));

    // Silently, and within an age.
    for more in ["prompt=none", "max_age=600"] {
        let again = json(&stage.login(&format!("id=pushing&pushed=1&{more}")));
        assert_eq!(again["claims"]["sub"], first["claims"]["sub"], "{more}");
        assert_eq!(again["claims"]["auth_time"], first["claims"]["auth_time"]);
    }
    // Who must push isn't heard otherwise.
    let refused = stage.login("id=pushing");
    assert!(refused.status != 200 || refused.url.as_str().contains("error="), "{refused:?}");

    let consent = stage.login("id=secretive");
    let second = json(&way::walk(&mut stage.visitor, &consent, &stage.card).unwrap());
    assert_ne!(second["claims"]["sub"], first["claims"]["sub"]);
    assert_eq!(second["active"], serde_json::json!([true, false]));

    let out = stage.visitor.visit(&stage.service.url("/logout")).unwrap();
    assert_eq!(json(&out)["state"], "bye");
    let nobody = stage.login("id=secretive&prompt=none");
    assert!(nobody.text.contains("login_required"), "{nobody:?}");
}
