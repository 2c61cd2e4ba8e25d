//! Readers on USB, their driver, and the readers that PC/SC sees.

use jpki_protocol::Language;

use super::service::{blame, install, restart};
use super::{comma, depends, words};
use crate::doctor::diagnosis::{Outcome, Verdict};
use crate::doctor::findings::{Driver, Findings, Packages, System, UsbReader};
use crate::doctor::models::{self, ACS, SONY};

pub(super) fn driver(findings: &Findings, language: Language) -> Outcome {
    if findings.virtual_card {
        return Verdict::NotApplicable
            .because(words!(language, "ソフトウェアのカードを使っています。", "A card in software is used."))
            .public();
    }
    let Some(readers) = &findings.readers else { return depends(language, blame(findings)) };
    if !readers.is_empty() {
        return Verdict::Ok
            .because(words!(language, "リーダーのドライバーは働いています。", "The reader's driver works."))
            .public();
    }
    let Some(device) = findings.usb.first() else {
        return Verdict::NotApplicable
            .because(words!(language, "USB にカードリーダーが見つかりません。", "No card reader was seen on USB."))
            .public();
    };
    without_driver(findings, device, language).public()
}

/// A reader hangs on USB, and PC/SC has none.
fn without_driver(findings: &Findings, device: &UsbReader, language: Language) -> Outcome {
    let UsbReader { vendor, product, .. } = *device;
    let reader = models::name(vendor, product);
    if models::is_old_pasori(vendor, product) {
        return Verdict::Fault
            .because(words!(
                language,
                "古い PaSoRi（{reader}）はマイナンバーカードを読めません。",
                "This old PaSoRi ({reader}) can't read My Number Cards."
            ))
            .remedy(words!(
                language,
                "RC-S300 など、マイナンバーカード対応のリーダーを使ってください。",
                "Use a reader for My Number Cards, such as the RC-S300."
            ));
    }
    let System::Linux(packages) = findings.system else {
        return Verdict::Fault
            .because(words!(
                language,
                "{reader} がつながっていますが、ドライバーがありません。",
                "{reader} is connected, but it has no driver."
            ))
            .remedy(words!(
                language,
                "メーカーのページからドライバーを入れてください。",
                "Install the driver from the maker's page."
            ))
            .page(if vendor == SONY {
                "https://www.sony.co.jp/Products/felica/consumer/download/"
            } else {
                "https://ccid.apdu.fr/"
            });
    };
    if models::is_rc_s380(vendor, product) {
        return Verdict::Fault
            .because(words!(
                language,
                "{reader} には Linux の PC/SC ドライバーがありません（カーネルの port100 は NFC 機器として扱います）。",
                "{reader} has no PC/SC driver on Linux: the kernel's port100 takes it as an NFC device."
            ))
            .remedy(words!(
                language,
                "Linux では、RC-S300 など CCID 規格のリーダーを使ってください。",
                "On Linux, use a reader of the CCID standard, such as the RC-S300."
            ))
            .page("https://ccid.apdu.fr/ccid/shouldwork.html");
    }
    match &findings.service.driver {
        Driver::Missing => Verdict::Fault
            .because(words!(
                language,
                "{reader} がつながっていますが、ドライバー（libccid）が入っていません。",
                "{reader} is connected, but its driver (libccid) is not installed."
            ))
            .remedy(words!(language, "libccid を入れてください。", "Install libccid."))
            .command_if(install(packages)),
        Driver::Knows(known) if !known.contains(&(vendor, product)) => {
            let acs = vendor == ACS && packages == Packages::Apt;
            let outcome = Verdict::Fault.because(words!(
                language,
                "{reader} がつながっていますが、入っている版の libccid はこのリーダーを知りません。",
                "{reader} is connected, but this version of libccid does not know it."
            ));
            if acs {
                return outcome
                    .remedy(words!(
                        language,
                        "ACS のドライバーを入れてください。",
                        "Install the driver for ACS readers."
                    ))
                    .command("sudo apt install libacsccid1");
            }
            outcome
                .remedy(words!(
                    language,
                    "新しい libccid を入れるか、対応しているリーダーを使ってください。",
                    "Install a newer libccid, or use a reader on its list."
                ))
                .page("https://ccid.apdu.fr/ccid/shouldwork.html")
        }
        Driver::Knows(_) | Driver::BuiltIn => Verdict::Fault
            .because(words!(
                language,
                "{reader} がつながっていますが、ICカードのサービスからは見えません。",
                "{reader} is connected, but the smart card service does not see it."
            ))
            .remedy(words!(
                language,
                "リーダーをつなぎ直し、サービスを再起動してください。",
                "Reconnect the reader, and restart the service."
            ))
            .command(restart(findings)),
    }
}

pub(super) fn reader(findings: &Findings, language: Language) -> Outcome {
    let Some(readers) = &findings.readers else { return depends(language, blame(findings)) };
    match readers.as_slice() {
        [] if !findings.usb.is_empty() => depends(language, "driver"),
        [] => Verdict::Fault
            .because(words!(language, "カードリーダーがつながっていません。", "No card reader is connected."))
            .public()
            .remedy(words!(
                language,
                "マイナンバーカード対応のリーダーをパソコンにつないでください。",
                "Connect a reader for My Number Cards to this computer."
            )),
        readers => {
            // A reader's name ends with its serial number on many systems: it stays here.
            let names = readers.iter().map(|reader| reader.name.as_str()).collect::<Vec<_>>().join(comma(language));
            let count = readers.len();
            Verdict::Ok
                .because(words!(
                    language,
                    "カードリーダーがつながっています（{names}）。",
                    "A card reader is connected ({names})."
                ))
                .public_as(format!("{count} connected"))
        }
    }
}
