//! Every state the window can be in, and the events that lead to it.

use jpki_protocol::attributes::{Attributes, Gender};
use jpki_protocol::prompt::{
    Disclosure, Open, Operation, Outcome, PinRule, Question, ShownDocument, Status, Step, ToPrompt,
};
use jpki_protocol::text::{DocumentName, Purpose};
use jpki_protocol::{ErrorCode, Language, Origin, OriginPolicy};

use crate::form::Field;
use crate::state::Event;

const LONGEST: &str = concat!(
    "https://a-rather-long-name-chosen-to-push-the-end-out-of-sight.login.bank.example.",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.ccccccc.evil.example:8443"
);

/// A state, how its question differs from a plain one, and the events that lead to it.
pub(super) type Scene = (&'static str, fn(&mut Open), Vec<Event>);

/// Scenes in which something scrolls.
pub(super) const SCROLLS: [&str; 2] = ["24", "43"];

/// A plain question: a site asks a person to sign in.
pub(super) fn open(lang: Language) -> Open {
    let purpose = match lang {
        Language::Ja => "会員登録のための本人確認",
        Language::En => "Identity check for your membership",
    };
    serde_json::from_value(serde_json::json!({
        "version": 1, "operation": "authenticate", "origin": "https://shop.example", "purpose": purpose,
        "discloses": ["certificate"], "lang": lang, "virtualCard": false, "pin": PinRule::AUTH,
    }))
    .unwrap()
}

fn status(card: &str, attempts: Option<u8>) -> Status {
    serde_json::from_value(serde_json::json!({"reader": "present", "card": card, "attemptsLeft": attempts})).unwrap()
}

fn see(status: Status) -> Event {
    Event::Message(ToPrompt::Status(status))
}

fn ready(attempts: u8) -> Event {
    see(status("ready", Some(attempts)))
}

fn problem(code: ErrorCode) -> Event {
    see(Status { problem: Some(code), ..status("ready", None) })
}

fn rejected(attempts_left: u8) -> Event {
    Event::Message(ToPrompt::PinRejected { attempts_left })
}

fn working(step: Step, percent: u8) -> Event {
    Event::Message(ToPrompt::Working { step, percent })
}

fn end(result: Outcome, code: Option<ErrorCode>) -> Event {
    Event::Message(ToPrompt::Close { result, code, message: None })
}

fn typed(text: &str) -> Event {
    Event::Typed(text.to_owned().into())
}

fn plain(_: &mut Open) {}

fn origin(text: &str) -> Option<Origin> {
    Some(Origin::parse(text, OriginPolicy::Secure).unwrap())
}

const ALL: [Disclosure; 5] =
    [Disclosure::Certificate, Disclosure::Name, Disclosure::Address, Disclosure::Birthdate, Disclosure::Gender];

/// The first question of a site that asks for attributes.
fn attributes(open: &mut Open) {
    open.operation = Operation::ReadAttributes;
    open.pin = Some(PinRule::TEXT);
    open.discloses = ALL.to_vec();
    open.question = Some(Question { number: 1, of: 2 });
}

/// Leads from the first question to the second, which shows the values.
fn last_look(lang: Language, pin: Option<PinRule>) -> Vec<Event> {
    let mut second = open(lang);
    attributes(&mut second);
    second.purpose = None;
    second.pin = pin;
    second.question = Some(Question { number: 2, of: 2 });
    second.attributes = Some(Attributes {
        name: Some("葛城　幹也".to_owned()),
        name_substitutes: vec![0],
        address: Some("東京都清瀬市観布子南１２－７－２０２　グランドパレス清瀬ヒルズ壱番館".to_owned()),
        address_substitutes: vec![],
        birthdate: Some("1980-02-17".to_owned()),
        gender: Some(Gender::Male),
    });
    let question = Event::Message(ToPrompt::Open(Box::new(second)));
    vec![ready(3), typed("1234"), Event::Press, Event::Submit, working(Step::Reading, 100), question, ready(3)]
}

fn documents(names: impl IntoIterator<Item = String>) -> Vec<ShownDocument> {
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let document =
        |name: String| ShownDocument { name: DocumentName::parse(&name).unwrap(), digest: digest.to_owned() };
    names.into_iter().map(document).collect()
}

fn sign(open: &mut Open) {
    open.operation = Operation::Sign;
    open.pin = Some(PinRule::SIGN);
    open.discloses = ALL.to_vec();
    open.purpose = None;
    open.documents = documents(["賃貸借契約書.pdf", "重要事項説明書.pdf"].map(str::to_owned));
}

fn sign_by_command(open: &mut Open) {
    sign(open);
    open.origin = None;
    open.documents[1].digest = String::new();
}

fn sign_sixteen(open: &mut Open) {
    sign(open);
    let long = "令和八年度固定資産税に関する申告書および添付書類一式（控え・写しを含む・第二版・最終）".repeat(4);
    let name =
        |number| if number == 1 { format!("{long}.pdf") } else { format!("documents/2026/contract-{number:02}.pdf") };
    open.documents = documents((1..=16).map(name));
    open.purpose = Some(Purpose::parse("電子契約の締結").unwrap());
}

fn change(open: &mut Open, rule: PinRule) {
    open.operation = Operation::ChangePin;
    open.origin = None;
    open.purpose = None;
    open.discloses = vec![];
    open.pin = Some(rule);
}

/// States of every question.
pub(super) fn scenes(lang: Language) -> Vec<Scene> {
    let mut scenes = common();
    scenes.extend(two_questions(lang));
    scenes.extend(signatures());
    scenes.extend(changes());
    scenes
}

fn common() -> Vec<Scene> {
    vec![
        ("01-waiting", plain, vec![]),
        ("02-no-reader", plain, vec![see(serde_json::from_str(r#"{"reader":"none","card":"none"}"#).unwrap())]),
        ("03-no-card", plain, vec![see(status("none", None))]),
        ("04-unsupported", plain, vec![see(status("unsupported", None))]),
        ("05-ready", plain, vec![ready(3)]),
        ("06-typed", plain, vec![ready(3), typed("1234"), Event::Remember(true)]),
        ("07-rejected", plain, vec![ready(3), rejected(2)]),
        ("08-one-left", plain, vec![ready(3), rejected(1)]),
        ("09-last-try", plain, vec![ready(1), typed("1234"), Event::Press, Event::Submit]),
        ("10-blocked", plain, vec![see(Status { blocked: true, ..status("ready", Some(0)) })]),
        (
            "11-problem",
            plain,
            vec![see(Status { problem: Some(ErrorCode::ServiceUnavailable), ..status("none", None) })],
        ),
        ("12-sent", plain, vec![ready(3), typed("1234"), Event::Press, Event::Submit]),
        ("13-signing", plain, vec![working(Step::Signing, 60)]),
        ("14-done", plain, vec![end(Outcome::Done, None)]),
        ("15-cancelled", plain, vec![end(Outcome::Cancelled, None)]),
        ("16-failed", plain, vec![end(Outcome::Failed, Some(ErrorCode::CardRemoved))]),
        ("17-failed-blocked", plain, vec![end(Outcome::Failed, Some(ErrorCode::PinAttemptsExhausted))]),
        ("18-block", plain, vec![Event::AskBlock]),
        ("19-about", plain, vec![Event::About]),
        ("20-test-card", |open| open.virtual_card = true, vec![ready(3)]),
        ("21-japanese-name", |open| open.origin = origin("https://xn--wgv71a.example"), vec![ready(3)]),
        ("22-doubtful-name", |open| open.origin = origin("https://xn--80ak6aa92e.com"), vec![ready(3)]),
        (
            "24-everything",
            |open| {
                attributes(open);
                open.virtual_card = true;
                open.origin = origin(LONGEST);
                open.purpose = Some(Purpose::parse(&"登録の確認。".repeat(33)).unwrap());
            },
            vec![ready(2), rejected(1)],
        ),
        (
            "25-remembered",
            |open| {
                open.remembered = true;
                open.purpose = None;
            },
            vec![ready(3)],
        ),
    ]
}

fn two_questions(lang: Language) -> Vec<Scene> {
    let name_only = |open: &mut Open| {
        attributes(open);
        open.discloses = vec![Disclosure::Name];
        open.pin = Some(PinRule::SIGN);
    };
    let mut rejected_second = last_look(lang, Some(PinRule::AUTH));
    rejected_second.push(rejected(2));
    let mut handed_over = last_look(lang, None);
    handed_over.extend([Event::Press, Event::Submit]);
    vec![
        ("30-attributes", attributes, vec![ready(3)]),
        ("31-reading", attributes, vec![working(Step::Reading, 40)]),
        ("32-last-look", attributes, last_look(lang, Some(PinRule::AUTH))),
        ("33-last-look-rejected", attributes, rejected_second),
        ("34-certificate", name_only, vec![ready(5)]),
        ("35-certificate-last-look", name_only, last_look(lang, None)),
        ("36-handed-over", name_only, handed_over),
        ("37-no-certificate", name_only, vec![problem(ErrorCode::CertificateMissing)]),
    ]
}

fn signatures() -> Vec<Scene> {
    vec![
        ("40-sign", sign, vec![ready(5), typed("abcdef1234567890")]),
        ("41-sign-shown", sign, vec![ready(5), typed("abcdef1234567890"), Event::Reveal(true)]),
        ("42-sign-command", sign_by_command, vec![ready(5)]),
        ("43-sign-many", sign_sixteen, vec![ready(4), rejected(4)]),
        ("44-signing", sign_sixteen, vec![working(Step::Signing, 43)]),
        ("45-sign-done", sign_by_command, vec![end(Outcome::Done, None)]),
        ("46-sign-no-certificate", sign, vec![end(Outcome::Failed, Some(ErrorCode::CertificateMissing))]),
        ("48-sign-digests", sign_by_command, vec![ready(5)]),
        ("49-sign-last-try", sign, vec![ready(1), typed("abc123"), Event::Press, Event::Submit]),
        ("47-sign-blocked", sign, vec![see(Status { blocked: true, ..status("ready", Some(0)) })]),
    ]
}

fn changes() -> Vec<Scene> {
    const AUTH: fn(&mut Open) = |open| change(open, PinRule::AUTH);
    const PASSWORD: fn(&mut Open) = |open| change(open, PinRule::SIGN);
    let filled = |attempts, texts: [&str; 3]| {
        let fields = [Field::Pin, Field::New, Field::Again].into_iter().zip(texts);
        [ready(attempts)]
            .into_iter()
            .chain(fields.flat_map(|(field, text)| [Event::Entered(field), typed(text)]))
            .collect::<Vec<_>>()
    };
    let sent = [Event::Press, Event::Next, rejected(2)];
    vec![
        ("50-change", AUTH, vec![ready(3)]),
        ("51-change-filled", AUTH, filled(3, ["1234", "5678", "5678"])),
        ("52-change-differs", AUTH, filled(3, ["1234", "5678", "56799"])),
        ("53-change-rejected", AUTH, filled(3, ["1234", "5678", "5678"]).into_iter().chain(sent).collect()),
        ("54-change-password", PASSWORD, filled(5, ["abc123", "abcdefghijklmnop", ""])),
        (
            "55-change-password-shown",
            PASSWORD,
            filled(5, ["abc123", "abcdefg1", "abcdefg2"]).into_iter().chain([Event::Reveal(true)]).collect(),
        ),
        ("56-changing", AUTH, vec![working(Step::Signing, 50)]),
    ]
}
