//! Linux: what to do, as a pure function of what is there and what is wished.
//!
//! An autostart entry is what every desktop reads, so that is what is written, unless the person asks for a unit of their
//! systemd: for a bare window manager that reads no entries. Never both: two would race each other at login. What the package
//! ships is used before anything is written.

/// The ways to start at login on Linux.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// An entry in `~/.config/autostart`.
    Entry,
    /// A unit in `~/.config/systemd/user`.
    Unit,
}

/// What stands in the person's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    Nothing,
    /// Written by this program.
    Ours {
        starts: bool,
        current: bool,
    },
    /// Written by somebody else.
    Foreign {
        starts: bool,
    },
}

/// What is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) entry: Own,
    /// Whether a system folder has an entry that starts.
    pub(super) packaged_entry: bool,
    pub(super) unit: Own,
    /// Whether a system folder has a unit.
    pub(super) packaged_unit: bool,
    /// Whether the person's systemd starts the unit at login, by a link of their own.
    pub(super) unit_enabled: bool,
    /// Whether it does so by a link of the administrator's.
    pub(super) unit_enabled_globally: bool,
}

/// A step; each says what it does where it is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    WriteEntry,
    HideEntry,
    RemoveEntry,
    WriteUnit,
    RemoveUnit,
    EnableUnit,
    DisableUnit,
    /// A link to `/dev/null`, as `systemctl --user mask` makes it.
    MaskUnit,
}

impl Own {
    fn starts(self) -> bool {
        matches!(self, Self::Ours { starts: true, .. } | Self::Foreign { starts: true })
    }
}

/// Why nothing is done: what stands in the way is somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Foreign(pub(super) Way);

impl Seen {
    /// Whether desktops start the agent by an entry.
    pub(super) fn starts_by_entry(self) -> bool {
        match self.entry {
            Own::Nothing => self.packaged_entry,
            own => own.starts(),
        }
    }

    /// Whether systemd starts the agent.
    pub(super) fn starts_by_unit(self) -> bool {
        let there = match self.unit {
            Own::Nothing => self.packaged_unit,
            own => own.starts(),
        };
        there && (self.unit_enabled || self.unit_enabled_globally)
    }

    /// What to do for the agent to start at login, in this way.
    pub(super) fn switch_on(self, way: Way) -> Result<Vec<Step>, Foreign> {
        let (mut steps, others) = match way {
            Way::Entry => (self.entry_on()?, self.unit_off()?),
            Way::Unit => (self.unit_on()?, self.entry_off()?),
        };
        steps.extend(others);
        Ok(steps)
    }

    /// What to do for it not to.
    pub(super) fn switch_off(self) -> Result<Vec<Step>, Foreign> {
        let mut steps = self.entry_off()?;
        steps.extend(self.unit_off()?);
        Ok(steps)
    }

    fn entry_on(self) -> Result<Vec<Step>, Foreign> {
        Ok(match self.entry {
            Own::Nothing if self.packaged_entry => Vec::new(),
            Own::Ours { .. } if self.packaged_entry => vec![Step::RemoveEntry],
            Own::Ours { starts: true, current: true } | Own::Foreign { starts: true } => Vec::new(),
            Own::Nothing | Own::Ours { .. } => vec![Step::WriteEntry],
            Own::Foreign { starts: false } => return Err(Foreign(Way::Entry)),
        })
    }

    fn entry_off(self) -> Result<Vec<Step>, Foreign> {
        Ok(match self.entry {
            Own::Foreign { starts: true } => return Err(Foreign(Way::Entry)),
            Own::Nothing | Own::Ours { starts: true, .. } if self.packaged_entry => vec![Step::HideEntry],
            Own::Ours { starts: false, .. } if !self.packaged_entry => vec![Step::RemoveEntry],
            Own::Ours { starts: true, .. } => vec![Step::RemoveEntry],
            Own::Nothing | Own::Ours { .. } | Own::Foreign { .. } => Vec::new(),
        })
    }

    fn unit_on(self) -> Result<Vec<Step>, Foreign> {
        let mut steps = match self.unit {
            Own::Nothing if self.packaged_unit => Vec::new(),
            Own::Ours { .. } if self.packaged_unit => vec![Step::RemoveUnit],
            Own::Ours { starts: true, current: true } | Own::Foreign { starts: true } => Vec::new(),
            Own::Nothing | Own::Ours { .. } => vec![Step::WriteUnit],
            Own::Foreign { starts: false } => return Err(Foreign(Way::Unit)),
        };
        if !self.unit_enabled && !self.unit_enabled_globally {
            steps.push(Step::EnableUnit);
        }
        Ok(steps)
    }

