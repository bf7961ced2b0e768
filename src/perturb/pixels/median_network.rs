//! The median over squares of 3 x 3 and 5 x 5 pixels by sorting networks.
//!
//! Columns are sorted once for all the squares they belong to, then the rows of each square. The value at (i, j) of a
//! square with sorted rows and columns has at least (i + 1) (j + 1) - 1 others below it and as many above it, counted
//! from the far corner; only those near the anti-diagonal can be the median.
//!
//! Plain loops over rows whose bodies have no branches: they become vector code with 16 squares at a time.
#![expect(clippy::many_single_char_names, reason = "the lines of a sorting network have no other names")]

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// Values handled at a time; their number is known so that loops over them need no checks.
pub const BLOCK: usize = 128;

/// Values that stand side by side, each from another square.
pub type Block = [u8; BLOCK];

/// Sorts three rows' blocks above one another, the least first.
pub fn sort_blocks_of_3([a, b, c]: [&Block; 3]) -> [Block; 3] {
    let mut sorted = [[0; BLOCK]; 3];
    let [low, middle, high] = &mut sorted;
    for i in 0..BLOCK {
        [low[i], middle[i], high[i]] = sort_3([a[i], b[i], c[i]]);
    }
    sorted
}

/// Sorts five rows' blocks above one another, the least first.
pub fn sort_blocks_of_5([a, b, c, d, e]: [&Block; 5]) -> [Block; 5] {
    let mut sorted = [[0; BLOCK]; 5];
    let [lowest, low, middle, high, highest] = &mut sorted;
    for i in 0..BLOCK {
        [lowest[i], low[i], middle[i], high[i], highest[i]] = sort_5([a[i], b[i], c[i], d[i], e[i]]);
    }
    sorted
}

/// The medians of 3 x 3 squares whose left sides begin at `start` in the rows of sorted columns.
pub fn medians_of_3([low, middle, high]: &[Vec<u8>; 3], start: usize) -> Block {
    let ([a, b, c], [d, e, f], [g, h, i]) = (blocks(low, start), blocks(middle, start), blocks(high, start));
    let mut medians = [0; BLOCK];
    for at in 0..BLOCK {
        let low = a[at].max(b[at]).max(c[at]);
        let [_, middle, _] = sort_3([d[at], e[at], f[at]]);
        let high = g[at].min(h[at]).min(i[at]);
        [_, medians[at], _] = sort_3([low, middle, high]);
    }
    medians
}

/// The medians of 5 x 5 squares, as [`medians_of_3`].
pub fn medians_of_5([lowest, low, middle, high, highest]: &[Vec<u8>; 5], start: usize) -> Block {
    let ([p0, p1, p2, p3, p4], [q0, q1, q2, q3, q4]) = (blocks(lowest, start), blocks(low, start));
    let [r0, r1, r2, r3, r4] = blocks(middle, start);
    let ([s0, s1, s2, s3, s4], [t0, t1, t2, t3, t4]) = (blocks(high, start), blocks(highest, start));
    let mut medians = [0; BLOCK];
    for at in 0..BLOCK {
        let [_, _, _, a, b] = sort_5([p0[at], p1[at], p2[at], p3[at], p4[at]]);
        let [_, _, c, d, e] = sort_5([q0[at], q1[at], q2[at], q3[at], q4[at]]);
        let [_, f, g, h, _] = sort_5([r0[at], r1[at], r2[at], r3[at], r4[at]]);
        let [i, j, k, _, _] = sort_5([s0[at], s1[at], s2[at], s3[at], s4[at]]);
        let [l, m, _, _, _] = sort_5([t0[at], t1[at], t2[at], t3[at], t4[at]]);
        medians[at] = median_of_13([a, b, c, d, e, f, g, h], [i, j, k, l, m]);
    }
    medians
}

/// The blocks from `start` on, a pixel apart.
#[inline]
pub fn blocks<const N: usize>(row: &[u8], start: usize) -> [&Block; N] {
    std::array::from_fn(|dx| block(row, start + dx * CHANNELS))
}

/// The block from `start` on.
#[inline]
pub fn block(row: &[u8], start: usize) -> &Block {
    row[start..].first_chunk().expect("rows have spare values")
}

/// Of eight of the values neither the least nor the greatest can be the median: both are dropped, one of the others is
/// taken in, and so on. The order within the eight leaves three that can be the least, two that can be the greatest.
#[inline]
fn median_of_13([a, b, c, d, e, f, g, h]: [u8; 8], [i, j, k, l, m]: [u8; 5]) -> u8 {
    let (a, c) = order(a, c);
    let f = a.max(f);
    let e = e.min(h);
    let [b, c, d, e, f] = inner_of_7([b, c, d, e, f, g, i]);
    let [b, c, d, e] = inner_of_6([b, c, d, e, f, j]);
    let [b, c, d] = inner_of_5([b, c, d, e, k]);
    let [b, c] = inner_of_4([b, c, d, l]);
    sort_3([b, c, m])[1]
}

/// All but the least and the greatest.
#[inline]
fn inner_of_7([a, b, c, d, e, f, g]: [u8; 7]) -> [u8; 5] {
    let ((a, b), (c, d), (e, f)) = (order(a, b), order(c, d), order(e, f));
    let ((a, c), (b, d)) = (order(a, c), order(b, d));
    let ((a, e), (d, f)) = (order(a, e), order(d, f));
    [b, c, d, e, a.max(g).min(f)]
}

#[inline]
fn inner_of_6([a, b, c, d, e, f]: [u8; 6]) -> [u8; 4] {
    let ((a, b), (c, d), (e, f)) = (order(a, b), order(c, d), order(e, f));
    let ((a, c), (b, d)) = (order(a, c), order(b, d));
    [b, c, a.max(e), d.min(f)]
}

#[inline]
fn inner_of_5([a, b, c, d, e]: [u8; 5]) -> [u8; 3] {
    let ((a, b), (c, d)) = (order(a, b), order(c, d));
    let ((a, c), (b, d)) = (order(a, c), order(b, d));
    [b, c, a.max(e).min(d)]
}

#[inline]
fn inner_of_4([a, b, c, d]: [u8; 4]) -> [u8; 2] {
    let ((a, b), (c, d)) = (order(a, b), order(c, d));
    [a.max(c), b.min(d)]
}

#[inline]
fn sort_3([a, b, c]: [u8; 3]) -> [u8; 3] {
    let (a, b) = order(a, b);
    let (b, c) = order(b, c);
    let (a, b) = order(a, b);
    [a, b, c]
}

/// The nine comparisons of Knuth, The Art of Computer Programming 3, 5.3.4.
#[inline]
fn sort_5([a, b, c, d, e]: [u8; 5]) -> [u8; 5] {
    let ((a, b), (d, e)) = (order(a, b), order(d, e));
    let (c, e) = order(c, e);
    let (c, d) = order(c, d);
    let (a, d) = order(a, d);
    let (a, c) = order(a, c);
    let (b, e) = order(b, e);
    let (b, d) = order(b, d);
    let (b, c) = order(b, c);
    [a, b, c, d, e]
}

#[inline]
fn order(one: u8, other: u8) -> (u8, u8) {
    (one.min(other), one.max(other))
}
