//! What a command says on standard output: all of it, or a failure that says it was not.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use super::Failure;

/// Prints, and doesn't mind a reader who has seen enough.
///
/// # Errors
/// If standard output can't be written, as on a full disk.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    to(&mut io::stdout().lock(), text)
}

/// As [`print`], with the end of the line.
///
/// # Errors
/// As [`print`].
pub(super) fn line(what: impl Display) -> Result<(), Failure> {
    print(&format!("{what}\n"))
}

fn to(out: &mut dyn Write, text: &str) -> Result<(), Failure> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("the result can't be written to standard output: {error}").into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes everything, and gives this error for it in the end.
    struct Until(Option<ErrorKind>);

    impl Write for Until {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.0.map_or(Ok(()), |kind| Err(kind.into()))
        }
    }

    #[test]
    fn a_reader_may_leave_and_a_disk_may_not_be_full() {
        for (end, well) in [(None, true), (Some(ErrorKind::BrokenPipe), true), (Some(ErrorKind::StorageFull), false)] {
            let printed = to(&mut Until(end), "text\n");
            assert_eq!(printed.is_ok(), well, "{end:?}");
            if let Err(failure) = printed {
                assert!(failure.to_string().contains("standard output"), "{failure}");
            }
        }
        let mut text = Vec::new();
        to(&mut text, "text\n").unwrap();
        assert_eq!(text, b"text\n");
    }
}
