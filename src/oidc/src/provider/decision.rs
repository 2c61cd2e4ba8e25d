//! What happens next with a request that passed its checks: shown to nobody, shown to the person, or answered.

use jiff::Timestamp;

use super::{AuthorizationRequest, Prompt};
use crate::Scopes;
use crate::error::{ErrorWord, Refusal};

/// Who sits at the browser, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// When they proved themselves with their card.
    pub since: Timestamp,
    /// Whether they did so on the way of this very request. Times alone don't tell: they are whole seconds.
    pub for_this: bool,
    /// Whether they have an account.
    pub registered: bool,
}

/// The tie between the person's account and the client (連携).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The pseudonym (仮名) under which the client knows them.
    pub subject: String,
    /// What they agreed to.
    pub scopes: Scopes,
    /// Whether they agreed to it on the way of this very request.
    pub for_this: bool,
}

/// What is known when a request is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// The session, if somebody is logged in.
    pub session: Option<Session>,
    /// The link, if the person has an account and has linked it with this client.
    pub link: Option<Link>,
}

/// What happens next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The person proves themselves with their card (本人確認).
    Login,
    /// The person agrees to be registered (利用者登録) and to link the account with the service.
    Register,
    /// The person agrees to link their account with the service (サービス連携), or to more than before.
    Consent,
    /// The service gets its answer.
    Grant,
    /// The service gets an answer about somebody without account, good for asking whether there is one.
    GrantWithoutAccount,
    /// The service is told why not.
    Refuse(Refusal),
}

/// Decides what happens next. Asked again after every step; what was done since the request came counts.
pub fn decide(request: &AuthorizationRequest, view: &View, now: Timestamp) -> Next {
    let silent = request.has(Prompt::None);
    let or_refuse = |next: Next, word: ErrorWord, why: &str| {
        if silent { Next::Refuse(Refusal::new(word, why)) } else { next }
    };
    let Some(session) = view.session.as_ref().filter(|session| is_fresh(request, session, now)) else {
        return or_refuse(Next::Login, ErrorWord::LoginRequired, "nobody is logged in, or not recently enough");
    };
    if let (Some(expected), Some(link)) = (&request.expected_subject, &view.link)
        && *expected != link.subject
    {
        return match session.for_this {
            // They just showed their card, and it is another person's than the service thinks.
            true => refuse(ErrorWord::AccountSelectionRequired, "another person proved themselves than was expected"),
            false => or_refuse(Next::Login, ErrorWord::LoginRequired, "another person is logged in than was expected"),
        };
    }
    if !session.registered {
        return if request.registers() {
            or_refuse(Next::Register, ErrorWord::InteractionRequired, "the person would have to be registered")
        } else if asks_about_status_only(&request.scopes) {
            Next::GrantWithoutAccount
        } else {
            refuse(ErrorWord::UserNotRegistered, "the person has no account at the portal")
        };
    }
    let agreed = view.link.as_ref().is_some_and(|link| {
        let again = request.has(Prompt::Consent) && !link.for_this;
        !again && request.scopes.are_within(&link.scopes)
    });
    if !agreed {
        return or_refuse(Next::Consent, ErrorWord::ConsentRequired, "the person has not agreed to this yet");
    }
    Next::Grant
}

fn refuse(word: ErrorWord, why: &str) -> Next {
    Next::Refuse(Refusal::new(word, why))
}

/// Whether a login counts for a request: done for it, or recent enough and not asked for anew.
fn is_fresh(request: &AuthorizationRequest, session: &Session, now: Timestamp) -> bool {
    if session.for_this {
        return true;
    }
    // The same as `prompt=login` (OpenID Connect Core 1.0 with errata, 3.1.2.1), also within a second.
    let at_once = request.max_age == Some(0);
    let anew = at_once || request.has(Prompt::Login) || request.has(Prompt::SelectAccount);
    let age = now.as_second().saturating_sub(session.since.as_second());
    !anew && request.max_age.is_none_or(|most| age <= i64::from(most))
}

/// Whether nothing but a person's state is asked for, which may be that there is no account.
fn asks_about_status_only(scopes: &Scopes) -> bool {
    let mut others = scopes.iter().filter(|scope| *scope != "openid").peekable();
    others.peek().is_some() && others.all(|scope| scope.starts_with("user_status."))
}
