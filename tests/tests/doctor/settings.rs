//! Settings files, and the variables beside them.

use std::os::unix::fs::PermissionsExt as _;

use crate::patient::Patient;

#[test]
fn a_broken_settings_file_is_moved_away() {
    let patient = Patient::new();
    patient.is_well("settings");
    for broken in ["=", "porto = 1\n", "port = 70000\n"] {
        std::fs::write(patient.config(), broken).unwrap();
        let check = patient.suffers("settings", "fault", &[patient.config().to_str().unwrap(), "broken", "mv "]);
        patient.obeys(&check);
        patient.is_well("settings");
    }
}

#[test]
fn a_settings_file_that_others_may_write_is_made_the_persons_own() {
    const NOBODY: u32 = 65534;
    let patient = Patient::new();
    std::fs::set_permissions(patient.config(), std::fs::Permissions::from_mode(0o666)).unwrap();
    let check = patient.suffers("settings", "fault", &["changed by other users", "chmod go-w"]);
    patient.obeys(&check);
    patient.is_well("settings");
    std::os::unix::fs::chown(patient.config(), Some(NOBODY), None).unwrap();
    let check = patient.suffers("settings", "fault", &["changed by other users", "chown"]);
    patient.obeys(&check);
    patient.is_well("settings");
}

#[test]
fn a_variable_that_can_not_be_used_is_unset() {
    let mut patient = Patient::new();
    patient.variables.push(("JPKI_BRIDGE_PORT", "x".into()));
    patient.suffers("settings", "fault", &["JPKI_BRIDGE_PORT", "unset JPKI_BRIDGE_PORT"]);
    patient.variables.clear();
    patient.is_well("settings");
    patient.variables.push(("JPKI_BRIDGE_LOG", "loud".into()));
    patient.suffers("settings", "fault", &["JPKI_BRIDGE_LOG", "unset JPKI_BRIDGE_LOG"]);
}

#[test]
fn a_settings_file_that_is_named_and_missing_is_left_out() {
    let mut patient = Patient::new();
    patient.arguments.extend(["--config".into(), "/nonexistent/config.toml".into()]);
    patient.suffers("settings", "fault", &["/nonexistent/config.toml", "without --config"]);
    patient.arguments.truncate(2);
    patient.is_well("settings");
}
