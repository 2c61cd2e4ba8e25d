//! Agent ↔ prompt: JSON lines over the child's standard input and output (protocol, section 5).
//!
//! The PIN crosses here, in [`FromPrompt::Accept`], and nowhere else.

use serde::{Deserialize, Serialize};

use crate::attributes::{Attribute, Attributes};
use crate::code::ErrorCode;
use crate::lang::Language;
use crate::origin::Origin;
use crate::secret::Secret;
use crate::text::{DocumentName, Purpose};

/// The longest line either side takes, in bytes, without its line feed.
pub const MAX_LINE: usize = 64 * 1024;

/// The version of these messages.
pub const VERSION: u32 = 1;

/// Agent → prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ToPrompt {
    /// The first message: what to show and to ask. It may come again: the next question of the same operation,
    /// in place of the one before.
    Open(Box<Open>),
    /// What reader and card are like now; sent again on each change.
    Status(Status),
    /// The card refused the PIN.
    #[serde(rename_all = "camelCase")]
    PinRejected {
        /// How often it may still be tried.
        attempts_left: u8,
    },
    /// The card works: it must stay where it is.
    Working {
        /// What is being done.
        step: Step,
        /// How far it is, 0 to 100.
        percent: u8,
    },
    /// The last message: the operation ended.
    Close {
        /// How.
        result: Outcome,
        /// Why it failed, if it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<ErrorCode>,
        /// The remedy, in the language of the window.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
}

/// Who asks for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Open {
    /// [`VERSION`].
    pub version: u32,
    /// What the site wants done.
    pub operation: Operation,
    /// Who asks; none where the person asked themselves, by a command on this computer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Why, in the site's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// What the site will learn.
    pub discloses: Vec<Disclosure>,
    /// What will be signed, 1 to 16 documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<ShownDocument>,
    /// The values that are about to be handed over, for a last look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Attributes>,
    /// The PIN to ask for; none where a yes is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<PinRule>,
    /// Which question of how many this is; none where there is but one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
    /// The language of the window.
    pub lang: Language,
    /// Whether the card is one in software: the window says "test card".
    pub virtual_card: bool,
    /// Whether the person allowed this site before: then "remember" isn't asked again.
    #[serde(default)]
    pub remembered: bool,
}

/// What a page can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Operation {
    /// Sign in: prove possession of the card to the site.
    Authenticate,
    /// Hand over attributes of the person.
    ReadAttributes,
    /// Sign documents.
    Sign,
    /// Change a PIN: the answer holds the old one and the new one. Never asked for by a page.
    ChangePin,
}

/// A document as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShownDocument {
    /// Its name.
    pub name: DocumentName,
    /// Its SHA-256 in lower-case hexadecimal; empty where it is not known before the signature.
    pub digest: String,
}

/// A question's place among those of its operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Question {
    /// Counted from 1.
    pub number: u8,
    /// How many there are.
    pub of: u8,
}

/// What leaves the card for the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Disclosure {
    /// The certificate of the key used.
    Certificate,
    /// 氏名
    Name,
    /// 住所
    Address,
    /// 生年月日
    Birthdate,
    /// 性別
    Gender,
}

impl From<Attribute> for Disclosure {
    fn from(attribute: Attribute) -> Self {
        match attribute {
            Attribute::Name => Self::Name,
            Attribute::Address => Self::Address,
            Attribute::Birthdate => Self::Birthdate,
            Attribute::Gender => Self::Gender,
        }
    }
}

/// Which PIN, and what it may consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PinRule {
    /// Which of the card's PINs.
    pub kind: PinKind,
    /// The fewest characters.
    pub min: u8,
    /// The most characters.
    pub max: u8,
    /// The characters allowed.
    pub charset: Charset,
}

impl PinRule {
    /// 利用者証明用電子証明書の暗証番号: four digits.
    pub const AUTH: Self = Self { kind: PinKind::Auth, min: 4, max: 4, charset: Charset::Digits };
    /// 券面入力補助用の暗証番号: four digits.
    pub const TEXT: Self = Self { kind: PinKind::Text, min: 4, max: 4, charset: Charset::Digits };
    /// 署名用電子証明書の暗証番号: 6 to 16 letters and digits.
    pub const SIGN: Self = Self { kind: PinKind::Sign, min: 6, max: 16, charset: Charset::Alphanumeric };
}

/// The card's PINs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum PinKind {
    /// Of the authentication key.
    Auth,
    /// Of the basic four attributes.
    Text,
    /// Of the signature key.
    Sign,
}

/// The characters of a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Charset {
    /// 0–9.
    Digits,
    /// A–Z and 0–9; lower case is upper-cased.
    Alphanumeric,
}

/// What reader and card are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Is there a reader?
    pub reader: Reader,
    /// Is there a card?
    pub card: Card,
    /// How often the PIN may still be tried; none while unknown.
    #[serde(default)]
    pub attempts_left: Option<u8>,
    /// Whether the PIN is blocked.
    #[serde(default)]
    pub blocked: bool,
    /// What stands in the way, where reader and card alone don't say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<ErrorCode>,
}

