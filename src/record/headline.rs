//! What a run came to, in a sentence or two: what happened, how sure that is, and which model to ship.

use super::compare::is_one_model;
use super::recommendation::{Beside, Choice, advice, choice};
use super::silence::Silence;
use super::standing::Standing;
use super::{CaseRecord, ComparedWith, Comparison, Contender, Record, most};
use crate::condition::CLEAN;
use crate::gate::Outcome;
use crate::predict::SAME_MODEL;
use crate::spec::Bound;

/// The sentences, the most important first; none of a run that judged nothing.
pub fn headline(record: &Record) -> Vec<String> {
    let failed = worst_failure(record).map(|worst| failure(record, worst));
    let unjudged = unjudged(record);
    let passed = if failed.is_none() && unjudged.is_none() { closest(record) } else { None };
    let warned = if failed.is_none() { worst_of(record, CaseRecord::is_waived).map(warning) } else { None };
    // Whether the failure, or what could not be judged, is the silence of a model: that comes before it.
    let rests = [
        worst_failure(record).is_some_and(rests_on_silence),
        record.setup.is_empty() && errors(record).next().is_some_and(|case| is_for_silence(record, case)),
    ];
    let mut silence = silent(record);
    let mut after = |is_meant: bool, told: Option<String>| {
        let mut told: Vec<String> = told.into_iter().collect();
        if is_meant {
            told.splice(0..0, std::mem::take(&mut silence));
        }
        told
    };
    // An error wins over a failure: why it is one stands behind the verdict.
    let unjudged = after(rests[1], unjudged);
    let failed = after(rests[0], failed);
    unjudged.into_iter().chain(failed).chain(warned).chain(passed).chain(silence).chain(to_ship(record)).collect()
}

fn warning(case: &CaseRecord) -> String {
    format!("warned: {}", sentence(case))
}

/// The failure farthest beyond its threshold, in shares of what its metric can reach; the first of equal ones.
pub fn worst_failure(record: &Record) -> Option<&CaseRecord> {
    worst_of(record, |case| case.verdict.outcome == Outcome::Fail && !case.is_waived())
}

/// The case that is farthest beyond its threshold among those that `is_meant`; the first of equal ones.
fn worst_of(record: &Record, is_meant: impl Fn(&CaseRecord) -> bool) -> Option<&CaseRecord> {
    record.cases.iter().filter(|case| is_meant(case)).fold(None, |worst: Option<&CaseRecord>, case| {
        if worst.is_some_and(|worst| distance(worst) >= distance(case)) { worst } else { Some(case) }
    })
}

/// From the threshold, as a share of what the metric can reach.
fn distance(case: &CaseRecord) -> f64 {
    let unit = if case.bound == Bound::MaxRelativeDrop { 1.0 } else { most(&case.metric).unwrap_or(1.0) };
    case.verdict.value.map_or(0.0, |value| (value - case.threshold).abs() / unit)
}

/// The worst failure, how sure it is, and how many more there are.
fn failure(record: &Record, worst: &CaseRecord) -> String {
    let more = record.counts.failed.saturating_sub(1);
    let more = match more {
        0 => String::new(),
        more => format!("; {more} more of {} failed", checks(record.cases.len())),
    };
    let why = match worst.verdict.note.as_str() {
        // How silent a model is has a sentence of its own.
        note if note.is_empty() || worst.silence.is_some() => String::new(),
        note => format!("; {note}"),
    };
    format!("{}{}{why}{more}", sentence(worst), sureness(record, worst))
}

/// `; 95 % interval 0.196 to 0.254, no close call`
fn sureness(record: &Record, case: &CaseRecord) -> String {
    let Some(interval) = case.verdict.interval else { return String::new() };
    let reaches = (interval.low..=interval.high).contains(&case.threshold);
    let call = if reaches { "a close call: it reaches the threshold" } else { "no close call" };
    let ends = [interval.low, interval.high].map(|end| match case.bound {
        Bound::MaxRelativeDrop => format!("{:.1} %", 100.0 * end),
        _ => format!("{end:.*}", digits(case)),
    });
    format!("; {:.0} % interval {}, {call}", 100.0 * record.spec.confidence, ends.join(" to "))
}

