//! The address at which a client gets its answer (RFC 6749, 4.1.2; RFC 9207).

use url::Url;

use super::AuthorizationRequest;
use crate::error::Refusal;

/// The address that brings a client its code.
pub fn granted(request: &AuthorizationRequest, code: &str, issuer: &str) -> String {
    address(&request.redirect_uri, &[("code", Some(code)), ("state", request.state.as_deref()), ("iss", Some(issuer))])
}

/// The address that tells a client why it gets none.
pub fn denied(redirect_uri: &str, state: Option<&str>, refusal: &Refusal, issuer: &str) -> String {
    let pairs = [
        ("error", Some(refusal.word.word())),
        ("error_description", Some(refusal.description.as_str()).filter(|text| !text.is_empty())),
        ("state", state),
        ("iss", Some(issuer)),
    ];
    address(redirect_uri, &pairs)
}

/// An address with more parameters; those that it has stay (RFC 6749, 3.1.2).
pub(crate) fn address(base: &str, pairs: &[(&str, Option<&str>)]) -> String {
    // Registered addresses are URLs; were one not, it would go out as it is, without an answer.
    let Ok(mut url) = Url::parse(base) else { return base.to_owned() };
    let present: Vec<_> = pairs.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    if !present.is_empty() {
        url.query_pairs_mut().extend_pairs(present);
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorWord;

    #[test]
    fn parameters_are_added_and_those_there_stay() {
        let refusal = Refusal::new(ErrorWord::AccessDenied, "no & no");
        let told = denied("https://a.example/back?x=%2F", Some("s t&ü"), &refusal, "https://portal.example");
        assert_eq!(
            told,
            "https://a.example/back?x=%2F&error=access_denied&error_description=no+%26+no&state=s+t%26%C3%BC\
             &iss=https%3A%2F%2Fportal.example"
        );
        assert_eq!(address("https://a.example/", &[("state", None)]), "https://a.example/");
    }
}
