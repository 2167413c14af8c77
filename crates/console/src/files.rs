//! Files read with a limit, and written whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use tempfile::Builder;

/// No file that is read whole is nearly so long: proofs have less than a megabyte.
const MAX_BYTES: u64 = 64 << 20;

/// The bytes of a file.
///
/// # Errors
/// If it cannot be read or is too long.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    read_at_most(path, MAX_BYTES)
}

/// [`read`] with another limit, in bytes.
///
/// # Errors
/// If it cannot be read or is longer.
pub fn read_at_most(path: &Path, max: u64) -> Result<Vec<u8>> {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(max + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().with_context(|| format!("{} cannot be read", path.display()))?;
    ensure!(
        bytes.len() as u64 <= max,
        "{} is longer than any file of its kind",
        path.display()
    );
    Ok(bytes)
}

/// Writes a file beside its place and moves it there when all of it is on disk.
///
/// # Errors
/// If it cannot be written; what was there before is untouched.
pub fn write_whole<T>(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> Result<T> {
    let attempt = || -> io::Result<T> {
        // A device or pipe is written to, never replaced.
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return write(&mut File::options().write(true).open(path)?);
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let mut builder = Builder::new();
        // As other files are made: the default would hide it from everybody else.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder)?;
        let mut out = BufWriter::with_capacity(1 << 20, file.as_file_mut());
        let result = write(&mut out)?;
        out.flush()?;
        drop(out);
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(result)
    };
    attempt().with_context(|| {
        format!(
            "{} cannot be written; what was there before is untouched",
            path.display()
        )
    })
}

/// [`write_whole`] of text.
///
/// # Errors
/// Those of [`write_whole`].
pub fn write_text(path: &Path, text: &str) -> Result<()> {
    write_whole(path, |out| out.write_all(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_write_that_fails_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write_text(&path, "before").unwrap();
        let failed = write_whole(&path, |out| -> io::Result<()> {
            out.write_all(b"half of it")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(failed.unwrap_err().to_string().ends_with("untouched"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        write_text(Path::new("/dev/null"), "text").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
