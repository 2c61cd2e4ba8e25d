//! The packages, as far as they can be judged in seconds: scripts, descriptions and icons; deb, rpm and the Mac's packed
//! with programs that stand in. The life of the deb in a fresh Debian is `installer/deb/test`, the MSI under Wine is
//! `installer/msi/test`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say where")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Runs a program that `installer/setup.sh --tests` installs, and gives its output.
fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; installer/setup.sh --tests installs it"));
    let text = String::from_utf8_lossy(&stdout).into_owned();
    assert!(status.success(), "{command:?}: {status}\n{text}{}", String::from_utf8_lossy(&stderr));
    text
}

/// All files below a folder of the project that `wanted` wants.
fn files(folder: &str, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![top().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted))
}

#[test]
fn no_script_has_a_mistake_that_shellcheck_knows() {
    let is_script = |path: &Path| has_extension(path, &["sh"]) || fs::read(path).unwrap().starts_with(b"#!/");
    let scripts: Vec<_> =
        ["installer", "assets/icons", ".ci"].iter().flat_map(|place| files(place, is_script)).collect();
    assert!(scripts.len() >= 15, "{scripts:?}");
    // The lines that deb and rpm share are no script by themselves.
    let (parts, scripts): (Vec<_>, Vec<_>) = scripts.into_iter().partition(|path| path.ends_with("stop-agents.sh"));
    run(Command::new("shellcheck").args(scripts).arg(top().join("tests/run")));
    run(Command::new("shellcheck").arg("--shell=sh").args(parts));
}

#[test]
fn descriptions_are_what_their_readers_want() {
    let folder = top().join("installer/linux");
    let desktop_files = files("installer/linux", |path| has_extension(path, &["desktop"]));
    assert_eq!(desktop_files.len(), 2);
    run(Command::new("desktop-file-validate").args(desktop_files));

    let scratch = tempfile::tempdir().unwrap();
    let metainfo = scratch.path().join("example.jpki_bridge.JpkiBridge.metainfo.xml");
    let text = fs::read_to_string(folder.join("metainfo.xml")).unwrap();
    let text =
        text.replace("@VERSION@", "1.2.3").replace("@DATE@", "2026-01-01").replace("@HOMEPAGE@", "https://a.example");
    fs::write(&metainfo, text).unwrap();
    run(Command::new("appstreamcli").args(["validate", "--no-net"]).arg(&metainfo));

    let xml = files("installer", |path| has_extension(path, &["xml", "wxs", "manifest", "plist"]));
    assert!(xml.len() >= 7, "{xml:?}");
    run(Command::new("xmllint").args(["--noout", "--nonet"]).args(xml));
}

#[test]
fn property_lists_of_the_mac_agree_with_each_other() {
    let program = r#"
import pathlib, plistlib, sys
folder = pathlib.Path(sys.argv[1])
read = lambda name: plistlib.loads((folder / name).read_bytes())
info, agent, entitlements = read("Info.plist"), read("example.jpki-bridge.agent.plist"), read("entitlements.plist")
[component] = read("components.plist")
assert info["LSUIElement"] is True and info["CFBundleIdentifier"] == agent["Label"]
place = pathlib.PurePosixPath(agent["ProgramArguments"][0])
assert place.parts[-3:-1] == ("Contents", "MacOS") and place.name == info["CFBundleExecutable"]
assert place.is_relative_to("/" + component["RootRelativeBundlePath"]) and component["BundleIsRelocatable"] is False
assert agent["ProgramArguments"][1:] == ["run"] and agent["RunAtLoad"] is True
assert entitlements == {"com.apple.security.smartcard": True}
"#;
    run(Command::new("python3").args(["-c", program]).arg(top().join("installer/macos")));
}

