//! The few things asked of the operating system. No state, no policy, and no unsafe code: `rustix` has
//! a safe function for each.

use std::fs::File;
use std::io;

/// Shuts the process off from core dumps and, on Linux, from debuggers of the same user (threat 12).
///
/// # Errors
/// What the operating system says; then no PIN may be asked for.
pub(crate) fn protect() -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    }
    // Also takes /proc/PID/mem and environ from other processes of this user (prctl(2)).
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Standard output without the buffer of [`std::io::Stdout`], which would keep a copy of the PIN.
///
/// # Errors
/// What the operating system says, as when standard output is closed.
pub(crate) fn standard_output() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn a_protected_process_leaves_no_core_and_takes_no_debugger() {
        super::protect().unwrap();
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
    }
}
