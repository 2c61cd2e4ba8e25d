//! A prompt that a test plays live (see `e2e::person`): what the agent says goes to the test's socket, what the test says
//! goes to the agent, byte by byte. It ends only when both have hung up, so that a test can also play a prompt that
//! doesn't end when it should.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use e2e::person::SOCKET_VARIABLE;

fn main() -> e2e::Result<()> {
    let socket = std::env::var_os(SOCKET_VARIABLE).ok_or("no socket is named")?;
    let mut from_test = UnixStream::connect(socket)?;
    let mut to_test = from_test.try_clone()?;
    writeln!(to_test, "{}", std::process::id())?;
    let listening = std::thread::spawn(move || -> std::io::Result<()> {
        // Not through `std::io::stdout`, which waits for the ends of lines.
        let mut stdout = std::fs::File::options().write(true).open("/proc/self/fd/1")?;
        // An agent that ended takes nothing, and that is all there is to know.
        let _ = carry(&mut from_test, &mut stdout);
        drop(stdout);
        // Closed by being replaced: the agent sees its end while this process lives on.
        Ok(rustix::stdio::dup2_stdout(std::fs::File::open("/dev/null")?)?)
    });
    // A test that has ended doesn't listen, and the agent's end is all that is waited for.
    let _ = carry(&mut std::io::stdin().lock(), &mut to_test);
    listening.join().map_err(|_| "the listening thread panicked")?.map_err(Into::into)
}

/// Not `std::io::copy`: it lets the kernel splice, which locks the pipe while it waits, and the agent could not read.
fn carry(from: &mut impl Read, to: &mut impl Write) -> std::io::Result<()> {
    let mut bytes = [0; 1024];
    loop {
        match from.read(&mut bytes)? {
            0 => return Ok(()),
            length => to.write_all(&bytes[..length])?,
        }
    }
}
