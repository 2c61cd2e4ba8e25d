//! Apache's mod_auth_openidc, a certified relying party that nobody here wrote, signs people in at the portal: two services, discovery,
//! PKCE, `private_key_jwt` with keys fetched from the service, pseudonyms, silent sign-on, and logout everywhere.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests end where something unexpected happens")]

use e2e::portal::apache::{Apache, Service};
use e2e::portal::card::Card;
use e2e::portal::program::PortalProgram;
use e2e::portal::visitor::{Shown, Visitor};
use e2e::portal::way;

const ALPHA: Service = Service { name: "alpha", scope: "openid registration" };
const BETA: Service = Service { name: "beta", scope: "openid registration" };

/// A portal with two services, and a person with a card at a browser.
struct Stage {
    portal: PortalProgram,
    apache: Apache,
    card: Card,
    visitor: Visitor,
}

impl Stage {
    fn set() -> Self {
        let card = Card::new().unwrap();
        let portal = PortalProgram::start(&card).unwrap();
        let mut apache = Apache::for_services(&[ALPHA, BETA]).unwrap();
        for Service { name, scope } in [ALPHA, BETA] {
            let url = |path: &str| apache.url(name, path);
            let (back, out) = (url("/callback"), url("/out/"));
            let (keys, told) = (url("/callback?jwks=rsa"), url("/callback?logout=backchannel"));
            let arguments = [
                ["--id", name],
                ["--name-ja", name],
                ["--name-en", name],
                ["--redirect-uri", &back],
                ["--post-logout-redirect-uri", &out],
                ["--jwks-uri", &keys],
                ["--backchannel-logout-uri", &told],
                ["--scope", scope],
            ];
            let arguments: Vec<&str> = ["client", "add"].into_iter().chain(arguments.into_iter().flatten()).collect();
            portal.run(&arguments).unwrap();
        }
        apache.start(portal.issuer()).unwrap();
        Self { portal, apache, card, visitor: Visitor::new() }
    }

    fn visit(&mut self, service: Service, path: &str) -> Shown {
        self.visitor.visit(&self.apache.url(service.name, path)).unwrap()
    }

    /// Signs on with everything that the portal asks for, and ends at the service's page.
    fn sign_on(&mut self, service: Service) -> Shown {
        let page = self.visit(service, "/member/");
        assert!(page.url.as_str().starts_with(self.portal.issuer()), "{page:?}\n{}", self.apache.log());
        let shown = way::walk(&mut self.visitor, &page, &self.card).unwrap();
        assert!(self.is_member(service, &shown), "{shown:?}\n{}\n{}", self.apache.log(), self.portal.log());
        shown
    }

    fn is_member(&self, service: Service, shown: &Shown) -> bool {
        shown.status == 200 && shown.text == format!("member of {}\n", service.name)
    }

    /// Asks for the service's page without following it anywhere: whether the service itself still knows the person.
    fn is_known_at(&mut self, service: Service) -> bool {
        let shown = self.visitor.ask(&self.apache.url(service.name, "/member/")).unwrap();
        assert!(matches!(shown.status, 200 | 302), "{shown:?}");
        shown.status == 200
    }
}

fn subject(shown: &Shown) -> String {
    shown.header("x-subject").unwrap().to_owned()
}

#[test]
fn a_person_registers_signs_on_at_two_services_and_is_known_to_each_by_another_name() {
    let mut stage = Stage::set();
    let at_alpha = stage.sign_on(ALPHA);
    let request = at_alpha.way.iter().all(|url| url.path() != "/flow");
    assert!(request, "{at_alpha:?}");

    // The second service needs the person's consent, but no card.
    let page = stage.visit(BETA, "/member/");
    assert!(page.url.path().ends_with("/consent"), "{page:?}");
    let confirm = stage.visitor.submit(&page, "/consent", &[]).unwrap();
    assert!(confirm.url.path().ends_with("/confirm"), "{confirm:?}");
    let at_beta = stage.visitor.submit(&confirm, "/confirm", &[]).unwrap();
    assert!(stage.is_member(BETA, &at_beta), "{at_beta:?}\n{}", stage.apache.log());
    assert_ne!(subject(&at_alpha), subject(&at_beta));

    // Both keep their names for the person.
    for (service, before) in [(ALPHA, at_alpha), (BETA, at_beta)] {
        stage.visitor.forget(&format!("{}.localhost", service.name));
        let again = stage.visit(service, "/member/");
        assert!(stage.is_member(service, &again), "{again:?}");
        assert_eq!(subject(&again), subject(&before));
    }
}

