//! Windows: a process held by its handle, so that its number can't pass to another one meanwhile.

use std::io;
use std::path::Path;

use windows_sys::Win32::Foundation::{ERROR_INVALID_PARAMETER, GetLastError, MAX_PATH};
use windows_sys::Win32::System::Threading::{
    OpenProcess, PROCESS_NAME_WIN32, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_TERMINATE, QueryFullProcessImageNameW,
    TerminateProcess,
};

use super::PROGRAM;
use crate::os::windows::{Owned, runs_as_this_user};

/// See [`super`].
pub(crate) struct Sibling(Owned);

impl Sibling {
    /// The process with this number, if it is one of this program and this user.
    ///
    /// # Errors
    /// The system's, where it can't say.
    pub(crate) fn find(id: u32) -> io::Result<Option<Self>> {
        // SAFETY: a handle that is null is refused below; any other is closed by its owner.
        let process = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_TERMINATE, 0, id) };
        if process.is_null() {
            // SAFETY: reads this thread's last error.
            return match unsafe { GetLastError() } {
                ERROR_INVALID_PARAMETER => Ok(None),
                error => Err(io::Error::from_raw_os_error(error as i32)),
            };
        }
        let process = Owned(process);
        Ok((is_this_program(&process)? && runs_as_this_user(&process)?).then_some(Self(process)))
    }

    /// Asks it to end; `true` if that is possible on this system. Windows knows no way to ask a program without a window.
    ///
    /// # Errors
    /// None on this system.
    pub(crate) fn ask_to_end(&self) -> io::Result<bool> {
        Ok(false)
    }

    /// Ends it.
    ///
    /// # Errors
    /// The system's, for instance if it has ended.
    pub(crate) fn kill(&self) -> io::Result<()> {
        // SAFETY: the handle is open.
        if unsafe { TerminateProcess(self.0.0, 1) } == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}

fn is_this_program(process: &Owned) -> io::Result<bool> {
    let mut path = vec![0_u16; MAX_PATH as usize * 8];
    let mut length = path.len() as u32;
    // SAFETY: the buffer has the length it is said to have.
    let named = unsafe { QueryFullProcessImageNameW(process.0, PROCESS_NAME_WIN32, path.as_mut_ptr(), &mut length) };
    if named == 0 {
        return Err(io::Error::last_os_error());
    }
    let path = String::from_utf16_lossy(&path[..length as usize]);
    // The second is the same program, which opens no console.
    let names = [PROGRAM.to_owned(), format!("{PROGRAM}w")];
    Ok(Path::new(&path).file_stem().is_some_and(|stem| names.iter().any(|name| stem.eq_ignore_ascii_case(name))))
}
