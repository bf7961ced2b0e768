//! How much of a dataset's files is read, and from where, so that a damaged or hostile one ends in an error, and neither in
//! the machine's memory nor with other people's pictures in a report: `max_pixels`, `max_file_mib` and `allow_outside`,
//! options of every format.

use toml::Spanned;

use crate::file::MIB;
use crate::spec::{Key, Literal, TableReader, ValueShape};

/// What is read at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Pixels of a picture.
    pub pixels: u64,
    /// Bytes of a file of labels, or of a list of images.
    pub bytes: u64,
    /// Whether names of pictures may lead out of the folder that they start from.
    pub allows_outside: bool,
}

/// Where Pillow refuses pictures, in which models are trained: twice its limit of 1 GiB / 4 / 3 pixels.
const PIXELS: i64 = 178_956_970;

/// COCO's training labels, masks and all, are of 448 MiB.
const FILE_MIB: i64 = 512;

/// The key of [`most_bytes`].
pub const MAX_FILE_MIB: Key = Key::new(
    "max_file_mib",
    ValueShape::integer(1, 1 << 20),
    "the largest JSON file or list that is read, MiB; one takes up to five times its size in memory",
)
.or(Literal::Integer(FILE_MIB));

impl Bounds {
    /// The keys of [`Self::read`].
    pub const KEYS: [Key; 3] = [
        Key::new(
            "max_pixels",
            ValueShape::COUNT,
            "the most pixels of a picture; larger ones are refused by their header, before they take memory",
        )
        .or(Literal::Integer(PIXELS)),
        MAX_FILE_MIB,
        Key::new(
            "allow_outside",
            ValueShape::BOOLEAN,
            "whether pictures are read that the labels name by a path out of their folder, `..` or an absolute one; links are \
             followed anyway",
        )
        .or(Literal::Boolean(false)),
    ];

    /// Reads `max_pixels`, `max_file_mib` and `allow_outside`.
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Self {
        let pixels = options.integer("max_pixels").unwrap_or(PIXELS.unsigned_abs());
        let allows_outside = options.optional::<bool>("allow_outside").is_some_and(Spanned::into_inner);
        Self { pixels, bytes: most_bytes(options), allows_outside }
    }
}

/// What `max_file_mib` of a section comes to, bytes.
pub fn most_bytes(options: &mut TableReader<'_, '_, '_>) -> u64 {
    options.integer("max_file_mib").unwrap_or(FILE_MIB.unsigned_abs()) * MIB
}
