//! A unit of the person's systemd, for sessions that read no autostart entries (systemd.unit(5), systemd.service(5)).

use std::path::Path;

/// Its name; the package's unit in `/usr/lib/systemd/user` has the same.
pub(super) const NAME: &str = "jpki-bridge.service";

/// The session that starts it. A desktop that has no such target is one that reads autostart entries.
pub(super) const WANTED_BY: &str = "graphical-session.target.wants";

/// The line that tells what this program wrote.
const MARK: &str = "# Written by jpki-bridge autostart.";

/// A unit that starts this program; none for a path that can't be written into one.
pub(super) fn starting(program: &Path) -> Option<String> {
    let path = program.to_str().filter(|path| !path.chars().any(char::is_control))?;
    Some(format!(
        "{MARK}\n[Unit]\nDescription=JPKI Bridge, between web pages and the card reader\n\
        PartOf=graphical-session.target\nAfter=graphical-session.target\n\n\
        [Service]\nExecStart={} run\nRestart=on-abnormal\nNoNewPrivileges=yes\n\n\
        [Install]\nWantedBy=graphical-session.target\n",
        quoted(path)
    ))
}

/// Whether this program wrote a unit.
pub(super) fn is_ours(unit: &str) -> bool {
    unit.lines().any(|line| line == MARK)
}

/// As a word of a command line (systemd.service(5), "Command lines").
fn quoted(path: &str) -> String {
    let escaped = path.replace('\\', r"\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_starts_its_program_and_is_known_as_ours() {
        let unit = starting(Path::new("/usr/bin/jpki-bridge")).unwrap();
        assert!(unit.contains("\nExecStart=\"/usr/bin/jpki-bridge\" run\n") && is_ours(&unit), "{unit}");
        assert!(!is_ours("[Service]\nExecStart=jpki-bridge run\n"));
    }

    #[test]
    fn a_path_of_any_characters_is_one_word() {
        assert_eq!(quoted("/a b/\"%$\\"), r#""/a b/\"%%$$\\""#);
        assert_eq!(starting(Path::new("/a\nExecStart=/bin/sh")), None);
    }
}
