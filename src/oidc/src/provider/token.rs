//! What is asked at the token endpoint (RFC 6749, 4.1.3 and 6; OpenID Connect Core, 3.1.3), and whether a code answers it.

use jiff::Timestamp;

use super::Code;
use crate::error::{ErrorWord, Refusal};
use crate::{Parameters, Scopes, pkce};

/// A request for tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenRequest {
    /// `authorization_code`.
    Code {
        /// The code, still sealed.
        code: String,
        /// Where it was sent.
        redirect_uri: String,
        /// What proves that it was this client that asked.
        code_verifier: String,
    },
    /// `refresh_token`.
    Refresh {
        /// The token.
        refresh_token: String,
        /// What is wanted of what was granted; all if not said.
        scopes: Option<Scopes>,
    },
}

impl TokenRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// `unsupported_grant_type`, `invalid_request`, `invalid_scope`.
    pub fn read(parameters: &Parameters) -> Result<Self, Refusal> {
        parameters.once()?;
        match parameters.require("grant_type")? {
            "authorization_code" => Ok(Self::Code {
                code: parameters.require("code")?.to_owned(),
                redirect_uri: parameters.require("redirect_uri")?.to_owned(),
                code_verifier: parameters.require("code_verifier")?.to_owned(),
            }),
            "refresh_token" => {
                let scopes = parameters.get("scope")?.map(Scopes::parse).transpose();
                let scopes = scopes.map_err(|_| Refusal::new(ErrorWord::InvalidScope, "scope is no list of scopes"))?;
                Ok(Self::Refresh { refresh_token: parameters.require("refresh_token")?.to_owned(), scopes })
            }
            _ => Err(Refusal::new(
                ErrorWord::UnsupportedGrantType,
                "grant_type must be authorization_code or refresh_token",
            )),
        }
    }
}

/// Checks whether a client may redeem a code. That it does so once is for the database to say.
///
/// # Errors
/// `invalid_grant`: the same sentence for every reason that could tell an attacker something.
pub fn check_exchange(
    code: &Code,
    client_id: &str,
    redirect_uri: &str,
    code_verifier: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let checks = [
        code.client_id == client_id,
        code.redirect_uri == redirect_uri,
        pkce::proves(code_verifier, &code.code_challenge),
        now < code.expires,
    ];
    if checks.contains(&false) { Err(no_such_code()) } else { Ok(()) }
}

/// The answer to a code that isn't good: unknown, over, used up, another client's, or without its proof.
pub fn no_such_code() -> Refusal {
    Refusal::new(
        ErrorWord::InvalidGrant,
        "the code is unknown, expired, used, or does not belong to this client, redirect_uri and code_verifier",
    )
}

/// What a refreshed access token reaches: what is wanted, within what was granted (RFC 6749, 6).
///
/// # Errors
/// `invalid_scope`.
pub fn check_narrowing(granted: &Scopes, wanted: Option<Scopes>) -> Result<Scopes, Refusal> {
    match wanted {
        None => Ok(granted.clone()),
        Some(wanted) if wanted.are_within(granted) => Ok(wanted),
        Some(_) => Err(Refusal::new(ErrorWord::InvalidScope, "scope holds something that was not granted")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Granted;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn code() -> Code {
        Code {
            id: "id".to_owned(),
            client_id: "client".to_owned(),
            redirect_uri: "https://a.example/back".to_owned(),
            code_challenge: pkce::challenge_of(&"v".repeat(43)),
            nonce: None,
            acr: String::new(),
            granted: Granted {
                subject: String::new(),
                account: None,
                link: None,
                scopes: Scopes::default(),
                since: at(0),
                session: String::new(),
                sid: String::new(),
                session_ends: at(0),
            },
            expires: at(100),
        }
    }

    #[test]
    fn a_code_is_for_one_client_address_and_verifier_in_time() {
        let (back, verifier) = ("https://a.example/back", "v".repeat(43));
        let check =
            |client: &str, uri: &str, verifier: &str, now| check_exchange(&code(), client, uri, verifier, at(now));
        assert_eq!(check("client", back, &verifier, 99), Ok(()));
        let wrong = [
            check("other", back, &verifier, 99),
            check("client", "https://a.example/back/", &verifier, 99),
            check("client", back, &"w".repeat(43), 99),
            check("client", back, "", 99),
            check("client", back, &pkce::challenge_of(&verifier), 99),
            check("client", back, &verifier, 100),
        ];
        for answer in wrong {
            assert_eq!(answer, Err(no_such_code()));
        }
    }

    #[test]
    fn a_request_names_a_grant_that_exists_and_all_it_needs() {
        let word = |text: &str| TokenRequest::read(&Parameters::parse(text.as_bytes())).map_err(|refusal| refusal.word);
        let table = [
            ("", ErrorWord::InvalidRequest),
            ("grant_type=password", ErrorWord::UnsupportedGrantType),
            ("grant_type=client_credentials", ErrorWord::UnsupportedGrantType),
            ("grant_type=authorization_code&grant_type=authorization_code", ErrorWord::InvalidRequest),
            ("grant_type=authorization_code&redirect_uri=a&code_verifier=b", ErrorWord::InvalidRequest),
            ("grant_type=authorization_code&code=a&code_verifier=b", ErrorWord::InvalidRequest),
            ("grant_type=authorization_code&code=a&redirect_uri=b", ErrorWord::InvalidRequest),
            ("grant_type=refresh_token", ErrorWord::InvalidRequest),
            ("grant_type=refresh_token&refresh_token=a&resource=x&resource=y", ErrorWord::InvalidRequest),
            ("grant_type=refresh_token&refresh_token=a&code=x&code=y", ErrorWord::InvalidRequest),
            ("grant_type=refresh_token&refresh_token=a&scope=%22", ErrorWord::InvalidScope),
        ];
        for (text, expected) in table {
            assert_eq!(word(text), Err(expected), "{text}");
        }
        assert!(word("grant_type=refresh_token&refresh_token=a").is_ok());
    }

    #[test]
    fn a_refresh_never_widens() {
        let scopes = |text| Scopes::parse(text).unwrap();
        let granted = scopes("openid notices.read");
        assert_eq!(check_narrowing(&granted, None), Ok(granted.clone()));
        assert_eq!(check_narrowing(&granted, Some(scopes("openid"))), Ok(scopes("openid")));
        assert!(check_narrowing(&granted, Some(scopes("openid registration"))).is_err());
    }
}
