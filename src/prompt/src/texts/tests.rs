//! Every word in both languages: none is missing, and none is in the other's language.

use jpki_protocol::prompt::Charset;

use super::*;

const OPERATIONS: [Operation; 4] =
    [Operation::Authenticate, Operation::ReadAttributes, Operation::Sign, Operation::ChangePin];
const PINS: [PinKind; 3] = [PinKind::Auth, PinKind::Text, PinKind::Sign];
const DISCLOSURES: [Disclosure; 5] =
    [Disclosure::Certificate, Disclosure::Name, Disclosure::Address, Disclosure::Birthdate, Disclosure::Gender];
const GENDERS: [Gender; 4] = [Gender::Male, Gender::Female, Gender::Unknown, Gender::NotApplicable];
const FIELDS: [Field; 3] = [Field::Pin, Field::New, Field::Again];
const STEPS: [Option<Step>; 3] = [None, Some(Step::Reading), Some(Step::Signing)];

/// Texts as they come.
#[derive(Default)]
struct All(Vec<String>);

impl All {
    fn add(&mut self, texts: impl IntoIterator<Item = impl ToString>) {
        self.0.extend(texts.into_iter().map(|text| text.to_string()));
    }

    fn add_pair(&mut self, (one, other): (&str, &str)) {
        self.add([one, other]);
    }
}

/// All of them, in the same order in each language. Taken apart without `..`: a text that is added does not compile
/// until it is added here.
fn all(texts: &Texts) -> Vec<String> {
    let Texts {
        window_title,
        test_card,
        heading,
        command,
        command_does,
        command_note,
        question,
        decoded,
        doubtful,
        details,
        purpose,
        discloses,
        disclosure,
        and,
        values,
        attribute,
        gender,
        birthdate,
        substitutes,
        documents,
        digest_later,
        show_digests,
        hide_digests,
        pledge,
        waiting,
        no_reader,
        no_card,
        unsupported,
        ready,
        reading,
        problem,
        remedy,
        blocked,
        blocked_steps,
        pin,
        field,
        pin_form,
        pin_first,
        pin_second,
        show_pin,
        hide_pin,
        fault,
        attempts,
        rejected,
        remember,
        submit,
        not_yet,
        cancel,
        close,
        back,
        block,
        about,
        last_try,
        last_try_submit,
        block_question,
        block_submit,
        working,
        keep_card,
        handing_over,
        done,
        cancelled,
        failed,
        code,
        about_text: (_, about_text),
        keys: Keys { next_field, remember: key_remember, block: key_block, cancel: key_cancel },
        terminal_remember,
        terminal_confirm,
    } = texts;
    let mut all = All::default();
    all.add([window_title, test_card, command, command_note, doubtful, details, purpose, and, values, digest_later]);
    all.add([show_digests, hide_digests, pledge, problem, show_pin, hide_pin, remember, not_yet, cancel, close, back]);
    all.add([block, about, block_submit, keep_card, handing_over, failed, about_text, terminal_confirm]);
    all.add([next_field, key_remember, key_block, key_cancel]);
    for pair in [waiting, no_reader, no_card, unsupported, ready, reading, block_question] {
        all.add_pair(*pair);
    }
    all.add([question(1, 2), decoded(""), documents(1), documents(2), substitutes('*'), code("")]);
    all.add([attempts(1), attempts(3)]);
    all.add(Attribute::ALL.map(attribute));
    all.add(GENDERS.map(gender));
    all.add(FIELDS.into_iter().flat_map(|each| PINS.map(|kind| field(each, kind))));
    all.add([Fault::Same, Fault::Unmixed, Fault::Differs].map(fault));
    let dates = [(Some(1980), Some(2), Some(17)), (Some(1950), None, None), (None, None, None)];
    all.add(dates.map(|(year, month, day)| birthdate(Birthdate { year, month, day })));
    for site in [false, true] {
        all.add([discloses(site), terminal_remember(site)]);
        all.add_pair(done(site));
        all.add_pair(cancelled(site));
        // Where one language has a text of its own, the other may do with the general one.
        let remedy = |code: ErrorCode, kind| remedy(code, site, kind).unwrap_or_default();
        let kinds = PINS.map(Some).into_iter().chain([None]);
        all.add(kinds.flat_map(|kind| ErrorCode::ALL.map(|code| remedy(code, kind))));
    }
    for kind in PINS {
        all.add([blocked(kind), pin(kind), pin_first(kind), pin_second(kind), last_try_submit(kind)]);
        all.add(blocked_steps(kind));
        all.add_pair(last_try(kind));
        let rule = |min, max| PinRule { kind, min, max, charset: Charset::Digits };
        all.add([pin_form(rule(4, 4)), pin_form(rule(6, 16))]);
        DISCLOSURES.into_iter().for_each(|what| all.add_pair(disclosure(what, kind)));
    }
    for operation in OPERATIONS {
        all.add([heading(operation), submit(operation, false), submit(operation, true)]);
        all.add(PINS.map(Some).into_iter().chain([None]).map(|kind| command_does(operation, kind)));
        all.add(PINS.map(|kind| rejected(operation, kind)));
        all.add(PINS.into_iter().flat_map(|kind| STEPS.map(|step| working(operation, kind, step))));
    }
    all.0
}

