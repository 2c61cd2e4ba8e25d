//! The origin of a page: who asks. It is compared as a whole and never parsed twice.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// A web origin in its one canonical form, `https://host[:port]` (RFC 6454, section 6.2).
///
/// Browsers serialise an origin in lower case, with internationalised names in punycode, without
/// the default port and without a path. Any other spelling did not come from a browser and is
/// refused, so two equal origins are always equal strings.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// Which origins are admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OriginPolicy {
    /// `https` alone.
    #[default]
    Secure,
    /// Also `http` on `localhost` and `*.localhost`, for a site's developer.
    Developer,
}

/// Why a text is not an origin that can be admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Longer than 255 bytes.
    #[error("an origin has at most {max} bytes", max = Origin::MAX_BYTES)]
    TooLong,
    /// Not `https://`, and not an `http://localhost` that the policy admits.
    #[error("the origin is not https (http is admitted on localhost only, and only in developer mode)")]
    Scheme,
    /// The host or the port is not in canonical form.
    #[error("the origin is not of the form https://host[:port] as a browser writes it")]
    Form,
}

impl Origin {
    /// The longest origin, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// Parses an origin as a browser sends it.
    ///
    /// # Errors
    /// [`OriginError`] for anything that is not canonical, or that the policy does not admit.
    pub fn parse(text: &str, policy: OriginPolicy) -> Result<Self, OriginError> {
        if text.len() > Self::MAX_BYTES {
            return Err(OriginError::TooLong);
        }
        let (scheme, authority) = text.split_once("://").ok_or(OriginError::Scheme)?;
        let default_port = match scheme {
            "https" => 443,
            "http" if policy == OriginPolicy::Developer => 80,
            _ => return Err(OriginError::Scheme),
        };
        let (host, port) = split_port(authority);
        if let Some(port) = port {
            canonical_port(port, default_port)?;
        }
        if !is_canonical_host(host) {
            return Err(OriginError::Form);
        }
        if scheme == "http" && !is_localhost(host) {
            return Err(OriginError::Scheme);
        }
        Ok(Self(text.to_owned()))
    }

    /// The origin of an absolute URL without user information, as `return_url` must be.
    ///
    /// # Errors
    /// [`OriginError`] if the URL's scheme and authority are not a canonical origin.
    pub fn of_url(url: &str, policy: OriginPolicy) -> Result<Self, OriginError> {
        let start = url.find("://").ok_or(OriginError::Scheme)? + 3;
        // `\` counts as `/` to a browser (WHATWG URL), so a host must not run on past it.
        let end = url[start..].find(['/', '?', '#', '\\']).map_or(url.len(), |i| start + i);
        Self::parse(&url[..end], policy)
    }

    /// The origin as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host with its port, without the scheme.
    pub fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rfind(':') {
        // A colon inside the brackets of an IPv6 literal is no port.
        Some(i) if !authority[i..].contains(']') => (&authority[..i], Some(&authority[i + 1..])),
        _ => (authority, None),
    }
}

fn canonical_port(text: &str, default: u16) -> Result<(), OriginError> {
    let port: u16 = text.parse().map_err(|_| OriginError::Form)?;
    if port == 0 || port == default || port.to_string() != text {
        return Err(OriginError::Form);
    }
    Ok(())
}

fn is_canonical_host(host: &str) -> bool {
    if let Some(literal) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return literal.parse::<Ipv6Addr>().is_ok_and(|ip| ip.to_string() == literal);
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|b| b.is_ascii_digit()) {
        // A host that ends in a number is an IPv4 address or nothing (WHATWG URL, host parser).
        return host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.to_string() == host);
    }
    host.len() <= 253 && host.split('.').all(is_label)
}

/// A DNS label; the underscore is no host name's by RFC 1123 but browsers resolve it.
fn is_label(label: &str) -> bool {
    let ok = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (1..=63).contains(&label.len()) && label.bytes().all(ok) && !label.starts_with('-') && !label.ends_with('-')
}

