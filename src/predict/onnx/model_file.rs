//! A model file, read once: the bytes that every engine and every session of it is given, and their digest.
//!
//! Weights that lie in other files are put inside, so that no engine opens a file of its own choice, or one that has
//! changed since it was hashed.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use super::external::{Piece, pieces};
use super::external_tensor::ExternalNumbers;
use super::foreign::{POINTER, foreign};
use crate::digest::Digest;
use crate::file::{self, MIB};

/// A model file with its weights inside.
pub struct ModelFile {
    /// The file, with the weights of other files put inside.
    pub bytes: Vec<u8>,
    /// One digest of the file and of all others that it names.
    pub digest: Digest,
    /// The files as they lie on disk.
    pub files: Files,
}

/// The files of a model on disk.
pub struct Files {
    /// The file that names the others.
    pub model: PathBuf,
    /// What every file held when it was read.
    read: Vec<(PathBuf, Digest)>,
}

/// Bytes of a model with all its weights, and of each of its files: several times what the largest detectors take, and
/// less than a machine's memory.
const MOST: u64 = 16 * 1024 * MIB;

impl ModelFile {
    /// Reads the file at `path`, and the files beside it that its weights are in.
    ///
    /// # Errors
    /// One of them cannot be read, is something else or ends early, or lies elsewhere than in the model's folder.
    pub fn read(path: &Path) -> Result<Self, String> {
        let bytes = file::read(path, MOST).map_err(|error| error.to_string())?;
        if let Some(what) = foreign(&bytes) {
            return Err(what.to_owned());
        }
        let own = Digest::of_bytes(&bytes);
        let files = |read| Files { model: path.to_path_buf(), read };
        // ONNX Runtime's own format, which has no other files and is no protobuf.
        let is_ort = bytes.get(4..8) == Some(b"ORTM");
        let Some(pieces) = (if is_ort { None } else { pieces(&bytes)? }) else {
            return Ok(Self { bytes, digest: own, files: files(vec![(path.to_path_buf(), own)]) });
        };
        let (mut whole, gaps) = joined(&bytes, pieces)?;
        let mut parts = vec!["a model with weights in other files".to_owned(), own.to_string()];
        let mut read = vec![(path.to_path_buf(), own)];
        for (location, gaps) in gaps {
            let place = inside(path, &location)?;
            let digest = fill(&place, &location, &gaps, &mut whole)?;
            parts.extend([location, digest.to_string()]);
            read.push((place, digest));
        }
        Ok(Self { bytes: whole, digest: Digest::of_parts(parts), files: files(read) })
    }
}

impl Files {
    /// Makes sure that the files still hold what was read, for engines that have to open them.
    ///
    /// # Errors
    /// One of them does not.
    pub fn verify(&self) -> Result<(), String> {
        for (path, was) in &self.read {
            let now = Digest::of_file(path).map_err(|error| format!("{}: {error}", path.display()))?;
            if now != *was {
                return Err(format!("{} has changed since it was first read: run again", path.display()));
            }
        }
        Ok(())
    }
}

/// Where weights of another file go.
struct Gap {
    numbers: ExternalNumbers,
    to: Range<usize>,
}

/// By file, in the order of what is read.
type Gaps = BTreeMap<String, Vec<Gap>>;

impl Gap {
    fn end(&self) -> u64 {
        self.numbers.offset.saturating_add(self.numbers.length)
    }
}

