//! Everything between a page and a card, each part real but the person and the card: the agent as a process, its own
//! pcscd, a software card, and windows that the test plays. Tests of the agent's behaviour come in; a bench shares
//! nothing with another, so that any number run beside each other.

use std::path::PathBuf;
use std::process::Command;

use jpki_softcard::{CardOptions, FaultSpec, MemoryTrace, Rig, SoftCard};
use serde_json::Value;

use crate::Result;
use crate::agent::Agent;
use crate::page::{ORIGIN, Page};
use crate::pcscd::Pcscd;
use crate::person::{Person, SOCKET_VARIABLE, Window};
use crate::served::ServedCard;

/// See the module.
#[derive(Debug)]
pub struct Bench {
    /// The agent.
    pub agent: Agent,
    /// Who looks at the agent's windows.
    pub person: Person,
    /// The agent's PC/SC service.
    pub pcscd: Pcscd,
    /// What passes between reader and cards.
    pub trace: MemoryTrace,
    card: Option<ServedCard>,
}

/// A card with the PIN 1234.
///
/// # Errors
/// If its keys can't be made.
pub fn card() -> Result<Rig> {
    Ok(Rig::new(SoftCard::for_tests(&CardOptions::default())?))
}

/// The same with faults.
///
/// # Errors
/// If one isn't a fault.
pub fn card_with(faults: &[&str]) -> Result<Rig> {
    let faults = faults.iter().map(|fault| fault.parse()).collect::<std::result::Result<Vec<FaultSpec>, _>>()?;
    Ok(card()?.with_faults(faults))
}

impl Bench {
    /// A bench with this card in the reader.
    ///
    /// # Errors
    /// If a part of it doesn't start.
    pub fn with(rig: Rig) -> Result<Self> {
        let mut bench = Self::without_card()?;
        bench.insert(rig)?;
        Ok(bench)
    }

    /// A bench with an empty reader.
    ///
    /// # Errors
    /// If a part of it doesn't start.
    pub fn without_card() -> Result<Self> {
        Self::adjusted(Pcscd::start()?, |_| ())
    }

    /// A bench without a card, around `pcscd` and an agent that is started as `adjust` wants it.
    ///
    /// # Errors
    /// If a part of it doesn't start.
    pub fn adjusted(pcscd: Pcscd, adjust: impl FnOnce(&mut Command)) -> Result<Self> {
        let person = Person::new()?;
        let agent = Agent::start_with(&pcscd, &relay_prompt()?, |command| {
            command.env(SOCKET_VARIABLE, person.socket());
            adjust(command);
        })?;
        Ok(Self { agent, person, pcscd, trace: MemoryTrace::default(), card: None })
    }

    /// Puts a card into the reader.
    ///
    /// # Errors
    /// If the reader doesn't take it.
    pub fn insert(&mut self, rig: Rig) -> Result<()> {
        self.card = Some(ServedCard::insert(rig.with_trace(self.trace.clone()), &self.pcscd)?);
        Ok(())
    }

    /// Takes the card out, and returns when the reader has noticed.
    ///
    /// # Errors
    /// If there is none.
    pub fn remove(&mut self) -> Result<Rig> {
        let rig = self.card.take().ok_or("there is no card")?.remove()?;
        self.pcscd.notices_removal()?;
        Ok(rig)
    }

    /// Opens a page of [`ORIGIN`].
    ///
    /// # Errors
    /// If the agent doesn't let it in.
    pub fn page(&self) -> Result<Page> {
        Page::open(self.agent.port(), ORIGIN)
    }

    /// A new page asks for an authentication; the window shows the card.
    ///
    /// # Errors
    /// If it doesn't come so far.
    pub fn asked(&self) -> Result<(Page, Window)> {
        let mut page = self.page()?;
        page.authenticate()?;
        let mut window = self.person.window()?;
        window.until_ready()?;
        Ok((page, window))
    }

    /// A new page authenticates with this PIN; its answer, a result or an error.
    ///
    /// # Errors
    /// If it doesn't come so far.
    pub fn answer_to(&self, pin: &str) -> Result<Value> {
        let (mut page, mut window) = self.asked()?;
        window.accept(pin)?;
        page.answer()
    }
}

/// The program that lets a [`Person`] be the prompt.
///
/// # Errors
/// If the test does not run from a target folder.
pub fn relay_prompt() -> Result<PathBuf> {
    // A test runs as `target/PROFILE/deps/NAME-HASH`, and Cargo built this package's programs before.
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(|deps| deps.parent()).ok_or("the test stands in no target folder")?;
    Ok(folder.join("relay-prompt"))
}
