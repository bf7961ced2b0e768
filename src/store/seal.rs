//! Seals: a few bytes behind what is kept, which tell whether it is as it was. SQLite does not notice bits that turn in
//! a row, and a score with another bit is a score, too.

use crate::digest::Digest;

/// Bytes of a seal. It is against damage, which is right by chance once in 2^64.
const BYTES: usize = 8;

/// `bytes` with a seal that ties them to what they are kept `with`.
pub(super) fn sealed(with: &[u8], bytes: &[u8]) -> Vec<u8> {
    [bytes, &seal(with, bytes)].concat()
}

/// The bytes before the seal; `None` where it does not belong to them.
pub(super) fn unsealed<'b>(with: &[u8], sealed: &'b [u8]) -> Option<&'b [u8]> {
    let (bytes, end) = sealed.split_at_checked(sealed.len().checked_sub(BYTES)?)?;
    (end == seal(with, bytes)).then_some(bytes)
}

fn seal(with: &[u8], bytes: &[u8]) -> [u8; BYTES] {
    let hash = Digest::hash_of_parts([with, bytes]);
    std::array::from_fn(|at| hash[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_read_again_and_nothing_else_is() {
        let kept = sealed(b"key", b"answer");
        assert_eq!(unsealed(b"key", &kept), Some(&b"answer"[..]));
        assert_eq!(unsealed(b"key", &sealed(b"key", b"")), Some(&b""[..]));
        assert_eq!(unsealed(b"other", &kept), None);
        for bit in 0..8 * kept.len() {
            let mut turned = kept.clone();
            turned[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(unsealed(b"key", &turned), None, "bit {bit}");
        }
        for length in 0..kept.len() {
            assert_eq!(unsealed(b"key", &kept[..length]), None);
        }
    }
}
