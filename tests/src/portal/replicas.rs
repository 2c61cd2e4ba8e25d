//! Portals as processes, replicas of one database, behind a proxy that hands each request to the next of them.

use std::process::Command;

use tempfile::TempDir;

use super::program::{self, Process};
use super::proxy::Proxy;
use crate::Result;

/// Portals behind a proxy; they end when dropped.
#[derive(Debug)]
pub struct Portals {
    replicas: Vec<Process>,
    proxy: Proxy,
    folder: TempDir,
    database: Option<String>,
}

impl Portals {
    /// Starts `count` replicas for cards of the authorities in `trust` (PEM), on a database: a URL, or an SQLite file in a
    /// folder of their own.
    ///
    /// # Errors
    /// If the program can't be built or doesn't become ready.
    pub fn start(count: usize, database: Option<String>, trust: &str, agent_port: u16) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let roots = folder.path().join("authorities.pem");
        std::fs::write(&roots, trust)?;
        let mut portals = Self { replicas: Vec::new(), proxy: Proxy::start()?, folder, database };
        for _ in 0..count {
            let mut command = portals.command(&["serve"])?;
            command
                .args(["--listen", "127.0.0.1:0", "--issuer", &portals.issuer()])
                .args([
                    "--limit-browser",
                    "off",
                    "--agent-port",
                    &agent_port.to_string(),
                    "--revocation",
                    "off",
                    "--trust",
                ])
                .arg(&roots);
            let replica = Process::start(command)?;
            portals.proxy.add(replica.address()?);
            portals.replicas.push(replica);
        }
        Ok(portals)
    }

    /// What a command of the program for the same database says.
    ///
    /// # Errors
    /// If it fails.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        program::said(self.command(arguments)?, "")
    }

    fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = program::command(self.folder.path(), arguments)?;
        if let Some(database) = &self.database {
            command.env("JPKI_PORTAL_DATABASE", database);
        }
        Ok(command)
    }

    /// Where browsers find the portal.
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.proxy.port())
    }

    /// Kills a replica as a power cut would.
    ///
    /// # Errors
    /// If there is none with this number.
    pub fn kill(&mut self, replica: usize) -> Result<()> {
        self.replicas.get_mut(replica).ok_or("no such replica")?.kill()
    }

    /// How many requests each replica was handed.
    pub fn served(&self) -> Vec<usize> {
        self.proxy.served()
    }

    /// What all replicas have logged so far.
    pub fn log(&self) -> String {
        self.replicas.iter().map(Process::log).collect()
    }
}