fn errors(record: &Record) -> impl Iterator<Item = &CaseRecord> {
    record.cases.iter().filter(|case| matches!(case.verdict.outcome, Outcome::Error(_)))
}

/// Whether a case has no numbers, as its model says next to nothing.
fn rests_on_silence(case: &CaseRecord) -> bool {
    case.verdict.value.is_none() && case.silence.is_some()
}

/// Whether a case could not be judged as its model says next to nothing: of one that says enough it is an aside.
fn is_for_silence(record: &Record, case: &CaseRecord) -> bool {
    let silence = || {
        let dataset = record.datasets.iter().find(|dataset| dataset.name == case.dataset)?;
        Silence::of(record, case.model.as_ref()?, dataset)
    };
    rests_on_silence(case) && silence().is_some_and(|silence| silence.is_most())
}

/// What could not be judged, and the first reason.
fn unjudged(record: &Record) -> Option<String> {
    let setup = record.setup.first().map(|failed| {
        let what = failed.dataset.as_ref().map(|name| format!("dataset `{name}`"));
        let what = what.unwrap_or_else(|| format!("model `{}`", failed.model.as_deref().unwrap_or_default()));
        format!("{what} cannot be used: {}", failed.failure.message)
    });
    let case = || {
        let first = errors(record).next()?;
        Some(format!("{} could not be judged; {}: {}", checks(errors(record).count()), first.id, first.brief()))
    };
    setup.or_else(case)
}

/// That all holds, and which check is the nearest to its threshold.
fn closest(record: &Record) -> Option<String> {
    let passed: Vec<&CaseRecord> = record.cases.iter().filter(|case| case.verdict.outcome == Outcome::Pass).collect();
    let unsure = passed.iter().filter(|case| case.is_unsure()).count();
    let with_room = passed.iter().filter(|case| case.verdict.value.is_some());
    let nearest = with_room.min_by(|one, other| distance(one).total_cmp(&distance(other)))?;
    let unsure = match unsure {
        0 => String::new(),
        1 => ", 1 of them by no more than chance explains".to_owned(),
        some => format!(", {some} of them by no more than chance explains"),
    };
    let all = match passed.len() {
        1 => "the check holds".to_owned(),
        several => format!("{several} checks hold"),
    };
    let closest = if passed.len() > 1 { "the closest: " } else { "" };
    Some(format!("{all}{unsure}; {closest}{}", sentence(nearest)))
}

/// Models that say next to nothing of images without labels: their figures look good.
fn silent(record: &Record) -> Vec<String> {
    let on = |dataset| {
        let models = record.models.iter().filter_map(move |model| Silence::of(record, &model.name, dataset));
        models.filter_map(move |silence| silence.warning(record, dataset))
    };
    record.evaluated().flat_map(on).collect()
}

/// What these images say of which model to ship; nothing where there is only one, or nothing to choose by.
fn to_ship(record: &Record) -> Option<String> {
    let is_one_of_two = record.models.len() == 2 && record.evaluated().count() == 1;
    match record.comparisons.as_slice() {
        [] => None,
        [found] if is_one_of_two => of_two(record, found),
        _ => best(record).or_else(|| of_many(record)),
    }
}

