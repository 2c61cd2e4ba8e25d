//! What was announced for a day takes effect when the day begins.

use super::{Act, Fault, act, rows};
use crate::App;
use crate::audit::Actor;
use crate::error::Error;
use crate::lifecycle::{Event, today_in_japan};

/// Brings what was announced for today or earlier. Any replica may do it at any time; each is brought once.
///
/// # Errors
/// Those of the database.
pub async fn bring_due(app: &App) -> Result<(), Error> {
    let today = today_in_japan(app.now());
    for application in rows::due(app, &today.to_string()).await? {
        let event = Act::new(Event::DayBegins(today), "");
        match act(app, &application.id, None, &Actor::calendar(), &event).await {
            // Another replica was first.
            Ok(_) | Err(Fault::Refused(_) | Fault::Busy | Fault::NotFound) => {}
            Err(Fault::Sheets(_)) => return Err(Error::Damaged("applications")),
            Err(Fault::Portal(error)) => return Err(error),
        }
    }
    Ok(())
}
