//! The parameters of the redirect door.

use jpki_protocol::text::Purpose;
use jpki_protocol::{Challenge, Language, Origin, OriginPolicy};

use crate::server::admission::Refusal;
use crate::server::http;

/// The most bytes of `state`; it travels back in an address.
const MAX_STATE: usize = 512;

/// What a site asked for by sending the browser here.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::server) struct DoorRequest {
    /// The origin of `return_url`: it is what the card signs.
    pub(in crate::server) origin: Origin,
    pub(in crate::server) return_url: String,
    pub(in crate::server) challenge: Challenge,
    pub(in crate::server) state: Option<String>,
    pub(in crate::server) purpose: Option<Purpose>,
    pub(in crate::server) language: Option<Language>,
}

impl DoorRequest {
    /// Reads a query. Unknown and repeated parameters are refused, as unknown members are on the socket.
    pub(in crate::server) fn parse(query: &str, policy: OriginPolicy) -> Result<Self, Refusal> {
        let [mut challenge, mut return_url, mut state, mut purpose, mut lang] = [const { None::<String> }; 5];
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').ok_or(Refusal::Malformed)?;
            let slot = match name {
                "challenge" => &mut challenge,
                "return_url" => &mut return_url,
                "state" => &mut state,
                "purpose" => &mut purpose,
                "lang" => &mut lang,
                _ => return Err(Refusal::Malformed),
            };
            // As `URLSearchParams` writes it.
            if slot.replace(http::decode(value).ok_or(Refusal::Malformed)?).is_some() {
                return Err(Refusal::Malformed);
            }
        }
        let return_url = return_url.filter(|url| is_plain(url)).ok_or(Refusal::Malformed)?;
        // A well-formed address whose origin isn't admitted is what a page's `Origin` would be.
        let origin = Origin::of_url(&return_url, policy).map_err(|_| Refusal::Forbidden)?;
        let challenge = challenge.and_then(|text| Challenge::parse(&text).ok()).ok_or(Refusal::Malformed)?;
        let purpose = purpose.map(|text| Purpose::parse(&text)).transpose().map_err(|_| Refusal::Malformed)?;
        let language = match lang.as_deref() {
            None => None,
            Some("ja") => Some(Language::Ja),
            Some("en") => Some(Language::En),
            Some(_) => return Err(Refusal::Malformed),
        };
        if state.as_ref().is_some_and(|state| state.len() > MAX_STATE) {
            return Err(Refusal::Malformed);
        }
        Ok(Self { origin, return_url, challenge, state, purpose, language })
    }
}

/// Whether an address can stand in a page and get a fragment of ours: printable ASCII without the
/// characters that RFC 3986 leaves out, and no fragment of its own.
fn is_plain(url: &str) -> bool {
    const LEFT_OUT: &[u8] = b"\"<>\\^`{|}'#";
    url.len() <= 2048 && url.bytes().all(|b| b.is_ascii_graphic() && !LEFT_OUT.contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D";

    fn parse(query: &str) -> Result<DoorRequest, Refusal> {
        DoorRequest::parse(query, OriginPolicy::Secure)
    }

    #[test]
    fn a_whole_request_is_read() {
        let request = parse(&format!(
            "challenge={CHALLENGE}&return_url=https%3A%2F%2Fa.example%2Fback%3Fx%3D1&state=s+1&purpose=%E7%A2%BA%E8%AA%8D&lang=en"
        ))
        .unwrap();
        assert_eq!(request.origin.as_str(), "https://a.example");
        assert_eq!(request.return_url, "https://a.example/back?x=1");
        assert_eq!(request.state.as_deref(), Some("s 1"));
        assert_eq!(request.purpose.unwrap().as_str(), "確認");
        assert_eq!(request.language, Some(Language::En));
    }

    #[test]
    fn anything_else_is_refused() {
        let back = "return_url=https%3A%2F%2Fa.example%2F";
        let long_state = "s".repeat(MAX_STATE + 1);
        for (query, refusal) in [
            (String::new(), Refusal::Malformed),
            (back.to_owned(), Refusal::Malformed),
            (format!("challenge={CHALLENGE}"), Refusal::Malformed),
            (format!("challenge=short&{back}"), Refusal::Malformed),
            (format!("challenge={CHALLENGE}&{back}&{back}"), Refusal::Malformed),
            (format!("challenge={CHALLENGE}&{back}&more=1"), Refusal::Malformed),
            (format!("challenge={CHALLENGE}&{back}&lang=fr"), Refusal::Malformed),
            (format!("challenge={CHALLENGE}&{back}&state={long_state}"), Refusal::Malformed),
            (format!("challenge={CHALLENGE}&{back}&purpose=a%0Ab"), Refusal::Malformed),
            (format!("challenge={CHALLENGE}&{back}&purpose=%FF"), Refusal::Malformed),
            (format!("challenge={CHALLENGE}&{back}%23fragment"), Refusal::Malformed),
            (format!("challenge={CHALLENGE}&{back}%22%3E%3Cscript%3E"), Refusal::Malformed),
            (format!("challenge={CHALLENGE}&return_url=http%3A%2F%2Fa.example%2F"), Refusal::Forbidden),
            (format!("challenge={CHALLENGE}&return_url=javascript%3Aalert(1)"), Refusal::Forbidden),
            (format!("challenge={CHALLENGE}&return_url=https%3A%2F%2Fa%40b.example%2F"), Refusal::Forbidden),
        ] {
            assert_eq!(parse(&query).unwrap_err(), refusal, "{query}");
        }
    }

    proptest::proptest! {
        #[test]
        fn an_accepted_way_back_can_stand_in_a_page(
            url in proptest::prelude::prop_oneof![".*", "https://a\\.example/[ -~]{0,40}"],
        ) {
            let encoded = percent_encoding::utf8_percent_encode(&url, percent_encoding::NON_ALPHANUMERIC);
            if let Ok(request) = parse(&format!("challenge={CHALLENGE}&return_url={encoded}")) {
                let safe = |c: char| c.is_ascii_graphic() && !"\"'<>\\#".contains(c);
                proptest::prop_assert!(request.return_url.chars().all(safe), "{}", request.return_url);
            }
        }
    }
}
