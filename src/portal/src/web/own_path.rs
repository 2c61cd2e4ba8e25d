//! Where people may be sent back to.

/// The longest path that is followed, in bytes.
const LONGEST: usize = 512;

/// Whether a text is a path of this portal, and nothing that a browser takes for another host: browsers drop tabs and line ends
/// from addresses, and take a backslash for a slash (WHATWG URL, 4.4).
pub(crate) fn is_own_path(path: &str) -> bool {
    path.len() <= LONGEST
        && path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_this_portal_is_gone_back_to() {
        assert!(is_own_path("/flow/abc/consent?x=1&y=%E6%97%A5"));
        for other in [
            "",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            "/ /evil.example",
            "/\u{7f}/evil.example",
            "/日本",
            "https://evil.example",
            "evil",
            "/a\r\nb",
        ] {
            assert!(!is_own_path(other), "{other:?}");
        }
        assert!(!is_own_path(&format!("/{}", "a".repeat(LONGEST))));
    }

    #[test]
    fn what_is_followed_stays_here_for_whoever_reads_addresses_as_browsers_do() {
        let here = url::Url::parse("https://portal.example/").unwrap();
        for first in 0..=u8::MAX {
            for second in ["/", "\\", "evil.example", ""] {
                let path = format!("/{}{second}evil.example", char::from(first));
                assert!(!is_own_path(&path) || here.join(&path).unwrap().origin() == here.origin(), "{path:?}");
            }
        }
    }
}