/// Width and height of a PNG file (PNG specification, 11.2.2).
fn size(path: &Path) -> (u32, u32) {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{}", path.display());
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn every_icon_is_there_in_every_size() {
    let icons = top().join("assets/icons");
    for pixels in [16, 22, 24, 32, 48, 64, 128, 256] {
        assert_eq!(size(&icons.join(format!("app/{pixels}.png"))), (pixels, pixels));
    }
    for state in ["no-reader", "ready", "card", "working", "attention", "test-card"] {
        assert!(icons.join(format!("tray/{state}.svg")).exists(), "{state}");
        for pixels in [16, 22, 24, 32, 48, 64] {
            assert_eq!(size(&icons.join(format!("tray/{state}-{pixels}.png"))), (pixels, pixels), "{state}");
        }
    }
    run(Command::new("xmllint")
        .args(["--noout", "--nonet"])
        .args(files("assets/icons", |path| has_extension(path, &["svg"]))));
}

/// Programs that stand in: what is packed is not run here.
fn stand_ins() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["jpki-bridge", "jpki-prompt", "jpki-verify"] {
        fs::copy("/bin/true", folder.path().join(name)).unwrap();
    }
    folder
}

/// Packs with `build` into a folder, and gives the package.
fn pack(kind: &str, programs: &Path, output: &Path, adjust: impl FnOnce(&mut Command)) -> Vec<u8> {
    let mut command = Command::new(top().join("installer").join(kind).join("build"));
    command.arg("--programs").arg(programs).arg("--output").arg(output);
    // A test runs as `target/PROFILE/deps/NAME-HASH`: the papers are built beside it.
    command.env("CARGO_TARGET_DIR", std::env::current_exe().unwrap().ancestors().nth(3).unwrap());
    adjust(&mut command);
    let said = run(&mut command);
    let package = PathBuf::from(said.lines().next_back().unwrap());
    assert!(package.starts_with(output), "{said}");
    fs::read(package).unwrap()
}

#[test]
fn packing_again_gives_the_same_package() {
    for kind in ["deb", "rpm"] {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let one = pack(kind, stand_ins().path(), first.path(), |_| ());
        let other = pack(kind, stand_ins().path(), second.path(), |command| {
            command.env("TZ", "Asia/Tokyo").env("LANG", "ja_JP.UTF-8").env("TMPDIR", second.path());
        });
        assert!(one == other, "the {kind} is another one the second time");
    }
}

#[test]
fn the_deb_holds_what_a_system_expects_and_nothing_of_anybody_elses() {
    let output = tempfile::tempdir().unwrap();
    pack("deb", stand_ins().path(), output.path(), |_| ());
    let package = fs::read_dir(output.path()).unwrap().next().unwrap().unwrap().path();
    let list = run(Command::new("dpkg-deb").arg("--contents").arg(&package));
    for path in [
        "usr/bin/jpki-bridge",
        "usr/bin/jpki-prompt",
        "usr/bin/jpki-verify",
        "usr/share/man/man1/jpki-bridge-run.1.gz",
        "usr/share/man/man1/jpki-prompt.1.gz",
        "usr/share/man/man1/jpki-verify-token.1.gz",
        "usr/share/bash-completion/completions/jpki-bridge",
        "usr/share/zsh/vendor-completions/_jpki-bridge",
        "usr/share/fish/vendor_completions.d/jpki-bridge.fish",
        "usr/share/applications/jpki-bridge.desktop",
        "usr/share/metainfo/example.jpki_bridge.JpkiBridge.metainfo.xml",
        "usr/share/icons/hicolor/scalable/apps/jpki-bridge.svg",
        "usr/share/icons/hicolor/256x256/apps/jpki-bridge.png",
        "usr/lib/systemd/user/jpki-bridge.service",
        "usr/share/doc/jpki-bridge/copyright",
        "usr/share/doc/jpki-bridge/third-party.txt.gz",
        "etc/xdg/autostart/jpki-bridge.desktop",
        "etc/jpki-bridge/",
    ] {
        assert!(list.lines().any(|line| line.ends_with(&format!(" ./{path}"))), "{path} is not there:\n{list}");
    }
    assert!(!list.contains("softcard"), "{list}");
    for line in list.lines() {
        let (rights, rest) = line.split_once(' ').unwrap();
        assert!(rest.trim_start().starts_with("root/root "), "{line}");
        // Nobody but root may write anything, and nothing runs with another's rights.
        assert!(matches!(rights, "drwxr-xr-x" | "-rwxr-xr-x" | "-rw-r--r--"), "{line}");
    }
    let field = |name: &str| run(Command::new("dpkg-deb").arg("--field").arg(&package).arg(name));
    assert!(field("Depends").contains("libc6 (>= ") && field("Depends").contains("libxkbcommon-x11-0"));
    assert!(field("Recommends").contains("pcscd"));
    // Agents end before their program is gone, and the folder of policies goes with a purge.
    let script = |name: &str| run(Command::new("dpkg-deb").arg("--info").arg(&package).arg(name));
    assert!(script("prerm").contains("stop_agents() {") && script("postrm").contains("rm -rf /etc/jpki-bridge"));
}

