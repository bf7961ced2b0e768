//! The metric of tables, curves and headlines where `[defaults]` names none: what the checks speak of, where that is one thing.
//! Who reads a table of one metric above verdicts on another takes the two figures for one.

use crate::metric::{self, Better, Metric, Origin, Summary};
use crate::spec::{CheckSpec, Spec};

/// What a check says of the metric that tables are to show.
#[derive(Clone, Copy, PartialEq)]
enum Voice {
    /// That one: how right answers are, by labels.
    Accuracy(&'static Metric),
    /// That of the task: it names none, or one that is made of it.
    Default,
    /// One that needs no labels.
    WithoutLabels,
    /// None: how fast a model is, how sure, how much it is another.
    Silent,
}

/// The metric that all checks of accuracy name. Where they name several, or some name none, that of the task; of a spec whose
/// checks all need no labels the one that needs none either.
pub(super) fn of_tables(spec: &Spec<'_>) -> &'static Metric {
    let of_models = spec.checks.iter().filter(|check| check.on.is_some());
    let voices: Vec<Voice> =
        of_models.map(|check| voice(spec, check)).filter(|voice| *voice != Voice::Silent).collect();
    let mut of_labels = voices.iter().filter(|voice| **voice != Voice::WithoutLabels);
    match (of_labels.next(), voices.first()) {
        (Some(Voice::Accuracy(metric)), _) if of_labels.all(|voice| *voice == Voice::Accuracy(metric)) => metric,
        (None, Some(_)) => metric::STABILITY,
        _ => metric::default_of(spec.task),
    }
}

fn voice(spec: &Spec<'_>, check: &CheckSpec) -> Voice {
    let name = check.metric.as_ref().map(|name| name.get_ref().as_str());
    let Some(metric) = name.and_then(|name| metric::named(spec.task, name)) else { return Voice::Default };
    match (metric.origin, metric.better) {
        (Origin::Objects(_) | Origin::Classes(_), Better::Higher) => Voice::Accuracy(metric),
        (Origin::Summary(Summary::Mpc | Summary::Rpc), _) => Voice::Default,
        (Origin::Agreement(_) | Origin::Summary(Summary::Risk), _) => Voice::WithoutLabels,
        // Counts of false alarms and errors of calibration are no measure of a model by themselves.
        (Origin::Objects(_) | Origin::Classes(_), Better::Lower)
        | (
            Origin::Summary(Summary::Mce | Summary::RelativeMce)
            | Origin::Parity(_)
            | Origin::Speed(_)
            | Origin::Data(_),
            _,
        ) => Voice::Silent,
    }
}
