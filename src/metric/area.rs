//! Ranges of objects' areas: COCO's names for how large an object is.

/// Where COCO parts its area ranges, square pixels: 32 x 32 and 96 x 96.
pub const COCO_AREA_RANGES: [f64; 2] = [1024.0, 9216.0];

/// The area ranges, at COCO's borders unless a suite sets others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Every object.
    All,
    /// Below 32 x 32.
    Small,
    /// 32 x 32 to 96 x 96.
    Medium,
    /// From 96 x 96.
    Large,
}

impl Area {
    /// Whether an object of `area` square pixels is in the range; both ends belong to it, as in pycocotools.
    pub fn contains(self, area: f64, [small, large]: [f64; 2]) -> bool {
        match self {
            Self::All => true,
            Self::Small => area <= small,
            Self::Medium => (small..=large).contains(&area),
            Self::Large => area >= large,
        }
    }
}
