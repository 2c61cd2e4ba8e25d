//! Which URLs are called, as far as the URL alone tells.

use jpki_oidc::address::{Kind, Reach};
use url::Url;

use super::CallError;

/// Whether a URL is called: https, and on this machine also http if calls go there.
pub(super) fn allow(url: &Url, reach: Reach) -> Result<(), CallError> {
    let host = url.host().ok_or(CallError::Scheme)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(CallError::Scheme);
    }
    let kind = Kind::of_host(&host);
    let is_here = kind == Kind::Loopback;
    if is_here && reach != Reach::Private {
        return Err(CallError::Address);
    }
    match url.scheme() {
        "https" => {}
        "http" if is_here => {}
        _ => return Err(CallError::Scheme),
    }
    // A name's addresses are looked at where it is resolved; an address that stands in the URL passes no resolver.
    if reach.covers_kind(kind) { Ok(()) } else { Err(CallError::Address) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_is_called_and_http_on_this_machine_where_the_settings_say_so() {
        let rows: [(&str, [Result<(), CallError>; 2]); 22] = [
            ("https://service.example/jwks", [Ok(()); 2]),
            ("https://service.example:8443/", [Ok(()); 2]),
            ("https://8.8.8.8/", [Ok(()); 2]),
            ("https://localhost.example/", [Ok(()); 2]),
            ("http://service.example/", [Err(CallError::Scheme); 2]),
            ("http://8.8.8.8/", [Err(CallError::Scheme); 2]),
            ("ftp://service.example/", [Err(CallError::Scheme); 2]),
            ("data:,x", [Err(CallError::Scheme); 2]),
            ("file:///etc/passwd", [Err(CallError::Scheme); 2]),
            ("https://user@service.example/", [Err(CallError::Scheme); 2]),
            ("https://:pass@service.example/", [Err(CallError::Scheme); 2]),
            ("http://10.0.0.1/", [Err(CallError::Scheme); 2]),
            ("https://10.0.0.1/", [Err(CallError::Address), Ok(())]),
            ("https://[fd00::1]/", [Err(CallError::Address), Ok(())]),
            ("http://localhost:3000/", [Err(CallError::Address), Ok(())]),
            ("http://a.LOCALHOST./", [Err(CallError::Address), Ok(())]),
            ("http://127.0.0.1/", [Err(CallError::Address), Ok(())]),
            ("http://0x7f.1/", [Err(CallError::Address), Ok(())]),
            ("http://[::ffff:127.0.0.1]/", [Err(CallError::Address), Ok(())]),
            ("https://169.254.169.254/latest/meta-data", [Err(CallError::Address); 2]),
            ("https://[::]/", [Err(CallError::Address); 2]),
            ("https://0/", [Err(CallError::Address); 2]),
        ];
        for (url, [internet, private]) in rows {
            let parsed = Url::parse(url).unwrap();
            assert_eq!(allow(&parsed, Reach::Internet), internet, "{url}");
            assert_eq!(allow(&parsed, Reach::Private), private, "{url}");
        }
    }
}
