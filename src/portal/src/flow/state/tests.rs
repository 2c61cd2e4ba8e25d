//! Every stage against every event.

use super::*;

const NOW: i64 = 1_800_000_000;

fn card(name: &str) -> Card {
    serde_json::from_value(serde_json::json!({ "hash": name, "expires": NOW + 1000 })).unwrap()
}

fn account(name: &str) -> AccountId {
    AccountId::stored(name.to_owned())
}

fn proof(name: &str) -> Proof {
    Proof { card: card(name), at: NOW }
}

fn by_card(name: &str) -> By {
    By::Card { proof: proof(name), takes_over: None }
}

fn asks(by: By, registers: bool) -> Stage {
    Stage::Confirm { by, registers }
}

fn read() -> Stage {
    Stage::Consent { signed_in: false }
}

fn verify() -> Stage {
    Stage::Identity { again: false }
}

fn older() -> Stage {
    Stage::OldCard { new: proof("new") }
}

fn refusal() -> Refusal {
    Refusal::new(ErrorWord::UserNotRegistered, "")
}

#[test]
fn refresh_back_and_typed_addresses_show_what_was_reached_and_nothing_further() {
    let joins = asks(by_card("new"), true);
    let table = [
        (read(), Place::Consent, Step::Show(Place::Consent)),
        (read(), Place::Identity, Step::Stay),
        (read(), Place::Confirm, Step::Stay),
        (verify(), Place::Consent, Step::Show(Place::Consent)),
        (verify(), Place::Identity, Step::Show(Place::Identity)),
        (verify(), Place::Confirm, Step::Stay),
        (joins.clone(), Place::Consent, Step::Show(Place::Consent)),
        (joins.clone(), Place::Identity, Step::Show(Place::Identity)),
        (joins.clone(), Place::Confirm, Step::Show(Place::Confirm)),
        (older(), Place::Identity, Step::Show(Place::Identity)),
        (older(), Place::Confirm, Step::Go(joins)),
    ];
    for (stage, place, expected) in table {
        assert_eq!(step(&stage, Event::Visit(place), NOW), expected, "{stage:?} {place:?}");
    }
}

#[test]
fn a_card_is_read_only_after_the_consent() {
    assert!(!read().reads_cards());
    assert!(verify().reads_cards() && older().reads_cards() && asks(By::Session, false).reads_cards());
    let early = step(&read(), Event::Proven(proof("new"), Next::Grant), NOW);
    assert_eq!(early, Step::Stay);
}

#[test]
fn who_agrees_shows_a_card_unless_signed_in() {
    let signed_in = Stage::Consent { signed_in: true };
    let agree = |stage: &Stage, next| step(stage, Event::Agree(next), NOW);
    assert_eq!(agree(&read(), None), Step::Go(verify()));
    assert_eq!(agree(&signed_in, None), Step::Go(verify()), "the session ended while they read");
    assert_eq!(agree(&signed_in, Some(Next::Login)), Step::Go(Stage::Identity { again: true }));
    assert_eq!(agree(&signed_in, Some(Next::Consent)), Step::Go(asks(By::Session, false)));
    assert_eq!(agree(&signed_in, Some(Next::Grant)), Step::Leave(Ending::SignOn(By::Session)));
    // Once more in another tab, or after Back.
    for stage in [verify(), older(), asks(By::Session, false)] {
        assert_eq!(agree(&stage, None), Step::Stay, "{stage:?}");
    }
}

#[test]
fn a_card_leads_where_its_holder_stands() {
    let table = [
        (Next::Register, Step::Go(asks(by_card("new"), true))),
        (Next::Consent, Step::Go(asks(by_card("new"), false))),
        (Next::Grant, Step::Leave(Ending::SignOn(by_card("new")))),
        (Next::GrantWithoutAccount, Step::Leave(Ending::Guest(proof("new")))),
        (Next::Refuse(refusal()), Step::Leave(Ending::Denied(refusal()))),
    ];
    for (next, expected) in table {
        for stage in [verify(), asks(by_card("another"), true)] {
            assert_eq!(step(&stage, Event::Proven(proof("new"), next.clone()), NOW), expected, "{stage:?} {next:?}");
        }
    }
}

#[test]
fn nothing_is_written_but_by_the_last_button_or_for_who_is_linked() {
    let stages = [read(), verify(), older(), asks(By::Session, false), asks(by_card("new"), true)];
    let nexts = [Next::Login, Next::Register, Next::Consent, Next::GrantWithoutAccount, Next::Refuse(refusal())];
    let mut events = vec![Event::HasOldCard, Event::Stop, Event::Agree(None)];
    events.extend([Place::Consent, Place::Identity, Place::Confirm].map(Event::Visit));
    events.extend(nexts.iter().cloned().map(|next| Event::Proven(proof("new"), next)));
    events.extend([None, Some(account("a"))].map(|account| Event::ProvenOld(card("old"), account)));
    for stage in &stages {
        for event in &events {
            let after = step(stage, event.clone(), NOW);
            let writes = matches!(after, Step::Leave(Ending::Join(_) | Ending::SignOn(_)));
            assert!(!writes, "{stage:?} {event:?}");
        }
    }
    for stage in &stages {
        let after = step(stage, Event::Onward { signed_in: true }, NOW);
        let is_last = matches!(stage, Stage::Confirm { .. });
        assert_eq!(matches!(after, Step::Leave(Ending::Join(_))), is_last, "{stage:?}");
    }
}

#[test]
fn whoever_stops_has_nothing_registered_and_the_service_learns_why() {
    for stage in [read(), verify(), older(), asks(By::Session, false), asks(by_card("new"), true)] {
        let Step::Leave(Ending::Denied(refusal)) = step(&stage, Event::Stop, NOW) else { panic!("{stage:?}") };
        assert_eq!(refusal.word, ErrorWord::AccessDenied);
    }
}

#[test]
fn a_card_that_was_read_long_ago_is_read_again() {
    let stage = asks(by_card("new"), true);
    let at = |now| step(&stage, Event::Onward { signed_in: false }, now);
    assert_eq!(at(NOW + PROOF_LIFE - 1), Step::Leave(Ending::Join(by_card("new"))));
    assert_eq!(at(NOW + PROOF_LIFE), Step::Go(Stage::Identity { again: true }));
    let by_session = step(&asks(By::Session, false), Event::Onward { signed_in: false }, NOW);
    assert_eq!(by_session, Step::Go(Stage::Identity { again: true }), "the session ended");
}

#[test]
fn an_older_card_hands_its_account_to_the_new_one() {
    let asks_for_older = step(&asks(by_card("new"), true), Event::HasOldCard, NOW);
    assert_eq!(asks_for_older, Step::Go(older()));
    let shown = |name: &str, account: Option<AccountId>| step(&older(), Event::ProvenOld(card(name), account), NOW);
    assert_eq!(shown("new", None), Step::Refused(Trouble::SameCard));
    assert_eq!(shown("old", None), Step::Refused(Trouble::NoAccount));
    let takes_over = By::Card { proof: proof("new"), takes_over: Some(account("a")) };
    assert_eq!(shown("old", Some(account("a"))), Step::Go(asks(takes_over, false)));
    // Who is registered already has nothing to take over.
    for stage in [asks(by_card("new"), false), asks(By::Session, false), verify(), read()] {
        assert_eq!(step(&stage, Event::HasOldCard, NOW), Step::Stay, "{stage:?}");
    }
}