fn is_localhost(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;
    /// Takes what either policy admits: the policy was applied where the origin first came in.
    fn try_from(text: String) -> Result<Self, OriginError> {
        Self::parse(&text, OriginPolicy::Developer)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Origin {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Origin".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "maxLength": Origin::MAX_BYTES,
            "pattern": "^https?://[^/?#@\\s]+$",
            "description": "A web origin as a browser serialises it: https://host[:port]."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_https_origins_are_admitted() {
        for text in [
            "https://shop.example",
            "https://shop.example:8443",
            "https://a",
            "https://xn--wgv71a.example",
            "https://192.0.2.7",
            "https://[2001:db8::1]:8443",
            "https://my_host.example",
        ] {
            assert_eq!(Origin::parse(text, OriginPolicy::Secure).unwrap().as_str(), text);
        }
    }

    #[test]
    fn every_other_spelling_is_refused() {
        use OriginError::{Form, Scheme, TooLong};
        for (text, why) in [
            ("", Scheme),
            ("null", Scheme),
            ("*", Scheme),
            ("shop.example", Scheme),
            ("http://shop.example", Scheme),
            ("http://localhost:3000", Scheme),
            ("HTTPS://shop.example", Scheme),
            ("wss://shop.example", Scheme),
            ("file://", Scheme),
            ("chrome-extension://abcdef", Scheme),
            ("https://", Form),
            ("https://Shop.example", Form),
            ("https://shop.example/", Form),
            ("https://shop.example.", Form),
            ("https://shop..example", Form),
            ("https://-shop.example", Form),
            ("https://shop.example:443", Form),
            ("https://shop.example:0", Form),
            ("https://shop.example:08443", Form),
            ("https://shop.example:+8443", Form),
            ("https://shop.example:65536", Form),
            ("https://shop.example:", Form),
            ("https://a:b@shop.example", Form),
            ("https://shop.example?x", Form),
            ("https://shop.example#x", Form),
            ("https://shop.example https://evil.example", Form),
            ("https://shop.example, https://evil.example", Form),
            ("https://日本.example", Form),
            ("https://192.0.2.07", Form),
            ("https://192.0.2", Form),
            ("https://0x7f.1", Form),
            ("https://[2001:DB8::1]", Form),
            ("https://[::1", Form),
            ("https://2001:db8::1", Form),
            ("https://shop.example\t", Form),
        ] {
            assert_eq!(Origin::parse(text, OriginPolicy::Secure), Err(why), "{text:?}");
        }
        let long = format!("https://{}.example", "a.".repeat(130));
        assert_eq!(Origin::parse(&long, OriginPolicy::Secure), Err(TooLong));
    }

    #[test]
    fn http_is_admitted_on_localhost_for_a_developer_alone() {
        let dev = OriginPolicy::Developer;
        for text in ["http://localhost", "http://localhost:3000", "http://shop.localhost:3000"] {
            assert!(Origin::parse(text, dev).is_ok(), "{text}");
        }
        for text in ["http://shop.example", "http://notlocalhost", "http://127.0.0.1:3000", "http://localhost:80"] {
            assert!(Origin::parse(text, dev).is_err(), "{text}");
        }
    }

    #[test]
    fn a_url_gives_its_origin_or_nothing() {
        let of = |url| Origin::of_url(url, OriginPolicy::Secure).map(|o| o.0);
        assert_eq!(of("https://a.example/x?y#z"), Ok("https://a.example".into()));
        assert_eq!(of("https://a.example:8443?x"), Ok("https://a.example:8443".into()));
        assert_eq!(of("https://a.example\\@evil.example/"), Ok("https://a.example".into()));
        assert_eq!(of("https://a.example@evil.example/"), Err(OriginError::Form));
        assert_eq!(of("javascript:alert(1)"), Err(OriginError::Scheme));
        assert_eq!(of("//a.example/"), Err(OriginError::Scheme));
    }

    #[test]
    fn a_stored_origin_is_checked_again() {
        assert!(serde_json::from_str::<Origin>("\"https://a.example\"").is_ok());
        assert!(serde_json::from_str::<Origin>("\"https://a.example/\"").is_err());
    }
}
