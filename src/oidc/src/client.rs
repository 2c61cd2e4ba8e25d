//! What a client (a service that signs people in here) is: its metadata with the names of RFC 7591, checked once.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::address::{Kind, Reach};
use crate::provider::Prompt;
use crate::{JwkSet, Scopes};

/// The most bytes of one address.
const LONGEST_ADDRESS: usize = 512;
/// The most addresses in one list.
const MOST_ADDRESSES: usize = 32;

/// How a client proves who it is (RFC 7591, 2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// By a signature with its own key (RFC 7523).
    #[default]
    PrivateKeyJwt,
    /// By a shared secret; in the environment for tests only.
    ClientSecretBasic,
}

/// A client's metadata (RFC 7591, 2, and the specifications that add to it).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Where answers may go: compared character by character.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Where a person may go after logging out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// The client's public keys …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<JwkSet>,
    /// … or where they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// How it proves who it is.
    #[serde(default)]
    pub token_endpoint_auth_method: AuthMethod,
    /// Where logouts are told (OpenID Connect Back-Channel Logout, 2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether the client wants `sid` in logout tokens. They carry it anyway.
    #[serde(default)]
    pub backchannel_logout_session_required: bool,
    /// Where the portal sends people who start there (OpenID Connect Core, 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// What it may ask for.
    #[serde(default)]
    pub scope: Scopes,
    /// Whether requests must be pushed (RFC 9126, 6).
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
    /// The prompts it may ask for; none named means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompts_allowed: Vec<Prompt>,
}

/// What a provider accepts of its clients.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules {
    /// Whether clients may live on loopback and private addresses, and there without TLS.
    pub private_addresses: bool,
    /// Whether a client may have a shared secret.
    pub secrets: bool,
}

/// What is wrong with a client's metadata.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// The id can't stand in an address as it is.
    #[error("a client id is 1 to 64 letters, digits, and - . _ ~, and begins with a letter or digit")]
    Id,
    /// An address can't be used.
    #[error(
        "{field}: {uri} can't be used. Write an https address without fragment, user name and wildcard, of at most 512 \
         characters, on the Internet (in a private network, or on localhost and there also http, only where the portal \
         allows it)"
    )]
    Address {
        /// Which field.
        field: &'static str,
        /// What stands there.
        uri: String,
    },
    /// Too many addresses.
    #[error("{0}: at most 32 addresses")]
    TooMany(&'static str),
    /// Nowhere to answer.
    #[error("redirect_uris: at least one address is needed")]
    NoRedirect,
    /// Keys are missing, or there twice.
    #[error("a client with private_key_jwt has either jwks with at least one ES256, PS256 or RS256 key, or jwks_uri")]
    Keys,
    /// A shared secret, where none is allowed.
    #[error("client_secret_basic is for the test environment only: use private_key_jwt")]
    Secret,
    /// Without `openid` nobody can be signed in.
    #[error("scope: openid is needed")]
    NoOpenid,
}

/// A client whose metadata is sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    id: String,
    metadata: Metadata,
}

impl Client {
    /// Checks a client's metadata.
    ///
    /// # Errors
    /// [`MetadataError`]: the first thing that is wrong.
    pub fn new(id: impl Into<String>, metadata: Metadata, rules: Rules) -> Result<Self, MetadataError> {
        let id = id.into();
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if id.len() > 64 || !id.starts_with(|first: char| first.is_ascii_alphanumeric()) || !id.bytes().all(unreserved)
        {
            return Err(MetadataError::Id);
        }
        if metadata.redirect_uris.is_empty() {
            return Err(MetadataError::NoRedirect);
        }
        let lists = [
            ("redirect_uris", metadata.redirect_uris.as_slice()),
            ("post_logout_redirect_uris", &metadata.post_logout_redirect_uris),
            ("jwks_uri", metadata.jwks_uri.as_slice()),
            ("backchannel_logout_uri", metadata.backchannel_logout_uri.as_slice()),
            ("initiate_login_uri", metadata.initiate_login_uri.as_slice()),
        ];
        for (field, uris) in lists {
            if uris.len() > MOST_ADDRESSES {
                return Err(MetadataError::TooMany(field));
            }
            for uri in uris {
                check_address(uri, rules)
                    .ok_or_else(|| MetadataError::Address { field, uri: uri.chars().take(100).collect() })?;
            }
        }
        match metadata.token_endpoint_auth_method {
            AuthMethod::PrivateKeyJwt => {
                let has_keys = metadata.jwks.as_ref().map(|set| !set.keys.is_empty());
                let one = matches!((has_keys, &metadata.jwks_uri), (Some(true), None) | (None, Some(_)));
                one.then_some(()).ok_or(MetadataError::Keys)?;
            }
            AuthMethod::ClientSecretBasic if rules.secrets => {}
            AuthMethod::ClientSecretBasic => return Err(MetadataError::Secret),
        }
        if !metadata.scope.has("openid") {
            return Err(MetadataError::NoOpenid);
        }
        Ok(Self { id, metadata })
    }

