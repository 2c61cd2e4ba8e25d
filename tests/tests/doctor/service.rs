//! The smart card service, readers and their drivers.

use std::io::Read as _;
use std::os::unix::net::UnixListener;
use std::path::Path;

use e2e::pcscd::{Pcscd, SOCKET_VARIABLE};

use crate::patient::Patient;

#[test]
fn a_service_that_has_stopped_is_started() {
    let mut patient = Patient::new();
    patient.pcscd.stop();
    let diagnosis = patient.examined();
    assert!(!diagnosis.of("fault").contains(&"reader"), "one fault has one name");
    patient.suffers("service", "fault", &["left its socket behind", "pcscd", "sudo"]);
    std::fs::remove_file(patient.pcscd.socket()).unwrap();
    patient.suffers("service", "fault", &["does not run", "Start the service"]);
    patient.pcscd.start_again().unwrap();
    patient.is_well("service");
    patient.is_well("access");
}

#[test]
fn a_service_that_is_not_installed_is_installed() {
    let mut patient = Patient::new();
    let socket = patient.home.path().join("no-socket").to_str().unwrap().to_owned();
    patient.variables.push((SOCKET_VARIABLE, socket));
    // Debian's /sbin is /usr/sbin.
    patient.system = "mount -t tmpfs tmpfs /usr/sbin".into();
    patient.suffers("service", "fault", &["not installed", "pcscd and the readers' driver"]);
    patient.system.clear();
    patient.variables.clear();
    patient.is_well("service");
}

#[test]
fn a_service_that_hangs_is_restarted() {
    let mut patient = Patient::new();
    let socket = patient.home.path().join("hanging.comm");
    // It takes connections, and never says a word.
    let _listener = UnixListener::bind(&socket).unwrap();
    patient.variables.push((SOCKET_VARIABLE, socket.to_str().unwrap().to_owned()));
    patient.suffers("service", "fault", &["does not answer", "Restart the service"]);
    patient.variables.clear();
    patient.is_well("service");
}

/// What a pcscd does to a client that polkit doesn't allow: it hangs up.
fn refuse_all(socket: &Path) {
    let listener = UnixListener::bind(socket).unwrap();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            // Its first message, so that it sees an orderly end.
            let _ = client.unwrap().read(&mut [0; 64]);
        }
    });
}

#[test]
fn a_service_that_refuses_the_user_needs_a_rule_of_polkit() {
    let mut patient = Patient::new();
    let socket = patient.home.path().join("refusing.comm");
    refuse_all(&socket);
    patient.variables.push((SOCKET_VARIABLE, socket.to_str().unwrap().to_owned()));
    patient.suffers("service", "fault", &["drops them"]);
    let actions = "/usr/share/polkit-1/actions";
    patient.system = format!("mount -t tmpfs tmpfs {actions} && touch {actions}/org.debian.pcsc-lite.policy");
    patient.suffers("access", "fault", &["polkit", "/etc/polkit-1/rules.d/50-jpki-bridge.rules"]);
    assert_eq!(patient.examined().check("service").verdict, "ok");
    // With the rule, it serves.
    patient.variables.clear();
    patient.is_well("access");
}

#[test]
fn a_computer_without_a_reader_needs_one() {
    let mut patient = Patient::with_pcscd(Pcscd::start_without_reader().unwrap());
    patient.suffers("reader", "fault", &["No card reader", "Connect a reader"]);
    patient.pcscd = Pcscd::start().unwrap();
    patient.is_well("reader");
}

/// A device on USB, for the doctor alone.
fn usb(vendor: &str, product: &str, class: &str) -> String {
    let device = "/sys/bus/usb/devices/1-1";
    format!(
        "mount -t tmpfs tmpfs /sys && mkdir -p {device} {device}:1.0 && echo {vendor} >{device}/idVendor && \
         echo {product} >{device}/idProduct && echo {class} >{device}:1.0/bInterfaceClass"
    )
}

#[test]
fn a_reader_without_a_driver_is_named_with_the_package() {
    let mut patient = Patient::with_pcscd(Pcscd::start_without_reader().unwrap());
    patient.system = format!("{}\nmount -t tmpfs tmpfs /usr/lib/pcsc/drivers", usb("04e6", "5116", "0b"));
    patient.suffers("driver", "fault", &["SCR3310 (04e6:5116)", "libccid"]);
    let drivers = "/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents";
    let list = "<key>ifdVendorID</key><array><string>0x04E6</string></array>\
        <key>ifdProductID</key><array><string>0x5116</string></array>";
    patient.system += &format!("\nmkdir -p {drivers} && echo '{list}' >{drivers}/Info.plist");
    patient.suffers("driver", "fault", &["does not see it", "Reconnect"]);
    patient.pcscd = Pcscd::start().unwrap();
    patient.is_well("driver");
}

#[test]
fn a_pasori_that_linux_can_not_use_is_named() {
    let mut patient = Patient::with_pcscd(Pcscd::start_without_reader().unwrap());
    patient.system = usb("054c", "06c1", "ff");
    patient.suffers("driver", "fault", &["RC-S380", "port100", "RC-S300"]);
    assert_eq!(patient.examined().check("reader").verdict, "unknown");
    patient.pcscd = Pcscd::start().unwrap();
    patient.is_well("driver");
}
