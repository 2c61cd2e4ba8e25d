//! One line in, one line out: JSON between the agent and this process (protocol, section 5).

use std::io::{BufRead, Read, Write};

use jpki_protocol::prompt::{FromPrompt, MAX_LINE, Open, Operation, ToPrompt, VERSION};
use zeroize::Zeroizing;

use crate::error::PromptError;

/// How many documents one question may be about (protocol, section 2).
const MAX_DOCUMENTS: usize = 16;

/// Reads the next message; none at the end of the stream.
///
/// # Errors
/// [`PromptError::Malformed`] for anything that is not one message on one line of at most
/// [`MAX_LINE`] bytes; [`PromptError::Version`] for a question in another version; [`PromptError::Read`]
/// if the stream fails.
pub(crate) fn read(stream: &mut impl BufRead) -> Result<Option<ToPrompt>, PromptError> {
    let mut line = Vec::new();
    let limit = MAX_LINE as u64 + 1;
    stream.by_ref().take(limit).read_until(b'\n', &mut line).map_err(PromptError::Read)?;
    let message = match line.pop() {
        None => return Ok(None),
        Some(b'\n') => serde_json::from_slice(&line).map_err(|_| PromptError::Malformed)?,
        // Too long, or the writer died in the middle of a line.
        Some(_) => return Err(PromptError::Malformed),
    };
    match &message {
        ToPrompt::Open(open) if open.version != VERSION => Err(PromptError::Version(open.version)),
        ToPrompt::Open(open) if !can_be_asked(open) => Err(PromptError::Malformed),
        _ => Ok(Some(message)),
    }
}

/// Reads the first message, which must be `open`; none at the end of the stream.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_open(stream: &mut impl BufRead) -> Result<Option<Open>, PromptError> {
    match read(stream)? {
        None => Ok(None),
        Some(ToPrompt::Open(open)) => Ok(Some(*open)),
        Some(_) => Err(PromptError::Malformed),
    }
}

