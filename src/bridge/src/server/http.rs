//! Reading a request head and writing a response, bounded in size and time.
//!
//! HTTP/1.1 with one request a connection: the agent answers few paths, and every header it
//! doesn't need is a header it cannot misread.

use std::borrow::Cow;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The most bytes of a request line with its headers (protocol, section 1).
pub(crate) const MAX_HEAD: usize = 16 * 1024;

/// The time a client has to send them.
pub(crate) const HEAD_TIME: Duration = Duration::from_secs(5);

/// The most header fields; a browser sends about twenty.
const MAX_FIELDS: usize = 64;

/// A request head, and the bytes that came after it.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) method: String,
    /// The path of the request target, before a `?`.
    pub(crate) path: String,
    /// What follows the `?`, if there is one.
    pub(crate) query: Option<String>,
    fields: Vec<(String, Vec<u8>)>,
    /// How many bytes of a body follow the head: zero but for a POST.
    pub(crate) body: usize,
    /// What the client sent after the head so far.
    pub(crate) rest: Vec<u8>,
}

impl Head {
    /// All values of a field, in order. Field names are compared without case (RFC 9110, section 5.1).
    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.fields.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_slice())
    }

    /// The value of a field that stands exactly once and is text.
    pub(crate) fn single(&self, name: &str) -> Field<'_> {
        let mut values = self.fields.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v);
        match (values.next(), values.next()) {
            (None, _) => Field::Absent,
            (Some(value), None) => std::str::from_utf8(value).map_or(Field::Bad, Field::Once),
            (Some(_), Some(_)) => Field::Bad,
        }
    }

    /// Whether a comma-separated field holds a token, without case.
    pub(crate) fn has_token(&self, name: &str, token: &str) -> bool {
        self.values(name)
            .filter_map(|value| std::str::from_utf8(value).ok())
            .flat_map(|value| value.split(','))
            .any(|item| item.trim().eq_ignore_ascii_case(token))
    }
}

/// How a field stands in a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field<'a> {
    Absent,
    Once(&'a str),
    /// More than once, or not text.
    Bad,
}

/// Why there is no head to admit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeadError {
    /// The client went away before it finished, or said nothing at all within [`HEAD_TIME`]. A browser keeps such a
    /// connection for its next request: an answer on it now would be taken for that one's.
    Gone,
    /// It took longer than [`HEAD_TIME`].
    Slow,
    /// More than [`MAX_HEAD`] bytes or [`MAX_FIELDS`] fields.
    TooLarge,
    /// Not an HTTP/1.1 request, or one with a body that its method doesn't have.
    Malformed,
}

/// Reads one head.
pub(crate) async fn read_head(stream: &mut TcpStream) -> Result<Head, HeadError> {
    let mut bytes = Vec::with_capacity(1024);
    let result = timeout(HEAD_TIME, read_head_into(stream, &mut bytes)).await;
    result.unwrap_or(Err(if bytes.is_empty() { HeadError::Gone } else { HeadError::Slow }))
}

async fn read_head_into(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Result<Head, HeadError> {
    loop {
        let room = MAX_HEAD - bytes.len();
        let read = stream.take(room as u64).read_buf(bytes).await.map_err(|_| HeadError::Gone)?;
        if read == 0 {
            return Err(if room == 0 { HeadError::TooLarge } else { HeadError::Gone });
        }
        if let Some(head) = parse(bytes)? {
            return Ok(head);
        }
    }
}

/// Reads a head from its bytes; none while it is not whole.
pub(crate) fn parse(bytes: &[u8]) -> Result<Option<Head>, HeadError> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    let length = match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(HeadError::TooLarge),
        Err(_) => return Err(HeadError::Malformed),
    };
    let (Some(method), Some(target), Some(1)) = (request.method, request.path, request.version) else {
        return Err(HeadError::Malformed);
    };
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (target, None),
    };
    let mut head = Head {
        method: method.to_owned(),
        path: path.to_owned(),
        query,
        fields: request.headers.iter().map(|f| (f.name.to_owned(), f.value.to_vec())).collect(),
        body: 0,
        rest: bytes[length..].to_vec(),
    };
    head.body = body_length(&head).ok_or(HeadError::Malformed)?;
    // RFC 9112, section 3.2: a request without exactly one Host is a bad request.
    if !matches!(head.single("host"), Field::Once(_)) {
        return Err(HeadError::Malformed);
    }
    Ok(Some(head))
}

/// How long the body is; none where that isn't plain. A body that nobody expects would be read as the next request, or as
/// frames.
fn body_length(head: &Head) -> Option<usize> {
    if head.values("transfer-encoding").next().is_some() {
        return None;
    }
    if head.values("content-length").all(|value| value == b"0") {
        return Some(0);
    }
    match head.single("content-length") {
        // Digits alone: `parse` would take a sign too.
        Field::Once(text) if head.method == "POST" && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().ok()
        }
        _ => None,
    }
}

