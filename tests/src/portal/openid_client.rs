//! A service that signs people in with openid-client, a certified relying party in JavaScript that nobody here wrote.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Result;
use crate::tools::installed;

/// The service; it ends when dropped.
#[derive(Debug)]
pub struct OpenidClient {
    child: Child,
    address: String,
}

impl OpenidClient {
    /// Starts it on a port of its own.
    ///
    /// # Errors
    /// If Node.js or the library is missing.
    pub fn start() -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/portal/openid_client.mjs");
        let mut child =
            Command::new("node").arg(script).arg(installed("openid-client")?).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        BufReader::new(child.stdout.take().ok_or("no standard output")?).read_line(&mut address)?;
        let address = address.trim().to_owned();
        let service = Self { child, address };
        if service.address.is_empty() {
            return Err("the service with openid-client doesn't start: installer/setup.sh --tests installs it".into());
        }
        Ok(service)
    }

    /// The address of a path of the service.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

impl Drop for OpenidClient {
    fn drop(&mut self) {
        // Errors mean that it is gone already, which is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
