//! macOS: whose socket is at the other end of a loopback connection.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use libproc::bsd_info::BSDInfo;
use libproc::file_info::{ListFDs, ProcFDType, pidfdinfo};
use libproc::net_info::{InSockInfo, SocketFDInfo, SocketInfoKind};
use libproc::proc_pid::{listpidinfo, pidinfo};
use libproc::processes::{ProcFilter, pids_by_type};
use rustix::process::geteuid;

/// Whether the socket `peer`, connected to our `local`, belongs to the user of this process.
///
/// The processes of this user alone are searched: a socket that none of them has is somebody else's.
///
/// # Errors
/// The system's, where its tables can't be read; the connection is then refused.
pub(crate) fn same_user(peer: SocketAddr, local: SocketAddr) -> io::Result<bool> {
    let uid = geteuid().as_raw();
    for pid in pids_by_type(ProcFilter::ByUID { uid })? {
        let Ok(pid) = i32::try_from(pid) else { continue };
        // A process may end while it is looked at.
        let Ok(info) = pidinfo::<BSDInfo>(pid, 0) else { continue };
        let Ok(files) = listpidinfo::<ListFDs>(pid, info.pbi_nfiles as usize) else { continue };
        let sockets = files.iter().filter(|file| matches!(file.proc_fdtype.into(), ProcFDType::Socket));
        for socket in sockets {
            let Ok(socket) = pidfdinfo::<SocketFDInfo>(pid, socket.proc_fd) else { continue };
            if !matches!(socket.psi.soi_kind.into(), SocketInfoKind::Tcp) {
                continue;
            }
            // SAFETY: the kind says which member of the union the system filled in.
            let ends = unsafe { socket.psi.soi_proto.pri_tcp.tcpsi_ini };
            if ends_are(&ends, peer, local) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn ends_are(ends: &InSockInfo, own: SocketAddr, other: SocketAddr) -> bool {
    // The ports stand in network byte order in the low half of an int.
    let port = |raw: i32| u16::from_be((raw & 0xFFFF) as u16);
    if port(ends.insi_lport) != own.port() || port(ends.insi_fport) != other.port() {
        return false;
    }
    // SAFETY: both members of each union are plain bytes; the version says which has a meaning.
    let (local, remote) = unsafe {
        if ends.insi_vflag & 1 != 0 {
            let v4 = |raw: u32| IpAddr::V4(Ipv4Addr::from(u32::from_be(raw)));
            (v4(ends.insi_laddr.ina_46.i46a_addr4.s_addr), v4(ends.insi_faddr.ina_46.i46a_addr4.s_addr))
        } else {
            let v6 = |raw: [u8; 16]| IpAddr::V6(Ipv6Addr::from(raw)).to_canonical();
            (v6(ends.insi_laddr.ina_6.s6_addr), v6(ends.insi_faddr.ina_6.s6_addr))
        }
    };
    local == own.ip() && remote == other.ip()
}
