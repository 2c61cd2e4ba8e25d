use super::*;
use crate::Environment::{Production, Test};

/// Each phase of the first round: what it takes, and where the event that moves it leads.
const FIRST: [(Phase, &str, Option<Phase>); 16] = [
    (Phase::Considering, "dSWN", Some(Phase::DisclosureReview)),
    (Phase::DisclosureReview, "WCARN", Some(Phase::Planning)),
    (Phase::Planning, "pSWN", Some(Phase::PlanReview)),
    (Phase::PlanReview, "WARN", Some(Phase::Developing)),
    (Phase::Developing, "2SWN", Some(Phase::TestReview)),
    (Phase::TestReview, "WARN", Some(Phase::TestAccess)),
    (Phase::TestAccess, "WRNG", Some(Phase::Reachability)),
    (Phase::Reachability, "SWN", Some(Phase::PreTest)),
    (Phase::PreTest, "WARN", Some(Phase::Testing)),
    (Phase::Testing, "tSWN", Some(Phase::TestReportReview)),
    (Phase::TestReportReview, "WARN", Some(Phase::ProductionApplying)),
    (Phase::ProductionApplying, "4SWN", Some(Phase::ProductionReview)),
    (Phase::ProductionReview, "WARN", Some(Phase::ProductionAccess)),
    (Phase::ProductionAccess, "WRNG", Some(Phase::ProductionCheck)),
    (Phase::ProductionCheck, "0SWN", Some(Phase::BeforeService)),
    (Phase::BeforeService, "WARN", None),
];

fn forward(phase: Phase) -> Event {
    match phase.turn() {
        Turn::Applicant => Event::Submit,
        Turn::Operator if phase.is_access() => Event::SetAccess,
        Turn::Operator => Event::Approve,
    }
}

#[test]
fn each_phase_takes_what_its_turn_allows_and_nothing_else() {
    let events = [procedure_events(), service_events()].concat();
    assert_eq!(Round::First.path().len(), FIRST.len());
    for (phase, letters, next) in FIRST {
        let state = State::Preparing(complete(Round::First, phase));
        let mut expected: Vec<_> = letters.chars().collect();
        let mut found: Vec<_> = taken(&state, &events).chars().collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{phase:?}");
        let (after, _) = step(&rules(), &state, &forward(phase)).unwrap();
        match next {
            Some(next) => assert_eq!(after, State::Preparing(complete(Round::First, next))),
            None => assert_eq!(after, State::Serving(Serving::default())),
        }
    }
}

#[test]
fn what_ended_takes_nothing_more() {
    let events = [procedure_events(), service_events()].concat();
    for end in [End::Terminated, End::Refused, End::Withdrawn] {
        for (_, event) in &events {
            assert_eq!(step(&rules(), &State::Ended(end), event), Err(Refused::Ended), "{end:?} {event:?}");
        }
    }
}

#[test]
fn a_phase_goes_on_only_with_all_its_forms() {
    let rules = rules();
    for phase in Round::First.path().iter().filter(|phase| phase.turn() == Turn::Applicant) {
        for left_out in rules.needs(*phase) {
            let mut procedure = complete(Round::First, *phase);
            procedure.filed.remove(left_out);
            let refused = step(&rules, &State::Preparing(procedure), &Event::Submit);
            assert_eq!(refused, Err(Refused::Missing(vec![left_out.clone()])));
        }
    }
}

#[test]
fn consent_needs_every_requirement() {
    let rules = rules();
    assert_eq!(rules.requirements().len(), 4);
    for open in rules.requirements() {
        let mut procedure = complete(Round::First, Phase::DisclosureReview);
        procedure.met.remove(&open.id);
        let state = State::Preparing(procedure);
        assert_eq!(step(&rules, &state, &Event::Approve), Err(Refused::RequirementsOpen));
        let met = Event::Check { requirement: open.id.clone(), met: true };
        let (state, _) = step(&rules, &state, &met).unwrap();
        assert!(step(&rules, &state, &Event::Approve).is_ok());
        let unmet = Event::Check { requirement: open.id.clone(), met: false };
        let (state, _) = step(&rules, &state, &unmet).unwrap();
        assert_eq!(step(&rules, &state, &Event::Approve), Err(Refused::RequirementsOpen));
    }
    let unknown = Event::Check { requirement: "article-9".to_owned(), met: true };
    let state = State::Preparing(complete(Round::First, Phase::DisclosureReview));
    assert_eq!(step(&rules, &state, &unknown), Err(Refused::UnknownRequirement));
}

#[test]
fn what_is_returned_goes_to_the_applicants_last_phase() {
    let back = [
        (Phase::DisclosureReview, Phase::Considering),
        (Phase::PlanReview, Phase::Planning),
        (Phase::TestReview, Phase::Developing),
        (Phase::TestAccess, Phase::Developing),
        (Phase::PreTest, Phase::Reachability),
        (Phase::TestReportReview, Phase::Testing),
        (Phase::ProductionReview, Phase::ProductionApplying),
        (Phase::ProductionAccess, Phase::ProductionApplying),
        (Phase::BeforeService, Phase::ProductionCheck),
    ];
    for (from, to) in back {
        let state = State::Preparing(complete(Round::First, from));
        let (state, effects) = step(&rules(), &state, &Event::Return).unwrap();
        assert_eq!(state, State::Preparing(complete(Round::First, to)), "{from:?}");
        assert_eq!(effects, [Effect::TellStaff]);
    }
}

#[test]
fn access_rights_are_made_in_the_environment_they_are_for() {
    let effects = |phase, event| step(&rules(), &State::Preparing(complete(Round::First, phase)), &event).unwrap().1;
    assert_eq!(
        effects(Phase::TestAccess, Event::SetAccess),
        [Effect::Register(Test, Slot::Service), Effect::TellStaff]
    );
    assert_eq!(
        effects(Phase::ProductionAccess, Event::SetAccess),
        [Effect::Register(Production, Slot::Service), Effect::TellStaff]
    );
    let agreed = vec![form("form3"), form("sheet1-test"), form("sheet2")];
    assert_eq!(effects(Phase::TestReview, Event::Approve), [Effect::Agree(agreed), Effect::TellStaff]);
    for end in [Event::Withdraw, Event::Refuse] {
        let effects = effects(Phase::Testing, end);
        assert!(effects.contains(&Effect::Terminate(Test, Slot::Service)));
        assert!(effects.contains(&Effect::Terminate(Production, Slot::Service)));
    }
}

#[test]
fn documents_are_disclosed_after_the_application_and_not_before() {
    let disclosed = |phase| State::Preparing(complete(Round::First, phase)).is_disclosed();
    assert!(!State::new().is_disclosed() && !disclosed(Phase::DisclosureReview));
    assert!(disclosed(Phase::Planning) && disclosed(Phase::BeforeService));
    assert!(State::Serving(Serving::default()).is_disclosed() && !State::Ended(End::Refused).is_disclosed());
}

#[test]
fn a_state_reads_as_it_was_written() {
    let mut states = vec![State::new(), State::Ended(End::Refused), State::Serving(Serving::default())];
    states.extend(FIRST.map(|(phase, ..)| State::Preparing(complete(Round::First, phase))));
    for state in states {
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<State>(&text).unwrap(), state, "{text}");
    }
}