/// Does the question hold together? Nobody consents to a signature of nothing, and no page changes a PIN.
fn can_be_asked(open: &Open) -> bool {
    let digest = |text: &str| {
        text.is_empty() || (text.len() == 64 && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')))
    };
    match open.operation {
        Operation::Authenticate => open.pin.is_some(),
        Operation::ReadAttributes => true,
        Operation::Sign => {
            let documents = &open.documents;
            let digests = documents.iter().all(|document| digest(&document.digest));
            open.pin.is_some() && (1..=MAX_DOCUMENTS).contains(&documents.len()) && digests
        }
        Operation::ChangePin => open.pin.is_some() && open.origin.is_none(),
    }
}

/// Writes an answer in one piece. The only buffer that ever holds the PIN's line is wiped.
///
/// # Errors
/// [`PromptError::Write`] if the agent is gone.
pub(crate) fn write(stream: &mut impl Write, answer: &FromPrompt) -> Result<(), PromptError> {
    let line = serialise(answer).map_err(|error| PromptError::Write(error.into()))?;
    stream.write_all(&line).and_then(|()| stream.flush()).map_err(PromptError::Write)
}

/// Room for the longest answer, in bytes.
const LINE: usize = 1024;

fn serialise(answer: &FromPrompt) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    // Two secrets have at most 48 bytes each and an escape at most 6 for one: the buffer never grows.
    let mut line = Zeroizing::new(Vec::with_capacity(LINE));
    match answer {
        FromPrompt::Accept { pin, new_pin, remember, last_try_confirmed } => {
            line.extend_from_slice(br#"{"type":"accept""#);
            for (member, secret) in [("pin", pin), ("newPin", new_pin)] {
                let Some(secret) = secret else { continue };
                write!(line, ",\"{member}\":").map_err(serde_json::Error::io)?;
                serde_json::to_writer(&mut *line, secret.expose())?;
            }
            line.extend_from_slice(br#","remember":"#);
            serde_json::to_writer(&mut *line, remember)?;
            line.extend_from_slice(br#","lastTryConfirmed":"#);
            serde_json::to_writer(&mut *line, last_try_confirmed)?;
            line.push(b'}');
        }
        FromPrompt::Cancel => line.extend_from_slice(br#"{"type":"cancel"}"#),
        FromPrompt::Block => line.extend_from_slice(br#"{"type":"block"}"#),
    }
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jpki_protocol::Secret;

    fn accept(pin: Option<&str>, new_pin: Option<&str>, remember: bool) -> FromPrompt {
        let [pin, new_pin] = [pin, new_pin].map(|pin| pin.map(|pin| Secret::new(pin).unwrap()));
        FromPrompt::Accept { pin, new_pin, remember, last_try_confirmed: !remember }
    }

    #[test]
    fn what_is_written_is_what_the_agent_reads() {
        let longest = "\u{1}".repeat(48);
        for pin in ["1234", "ABC123", "\"\\\u{7}\u{3042}", &longest] {
            let answer = accept(Some(pin), Some(&longest), true);
            let line = serialise(&answer).unwrap();
            assert_eq!(line.capacity(), LINE, "the buffer grew and left a copy behind");
            assert_eq!(line.iter().filter(|&&b| b == b'\n').count(), 1);
            assert_eq!(FromPrompt::parse(&line), Ok(answer));
        }
        for answer in [accept(None, None, false), FromPrompt::Cancel, FromPrompt::Block] {
            assert_eq!(FromPrompt::parse(&serialise(&answer).unwrap()), Ok(answer));
        }
    }

    #[test]
    fn the_accept_line_has_the_members_of_the_contract() {
        for (answer, want) in [
            (accept(Some("1234"), None, false), r#""pin":"1234","remember":false,"lastTryConfirmed":true"#),
            (
                accept(Some("1234"), Some("5678"), false),
                r#""pin":"1234","newPin":"5678","remember":false,"lastTryConfirmed":true"#,
            ),
            (accept(None, None, true), r#""remember":true,"lastTryConfirmed":false"#),
        ] {
            let want = format!("{{\"type\":\"accept\",{want}}}\n");
            assert_eq!(serialise(&answer).unwrap().as_slice(), want.as_bytes());
        }
    }

    #[test]
    fn a_question_that_does_not_hold_together_is_not_asked() {
        const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        let question = |members: serde_json::Value| {
            let mut open =
                serde_json::json!({"type": "open", "version": 1, "discloses": [], "lang": "ja", "virtualCard": false});
            open.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            read(&mut format!("{open}\n").as_bytes()).is_ok()
        };
        let pin = serde_json::to_value(jpki_protocol::prompt::PinRule::SIGN).unwrap();
        let documents =
            |count: usize, digest: &str| vec![serde_json::json!({"name": "a.pdf", "digest": digest}); count];
        for (members, asked) in [
            (serde_json::json!({"operation": "sign", "pin": pin, "documents": documents(1, DIGEST)}), true),
            (serde_json::json!({"operation": "sign", "pin": pin, "documents": documents(16, "")}), true),
            (serde_json::json!({"operation": "sign", "pin": pin, "documents": documents(17, DIGEST)}), false),
            (serde_json::json!({"operation": "sign", "pin": pin}), false),
            (
                serde_json::json!({"operation": "sign", "pin": pin, "documents": documents(1, &DIGEST.to_uppercase())}),
                false,
            ),
            (serde_json::json!({"operation": "sign", "pin": pin, "documents": documents(1, "\u{1b}[2J")}), false),
            (serde_json::json!({"operation": "sign", "documents": documents(1, DIGEST)}), false),
            (serde_json::json!({"operation": "readAttributes"}), true),
            (serde_json::json!({"operation": "authenticate"}), false),
            (serde_json::json!({"operation": "changePin", "pin": pin}), true),
            (serde_json::json!({"operation": "changePin"}), false),
            (serde_json::json!({"operation": "changePin", "pin": pin, "origin": "https://shop.example"}), false),
        ] {
            assert_eq!(question(members.clone()), asked, "{members}");
        }
    }

    #[test]
    fn a_line_that_is_no_message_is_an_error_and_the_end_is_none() {
        assert!(matches!(read(&mut &b""[..]), Ok(None)));
        let long = [vec![b' '; MAX_LINE + 1], b"\n".to_vec()].concat();
        for line in [&b"\n"[..], b"x\n", b"{}\n", b"{\"type\":\"close\",\"result\":\"done\"}", &long] {
            assert!(matches!(read(&mut &line[..]), Err(PromptError::Malformed)));
        }
        let two = b"{\"type\":\"close\",\"result\":\"done\"}\n{\"type\":\"pinRejected\",\"attemptsLeft\":1}\n";
        let mut stream = &two[..];
        assert!(matches!(read(&mut stream), Ok(Some(ToPrompt::Close { .. }))));
        assert!(matches!(read(&mut stream), Ok(Some(ToPrompt::PinRejected { attempts_left: 1 }))));
        assert!(matches!(read(&mut stream), Ok(None)));
    }

    #[test]
    fn the_first_message_is_open_in_our_version() {
        let open = r#"{"type":"open","version":9,"operation":"authenticate","origin":"https://shop.example",
            "discloses":[],"pin":{"kind":"auth","min":4,"max":4,"charset":"digits"},"lang":"ja","virtualCard":false}"#;
        let line = format!("{}\n", open.replace('\n', ""));
        assert!(matches!(read_open(&mut line.as_bytes()), Err(PromptError::Version(9))));
        let line = line.replace(":9,", ":1,");
        assert!(matches!(read_open(&mut line.as_bytes()), Ok(Some(_))));
        let early = b"{\"type\":\"pinRejected\",\"attemptsLeft\":1}\n";
        assert!(matches!(read_open(&mut &early[..]), Err(PromptError::Malformed)));
    }
}
