//! Manual pages and completions, from the very definitions that the programs read their arguments with.

use std::fs;
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

use crate::Failure;

/// The command line of `jpki-verify`, which belongs to no library.
#[path = "../../../src/trust/src/bin/jpki-verify/args.rs"]
#[allow(dead_code, reason = "the program reads what is only described here")]
mod verify;

/// Where the shells' completions go, below the folder.
const SHELLS: [(Shell, &str); 3] = [(Shell::Bash, "bash"), (Shell::Zsh, "zsh"), (Shell::Fish, "fish")];

/// Writes `man/*.1`, and `completions/SHELL/*` as each shell wants them named.
///
/// # Errors
/// Those of the file system.
pub(crate) fn write(folder: &Path) -> Result<(), Failure> {
    let pages = folder.join("man");
    fs::create_dir_all(&pages)?;
    for mut command in commands() {
        let name = command.get_name().to_owned();
        for (shell, place) in SHELLS {
            let place = folder.join("completions").join(place);
            fs::create_dir_all(&place)?;
            clap_complete::generate_to(shell, &mut command, &name, place)?;
        }
        clap_mangen::generate_to(command, &pages)?;
    }
    Ok(())
}

fn commands() -> [Command; 2] {
    // `help` as a command has no page of its own: every page is that help.
    [jpki_bridge::cli::command(), verify::Arguments::command()].map(|command| command.disable_help_subcommand(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_and_every_shell_its_completions() {
        let folder = std::env::temp_dir().join(format!("jpki-papers-{}", std::process::id()));
        write(&folder).unwrap();
        for command in commands() {
            let name = command.get_name();
            for file in [format!("bash/{name}.bash"), format!("zsh/_{name}"), format!("fish/{name}.fish")] {
                assert!(folder.join("completions").join(&file).metadata().unwrap().len() > 0, "{file}");
            }
            for page in command.get_subcommands().map(|sub| format!("{name}-{}.1", sub.get_name())) {
                let text = fs::read_to_string(folder.join("man").join(&page)).unwrap();
                assert!(text.contains(".SH SYNOPSIS"), "{page}");
            }
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}
