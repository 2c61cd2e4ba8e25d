//! What a page sends: one JSON-RPC request or notification a message.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::params::{AuthenticateParams, CancelParams, ReadAttributesParams, SignParams};
use super::response::RpcError;

/// The id a page gave its request: a string or a number (JSON-RPC 2.0, section 4).
///
/// `null` is refused, as it could not be told from the answer to a message that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum RequestId {
    /// A number, kept as it was written.
    Number(serde_json::Number),
    /// A string.
    String(String),
}

/// A request that wants an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// What it asks for.
    pub call: Call,
}

/// The methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// `bridge.info`
    Info,
    /// `authenticate`
    Authenticate(AuthenticateParams),
    /// `readAttributes`
    ReadAttributes(ReadAttributesParams),
    /// `sign`
    Sign(SignParams),
    /// `cancel`
    Cancel(CancelParams),
}

/// A message that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A request.
    Request(Request),
    /// A notification: nothing is done for it, and it must not be answered (section 4.1).
    Notification,
}

/// Reads one message.
///
/// # Errors
/// The error to answer with, and the id to answer to where it could be read.
pub fn parse(text: &str) -> Result<Incoming, (Option<RequestId>, RpcError)> {
    let value: Value = serde_json::from_str(text).map_err(|_| (None, RpcError::parse_error()))?;
    let Value::Object(mut message) = value else {
        return Err((None, RpcError::invalid_request("a message is one object; batches are not taken")));
    };
    let id = match message.remove("id") {
        None => None,
        Some(id) => {
            let id = serde_json::from_value::<RequestId>(id)
                .map_err(|_| (None, RpcError::invalid_request("an id is a string or a number")))?;
            Some(id)
        }
    };
    if message.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err((id, RpcError::invalid_request("\"jsonrpc\" must be \"2.0\"")));
    }
    let Some(Value::String(method)) = message.remove("method") else {
        return Err((id, RpcError::invalid_request("\"method\" must be a string")));
    };
    let params = message.remove("params").unwrap_or_else(|| Value::Object(Map::new()));
    let Some(id) = id else {
        return Ok(Incoming::Notification);
    };
    match call(&method, params) {
        Ok(call) => Ok(Incoming::Request(Request { id, call })),
        Err(error) => Err((Some(id), error)),
    }
}

fn call(method: &str, params: Value) -> Result<Call, RpcError> {
    Ok(match method {
        "bridge.info" => {
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct NoParams {}
            let NoParams {} = read(params)?;
            Call::Info
        }
        "authenticate" => Call::Authenticate(read(params)?),
        "readAttributes" => Call::ReadAttributes(read(params)?),
        "sign" => Call::Sign(read(params)?),
        "cancel" => Call::Cancel(read(params)?),
        _ => return Err(RpcError::method_not_found()),
    })
}

