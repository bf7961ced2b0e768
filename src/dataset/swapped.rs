//! Labels whose four numbers are two corners, though their format wants a corner or centre and a size: read as written, most
//! boxes reach beyond their image, and read as corners, none does.

/// How far beyond its image a box may reach and count as rounded, pixels.
const ROUNDING: f64 = 1.0;

/// Fewer boxes than this that reach beyond their images may be slips of a hand.
const LEAST: usize = 3;

/// Of sound labels hardly any box reaches beyond its image; of corners every one that is not near the left and the top.
const SHARE: usize = 4;

/// Counts boxes.
#[derive(Debug, Default)]
pub struct Swapped {
    boxes: usize,
    beyond: usize,
    fitting: usize,
}

impl Swapped {
    /// A box as it is written, in units of which its image has `extent`, and whether it reaches beyond the image by more than
    /// rounding.
    pub fn add(&mut self, numbers: [f64; 4], extent: [f64; 2], is_beyond: bool) {
        let [left, top, right, bottom] = numbers;
        // A unit of the picture is at most a pixel.
        let is_inside = right <= extent[0] + ROUNDING.min(extent[0] / 100.0)
            && bottom <= extent[1] + ROUNDING.min(extent[1] / 100.0);
        self.boxes += 1;
        self.beyond += usize::from(is_beyond);
        self.fitting += usize::from(left >= 0.0 && top >= 0.0 && right > left && bottom > top && is_inside);
    }

    /// What to know of labels that are corners throughout; `meant` is what the format wants.
    pub fn note(&self, meant: &str) -> Option<String> {
        let Self { boxes, beyond, fitting } = *self;
        (fitting == boxes && beyond >= LEAST && SHARE * beyond >= boxes).then(|| {
            format!(
                "the boxes look like corners (left, top, right, bottom): {beyond} of {boxes} reach beyond their images as {meant}, which \
                 the format wants, and none does as corners; write them as {meant}"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(boxes: &[[f64; 4]]) -> Option<String> {
        let mut swapped = Swapped::default();
        for &[x, y, w, h] in boxes {
            swapped.add([x, y, w, h], [100.0, 80.0], x + w > 101.0 || y + h > 81.0);
        }
        swapped.note("left, top, width, height")
    }

    #[test]
    fn corners_are_recognised_and_boxes_that_reach_beyond_their_image_are_not() {
        let corners =
            [[10.0, 10.0, 40.0, 30.0], [50.0, 20.0, 90.0, 79.0], [60.0, 5.0, 80.0, 60.0], [30.0, 40.0, 99.0, 70.0]];
        assert!(note(&corners).unwrap().starts_with("the boxes look like corners (left, top, right, bottom): 3 of 4"));
        let with_a_small_one = [&corners[..], &[[50.0, 50.0, 9.0, 9.0]]].concat();
        assert_eq!(note(&with_a_small_one), None, "it is none of corners");
        assert_eq!(note(&[[20.0, 10.0, 90.0, 40.0]]), None, "one box proves nothing");
        assert_eq!(note(&[]), None);
    }
}
