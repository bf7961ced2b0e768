//! COCO's twelve figures as metrics. All are 0..=1, and more is better.

use super::kind::{Better, Metric, Source};

/// COCO's area ranges, square pixels.
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
    #[must_use]
    pub fn contains(self, area: f64) -> bool {
        const SMALL: f64 = 32.0 * 32.0;
        const LARGE: f64 = 96.0 * 96.0;
        match self {
            Self::All => true,
            Self::Small => area <= SMALL,
            Self::Medium => (SMALL..=LARGE).contains(&area),
            Self::Large => area >= LARGE,
        }
    }
}

const fn metric(slot: usize, name: &'static str, area: Area, definition: &'static str) -> Metric {
    Metric { name, definition, source: Source::Coco { slot, area }, better: Better::Higher, most: 1.0 }
}

/// AP.
pub static MAP: Metric = metric(
    0,
    "map",
    Area::All,
    "COCO AP: mean over IoU 0.50:0.05:0.95 and categories, 101 recall points, 100 detections per image",
);
/// AP50.
pub static MAP50: Metric = metric(
    1,
    "map50",
    Area::All,
    "COCO AP at IoU 0.50: mean over categories, 101 recall points, 100 detections per image",
);
/// AP75.
pub static MAP75: Metric = metric(
    2,
    "map75",
    Area::All,
    "COCO AP at IoU 0.75: mean over categories, 101 recall points, 100 detections per image",
);
/// AP small.
pub static MAP_SMALL: Metric = metric(3, "map_small", Area::Small, "COCO AP of objects below 32 x 32 pixels");
/// AP medium.
pub static MAP_MEDIUM: Metric =
    metric(4, "map_medium", Area::Medium, "COCO AP of objects of 32 x 32 to 96 x 96 pixels");
/// AP large.
pub static MAP_LARGE: Metric = metric(5, "map_large", Area::Large, "COCO AP of objects from 96 x 96 pixels");
/// AR1.
pub static MAR_1: Metric =
    metric(6, "mar_1", Area::All, "COCO AR: mean over IoU 0.50:0.05:0.95 and categories, 1 detection per image");
/// AR10.
pub static MAR_10: Metric =
    metric(7, "mar_10", Area::All, "COCO AR: mean over IoU 0.50:0.05:0.95 and categories, 10 detections per image");
/// AR100.
pub static MAR_100: Metric =
    metric(8, "mar_100", Area::All, "COCO AR: mean over IoU 0.50:0.05:0.95 and categories, 100 detections per image");
/// AR small.
pub static MAR_SMALL: Metric = metric(9, "mar_small", Area::Small, "COCO AR of objects below 32 x 32 pixels");
/// AR medium.
pub static MAR_MEDIUM: Metric =
    metric(10, "mar_medium", Area::Medium, "COCO AR of objects of 32 x 32 to 96 x 96 pixels");
/// AR large.
pub static MAR_LARGE: Metric = metric(11, "mar_large", Area::Large, "COCO AR of objects from 96 x 96 pixels");

#[cfg(test)]
mod tests {
    use crate::metric::{ALL, Source};

    #[test]
    fn coco_s_twelve_stand_at_their_slots() {
        for (index, metric) in ALL.iter().enumerate().take(12) {
            assert!(matches!(metric.source, Source::Coco { slot, .. } if slot == index), "{}", metric.name);
        }
    }
}