    /// The client's name in the protocol, `client_id`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What was checked.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Whether an answer may go there: the same characters, nothing less (RFC 9700, 2.1).
    pub fn has_redirect_uri(&self, uri: &str) -> bool {
        self.metadata.redirect_uris.iter().any(|known| known == uri)
    }

    /// Whether a person may go there after logging out.
    pub fn has_post_logout_redirect_uri(&self, uri: &str) -> bool {
        self.metadata.post_logout_redirect_uris.iter().any(|known| known == uri)
    }

    /// Whether the client may ask for a prompt.
    pub fn allows(&self, prompt: Prompt) -> bool {
        self.metadata.prompts_allowed.is_empty() || self.metadata.prompts_allowed.contains(&prompt)
    }
}

/// Whether an address can be a client's. Where its name leads is judged when it is called.
fn check_address(uri: &str, rules: Rules) -> Option<()> {
    let url = Url::parse(uri).ok().filter(|_| uri.len() <= LONGEST_ADDRESS)?;
    let kind = Kind::of_host(&url.host()?);
    let scheme = match url.scheme() {
        "https" => true,
        "http" => kind == Kind::Loopback,
        _ => false,
    };
    let bare = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    // What a parser tidies up (spaces, backslashes, a missing slash) isn't what would be compared.
    let plain = uri.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>*{}|^`".contains(&byte));
    (scheme && bare && plain && Reach::of(rules.private_addresses).covers_kind(kind)).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Rules = Rules { private_addresses: false, secrets: false };
    const LOOSE: Rules = Rules { private_addresses: true, secrets: true };

    fn metadata() -> Metadata {
        Metadata {
            redirect_uris: vec!["https://service.example/back".to_owned()],
            jwks_uri: Some("https://service.example/keys".to_owned()),
            scope: Scopes::parse("openid").unwrap(),
            ..Metadata::default()
        }
    }

    #[test]
    fn addresses_are_https_and_bare() {
        let with = |uri: &str| Metadata { redirect_uris: vec![uri.to_owned()], ..metadata() };
        let wrong = [
            "",
            "/back",
            "service.example",
            "http://service.example/",
            "https://service.example/#f",
            "https://u@service.example/",
            "https://u:p@service.example/",
            "https://*.service.example/",
            "https://service.example/a b",
            "https:\\\\service.example",
            "javascript:alert(1)",
            "custom:/back",
            "https://localhost/",
            "https://127.0.0.1/",
            "http://[::1]:8080/",
        ];
        for uri in wrong {
            assert!(Client::new("c", with(uri), STRICT).is_err(), "{uri}");
        }
        for uri in
            ["http://localhost:8080/back", "http://127.0.0.1/", "http://[::1]:1/", "https://service.example/?a=b"]
        {
            assert!(Client::new("c", with(uri), LOOSE).is_ok(), "{uri}");
        }
        assert!(Client::new("c", with("http://service.example/"), LOOSE).is_err());
        assert!(Client::new("c", with(&format!("https://service.example/{}", "a".repeat(500))), LOOSE).is_err());
    }

    #[test]
    fn addresses_are_on_the_internet_unless_the_provider_allows_others() {
        let with = |field: &str, uri: &str| {
            let uri = uri.to_owned();
            let mut changed = metadata();
            match field {
                "redirect_uris" => changed.redirect_uris = vec![uri],
                "post_logout_redirect_uris" => changed.post_logout_redirect_uris.push(uri),
                "jwks_uri" => changed.jwks_uri = Some(uri),
                "backchannel_logout_uri" => changed.backchannel_logout_uri = Some(uri),
                _ => changed.initiate_login_uri = Some(uri),
            }
            changed
        };
        // Each, and whether it can be a client's where private addresses are allowed.
        let table = [
            ("https://10.0.0.1/", true),
            ("https://192.168.1.1/x", true),
            ("https://[fd00::1]/", true),
            ("https://127.1.2.3/", true),
            ("https://0x7f.1/", true),
            ("https://2130706433/", true),
            ("https://[::ffff:127.0.0.1]/", true),
            ("https://[::ffff:10.0.0.1]/", true),
            ("https://localhost./", true),
            ("https://LOCALHOST/", true),
            ("https://a.b.localhost./", true),
            ("https://169.254.169.254/latest", false),
            ("https://[fe80::1]/", false),
            ("https://0/", false),
            ("https://[::]/", false),
            ("https://255.255.255.255/", false),
        ];
        let fields =
            ["redirect_uris", "post_logout_redirect_uris", "jwks_uri", "backchannel_logout_uri", "initiate_login_uri"];
        for (uri, where_allowed) in table {
            for field in fields {
                let refused = Client::new("c", with(field, uri), STRICT);
                assert_eq!(refused, Err(MetadataError::Address { field, uri: uri.to_owned() }));
                assert_eq!(Client::new("c", with(field, uri), LOOSE).is_ok(), where_allowed, "{field}: {uri}");
            }
        }
        for uri in
            ["https://8.8.8.8/", "https://[2606:4700:4700::1111]/", "https://localhost.example/", "https://a.example./"]
        {
            assert!(Client::new("c", with("redirect_uris", uri), STRICT).is_ok(), "{uri}");
        }
    }

    #[test]
    fn redirects_are_compared_character_by_character() {
        let client = Client::new("c", metadata(), STRICT).unwrap();
        assert!(client.has_redirect_uri("https://service.example/back"));
        for other in ["https://service.example/back/", "https://SERVICE.example/back", "https://service.example/back?a"]
        {
            assert!(!client.has_redirect_uri(other), "{other}");
        }
    }

    #[test]
    fn a_client_has_keys_in_one_place_and_no_secret_where_people_are() {
        let none = Metadata { jwks_uri: None, ..metadata() };
        let both = Metadata { jwks: Some(JwkSet::default()), ..metadata() };
        let empty = Metadata { jwks: Some(JwkSet::default()), jwks_uri: None, ..metadata() };
        for wrong in [none.clone(), both, empty] {
            assert_eq!(Client::new("c", wrong, STRICT), Err(MetadataError::Keys));
        }
        let secret = Metadata { token_endpoint_auth_method: AuthMethod::ClientSecretBasic, ..none };
        assert_eq!(Client::new("c", secret.clone(), STRICT), Err(MetadataError::Secret));
        assert!(Client::new("c", secret, LOOSE).is_ok());
    }

    #[test]
    fn an_id_stands_in_an_address_and_on_a_command_line_as_it_is() {
        for id in ["a", "RP00000001", "service.example", "a-b_c~d"] {
            assert!(Client::new(id, metadata(), STRICT).is_ok(), "{id}");
        }
        for id in ["", "-a", "_a", "a b", "a/b", "a%", "名", &"a".repeat(65)] {
            assert_eq!(Client::new(id, metadata(), STRICT), Err(MetadataError::Id), "{id}");
        }
    }

    #[test]
    fn redirects_may_lie_on_several_hosts() {
        let uris = ["https://a.example/", "https://b.example/"].map(str::to_owned).to_vec();
        assert!(Client::new("c", Metadata { redirect_uris: uris, ..metadata() }, STRICT).is_ok());
    }

    #[test]
    fn metadata_reads_as_it_was_written() {
        let text = serde_json::to_string(&metadata()).unwrap();
        assert_eq!(serde_json::from_str::<Metadata>(&text).unwrap(), metadata());
    }
}
