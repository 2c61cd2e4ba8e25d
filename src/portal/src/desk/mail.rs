//! Mails: each a file in a folder, from which the machine's mail system sends them. Their text stands in both languages.

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::App;
use crate::error::{Error, Result};
use crate::private;
use crate::secrets::fresh_id;

/// A mail to one person.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    /// An address that was checked.
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// Hands a mail over. Without a folder none is sent, and the log says so.
pub(crate) async fn send(app: &App, mail: Mail) -> Result<()> {
    let Some(folder) = app.config().mail_folder().map(Path::to_owned) else {
        tracing::warn!("a mail isn't sent: name a folder with --mail-folder");
        return Ok(());
    };
    let (id, host) = (fresh_id()?, app.config().host().to_owned());
    let text = message(&mail, &host, &id, app.now());
    // Whoever looks for mails sees whole ones only.
    let (half, whole) = (folder.join(format!(".{id}.part")), folder.join(format!("{id}.eml")));
    let written = tokio::task::spawn_blocking(move || {
        let write = || {
            private::create_folder(&folder)?;
            private::create_file(&half)?.write_all(text.as_bytes())?;
            std::fs::rename(&half, &whole)
        };
        write().map_err(|source| (half.clone(), source))
    });
    match written.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err((path, source))) => Err(Error::File { path, source }),
        Err(_) => Err(Error::Config("the portal is being stopped".to_owned())),
    }
}

/// The mail as a message (RFC 5322), its words encoded (RFC 2047, RFC 2045).
fn message(mail: &Mail, host: &str, id: &str, now: Timestamp) -> String {
    let date = rfc2822::DateTimePrinter::new().timestamp_to_string(&now).unwrap_or_default();
    let body = BASE64_STANDARD.encode(mail.text.replace('\n', "\r\n"));
    let body: Vec<_> = body.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line)).collect();
    format!(
        "Date: {date}\r\nFrom: <noreply@{host}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{id}@{host}>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\
         Auto-Submitted: auto-generated\r\n\r\n{body}\r\n",
        to = mail.to,
        subject = encoded(&mail.subject),
        body = body.join("\r\n"),
    )
}

/// A text as encoded words, none of which cuts a character, so short that a line with the field's name has at most 76 characters
/// (RFC 2047, 2).
fn encoded(text: &str) -> String {
    let mut words = vec![String::new()];
    for character in text.chars() {
        match words.last_mut() {
            Some(word) if word.len() + character.len_utf8() <= 39 => word.push(character),
            _ => words.push(character.to_string()),
        }
    }
    let words: Vec<_> = words.iter().map(|word| format!("=?utf-8?B?{}?=", BASE64_STANDARD.encode(word))).collect();
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_a_message_that_mail_systems_take() {
        let mail = Mail {
            to: "taro@example.jp".to_owned(),
            subject: "【マイナポータル】メールアドレスの確認をお願いします".to_owned(),
            text: "こんにちは\n".repeat(20),
        };
        let text = message(&mail, "portal.example", "id", Timestamp::from_second(0).unwrap());
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("Date: Thu, 1 Jan 1970 00:00:00"), "{head}");
        assert!(head.contains("\r\nTo: <taro@example.jp>\r\n"));
        assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 78), "{text}");
        let body = BASE64_STANDARD.decode(body.replace("\r\n", "")).unwrap();
        assert_eq!(String::from_utf8(body).unwrap(), mail.text.replace('\n', "\r\n"));
        let word = |line: &str| BASE64_STANDARD.decode(line.trim_start_matches("=?utf-8?B?").trim_end_matches("?="));
        let subject: Vec<u8> = encoded(&mail.subject).split("\r\n ").flat_map(|line| word(line).unwrap()).collect();
        assert_eq!(String::from_utf8(subject).unwrap(), mail.subject);
    }
}
