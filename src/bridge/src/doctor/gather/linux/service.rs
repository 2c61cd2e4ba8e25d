//! pcscd: its program, its units, its socket, its drivers, and how the distribution installs it.

use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use super::super::{Root, ServiceFacts, text_of};
use crate::doctor::findings::{Driver, Packages, Service, Socket, System};

/// Where libpcsclite looks for the daemon, unless `PCSCLITE_CSOCK_NAME` says otherwise.
const SOCKET: &str = "/run/pcscd/pcscd.comm";

const PROGRAMS: [&str; 4] = ["/usr/sbin/pcscd", "/usr/bin/pcscd", "/sbin/pcscd", "/usr/local/sbin/pcscd"];

/// Where drivers are installed (pcsc-lite's `--enable-usbdropdir`, as distributions set it).
const DRIVERS: [&str; 3] = ["/usr/lib/pcsc/drivers", "/usr/lib64/pcsc/drivers", "/usr/local/lib/pcsc/drivers"];

/// Those who may come in are asked of polkit where this is installed (pcsc-lite, README.polkit).
const POLKIT_ACTIONS: &str = "/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy";

pub(in super::super) fn service(root: &Root) -> ServiceFacts {
    let named = std::env::var_os("PCSCLITE_CSOCK_NAME").map(PathBuf::from);
    let socket = named.unwrap_or_else(|| root.at(SOCKET));
    let masked = |unit: &str| {
        let path = root.at("/etc/systemd/system").join(unit);
        std::fs::read_link(path).is_ok_and(|target| target == Path::new("/dev/null"))
    };
    ServiceFacts {
        system: System::Linux(packages(&text_of(&root.at("/etc/os-release")).unwrap_or_default())),
        service: Service {
            installed: PROGRAMS.iter().any(|path| root.has(path)),
            disabled: masked("pcscd.socket") || masked("pcscd.service"),
            systemd: root.has("/run/systemd/system"),
            socket: Some(state_of(&socket)),
            polkit: root.has(POLKIT_ACTIONS),
            driver: driver(root),
            ..Service::default()
        },
    }
}

fn state_of(socket: &Path) -> Socket {
    match UnixStream::connect(socket).map_err(|error| error.kind()) {
        Ok(_) => Socket::Open,
        Err(ErrorKind::NotFound | ErrorKind::NotADirectory) => Socket::Absent,
        Err(ErrorKind::PermissionDenied) => Socket::Forbidden,
        Err(_) => Socket::Dead,
    }
}

/// os-release(5): `ID`, then what it is like.
fn packages(os_release: &str) -> Packages {
    let value = |name: &str| {
        let line = os_release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches('"').to_owned()
    };
    let named = format!("{} {}", value("ID"), value("ID_LIKE"));
    named
        .split(' ')
        .find_map(|id| match id {
            "debian" | "ubuntu" => Some(Packages::Apt),
            "fedora" | "rhel" | "centos" => Some(Packages::Dnf),
            "suse" | "opensuse" => Some(Packages::Zypper),
            "arch" => Some(Packages::Pacman),
            _ => None,
        })
        .unwrap_or(Packages::Other)
}

fn driver(root: &Root) -> Driver {
    let bundles: Vec<PathBuf> = DRIVERS
        .iter()
        .filter_map(|folder| std::fs::read_dir(root.at(folder)).ok())
        .flat_map(|entries| entries.filter_map(Result::ok))
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "bundle"))
        .collect();
    if bundles.is_empty() {
        return Driver::Missing;
    }
    let lists = bundles.iter().filter_map(|bundle| text_of(&bundle.join("Contents/Info.plist")));
    Driver::Knows(lists.flat_map(|list| readers_in(&list)).collect())
}

/// The readers in a driver's list: two arrays, one with the vendors and one with the products.
fn readers_in(info: &str) -> Vec<(u16, u16)> {
    let numbers = |key: &str| -> Vec<u16> {
        let after = info.split_once(&format!("<key>{key}</key>")).map_or("", |(_, after)| after);
        let array = after.split_once("</array>").map_or("", |(array, _)| array);
        let texts = array.split("<string>").skip(1).filter_map(|text| text.split_once("</string>"));
        texts.filter_map(|(text, _)| u16::from_str_radix(text.trim().trim_start_matches("0x"), 16).ok()).collect()
    };
    numbers("ifdVendorID").into_iter().zip(numbers("ifdProductID")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::root_with;
    use super::*;

    #[test]
    fn what_installs_programs_is_told_by_the_distribution() {
        for (text, packages) in [
            ("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n", Packages::Apt),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", Packages::Apt),
            ("ID=rocky\nID_LIKE=\"rhel centos fedora\"\n", Packages::Dnf),
            ("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", Packages::Zypper),
            ("ID=manjaro\nID_LIKE=arch\n", Packages::Pacman),
            ("ID=nixos\n", Packages::Other),
            ("", Packages::Other),
        ] {
            assert_eq!(super::packages(text), packages, "{text}");
        }
    }

    #[test]
    fn a_driver_tells_which_readers_it_knows() {
        let list = "<key>ifdVendorID</key>\n<array>\n<string>0x04E6</string><string>0x054C</string></array>\n\
            <key>ifdProductID</key><array><string>0x5116</string>\n<string>0x0DC8</string></array>";
        let (_folder, root) = root_with(&[("/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist", list)]);
        assert_eq!(driver(&root), Driver::Knows(vec![(0x04E6, 0x5116), (0x054C, 0x0DC8)]));
        let (_folder, root) = root_with(&[("/usr/lib/pcsc/drivers/serial/libifdvpcd.so", "")]);
        assert_eq!(driver(&root), Driver::Missing);
    }

    #[test]
    fn a_masked_unit_and_a_socket_without_a_listener_are_seen() {
        let (folder, root) = root_with(&[("/usr/sbin/pcscd", ""), ("/run/systemd/system/x", "")]);
        let units = folder.path().join("etc/systemd/system");
        std::fs::create_dir_all(&units).unwrap();
        std::os::unix::fs::symlink("/dev/null", units.join("pcscd.socket")).unwrap();
        let service = service(&root).service;
        assert!(service.installed && service.disabled && service.systemd && !service.polkit);
        let socket = folder.path().join("socket");
        assert_eq!(state_of(&socket), Socket::Absent);
        let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert_eq!(state_of(&socket), Socket::Open);
        drop(listener);
        assert_eq!(state_of(&socket), Socket::Dead);
    }
}
