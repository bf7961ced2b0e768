//! Edges of grey pictures (Canny 1986, as OpenCV's `Canny` with a 3x3 Sobel and the L1 norm) and distances to them.

/// Tangent of 22.5 degrees, in 1/32768, by which gradients are sorted into four directions.
const TAN_22: i32 = 13573;

/// The steps of the 5x5 chamfer distance: straight, diagonal, knight's move (OpenCV's `DIST_L2` with mask 5).
const STEPS: [f32; 3] = [1.0, 1.4, 2.1969];

/// Which pixels of the `width` pixels wide picture are edges: ridges of the gradient above `low` that hang together
/// with one above `high`.
pub fn canny(grey: &[u8], width: usize, low: i16, high: i16) -> Vec<bool> {
    let height = grey.len() / width;
    let rows = |y: usize| [y.saturating_sub(1), y, (y + 1).min(height - 1)].map(|y| &grey[y * width..][..width]);
    // One pixel of border without gradient on each side.
    let stride = width + 2;
    let mut size = vec![0_i16; stride * (height + 2)];
    for (y, out) in size[stride..].chunks_exact_mut(stride).take(height).enumerate() {
        let rows = rows(y);
        for (x, size) in out[1..=width].iter_mut().enumerate() {
            let (dx, dy) = sobel(rows, x);
            *size = dx.abs() + dy.abs();
        }
    }
    let mut ridge = vec![false; size.len()];
    let mut open = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let at = (y + 1) * stride + x + 1;
            if size[at] > low && is_ridge(&size, at, stride, sobel(rows(y), x)) {
                ridge[at] = true;
                if size[at] > high {
                    open.push(at);
                }
            }
        }
    }
    let mut edge = vec![false; size.len()];
    while let Some(at) = open.pop() {
        if ridge[at] && !edge[at] {
            edge[at] = true;
            open.extend([at - stride - 1, at - stride, at - stride + 1, at - 1]);
            open.extend([at + 1, at + stride - 1, at + stride, at + stride + 1]);
        }
    }
    for y in 0..height {
        let start = (y + 1) * stride + 1;
        edge.copy_within(start..start + width, y * width);
    }
    edge.truncate(width * height);
    edge
}

/// The gradient in x and y at column `x` of the middle of three rows.
fn sobel(rows: [&[u8]; 3], x: usize) -> (i16, i16) {
    let column = |x: usize| rows.map(|row| i16::from(row[x]));
    let [left, middle, right] = [x.saturating_sub(1), x, (x + 1).min(rows[1].len() - 1)].map(column);
    let dx = right[0] + 2 * right[1] + right[2] - left[0] - 2 * left[1] - left[2];
    let dy = left[2] + 2 * middle[2] + right[2] - left[0] - 2 * middle[0] - right[0];
    (dx, dy)
}

/// Whether the gradient at `at` is no smaller than at both neighbours along its direction.
fn is_ridge(size: &[i16], at: usize, stride: usize, (dx, dy): (i16, i16)) -> bool {
    let (across, down) = (i32::from(dx.abs()), i32::from(dy.abs()) << 15);
    let flat = across * TAN_22;
    let here = size[at];
    if down < flat {
        here > size[at - 1] && here >= size[at + 1]
    } else if down > flat + (across << 16) {
        here > size[at - stride] && here >= size[at + stride]
    } else {
        let (above, below) =
            if (dx ^ dy) < 0 { (at - stride + 1, at + stride - 1) } else { (at - stride - 1, at + stride + 1) };
        here > size[above] && here > size[below]
    }
}

/// The chamfer distance of each pixel to the nearest that `is_zero`, at most `limit`.
pub fn distances(is_zero: &[bool], width: usize, limit: f32) -> Vec<f32> {
    let height = is_zero.len() / width;
    // Two pixels of border at the limit on each side.
    let stride = width + 4;
    let mut field = vec![limit; stride * (height + 4)];
    for (row, zeros) in field[2 * stride..].chunks_exact_mut(stride).zip(is_zero.chunks_exact(width)) {
        for (value, zero) in row[2..].iter_mut().zip(zeros) {
            *value = if *zero { 0.0 } else { limit };
        }
    }
    for y in 2..height + 2 {
        sweep(&mut field[(y - 2) * stride..(y + 1) * stride], stride);
    }
    // The way back is the way forth in the picture turned by half a turn.
    field.reverse();
    for y in 2..height + 2 {
        sweep(&mut field[(y - 2) * stride..(y + 1) * stride], stride);
    }
    field.reverse();
    for y in 0..height {
        let start = (y + 2) * stride + 2;
        field.copy_within(start..start + width, y * width);
    }
    field.truncate(width * height);
    field
}

/// Lowers the last of three rows by what comes from the two above it and from the left.
fn sweep(rows: &mut [f32], stride: usize) {
    let [straight, diagonal, knight] = STEPS;
    let (above, here) = rows.split_at_mut(2 * stride);
    let (far, near) = above.split_at(stride);
    for x in 2..stride - 2 {
        let knights = far[x - 1].min(far[x + 1]).min(near[x - 2]).min(near[x + 2]) + knight;
        let diagonals = near[x - 1].min(near[x + 1]) + diagonal;
        here[x] = here[x].min(knights).min(diagonals).min(near[x] + straight);
    }
    for x in 2..stride - 2 {
        here[x] = here[x].min(here[x - 1] + straight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edge_of_a_square_is_one_pixel_thin_and_all_around() {
        let grey: Vec<u8> = (0..400)
            .map(|at| if (5..15).contains(&(at % 20)) && (5..15).contains(&(at / 20)) { 200 } else { 0 })
            .collect();
        let edge = canny(&grey, 20, 50, 150);
        let row = |y: usize| (0..20).filter(|x| edge[y * 20 + x]).count();
        assert_eq!([row(2), row(10), row(17)], [0, 2, 0]);
    }

    #[test]
    fn distances_are_chamfer_distances_up_to_the_limit() {
        let is_zero: Vec<bool> = (0..49).map(|at| at == 24).collect();
        let field = distances(&is_zero, 7, 4.0);
        assert_eq!(
            [field[24], field[25], field[16], field[22], field[11], field[0]],
            [0.0, 1.0, 1.4, 2.0, 2.1969, 4.0]
        );
    }
}
