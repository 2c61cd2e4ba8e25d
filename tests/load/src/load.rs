//! The load: everybody registers, then browsers sign in, as many at a time as wanted, and out again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::Agent;

use crate::browser::Browser;
use crate::card::{Card, Issuer};
use crate::database::Database;
use crate::person::{Visit, sign_in};
use crate::portal::Portal;
use crate::{Arguments, Result};

/// See the command's help.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let issuer = Issuer::new()?;
    let cards = (0..arguments.people.max(1)).map(|number| issuer.card(number)).collect::<Result<Vec<_>>>()?;
    let database = Database::new(arguments.database.as_deref(), folder.path())?;
    let portal = Portal::start(folder.path(), &database, &issuer.root_pem()?)?;
    if arguments.accounts > 0 {
        database.fill(arguments.accounts)?;
        println!("{} accounts are there besides.", arguments.accounts);
    }
    let registered = crowd(&portal, arguments.browsers, cards.iter().collect())?;
    println!("{} people registered, {:.1} a second.", cards.len(), registered.per_second());

    let written = database.written()?;
    let busy = portal.processor_time();
    println!("    logins   a second    login p95   verify p50   memory MiB   database MiB");
    let mut done = 0;
    while done < arguments.logins {
        let many = arguments.every.clamp(1, arguments.logins - done);
        let crowd = crowd(&portal, arguments.browsers, cards.iter().cycle().skip(done).take(many).collect())?;
        done += many;
        let memory = portal.memory().map_or(f64::NAN, mebibytes);
        let (p95, p50) = (crowd.at(0.95, |visit| visit.whole), crowd.at(0.5, |visit| visit.verification));
        let (rate, size) = (crowd.per_second(), mebibytes(database.size()?));
        println!("{done:>10} {rate:>10.1} {p95:>9.1} ms {p50:>9.2} ms {memory:>12.1} {size:>14.1}");
    }
    let each = |figure: f64| figure / done.max(1) as f64;
    if let (Some(before), Some(after)) = (busy, portal.processor_time()) {
        println!("{:.2} ms of the portal's processor time a login.", each((after - before) * 1000.0));
    }
    if let Some(before) = written {
        let rows = database.written_after_all_reported()?.unwrap_or_default() - before;
        println!("{:.2} rows written a login; of these a log-out after it deletes its own.", each(rows as f64));
    }
    Ok(())
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// What many visits took.
struct Crowd {
    visits: Vec<Visit>,
    took: Duration,
}

impl Crowd {
    fn per_second(&self) -> f64 {
        self.visits.len() as f64 / self.took.as_secs_f64()
    }

    /// The time in milliseconds within which this share of the visits was done.
    fn at(&self, share: f64, of: impl Fn(&Visit) -> Duration) -> f64 {
        let mut times: Vec<_> = self.visits.iter().map(of).collect();
        times.sort_unstable();
        let position = (times.len() as f64 * share) as usize;
        times.get(position.min(times.len().saturating_sub(1))).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    }
}

/// Lets everybody in a queue visit once, some at the same time. The first who fails ends it.
fn crowd(portal: &Portal, browsers: usize, queue: Vec<&Card>) -> Result<Crowd> {
    let next = AtomicUsize::new(0);
    let visits = Mutex::new(Ok(Vec::with_capacity(queue.len())));
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..browsers.max(1) {
            scope.spawn(|| {
                let agent: Agent = Browser::agent();
                while let Some(card) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let visit = sign_in(portal, &agent, card);
                    let mut visits = visits.lock().unwrap_or_else(PoisonError::into_inner);
                    match (visits.as_mut(), visit) {
                        (Ok(visits), Ok(visit)) => visits.push(visit),
                        (Ok(_), Err(error)) => *visits = Err(error),
                        (Err(_), _) => return,
                    }
                }
            });
        }
    });
    let visits = visits.into_inner().unwrap_or_else(PoisonError::into_inner)?;
    Ok(Crowd { visits, took: began.elapsed() })
}