/// The same that `compare` says of them, in fewer words.
fn of_two(record: &Record, found: &Comparison) -> Option<String> {
    let contender = |model| Contender { record, model };
    let pair = [contender(&found.one), contender(&found.other)];
    if is_one_model(pair[0], pair[1]) {
        return Some(format!("there is nothing to choose: `{}` and `{}` are {SAME_MODEL}", found.one, found.other));
    }
    if choice(found) == Choice::Unasked {
        return None;
    }
    let beside = pair.map(|one| Beside { standing: Standing::of(record, one.model), silence: None, agreement: None });
    let figures = [("clean", &found.clean), ("mPC", &found.mpc)].into_iter().filter_map(|(what, of)| {
        let (one, other) = (of.one?, of.other?);
        Some(format!("{what} {one:.3} and {other:.3}"))
    });
    let figures = figures.collect::<Vec<_>>().join(", ");
    let advice = advice(found, &beside, &|name| format!("`{name}`"));
    Some(format!("{advice} (`{}` and `{}`: {figures})", found.one, found.other))
}

/// The model that is better than every other, on every dataset.
fn best(record: &Record) -> Option<String> {
    let datasets = record.evaluated().count();
    let models: Vec<&str> = record.models.iter().map(|model| model.name.as_str()).collect();
    let wins = |model: &str| {
        let others = models.len().saturating_sub(1) * datasets;
        let of_it = record.comparisons.iter().filter(|one| one.one == model || one.other == model);
        others > 0 && of_it.clone().count() == others && of_it.clone().all(|one| choice(one) == Choice::Better(model))
    };
    let winner = models.iter().find(|model| wins(model))?;
    let others: Vec<String> =
        models.iter().filter(|model| *model != winner).map(|model| format!("`{model}`")).collect();
    let clean = record.robustness.iter().filter(|one| one.model == **winner).find_map(|one| one.mpc);
    let figure = clean.map(|mpc| format!(" (mPC {mpc:.3})")).unwrap_or_default();
    let others = others.join(" and ");
    Some(match Standing::of(record, winner).objection(&format!("`{winner}`")) {
        None => format!("ship `{winner}`{figure}: on these images it is to be preferred to {others}"),
        Some(objection) => {
            format!(
                "`{winner}`{figure} is ahead of {others} on these images, but not to be shipped as it is: {objection}"
            )
        }
    })
}

/// What is said of models of which none is better than all others.
fn of_many(record: &Record) -> Option<String> {
    /// More pairs than those of three models are too many for a sentence.
    const TOLD: usize = 3;
    let found: Vec<&Comparison> = record.comparisons.iter().filter(|found| choice(found) != Choice::Unasked).collect();
    let choices: Vec<Choice<'_>> = found.iter().map(|found| choice(found)).collect();
    if choices.is_empty() {
        return None;
    }
    if choices.contains(&Choice::Untold) {
        return Some(
            "the numbers alone do not tell which model to ship: a run with `--intervals` tells which differences are more \
             than chance"
                .to_owned(),
        );
    }
    if choices.iter().all(|choice| *choice == Choice::Alike) {
        return Some("these images show no difference between the models".to_owned());
    }
    let datasets = record.evaluated().count();
    let pair = |found: &&Comparison| {
        let (one, other) = (&found.one, &found.other);
        let told = match choice(found) {
            Choice::Better(model) => {
                format!("`{model}` is better than `{}`", if model == one { other } else { one })
            }
            Choice::Alike => format!("`{one}` and `{other}` show no difference"),
            Choice::Split { perturbed, clean } => {
                format!("`{perturbed}` is better than `{clean}` under perturbation and worse on clean images")
            }
            Choice::Untold | Choice::Unasked => return None,
        };
        Some(if datasets > 1 { format!("{told} on `{}`", found.dataset) } else { told })
    };
    let pairs: Vec<String> = found.iter().filter_map(pair).collect();
    Some(if pairs.len() > TOLD {
        "no model is better than all others on these images; `windtunnel compare` tells two of them apart".to_owned()
    } else {
        format!("no model is better than all others on these images: {}", pairs.join("; "))
    })
}

fn checks(count: usize) -> String {
    if count == 1 { "1 check".to_owned() } else { format!("{count} checks") }
}

/// Decimals: shares have three, what goes to 100 has one.
fn digits(case: &CaseRecord) -> usize {
    let is_share = case.bound == Bound::MaxRelativeDrop || most(&case.metric).is_none_or(|most| most <= 1.0);
    if is_share { 3 } else { 1 }
}

