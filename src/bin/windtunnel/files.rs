//! Files that are written: whole or not at all, and never through a link over something else. [`write()`] takes the file
//! that a user names, [`write_below`] those that the program names itself in a folder.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use windtunnel::untrusted::Shown as _;

use crate::interrupt::writing;

/// How the names of temporary files begin; [`SUFFIX`] random letters follow.
const PREFIX: &str = ".windtunnel-";

/// As many letters as in the names of temporary files.
const SUFFIX: usize = 6;

/// What a killed run left is removed once it is this old: no report takes so long to write.
const STALE: Duration = Duration::from_hours(1);

/// Where reports go that are asked for as data.
const STANDARD_OUTPUT: &str = "-";

/// Writes `bytes` to `path` (`-` is standard output): a regular file by way of a temporary one beside it, anything
/// else that is there (a device, a pipe) as it is. A link is followed where it leads to nothing, or to an earlier report.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if path == Path::new(STANDARD_OUTPUT) {
        return match io::stdout().lock().write_all(bytes) {
            // Whoever reads has enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("cannot write to standard output"),
        };
    }
    if path.is_symlink() && !is_special(path) && !is_replaceable(path) {
        bail!("{} is a link to what is no report: it is not overwritten; name another file", path.shown());
    }
    write_file(path, bytes).with_context(|| format!("cannot write {}", path.shown()))
}

/// Writes `bytes` to the file `name` in `folder`, where nobody has chosen that name: whatever is there and no regular file
/// is left alone.
pub fn write_below(folder: &Path, name: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    refuse_links(folder, name)?;
    let path = folder.join(name);
    write_file(&path, bytes).with_context(|| format!("cannot write {}", path.shown()))
}

/// Removes the pictures in `folder` and in the folders in it that are none of `kept`; links are not followed. What cannot be
/// removed is left: it harms nobody.
pub fn remove_pictures_but(kept: &HashSet<PathBuf>, folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, kind) = (entry.path(), entry.file_type());
        if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
            remove_pictures_but(kept, &path);
        } else if kind.is_ok_and(|kind| kind.is_file())
            && path.extension().is_some_and(|kind| kind == "jpg")
            && !kept.contains(&path)
        {
            let _left = fs::remove_file(path);
        }
    }
}

/// Refuses the file `name` in `folder` where a part of `name` is a link, or the file is no regular one: it could lead
/// anywhere.
pub fn refuse_links(folder: &Path, name: &Path) -> anyhow::Result<()> {
    let mut path = folder.to_path_buf();
    for part in name.components() {
        path.push(part);
        let Ok(found) = fs::symlink_metadata(&path) else { return Ok(()) };
        let what = match found.file_type() {
            kind if kind.is_symlink() => "a link",
            kind if kind.is_file() || kind.is_dir() => continue,
            _ => "a pipe or a device",
        };
        bail!("{} is {what}: nothing is written through it; remove it, or choose another folder", path.shown());
    }
    Ok(())
}

