//! The keys of a spec's own tables, documented; those of datasets, models and perturbations are with their kinds.

use super::key::{Family, Key, Literal, Scalar, ValueShape};
use super::requires::REQUIRES;
use super::version::{KEY as VERSION_KEY, VERSION};
use super::words::{Aggregate, Bound, Correction, Rule, Severeness};
use crate::task::Task;

/// The keys of a spec.
pub const SPEC: &[Key] = &[
    Key::new(VERSION_KEY, ValueShape::integer(VERSION, VERSION), "the format of the spec").required(),
    Key::new(
        REQUIRES,
        ValueShape::TEXT,
        "which versions of windtunnel read it as it is meant: \">=0.3\", or \">=0.3, <1\"; others say so, and nothing else",
    ),
    Key::new(
        "name",
        ValueShape::One(Scalar::Name),
        "the suite's name, a part of test ids and of the paths of reports; the file's name where none is given",
    ),
    Key::new("task", ValueShape::choice::<Task>(), "what the models are asked, the same for all of a spec")
        .or(Literal::Text("detect")),
    Key::new(
        "seed",
        ValueShape::integer(0, i64::MAX),
        "what all chance of the run starts from: the same seed, the same pixels and intervals",
    )
    .or(Literal::Integer(0)),
    Key::new("defaults", ValueShape::Table(DEFAULTS), "what checks take where they say nothing"),
    Key::new("dataset", ValueShape::Sections(Family::Dataset), "the images with labels, by a name each").required(),
    Key::new("model", ValueShape::Sections(Family::Model), "the models under test, by a name each").required(),
    Key::new(
        "perturbation",
        ValueShape::Sections(Family::Perturbation),
        "what is done to the images, by a name each, which `on` of checks refers to",
    ),
    Key::new("matrix", ValueShape::Table(MATRIX), "which cells are run"),
    Key::new(
        "slices",
        ValueShape::Table(SLICES),
        "looks for failure clusters: the slices of the data (dark images, small objects, ...) that lose most under each \
         perturbation; nothing is looked for where the section is absent",
    ),
    Key::new("check", ValueShape::Tables(CHECK), "the gates: each reads figures and sets bounds").required(),
    Key::new("baseline", ValueShape::PATH, "the file of accepted figures")
        .or(Literal::Text("windtunnel.baseline.json")),
    Key::new(
        "require_baseline",
        ValueShape::BOOLEAN,
        "whether a regression check without an accepted figure is an error instead of being skipped",
    )
    .or(Literal::Boolean(false)),
    Key::new("report", ValueShape::Table(REPORT), "where report files go"),
];

/// The keys that are read before all others, as they decide which files and tables make up the spec.
pub const LAYERS: &[Key] = &[
    Key::new(
        "extends",
        ValueShape::OneOrMany(Scalar::Path),
        "the files that this one builds on: what is said later, and here, wins over what was said before",
    ),
    Key::new(
        "profile",
        ValueShape::Overlays,
        "what `--profile NAME` changes in the spec: tables by name, with the keys of a spec; later ones win",
    ),
];

/// The keys of `[matrix]`.
pub const MATRIX: &[Key] = &[Key::new(
    "exclude",
    ValueShape::Tables(EXCLUSION),
    "cells that are not run: each entry those that meet all it says",
)];

/// The metrics of a dataset itself, which no condition changes: a check on one has no `on`.
pub const DATA_METRICS: &[&str] = &["leakage", "duplicates", "invalid_boxes", "class_imbalance", "suspect_labels"];

const ON: ValueShape = ValueShape::Either(&[ValueShape::OneOrMany(Scalar::Text), ValueShape::Table(GROUP)]);

