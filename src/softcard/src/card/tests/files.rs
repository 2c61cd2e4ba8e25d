//! Applications, files, profiles, and everything that is no PIN and no signature.

use super::*;

fn read_file(card: &mut SoftCard) -> Vec<u8> {
    let mut file = Vec::new();
    loop {
        let at = file.len() as u16;
        let mut answer = card.transmit(&[0x00, 0xB0, (at >> 8) as u8, at as u8, 0x00]);
        let status = answer.split_off(answer.len() - 2);
        match status[..] {
            [0x90, 0x00] => file.extend_from_slice(&answer),
            [0x6B, 0x00] => return file,
            _ => panic!("{status:02X?}"),
        }
    }
}

#[test]
fn applications_are_selected_by_name_or_leading_part_and_foreign_ones_are_not() {
    fresh().run(&[
        ("00A40000", "6A86"),
        (JPKI, "9000"),
        ("00A40000", "9000"),
        ("00A4000C023F00", "6A86"),
        ("00A40000023F00", "6A82"),
        ("00A4040C05D392F00026", "9000"),
        ("00A4040C04D392F000", "6A82"),
        ("00A4040C0BD392F00026010000000100", "6A82"),
        ("00A404000AD392F00026010000000100", "6F0C840AD392F0002601000000019000"),
        ("00A4040C09A00000000101", "6700"),
        ("00A4040C05A000000001", "6A82"),
        ("00A4040006D2760001240100", "6A82"),
        ("00A4040C07A0000000030000", "6A82"),
        (TEXT, "9000"),
        (COMMON, "9000"),
        (ISD, "9000"),
        ("00A4040C05A000000151", "6A82"),
        ("00A4090C020006", "6A86"),
    ]);
}

#[test]
fn an_unpowered_card_gives_no_answer_at_all() {
    let mut card = SoftCard::for_tests(&CardOptions::default()).unwrap();
    assert_eq!(card.ask(JPKI), "");
    card.power_on();
    assert_eq!(card.ask(JPKI), "9000");
    card.power_off();
    assert_eq!(card.ask(JPKI), "");
}

#[test]
fn files_are_read_by_offset_and_by_short_identifier_with_the_measured_refusals() {
    fresh().run(&[
        ("00B0000004", "6986"),
        ("00A4020C022F10", "6A82"),
        ("00A4020C02001E", "9000"),
        ("00B0000004", "6981"),
        (JPKI, "9000"),
        ("00B0000004", "6986"),
        ("00A4020C020003", "6A82"),
        ("00A4020C0100", "6700"),
        ("00A4020C020008", "9000"),
        ("00B0000000", "8F8F009000"),
        ("00B0000101", "8F9000"),
        ("00B0000208", "009000"),
        ("00B0000301", "6B00"),
        ("00B07FFF01", "6B00"),
        ("00B00000", "6700"),
        ("00B00000000004", "8F8F009000"),
        ("00B0860010", "4A504B494150494343544F4B454E32209000"),
        ("00B0000E01", "329000"),
        ("00B0800004", "6A86"),
        ("00B0A00004", "6A86"),
        ("00B0830004", "6A82"),
        ("00A4020C020018", "9000"),
        ("00B0000004", "6981"),
        ("00A4020C020017", "9000"),
        ("00B0000004", "6981"),
        ("00A4020C020009", "9000"),
        ("00B0000004", "6982"),
        ("00A4020C020001", "9000"),
        ("00B0000004", "6982"),
    ]);
}

#[test]
fn certificates_come_out_whole_in_pieces() {
    let mut card = fresh();
    card.run(&[(JPKI, "9000"), ("00A4020C02000A", "9000")]);
    let certificate = read_file(&mut card);
    assert_eq!(certificate, card.file().auth_certificate());
    assert!((1400..1900).contains(&certificate.len()), "{} bytes exercise chunked reading", certificate.len());
    card.run(&[("00A4020C02000B", "9000")]);
    let ca = TestCa::shared().unwrap();
    let issuer = ca.authority(crate::ca::Family::Auth, crate::ca::Generation::CURRENT).unwrap();
    assert_eq!(read_file(&mut card), issuer.certificate());
    card.run(&[(&format!("0020009B{}", ascii("ABC123")), "9000"), ("00A4020C020001", "9000")]);
    assert_eq!(read_file(&mut card), card.file().sign_certificate().unwrap());
}

