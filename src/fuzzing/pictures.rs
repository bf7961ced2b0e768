//! Picture files.

use std::io::Cursor;

use crate::dataset::{decode_sized, header_size};

/// Pixels of the largest picture that is decoded here; a dataset's bound is larger.
const MOST: u64 = 1 << 20;

/// A picture of any format.
pub fn picture(input: &[u8]) {
    let Ok(size) = header_size(Cursor::new(input)) else { return };
    if u64::from(size.width) * u64::from(size.height) <= MOST
        && let Ok(pixels) = decode_sized(input, size)
    {
        assert_eq!(pixels.dimensions(), (size.width, size.height));
        assert!(size.width > 0 && size.height > 0);
    }
}
