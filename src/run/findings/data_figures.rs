//! The figures that checks on datasets read, with what was found, a line each.

use std::collections::{BTreeMap, BTreeSet};

use super::inspector::Inspector;
use crate::audit::{CategoryCount, Suspect, balance};
use crate::dataset::OddBox;
use crate::failure::{Failure, Measured};
use crate::metric::Data;
use crate::plan::{Case, Plan};
use crate::record::Pair;
use crate::score::DataFigure;

/// Findings that are told with a case.
const TOLD: usize = 8;

/// The figures of those of `cases` that are on datasets, by their ids.
pub fn data_figures<'c>(
    plan: &Plan,
    cases: impl IntoIterator<Item = &'c Case>,
    inspector: &mut Inspector<'_>,
) -> BTreeMap<String, DataFigure> {
    let on_data = cases.into_iter().filter_map(|case| Some((case, case.metric.data()?)));
    on_data.map(|(case, data)| (case.id.clone(), figure(plan, case, data, inspector))).collect()
}

fn figure(plan: &Plan, case: &Case, data: Data, inspector: &mut Inspector<'_>) -> DataFigure {
    let planned = &plan.datasets[case.dataset];
    let known = match &planned.state {
        Ok(known) => known,
        Err(failure) => return blocked(&planned.name, failure),
    };
    match data {
        Data::Leakage => counted(&inspector.leakage(case.dataset), |found| (images(&found.pairs), pairs(&found.pairs))),
        Data::Duplicates => {
            counted(&inspector.duplicates(case.dataset), |found| (images(&found.pairs), pairs(&found.pairs)))
        }
        Data::InvalidBoxes => {
            let boxes = &known.aside.odd_boxes;
            counted(&Measured::Value(()), |()| (boxes.len(), boxes.iter().map(OddBox::describe).collect()))
        }
        Data::ClassImbalance => {
            let found = balance(known);
            let told = |category: &CategoryCount| format!("{}: {} objects", category.name, category.objects);
            DataFigure {
                figure: Measured::Value(found.imbalance),
                found: some(found.categories.iter().map(told).collect()),
            }
        }
        Data::SuspectLabels => counted(&inspector.suspects(case.dataset, &case.cells, true), |found| {
            (found.labels.len(), found.labels.iter().map(Suspect::describe).collect())
        }),
    }
}

fn blocked(dataset: &str, failure: &Failure) -> DataFigure {
    let reason = format!("blocked: dataset `{dataset}`: {}", failure.message);
    DataFigure { figure: Measured::Blocked(reason), found: Vec::new() }
}

fn counted<T>(measured: &Measured<T>, count: impl Fn(&T) -> (usize, Vec<String>)) -> DataFigure {
    let found = measured.value().map(|found| count(found).1).unwrap_or_default();
    let figure = measured.and_then(|found| Measured::Value(Some(count(found).0 as f64)));
    DataFigure { figure, found: some(found) }
}

/// How many images are in `pairs`: one may be in several splits.
fn images(pairs: &[Pair]) -> usize {
    pairs.iter().map(|pair| pair.image.as_str()).collect::<BTreeSet<_>>().len()
}

fn pairs(pairs: &[Pair]) -> Vec<String> {
    pairs.iter().map(Pair::describe).collect()
}

/// The first of `lines`, and how many more there are.
fn some(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(TOLD);
    lines.truncate(TOLD);
    lines.extend((more > 0).then(|| format!("and {more} more: `windtunnel audit` tells all")));
    lines
}
