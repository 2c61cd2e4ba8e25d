//! The command line of `jpki-portal`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use jpki_trust::{Clock as _, NotChecked, SystemClock, TrustStore, Verifier};
use tokio::net::TcpListener;

use crate::api::openapi;
use crate::clients::ClientCommand;
use crate::error::{Error, Result};
use crate::keys::KeysCommand;
use crate::notices::NoticeCommand;
use crate::operator::OperatorCommand;
use crate::{
    Calendar, Config, Environment, Portal, RevocationLists, Rules, Secrets, Store, keys, observe, serve, store,
};

/// The portal: people register with their My Number Card, services sign them in and ask for their status and notices.
#[derive(Debug, Parser)]
#[command(name = "jpki-portal", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal until it is stopped.
    Serve(Serve),
    /// お知らせ: send notices.
    Notice(Notice),
    /// API利用者: register services by hand, suspend and resume them.
    Client(Clients),
    /// The keys that sign tokens: look, or renew one before its time.
    Keys(Keys),
    /// Write the OpenAPI document of all APIs to standard output.
    Openapi,
    /// The accounts of the operator's console.
    Operator(Operators),
}

#[derive(Debug, Args)]
struct Serve {
    /// The address to listen on. Put a proxy that speaks TLS in front of anything but localhost.
    #[arg(long, env = "JPKI_PORTAL_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    #[command(flatten)]
    data: Data,
    /// The address under which browsers and services reach the portal. Without it: http://localhost with the port
    /// listened on.
    #[arg(long, env = "JPKI_PORTAL_ISSUER")]
    issuer: Option<String>,
    /// 本番環境 (production) or 接続確認環境 (test).
    #[arg(long, global = true, env = "JPKI_PORTAL_ENVIRONMENT", value_enum, default_value = "test")]
    environment: Environment,
    /// The CA certificates (PEM) whose people are believed; in the test environment those of test cards.
    #[arg(long, env = "JPKI_PORTAL_TRUST", value_name = "PEM", value_delimiter = ',')]
    trust: Vec<PathBuf>,
    /// Revocation lists of those CAs, read again when they change. A card whose list is missing or out of date is told to
    /// try later.
    #[arg(long, env = "JPKI_PORTAL_CRL", value_name = "FILE", value_delimiter = ',')]
    crl: Vec<PathBuf>,
    /// How revocation is checked: by the lists of `--crl`, or not at all (`off`; pages say so). Without it, `off` in a test
    /// environment without lists, else `crl`.
    #[arg(long, env = "JPKI_PORTAL_REVOCATION", value_enum)]
    revocation: Option<RevocationCheck>,
    /// Let services live on loopback and private addresses.
    #[arg(long, env = "JPKI_PORTAL_ALLOW_PRIVATE_CLIENTS")]
    allow_private_clients: bool,
    /// Forms, phases and requirements for those who apply instead of the guideline's: a document (JSON).
    #[arg(long, env = "JPKI_PORTAL_FORMS", value_name = "FILE")]
    forms: Option<PathBuf>,
    /// A folder for mails to companies' staff, made with the first: each a file (.eml), for the machine's mail system to send.
    #[arg(long, env = "JPKI_PORTAL_MAIL_FOLDER", value_name = "FOLDER", default_value = "mails")]
    mail_folder: PathBuf,
    /// Service hours: `guideline` for the guideline's planned stops, `none` for no stops, or a calendar document (JSON).
    /// Without it, `guideline` in production and `none` in the test environment.
    #[arg(long, env = "JPKI_PORTAL_CALENDAR", value_name = "guideline|none|FILE")]
    calendar: Option<PathBuf>,
    /// The agent's port, if it was started with `--port`.
    #[arg(long, env = "JPKI_PORTAL_AGENT_PORT")]
    agent_port: Option<u16>,
    #[command(flatten)]
    observe: observe::Options,
}

