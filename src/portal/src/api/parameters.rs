//! The parameters of a request to an API: each at most once, and none of them long.

use axum::http::StatusCode;

use super::Problem;

/// The longest value that any of them has use for.
const LONGEST: usize = 256;

/// The parameters that an API knows; others are ignored, as newer clients may send them.
#[derive(Debug)]
pub(crate) struct Parameters<'a, const N: usize>([(&'a str, Option<String>); N]);

impl<'a, const N: usize> Parameters<'a, N> {
    /// Reads a query.
    ///
    /// # Errors
    /// `invalid_request` if a known parameter comes twice or is too long.
    pub(crate) fn of(query: Option<&str>, known: [&'a str; N]) -> Result<Self, Problem> {
        let mut found = known.map(|name| (name, None));
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let Some((name, slot)) = found.iter_mut().find(|(known, _)| *known == name) else { continue };
            if value.len() > LONGEST {
                return Err(Problem::invalid_request(format!("`{name}` is longer than {LONGEST} bytes.")));
            }
            if slot.replace(value.into_owned()).is_some() {
                return Err(Problem::invalid_request(format!("`{name}` comes more than once.")));
            }
        }
        Ok(Self(found))
    }

    /// The value of one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name)?.1.as_deref()
    }
}

impl Problem {
    /// A request that makes no sense; `detail` says why.
    pub(crate) fn invalid_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", detail)
    }

    /// The person isn't registered (利用者登録), and this needs it.
    pub(crate) fn user_not_registered() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "user_not_registered",
            "This person isn't registered in the portal. Lead them through registration: an authorization request with the scope `registration`.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_counts_once_and_strange_ones_not_at_all() {
        let parameters = Parameters::of(Some("since=a%2Cb&other=1&other=2"), ["since", "cursor"]).unwrap();
        assert_eq!((parameters.get("since"), parameters.get("cursor")), (Some("a,b"), None));
        assert!(Parameters::of(None, ["since"]).unwrap().get("since").is_none());
        let long = format!("since={}", "a".repeat(LONGEST + 1));
        for query in ["since=a&since=a", &long] {
            assert_eq!(Parameters::of(Some(query), ["since"]).unwrap_err().code(), "invalid_request", "{query}");
        }
    }
}
