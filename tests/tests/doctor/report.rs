//! What the doctor prints for people, and the report for strangers.

use e2e::bench::card;

use crate::patient::Patient;

fn printed(patient: &Patient, language: &str, arguments: &[&str]) -> String {
    let output = patient
        .command()
        .arg("doctor")
        .args(&patient.arguments)
        .args(arguments)
        .env("LANG", language)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "no agent runs");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_person_reads_first_what_is_wrong_in_their_language() {
    let patient = Patient::new();
    let english = printed(&patient, "en_US.UTF-8", &[]);
    assert!(english.starts_with("2 faults, "), "{english}");
    assert!(english.lines().nth(1).unwrap().starts_with("FAULT    Card "), "{english}");
    assert!(english.contains("$ jpki-bridge run"), "{english}");
    let japanese = printed(&patient, "ja_JP.UTF-8", &[]);
    assert!(japanese.starts_with("異常 2 件"), "{japanese}");
    assert!(japanese.contains("カードがありません"), "{japanese}");
}

#[test]
fn a_report_holds_nothing_of_the_person_or_the_card() {
    let mut rig = card().unwrap();
    rig.power_on();
    let holder = rig.card().file().holder().clone();
    let patient = Patient::with_card(rig);
    std::fs::write(patient.config().with_file_name("sites.json"), r#"{"version":1,"sites":{"https://secret.example":"#)
        .unwrap();
    let file = patient.home.path().join("report.txt");
    let text = printed(&patient, "ja_JP.UTF-8", &["--report", file.to_str().unwrap()]);
    let report = std::fs::read_to_string(&file).unwrap();
    let until = text.split("電子証明書は").nth(1).and_then(|rest| rest.split("まで有効").next()).unwrap();
    let until = jiff::civil::Date::strptime("%Y年%m月%d日", until).unwrap();
    let (until, in_english) = (until.to_string(), until.strftime("%-d %B %Y").to_string());
    let home = patient.home.path().to_str().unwrap();
    for private in [home, &holder.name, &holder.address, &until, &in_english, "secret.example", "attempt"] {
        assert!(!report.contains(private), "{private}: {report}");
    }
    for told in [
        "ready: no",
        "card              ok       This is a My Number Card.",
        "sites             FAULT    a file is broken",
    ] {
        assert!(report.contains(told), "{told}: {report}");
    }
}