#[derive(Debug, Args)]
struct Clients {
    #[command(flatten)]
    data: Data,
    /// 本番環境 (production) or 接続確認環境 (test).
    #[arg(long, global = true, env = "JPKI_PORTAL_ENVIRONMENT", value_enum, default_value = "test")]
    environment: Environment,
    #[command(subcommand)]
    command: ClientCommand,
}

#[derive(Debug, Args)]
struct Operators {
    #[command(flatten)]
    data: Data,
    #[command(subcommand)]
    command: OperatorCommand,
}

#[derive(Debug, Args)]
struct Keys {
    #[command(flatten)]
    data: Data,
    /// 本番環境 (production) or 接続確認環境 (test).
    #[arg(long, global = true, env = "JPKI_PORTAL_ENVIRONMENT", value_enum, default_value = "test")]
    environment: Environment,
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Args)]
struct Notice {
    #[command(flatten)]
    data: Data,
    /// 本番環境 (production) or 接続確認環境 (test).
    #[arg(long, global = true, env = "JPKI_PORTAL_ENVIRONMENT", value_enum, default_value = "test")]
    environment: Environment,
    #[command(subcommand)]
    command: NoticeCommand,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum RevocationCheck {
    Crl,
    Off,
}

/// Where the portal keeps what it must not lose.
#[derive(Debug, Args)]
struct Data {
    /// `sqlite:FILE` or `postgres://USER@HOST/NAME`.
    #[arg(long, global = true, env = "JPKI_PORTAL_DATABASE", default_value = "sqlite:portal.db")]
    database: String,
    /// The file with the portal's secret, made at the first start; all replicas need the same.
    #[arg(long, global = true, env = "JPKI_PORTAL_SECRET", default_value = "portal.secret")]
    secret: PathBuf,
    /// Connections to the database.
    #[arg(long, global = true, env = "JPKI_PORTAL_CONNECTIONS", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1000))]
    connections: u32,
}

impl Data {
    /// The database of a portal that was there before: a slip in its name makes no new one.
    async fn known_store(&self) -> Result<Store> {
        if store::is_missing(&self.database) {
            return Err(Error::Config(format!("there is no {}: name the portal's with --database", self.database)));
        }
        self.store().await
    }