/// `c loses 0.223 map under noise@2; a loss of 0.100 is allowed`
fn sentence(case: &CaseRecord) -> String {
    let who = match &case.model {
        Some(model) => format!("`{model}`"),
        None => format!("dataset `{}`", case.dataset),
    };
    let category = case.category.as_ref().map(|category| format!(" of {category}")).unwrap_or_default();
    if case.verdict.value.is_none() {
        return format!("{who}: {}", case.brief());
    }
    let metric = format!("{}{category}", case.metric);
    let on = on(case);
    let digits = digits(case);
    let (value, threshold) = (case.verdict.value.unwrap_or(f64::NAN), case.threshold);
    let other = match &case.other {
        None => "what it is compared with",
        Some(ComparedWith::Baseline) => "the baseline",
        Some(ComparedWith::Model(name)) => name,
    };
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    // A loss below 0 is a gain.
    let changes = |loss: f64| if loss < 0.0 { "gains" } else { "loses" };
    let size = value.abs();
    // A bound below 0 asks for a gain.
    let asked = |loss: f64| {
        let size = loss.abs();
        if loss < 0.0 {
            format!("a gain of {size:.digits$} is asked for")
        } else {
            format!("a loss of {size:.digits$} is allowed")
        }
    };
    match case.bound {
        Bound::MaxDrop => format!("{who} {} {size:.digits$} {metric}{on}; {}", changes(value), asked(threshold)),
        Bound::MaxRelativeDrop => format!(
            "{who} {} {} of its {metric}{on}; a loss of {} is allowed",
            changes(value),
            percent(size),
            percent(threshold)
        ),
        Bound::MaxRegression => {
            format!("{who} {} {size:.digits$} {metric}{on} against {other}; {}", changes(value), asked(threshold))
        }
        Bound::MaxRelativeRegression => format!(
            "{who} {} {} of its {metric}{on} against {other}; a loss of {} is allowed",
            changes(value),
            percent(size),
            percent(threshold)
        ),
        Bound::MinGain => format!(
            "{who} {} {size:.digits$} {metric}{on} against {other}; a gain of {threshold:.digits$} is asked for",
            changes(-value)
        ),
        Bound::Max => format!("{who} has {metric} {value:.digits$}{on}; at most {threshold:.digits$} is allowed"),
        Bound::Min => {
            format!("{who} has {metric} {value:.digits$}{on}; at least {threshold:.digits$} is asked for")
        }
    }
}

/// `all` is every perturbation: clean images are not among them, and nobody should think so.
fn perturbations(of: &str) -> String {
    of.split(" and ")
        .map(|name| if name == "all" { "all perturbations" } else { name })
        .collect::<Vec<_>>()
        .join(" and ")
}

/// ` under noise@2`, ` on clean images`, ` in the mean of all perturbations`; nothing for figures of a dataset itself.
fn on(case: &CaseRecord) -> String {
    let slice = case.slice.as_ref().map(|slice| format!(" on {slice}")).unwrap_or_default();
    let of = |word: &str| Some(case.on.strip_prefix(word)?.strip_prefix('(')?.strip_suffix(')')?.replace('+', " and "));
    let worst = case.verdict.worst.as_ref().map(|worst| format!("under {worst}, the worst of "));
    let on = if case.model.is_none() {
        return slice;
    } else if case.on == CLEAN {
        "on clean images".to_owned()
    } else if let Some(of) = of("mean") {
        format!("in the mean of {}", perturbations(&of))
    } else if let Some(of) = of("worst") {
        format!("{}{}", worst.unwrap_or_else(|| "in the worst of ".to_owned()), perturbations(&of))
    } else if case.on == "all" {
        "over all perturbations".to_owned()
    } else {
        format!("under {}", case.on)
    };
    format!(" {on}{slice}")
}