    fn unit_off(self) -> Result<Vec<Step>, Foreign> {
        let mut steps = Vec::new();
        if self.unit_enabled {
            steps.push(Step::DisableUnit);
        }
        match self.unit {
            Own::Ours { starts: true, .. } => steps.push(Step::RemoveUnit),
            // A mask is of use only as long as somebody else enables the unit.
            Own::Ours { starts: false, .. } if !self.unit_enabled_globally => steps.push(Step::RemoveUnit),
            Own::Foreign { starts: true } if self.unit_enabled_globally => return Err(Foreign(Way::Unit)),
            Own::Nothing | Own::Ours { .. } | Own::Foreign { .. } => {}
        }
        if self.unit_enabled_globally && (self.unit == Own::Nothing || self.unit.starts()) {
            steps.push(Step::MaskUnit);
        }
        Ok(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::Step::{DisableUnit, EnableUnit, HideEntry, MaskUnit, RemoveEntry, RemoveUnit, WriteEntry, WriteUnit};
    use super::*;

    const NOTHING: Seen = Seen {
        entry: Own::Nothing,
        packaged_entry: false,
        unit: Own::Nothing,
        packaged_unit: false,
        unit_enabled: false,
        unit_enabled_globally: false,
    };
    const STARTS: Own = Own::Ours { starts: true, current: true };
    const STALE: Own = Own::Ours { starts: true, current: false };
    const HIDES: Own = Own::Ours { starts: false, current: false };

    /// What is there once the steps are done.
    fn after(mut seen: Seen, steps: &[Step]) -> Seen {
        for step in steps {
            match step {
                WriteEntry => seen.entry = STARTS,
                HideEntry => seen.entry = HIDES,
                RemoveEntry => seen.entry = Own::Nothing,
                WriteUnit => seen.unit = STARTS,
                RemoveUnit => seen.unit = Own::Nothing,
                EnableUnit => seen.unit_enabled = true,
                DisableUnit => seen.unit_enabled = false,
                MaskUnit => seen.unit = HIDES,
            }
        }
        seen
    }

    fn everything() -> Vec<Seen> {
        let owns = [Own::Nothing, STARTS, STALE, HIDES, Own::Foreign { starts: true }, Own::Foreign { starts: false }];
        let mut all = Vec::new();
        for entry in owns {
            for unit in owns {
                for bits in 0..16_u8 {
                    let bit = |n: u8| bits & (1 << n) != 0;
                    let (packaged_entry, packaged_unit) = (bit(0), bit(1));
                    let (unit_enabled, unit_enabled_globally) = (bit(2), bit(3));
                    all.push(Seen { entry, packaged_entry, unit, packaged_unit, unit_enabled, unit_enabled_globally });
                }
            }
        }
        all
    }

    #[test]
    fn whatever_is_there_on_is_on_once_and_off_is_off() {
        for seen in everything() {
            for way in [Way::Entry, Way::Unit] {
                let Ok(steps) = seen.switch_on(way) else { continue };
                let then = after(seen, &steps);
                let (entry, unit) = (then.starts_by_entry(), then.starts_by_unit());
                assert_eq!((entry, unit), (way == Way::Entry, way == Way::Unit), "{seen:?} {way:?} {steps:?}");
                assert_eq!(
                    then.switch_on(way),
                    Ok(Vec::new()),
                    "once more changes nothing: {seen:?} {way:?} {steps:?}"
                );
            }
            let Ok(steps) = seen.switch_off() else { continue };
            let then = after(seen, &steps);
            assert!(!then.starts_by_entry() && !then.starts_by_unit(), "{seen:?} {steps:?}");
            assert_eq!(then.switch_off(), Ok(Vec::new()), "once more changes nothing: {seen:?} {steps:?}");
        }
    }

    #[test]
    fn what_others_wrote_is_never_touched() {
        for seen in everything() {
            for steps in
                [seen.switch_on(Way::Entry), seen.switch_on(Way::Unit), seen.switch_off()].into_iter().flatten()
            {
                let touches = |step: [Step; 3]| steps.iter().any(|done| step.contains(done));
                if matches!(seen.entry, Own::Foreign { .. }) {
                    assert!(!touches([WriteEntry, HideEntry, RemoveEntry]), "{seen:?} {steps:?}");
                }
                if matches!(seen.unit, Own::Foreign { .. }) {
                    assert!(!touches([WriteUnit, MaskUnit, RemoveUnit]), "{seen:?} {steps:?}");
                }
            }
        }
    }

    #[test]
    fn off_after_on_leaves_nothing_behind_where_nothing_was() {
        for way in [Way::Entry, Way::Unit] {
            let on = after(NOTHING, &NOTHING.switch_on(way).unwrap());
            assert_eq!(after(on, &on.switch_off().unwrap()), NOTHING);
        }
        let packaged = Seen { packaged_entry: true, packaged_unit: true, ..NOTHING };
        let off = after(packaged, &packaged.switch_off().unwrap());
        assert_eq!(after(off, &off.switch_on(Way::Entry).unwrap()), packaged);
    }

    #[test]
    fn the_steps_of_ordinary_cases_are_these() {
        let packaged = Seen { packaged_entry: true, packaged_unit: true, ..NOTHING };
        let global = Seen { packaged_unit: true, unit_enabled_globally: true, ..NOTHING };
        for (seen, wish, want) in [
            (NOTHING, Some(Way::Entry), vec![WriteEntry]),
            (NOTHING, Some(Way::Unit), vec![WriteUnit, EnableUnit]),
            (NOTHING, None, vec![]),
            (Seen { entry: STALE, ..NOTHING }, Some(Way::Entry), vec![WriteEntry]),
            (Seen { entry: STARTS, ..NOTHING }, None, vec![RemoveEntry]),
            (packaged, Some(Way::Entry), vec![]),
            (packaged, None, vec![HideEntry]),
            (packaged, Some(Way::Unit), vec![EnableUnit, HideEntry]),
            (Seen { entry: HIDES, ..packaged }, Some(Way::Entry), vec![RemoveEntry]),
            (global, None, vec![MaskUnit]),
            (global, Some(Way::Entry), vec![WriteEntry, MaskUnit]),
            (Seen { unit: HIDES, ..global }, Some(Way::Unit), vec![RemoveUnit]),
        ] {
            let steps = match wish {
                Some(way) => seen.switch_on(way),
                None => seen.switch_off(),
            };
            assert_eq!(steps, Ok(want), "{seen:?} {wish:?}");
        }
    }
}