/// Readers, as the window needs to know them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Reader {
    /// No reader is connected.
    None,
    /// At least one reader.
    Present,
}

/// The card, as the window needs to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Card {
    /// No card, or none that was read yet.
    None,
    /// A card of another kind.
    Unsupported,
    /// A card that can be used.
    Ready,
}

/// What the card is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// Reading certificates or attributes.
    Reading,
    /// Signing.
    Signing,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The page has its result.
    Done,
    /// The person or the page gave up.
    Cancelled,
    /// It failed.
    Failed,
}

/// Prompt → agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromPrompt {
    /// The person consents.
    Accept {
        /// What was typed; none where nothing was asked for.
        pin: Option<Secret>,
        /// The PIN to come, where one is changed.
        new_pin: Option<Secret>,
        /// Whether the site is to be allowed from now on.
        remember: bool,
        /// Whether the person confirmed to spend the last attempt.
        last_try_confirmed: bool,
    },
    /// The person declines.
    Cancel,
    /// The person declines and blocks the site.
    Block,
}

/// A line from the prompt that is not one of its messages. It never quotes the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the prompt sent a line that is not a message of its protocol")]
pub struct MalformedLine;

impl FromPrompt {
    /// Reads one line.
    ///
    /// An enum with a tag would make serde keep the members in a tree of its own first; this flat
    /// form hands the PIN straight from the line to its [`Secret`].
    ///
    /// # Errors
    /// [`MalformedLine`] for anything else than one message.
    pub fn parse(line: &[u8]) -> Result<Self, MalformedLine> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        enum Kind {
            Accept,
            Cancel,
            Block,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Flat {
            r#type: Kind,
            pin: Option<Secret>,
            new_pin: Option<Secret>,
            #[serde(default)]
            remember: bool,
            #[serde(default)]
            last_try_confirmed: bool,
        }
        let flat: Flat = serde_json::from_slice(line).map_err(|_| MalformedLine)?;
        Ok(match flat.r#type {
            Kind::Accept => Self::Accept {
                pin: flat.pin,
                new_pin: flat.new_pin,
                remember: flat.remember,
                last_try_confirmed: flat.last_try_confirmed,
            },
            Kind::Cancel => Self::Cancel,
            Kind::Block => Self::Block,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_are_those_of_the_contract() {
        let status = ToPrompt::Status(Status {
            reader: Reader::Present,
            card: Card::Ready,
            attempts_left: Some(3),
            blocked: false,
            problem: None,
        });
        for (message, want) in [
            (status, r#"{"type":"status","reader":"present","card":"ready","attemptsLeft":3,"blocked":false}"#),
            (ToPrompt::PinRejected { attempts_left: 2 }, r#"{"type":"pinRejected","attemptsLeft":2}"#),
            (
                ToPrompt::Working { step: Step::Signing, percent: 40 },
                r#"{"type":"working","step":"signing","percent":40}"#,
            ),
            (
                ToPrompt::Close { result: Outcome::Done, code: None, message: None },
                r#"{"type":"close","result":"done"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&message).unwrap(), want);
            assert_eq!(serde_json::from_str::<ToPrompt>(want).unwrap(), message);
        }
    }

    #[test]
    fn open_reads_as_the_contract_writes_it() {
        let line = r#"{"type":"open","version":1,"operation":"authenticate","origin":"https://shop.example","purpose":"x",
            "discloses":["certificate"],"pin":{"kind":"auth","min":4,"max":4,"charset":"digits"},"lang":"ja","virtualCard":false}"#;
        let ToPrompt::Open(open) = serde_json::from_str(line).unwrap() else { panic!("not open") };
        assert_eq!(open.pin, Some(PinRule::AUTH));
        assert_eq!(open.operation, Operation::Authenticate);
        assert_eq!(open.origin.unwrap().as_str(), "https://shop.example");
        assert!(!open.remembered);
    }

    #[test]
    fn answers_are_read_and_nothing_else_is() {
        let accept = br#"{"type":"accept","pin":"1234","remember":true,"lastTryConfirmed":true}"#;
        assert_eq!(
            FromPrompt::parse(accept),
            Ok(FromPrompt::Accept {
                pin: Secret::new("1234"),
                new_pin: None,
                remember: true,
                last_try_confirmed: true
            })
        );
        let yes = br#"{"type":"accept"}"#;
        assert_eq!(
            FromPrompt::parse(yes),
            Ok(FromPrompt::Accept { pin: None, new_pin: None, remember: false, last_try_confirmed: false })
        );
        assert_eq!(FromPrompt::parse(br#"{"type":"cancel"}"#), Ok(FromPrompt::Cancel));
        assert_eq!(FromPrompt::parse(br#"{"type":"block"}"#), Ok(FromPrompt::Block));
        for line in [
            "",
            "{}",
            "[]",
            "null",
            r#"{"type":"accept","pin":1234}"#,
            r#"{"type":"accept","pin":"1234","newPin":5678}"#,
            r#"{"type":"open"}"#,
            "{\"type\":\"cancel\"}x",
        ] {
            assert_eq!(FromPrompt::parse(line.as_bytes()), Err(MalformedLine), "{line}");
        }
    }
}
