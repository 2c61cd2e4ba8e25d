//! Where a signed file goes: a name of its own, whole or not at all.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::super::draft;
use super::Failure;
use super::format::Form;

/// One file to come.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Output(PathBuf);

impl Output {
    /// Where the signed form of `file` goes: to `asked`, which is a folder if `several` files are signed, else beside it.
    pub(super) fn new(file: &Path, form: Form, asked: Option<&Path>, several: bool) -> Result<Self, Failure> {
        let name = name(file, form);
        Ok(Self(match asked {
            Some(folder) if folder.is_dir() => folder.join(name),
            Some(path) if several => {
                return Err(format!("{} is no folder; several files need one to be written to", path.display()).into());
            }
            Some(path) => path.to_owned(),
            None => file.with_file_name(name),
        }))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes sure that nothing is lost by writing it.
    pub(super) fn check(&self, overwrite: bool) -> Result<(), Failure> {
        if self.0.exists() && !overwrite {
            return Err(self.exists());
        }
        let folder = draft::folder_of(&self.0);
        if !folder.is_dir() {
            return Err(format!("there is no folder {}", folder.display()).into());
        }
        Ok(())
    }

    /// Writes the file under another name first, so that it is never there by half.
    pub(super) fn write(
        &self,
        overwrite: bool,
        fill: impl FnOnce(&mut dyn Write) -> Result<(), jpki_signing::Error>,
    ) -> Result<(), Failure> {
        let failed = |error: &dyn std::fmt::Display| format!("{} could not be written: {error}", self.0.display());
        let mut draft = draft::in_folder(draft::folder_of(&self.0)).map_err(|error| failed(&error))?;
        let mut out = BufWriter::new(draft.as_file_mut());
        fill(&mut out).map_err(|error| failed(&error))?;
        out.flush().map_err(|error| failed(&error))?;
        drop(out);
        if overwrite {
            draft.persist(&self.0).map_err(|error| failed(&error.error))?;
        } else {
            draft.persist_noclobber(&self.0).map_err(|error| match error.error.kind() {
                std::io::ErrorKind::AlreadyExists => self.exists(),
                _ => failed(&error.error).into(),
            })?;
        }
        Ok(())
    }

    fn exists(&self) -> Failure {
        format!("{} is there already; name another with -o, or replace it with --overwrite", self.0.display()).into()
    }
}

fn name(file: &Path, form: Form) -> String {
    let name = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let (whole, stem) = (name(file.file_name()), name(file.file_stem()));
    let extension = file.extension().map(|extension| format!(".{}", extension.to_string_lossy())).unwrap_or_default();
    match form {
        Form::Cms => format!("{whole}.p7s"),
        Form::Pades | Form::XadesEnveloped => format!("{stem}-signed{extension}"),
        Form::XadesDetached => format!("{whole}.xades"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &'static str) -> impl FnOnce(&mut dyn Write) -> Result<(), jpki_signing::Error> {
        move |out| Ok(out.write_all(text.as_bytes())?)
    }

    #[test]
    fn a_signed_file_stands_beside_the_one_it_was_made_of() {
        for (file, form, expected) in [
            ("a/契約.pdf", Form::Pades, "a/契約-signed.pdf"),
            ("a/b.tar.gz", Form::Cms, "a/b.tar.gz.p7s"),
            ("b.xml", Form::XadesEnveloped, "b-signed.xml"),
            ("b.xml", Form::XadesDetached, "b.xml.xades"),
            ("none", Form::Pades, "none-signed"),
        ] {
            assert_eq!(Output::new(Path::new(file), form, None, false).unwrap().path(), Path::new(expected));
        }
    }

    #[test]
    fn what_is_there_stays_unless_it_is_to_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        let output = Output::new(&file, Form::Cms, None, false).unwrap();
        output.check(false).unwrap();
        output.write(false, fill("one")).unwrap();
        assert!(output.check(false).unwrap_err().to_string().contains("--overwrite"));
        assert!(output.write(false, fill("two")).is_err());
        assert_eq!(std::fs::read_to_string(output.path()).unwrap(), "one");
        output.write(true, fill("three")).unwrap();
        assert_eq!(std::fs::read_to_string(output.path()).unwrap(), "three");
    }

    #[test]
    fn a_file_that_fails_half_way_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let output = Output::new(&folder.path().join("a"), Form::Cms, None, false).unwrap();
        let full = |out: &mut dyn Write| {
            out.write_all(b"half")?;
            Err(std::io::Error::from(std::io::ErrorKind::StorageFull).into())
        };
        assert!(output.write(false, full).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn several_files_need_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let one = Output::new(Path::new("x/a.pdf"), Form::Pades, Some(folder.path()), true).unwrap();
        assert_eq!(one.path(), folder.path().join("a-signed.pdf"));
        assert!(Output::new(Path::new("a.pdf"), Form::Pades, Some(Path::new("b.pdf")), true).is_err());
        let missing =
            Output::new(Path::new("a.pdf"), Form::Pades, Some(&folder.path().join("no/b.pdf")), false).unwrap();
        assert!(missing.check(false).unwrap_err().to_string().contains("no folder"));
    }
}
