//! Whether every program reads an update as this one does.
//!
//! A dictionary with the same key twice, an object stream with the same number twice, a trailer with two catalogs: one
//! program takes the first, another the last. In what was added after a signature such a thing is an attack on it.

use std::borrow::Cow;

use lopdf::xref::XrefEntry;
use lopdf::{Dictionary, Document, Object, StringFormat};

use super::document::{MAX_UNPACKED, object};

/// Whether the object `number` has one text in the file, and that text has no key but those that were read.
pub(super) fn is_plain(bytes: &[u8], document: &Document, number: u32) -> bool {
    let names = object(document, number).map(names);
    text(bytes, document, number).is_some_and(|text| Some(slashes(&text)) == names)
}

/// Whether each cross-reference section in the update names one catalog, goes on to one earlier section, and hides no
/// second table from old programs.
pub(super) fn has_plain_trailers(update: &[u8]) -> bool {
    let (mut roots, mut previous) = (0, 0);
    for at in (0..update.len()).filter(|&at| update.get(at) == Some(&b'/')) {
        match name_at(update, at + 1).as_ref() {
            b"Root" => roots += 1,
            b"Prev" => previous += 1,
            b"XRefStm" => return false,
            _ => {}
        }
    }
    let sections = update.windows(9).filter(|window| window == b"startxref").count();
    roots == sections && previous == sections
}

/// The name at `at`, its escapes resolved (ISO 32000-2, section 7.3.5).
fn name_at(bytes: &[u8], at: usize) -> Cow<'_, [u8]> {
    let rest = bytes.get(at..).unwrap_or_default();
    let ends = |byte: &u8| b"\0\t\n\x0C\r ()<>[]{}/%".contains(byte);
    let name = rest.get(..rest.iter().position(ends).unwrap_or(rest.len())).unwrap_or_default();
    if !name.contains(&b'#') {
        return Cow::Borrowed(name);
    }
    let mut resolved = Vec::new();
    let mut rest = name;
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|&digit| char::from(digit).to_digit(16));
        match (byte, digit(0), digit(1)) {
            (b'#', Some(high), Some(low)) => {
                resolved.push((high * 16 + low) as u8);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                resolved.push(byte);
                rest = after;
            }
        }
    }
    Cow::Owned(resolved)
}

/// The text of an object, from its number or its beginning to its end at the latest.
fn text<'d>(bytes: &'d [u8], document: &'d Document, number: u32) -> Option<Cow<'d, [u8]>> {
    match *document.reference_table.get(number)? {
        XrefEntry::Normal { offset, .. } => {
            let rest = bytes.get(offset as usize..)?;
            let end = rest.windows(6).position(|window| window == b"endobj")?;
            Some(Cow::Borrowed(rest.get(..end)?))
        }
        XrefEntry::Compressed { container, index } => {
            let stream = document.get_object((container, 0)).and_then(Object::as_stream).ok()?;
            let content = stream.get_plain_content_with_limit(MAX_UNPACKED).ok()?;
            let first = usize::try_from(stream.dict.get(b"First").and_then(Object::as_i64).ok()?).ok()?;
            let place = member(content.get(..first)?, number, usize::from(index))?;
            let end = place.1.map_or(Some(content.len()), |end| first.checked_add(end))?;
            Some(Cow::Owned(content.get(first.checked_add(place.0)?..end)?.to_vec()))
        }
        _ => None,
    }
}

/// Where the object `number` begins in an object stream and where the next one does: its head is pairs of numbers and
/// places (ISO 32000-2, section 7.5.7). The object must be at `index` and nowhere else.
fn member(head: &[u8], number: u32, index: usize) -> Option<(usize, Option<usize>)> {
    let numbers = std::str::from_utf8(head).ok()?.split_ascii_whitespace().map(str::parse);
    let numbers: Vec<usize> = numbers.collect::<Result<_, _>>().ok()?;
    let (pairs, []) = numbers.as_chunks::<2>() else { return None };
    let &[found, place] = pairs.get(index)?;
    if found != number as usize || pairs.iter().filter(|pair| pair[0] == found).count() != 1 {
        return None;
    }
    Some((place, pairs.iter().map(|pair| pair[1]).filter(|&other| other > place).min()))
}

