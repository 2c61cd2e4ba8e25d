//! Attributes while they are made into a vector: good ones first, then whatever a row spoils.

use jpki_protocol::{Attribute, Attributes, Challenge, Gender};

use super::Pki;
use super::draft::Draft;
use super::file::Asked;
use crate::Result;
use jpki_softcard::ca::CertificateSpec;

pub(super) const CARD: &str = "card";
pub(super) const CERTIFICATE: &str = "signatureCertificate";

/// What a page hands over for `readAttributes`, but for the token in it.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) asked: Asked,
    /// What the result says.
    pub(super) attributes: Attributes,
    /// What the card signed with the challenge; none if the challenge alone.
    pub(super) bound: Option<Attributes>,
    pub(super) source: &'static str,
    /// The member `record`, as JSON.
    pub(super) record: Option<&'static str>,
    /// Makes the result from the token, in the place of the plain one.
    pub(super) write: Option<fn(&Answer, &str) -> String>,
}

impl Answer {
    fn new(attributes: Attributes, source: &'static str) -> Self {
        let asked = attributes.present().into_iter().map(word).collect();
        Self {
            asked: Asked { attributes: asked, source: source.to_owned() },
            bound: Some(attributes.clone()),
            attributes,
            source,
            record: None,
            write: None,
        }
    }

    pub(super) fn bound_challenge(&self, challenge: &str) -> String {
        match (&self.bound, Challenge::parse(challenge)) {
            (Some(bound), Ok(challenge)) => bound.bound_challenge(&challenge),
            _ => challenge.to_owned(),
        }
    }

    pub(super) fn assurance(&self) -> &'static str {
        let all_four = self.attributes.present() == Attribute::ALL;
        if self.source == CERTIFICATE && all_four { "certified" } else { "holderAsserted" }
    }

    pub(super) fn result(&self, token: &str) -> String {
        self.write.map_or_else(|| self.plain(token), |write| write(self, token))
    }

    /// The result as an agent writes it.
    pub(super) fn plain(&self, token: &str) -> String {
        self.with_attributes(&self.attributes.canonical(), token)
    }

    /// The result with other text where the attributes go.
    pub(super) fn with_attributes(&self, attributes: &str, token: &str) -> String {
        let record = self.record.map(|record| format!(r#","record":{record}"#)).unwrap_or_default();
        format!(r#"{{"attributes":{attributes},"source":"{}","token":{token}{record}}}"#, self.source)
    }
}

/// As pages write it.
fn word(attribute: Attribute) -> String {
    let word = match attribute {
        Attribute::Name => "name",
        Attribute::Address => "address",
        Attribute::Birthdate => "birthdate",
        Attribute::Gender => "gender",
    };
    word.to_owned()
}

/// What stands on the card and in the certificate of the invented holder.
pub(super) fn sample() -> Attributes {
    Attributes {
        name: Some("見本　花子".to_owned()),
        address: Some("東京都架空市見本町一丁目２番３号".to_owned()),
        birthdate: Some("1990-04-01".to_owned()),
        gender: Some(Gender::Female),
        ..Attributes::default()
    }
}

impl Pki {
    /// A good result with these attributes from the card, altered before the card signs.
    pub(super) fn card_result(
        &self,
        attributes: Attributes,
        alter: impl FnOnce(&mut Draft, &mut Answer) -> Result<()>,
    ) -> Result<Draft> {
        let mut answer = Answer::new(attributes, CARD);
        answer.record = Some(r#"{"signature":"valid","issuer":"jlisTest"}"#);
        self.answered_with(self.good()?, answer, alter)
    }

    /// A good result with some of the sample's attributes, read from the signature certificate, altered before the
    /// authentication key signs.
    pub(super) fn part_result(
        &self,
        attributes: &[Attribute],
        alter: impl FnOnce(&mut Draft, &mut Answer) -> Result<()>,
    ) -> Result<Draft> {
        self.answered_with(self.good()?, Answer::new(sample().only(attributes), CERTIFICATE), alter)
    }

    /// A good result with all four attributes of the signature certificate, which is altered before it is issued.
    pub(super) fn certificate_result(
        &self,
        certify: impl FnOnce(&mut CertificateSpec) -> Result<()>,
        alter: impl FnOnce(&mut Draft, &mut Answer) -> Result<()>,
    ) -> Result<Draft> {
        let mut draft = self.altered("sign-3", certify)?;
        draft.roots.push("sign-3");
        let answer = Answer { bound: None, ..Answer::new(sample(), CERTIFICATE) };
        self.answered_with(draft, answer, alter)
    }

    fn answered_with(
        &self,
        mut draft: Draft,
        mut answer: Answer,
        alter: impl FnOnce(&mut Draft, &mut Answer) -> Result<()>,
    ) -> Result<Draft> {
        alter(&mut draft, &mut answer)?;
        draft.answer = Some(answer);
        self.sign(&mut draft)?;
        Ok(draft)
    }
}
