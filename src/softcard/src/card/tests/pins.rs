//! PINs, counters, and what a verified PIN opens for how long.

use super::*;

#[test]
fn wrong_pins_are_counted_down_to_blocked_and_never_beyond() {
    let wrong = format!("{VERIFY_AUTH}{}", ascii("0000"));
    let right = format!("{VERIFY_AUTH}{}", ascii("1234"));
    let mut card = fresh();
    card.run(&[
        (JPKI, "9000"),
        ("00200080", "6986"),
        ("00A4020C020018", "9000"),
        ("00200080", "63C3"),
        (&wrong, "63C2"),
        ("00200080", "63C2"),
        (&right, "9000"),
        ("00200080", "63C3"),
        (&wrong, "63C2"),
        (&wrong, "63C1"),
        (&wrong, "63C0"),
        (&wrong, "6984"),
        (&right, "6984"),
        ("00200080", "63C0"),
    ]);
    card.power_off();
    card.power_on();
    card.run(&[(JPKI, "9000"), (&right, "6984"), ("0020009B", "63C5")]);
}

#[test]
fn malformed_pin_commands_cost_no_attempt() {
    fresh().run(&[
        (JPKI, "9000"),
        ("00A4020C020018", "9000"),
        ("0020008000", "6700"),
        ("00200080113132333435363738393031323334353637", "6700"),
        ("002000800431323334 00".replace(' ', "").as_str(), "6700"),
        ("002001800431323334", "6A86"),
        ("002000000431323334", "6A86"),
        ("00200080053132", "6700"),
        ("002000970431323334", "6981"),
        ("002000980131", "63C2"),
        ("0020009F0131", "6A82"),
    ]);
}

#[test]
fn a_wrong_pin_takes_back_an_earlier_right_one() {
    let mut card = fresh();
    card.run(&[
        (JPKI, "9000"),
        (&format!("0020009B{}", ascii("ABC123")), "9000"),
        ("00B0810001", "309000"),
        (&format!("0020009B{}", ascii("ABC124")), "63C4"),
        ("00B0810001", "6982"),
    ]);
}

#[test]
fn what_was_verified_ends_with_another_application_and_with_power_only() {
    let verify = format!("0020009B{}", ascii("ABC123"));
    let probe = "00B0810001";
    let mut card = fresh();
    card.run(&[(JPKI, "9000"), (&verify, "9000"), (probe, "309000"), (JPKI, "9000"), (probe, "309000")]);
    card.warm_reset();
    card.run(&[(probe, "6A82"), (JPKI, "9000"), (probe, "309000")]);
    card.run(&[(TEXT, "9000"), (JPKI, "9000"), (probe, "6982"), (&verify, "9000")]);
    card.run(&[(ISD, "9000"), (JPKI, "9000"), (probe, "6982"), (&verify, "9000")]);
    card.warm_reset();
    card.run(&[(COMMON, "9000"), (JPKI, "9000"), (probe, "6982"), (&verify, "9000")]);
    card.power_off();
    card.power_on();
    card.run(&[(JPKI, "9000"), (probe, "6982")]);
}

#[test]
fn each_quirk_changes_just_its_own_behaviour() {
    let verify = format!("0020009B{}", ascii("ABC123"));
    let with = |quirks| {
        let mut card = SoftCard::for_tests(&CardOptions::default()).unwrap().with_quirks(quirks);
        card.power_on();
        card
    };
    let mut card = with(Quirks { reselect_clears: true, ..Quirks::default() });
    card.run(&[(JPKI, "9000"), (&verify, "9000"), (JPKI, "9000"), ("00B0810001", "6982")]);
    let mut card = with(Quirks { warm_reset_clears: true, ..Quirks::default() });
    card.run(&[(JPKI, "9000"), (&verify, "9000"), (JPKI, "9000"), ("00B0810001", "309000")]);
    card.warm_reset();
    card.run(&[(JPKI, "9000"), ("00B0810001", "6982")]);
    let mut card = with(Quirks { first_command_fails: true, ..Quirks::default() });
    card.run(&[(JPKI, "6F00"), ("00B0860001", "6A82"), (JPKI, "9000")]);
    card.power_on();
    card.run(&[(JPKI, "6F00"), (JPKI, "9000")]);
}

#[test]
fn a_pin_is_changed_only_after_it_was_verified_and_where_its_file_is_selected() {
    let mut card = fresh();
    let change = format!("00240180{}", ascii("9876"));
    card.run(&[
        (JPKI, "9000"),
        (&change, "6986"),
        ("00A4020C020018", "9000"),
        (&change, "6982"),
        (&format!("{VERIFY_AUTH}{}", ascii("1234")), "9000"),
        (&format!("00240080{}", ascii("9876")), "6A86"),
        (&format!("00240198{}", ascii("9876")), "6A86"),
        (&change, "9000"),
        (&format!("{VERIFY_AUTH}{}", ascii("1234")), "63C2"),
        (&change, "6982"),
        (&format!("{VERIFY_AUTH}{}", ascii("9876")), "9000"),
        ("00A4020C02001B", "9000"),
        (&change, "6982"),
        (COMMON, "9000"),
        (&format!("0020009C{}", ascii("1234")), "9000"),
        (&change, "6D00"),
        (&format!("80320080{}", ascii("5555")), "9000"),
        (&format!("0020009C{}", ascii("5555")), "9000"),
    ]);
}

#[test]
fn changed_pins_survive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json");
    test_card().save_new(&path).unwrap();
    let pins = [
        (JPKI, "00200098", "1234", "9876"),
        (JPKI, "0020009B", "ABC123", "LONGER1234567890"),
        (TEXT, "00200091", "1234", "5678"),
    ];
    let mut card = SoftCard::open(&path).unwrap();
    card.power_on();
    for (application, verify, old, new) in pins {
        card.run(&[
            (application, "9000"),
            (&format!("{verify}{}", ascii(old)), "9000"),
            (&format!("00240180{}", ascii(new)), "9000"),
        ]);
    }
    drop(card);
    let mut card = SoftCard::open(&path).unwrap();
    card.power_on();
    for (application, verify, old, new) in pins {
        let wrong = if old.len() == 4 { "63C2" } else { "63C4" };
        card.run(&[
            (application, "9000"),
            (&format!("{verify}{}", ascii(old)), wrong),
            (&format!("{verify}{}", ascii(new)), "9000"),
        ]);
    }
}

#[test]
fn counters_survive_the_process_and_are_spent_before_the_answer_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json");
    test_card().save_new(&path).unwrap();
    let wrong = format!("{VERIFY_AUTH}{}", ascii("0000"));
    let mut card = SoftCard::open(&path).unwrap();
    card.power_on();
    card.run(&[(JPKI, "9000"), (&wrong, "63C2")]);
    drop(card);
    let mut card = SoftCard::open(&path).unwrap();
    card.power_on();
    card.run(&[(JPKI, "9000"), ("00200098", "63C2")]);
    // Where the attempt can't be written down, not even the right PIN is compared.
    std::fs::remove_dir_all(folder.path()).unwrap();
    card.run(&[
        (&format!("{VERIFY_AUTH}{}", ascii("1234")), "6581"),
        (&format!("802A029720{}00", "AB".repeat(32)), "6982"),
    ]);
}
