//! Whether a JPEG file is whole. The decoder fills what is missing of a truncated file with grey and says nothing;
//! a model tested on that would be blamed for it.

/// Markers (ISO/IEC 10918-1, table B.1) by their second byte.
const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const TEM: u8 = 0x01;
const RST: std::ops::RangeInclusive<u8> = 0xd0..=0xd7;

/// Whether `bytes` begin as a JPEG.
pub fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, SOI, 0xff])
}

/// Scans that are decoded at most. Progressive files have about ten; each goes over the whole picture again, so that a few
/// thousand of no content, which take no space, keep a processor busy for hours.
const MOST_SCANS: usize = 500;

/// Whether the JPEG `bytes` have more scans than any encoder writes.
pub fn has_too_many_scans(bytes: &[u8]) -> bool {
    bytes.windows(2).filter(|pair| **pair == [0xff, SOS]).count() > MOST_SCANS
}

/// Whether the JPEG `bytes` reach their end-of-image marker: segments are skipped by their length, so that the end
/// of an embedded thumbnail is not taken for it, and scans by looking for the next marker.
pub fn is_complete(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(marker) = next_marker(bytes, &mut at) {
        match marker {
            EOI => return true,
            SOI | TEM => {}
            _ if RST.contains(&marker) => {}
            _ => {
                let Some(length) = bytes.get(at..at + 2) else { return false };
                at += usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
                if marker == SOS {
                    skip_scan(bytes, &mut at);
                }
            }
        }
    }
    false
}

/// Moves behind the next marker and returns its second byte; `None` if the bytes end first.
fn next_marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    let start = *at + bytes.get(*at..)?.iter().position(|&byte| byte == 0xff)?;
    let marker = start + bytes[start..].iter().position(|&byte| byte != 0xff)?;
    *at = marker + 1;
    bytes.get(marker).copied()
}

/// Moves to the first marker after entropy-coded data, in which 0xff is followed by 0 or a restart marker.
fn skip_scan(bytes: &[u8], at: &mut usize) {
    let ends = |pair: &[u8]| pair[0] == 0xff && pair[1] != 0 && !RST.contains(&pair[1]);
    let rest = bytes.get(*at..).unwrap_or_default();
    *at += rest.windows(2).position(ends).unwrap_or(rest.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG with an embedded end marker in a segment, and a restart marker and a stuffed byte in its scan.
    const WHOLE: [u8; 25] = [
        0xff, SOI, 0xff, 0xe1, 0, 6, 1, 0xff, EOI, 2, // APP1 of six bytes
        0xff, SOS, 0, 3, 9, 1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 0xff, EOI,
    ];

    #[test]
    fn a_file_is_whole_only_with_its_last_marker() {
        assert!(is_jpeg(&WHOLE) && is_complete(&WHOLE));
        for length in 0..WHOLE.len() {
            assert!(!is_complete(&WHOLE[..length]), "{length} bytes");
        }
    }

    #[test]
    fn what_follows_the_last_marker_does_not_matter() {
        assert!(is_complete(&[&WHOLE[..], b"appended by a camera"].concat()));
    }
}