#[test]
fn the_text_application_opens_by_pin_or_number_and_tells_who_asked_for_the_my_number() {
    let mut card = fresh();
    let number = hex::upper(card.file().holder().my_number.as_bytes());
    card.run(&[
        (TEXT, "9000"),
        ("00B0820002", "6982"),
        (&format!("00200091{}", ascii("1234")), "9000"),
        ("00B0820002", "FF209000"),
    ]);
    assert_eq!(card.tally().my_number_accesses, 0);
    card.run(&[("00B0810000", &format!("FF100C{number}FFFF9000"))]);
    assert_eq!(card.tally().my_number_accesses, 1);
    card.power_on();
    card.run(&[
        (TEXT, "9000"),
        ("00B0840002", "7F219000"),
        ("00B0830002", "6982"),
        ("00B0870002", "6982"),
        (&format!("002000940C{number}"), "9000"),
        ("00B0830002", "FF309000"),
        ("00B0870002", "FF509000"),
        ("00B0820002", "6982"),
        ("00A4020C020001", "9000"),
        ("00B0000002", "FF109000"),
        ("00200095", "63CA"),
        ("00200092", "63C0"),
        ("002000920431323334", "6984"),
    ]);
    assert_eq!(card.tally().my_number_accesses, 3);
    assert_eq!(card.sign_with(&format!("802A000020{}00", "CD".repeat(32))).len(), 256);
}

#[test]
fn the_common_application_has_records_and_answers_a_challenge() {
    let mut card = fresh();
    let serial = hex::upper(card.file().serial_and_municipality().as_bytes());
    let expiry = hex::upper(card.file().expiry_digits().as_bytes());
    card.run(&[
        (COMMON, "9000"),
        ("00B2010C00", &format!("011C{serial}{expiry}9000")),
        ("00B2010400", &format!("011C{serial}{expiry}9000")),
        ("00B2020C00", "6A83"),
        ("00B2000C00", "6A83"),
        ("00B2010D00", "6A81"),
        ("00B2010C04", "6700"),
        ("00B0810004", "6981"),
    ]);
    assert_eq!(card.sign_with("00880099080102030405060708 00".replace(' ', "").as_str()).len(), 256);
    card.run(&[(JPKI, "9000"), ("00880097080102030405060708", "6982")]);
}

#[test]
fn the_rest_is_answered_as_measured_or_by_the_standard() {
    let mut card = fresh();
    assert_eq!(card.transmit(&bytes("0084000010")).len(), 18);
    card.run(&[
        ("00CA5F5100", "E000FF8131FE45149000"),
        ("00CA00F000", "31333939399000"),
        ("00CA00F204", "6700"),
        ("00CADF3005", "6A88"),
        ("00CB3FFF035C017E08", "6D00"),
        ("00840000000010", "6985"),
        ("00840000", "6700"),
        ("00840100 10".replace(' ', "").as_str(), "6A86"),
        (JPKI, "9000"),
        ("00CA00F000", "6A88"),
        ("80FC0000", "6700"),
        ("80A20000", "6A86"),
        ("80AE0000", "6982"),
        ("01A40000", "6881"),
        ("0CA40000", "6882"),
        ("90A40000", "6E00"),
        ("00FF0000", "6D00"),
        ("00A4", "6700"),
        ("", "6700"),
    ]);
}

#[test]
fn a_phone_hides_its_certificate_and_has_one_application() {
    let mut card = powered(&CardOptions { profile: Profile::Android, ..CardOptions::default() });
    card.run(&[
        (TEXT, "6A82"),
        (COMMON, "6A82"),
        (JPKI, "9000"),
        ("00B086000F", &format!("{}9000", hex::upper(b"JPKIAPGPSETOKEN"))),
        ("00B08A0001", "6982"),
        (&format!("{VERIFY_AUTH}{}", ascii("1234")), "9000"),
        ("00B08A0001", "309000"),
    ]);
}

