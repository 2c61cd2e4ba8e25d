//! What a page's call means to the agent, and how its answer is written.
//!
//! Everything a page can ask for comes through here; a PIN change is not among it.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jpki_protocol::attributes::AttributeSource;
use jpki_protocol::page::{
    AuthenticateParams, AuthenticateResult, Document, ReadAttributesParams, ReadAttributesResult, RequestId,
    SignParams, SignResult, SignatureFormat, result,
};
use jpki_protocol::prompt::ShownDocument;
use jpki_protocol::token::{ALGORITHM, FORMAT};
use jpki_protocol::{AuthToken, ErrorCode, Origin};
use jpki_signing::Draft;
use jpki_signing::RawDraft;
use jpki_signing::cms::CmsDraft;

use crate::agent::{Ask, Drafts};
use crate::operation::{Answer, Signed, Task};
use crate::threads::lock;

/// How the answer to a call is written.
#[derive(Debug)]
pub(super) enum Form {
    Token,
    Attributes(AttributeSource),
    Signatures(Drafts),
}

/// `authenticate`
pub(super) fn authenticate(origin: Origin, params: AuthenticateParams) -> (Ask, Form) {
    let task = Task::Authenticate { challenge: params.challenge };
    (
        Ask { origin: Some(origin), task, drafts: Drafts::default(), purpose: params.purpose, language: params.lang },
        Form::Token,
    )
}

/// `readAttributes`
pub(super) fn read_attributes(origin: Origin, params: ReadAttributesParams) -> (Ask, Form) {
    let ReadAttributesParams { challenge, attributes, source, purpose, lang: language } = params;
    let task = Task::ReadAttributes { challenge, attributes, source };
    (Ask { origin: Some(origin), task, drafts: Drafts::default(), purpose, language }, Form::Attributes(source))
}

/// `sign`
pub(super) fn sign(origin: Origin, params: SignParams) -> (Ask, Form) {
    let draft = |document: &Document| -> Box<dyn Draft> {
        match params.format {
            SignatureFormat::Raw => Box::new(RawDraft::new(document.digest.0)),
            SignatureFormat::Cms => Box::new(CmsDraft::new(document.digest.0)),
        }
    };
    let drafts: Drafts = Arc::new(Mutex::new(params.documents.iter().map(draft).collect()));
    let documents = params.documents.into_iter();
    let shown = documents.map(|document| ShownDocument { digest: document.digest.to_hex(), name: document.name });
    let task = Task::Sign { documents: shown.collect() };
    let form = Form::Signatures(Arc::clone(&drafts));
    (Ask { origin: Some(origin), task, drafts, purpose: params.purpose, language: params.lang }, form)
}

impl Form {
    /// The language-free answer to request `id`.
    ///
    /// # Errors
    /// `internal` where the answer is another call's, or a signature can't be put into its form.
    pub(super) fn write(&self, id: &RequestId, answer: Answer) -> Result<String, ErrorCode> {
        match (self, answer) {
            (Self::Token, Answer::Token(signed)) => Ok(result(id, &AuthenticateResult { token: token(&signed) })),
            (Self::Attributes(source), Answer::Attributes(found, signed)) => {
                let (source, token) = (*source, token(&signed));
                Ok(result(
                    id,
                    &ReadAttributesResult { attributes: found.attributes, source, token, record: found.record },
                ))
            }
            (Self::Signatures(drafts), Answer::Documents { signatures, certificate }) => {
                let drafts = lock(drafts);
                let finished: Result<Vec<String>, _> = drafts
                    .iter()
                    .zip(&signatures)
                    .map(|(draft, signature)| finish(draft.as_ref(), signature))
                    .collect();
                let signatures = finished.map_err(|error| {
                    tracing::error!("a signature could not be put into its form: {error}");
                    ErrorCode::Internal
                })?;
                Ok(result(id, &SignResult { signatures, certificate: STANDARD.encode(certificate.der()) }))
            }
            _ => Err(ErrorCode::Internal),
        }
    }
}

fn finish(draft: &dyn Draft, signature: &[u8]) -> Result<String, jpki_signing::Error> {
    let mut file = Vec::new();
    draft.finish(signature, &mut file)?;
    Ok(STANDARD.encode(file))
}

/// The token a signature makes.
pub(super) fn token(signed: &Signed) -> AuthToken {
    AuthToken {
        unverified_certificate: STANDARD.encode(signed.certificate.der()),
        algorithm: ALGORITHM.to_owned(),
        signature: STANDARD.encode(&signed.signature),
        format: FORMAT.to_owned(),
        app_version: crate::APP_VERSION.to_owned(),
    }
}
