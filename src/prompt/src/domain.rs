//! What is said about an origin beside showing it: the name behind punycode, or a warning.

use jpki_protocol::Origin;

/// What a person should know about the name of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    /// The origin says it all.
    Plain,
    /// A Japanese name behind punycode.
    Japanese(String),
    /// A name in other scripts, which letters that look alike could imitate (UTS 39, section 4).
    Doubtful,
}

/// Looks behind the punycode of a host (RFC 5891, section 4.2.3 calls its labels A-labels).
///
/// Only a name of kana, kanji and ASCII is spelled out; whoever reads this window can tell those
/// apart. Cyrillic or Greek that reads like Latin is never shown as if it were Latin. The origin
/// itself is always shown in ASCII, whatever this says.
pub(crate) fn name(origin: &Origin) -> Name {
    let mut encoded = false;
    let mut labels = Vec::new();
    for label in origin.authority().split('.') {
        // A port follows the last label only and holds neither a dot nor a prefix.
        let Some(code) = label.strip_prefix("xn--") else {
            labels.push(label.to_owned());
            continue;
        };
        encoded = true;
        let (code, port) = code.split_once(':').unwrap_or((code, ""));
        match idna::punycode::decode_to_string(code) {
            Some(text) if is_japanese(&text) && port.is_empty() => labels.push(text),
            Some(text) if is_japanese(&text) => labels.push(format!("{text}:{port}")),
            _ => return Name::Doubtful,
        }
    }
    if encoded { Name::Japanese(labels.join(".")) } else { Name::Plain }
}

/// Kana, kanji, the marks between them, and the characters of an ASCII label; at least one that is Japanese.
fn is_japanese(label: &str) -> bool {
    let japanese = |c: char| matches!(c, '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}' | '\u{3005}'..='\u{3007}' | '\u{4E00}'..='\u{9FFF}');
    let ascii = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    label.chars().all(|c| japanese(c) || ascii(c)) && label.chars().any(japanese)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jpki_protocol::OriginPolicy;

    fn of(origin: &str) -> Name {
        name(&Origin::parse(origin, OriginPolicy::Secure).unwrap())
    }

    #[test]
    fn an_ascii_name_needs_no_word() {
        assert_eq!(of("https://shop.example:8443"), Name::Plain);
        assert_eq!(of("https://[2001:db8::1]"), Name::Plain);
    }

    #[test]
    fn a_japanese_name_is_spelled_out() {
        assert_eq!(of("https://xn--wgv71a.example"), Name::Japanese("日本.example".into()));
        assert_eq!(of("https://www.xn--r8jz45g.xn--zckzah:8443"), Name::Japanese("www.例え.テスト:8443".into()));
    }

    #[test]
    fn a_name_in_another_script_is_doubted() {
        // аррӏе in Cyrillic, bücher, παράδειγμα, and labels that are no punycode at all.
        for host in ["xn--80ak6aa92e.com", "xn--bcher-kva.example", "xn--hxajbheg2az3al.example", "xn--a.example"] {
            assert_eq!(of(&format!("https://{host}")), Name::Doubtful, "{host}");
        }
        assert_eq!(of("https://xn--wgv71a.xn--80ak6aa92e.com"), Name::Doubtful, "one label is enough");
    }
}
