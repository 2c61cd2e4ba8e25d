//! What the command line says about logs, metrics and limits.

use clap::Args;
use tracing::level_filters::LevelFilter;

use super::{Limit, Limits, Network};
use crate::Config;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// Logs, metrics and limits.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What is logged, to standard error. Nothing personal is.
    #[arg(long, env = "JPKI_PORTAL_LOG", value_enum, default_value = "info")]
    log: Level,
    /// How log lines look.
    #[arg(long, env = "JPKI_PORTAL_LOG_FORMAT", value_enum, default_value = "json")]
    log_format: Format,
    /// An address for /metrics (OpenMetrics), /health and /ready, which only the operator can reach. Without it there are no metrics.
    #[arg(long, env = "JPKI_PORTAL_METRICS_LISTEN", value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<String>,
    /// The most requests of one address: a second for long / at once. `off` for no limit.
    #[arg(long, env = "JPKI_PORTAL_LIMIT_ADDRESS", value_name = "LIMIT", default_value = "50/1000")]
    limit_address: Limit,
    /// The most requests for pages of one browser.
    #[arg(long, env = "JPKI_PORTAL_LIMIT_BROWSER", value_name = "LIMIT", default_value = "5/100")]
    limit_browser: Limit,
    /// The most calls of one API client.
    #[arg(long, env = "JPKI_PORTAL_LIMIT_CLIENT", value_name = "LIMIT", default_value = "200/2000")]
    limit_client: Limit,
    /// Proxies in front of the portal, whose X-Forwarded-For and X-Request-Id are believed: addresses, or networks such as 10.0.0.0/8.
    #[arg(long, env = "JPKI_PORTAL_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',')]
    trusted_proxy: Vec<Network>,
}

impl Options {
    /// Begins to log.
    pub(crate) fn log(&self) {
        let level = match self.log {
            Level::Error => LevelFilter::ERROR,
            Level::Warn => LevelFilter::WARN,
            Level::Info => LevelFilter::INFO,
            Level::Debug => LevelFilter::DEBUG,
            Level::Trace => LevelFilter::TRACE,
        };
        let log = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr);
        match self.log_format {
            Format::Json => log.json().init(),
            Format::Text => log.with_ansi(false).init(),
        }
    }

    /// The settings with these.
    pub(crate) fn apply(&self, config: Config) -> Config {
        let limits = Limits { address: self.limit_address, browser: self.limit_browser, client: self.limit_client };
        config.with_limits(limits).with_trusted_proxies(self.trusted_proxy.clone())
    }
}