/// The keys of an entry of `exclude`.
pub const EXCLUSION: &[Key] = &[
    Key::new("model", ValueShape::OneOrMany(Scalar::Text), "models by their names here; all where none is named"),
    Key::new("dataset", ValueShape::OneOrMany(Scalar::Text), "datasets by their names here; all where none is named"),
    Key::new(
        "on",
        ON,
        "conditions as in a check (\"all\" are the perturbations alone); every one, clean too, where none is named",
    ),
];

/// The most detections that can be looked at: their ranks are kept in 16 bits.
const MOST_DETECTIONS: i64 = u16::MAX as i64;

/// The keys of `[defaults]`.
pub const DEFAULTS: &[Key] = &[
    Key::new("metric", ValueShape::One(Scalar::Member(Family::Metric)), "the metric of checks that name none, and of tables: where it is left out and all checks of accuracy name one metric, tables show that")
        .or(Literal::Text("map")),
    Key::new("min_images", ValueShape::COUNT, "a dataset of fewer images is an error, and its checks are not judged"),
    Key::new("confidence", ValueShape::number(0.5, 0.999), "of intervals: the share of them that hold the true figure")
        .or(Literal::Number(0.95)),
    // With fewer resamples the ends of an interval are chance.
    Key::new("resamples", ValueShape::integer(100, i64::MAX), "how often the images are drawn again for an interval")
        .or(Literal::Integer(1000)),
    Key::new(
        "min_confidence",
        ValueShape::SHARE,
        "the score from which a detection counts as a claim: for precision, recall, f1 and stability",
    )
    .or(Literal::Number(0.3)),
    Key::new("top_k", ValueShape::integer(1, 48), "how many of the best classes `topk` looks at")
        .or(Literal::Integer(10)),
    Key::new(
        "latency_calls",
        ValueShape::integer(20, 100_000),
        "calls of a model that are timed for `latency_p50`, `latency_p95` and `throughput`",
    )
    .or(Literal::Integer(200)),
    Key::new("strictness", ValueShape::SHARE, "the stability below which an image counts as affected")
        .or(Literal::Number(0.75)),
    Key::new(
        "max_dets",
        ValueShape::List { of: Scalar::Integer { min: 1, max: MOST_DETECTIONS }, min: 3, max: Some(3) },
        "detections of a category in an image that COCO's figures look at: for `mar_1`, for `mar_10`, and for all others \
         (pycocotools' `maxDets`); [1, 10, 100] where none are given",
    ),
    Key::new(
        "area_ranges",
        ValueShape::List { of: Scalar::Number { min: 0.0, max: 1e10 }, min: 2, max: Some(2) },
        "the areas, square pixels, between small and medium and between medium and large objects, for `map_small` and the \
         like (pycocotools' `areaRng`); [1024, 9216] where none are given",
    ),
];

/// The keys of `[slices]`.
pub const SLICES: &[Key] = &[
    Key::new(
        "by",
        ValueShape::OneOrMany(Scalar::Member(Family::Attribute)),
        "what the data are cut by; all of it by default",
    ),
    Key::new(
        "min_performance_drop",
        ValueShape::SHARE,
        "how much of the figure a slice must lose against the same slice of the clean images to be told",
    )
    .or(Literal::Number(0.05)),
];

/// The keys of `[report]`.
pub const REPORT: &[Key] = &[
    Key::new("junit", ValueShape::PATH, "the file of JUnit XML, which CI systems read"),
    Key::new("json", ValueShape::PATH, "a copy of the record of whole runs: every figure, as JSON"),
    Key::new("markdown", ValueShape::PATH, "the file of a summary as Markdown, for job summaries and comments"),
    Key::new(
        "junit_strict",
        ValueShape::PATH,
        "the file of JUnit XML without what some schema refuses, for Jenkins xUnit",
    ),
    Key::new(
        "html",
        ValueShape::PATH,
        "the file of the report for people: figures, charts and pictures in one HTML file",
    ),
];

