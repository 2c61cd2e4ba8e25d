//! A LaunchAgent (launchd.plist(5)): its text, and what launchctl(1) says of it.

use std::path::Path;

/// Its label; the installer's agent in `/Library/LaunchAgents` has the same.
pub(super) const LABEL: &str = "example.jpki-bridge.agent";

/// The line that tells what this program wrote.
const MARK: &str = "<!-- Written by jpki-bridge autostart. -->";

/// An agent that starts this program; none for a path that can't be written into one.
pub(super) fn starting(program: &Path) -> Option<String> {
    let path = program.to_str().filter(|path| !path.chars().any(char::is_control))?;
    let path = path.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
        {MARK}\n<plist version=\"1.0\">\n<dict>\n\
        \t<key>Label</key>\n\t<string>{LABEL}</string>\n\
        \t<key>ProgramArguments</key>\n\t<array>\n\t\t<string>{path}</string>\n\t\t<string>run</string>\n\t</array>\n\
        \t<key>RunAtLoad</key>\n\t<true/>\n\
        \t<key>LimitLoadToSessionType</key>\n\t<string>Aqua</string>\n\
        \t<key>ProcessType</key>\n\t<string>Interactive</string>\n</dict>\n</plist>\n"
    ))
}

/// Whether this program wrote an agent.
pub(super) fn is_ours(plist: &str) -> bool {
    plist.lines().any(|line| line == MARK)
}

/// Whether `launchctl print-disabled` says that the agent is switched off.
pub(super) fn is_disabled(printed: &str) -> bool {
    let line = printed.lines().find_map(|line| line.trim().strip_prefix(&format!("\"{LABEL}\" => ")));
    // The second is what macOS 12 and older say.
    line.is_some_and(|state| ["disabled", "true"].contains(&state.trim_end_matches([',', ';'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_starts_its_program_and_is_known_as_ours() {
        let plist = starting(Path::new("/Applications/A & B.app/jpki-bridge")).unwrap();
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let document = roxmltree::Document::parse_with_options(&plist, options).unwrap();
        let texts: Vec<_> =
            document.descendants().filter(|node| node.has_tag_name("string")).map(|n| n.text()).collect();
        let wanted = [LABEL, "/Applications/A & B.app/jpki-bridge", "run", "Aqua", "Interactive"];
        assert_eq!(texts, wanted.map(Some));
        assert!(is_ours(&plist) && !is_ours("<plist/>"));
        assert_eq!(starting(Path::new("/a\n</plist>")), None);
    }

    #[test]
    fn what_launchctl_prints_is_understood_old_and_new() {
        let printed =
            |state: &str| format!("disabled services = {{\n\t\"other\" => disabled\n\t\"{LABEL}\" => {state}\n}}\n");
        for (state, off) in [("disabled", true), ("true", true), ("enabled", false), ("false", false)] {
            assert_eq!(is_disabled(&printed(state)), off, "{state}");
        }
        assert!(!is_disabled("disabled services = {\n}\n"));
    }
}
