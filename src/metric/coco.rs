//! COCO's twelve figures as metrics. All are 0..=1, and more is better.

use super::area::Area;
use super::kind::{Better, Metric, ObjectFigure, Origin};

const fn metric(slot: usize, name: &'static str, area: Area, definition: &'static str) -> Metric {
    Metric {
        name,
        definition,
        origin: Origin::Objects(ObjectFigure::Coco { slot, area }),
        better: Better::Higher,
        most: 1.0,
    }
}

/// AP.
pub static MAP: Metric = metric(
    0,
    "map",
    Area::All,
    "COCO AP: mean over IoU 0.50:0.05:0.95 and categories, 101 recall points, 100 (`max_dets`) detections per image",
);
/// AP50.
pub static MAP50: Metric = metric(
    1,
    "map50",
    Area::All,
    "COCO AP at IoU 0.50: mean over categories, 101 recall points, 100 (`max_dets`) detections per image",
);
/// AP75.
pub static MAP75: Metric = metric(
    2,
    "map75",
    Area::All,
    "COCO AP at IoU 0.75: mean over categories, 101 recall points, 100 (`max_dets`) detections per image",
);
/// AP small.
pub static MAP_SMALL: Metric =
    metric(3, "map_small", Area::Small, "COCO AP of objects below 32 x 32 (`area_ranges`) pixels");
/// AP medium.
pub static MAP_MEDIUM: Metric =
    metric(4, "map_medium", Area::Medium, "COCO AP of objects of 32 x 32 to 96 x 96 (`area_ranges`) pixels");
/// AP large.
pub static MAP_LARGE: Metric =
    metric(5, "map_large", Area::Large, "COCO AP of objects from 96 x 96 (`area_ranges`) pixels");
/// AR1.
pub static MAR_1: Metric = metric(
    6,
    "mar_1",
    Area::All,
    "COCO AR: mean over IoU 0.50:0.05:0.95 and categories, 1 (`max_dets`) detection per image",
);
/// AR10.
pub static MAR_10: Metric = metric(
    7,
    "mar_10",
    Area::All,
    "COCO AR: mean over IoU 0.50:0.05:0.95 and categories, 10 (`max_dets`) detections per image",
);
/// AR100.
pub static MAR_100: Metric = metric(
    8,
    "mar_100",
    Area::All,
    "COCO AR: mean over IoU 0.50:0.05:0.95 and categories, 100 (`max_dets`) detections per image",
);
/// AR small.
pub static MAR_SMALL: Metric =
    metric(9, "mar_small", Area::Small, "COCO AR of objects below 32 x 32 (`area_ranges`) pixels");
/// AR medium.
pub static MAR_MEDIUM: Metric =
    metric(10, "mar_medium", Area::Medium, "COCO AR of objects of 32 x 32 to 96 x 96 (`area_ranges`) pixels");
/// AR large.
pub static MAR_LARGE: Metric =
    metric(11, "mar_large", Area::Large, "COCO AR of objects from 96 x 96 (`area_ranges`) pixels");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::ALL;

    #[test]
    fn coco_s_twelve_stand_at_their_slots() {
        for (index, metric) in ALL.iter().enumerate().take(12) {
            assert!(
                matches!(metric.origin, Origin::Objects(ObjectFigure::Coco { slot, .. }) if slot == index),
                "{}",
                metric.name
            );
        }
    }
}
