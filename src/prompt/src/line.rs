//! One line in, one line out: JSON between the agent and this process (protocol, section 5).

use std::io::{BufRead, Read, Write};

use jpki_protocol::prompt::{FromPrompt, MAX_LINE, Open, ToPrompt, VERSION};
use zeroize::Zeroizing;

use crate::error::PromptError;

/// Reads the next message; none at the end of the stream.
///
/// # Errors
/// [`PromptError::Malformed`] for anything that is not one message on one line of at most
/// [`MAX_LINE`] bytes; [`PromptError::Read`] if the stream fails.
pub(crate) fn read(stream: &mut impl BufRead) -> Result<Option<ToPrompt>, PromptError> {
    let mut line = Vec::new();
    let limit = MAX_LINE as u64 + 1;
    stream.by_ref().take(limit).read_until(b'\n', &mut line).map_err(PromptError::Read)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => serde_json::from_slice(&line).map(Some).map_err(|_| PromptError::Malformed),
        // Too long, or the writer died in the middle of a line.
        Some(_) => Err(PromptError::Malformed),
    }
}

/// Reads the first message, which must be `open` in our version; none at the end of the stream.
///
/// # Errors
/// As [`read`], and [`PromptError::Version`] for another version.
pub(crate) fn read_open(stream: &mut impl BufRead) -> Result<Option<Open>, PromptError> {
    match read(stream)? {
        None => Ok(None),
        Some(ToPrompt::Open(open)) if open.version == VERSION => Ok(Some(open)),
        Some(ToPrompt::Open(open)) => Err(PromptError::Version(open.version)),
        Some(_) => Err(PromptError::Malformed),
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

fn serialise(answer: &FromPrompt) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    // A secret has at most 48 bytes and an escape at most 6 for each: the buffer never grows.
    let mut line = Zeroizing::new(Vec::with_capacity(512));
    match answer {
        FromPrompt::Accept { pin, remember, last_try_confirmed } => {
            line.extend_from_slice(br#"{"type":"accept","pin":"#);
            serde_json::to_writer(&mut *line, pin.expose())?;
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

    #[test]
    fn what_is_written_is_what_the_agent_reads() {
        for pin in ["1234", "ABC123", "\"\\\u{7}\u{3042}", &"\u{1}".repeat(48)] {
            let answer =
                FromPrompt::Accept { pin: Secret::new(pin).unwrap(), remember: true, last_try_confirmed: false };
            let line = serialise(&answer).unwrap();
            assert_eq!(line.capacity(), 512, "the buffer grew and left a copy behind");
            assert_eq!(line.iter().filter(|&&b| b == b'\n').count(), 1);
            assert_eq!(FromPrompt::parse(&line), Ok(answer));
        }
        for answer in [FromPrompt::Cancel, FromPrompt::Block] {
            assert_eq!(FromPrompt::parse(&serialise(&answer).unwrap()), Ok(answer));
        }
    }

    #[test]
    fn the_accept_line_has_the_members_of_the_contract() {
        let pin = Secret::new("1234").unwrap();
        let answer = FromPrompt::Accept { pin, remember: false, last_try_confirmed: true };
        let want = "{\"type\":\"accept\",\"pin\":\"1234\",\"remember\":false,\"lastTryConfirmed\":true}\n";
        assert_eq!(serialise(&answer).unwrap().as_slice(), want.as_bytes());
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