    async fn store(&self) -> Result<Store> {
        Store::open(&self.database, self.connections).await
    }
}

/// Runs the program.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Listen);
    let result = runtime.and_then(|runtime| match arguments.command {
        Command::Serve(serve) => runtime.block_on(serve.run()),
        Command::Openapi => openapi::print(),
        Command::Notice(notice) => runtime.block_on(notice.run()),
        Command::Client(clients) => runtime.block_on(clients.run()),
        Command::Keys(keys) => runtime.block_on(keys.run()),
        Command::Operator(operators) => runtime.block_on(operators.run()),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("jpki-portal: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Clients {
    async fn run(self) -> Result<()> {
        let store = match self.command {
            ClientCommand::Add(_) => self.data.store().await?,
            _ => self.data.known_store().await?,
        };
        let secrets = Secrets::in_file(&self.data.secret)?.of(self.environment);
        let done = self.command.run(&store, self.environment, &secrets, SystemClock.now()).await;
        store.close().await;
        done
    }
}

impl Operators {
    async fn run(self) -> Result<()> {
        let store = self.data.store().await?;
        let done = self.command.run(&store, SystemClock.now()).await;
        store.close().await;
        done
    }
}

impl Keys {
    async fn run(self) -> Result<()> {
        let store = self.data.known_store().await?;
        let secrets = Secrets::in_file(&self.data.secret)?.of(self.environment);
        let done = self.command.run(&store, self.environment, &secrets, SystemClock.now()).await;
        store.close().await;
        done
    }
}

impl Notice {
    async fn run(self) -> Result<()> {
        let store = self.data.known_store().await?;
        let done = self.command.run(&store, self.environment, SystemClock.now()).await;
        store.close().await;
        done
    }
}

impl Serve {
    fn hours(&self) -> Result<Calendar> {
        let is_test = self.environment == Environment::Test;
        match self.calendar.as_deref().map(|path| (path, path.to_str())) {
            Some((_, Some("guideline"))) => Calendar::guideline(),
            None if !is_test => Calendar::guideline(),
            None | Some((_, Some("none"))) => Ok(Calendar::guideline()?.without_stops()),
            Some((path, _)) => Calendar::in_file(path),
        }
    }

    fn revocation(&self) -> RevocationCheck {
        let is_needless = self.environment == Environment::Test && self.crl.is_empty();
        self.revocation.unwrap_or(if is_needless { RevocationCheck::Off } else { RevocationCheck::Crl })
    }

    async fn run(self) -> Result<()> {
        self.observe.log();
        let listener = TcpListener::bind(&self.listen).await.map_err(Error::Listen)?;
        let address = listener.local_addr().map_err(Error::Listen)?;
        let issuer = self.issuer.clone().unwrap_or_else(|| format!("http://localhost:{}", address.port()));
        let mut config = Config::new(&issuer, self.environment)?
            .with_private_clients(self.allow_private_clients)
            .with_agent_port(self.agent_port)
            .with_mail_folder(Some(self.mail_folder.clone()));
        if let Some(path) = &self.forms {
            let text = std::fs::read_to_string(path).map_err(|source| Error::File { path: path.clone(), source })?;
            config = config.with_rules(Rules::parse(&text)?);
        }
        config = config.with_calendar(self.hours()?);
        if self.revocation() == RevocationCheck::Off {
            config = config.without_revocation();
        }
        config = self.observe.apply(config);
        let metrics = match &self.observe.metrics_listen {
            Some(address) => Some(TcpListener::bind(address).await.map_err(Error::Listen)?),
            None => None,
        };
        let (verifier, lists) = self.verifier(&config)?;
        let secrets = Secrets::in_file(&self.data.secret)?;
        let store = self.data.store().await?;
        let app = Portal::new(config, store, secrets, Arc::new(SystemClock), verifier);
        keys::ring(&app).await?;
        eprintln!("Portal:  {}/   (listening on {address})", app.config().issuer());
        serve::serve(app, listener, metrics, lists).await;
        Ok(())
    }

    fn verifier(&self, config: &Config) -> Result<(Verifier, Option<RevocationLists>)> {
        let environment = match self.environment {
            Environment::Production => jpki_trust::Environment::Production,
            Environment::Test => jpki_trust::Environment::Test,
        };
        let mut roots = TrustStore::new();
        for path in &self.trust {
            let pem = std::fs::read_to_string(path).map_err(|source| Error::File { path: path.clone(), source })?;
            roots.add_pem(&pem, environment).map_err(|error| Error::Config(format!("{}: {error}", path.display())))?;
        }
        if self.trust.is_empty() {
            tracing::warn!("no CA is trusted: nobody can sign in. Name CA certificates with --trust");
        }
        match (self.revocation(), self.crl.is_empty()) {
            (RevocationCheck::Crl, false) => {
                let lists = RevocationLists::new(self.crl.clone(), roots.clone());
                Ok((Verifier::new(config.origin().clone(), roots, lists.clone()), Some(lists)))
            }
            (RevocationCheck::Off, true) => {
                tracing::warn!("revocation is not checked: revoked cards sign in. This is for tests only");
                Ok((Verifier::new(config.origin().clone(), roots, NotChecked), None))
            }
            (RevocationCheck::Crl, true) => Err(Error::Config(
                "no revocation list is named, so nobody could sign in: name lists with --crl, or say --revocation off \
                 for a test"
                    .to_owned(),
            )),
            (RevocationCheck::Off, false) => {
                Err(Error::Config("--revocation off and --crl contradict each other: leave one of them out".to_owned()))
            }
        }
    }
}
