//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use jpki_protocol::{Attribute, AttributeSource, Challenge, Origin, OriginPolicy};
use serde::de::DeserializeOwned;
use serde::de::value::{Error, StrDeserializer};

const EXIT_CODES: &str = "\
Exit codes:
  0  verified; a document, if all of its signatures are
  1  refused: the reason is on stderr (and with --json on stdout)
  2  wrong usage: an option is missing or malformed, a file can't be read, or a root is no JPKI root

Roots:
  A root says by its name what it is for. OU \"JPKI for user authentication\" or \"JPKI for digital signature\" is the
  kind of certificate it issues; O \"JPKI\" is a production root, O \"JPKI-TEST\" a root of test cards. Test cards are
  accepted only if a test root is given, and the result then says environment \"test\". All generations of a root have
  the same name: give every one whose cards are to be accepted.";

/// Verifies what a My Number Card signed.
#[derive(Debug, Parser)]
#[command(name = "jpki-verify", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Verifies an authentication token
    #[command(after_help = EXIT_CODES)]
    Token(TokenArguments),
    /// Verifies name, address, birth date and gender as `readAttributes` gave them, and says who vouches for them
    #[command(after_help = EXIT_CODES)]
    Attributes(AttributesArguments),
    /// Verifies a signed document, PDF, XML or CMS, and says who signed it
    #[command(after_help = EXIT_CODES)]
    Document(DocumentArguments),
}

#[derive(Debug, Args)]
pub(crate) struct TokenArguments {
    /// The token as JSON; `-` reads it from standard input
    #[arg(value_name = "FILE")]
    pub(crate) token: PathBuf,

    #[command(flatten)]
    pub(crate) session: Session,

    #[command(flatten)]
    pub(crate) judging: Judging,
}

#[derive(Debug, Args)]
pub(crate) struct AttributesArguments {
    /// The result of `readAttributes` as JSON; `-` reads it from standard input
    #[arg(value_name = "FILE")]
    pub(crate) result: PathBuf,

    #[command(flatten)]
    pub(crate) session: Session,

    /// What the site asked for: some of name, address, birthdate and gender, parted by commas
    #[arg(long, value_name = "ATTRIBUTES", required = true, value_delimiter = ',', value_parser = word::<Attribute>)]
    pub(crate) ask: Vec<Attribute>,

    /// The source that the site asked for: card or signatureCertificate
    #[arg(long, value_name = "SOURCE", default_value = "card", value_parser = word::<AttributeSource>)]
    pub(crate) source: AttributeSource,

    #[command(flatten)]
    pub(crate) judging: Judging,
}

#[derive(Debug, Args)]
pub(crate) struct DocumentArguments {
    /// The signed document, or the signature that travels apart from it: PDF, XML, or CMS in DER or PEM
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The document, where FILE is a signature that travels apart from it
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) judging: Judging,
}

/// What a site knows of the session in which it asked.
#[derive(Debug, Args)]
pub(crate) struct Session {
    /// The origin of the site that asked, as a browser writes it, such as `https://shop.example`
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    pub(crate) origin: Origin,

    /// The challenge that the site set, in base64 as it was sent
    #[arg(long, value_name = "CHALLENGE", value_parser = Challenge::parse)]
    pub(crate) challenge: Challenge,
}

/// By what, and as of when, is judged.
#[derive(Debug, Args)]
pub(crate) struct Judging {
    /// PEM files with the root certificates to trust
    #[arg(long, value_name = "PEM", required = true, num_args = 1..)]
    pub(crate) trust: Vec<PathBuf>,

    /// A revocation list, DER or PEM; without one, revocation is not checked, and the result says so
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,

    /// Judge as of this moment instead of now, such as 2026-04-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// Print one JSON document on standard output, and nothing else there
    #[arg(long)]
    pub(crate) json: bool,
}

/// Also takes `http://localhost`, which a developer's agent signs for.
fn origin(text: &str) -> Result<Origin, jpki_protocol::origin::OriginError> {
    Origin::parse(text, OriginPolicy::Developer)
}

/// A word of the protocol.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    T::deserialize(StrDeserializer::new(text))
}
