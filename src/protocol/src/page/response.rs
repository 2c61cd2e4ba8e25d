//! What a page receives: results, errors and progress.

use serde::{Deserialize, Serialize};

use super::request::RequestId;
use crate::attributes::{AttributeSource, Attributes};
use crate::code::ErrorCode;
use crate::lang::Language;
use crate::token::AuthToken;

/// A JSON-RPC error object (section 5.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RpcError {
    /// JSON-RPC's own code, or −32000 for a failed operation.
    pub code: i32,
    /// One sentence in English, for a developer.
    pub message: String,
    /// The cause in one word, and what the person can do.
    pub data: ErrorData,
}

/// `error.data`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ErrorData {
    /// The cause.
    pub code: ErrorCode,
    /// What to do, in the requested language.
    pub remedy: String,
    /// After how many seconds it is worth trying again, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl RpcError {
    /// The code of an operation that failed (section 5.1 leaves −32000 to −32099 to servers).
    pub const OPERATION_FAILED: i32 = -32000;

    /// An operation failed.
    pub fn operation(code: ErrorCode, language: Language) -> Self {
        Self {
            code: Self::OPERATION_FAILED,
            message: code.remedy(Language::En).to_owned(),
            data: ErrorData { code, remedy: code.remedy(language).to_owned(), retry_after: None },
        }
    }

    /// The same error, with the time after which it is worth trying again.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.data.retry_after = Some(seconds);
        self
    }

    /// The message is not JSON.
    pub fn parse_error() -> Self {
        Self::own(-32700, "the message is not JSON", ErrorCode::InvalidRequest)
    }

    /// The message is not a request.
    pub fn invalid_request(why: &str) -> Self {
        Self::own(-32600, why, ErrorCode::InvalidRequest)
    }

    /// There is no such method.
    pub fn method_not_found() -> Self {
        Self::own(-32601, "there is no such method", ErrorCode::Unsupported)
    }

    /// The parameters are not the method's.
    pub fn invalid_params(why: &str) -> Self {
        Self::own(-32602, why, ErrorCode::InvalidRequest)
    }

    fn own(code: i32, message: &str, cause: ErrorCode) -> Self {
        Self { code, message: message.to_owned(), ..Self::operation(cause, Language::default()) }
    }
}

/// The result of `bridge.info`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Info {
    /// The agent's version.
    pub version: String,
    /// The protocol's version.
    pub protocol: u32,
    /// The methods this agent carries out.
    pub operations: Vec<String>,
    /// `linux`, `windows` or `macos`.
    pub platform: String,
}

/// The result of `authenticate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuthenticateResult {
    /// For the page's server to verify.
    pub token: AuthToken,
}

/// The result of `readAttributes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReadAttributesResult {
    /// What was asked for, and nothing else.
    pub attributes: Attributes,
    /// Where they were read from.
    pub source: AttributeSource,
    /// For the page's server to verify, together with `attributes`.
    pub token: AuthToken,
    /// What the agent found about the card's record; for source `card` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
}

/// The signed record the attributes come from. It stays on the person's machine, so this is the agent's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Record {
    /// Whether its signature holds: attributes of a record whose signature doesn't are never handed over.
    pub signature: RecordSignature,
    /// Who issued the key that signed it.
    pub issuer: RecordIssuer,
}

/// The one state of a record whose attributes are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum RecordSignature {
    /// The signature is that of the key in the card's certificate (EF 0004), over these attributes.
    Valid,
}

/// Who issued the certificate of the key that signed a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum RecordIssuer {
    /// J-LIS, for cards of people.
    Jlis,
    /// J-LIS, for test cards.
    JlisTest,
    /// Nobody known, as with a software card.
    Unknown,
}

/// The result of `sign`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignResult {
    /// One for each document, in the request's order, in padded base64: the signature for `raw`, the DER of a
    /// SignedData for `cms`.
    pub signatures: Vec<String>,
    /// The card's signature certificate, DER in padded base64; not judged by the agent.
    pub certificate: String,
}

/// The result of `cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CancelResult {
    /// Whether there was such a request, still running.
    pub cancelled: bool,
}

/// The parameters of the notification `progress`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Progress {
    /// Which request.
    pub id: RequestId,
    /// Where it stands.
    pub state: ProgressState,
}

/// Where a request stands. Nothing here tells of readers or cards before the person consented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProgressState {
    /// The window is open.
    WaitingForUser,
    /// The person consented; a card is awaited.
    WaitingForCard,
    /// The card works.
    Working,
}

/// The answer to request `id`.
pub fn result<T: Serialize>(id: &RequestId, result: &T) -> String {
    #[derive(Serialize)]
    struct Response<'a, T> {
        jsonrpc: &'a str,
        id: &'a RequestId,
        result: &'a T,
    }
    encode(&Response { jsonrpc: "2.0", id, result })
}

/// The error answer to request `id`, or to a message whose id could not be read.
pub fn error(id: Option<&RequestId>, error: &RpcError) -> String {
    #[derive(Serialize)]
    struct Response<'a> {
        jsonrpc: &'a str,
        id: Option<&'a RequestId>,
        error: &'a RpcError,
    }
    encode(&Response { jsonrpc: "2.0", id, error })
}

/// The notification `progress`.
pub fn notification(progress: &Progress) -> String {
    #[derive(Serialize)]
    struct Notification<'a> {
        jsonrpc: &'a str,
        method: &'a str,
        params: &'a Progress,
    }
    encode(&Notification { jsonrpc: "2.0", method: "progress", params: progress })
}

/// Types of this crate always encode; were one not to, an empty object says less than a panic.
fn encode<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_its_cause_and_its_remedy() {
        let text = error(None, &RpcError::operation(ErrorCode::Busy, Language::En).retry_after(2));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["id"], serde_json::Value::Null);
        assert_eq!(value["error"]["code"], -32000);
        assert_eq!(value["error"]["data"]["code"], "busy");
        assert_eq!(value["error"]["data"]["retryAfter"], 2);
    }

    #[test]
    fn progress_is_a_notification() {
        let progress = Progress { id: RequestId::Number(7.into()), state: ProgressState::WaitingForUser };
        assert_eq!(
            notification(&progress),
            r#"{"jsonrpc":"2.0","method":"progress","params":{"id":7,"state":"waiting_for_user"}}"#
        );
    }
}
