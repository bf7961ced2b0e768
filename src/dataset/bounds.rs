//! How much of a dataset's files is read, so that a damaged or hostile one ends in an error and not in the machine's
//! memory: `max_pixels` and `max_file_mib`, options of every format.

use crate::file::MIB;
use crate::spec::{Key, Literal, Shape, TableReader};

/// What is read at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Pixels of a picture.
    pub pixels: u64,
    /// Bytes of a file of labels, or of a list of images.
    pub bytes: u64,
}

/// Where Pillow refuses pictures, in which models are trained: twice its limit of 1 GiB / 4 / 3 pixels.
const PIXELS: i64 = 178_956_970;

/// COCO's training labels, masks and all, are of 448 MiB.
const FILE_MIB: i64 = 512;

/// The key of [`most_bytes`].
pub const MAX_FILE_MIB: Key = Key::new(
    "max_file_mib",
    Shape::integer(1, 1 << 20),
    "the largest JSON file or list that is read, MiB; one takes up to five times its size in memory",
)
.or(Literal::Integer(FILE_MIB));

impl Bounds {
    /// The keys of [`Self::read`].
    pub const KEYS: [Key; 2] = [
        Key::new(
            "max_pixels",
            Shape::COUNT,
            "the most pixels of a picture; larger ones are refused by their header, before they take memory",
        )
        .or(Literal::Integer(PIXELS)),
        MAX_FILE_MIB,
    ];

    /// Reads `max_pixels` and `max_file_mib`.
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Self {
        let pixels = options.integer("max_pixels").unwrap_or(PIXELS.unsigned_abs());
        Self { pixels, bytes: most_bytes(options) }
    }
}

/// What `max_file_mib` of a section comes to, bytes.
pub fn most_bytes(options: &mut TableReader<'_, '_, '_>) -> u64 {
    options.integer("max_file_mib").unwrap_or(FILE_MIB.unsigned_abs()) * MIB
}
