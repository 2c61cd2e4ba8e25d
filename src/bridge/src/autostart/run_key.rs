//! A value of the registry's `Run` key, and the switch that Windows itself has for it.

use std::path::Path;

/// The program under the names it is installed by; the second opens no console, as nobody looks at one at login.
const PROGRAMS: [&str; 2] = ["jpki-bridge.exe", QUIET];

/// See [`PROGRAMS`].
pub(super) const QUIET: &str = "jpki-bridgew.exe";

/// The command that starts this program; none for a path that no command line can hold.
pub(super) fn command(program: &Path) -> Option<String> {
    let path = program.to_str().filter(|path| !path.contains('"') && !path.chars().any(char::is_control))?;
    Some(format!("\"{path}\" run"))
}

/// Whether this program wrote a command: whatever folder it stood in then.
pub(super) fn is_ours(command: &str) -> bool {
    let path = command.strip_prefix('"').and_then(|rest| rest.strip_suffix("\" run"));
    let name = path.and_then(|path| path.rsplit(['\\', '/']).next());
    name.is_some_and(|name| PROGRAMS.iter().any(|program| name.eq_ignore_ascii_case(program)))
}

/// Whether what Windows noted switches a command off: the lowest bit of the first byte.
pub(super) fn is_switched_off(noted: &[u8]) -> bool {
    noted.first().is_some_and(|byte| byte & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_starts_its_program_and_is_known_as_ours() {
        let command = command(Path::new(r"C:\Program Files\JPKI Bridge\jpki-bridge.exe")).unwrap();
        assert_eq!(command, r#""C:\Program Files\JPKI Bridge\jpki-bridge.exe" run"#);
        assert!(is_ours(&command) && is_ours(r#""C:\x\jpki-bridgew.exe" run"#));
        for other in ["", r#""C:\x\other.exe" run"#, r#""C:\x\jpki-bridge.exe" run --developer"#, "jpki-bridge.exe run"]
        {
            assert!(!is_ours(other), "{other}");
        }
        assert_eq!(super::command(Path::new("a\"b")), None);
    }

    #[test]
    fn the_switch_of_windows_is_the_lowest_bit() {
        for (noted, off) in [(&[2, 0, 0][..], false), (&[6], false), (&[3, 0], true), (&[7], true), (&[], false)] {
            assert_eq!(is_switched_off(noted), off, "{noted:?}");
        }
    }
}
