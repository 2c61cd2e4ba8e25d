//! The environment's proxies, as programs read them (lower case first; `HTTP_PROXY` is not read by many, as a web server's
//! request could set it).

use crate::doctor::findings::Proxy;

const VARIABLES: [&str; 4] = ["http_proxy", "all_proxy", "ALL_PROXY", "HTTP_PROXY"];

pub(super) fn from(variable: impl Fn(&str) -> Option<String>) -> Proxy {
    let set = |name: &&str| variable(name).is_some_and(|value| !value.trim().is_empty());
    let spared = ["no_proxy", "NO_PROXY"].iter().find_map(|name| variable(name)).unwrap_or_default();
    let spares = |entry: &str| matches!(entry, "*" | "127.0.0.1" | "127.0.0.0/8" | "127.*");
    Proxy {
        variable: VARIABLES.iter().find(|name| set(name)).copied(),
        spares_loopback: spared.split([',', ' ']).map(str::trim).any(spares),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_spares_loopback_only_where_it_is_named() {
        for (no_proxy, spares) in [
            (None, false),
            (Some("localhost"), false),
            (Some("corp.example, 127.0.0.1"), true),
            (Some("127.0.0.0/8"), true),
            (Some("*"), true),
        ] {
            let variable = |name: &str| match name {
                "http_proxy" => Some("http://proxy.example:3128".to_owned()),
                "no_proxy" => no_proxy.map(str::to_owned),
                _ => None,
            };
            let expected = Proxy { variable: Some("http_proxy"), spares_loopback: spares };
            assert_eq!(from(variable), expected, "{no_proxy:?}");
        }
        assert_eq!(from(|_| None), Proxy::default());
        assert_eq!(from(|_| Some(String::new())), Proxy::default());
    }
}