#[test]
fn a_card_without_signature_certificate_says_so() {
    let mut card = powered(&CardOptions { sign_certificate: false, ..CardOptions::default() });
    card.run(&[
        (JPKI, "9000"),
        ("00B0880003", "008F009000"),
        ("00A4020C020001", "6A82"),
        ("00A4020C02001A", "6A82"),
        ("00A4020C02001B", "9000"),
        ("00200080", "63C5"),
    ]);
}

#[test]
fn a_childs_card_has_no_password_either_also_when_it_was_kept_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json");
    let options = CardOptions { child: true, ..CardOptions::default() };
    let ca = TestCa::shared().unwrap();
    CardFile::issue_with_keys(&ca, &options, ca.keys()).unwrap().save_new(&path).unwrap();
    let mut card = SoftCard::open(&path).unwrap();
    card.power_on();
    card.run(&[
        (JPKI, "9000"),
        ("0020009B", "6A82"),
        ("00A4020C02001B", "6A82"),
        ("00B0810001", "6A82"),
        ("00200098", "63C3"),
    ]);
    assert!(card.file().sign_certificate().is_none());
}

#[test]
fn the_basic_four_can_be_long_and_lie_in_a_file_with_room_to_spare() {
    let holder = Holder { name: "名".repeat(50), address: "所".repeat(200), ..Holder::default() };
    let mut card = powered(&CardOptions { holder, attributes_filler: 300, ..CardOptions::default() });
    card.run(&[(TEXT, "9000"), (&format!("00200091{}", ascii("1234")), "9000"), ("00A4020C020002", "9000")]);
    let file = read_file(&mut card);
    let (object, filler) = file.split_at(file.len() - 300);
    assert!(filler.iter().all(|byte| *byte == 0xFF));
    assert_eq!(object[..3], [0xFF, 0x20, 0x82]);
    assert_eq!(usize::from(u16::from_be_bytes([object[3], object[4]])) + 5, object.len());
    assert_eq!(object[16..20], [0xDF, 0x22, 0x81, 150]);
    assert_eq!(object[20 + 150..][..5], [0xDF, 0x23, 0x82, 0x02, 0x58]);
}

#[test]
fn a_broken_record_differs_from_a_whole_one_in_its_signature_alone() {
    let ca = TestCa::shared().unwrap();
    let issue = |broken_record| {
        let options = CardOptions { broken_record, ..CardOptions::default() };
        CardFile::issue_with_keys(&ca, &options, ca.keys()).unwrap().text
    };
    let (whole, broken) = (issue(false), issue(true));
    assert_eq!((&whole.issuer, &whole.digests[..80]), (&broken.issuer, &broken.digests[..80]));
    assert_ne!(whole.digests[80..], broken.digests[80..]);
}

#[test]
fn every_answer_to_reset_has_its_check_byte() {
    for profile in [Profile::Contact, Profile::Contactless, Profile::Android] {
        assert_eq!(profile.atr()[1..].iter().fold(0, |sum, byte| sum ^ byte), 0);
    }
}

#[test]
fn no_bytes_make_it_panic_or_leave_it_without_an_answer() {
    let mut card = fresh();
    let mut state = 1_u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as u8
    };
    let instructions = [0xA4, 0xB0, 0xB2, 0x20, 0x24, 0x2A, 0x32, 0x84, 0x88, 0xCA, 0xAE, 0x00];
    card.run(&[(JPKI, "9000")]);
    for round in 0..20_000_usize {
        let length = usize::from(next() % 24);
        let mut command: Vec<u8> = (0..length).map(|_| next()).collect();
        if let [cla, ins, ..] = command.as_mut_slice() {
            *cla = if next() & 1 == 0 { 0x00 } else { 0x80 };
            *ins = instructions[round % instructions.len()];
        }
        assert!(card.transmit(&command).len() >= 2);
    }
}
