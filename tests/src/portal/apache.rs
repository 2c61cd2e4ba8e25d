//! Services that sign people in with Apache's mod_auth_openidc, a certified relying party that nobody here wrote. One private
//! Apache serves all of them, each under a host name of its own; it ends when dropped.

use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getuid, kill_process};
use tempfile::TempDir;

use super::free_port;
use crate::Result;
use crate::page::PATIENCE;

const PROGRAM: &str = "/usr/sbin/apache2";
const MODULES: &str = "/usr/lib/apache2/modules";

/// What the module does without: signing people in needs no more.
const LOADED: [&str; 7] = ["mpm_event", "authn_core", "authz_core", "authz_user", "dir", "headers", "auth_openidc"];

/// A service: its host and its client id are `NAME.localhost` and `NAME`.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// Its name.
    pub name: &'static str,
    /// What it asks the portal for.
    pub scope: &'static str,
}

/// An Apache on a port of its own.
#[derive(Debug)]
pub struct Apache {
    folder: TempDir,
    port: u16,
    services: Vec<Service>,
    child: Option<Child>,
}

impl Apache {
    /// An Apache that will serve these, each with a key of its own. It doesn't run yet, but its addresses are settled.
    ///
    /// # Errors
    /// If keys can't be made.
    pub fn for_services(services: &[Service]) -> Result<Self> {
        let apache =
            Self { folder: tempfile::tempdir()?, port: free_port()?, services: services.to_vec(), child: None };
        for service in services {
            apache.make_key(service.name)?;
            let pages = apache.folder.path().join(service.name);
            for folder in ["member", "silent", "out"] {
                std::fs::create_dir_all(pages.join(folder))?;
                std::fs::write(pages.join(folder).join("index.html"), format!("{folder} of {}\n", service.name))?;
            }
        }
        Ok(apache)
    }

    /// The address of a path of a service.
    pub fn url(&self, service: &str, path: &str) -> String {
        format!("http://{service}.localhost:{}{path}", self.port)
    }

    /// Starts it, with this provider for all services.
    ///
    /// # Errors
    /// If it isn't installed or doesn't listen in time.
    pub fn start(&mut self, issuer: &str) -> Result<()> {
        if !Path::new(PROGRAM).exists() {
            return Err("Apache isn't installed: run installer/setup.sh --tests".into());
        }
        let root = self.folder.path();
        let file = root.join("httpd.conf");
        std::fs::write(&file, self.configuration(issuer))?;
        if getuid().is_root() {
            // Its workers give root up, and still read the pages.
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(root, std::fs::Permissions::from_mode(0o755))?;
        }
        let mut apache = Command::new(PROGRAM);
        apache.arg("-d").arg(root).arg("-f").arg(&file).arg("-DFOREGROUND");
        self.child = Some(apache.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let ended = self.child.as_mut().map(Child::try_wait).transpose()?.flatten();
            if ended.is_some() || Instant::now() > until {
                return Err(format!("Apache doesn't start:\n{}", self.log()).into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }

    fn make_key(&self, name: &str) -> Result<()> {
        let file = |end: &str| self.folder.path().join(format!("{name}.{end}"));
        let output = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj"])
            .arg(format!("/CN={name}"))
            .arg("-keyout")
            .arg(file("key"))
            .arg("-out")
            .arg(file("pem"))
            .output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("openssl: {}", String::from_utf8_lossy(&output.stderr)).into())
    }

    fn configuration(&self, issuer: &str) -> String {
        let (root, port) = (self.folder.path().display(), self.port);
        let mut text = String::new();
        for module in LOADED {
            text += &format!("LoadModule {module}_module {MODULES}/mod_{module}.so\n");
        }
        if getuid().is_root() {
            text += "User nobody\nGroup nogroup\n";
        }
        text += &format!(
            "ServerName localhost\nListen 127.0.0.1:{port}\nPidFile {root}/pid\nErrorLog {root}/error.log\n\
             LogLevel warn auth_openidc:info\nDefaultRuntimeDir {root}\nDirectoryIndex index.html\n\
             StartServers 1\nServerLimit 2\nThreadsPerChild 16\nMaxRequestWorkers 32\nMinSpareThreads 1\n\
             <Directory />\nRequire all granted\n</Directory>\n"
        );
        for service in &self.services {
            text += &self.host(service, issuer);
        }
        text
    }

    /// The keys must stand before the method that needs them, or the module refuses its settings.
    fn host(&self, service: &Service, issuer: &str) -> String {
        let (root, port) = (self.folder.path().display(), self.port);
        let Service { name, scope } = service;
        let back = self.url(name, "/callback");
        let out = self.url(name, "/out/");
        format!(
            "<VirtualHost 127.0.0.1:{port}>\n\
             ServerName {name}.localhost\n\
             DocumentRoot {root}/{name}\n\
             OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration\n\
             OIDCClientID {name}\n\
             OIDCPublicKeyFiles {name}#{root}/{name}.pem\n\
             OIDCPrivateKeyFiles {name}#{root}/{name}.key\n\
             OIDCProviderTokenEndpointAuth private_key_jwt\n\
             OIDCRedirectURI {back}\n\
             OIDCCryptoPassphrase {name}-passphrase\n\
             OIDCPKCEMethod S256\n\
             OIDCScope \"{scope}\"\n\
             OIDCSessionType server-cache\n\
             OIDCProviderBackChannelLogoutSupported On\n\
             OIDCDefaultLoggedOutURL {out}\n\
             OIDCRemoteUserClaim sub\n\
             <LocationMatch \"^/(member|silent|callback)\">\n\
             AuthType openid-connect\n\
             Require valid-user\n\
             Header set X-Subject \"expr=%{{REMOTE_USER}}\"\n\
             </LocationMatch>\n\
             <Location /silent>\n\
             OIDCPathAuthRequestParams prompt=none\n\
             </Location>\n\
             </VirtualHost>\n"
        )
    }
}

impl Drop for Apache {
    fn drop(&mut self) {
        let Some(child) = &mut self.child else { return };
        // Its workers end with it if it is asked rather than killed. Errors mean that it is gone already.
        let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        if process.is_none_or(|process| kill_process(process, Signal::TERM).is_err()) {
            let _ = child.kill();
        }
        let _ = child.wait();
    }
}
