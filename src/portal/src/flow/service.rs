//! What the way needs of the other side: who the service is, and how it gets its answer.

use jpki_oidc::provider::AuthorizationRequest;

use crate::App;
use crate::clients::{self, Registered};
use crate::error::Result;

pub(super) use crate::oauth::{deny, grant};

/// The names of a service in good standing, in Japanese and English.
pub(super) async fn names(app: &App, request: &AuthorizationRequest) -> Result<Option<[String; 2]>> {
    let registered = clients::find(app, &request.client_id).await?;
    Ok(registered.filter(Registered::is_active).map(|registered| [registered.name_ja, registered.name_en]))
}
