//! The record: everything a run found, versioned, and the JSON report as it is. Reporters read nothing else.

mod accept;
mod accuracy_over_latency;
mod agreement;
mod alike;
mod calibrate;
mod classes;
mod compare;
mod compared_with;
mod comparison;
mod data_audit;
mod gallery;
mod headline;
mod lack;
mod listing;
mod model;
mod read;
mod recommendation;
mod robustness;
mod silence;
mod slices;
mod speed;
mod standing;
mod summary;
mod unit;

pub use crate::predict::ModelCard;
pub(crate) use accept::draws_name;
pub use accept::{Acceptance, accepted};
pub use accuracy_over_latency::AccuracyOverLatency;
pub use agreement::{Agreement, agreements};
pub use alike::copies;
pub(crate) use alike::{Scenes, images_of};
pub use calibrate::{Calibration, Proposal, calibrate};
pub use classes::{ClassesRecord, ConfusionRecord};
pub use compare::{CompareError, Contender, compare, comparisons};
pub use compared_with::ComparedWith;
pub use comparison::{Comparison, Difference};
pub(crate) use data_audit::AUDIT_VERSION;
pub use data_audit::{AuditPicture, ComparedSplit, DataAudit, DatasetAudit, Known, Pair, Shown};
pub use gallery::{
    BoxKind, BoxRecord, GalleryRecord, GlimpseRecord, PairRecord, SampleRecord, ShotQuality, ShotRecord,
};
pub use headline::headline;
pub(crate) use headline::worst_failure;
pub use lack::Lack;
pub use listing::Listing;
pub use model::{
    CaseRecord, CategoryRecord, CellRecord, ConditionRecord, Counts, DatasetRecord, ErrorSplit, KeptRecord,
    MetricRecord, ModelRecord, Record, SetupRecord, SidesRecord, SpecRecord, StepRecord, Times, Tool, VERSION,
    WaiverRecord,
};
pub use read::RecordError;
pub use robustness::{
    AugmentationRecord, BreakingPoint, CategoryMean, Effect, GroupRecord, ImageFound, ImageRecord, RobustnessRecord,
};
pub use silence::Silence;
pub(crate) use silence::WAY_OUT_OF_SILENCE;
pub use slices::{ClusterRecord, SliceRecord, SlicesRecord};
pub use speed::SpeedRecord;
pub(crate) use summary::with_itself;
pub use summary::{HeldAgainst, RunSummary, held_against, loss, most, still_open};
pub use unit::unit;

pub use crate::audit::{
    Balance, Brightness, CategoryCount, Likeness, ObjectSizes, Outlier, Quantiles, Spread, Suspect, Suspects, Trait,
    Unfound,
};
pub use crate::dataset::{OddBox, Oddity};
pub use crate::eval::{Doubt, ErrorKind, Interval, Tide};
pub use crate::score::ReliabilityBin;
pub use crate::score::{CategoryLoss, ImageLoss};
pub use crate::task::Task;
