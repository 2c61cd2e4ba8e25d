use super::*;
use crate::Environment::{Production, Test};

const KINDS: [NoticeKind; 3] = [NoticeKind::Suspend, NoticeKind::Resume, NoticeKind::Terminate];

fn serving(suspended: Option<By>, notice: Option<Notice>) -> Serving {
    Serving { suspended, notice, change: None }
}

fn next(serving: &Serving, event: Event) -> Result<(State, Vec<Effect>), Refused> {
    step(&rules(), &State::Serving(serving.clone()), &event)
}

fn notices() -> Vec<Option<Notice>> {
    let mut notices = vec![None];
    for kind in KINDS {
        notices.push(Some(Notice::Asked(kind)));
        notices.push(Some(Notice::FormSent { kind, short: false }));
        notices.push(Some(Notice::FormSent { kind, short: true }));
        notices.push(Some(Notice::Filed { kind, planned: date(2026, 12, 6) }));
    }
    notices
}

/// What a service takes besides its change: by who suspended it and what notice is on its way.
fn expected(suspended: Option<By>, notice: Option<Notice>, changing: bool) -> String {
    let mut letters = String::new();
    if suspended.is_none() && !changing {
        letters.push('b');
    }
    match (notice, suspended) {
        (None, None) => letters.push_str("se"),
        (None, Some(By::Applicant)) => letters.push_str("re"),
        (None, Some(By::Operator)) => letters.push('e'),
        _ => {}
    }
    let file = |kind| match kind {
        NoticeKind::Suspend => '1',
        NoticeKind::Resume => '2',
        NoticeKind::Terminate => '3',
    };
    match notice {
        None => {}
        Some(Notice::Asked(_)) => letters.push_str("fF"),
        Some(Notice::FormSent { kind, short: false }) => letters.extend(['F', file(kind)]),
        Some(Notice::FormSent { kind, short: true }) => letters.push(file(kind)),
        Some(Notice::Filed { .. }) => {}
    }
    if notice.is_some() {
        letters.push('c');
    }
    letters.push(if suspended == Some(By::Operator) { 'l' } else { 'n' });
    if let Some(Notice::Filed { .. }) = notice {
        letters.push('D');
    }
    letters
}

#[test]
fn a_service_takes_what_its_standing_allows_and_nothing_else() {
    let changes = Round::Change.path().iter().map(|phase| Some(complete(Round::Change, *phase)));
    let changes: Vec<_> = [None].into_iter().chain(changes).collect();
    for suspended in [None, Some(By::Applicant), Some(By::Operator)] {
        for notice in notices() {
            for change in &changes {
                let state = State::Serving(Serving { suspended, notice, change: change.clone() });
                let expected = expected(suspended, notice, change.is_some());
                assert_eq!(taken(&state, &service_events()), expected, "{state:?}");
            }
        }
    }
}

/// Each phase of a change: what it takes.
const CHANGE: [(Phase, &str); 10] = [
    (Phase::Changing, "dp247SWN"),
    (Phase::ChangeReview, "WARN"),
    (Phase::TestAccess, "WRNG"),
    (Phase::Reachability, "SWN"),
    (Phase::PreTest, "WARN"),
    (Phase::Testing, "tSWN"),
    (Phase::TestReportReview, "WARN"),
    (Phase::ProductionAccess, "WRNG"),
    (Phase::ProductionCheck, "0SWN"),
    (Phase::BeforeService, "WARN"),
];

#[test]
fn a_change_goes_its_way_again_but_not_while_suspended() {
    assert_eq!(Round::Change.path().len(), CHANGE.len());
    for (phase, letters) in CHANGE {
        for suspended in [None, Some(By::Applicant), Some(By::Operator)] {
            let change = Some(complete(Round::Change, phase));
            let state = State::Serving(Serving { suspended, notice: None, change });
            let expected = if suspended.is_none() { letters } else { "" };
            assert_eq!(taken(&state, &procedure_events()), expected, "{state:?}");
        }
    }
    assert_eq!(taken(&State::Serving(Serving::default()), &procedure_events()), "");
}

#[test]
fn the_live_registration_stays_until_the_change_is_through() {
    let mut state = next(&Serving::default(), Event::BeginChange).unwrap().0;
    assert_eq!(step(&rules(), &state, &Event::Submit), Err(Refused::Missing(vec![form("form7")])));
    state = step(&rules(), &state, &Event::File(form("form7"))).unwrap().0;
    assert_eq!(step(&rules(), &state, &Event::Submit), Err(Refused::NothingRevised));
    let way = [
        Event::File(form("sheet4")),
        Event::Submit,
        Event::Approve,
        Event::SetAccess,
        Event::Submit,
        Event::Approve,
        Event::File(form("form4")),
        Event::Submit,
        Event::Approve,
        Event::SetAccess,
        Event::File(form("form10")),
        Event::Submit,
    ];
    for event in way {
        let (next, effects) = step(&rules(), &state, &event).unwrap();
        assert!(!effects.contains(&Effect::Register(Production, Slot::Service)), "{event:?}");
        state = next;
    }
    let (state, effects) = step(&rules(), &state, &Event::Approve).unwrap();
    assert_eq!(state, State::Serving(Serving::default()));
    let expected = [
        Effect::Agree(vec![form("form10")]),
        Effect::Register(Production, Slot::Service),
        Effect::Terminate(Production, Slot::Candidate),
        Effect::TellStaff,
    ];
    assert_eq!(effects, expected);
}

