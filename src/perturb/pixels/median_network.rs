//! The median over squares of 3 x 3 and 5 x 5 pixels by sorting networks.
//!
//! Columns are sorted, then the rows of each square. The value at (i, j) of a square with sorted rows and columns has at
//! least (i + 1) (j + 1) - 1 others below it and as many above it, counted from the far corner; only those near the
//! anti-diagonal can be the median. Columns of five are sorted once for all the squares they belong to; those of three
//! for each square anew, which takes less time than to keep them.
//!
//! Plain loops over rows whose bodies have no branches: they become vector code with a square per lane.
#![expect(clippy::many_single_char_names, reason = "the lines of a sorting network have no other names")]

/// Number of interleaved channels.
const CHANNELS: usize = 3;

/// Values handled at a time; their number is known so that loops over them need no checks.
pub const BLOCK: usize = 128;

/// Values that stand side by side, each from another square.
pub type Block = [u8; BLOCK];

/// The medians of the squares of 3 x 3 pixels whose left sides begin at `start` in the rows.
#[inline(always)]
pub fn medians_of_3([upper, inner, lower]: [&[u8]; 3], start: usize) -> Block {
    let ([a, b, c], [d, e, f], [g, h, i]) = (blocks(upper, start), blocks(inner, start), blocks(lower, start));
    let mut medians = [0; BLOCK];
    for at in 0..BLOCK {
        let [low0, middle0, high0] = NetworkValues([a[at], d[at], g[at]]).sorted().0;
        let [low1, middle1, high1] = NetworkValues([b[at], e[at], h[at]]).sorted().0;
        let [low2, middle2, high2] = NetworkValues([c[at], f[at], i[at]]).sorted().0;
        let low = low0.max(low1).max(low2);
        let [_, middle, _] = NetworkValues([middle0, middle1, middle2]).sorted().0;
        let high = high0.min(high1).min(high2);
        [_, medians[at], _] = NetworkValues([low, middle, high]).sorted().0;
    }
    medians
}

/// Rows' blocks above one another sorted, the least first.
#[inline(always)]
pub fn columns_of_5([a, b, c, d, e]: [&Block; 5]) -> [Block; 5] {
    let mut sorted = [[0; BLOCK]; 5];
    let [lowest, low, middle, high, highest] = &mut sorted;
    for i in 0..BLOCK {
        [lowest[i], low[i], middle[i], high[i], highest[i]] = NetworkValues([a[i], b[i], c[i], d[i], e[i]]).sorted().0;
    }
    sorted
}

/// The medians of the squares of 5 x 5 pixels whose left sides begin at `start` in the rows of sorted columns.
#[inline(always)]
pub fn medians_of_5([lowest, low, middle, high, highest]: &[Vec<u8>; 5], start: usize) -> Block {
    let ([p0, p1, p2, p3, p4], [q0, q1, q2, q3, q4]) = (blocks(lowest, start), blocks(low, start));
    let [r0, r1, r2, r3, r4] = blocks(middle, start);
    let ([s0, s1, s2, s3, s4], [t0, t1, t2, t3, t4]) = (blocks(high, start), blocks(highest, start));
    let mut medians = [0; BLOCK];
    for at in 0..BLOCK {
        let [_, _, _, a, b] = NetworkValues([p0[at], p1[at], p2[at], p3[at], p4[at]]).sorted().0;
        let [_, _, c, d, e] = NetworkValues([q0[at], q1[at], q2[at], q3[at], q4[at]]).sorted().0;
        let [_, f, g, h, _] = NetworkValues([r0[at], r1[at], r2[at], r3[at], r4[at]]).sorted().0;
        let [i, j, k, _, _] = NetworkValues([s0[at], s1[at], s2[at], s3[at], s4[at]]).sorted().0;
        let [l, m, _, _, _] = NetworkValues([t0[at], t1[at], t2[at], t3[at], t4[at]]).sorted().0;
        medians[at] = median_of_13(NetworkValues([a, b, c, d, e, f, g, h, i, j, k, l, m]));
    }
    medians
}

/// The blocks from `start` on, a pixel apart.
#[inline(always)]
pub fn blocks<const N: usize>(row: &[u8], start: usize) -> [&Block; N] {
    std::array::from_fn(|dx| block(row, start + dx * CHANNELS))
}

/// The block from `start` on.
#[inline(always)]
pub fn block(row: &[u8], start: usize) -> &Block {
    row[start..].first_chunk().expect("rows have spare values")
}

/// Of eight of the values neither the least nor the greatest can be the median: both are dropped, one of the others is
/// taken in, and so on. The order within the eight leaves three that can be the least, two that can be the greatest.
#[inline(always)]
fn median_of_13(mut v: NetworkValues<13>) -> u8 {
    v.order([(0, 2), (0, 5), (4, 7)]);
    v.drop_ends_of_7([1, 2, 3, 4, 5, 6, 8]);
    v.drop_ends_of_6([2, 3, 4, 5, 8, 9]);
    v.drop_ends_of_5([3, 4, 8, 9, 10]);
    v.drop_ends_of_4([4, 8, 10, 11]);
    v.order([(10, 11), (11, 12), (10, 11)]);
    v.0[11]
}

/// Values sorted in place: arrays this small, handed from function to function, are packed into one number, which keeps
/// loops from vector code.
struct NetworkValues<const N: usize>([u8; N]);

impl<const N: usize> NetworkValues<N> {
    /// Puts the lesser of each pair into its first place.
    #[inline(always)]
    fn order<const P: usize>(&mut self, pairs: [(usize, usize); P]) {
        for (first, second) in pairs {
            let (one, other) = (self.0[first], self.0[second]);
            (self.0[first], self.0[second]) = (one.min(other), one.max(other));
        }
    }

    /// Leaves all but the least and the greatest in the second to the fifth place and the last.
    #[inline(always)]
    fn drop_ends_of_7(&mut self, [a, b, c, d, e, f, last]: [usize; 7]) {
        self.order([(a, b), (c, d), (e, f), (a, c), (b, d), (a, e), (d, f)]);
        self.0[last] = self.0[a].max(self.0[last]).min(self.0[f]);
    }

    /// Leaves all but the least and the greatest in the second, third, fifth and sixth place.
    #[inline(always)]
    fn drop_ends_of_6(&mut self, [a, b, c, d, e, f]: [usize; 6]) {
        self.order([(a, b), (c, d), (e, f), (a, c), (b, d), (a, e), (f, d)]);
    }

    /// Leaves all but the least and the greatest in the second and third place and the last.
    #[inline(always)]
    fn drop_ends_of_5(&mut self, [a, b, c, d, last]: [usize; 5]) {
        self.order([(a, b), (c, d), (a, c), (b, d)]);
        self.0[last] = self.0[a].max(self.0[last]).min(self.0[d]);
    }

    /// Leaves all but the least and the greatest in the third and fourth place.
    #[inline(always)]
    fn drop_ends_of_4(&mut self, [a, b, c, d]: [usize; 4]) {
        self.order([(a, b), (c, d), (a, c), (d, b)]);
    }
}

impl NetworkValues<3> {
    #[inline(always)]
    fn sorted(mut self) -> Self {
        self.order([(0, 1), (1, 2), (0, 1)]);
        self
    }
}

impl NetworkValues<5> {
    /// The nine comparisons of Knuth, The Art of Computer Programming 3, 5.3.4.
    #[inline(always)]
    fn sorted(mut self) -> Self {
        self.order([(0, 1), (3, 4), (2, 4), (2, 3), (0, 3), (0, 2), (1, 4), (1, 3), (1, 2)]);
        self
    }
}