fn slashes(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte == b'/').count()
}

/// How many slashes the object is written with, if it is written plainly: one before each name, and those in strings.
fn names(object: &Object) -> usize {
    let in_dictionary = |dictionary: &Dictionary| dictionary.iter().map(|(_, value)| 1 + names(value)).sum();
    match object {
        Object::Name(_) => 1,
        Object::String(string, StringFormat::Literal) => slashes(string),
        Object::Array(elements) => elements.iter().map(names).sum(),
        Object::Dictionary(dictionary) => in_dictionary(dictionary),
        Object::Stream(stream) => in_dictionary(&stream.dict),
        _ => 0,
    }
}

/// Number and generation where an object begins, with white space and comments wherever they may stand.
pub(super) fn header_at(bytes: &[u8], offset: usize) -> Option<(u32, u16)> {
    let mut rest = bytes.get(offset..)?;
    let number = next_number(&mut rest)?.parse().ok()?;
    let generation = next_number(&mut rest)?.parse().ok()?;
    skip_space(rest).starts_with(b"obj").then_some((number, generation))
}

fn next_number<'d>(rest: &mut &'d [u8]) -> Option<&'d str> {
    let start = skip_space(rest);
    let length = start.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = start.split_at_checked(length)?;
    *rest = after;
    std::str::from_utf8(digits).ok()
}

fn skip_space(mut bytes: &[u8]) -> &[u8] {
    loop {
        match bytes {
            [b'\0' | b'\t' | b'\n' | b'\x0C' | b'\r' | b' ', rest @ ..] => bytes = rest,
            [b'%', rest @ ..] => {
                let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
                bytes = rest.get(end..).unwrap_or_default();
            }
            _ => return bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_their_escapes() {
        for (text, name) in [
            (&b"Root 1 0 R"[..], &b"Root"[..]),
            (b"R#6f#6Ft/", b"Root"),
            (b"Root#", b"Root#"),
            (b"Root#zz>>", b"Root#zz"),
            (b"", b""),
        ] {
            assert_eq!(name_at(text, 0).as_ref(), name);
        }
    }

    #[test]
    fn trailers_have_one_catalog_and_one_predecessor() {
        for (update, plain) in [
            (&b"trailer<</Root 1 0 R/Prev 9>>startxref"[..], true),
            (b"<</Root 1 0 R/Prev 9>>startxref <</Prev 8 /Root 1 0 R>>startxref", true),
            (b"<</Root 1 0 R/Root 2 0 R/Prev 9>>startxref", false),
            (b"<</Root 1 0 R/Ro#6ft 2 0 R/Prev 9>>startxref", false),
            (b"<</Root 1 0 R/Prev 9/Prev 8>>startxref", false),
            (b"<</Root 1 0 R/Prev 9/XRefStm 8>>startxref", false),
            (b"<</Root 1 0 R>>startxref", false),
        ] {
            assert_eq!(has_plain_trailers(update), plain, "{}", String::from_utf8_lossy(update));
        }
    }

    #[test]
    fn objects_begin_with_their_number() {
        for (text, header) in [
            (&b"12 3 obj<<"[..], Some((12, 3))),
            (b" % 1 0 obj\n\t12%\r3%\nobj", Some((12, 3))),
            (b"12 3 endobj", None),
            (b"obj", None),
            (b"12 99999 obj", None),
            (b"", None),
        ] {
            assert_eq!(header_at(text, 0), header, "{text:?}");
        }
    }

    #[test]
    fn a_member_of_an_object_stream_is_where_it_says_and_nowhere_else() {
        assert_eq!(member(b"5 0 7 10 9 20", 7, 1), Some((10, Some(20))));
        assert_eq!(member(b"5 0 7 10 9 20", 9, 2), Some((20, None)));
        for (head, number, index) in
            [(&b"5 0 7 10"[..], 7, 0), (b"5 0 5 10", 5, 0), (b"5 0 7", 5, 0), (b"5 x", 5, 0), (b"", 5, 0)]
        {
            assert_eq!(member(head, number, index), None);
        }
    }
}
