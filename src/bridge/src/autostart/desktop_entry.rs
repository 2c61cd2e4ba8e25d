//! An entry of XDG autostart (freedesktop.org, Desktop Application Autostart Specification 0.5, and Desktop Entry
//! Specification 1.5).

use std::path::Path;

/// Its name; the package's entry in `/etc/xdg/autostart` has the same, so that ours takes its place.
pub(super) const NAME: &str = "jpki-bridge.desktop";

/// The line that tells what this program wrote.
const MARK: &str = "X-JPKI-Bridge-Autostart=true";

/// An entry that starts this program; none for a path that can't be written into one.
pub(super) fn starting(program: &Path) -> Option<String> {
    let path = program.to_str().filter(|path| !path.chars().any(char::is_control))?;
    let (exec, try_exec) = (exec(path), escaped(path));
    Some(format!(
        "[Desktop Entry]\nType=Application\nName=JPKI Bridge\n\
        Comment=Lets web pages verify identity with a My Number Card\n\
        Comment[ja]=マイナンバーカードでの本人確認をウェブページから使えるようにします\n\
        Exec={exec} run\nTryExec={try_exec}\nIcon=jpki-bridge\nTerminal=false\nNoDisplay=true\n{MARK}\n"
    ))
}

/// An entry that keeps one of the same name in a system folder from starting.
pub(super) fn hiding() -> String {
    format!("[Desktop Entry]\nType=Application\nName=JPKI Bridge\nHidden=true\n{MARK}\n")
}

/// Whether this program wrote an entry.
pub(super) fn is_ours(entry: &str) -> bool {
    keys(entry).any(|line| line == MARK)
}

/// Whether a desktop that reads this entry starts what it names.
pub(super) fn starts(entry: &str) -> bool {
    // The second is older than `Hidden` in GNOME's settings, and still written there.
    let off = ["Hidden=true", "X-GNOME-Autostart-enabled=false"];
    !keys(entry).any(|line| off.contains(&line)) && keys(entry).any(|line| line.starts_with("Exec="))
}

/// The lines of the one group that counts.
fn keys(entry: &str) -> impl Iterator<Item = &str> {
    let group = entry.lines().skip_while(|line| line.trim() != "[Desktop Entry]").skip(1);
    group.take_while(|line| !line.starts_with('[')).map(str::trim).filter(|line| !line.starts_with('#'))
}

/// A program as an argument of `Exec`: quoted, then escaped as any value of type string.
fn exec(path: &str) -> String {
    let mut quoted = String::from("\"");
    for character in path.chars() {
        match character {
            '"' | '`' | '$' | '\\' => quoted.extend(['\\', character]),
            '%' => quoted.push_str("%%"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    escaped(&quoted)
}

fn escaped(text: &str) -> String {
    text.replace('\\', r"\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_starts_its_program_and_is_known_as_ours() {
        let entry = starting(Path::new("/usr/bin/jpki-bridge")).unwrap();
        assert!(entry.contains("\nExec=\"/usr/bin/jpki-bridge\" run\n"), "{entry}");
        assert!(starts(&entry) && is_ours(&entry));
        assert!(!starts(&hiding()) && is_ours(&hiding()));
    }

    #[test]
    fn a_path_of_any_characters_is_quoted_as_the_specification_wants() {
        for (path, line) in [
            ("/opt/my apps/x", r#"Exec="/opt/my apps/x" run"#),
            ("/a%f/x", r#"Exec="/a%%f/x" run"#),
            ("/a$b/x", r#"Exec="/a\\$b/x" run"#),
            (r"/a\b/x", r#"Exec="/a\\\\b/x" run"#),
            ("/利用者/x", r#"Exec="/利用者/x" run"#),
        ] {
            let entry = starting(Path::new(path)).unwrap();
            assert!(entry.lines().any(|found| found == line), "{entry}");
        }
        assert_eq!(starting(Path::new("/a\nHidden=true")), None);
    }

    #[test]
    fn entries_of_others_are_understood() {
        for (entry, on) in [
            ("[Desktop Entry]\nExec=jpki-bridge run\n", true),
            ("# x\n[Desktop Entry]\nExec=jpki-bridge run\nX-GNOME-Autostart-enabled=true\n", true),
            ("[Desktop Entry]\nExec=jpki-bridge run\nX-GNOME-Autostart-enabled=false\n", false),
            ("[Desktop Entry]\nExec=jpki-bridge run\nHidden=true\n", false),
            ("[Desktop Entry]\nExec=jpki-bridge run\n[Desktop Action x]\nHidden=true\n", true),
            ("[Desktop Entry]\nName=x\n", false),
            ("", false),
        ] {
            assert_eq!(starts(entry), on, "{entry}");
            assert!(!is_ours(entry));
        }
    }
}
