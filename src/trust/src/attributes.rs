//! What `readAttributes` gives a page, judged: which attributes, from where, and who vouches for them.
//! The verifier comes in with the page's text and what the site asked for, and learns which key must have signed what.
//! No certificate is judged here, and no attribute gets out before the verifier has judged it.

mod form;

use jpki_protocol::page::{MAX_MESSAGE, ReadAttributesResult, Record};
use jpki_protocol::token::{signed_value, signed_value_of};
use jpki_protocol::{Attribute, AttributeSource, Attributes, Challenge, Origin};
use jpki_signing::holder;
use serde::Serialize;

use crate::token::Parts;
use crate::{Kind, Refusal, VerifiedToken};

/// What the site asked for: the parameters of its `readAttributes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// These attributes, in any order. The answer has to hold exactly these.
    pub attributes: &'a [Attribute],
    /// From here.
    pub source: AttributeSource,
}

/// Who vouches for attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Assurance {
    /// J-LIS, in the signature certificate that was verified here.
    ///
    /// Promises that the resident register said this when the certificate was issued, and that its holder, who knows
    /// the signature password, gave it to this site for this challenge. A change of name or address revokes the
    /// certificate, so that nothing changed *since* is as certain as [`VerifiedToken::revocation`] says, and no more.
    Certified,
    /// The holder alone: their authentication key signed exactly these attributes for this site and challenge.
    ///
    /// Promises that nobody changed them on the way, and that whoever presented the card knows its 4-digit PIN. An
    /// agent of this project gives such attributes only after it has checked J-LIS's signature on the card's record or
    /// read them from a certificate; but the site sees neither, and somebody with another program can have their own
    /// card sign anything. It spares typing, and is no proof of identity. For that, ask for all four attributes of the
    /// signature certificate.
    HolderAsserted,
}

/// Accepted attributes. Only a [`Verifier`](crate::Verifier) makes them, so holding them means every check passed.
/// `Debug` shows which they are, never what they say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerifiedAttributes {
    /// Exactly what was asked for.
    pub attributes: Attributes,
    /// Who vouches for them, and with that what they are good for.
    pub assurance: Assurance,
    /// Where they were read from. Signed by nobody unless they are [`Assurance::Certified`].
    pub source: AttributeSource,
    /// What the agent says it found about the card's record. Signed by nobody: for statistics only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
    /// The token that came with them: whose they are, for which site, and what is known about revocation.
    pub token: VerifiedToken,
}

/// The page's answer to what was asked; nothing in it is believed yet.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) parts: Parts,
    attributes: Attributes,
    source: AttributeSource,
    assurance: Assurance,
    record: Option<Record>,
}

impl Claim {
    pub(crate) fn read(json: &str, asked: Asked<'_>) -> Result<Self, Refusal> {
        if json.len() > MAX_MESSAGE {
            return Err(Refusal::ResultTooLarge);
        }
        let result: ReadAttributesResult = serde_json::from_str(json).map_err(|_| Refusal::ResultMalformed)?;
        let ReadAttributesResult { attributes, source, token, record } = result;
        if source != asked.source {
            return Err(Refusal::SourceNotAsAsked);
        }
        let all_there = asked.attributes.iter().all(|attribute| attributes.present().contains(attribute));
        if !all_there || attributes.clone().only(asked.attributes) != attributes {
            return Err(Refusal::AttributesNotAsAsked);
        }
        if !form::is_sound(&attributes, source) || (record.is_some() && source != AttributeSource::Card) {
            return Err(Refusal::AttributesMalformed);
        }
        // Fewer than four must not bring the certificate along, which holds all four.
        let all_four = attributes.present() == Attribute::ALL;
        let assurance = match source {
            AttributeSource::SignatureCertificate if all_four => Assurance::Certified,
            _ => Assurance::HolderAsserted,
        };
        Ok(Self { parts: Parts::of(token)?, attributes, source, assurance, record })
    }

    /// The kind of certificate whose key must have signed.
    pub(crate) fn kind(&self) -> Kind {
        match self.assurance {
            Assurance::Certified => Kind::Sign,
            Assurance::HolderAsserted => Kind::Auth,
        }
    }

    /// What that key must have signed (protocol, section 3). A certificate binds its attributes by itself; others are
    /// bound by their hash, which is that of these attributes however the page has written them down.
    pub(crate) fn signed_value(&self, origin: &Origin, challenge: &Challenge) -> [u8; 64] {
        match self.assurance {
            Assurance::Certified => signed_value(origin, challenge),
            Assurance::HolderAsserted => signed_value_of(origin.as_str(), &self.attributes.bound_challenge(challenge)),
        }
    }

    /// Whether the attributes that are said to be certified are those of the certificate.
    pub(crate) fn is_that_of_its_certificate(&self) -> Result<(), Refusal> {
        if self.assurance != Assurance::Certified {
            return Ok(());
        }
        let certified = holder::read(&self.parts.certificate).map_err(|_| Refusal::HolderMalformed)?;
        if certified == self.attributes { Ok(()) } else { Err(Refusal::AttributesMismatch) }
    }

    /// The attributes, now that the token is accepted.
    pub(crate) fn accepted(self, token: VerifiedToken) -> VerifiedAttributes {
        let Self { attributes, source, assurance, record, .. } = self;
        VerifiedAttributes { attributes, assurance, source, record, token }
    }
}