#[test]
fn a_change_that_is_given_up_leaves_everything_as_it_was() {
    for (phase, _) in CHANGE {
        let before = Serving { change: Some(complete(Round::Change, phase)), ..Serving::default() };
        let (after, effects) = next(&before, Event::Withdraw).unwrap();
        assert_eq!(after, State::Serving(Serving::default()));
        let checked = matches!(phase, Phase::ProductionCheck | Phase::BeforeService);
        assert_eq!(effects.contains(&Effect::Terminate(Production, Slot::Candidate)), checked, "{phase:?}");
        assert!(effects.starts_with(&[Effect::DropChange, Effect::Register(Test, Slot::Service)]));
    }
}

#[test]
fn two_weeks_lie_between_a_notice_and_its_day() {
    for kind in KINDS {
        let by = (kind == NoticeKind::Resume).then_some(By::Applicant);
        let sent = |short| serving(by, Some(Notice::FormSent { kind, short }));
        let file = |short, planned: Date| next(&sent(short), Event::FileNotice { kind, planned, today: TODAY });
        let earliest = date(2026, 12, 6);
        assert_eq!(file(false, date(2026, 12, 5)), Err(Refused::TooSoon { earliest }));
        let filed = State::Serving(serving(by, Some(Notice::Filed { kind, planned: earliest })));
        assert_eq!(file(false, earliest), Ok((filed, vec![])));
        // With the operator's leave it may be today, but never yesterday.
        assert!(file(true, TODAY).is_ok());
        assert_eq!(file(true, date(2026, 11, 21)), Err(Refused::TooSoon { earliest: TODAY }));
    }
    let leap = serving(None, Some(Notice::FormSent { kind: NoticeKind::Suspend, short: false }));
    let file = |planned| Event::FileNotice { kind: NoticeKind::Suspend, planned, today: date(2028, 2, 20) };
    assert_eq!(next(&leap, file(date(2028, 3, 4))), Err(Refused::TooSoon { earliest: date(2028, 3, 5) }));
    let other = Event::FileNotice { kind: NoticeKind::Terminate, planned: date(2029, 1, 1), today: TODAY };
    assert_eq!(next(&leap, other), Err(Refused::NotNow));
}

#[test]
fn what_was_announced_comes_on_its_day_and_not_before() {
    let filed = |by, kind| serving(by, Some(Notice::Filed { kind, planned: date(2026, 12, 6) }));
    let eve = Event::DayBegins(date(2026, 12, 5));
    for kind in KINDS {
        assert_eq!(next(&filed(None, kind), eve.clone()), Err(Refused::NotNow));
    }
    for day in [date(2026, 12, 6), date(2027, 1, 1)] {
        let day = Event::DayBegins(day);
        let (state, effects) = next(&filed(None, NoticeKind::Suspend), day.clone()).unwrap();
        assert_eq!(state, State::Serving(serving(Some(By::Applicant), None)));
        assert_eq!(effects, [Effect::Suspend(Production, Slot::Service), Effect::TellStaff]);
        let (state, effects) = next(&filed(Some(By::Applicant), NoticeKind::Resume), day.clone()).unwrap();
        assert_eq!(state, State::Serving(Serving::default()));
        assert_eq!(effects, [Effect::Activate(Production, Slot::Service), Effect::TellStaff]);
        let (state, effects) = next(&filed(None, NoticeKind::Terminate), day).unwrap();
        assert_eq!(state, State::Ended(End::Terminated));
        assert!(effects.contains(&Effect::Terminate(Production, Slot::Service)));
        assert!(effects.contains(&Effect::Terminate(Test, Slot::Service)));
    }
}

#[test]
fn the_operator_suspends_at_once_and_everywhere() {
    let change = Some(complete(Round::Change, Phase::ProductionCheck));
    let (state, effects) = next(&Serving { change: change.clone(), ..Serving::default() }, Event::SuspendNow).unwrap();
    let expected = Serving { suspended: Some(By::Operator), notice: None, change };
    assert_eq!(state, State::Serving(expected));
    for registration in [(Production, Slot::Service), (Production, Slot::Candidate), (Test, Slot::Service)] {
        assert!(effects.contains(&Effect::Suspend(registration.0, registration.1)), "{registration:?}");
    }
    // A termination that was announced still comes, a suspension is here already.
    let filed = |kind| serving(None, Some(Notice::Filed { kind, planned: date(2026, 12, 6) }));
    let kept = |kind| next(&filed(kind), Event::SuspendNow).unwrap().0.notice().copied();
    assert_eq!(kept(NoticeKind::Suspend), None);
    assert_eq!(kept(NoticeKind::Terminate).map(|notice| notice.kind()), Some(NoticeKind::Terminate));
    let (state, effects) = next(&serving(Some(By::Operator), None), Event::LiftSuspension).unwrap();
    assert_eq!(state, State::Serving(Serving::default()));
    assert!(effects.contains(&Effect::Activate(Production, Slot::Service)));
}