#[test]
fn requests_carry_pkce_and_nonce_and_codes_are_redeemed_with_the_service_s_own_key() {
    let mut stage = Stage::set();
    let sent = stage.visitor.ask(&stage.apache.url(ALPHA.name, "/member/")).unwrap();
    let request = url::Url::parse(sent.header("location").unwrap()).unwrap();
    let parameter = |name: &str| {
        request.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    assert_eq!(parameter("code_challenge_method"), "S256");
    assert_eq!((parameter("response_type").as_str(), parameter("client_id").as_str()), ("code", "alpha"));
    assert!(!parameter("nonce").is_empty() && !parameter("state").is_empty());
    stage.sign_on(ALPHA);
    // Suspended, the service may keep its key: it is refused before anything is shown.
    stage.portal.run(&["client", "suspend", "alpha"]).unwrap();
    stage.visitor.forget("alpha.localhost");
    let refused = stage.visit(ALPHA, "/member/");
    assert!(!stage.is_member(ALPHA, &refused) && refused.status >= 400, "{refused:?}");
}

#[test]
fn a_silent_sign_on_succeeds_for_who_is_signed_in_and_linked_and_shows_nothing_to_anybody() {
    let mut stage = Stage::set();
    let nobody = stage.visit(ALPHA, "/silent/");
    assert!(nobody.url.as_str().contains("error=login_required"), "{nobody:?}");

    stage.sign_on(ALPHA);
    let unlinked = stage.visit(BETA, "/silent/");
    assert!(unlinked.url.as_str().contains("error=consent_required"), "{unlinked:?}");

    stage.sign_on(BETA);
    stage.visitor.forget("beta.localhost");
    let silent = stage.visit(BETA, "/silent/");
    assert_eq!((silent.status, silent.text.as_str()), (200, "silent of beta\n"), "{silent:?}");
    assert!(silent.way.iter().all(|url| !url.path().starts_with("/flow/")), "{:?}", silent.way);
}

#[test]
fn logging_out_at_one_service_ends_the_session_at_the_portal_and_at_the_other() {
    let mut stage = Stage::set();
    stage.sign_on(ALPHA);
    stage.sign_on(BETA);
    assert!(stage.is_known_at(ALPHA) && stage.is_known_at(BETA));

    let out = stage.apache.url(ALPHA.name, "/out/");
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("logout", &out).finish();
    let shown = stage.visit(ALPHA, &format!("/callback?{query}"));
    assert_eq!((shown.url.as_str(), shown.text.as_str()), (out.as_str(), "out of alpha\n"), "{shown:?}");
    assert!(shown.way.iter().any(|url| url.path() == "/oauth/end-session"), "{:?}", shown.way);

    // Beta was told behind the browser's back.
    assert!(!stage.is_known_at(ALPHA) && !stage.is_known_at(BETA), "{}", stage.apache.log());
    let silent = stage.visit(BETA, "/silent/");
    assert!(silent.url.as_str().contains("error=login_required"), "{silent:?}");
}

#[test]
fn logging_out_at_the_portal_ends_the_sessions_at_all_services_and_names_each() {
    let mut stage = Stage::set();
    stage.sign_on(ALPHA);
    stage.sign_on(BETA);
    let ask = stage.visitor.visit(&format!("{}/sign-out", stage.portal.issuer())).unwrap();
    let done = stage.visitor.submit(&ask, "/sign-out", &[]).unwrap();
    assert_eq!(done.status, 200);
    for service in [ALPHA, BETA] {
        let line = format!("<th scope=\"row\">{}</th>", service.name);
        let (_, result) = done.text.split_once(&line).unwrap_or_else(|| panic!("{}", done.text));
        assert!(result.trim_start().starts_with("<td>ログアウトしました。"), "{result}");
        assert!(!stage.is_known_at(service), "{}", stage.apache.log());
    }
}
