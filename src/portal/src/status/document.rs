//! What a service is told: decided from what it asked for, what it is permitted, and what is so.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde::Serialize;

use super::{Settings, State};
use crate::api::Problem;
use crate::oauth::insufficient_scope;

/// The version of this document. It changes only if a client that ignores what it doesn't know could be misled.
pub(super) const VERSION: &str = "1";

/// The month of the list of states (表2.1, 令和3年12月時点). A newer portal may know more: clients ignore what they don't know.
const LIST: &str = "2021-12";

/// The states of a person, as far as the service may see them.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct UserStatus {
    /// The version of this document's form.
    #[schema(example = "1")]
    version: &'static str,
    /// The month of the list of states. States that a client doesn't know are to be ignored.
    #[schema(example = "2021-12")]
    list: &'static str,
    /// 利用者登録有無: whether the person registered. Absent unless permitted and asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    registered: Option<bool>,
    /// Which links a registered person set up, by the state's word. Absent are those not permitted or not asked for, and
    /// all of somebody who isn't registered.
    settings: BTreeMap<&'static str, bool>,
}

/// What the service may see of what it asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Visible(BTreeSet<State>);

impl Visible {
    /// Checks what was asked for (`states=`, comma-separated; without it everything permitted) against what is permitted.
    pub(super) fn of(asked: Option<&str>, is_permitted: impl Fn(&str) -> bool) -> Result<Self, Problem> {
        let permitted = |state: &State| is_permitted(state.scope());
        let Some(words) = asked else {
            let visible: BTreeSet<State> = State::ALL.into_iter().filter(permitted).collect();
            return if visible.is_empty() { Err(not_permitted(&State::ALL.into())) } else { Ok(Self(visible)) };
        };
        let states = words.split(',').map(|word| State::of_word(word.trim()).ok_or_else(unknown_state));
        let states: BTreeSet<State> = states.collect::<Result<_, _>>()?;
        if states.iter().all(permitted) { Ok(Self(states)) } else { Err(not_permitted(&states)) }
    }

    /// The answer for a person: `None` for one who proved who they are and isn't registered.
    ///
    /// # Errors
    /// `user_not_registered` if nothing can be told about such a person: only a registered one has settings.
    pub(super) fn answer(&self, settings: Option<&Settings>) -> Result<UserStatus, Problem> {
        let registered = self.0.contains(&State::Registration).then_some(settings.is_some());
        if registered.is_none() && settings.is_none() {
            return Err(Problem::user_not_registered());
        }
        let told = self.0.iter().filter_map(|state| match state {
            State::Registration => None,
            State::Setting(setting) => settings.map(|settings| (setting.word(), settings.is_on(*setting))),
        });
        Ok(UserStatus { version: VERSION, list: LIST, registered, settings: told.collect() })
    }
}

fn unknown_state() -> Problem {
    let words = State::ALL.map(State::word).join(", ");
    let detail = format!("`states` names a state that this portal doesn't know. It knows: {words}.");
    Problem::new(StatusCode::BAD_REQUEST, "unknown_state", detail)
}

/// Names the scopes of what was asked for; where nothing in particular was, of all that can be.
fn not_permitted(asked: &BTreeSet<State>) -> Problem {
    let detail = "The access token doesn't permit these states. Ask for the scope of each state in the authorization request; \
                  which ones a service may ask for is part of its registration.";
    let scopes: Vec<_> = asked.iter().map(|state| state.scope()).collect();
    insufficient_scope(detail, &scopes.join(" "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::status::Setting;

    fn permitted<'a>(words: &'a [&'a str]) -> impl Fn(&str) -> bool + 'a {
        move |scope| words.iter().any(|word| scope == format!("user_status.{word}"))
    }

    fn told(asked: Option<&str>, words: &[&str], settings: Option<&Settings>) -> Result<serde_json::Value, String> {
        let code = |problem: Problem| problem.code().to_owned();
        let answer = Visible::of(asked, permitted(words)).and_then(|visible| visible.answer(settings)).map_err(code)?;
        Ok(serde_json::to_value(answer).unwrap())
    }

    #[test]
    fn a_service_is_told_what_it_may_see_of_what_it_asked_for() {
        let settings: Settings = [Setting::Mypost].into_iter().collect();
        let all = ["registration", "health_insurance", "eshishobako", "mypost", "furusato_etax"];
        let table = [
            (
                None,
                &all[..],
                json!({ "registered": true, "settings": {
                "health_insurance": false, "eshishobako": false, "mypost": true, "furusato_etax": false } }),
            ),
            (None, &["registration"][..], json!({ "registered": true, "settings": {} })),
            (None, &["mypost"], json!({ "settings": { "mypost": true } })),
            (Some("mypost,registration"), &all, json!({ "registered": true, "settings": { "mypost": true } })),
            (Some("eshishobako"), &all, json!({ "settings": { "eshishobako": false } })),
        ];
        for (asked, permitted, mut expected) in table {
            expected["version"] = json!("1");
            expected["list"] = json!("2021-12");
            assert_eq!(told(asked, permitted, Some(&settings)), Ok(expected), "{asked:?} {permitted:?}");
        }
    }

    #[test]
    fn nothing_is_told_beyond_what_is_permitted() {
        let settings = Settings::default();
        let table = [
            (None, &[][..], "insufficient_scope"),
            (Some("registration"), &["mypost"][..], "insufficient_scope"),
            (Some("mypost,registration"), &["mypost"], "insufficient_scope"),
            (Some("my_number"), &["mypost"], "unknown_state"),
            (Some(""), &["mypost"], "unknown_state"),
            (Some("mypost,"), &["mypost"], "unknown_state"),
        ];
        for (asked, permitted, code) in table {
            assert_eq!(told(asked, permitted, Some(&settings)), Err(code.to_owned()), "{asked:?} {permitted:?}");
        }
    }

    #[test]
    fn of_somebody_who_is_not_registered_only_that_is_told() {
        let all = ["registration", "mypost"];
        let expected = json!({ "version": "1", "list": "2021-12", "registered": false, "settings": {} });
        assert_eq!(told(None, &all, None), Ok(expected));
        assert_eq!(told(Some("mypost"), &all, None), Err("user_not_registered".to_owned()));
        assert_eq!(told(None, &["mypost"], None), Err("user_not_registered".to_owned()));
    }
}
