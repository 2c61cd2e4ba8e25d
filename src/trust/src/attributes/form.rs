//! What each attribute must look like, so that a site can show and store it as it comes.

use jpki_protocol::attributes::birthdate;
use jpki_protocol::text::Line;
use jpki_protocol::{AttributeSource, Attributes};
use jpki_signing::holder;

pub(super) fn is_sound(attributes: &Attributes, source: AttributeSource) -> bool {
    let name = attributes.name.as_deref();
    let address = attributes.address.as_deref();
    name.is_none_or(|name| Line::<{ holder::NAME_LENGTH }>::parse(name).is_ok())
        && address.is_none_or(|address| Line::<{ holder::ADDRESS_LENGTH }>::parse(address).is_ok())
        && attributes.birthdate.as_deref().is_none_or(is_birthdate)
        && are_places(&attributes.name_substitutes, name, source)
        && are_places(&attributes.address_substitutes, address, source)
}

/// `YYYY-MM-DD`, with zeros for what the register doesn't know.
fn is_birthdate(text: &str) -> bool {
    birthdate(&text.replace('-', "")).is_some_and(|day| day == text)
}

/// Places in the text, each once and in order. The card's record marks none.
fn are_places(places: &[u16], text: Option<&str>, source: AttributeSource) -> bool {
    let length = text.map_or(0, |text| text.chars().count());
    places.is_sorted_by(|one, next| one < next)
        && places.iter().all(|place| usize::from(*place) < length)
        && (places.is_empty() || source == AttributeSource::SignatureCertificate)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: AttributeSource = AttributeSource::SignatureCertificate;

    #[test]
    fn an_attribute_has_the_form_in_which_an_agent_gives_it() {
        let name = |text: &str| Attributes { name: Some(text.to_owned()), ..Attributes::default() };
        let address = |text: &str| Attributes { address: Some(text.to_owned()), ..Attributes::default() };
        let born = |text: &str| Attributes { birthdate: Some(text.to_owned()), ..Attributes::default() };
        for (attributes, expected) in [
            (Attributes::default(), true),
            (name("見本　花子"), true),
            (name(""), false),
            (name("見本\u{202e}花子"), false),
            (name(&"あ".repeat(300)), true),
            (name(&"あ".repeat(301)), false),
            (address(&"あ".repeat(600)), true),
            (address(&"あ".repeat(601)), false),
            (address("東京都\n"), false),
            (born("1990-04-01"), true),
            (born("1950-00-00"), true),
            (born("1990-02-30"), false),
            (born("19900401"), false),
            (born("199-00401"), false),
            (born("-1990-04-01"), false),
        ] {
            assert_eq!(is_sound(&attributes, CERTIFICATE), expected, "{}", attributes.canonical());
        }
    }

    #[test]
    fn substitutes_are_places_of_the_text_and_in_order() {
        for (name, places, source, expected) in [
            (Some("見本　花子"), &[][..], CERTIFICATE, true),
            (Some("見本　花子"), &[0, 4], CERTIFICATE, true),
            (Some("見本　花子"), &[5], CERTIFICATE, false),
            (Some("見本　花子"), &[1, 1], CERTIFICATE, false),
            (Some("見本　花子"), &[1, 0], CERTIFICATE, false),
            (None, &[0], CERTIFICATE, false),
            (Some("見本　花子"), &[0], AttributeSource::Card, false),
            (Some("見本　花子"), &[], AttributeSource::Card, true),
        ] {
            let attributes = Attributes {
                name: name.map(str::to_owned),
                name_substitutes: places.to_vec(),
                ..Attributes::default()
            };
            assert_eq!(is_sound(&attributes, source), expected, "{places:?}");
        }
    }
}