fn read<T: serde::de::DeserializeOwned>(params: Value) -> Result<T, RpcError> {
    if !params.is_object() {
        return Err(RpcError::invalid_params("\"params\" must be an object"));
    }
    serde_json::from_value(params).map_err(|error| RpcError::invalid_params(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(text: &str) -> i32 {
        parse(text).expect_err(text).1.code
    }

    fn authenticate(params: &str) -> String {
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"authenticate","params":{params}}}"#)
    }

    #[test]
    fn a_request_is_read() {
        let challenge = "A".repeat(44);
        let text = authenticate(&format!(r#"{{"challenge":"{challenge}","purpose":"確認","lang":"en"}}"#));
        let Ok(Incoming::Request(request)) = parse(&text) else { panic!("{text}") };
        assert_eq!(request.id, RequestId::Number(1.into()));
        let Call::Authenticate(params) = request.call else { panic!("not authenticate") };
        assert_eq!(params.challenge.as_str(), challenge);
        assert_eq!(params.purpose.unwrap().as_str(), "確認");
    }

    #[test]
    fn info_needs_no_params() {
        for params in ["", r#","params":{}"#] {
            let text = format!(r#"{{"jsonrpc":"2.0","id":"x","method":"bridge.info"{params}}}"#);
            assert!(matches!(parse(&text), Ok(Incoming::Request(Request { call: Call::Info, .. }))), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_decides_the_code() {
        for text in ["", "{", "nul", "\u{feff}{}", "{\"a\":1}}", "[1,"] {
            assert_eq!(code_of(text), -32700, "{text}");
        }
        for text in [
            "[]",
            "1",
            "null",
            "\"x\"",
            "{}",
            r#"{"id":1,"method":"bridge.info"}"#,
            r#"{"jsonrpc":"1.0","id":1,"method":"bridge.info"}"#,
            r#"{"jsonrpc":2.0,"id":1,"method":"bridge.info"}"#,
            r#"{"jsonrpc":"2.0","id":1}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":7}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"bridge.info"}"#,
            r#"{"jsonrpc":"2.0","id":{},"method":"bridge.info"}"#,
            r#"[{"jsonrpc":"2.0","id":1,"method":"bridge.info"}]"#,
        ] {
            assert_eq!(code_of(text), -32600, "{text}");
        }
        assert_eq!(code_of(r#"{"jsonrpc":"2.0","id":1,"method":"nope"}"#), -32601);
        let challenge = "A".repeat(44);
        for params in [
            "[]".to_owned(),
            "null".to_owned(),
            "{}".to_owned(),
            r#"{"challenge":1}"#.to_owned(),
            r#"{"challenge":"short"}"#.to_owned(),
            format!(r#"{{"challenge":"{challenge}","more":1}}"#),
            format!(r#"{{"challenge":"{challenge}","purpose":"{}"}}"#, "x".repeat(201)),
            format!(r#"{{"challenge":"{challenge}","purpose":"a\u202eb"}}"#),
            format!(r#"{{"challenge":"{challenge}","lang":"fr"}}"#),
        ] {
            assert_eq!(code_of(&authenticate(&params)), -32602, "{params}");
        }
    }

    #[test]
    fn an_error_answers_to_the_id_it_could_read() {
        let (id, _) = parse(r#"{"jsonrpc":"2.0","id":"q","method":"nope"}"#).unwrap_err();
        assert_eq!(id, Some(RequestId::String("q".into())));
        assert_eq!(parse("{").unwrap_err().0, None);
    }

    #[test]
    fn a_notification_is_not_answered() {
        let text = r#"{"jsonrpc":"2.0","method":"authenticate","params":{}}"#;
        assert_eq!(parse(text), Ok(Incoming::Notification));
    }

    #[test]
    fn attributes_are_one_to_four_each_once() {
        let read = |attributes: &str, more: &str| {
            let challenge = "A".repeat(44);
            parse(&format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"readAttributes","params":{{"challenge":"{challenge}","attributes":{attributes}{more}}}}}"#
            ))
        };
        for (attributes, more) in [
            (r#"["name"]"#, ""),
            (r#"["gender","birthdate","address","name"]"#, ""),
            (r#"["name"]"#, r#","source":"card""#),
            (r#"["name"]"#, r#","source":"signatureCertificate""#),
        ] {
            assert!(read(attributes, more).is_ok(), "{attributes}{more}");
        }
        for (attributes, more) in [
            ("[]", ""),
            (r#"["name","name"]"#, ""),
            (r#"["myNumber"]"#, ""),
            (r#"["Name"]"#, ""),
            (r#""name""#, ""),
            (r#"["name"]"#, r#","source":"juki""#),
            (r#"["name"]"#, r#","photo":true"#),
        ] {
            assert!(read(attributes, more).is_err(), "{attributes}{more}");
        }
    }

    #[test]
    fn a_name_that_could_disguise_a_document_is_refused() {
        for name in [r"a\u202efdp.exe", r"a\nb", r"a\u0000", " ", r"\u200b", r"\u2066a"] {
            let document = format!(r#"{{"name":"{name}","digest":"{}=","algorithm":"SHA-256"}}"#, "A".repeat(43));
            let text = format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"sign","params":{{"documents":[{document}],"format":"cms"}}}}"#
            );
            assert_eq!(code_of(&text), -32602, "{name}");
        }
    }

    #[test]
    fn documents_are_one_to_sixteen_with_whole_digests() {
        let document = format!(r#"{{"name":"a.pdf","digest":"{}=","algorithm":"SHA-256"}}"#, "A".repeat(43));
        let sign = |documents: &str| {
            parse(&format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"sign","params":{{"documents":[{documents}],"format":"raw"}}}}"#
            ))
        };
        assert!(sign(&document).is_ok());
        assert!(sign(&[document.as_str(); 16].join(",")).is_ok());
        assert!(sign(&[document.as_str(); 17].join(",")).is_err());
        assert!(sign("").is_err());
        assert!(sign(&document.replace("AAAA=", "AAA=")).is_err());
        assert!(sign(&document.replace("SHA-256", "SHA-1")).is_err());
    }
}
