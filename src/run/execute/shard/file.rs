//! A shard as a file: gzip over lines of JSON, the first the header, each other one an image.

use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::header::{Header, Shard, ShardImage, VERSION};

/// Why a file is no shard.
#[derive(Debug, thiserror::Error)]
pub enum ShardError {
    /// It cannot be read to its end: cut short, or no shard at all.
    #[error("it is no shard, or a damaged one ({0})")]
    Unreadable(#[from] io::Error),
    /// It was written by a version of windtunnel with another format.
    #[error("its format has version {0}, this program reads {VERSION}: make shards and merge them with one version")]
    Version(u64),
    /// A line does not say what it should.
    #[error("line {line} is not what a shard holds ({reason})")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

/// What is asked of the header before its meaning is known.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// Bytes of a line: far more than the answers on one image take.
const MAX_LINE: u64 = 1 << 28;

impl Shard {
    /// Writes the shard.
    ///
    /// # Errors
    /// `to` cannot be written.
    pub fn write(&self, to: impl Write) -> io::Result<()> {
        let mut gzip = GzEncoder::new(to, Compression::default());
        write_line(&mut gzip, &self.header)?;
        self.images.iter().try_for_each(|image| write_line(&mut gzip, image))?;
        gzip.finish()?.flush()
    }

    /// Reads a shard.
    ///
    /// # Errors
    /// It is no shard, is damaged, or of another version.
    pub fn read(from: impl Read) -> Result<Self, ShardError> {
        let mut lines = ShardLines { from: BufReader::new(GzDecoder::new(from)), read: 0 };
        let first = lines.next()?.ok_or_else(|| lines.wrong("the file is empty"))?;
        let Versioned { version } = lines.parsed(&first)?;
        if version != u64::from(VERSION) {
            return Err(ShardError::Version(version));
        }
        let header: Header = lines.parsed(&first)?;
        let mut images: Vec<ShardImage> = Vec::new();
        while let Some(line) = lines.next()? {
            images.push(lines.parsed(&line)?);
            if images.len() > header.images {
                return Err(
                    lines.wrong(format!("the file goes on after {} images, which it says are all", header.images))
                );
            }
        }
        if images.len() == header.images {
            Ok(Self { header, images })
        } else {
            Err(lines.wrong(format!("the file ends after {} of {} images", images.len(), header.images)))
        }
    }
}

fn write_line(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    to.write_all(&line)
}

/// Lines of a bounded length, counted.
struct ShardLines<R> {
    from: R,
    read: usize,
}

impl<R: BufRead> ShardLines<R> {
    fn next(&mut self) -> Result<Option<Vec<u8>>, ShardError> {
        let mut line = Vec::new();
        self.from.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
        self.read += usize::from(!line.is_empty());
        match line.pop() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(line)),
            Some(_) => Err(self.wrong("it does not end, or is too long")),
        }
    }

    fn parsed<T: DeserializeOwned>(&self, line: &[u8]) -> Result<T, ShardError> {
        serde_json::from_slice(line).map_err(|error| self.wrong(error))
    }

    fn wrong(&self, reason: impl Display) -> ShardError {
        ShardError::Line { line: self.read, reason: reason.to_string() }
    }
}