/// Refuses a folder that is a link, or has one in it or below.
pub fn refuse_links_in(folder: &Path) -> anyhow::Result<()> {
    if let (Some(around), Some(name)) = (folder.parent(), folder.file_name()) {
        refuse_links(around, Path::new(name))?;
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        match path.symlink_metadata() {
            Ok(found) if found.is_dir() => refuse_links_in(&path)?,
            Ok(found) if !found.is_file() => refuse_links(folder, Path::new(path.file_name().unwrap_or_default()))?,
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}

/// Refuses places that would lose something: two reports in one, or a file that is no report.
pub fn refuse_losses<'p>(places: impl IntoIterator<Item = &'p Path>) -> anyhow::Result<()> {
    let mut taken: Vec<PathBuf> = Vec::new();
    for path in places.into_iter().filter(|path| *path != Path::new(STANDARD_OUTPUT) && !is_special(path)) {
        let whole = std::path::absolute(target(path)).unwrap_or_else(|_| path.to_path_buf());
        if taken.contains(&whole) {
            bail!("two reports would go to {}: give each a file of its own", path.shown());
        }
        if !is_replaceable(path) {
            bail!("{} is there, and is no report: it is not overwritten; name another file", path.shown());
        }
        taken.push(whole);
    }
    Ok(())
}

/// Tells which files below `folder` that match `pattern` are not `written`: an earlier export's, which tools would take for
/// a part of this one.
pub fn tell_others(folder: &Path, pattern: &str, written: &[PathBuf]) -> anyhow::Result<()> {
    const SHOWN: usize = 3;
    let pattern = format!("{}/{pattern}", glob::Pattern::escape(&folder.to_string_lossy()));
    let found = glob::glob(&pattern)?.filter_map(Result::ok).filter(|path| !written.contains(path));
    let others: Vec<String> = found.map(|path| path.shown()).collect();
    if !others.is_empty() {
        let more = others.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let shown = others.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        tell!(
            "note: {} also holds what was not written now: {shown}{more}; choose another folder, or remove it",
            folder.shown()
        );
    }
    Ok(())
}

/// Whether there is nothing at `path`, or something that begins like a report.
pub fn is_replaceable(path: &Path) -> bool {
    /// What stands near the beginning of each sort of report: JUnit XML, a record, a page, a summary that passed or not, a
    /// badge.
    const MARKS: [&str; 6] = [
        "<testsuites",
        "\"tool\": {",
        "name=\"generator\" content=\"windtunnel",
        "## \u{2705} ",
        "## \u{274c} ",
        "role=\"img\" aria-label=\"robustness: ",
    ];
    const BEGINNING: u64 = 512;
    let Ok(file) = windtunnel::file::open(path) else { return true };
    let mut begin = Vec::new();
    let _unread = file.take(BEGINNING).read_to_end(&mut begin);
    let begin = String::from_utf8_lossy(&begin);
    begin.trim().is_empty() || MARKS.iter().any(|mark| begin.contains(mark))
}

/// Finds out whether [`write`] could write to `path`, and makes its folder; `option` names another place.
pub fn probe(path: &Path, option: &str) -> anyhow::Result<()> {
    let probe = || -> io::Result<()> {
        if path == Path::new(STANDARD_OUTPUT) || is_special(path) {
            return Ok(());
        }
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let target = target(path);
        let _whole = writing();
        drop(temporary_beside(&target)?);
        remove_stale(folder(&target));
        Ok(())
    };
    probe().with_context(|| format!("cannot write {}: choose another place with {option}", path.shown()))
}

/// Finds out whether files could be written into `folder`, which is not made; `option` names another one.
pub fn probe_below(folder: &Path, option: &str) -> anyhow::Result<()> {
    let is_there = |folder: &&Path| fs::symlink_metadata(folder).is_ok();
    let there = folder.ancestors().find(is_there).unwrap_or(Path::new("."));
    let _whole = writing();
    let made = temporary_name().tempfile_in(there);
    made.map(drop).with_context(|| format!("cannot write into {}: choose another place with {option}", folder.shown()))
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if is_special(path) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let target = target(path);
    let _whole = writing();
    let mut file = temporary_beside(&target)?;
    file.write_all(bytes)?;
    file.persist(target)?;
    Ok(())
}

/// Whether there is something at `path` that a new file must not replace.
pub fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// The file that a symbolic link stands for.
fn target(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Removes temporary files that killed runs left in `folder`.
fn remove_stale(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_str().is_some_and(is_temporary) && is_stale(&entry.path()) {
            // Whoever may not remove it has no use for an error, either.
            let _gone = fs::remove_file(entry.path());
        }
    }
}

/// Whether a file or folder is called as this program calls what it makes before it is whole.
pub fn is_temporary(name: &str) -> bool {
    let random = name.strip_prefix(PREFIX).unwrap_or_default();
    random.len() == SUFFIX && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether what is at `path` was last written so long ago that nobody is at work on it.
pub fn is_stale(path: &Path) -> bool {
    let age = || fs::symlink_metadata(path).ok()?.modified().ok()?.elapsed().ok();
    age().is_some_and(|age| age > STALE)
}

/// Makes files and folders with such names.
pub fn temporary_name() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).rand_bytes(SUFFIX);
    builder
}

fn temporary_beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = folder(path);
    fs::create_dir_all(folder)?;
    let mut builder = temporary_name();
    readable_by_all(&mut builder);
    builder.tempfile_in(folder)
}

/// Temporary files are private by default, but reports are read by other users' tools; the umask still applies.
#[cfg(unix)]
fn readable_by_all(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn readable_by_all(_builder: &mut tempfile::Builder<'_, '_>) {}
