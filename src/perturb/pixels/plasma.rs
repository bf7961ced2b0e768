//! Plasma by the diamond-square algorithm on a torus (Fournier, Fussell, Carpenter, CACM 1982).

use super::Plane;
use crate::perturb::Rng;

/// The spread of the first level; only its ratio to later ones matters, as the result is normalised.
const START: f64 = 100.0;

/// A map of `width` x `height` in 0..=1, the top left of a square torus of the next power of two of the longer side.
/// From level to level the spread falls by the square of `decay`, as in the generator that imagecorruptions uses.
pub fn plasma(width: usize, height: usize, decay: f64, rng: &mut Rng) -> Plane {
    let levels = width.max(height).max(3).next_power_of_two().ilog2();
    let mut torus = Plane::filled(1, 1, 0.0);
    let mut spread = START;
    for level in 1..=levels {
        let side = 1_usize << level;
        // Only the part that is seen of the last level, which hardly moves the extremes of the whole.
        let (rows, columns) = if level == levels { (height, width) } else { (side, side) };
        let (low, high) = extremes(&torus);
        torus = refined(&torus, rows, columns, (spread * spread) as f32, rng);
        if level == levels {
            let (low, high) = (low.min(extremes(&torus).0), high.max(extremes(&torus).1));
            let scale = 1.0 / (high - low).max(f32::MIN_POSITIVE);
            torus.values.iter_mut().for_each(|value| *value = (*value - low) * scale);
        }
        spread /= decay;
    }
    torus
}

fn extremes(plane: &Plane) -> (f32, f32) {
    plane.values.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)))
}

/// The next level, at twice the resolution: its first `rows` and `columns`.
fn refined(coarse: &Plane, rows: usize, columns: usize, spread: f32, rng: &mut Rng) -> Plane {
    let half = columns.div_ceil(2);
    let mut noise = vec![0.0; half + 1];
    let mut wibble = |values: &mut [f32]| {
        rng.fill_uniform(&mut noise);
        values.iter_mut().zip(&noise).for_each(|(value, noise)| *value += spread * (2.0 * noise - 1.0));
    };
    let mut fine = Plane::filled(columns, rows, 0.0);
    let mut above = squares(coarse, coarse.height - 1, half, &mut wibble);
    let last = above.clone();
    let (mut across, mut down) = (vec![0.0; half], vec![0.0; half]);
    for (at, pair) in fine.values.chunks_mut(2 * columns).enumerate() {
        let here = if at == coarse.height - 1 { last.clone() } else { squares(coarse, at, half, &mut wibble) };
        let (top, bottom) = (wrapped(coarse, at, half), wrapped(coarse, at + 1, half));
        for j in 0..half {
            across[j] = (top[j] + top[j + 1] + here[j + 1] + above[j + 1]) * 0.25;
            down[j] = (top[j] + bottom[j] + here[j] + here[j + 1]) * 0.25;
        }
        wibble(&mut across);
        wibble(&mut down);
        let (even, odd) = pair.split_at_mut(columns);
        interleave(even, &top, &across);
        if !odd.is_empty() {
            interleave(odd, &down, &here[1..]);
        }
        above = here;
    }
    fine
}

/// The centres of the squares of row `at`: that of column -1, then those of columns 0 to `half` - 1.
fn squares(coarse: &Plane, at: usize, half: usize, wibble: &mut impl FnMut(&mut [f32])) -> Vec<f32> {
    let (top, bottom) = (wrapped(coarse, at, half), wrapped(coarse, at + 1, half));
    let mut centres = vec![0.0; half + 1];
    for (j, centre) in centres[1..].iter_mut().enumerate() {
        *centre = (top[j] + top[j + 1] + bottom[j] + bottom[j + 1]) * 0.25;
    }
    let last = coarse.width - 1;
    centres[0] = (coarse.row(at)[last] + top[0] + coarse.row((at + 1) % coarse.height)[last] + bottom[0]) * 0.25;
    wibble(&mut centres);
    if half == coarse.width {
        centres[0] = centres[half];
    }
    centres
}

/// The first `half` + 1 values of row `at` of the torus.
fn wrapped(coarse: &Plane, at: usize, half: usize) -> Vec<f32> {
    let row = coarse.row(at % coarse.height);
    let mut values = Vec::with_capacity(half + 1);
    values.extend_from_slice(&row[..half]);
    values.push(row[half % coarse.width]);
    values
}

fn interleave(out: &mut [f32], even: &[f32], odd: &[f32]) {
    for ((pair, even), odd) in out.chunks_mut(2).zip(even).zip(odd) {
        pair[0] = *even;
        if let Some(slot) = pair.get_mut(1) {
            *slot = *odd;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perturb::FrameSeed;

    #[test]
    fn the_map_lies_within_0_and_1_and_is_smooth_where_the_spread_falls_fast() {
        let mut rng = FrameSeed { seed: 0, image: "a.jpg", kind: "fog", values: &[], step: 0 }.rng();
        let plane = plasma(50, 31, 3.0, &mut rng);
        assert!(plane.values.iter().all(|value| (0.0..=1.0).contains(value)));
        let steps = plane.values.chunks_exact(50).flat_map(|row| row.windows(2).map(|pair| (pair[1] - pair[0]).abs()));
        assert!(steps.fold(0.0, f32::max) < 0.15);
    }
}