/// The keys of a `[[check]]`.
pub const CHECK: &[Key] = &[
    Key::new("name", ValueShape::TEXT, "a sentence for people: what this check stands for, in reports"),
    Key::new(
        "on",
        ON,
        "the conditions that are read: \"clean\", \"all\" perturbations (clean is none of them: [\"clean\", \"all\"] are both), the name of one or of a preset's kind \
         (\"everyday.fog\"), one of its levels (\"blur@3\"), a list of these, or { group = \"noise\" }",
    )
    .required()
    .not_with("metric", DATA_METRICS),
    Key::new(
        "metric",
        ValueShape::One(Scalar::Member(Family::Metric)),
        "the figure; that of [defaults] where none is named",
    ),
    Key::new("category", ValueShape::TEXT, "one category, by the dataset's name for it, instead of all"),
    Key::new("model", ValueShape::OneOrMany(Scalar::Text), "models by their names here; all where none is named"),
    Key::new("dataset", ValueShape::OneOrMany(Scalar::Text), "datasets by their names here; all where none is named"),
    Key::new(
        "slice",
        ValueShape::TEXT,
        "a slice of the dataset instead of the whole: \"brightness:low\", \"size:small\", \"metadata.weather:rain\"; \
         `windtunnel explain slices` lists what there is",
    ),
    Key::new(
        "aggregate",
        ValueShape::choice::<Aggregate>(),
        "makes one figure of all conditions of `on`; without it each condition is a case of its own",
    ),
    bound(Bound::Min),
    bound(Bound::Max),
    bound(Bound::MaxDrop),
    bound(Bound::MaxRelativeDrop),
    bound(Bound::MaxRegression),
    bound(Bound::MaxRelativeRegression),
    bound(Bound::MinGain),
    Key::new(
        "warn",
        THRESHOLDS,
        "two levels on one figure: from this number on the check warns, and fails only where its one bound is broken, which lies \
         farther: `max_drop = 0.10` with `warn = 0.05`",
    ),
    Key::new(
        "rule",
        ValueShape::choice::<Rule>(),
        "how sure one has to be, as images are a sample: \"significant\" for a regression, \"point\" for all others \
         where none is given",
    ),
    Key::new(
        "reference",
        ValueShape::TEXT,
        "the model of this spec that `max_regression`, `max_relative_regression` and `min_gain` compare with, on the same images; the accepted \
         baseline where none is named. Of `agreement` and `score_shift`: the model that is to be agreed with",
    ),
    Key::new(
        "correction",
        ValueShape::choice::<Correction>(),
        "whether the cases of a check whose rule is not \"point\" are corrected for being many",
    )
    .or(Literal::Text("none")),
    Key::new("level", ValueShape::choice::<Severeness>(), "what a broken bound does").or(Literal::Text("error")),
    Key::new("reason", ValueShape::TEXT, "why a check only warns").only_with("level", "warn"),
    Key::new(
        "until",
        ValueShape::One(Scalar::Date),
        "the last day on which a check only warns: from the next on it fails again; without it, it warns for ever",
    )
    .only_with("level", "warn"),
];

/// The keys of `on = { group = ... }`.
const GROUP: &[Key] = &[Key::new(
    "group",
    ValueShape::One(Scalar::Member(Family::Group)),
    "every perturbation of the spec that is of this group",
)
.required()];

const fn bound(bound: Bound) -> Key {
    let name = match bound {
        Bound::Min => "min",
        Bound::Max => "max",
        Bound::MaxDrop => "max_drop",
        Bound::MaxRelativeDrop => "max_relative_drop",
        Bound::MaxRegression => "max_regression",
        Bound::MaxRelativeRegression => "max_relative_regression",
        Bound::MinGain => "min_gain",
    };
    Key::new(name, THRESHOLDS, bound.meaning())
}

/// One number for all levels, or one for each: `{ 1 = 0.03, 3 = 0.08 }`.
const THRESHOLDS: ValueShape = ValueShape::Either(&[ValueShape::NUMBER, ValueShape::Map(&[Scalar::NUMBER])]);