fn is_japanese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}')
}

#[test]
fn every_text_is_in_its_own_language() {
    let (ja, en) = (all(Texts::of(Language::Ja)), all(Texts::of(Language::En)));
    assert_eq!(ja.len(), en.len());
    for (ja, en) in ja.iter().zip(&en) {
        assert!(ja.is_empty() || ja.chars().any(is_japanese), "not Japanese: {ja:?} for {en:?}");
        assert!(!en.chars().any(is_japanese), "not English: {en:?}");
    }
}

#[test]
fn a_text_is_empty_only_where_nothing_is_to_be_said_in_either_language() {
    let (ja, en) = (Texts::of(Language::Ja), Texts::of(Language::En));
    let own_remedies = |texts: &Texts| {
        let codes = ErrorCode::ALL.into_iter();
        codes.filter(|&code| (texts.remedy)(code, true, Some(PinKind::Sign)).is_some()).count()
    };
    // English has two words where Japanese has 暗証番号 for both.
    assert_eq!(own_remedies(en), own_remedies(ja) + 2);
    let names = |(ja, en): (&String, &String)| ja.is_empty() && !en.is_empty();
    let missing: Vec<_> = all(ja).iter().zip(&all(en)).filter(|&pair| names(pair)).map(|(_, en)| en.clone()).collect();
    assert!(missing.iter().all(|en| en.starts_with("The password")), "{missing:#?}");
    assert!(all(en).iter().zip(&all(ja)).all(|(en, ja)| !en.is_empty() || ja.is_empty()));
}

#[test]
fn the_password_of_the_signature_is_never_called_a_pin() {
    let en = Texts::of(Language::En);
    let kind = PinKind::Sign;
    let mut texts = vec![(en.blocked)(kind), (en.pin)(kind), (en.last_try_submit)(kind), (en.last_try)(kind).1];
    texts.extend(STEPS.map(|step| (en.working)(Operation::ChangePin, kind, step)));
    texts.extend(OPERATIONS.map(|operation| (en.rejected)(operation, kind)));
    texts.extend(FIELDS.map(|field| (en.field)(field, kind)));
    texts.push((en.command_does)(Operation::ChangePin, Some(kind)));
    let coded = [ErrorCode::PinBlocked, ErrorCode::PinAttemptsExhausted];
    texts.extend(coded.map(|code| (en.remedy)(code, true, Some(kind)).unwrap()));
    for text in texts {
        assert!(!text.contains("PIN"), "{text}");
    }
}
