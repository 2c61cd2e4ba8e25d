//! `jpki-portal keys`: the operator looks at the keys, or renews one before its time.

use clap::Subcommand;
use jiff::Timestamp;

use super::life::{AHEAD, is_over, signing, successor};
use super::rows;
use crate::error::{Error, Result};
use crate::{Environment, Secrets, Store};

/// What the operator does with keys. They are renewed every 90 days without being told.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Show the keys and since when, or from when, each signs.
    List,
    /// Make the next key now. It is published at once and signs from tomorrow; the present one stays published for a day more.
    Rotate {
        /// A key became known to others: sign with a new one at once and believe nothing that the others signed. Everybody signs in
        /// again at services; portals that run take up to a minute.
        #[arg(long)]
        compromised: bool,
    },
}

impl KeysCommand {
    /// Does it.
    pub(crate) async fn run(
        self,
        store: &Store,
        environment: Environment,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<()> {
        let before = rows::all(store, environment, secrets, now).await?;
        if let Self::Rotate { compromised } = self {
            let lives = rows::lives(&before);
            let starts = if compromised { Ok(now) } else { now.saturating_add(AHEAD) };
            let starts = starts.map_err(|_| Error::Damaged("the clock"))?;
            rows::add(store, environment, secrets, successor(&lives, starts)).await?;
            for life in lives.iter().filter(|life| compromised || life.starts > now) {
                rows::remove(store, environment, life.generation).await?;
            }
        }
        let rows = rows::all(store, environment, secrets, now).await?;
        let lives = rows::lives(&rows);
        let current = signing(&lives, now);
        for row in rows.iter().filter(|row| !is_over(row.life, &lives, now)) {
            let state = match row.life {
                life if Some(life) == current => "signs",
                life if life.starts > now => "will sign",
                _ => "signed",
            };
            println!("{}  {state} from {}", row.key.kid(), row.life.starts);
        }
        Ok(())
    }
}
