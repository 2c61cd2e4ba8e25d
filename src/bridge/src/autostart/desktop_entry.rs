//! An entry of XDG autostart (freedesktop.org, Desktop Application Autostart Specification 0.5, and Desktop Entry
//! Specification 1.5).

use std::path::Path;

/// Its name; the package's entry in `/etc/xdg/autostart` has the same, so that ours takes its place.
pub(super) const NAME: &str = "jpki-bridge.desktop";

/// What this program is called where it is looked for by its name.
const NAME_IN_PATH: &str = "jpki-bridge";

/// The one group that counts.
const GROUP: &str = "[Desktop Entry]";

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

/// Whether nothing is lost with an entry: this program wrote it, or it says no more than that this program starts, or that
/// it doesn't. So do those that a person makes who switches it off by hand, as the specification has it.
pub(super) fn is_ours(entry: &str) -> bool {
    let mut commands = commands(entry);
    let is_entry = entry.lines().any(|line| line.trim() == GROUP);
    let says_no_more = |(program, rest): (&str, &str)| is_our_name(program) && (rest.trim() == "run" || !starts(entry));
    is_marked(entry) || (is_entry && commands.all(says_no_more))
}

/// Whether an entry of ours that starts something starts `program`.
pub(super) fn is_current(entry: &str, program: &Path) -> bool {
    let whole = starting(program);
    let unmarked = || commands(entry).any(|(named, _)| named == NAME_IN_PATH || Path::new(named) == program);
    whole.as_deref() == Some(entry) || (!is_marked(entry) && unmarked())
}

fn is_marked(entry: &str) -> bool {
    keys(entry).any(|line| line == MARK)
}

/// What an entry starts: programs with what stands after them. Only a quoted one holds spaces, and none of ours a quote.
fn commands(entry: &str) -> impl Iterator<Item = (&str, &str)> {
    keys(entry).filter_map(|line| line.strip_prefix("Exec=")).map(|command| {
        let quoted = command.strip_prefix('"').and_then(|rest| rest.split_once('"'));
        quoted.or_else(|| command.split_once(' ')).unwrap_or((command, ""))
    })
}

fn is_our_name(program: &str) -> bool {
    Path::new(program).file_name().is_some_and(|name| name == NAME_IN_PATH)
}

/// Whether a desktop that reads this entry starts what it names.
pub(super) fn starts(entry: &str) -> bool {
    // The second is older than `Hidden` in GNOME's settings, and still written there.
    let off = ["Hidden=true", "X-GNOME-Autostart-enabled=false"];
    !keys(entry).any(|line| off.contains(&line)) && keys(entry).any(|line| line.starts_with("Exec="))
}

/// The lines of the one group that counts.
fn keys(entry: &str) -> impl Iterator<Item = &str> {
    let group = entry.lines().skip_while(|line| line.trim() != GROUP).skip(1);
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
        }
    }

    #[test]
    fn an_entry_with_which_nothing_is_lost_counts_as_ours() {
        for (keys, ours) in [
            ("", true),
            ("Hidden=true\n", true),
            ("Exec=jpki-bridge run\n", true),
            ("Exec=\"/opt/my apps/jpki-bridge\" run\nHidden=true\n", true),
            ("Exec=/usr/bin/jpki-bridge run --no-tray\nX-GNOME-Autostart-enabled=false\n", true),
            ("Exec=jpki-bridge run --no-tray\n", false),
            ("Exec=sh -c 'jpki-bridge run'\nHidden=true\n", false),
            ("Exec=jpki-bridge2 run\nHidden=true\n", false),
        ] {
            assert_eq!(is_ours(&format!("[Desktop Entry]\n{keys}")), ours, "{keys}");
        }
        assert!(!is_ours("mine\n") && !is_ours(""));
    }

    #[test]
    fn an_entry_starts_this_program_or_another() {
        let program = Path::new("/usr/bin/jpki-bridge");
        for (command, current) in
            [("jpki-bridge run", true), ("/usr/bin/jpki-bridge run", true), ("/opt/jpki-bridge run", false)]
        {
            assert_eq!(is_current(&format!("[Desktop Entry]\nExec={command}\n"), program), current, "{command}");
        }
        assert!(is_current(&starting(program).unwrap(), program));
        assert!(!is_current(&starting(Path::new("/opt/jpki-bridge")).unwrap(), program));
    }
}
