//! One figure of many conditions (Michaelis et al. 2019, "Benchmarking Robustness in Object Detection").

use super::kind::{Better, Metric, Origin, Summary};

/// mPC.
pub static MPC: Metric = Metric {
    name: "mpc",
    definition: "mean performance under corruption: the mean over perturbations of each one's mean over its levels, of the \
                 suite's metric (Michaelis et al. 2019)",
    origin: Origin::Summary(Summary::Mpc),
    better: Better::Higher,
    most: 1.0,
};
/// rPC.
pub static RPC: Metric = Metric {
    name: "rpc",
    definition: "relative performance under corruption: mPC as a share of the clean figure (Michaelis et al. 2019)",
    origin: Origin::Summary(Summary::Rpc),
    better: Better::Higher,
    most: 1.0,
};
/// Risk.
pub static RISK: Metric = Metric {
    name: "risk",
    definition: "100 x the mean over perturbation groups of the mean over the group's conditions of `affected`: 0 \
                 (nothing changes) to 100 (every image is affected by everything). Needs no labels",
    origin: Origin::Summary(Summary::Risk),
    better: Better::Lower,
    most: 100.0,
};
/// Mean corruption error.
pub static MCE: Metric = Metric {
    name: "mce",
    definition: "mean corruption error, in per cent: 100 x the mean over ImageNet-C's 15 corruptions of the top-1 error, meant over \
                 severities 1 to 5, as a share of AlexNet's (Hendrycks & Dietterich 2019). AlexNet's own is 100",
    origin: Origin::Summary(Summary::Mce),
    better: Better::Lower,
    most: f64::INFINITY,
};
/// Relative mean corruption error.
pub static RELATIVE_MCE: Metric = Metric {
    name: "relative_mce",
    definition: "relative mean corruption error, in per cent: as `mce`, of what the error is above the one on clean images, AlexNet's \
                 too (43.478 %)",
    origin: Origin::Summary(Summary::RelativeMce),
    better: Better::Lower,
    most: f64::INFINITY,
};