/// Apple's programs, as far as `installer/macos/build` needs them: `pkgbuild` and `productbuild` copy what they are given
/// to `$GIVEN`, the others only check that what they are given is there.
const APPLES: [(&str, &str); 5] = [
    ("uname", "echo Darwin"),
    ("iconutil", r#"[ -s "$5/icon_16x16.png" ] && [ -s "$5/icon_128x128@2x.png" ] && echo icons >"$4""#),
    ("codesign", r#"[ -e "${!#}" ]"#),
    ("pkgbuild", r#"cp -a "$2" "$GIVEN/tree" && [ -s "$4" ] && [ -x "$6/postinstall" ] && echo component >"${!#}""#),
    (
        "productbuild",
        r#"cp "$2" "$GIVEN/" && [ -s "$4/component.pkg" ] && [ -s "$6/LICENSE.txt" ] && echo package >"${!#}""#,
    ),
];

#[test]
fn the_macs_package_is_laid_out_as_its_descriptions_say() {
    let (apples, given, output) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (name, what) in APPLES {
        let path = apples.path().join(name);
        fs::write(&path, format!("#!/usr/bin/env bash\nset -e\n{what}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let package = pack("macos", stand_ins().path(), output.path(), |command| {
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", apples.path().display())).env("GIVEN", given.path());
    });
    assert_eq!(package, b"package\n");

    let tree = given.path().join("tree");
    let app = tree.join("Applications/JPKI Bridge.app/Contents");
    for program in ["jpki-bridge", "jpki-prompt", "jpki-verify"] {
        let rights = fs::metadata(app.join("MacOS").join(program)).unwrap().permissions().mode();
        assert_eq!(rights & 0o777, 0o755, "{program}");
    }
    for file in ["uninstall", "jpki-bridge.icns", "third-party.txt", "LICENSE"] {
        assert!(app.join("Resources").join(file).exists(), "{file}");
    }
    for link in ["jpki-bridge", "jpki-verify"] {
        let to = fs::read_link(tree.join("usr/local/bin").join(link)).unwrap();
        assert!(tree.join(to.strip_prefix("/").unwrap()).exists(), "{}", to.display());
    }
    for file in [
        "Library/LaunchAgents/example.jpki-bridge.agent.plist",
        "usr/local/share/man/man1/jpki-bridge-run.1",
        "usr/local/share/man/man1/jpki-prompt.1",
        "private/etc/jpki-bridge",
    ] {
        assert!(tree.join(file).exists(), "{file}");
    }
    for filled in [app.join("Info.plist"), given.path().join("distribution.xml")] {
        let text = fs::read_to_string(filled).unwrap();
        assert!(text.contains(env!("CARGO_PKG_VERSION")) && !text.contains("@VERSION@"), "{text}");
    }
}