/// The file with zeros where weights of others are to go, and where that is.
fn joined(bytes: &[u8], pieces: Vec<Piece>) -> Result<(Vec<u8>, Gaps), String> {
    let length = |piece: &Piece| match piece {
        Piece::Kept(range) => range.len() as u64,
        Piece::Made(made) => made.len() as u64,
        Piece::Numbers(numbers) => numbers.length,
    };
    let total = pieces.iter().fold(0_u64, |total, piece| total.saturating_add(length(piece)));
    let too_long = || format!("it takes {} MiB with its weights, and at most {} are read", total / MIB, MOST / MIB);
    let mut whole = Vec::new();
    let most = usize::try_from(total).ok().filter(|_| total <= MOST).ok_or_else(too_long)?;
    whole.try_reserve_exact(most).map_err(|_| format!("it takes {} MiB, more than there is memory", total / MIB))?;
    let mut gaps = Gaps::new();
    for piece in pieces {
        match piece {
            Piece::Kept(range) => whole.extend_from_slice(&bytes[range]),
            Piece::Made(made) => whole.extend(made),
            Piece::Numbers(numbers) => {
                let to = whole.len()..whole.len() + numbers.length as usize;
                whole.resize(to.end, 0);
                gaps.entry(numbers.location.clone()).or_default().push(Gap { numbers, to });
            }
        }
    }
    for gaps in gaps.values_mut() {
        gaps.sort_by_key(|gap| gap.numbers.offset);
    }
    Ok((whole, gaps))
}

/// The file that the model at `path` calls `location`. A model that somebody else made must not have other files of
/// this machine read: it stays in its folder, or in the one that a link to the model leads to, as in Hugging Face's
/// cache.
fn inside(path: &Path, location: &str) -> Result<PathBuf, String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if location.is_empty() || !Path::new(location).components().all(is_plain) {
        return Err(format!(
            "its weights are in `{location}`, which is not in its folder, and is not read: export it with them beside \
             it"
        ));
    }
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => {
            let folder = folder.display();
            format!("its weights are in `{location}`, which is not there: copy or download it into {folder}, too")
        }
        _ => format!("its weights are in `{location}`, which cannot be read: {error}"),
    };
    // Where it is not there, somebody may wait for it.
    file::is_file(&folder.join(location));
    let place = folder.join(location).canonicalize().map_err(unreadable)?;
    let real = path.canonicalize().map_err(|error| error.to_string())?;
    let folders = [folder.canonicalize().map_err(|error| error.to_string())?, real.with_file_name("")];
    if folders.iter().any(|folder| place.starts_with(folder)) {
        return Ok(place);
    }
    Err(format!(
        "its weights are in `{location}`, a link out of its folder, and are not read: put the file itself there"
    ))
}

/// Copies what `gaps` want of the file at `place` to where it goes, in one reading; the file's digest.
fn fill(place: &Path, location: &str, gaps: &[Gap], whole: &mut [u8]) -> Result<Digest, String> {
    let unreadable = |error: std::io::Error| format!("its weights are in `{location}`, which cannot be read: {error}");
    let file = file::open(place).map_err(unreadable)?;
    // Hashed and copied in one reading: of a file that is changed in between, other weights could be run than are
    // hashed.
    let (mut at, mut open, mut is_pointer) = (0_u64, 0, false);
    let digest = Digest::of_stream(file.take(MOST + 1), |chunk| {
        is_pointer |= at == 0 && chunk.starts_with(POINTER);
        let end = at + chunk.len() as u64;
        // Gaps are sorted by where they begin, and may overlap: tensors may share weights.
        for gap in gaps[open..].iter().take_while(|gap| gap.numbers.offset < end) {
            let (from, to) = (gap.numbers.offset.max(at), gap.end().min(end));
            if from < to {
                let within = (from - gap.numbers.offset) as usize..(to - gap.numbers.offset) as usize;
                let source = &chunk[(from - at) as usize..(to - at) as usize];
                whole[gap.to.clone()][within].copy_from_slice(source);
            }
        }
        open += gaps[open..].iter().take_while(|gap| gap.end() <= end).count();
        at = end;
    });
    let digest = digest.map_err(unreadable)?;
    if is_pointer {
        return Err(format!(
            "its weights are in `{location}`, a pointer of Git LFS: fetch the file with `git lfs pull`"
        ));
    }
    if at > MOST {
        return Err(format!("its weights are in `{location}`, of more than the {} MiB that are read", MOST / MIB));
    }
    match gaps.iter().find(|gap| gap.end() > at) {
        None => Ok(digest),
        Some(gap) => Err(format!(
            "its tensor `{}` takes bytes {} to {} of `{location}`, which ends after {at}: copy or download that file \
             again",
            gap.numbers.tensor,
            gap.numbers.offset,
            gap.end()
        )),
    }
}
