//! Windows: whose socket is at the other end, exclusive ports, private files.

use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::windows::io::AsRawSocket;
use std::path::Path;
use std::ptr;

use crate::files::Owner;
use windows_sys::Win32::Foundation::{CloseHandle, ERROR_INSUFFICIENT_BUFFER, HANDLE, NO_ERROR};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetExtendedTcpTable, MIB_TCP6ROW_OWNER_PID, MIB_TCP6TABLE_OWNER_PID, MIB_TCPROW_OWNER_PID, MIB_TCPTABLE_OWNER_PID,
    TCP_TABLE_OWNER_PID_CONNECTIONS,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_INET6, SO_EXCLUSIVEADDRUSE, SOCKET, SOL_SOCKET, setsockopt};
use windows_sys::Win32::Security::{EqualSid, GetTokenInformation, TOKEN_QUERY, TOKEN_USER, TokenUser};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, OpenProcess, OpenProcessToken, PROCESS_QUERY_LIMITED_INFORMATION,
};

/// Keeps this process's memory to itself. Windows writes no dump of a program that handles its own
/// errors, and lets nobody but the same user and administrators read its memory.
///
/// # Errors
/// None on this system.
pub fn harden() -> io::Result<()> {
    Ok(())
}

/// Whether nobody else may write a file: those of the profile folder inherit its rights, which
/// Windows gives to the person and administrators alone.
pub(crate) fn is_private(_: &File, _: Owner) -> io::Result<bool> {
    Ok(true)
}

/// Opens a file for reading.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Whether what is at `path` belongs to the user of this process; what the profile holds does.
pub(crate) fn is_own(path: &Path) -> io::Result<bool> {
    fs::metadata(path).map(|_| true)
}

/// Creates a file with the rights of its folder.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    File::create(path)
}

/// Creates a folder, and those above it, with the rights of the profile.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Keeps other programs from listening on the same port as this socket, which is not bound yet; Windows allows it otherwise.
pub(crate) fn claim_exclusively(socket: &impl AsRawSocket) -> io::Result<()> {
    let yes: u32 = 1;
    // SAFETY: the option's value is the four bytes it is said to be.
    let result = unsafe {
        setsockopt(
            socket.as_raw_socket() as SOCKET,
            SOL_SOCKET,
            SO_EXCLUSIVEADDRUSE,
            ptr::from_ref(&yes).cast(),
            size_of::<u32>() as i32,
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Whether the socket `peer`, connected to our `local`, belongs to the user of this process.
///
/// # Errors
/// The system's, where its tables can't be read; the connection is then refused.
pub(crate) fn same_user(peer: SocketAddr, local: SocketAddr) -> io::Result<bool> {
    let Some(pid) = owner(peer, local)? else { return Ok(false) };
    // SAFETY: a handle that is null is refused below; any other is closed by its owner.
    let process = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid) };
    if process.is_null() {
        // Another user's process can't be opened: that is the answer.
        return Ok(false);
    }
    runs_as_this_user(&Owned(process))
}

/// Whether a process belongs to the user of this process.
pub(super) fn runs_as_this_user(process: &Owned) -> io::Result<bool> {
    // SAFETY: a pseudo handle that needs no closing.
    let (theirs, ours) = (user_of(process.0)?, user_of(unsafe { GetCurrentProcess() })?);
    // SAFETY: both buffers hold a TOKEN_USER whose SID points into the same buffer.
    let equal = unsafe {
        let sid = |buffer: &Vec<u64>| (*buffer.as_ptr().cast::<TOKEN_USER>()).User.Sid;
        EqualSid(sid(&theirs), sid(&ours))
    };
    Ok(equal != 0)
}

/// A handle, closed when dropped.
pub(super) struct Owned(pub(super) HANDLE);

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the handle is ours and not used any more.
        unsafe { CloseHandle(self.0) };
    }
}

/// The TOKEN_USER of a process, in a buffer aligned for it.
fn user_of(process: HANDLE) -> io::Result<Vec<u64>> {
    let mut token: HANDLE = ptr::null_mut();
    // SAFETY: `token` is written before it is used.
    if unsafe { OpenProcessToken(process, TOKEN_QUERY, &mut token) } == 0 {
        return Err(io::Error::last_os_error());
    }
    let token = Owned(token);
    // A SID has at most 68 bytes.
    let mut buffer = vec![0_u64; 32];
    let (size, mut needed) = (size_of_val(buffer.as_slice()) as u32, 0);
    // SAFETY: the buffer has the size it is said to have.
    let filled = unsafe { GetTokenInformation(token.0, TokenUser, buffer.as_mut_ptr().cast(), size, &mut needed) };
    if filled == 0 { Err(io::Error::last_os_error()) } else { Ok(buffer) }
}

/// The process that has the socket whose own end is `own` and whose other end is `other`.
fn owner(own: SocketAddr, other: SocketAddr) -> io::Result<Option<u32>> {
    let v4 = own.is_ipv4();
    let buffer = table(if v4 { AF_INET } else { AF_INET6 })?;
    let port = |raw: u32| u16::from_be(raw as u16);
    // SAFETY: the system filled the buffer with the table asked for: a count, then that many rows.
    unsafe {
        if v4 {
            let table = buffer.as_ptr().cast::<MIB_TCPTABLE_OWNER_PID>();
            let rows: &[MIB_TCPROW_OWNER_PID] =
                std::slice::from_raw_parts((*table).table.as_ptr(), (*table).dwNumEntries as usize);
            let ip = |raw: u32| IpAddr::V4(u32::from_be(raw).into());
            Ok(rows
                .iter()
                .find(|row| {
                    SocketAddr::new(ip(row.dwLocalAddr), port(row.dwLocalPort)) == own
                        && SocketAddr::new(ip(row.dwRemoteAddr), port(row.dwRemotePort)) == other
                })
                .map(|row| row.dwOwningPid))
        } else {
            let table = buffer.as_ptr().cast::<MIB_TCP6TABLE_OWNER_PID>();
            let rows: &[MIB_TCP6ROW_OWNER_PID] =
                std::slice::from_raw_parts((*table).table.as_ptr(), (*table).dwNumEntries as usize);
            Ok(rows
                .iter()
                .find(|row| {
                    (IpAddr::from(row.ucLocalAddr), port(row.dwLocalPort)) == (own.ip(), own.port())
                        && (IpAddr::from(row.ucRemoteAddr), port(row.dwRemotePort)) == (other.ip(), other.port())
                })
                .map(|row| row.dwOwningPid))
        }
    }
}

fn table(family: u16) -> io::Result<Vec<u64>> {
    let mut buffer = vec![0_u64; 4096];
    // The table may grow between two calls, but not for ever.
    for _ in 0..8 {
        let mut size = size_of_val(buffer.as_slice()) as u32;
        // SAFETY: the buffer has the size it is said to have, and the alignment of any row.
        let result = unsafe {
            GetExtendedTcpTable(
                buffer.as_mut_ptr().cast(),
                &mut size,
                0,
                u32::from(family),
                TCP_TABLE_OWNER_PID_CONNECTIONS,
                0,
            )
        };
        match result {
            NO_ERROR => return Ok(buffer),
            ERROR_INSUFFICIENT_BUFFER => buffer.resize(size as usize / 8 + 1024, 0),
            error => return Err(io::Error::from_raw_os_error(error as i32)),
        }
    }
    Err(io::Error::other("the table of connections keeps growing"))
}