/// Reads the body of a request, whose length somebody has judged.
pub(crate) async fn read_body(stream: &mut TcpStream, head: &mut Head) -> Result<Vec<u8>, HeadError> {
    let mut body = std::mem::take(&mut head.rest);
    let missing = head.body.saturating_sub(body.len());
    body.truncate(head.body);
    let read = async { stream.take(missing as u64).read_to_end(&mut body).await };
    match timeout(HEAD_TIME, read).await {
        Ok(Ok(read)) if read == missing => Ok(body),
        Ok(_) => Err(HeadError::Gone),
        Err(_) => Err(HeadError::Slow),
    }
}

/// Takes a query or a form apart: `application/x-www-form-urlencoded` (WHATWG URL, section 5), whose plus signs are
/// spaces. None where a part has no name and value, or isn't UTF-8.
pub(crate) fn form_pairs(text: &str) -> Option<Vec<(String, String)>> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').and_then(|(name, value)| Some((decode(name)?, decode(value)?)))).collect()
}

/// Takes a value of a query or a form as it was before it was encoded; none if that isn't UTF-8.
pub(crate) fn decode(value: &str) -> Option<String> {
    let spaced = value.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(Into::into)
}

/// A response whose body is short and known.
pub(crate) struct Response {
    status: u16,
    fields: Vec<(&'static str, String)>,
    body: Cow<'static, str>,
}

impl Response {
    /// A response with an empty body.
    pub(crate) fn status(status: u16) -> Self {
        Self { status, fields: Vec::new(), body: Cow::Borrowed("") }
    }

    /// A response with a body of this kind.
    pub(crate) fn new(status: u16, kind: &str, body: impl Into<Cow<'static, str>>) -> Self {
        Self { status, fields: vec![("Content-Type", kind.to_owned())], body: body.into() }
    }

    /// A JSON document.
    pub(crate) fn json(body: impl Into<Cow<'static, str>>) -> Self {
        Self::new(200, "application/json", body)
    }

    /// Adds a field.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// Writes the response and ends the connection.
    pub(crate) async fn send(self, stream: &mut TcpStream) -> std::io::Result<()> {
        let mut text = head_text(self.status, &self.fields);
        text.push_str(&format!("Content-Length: {}\r\n\r\n{}", self.body.len(), self.body));
        stream.write_all(text.as_bytes()).await?;
        stream.shutdown().await
    }
}

/// The start of a response, without the empty line that ends its fields.
pub(crate) fn head_text(status: u16, fields: &[(&'static str, String)]) -> String {
    let mut text = format!("HTTP/1.1 {status} {}\r\n", reason(status));
    for (name, value) in fields {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n");
    text
}

fn reason(status: u16) -> &'static str {
    match status {
        101 => "Switching Protocols",
        200 => "OK",
        303 => "See Other",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Result<Option<Head>, HeadError> {
        parse(text.as_bytes())
    }

    #[test]
    fn a_head_is_split_into_its_parts() {
        let head =
            head("GET /v1/x?a=b HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\n\r\nmore").unwrap().unwrap();
        assert_eq!((head.method.as_str(), head.path.as_str(), head.query.as_deref()), ("GET", "/v1/x", Some("a=b")));
        assert_eq!(head.single("HOST"), Field::Once("h"));
        assert_eq!(head.single("origin"), Field::Absent);
        assert!(head.has_token("connection", "upgrade"));
        assert_eq!(head.rest, b"more");
    }

    #[test]
    fn a_post_may_have_a_body_of_a_plain_length() {
        let post = |length: &str| head(&format!("POST / HTTP/1.1\r\nHost: h\r\n{length}\r\nab"));
        assert_eq!(post("Content-Length: 2\r\n").unwrap().unwrap().body, 2);
        assert_eq!(post("").unwrap().unwrap().body, 0);
        for length in ["+2", "-2", "0x2", "2, 2", "99999999999999999999999", "", "2\r\nContent-Length: 2"] {
            let error = post(&format!("Content-Length: {length}\r\n")).unwrap_err();
            assert_eq!(error, HeadError::Malformed, "{length}");
        }
        assert_eq!(post("Transfer-Encoding: chunked\r\n").unwrap_err(), HeadError::Malformed);
    }

    #[test]
    fn a_form_is_taken_apart() {
        let pairs = form_pairs("a=b+c&d=%E3%81%82&e=").unwrap();
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("a", "b c"), ("d", "あ"), ("e", "")]);
        assert_eq!(form_pairs("").unwrap(), []);
        assert!(form_pairs("a").is_none() && form_pairs("a=%FF").is_none());
    }

    #[test]
    fn what_is_not_one_request_without_a_body_is_malformed() {
        for text in [
            "GET / HTTP/1.0\r\nHost: h\r\n\r\n",
            "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
            "GET /\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
            "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n",
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}",
        ] {
            assert_eq!(head(text).unwrap_err(), HeadError::Malformed, "{text:?}");
        }
        assert!(head("GET / HTTP/1.1\r\nHost: h\r\n").unwrap().is_none());
        let many = "X: y\r\n".repeat(MAX_FIELDS);
        assert_eq!(head(&format!("GET / HTTP/1.1\r\nHost: h\r\n{many}\r\n")).unwrap_err(), HeadError::TooLarge);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_the_parser_of_heads(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            let _ = parse(&bytes);
            let _ = parse(&[b"GET /v1/socket HTTP/1.1\r\nHost: h\r\n", bytes.as_slice(), b"\r\n\r\n"].concat());
        }
    }
}
