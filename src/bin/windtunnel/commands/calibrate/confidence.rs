//! `windtunnel calibrate --confidence`: from which score to count what a model finds of each category.

use anyhow::{anyhow, bail};
use windtunnel::eval::{Counts, Goal, Interval};
use windtunnel::exit::Exit;
use windtunnel::plan::Plan;
use windtunnel::position::{DatasetAt, ModelAt};
use windtunnel::run::{CategoryPoint, Figures, HeldCell, OperatingPoints, Point, operating_points};
use windtunnel::spec::quoted_key;
use windtunnel::task::Task;
use windtunnel::untrusted::name as plain;

use crate::answers::recalled;
use crate::args::{Calibrate, Global, Selection};
use crate::context::threads;
use crate::specs::{PlanOutcome, plans};
use crate::terminal;

/// In fewer of the resamples than this a goal is not sure to be met.
const SURE: f64 = 0.95;

/// What the column is called that says how sure a goal is to be met.
const MET: &str = "met";

/// Decimals of a figure.
const DIGITS: usize = 3;

/// Columns of a threshold and of a figure, each with its interval.
const THRESHOLD: usize = "0.000 0.000..0.000".len();
const FIGURE: usize = "0.000 0.00..0.00".len();

/// Prints thresholds to paste; the exit code: failed where a category has none that meets the goal.
pub fn confidence(args: &Calibrate, global: &Global) -> anyhow::Result<Exit> {
    let specs = vec![args.path.as_ref().map_or_else(|| "specs".to_owned(), |path| path.to_string_lossy().into_owned())];
    let selection = Selection { specs, filter: Vec::new(), overlay: args.overlay.clone(), seed: args.seed };
    let planned = match plans(&selection, None, terminal::style(global.color))? {
        PlanOutcome::Plans(plans) => plans,
        PlanOutcome::Invalid(_) => return Ok(Exit::Misused),
        PlanOutcome::Nothing => return Ok(Exit::NothingSelected),
    };
    let [planned] = planned.as_slice() else {
        bail!("there are {} specs: name one, `windtunnel calibrate --confidence specs/NAME.toml`", planned.len());
    };
    let plan = &planned.plan;
    if plan.task != Task::Detect {
        bail!("{} asks for classes of whole images: the best one counts, whatever its score", plan.file);
    }
    let dataset = dataset(plan, args.dataset.as_deref())?;
    let models = models(plan, dataset, args.model.as_deref())?;
    let threads = threads(None)?;
    let Some(found) = recalled(plan, &args.store, (global, &threads), "there is nothing to choose from")? else {
        tell!("run `windtunnel run {}` with the same options first, which keeps the answers of the models", plan.file);
        return Ok(Exit::Unjudged);
    };
    let goal = match (args.precision, args.recall) {
        (Some(least), _) => Goal::Precision(least),
        (_, Some(least)) => Goal::Recall(least),
        (None, None) => Goal::F1,
    };
    let points = operating_points(plan, found, (&models, dataset), goal, &threads).map_err(|reason| anyhow!(reason))?;
    let is_unsure =
        points.iter().flat_map(|points| &points.categories).any(|one| unsure(one, plan.resamples).is_some());
    let (mut out, mut is_met) = (head(plan, dataset, goal, is_unsure), true);
    for (&model, points) in models.iter().zip(&points) {
        is_met &= points.categories.iter().all(|one| one.point.is_ok() || one.objects == 0);
        out += &(of_model(plan, (model, dataset), goal, points).join("\n") + "\n");
    }
    terminal::print(&out)?;
    Ok(if is_met { Exit::Passed } else { Exit::Failed })
}

/// The dataset that is named, or the only one with labels.
fn dataset(plan: &Plan, name: Option<&str>) -> anyhow::Result<DatasetAt> {
    let is_labelled = |at: &DatasetAt| plan.datasets[*at].state.as_ref().is_ok_and(|data| data.is_labelled);
    let has_cells = |at: &DatasetAt| plan.cells.iter().any(|cell| cell.dataset == *at);
    let usable: Vec<DatasetAt> = plan.datasets.positions().filter(is_labelled).filter(has_cells).collect();
    let names = || usable.iter().map(|&at| format!("`{}`", plan.datasets[at].name)).collect::<Vec<_>>().join(", ");
    match (name, usable.as_slice()) {
        (_, []) => bail!("no dataset of {} has labels and a model that is run on it", plan.file),
        (Some(name), all) => match all.iter().find(|&&at| plan.datasets[at].name == name) {
            Some(&at) => Ok(at),
            None => bail!("{} runs no model on a dataset `{name}` with labels: there is {}", plan.file, names()),
        },
        (None, [only]) => Ok(*only),
        (None, _) => bail!("which images are to choose? Name one of {} by --dataset; the others judge", names()),
    }
}

/// The models that are run on the dataset, or the one that is named.
fn models(plan: &Plan, dataset: DatasetAt, name: Option<&str>) -> anyhow::Result<Vec<ModelAt>> {
    let is_run = |at: &ModelAt| plan.cells_of(*at, dataset).next().is_some();
    let run: Vec<ModelAt> = plan.models.positions().filter(is_run).collect();
    let Some(name) = name else { return Ok(run) };
    match run.into_iter().find(|&at| plan.models[at].name == name) {
        Some(at) => Ok(vec![at]),
        None => bail!("{} runs no model `{name}` on dataset `{}`", plan.file, plan.datasets[dataset].name),
    }
}

/// What was asked.
fn head(plan: &Plan, dataset: DatasetAt, goal: Goal, is_unsure: bool) -> String {
    let goal = match goal {
        Goal::F1 => "the best F1 of each category".to_owned(),
        Goal::Precision(least) => format!("a precision of at least {least} of each category, with the most recall"),
        Goal::Recall(least) => format!("a recall of at least {least} of each category, with the most precision"),
    };
    let met =
        format!("# `{MET}`: in how many resamples the goal is met, where that is in less than {}%.\n", 100.0 * SURE);
    format!(
        "# From which score to count, for {goal};\n# chosen on the {} clean images of `{}` (IoU 0.50; intervals of {}% of \
         resampled images).\n# `unseen`: what thresholds chosen on resamples come to on the images that were not drawn.\n{}",
        plan.images(dataset),
        plan.datasets[dataset].name,
        100.0 * plan.confidence,
        if is_unsure { met.as_str() } else { "" },
    )
}

fn of_model(plan: &Plan, (model, dataset): (ModelAt, DatasetAt), goal: Goal, points: &OperatingPoints) -> Vec<String> {
    let name = &plan.models[model].name;
    let width = points.categories.iter().map(|one| plain(&one.name).chars().count()).max().unwrap_or(0).max(8);
    let mut lines = vec![String::new(), format!("# In [model.{name}]:")];
    let met = if points.categories.iter().any(|one| unsure(one, plan.resamples).is_some()) { MET } else { "" };
    let head = format!(
        "#   {:width$}  {:THRESHOLD$}  {:FIGURE$}  {:FIGURE$}  unseen  {met}",
        "category", "threshold", "precision", "recall"
    );
    lines.push(head.trim_end().to_owned());
    for category in &points.categories {
        lines.push(format!("#   {:width$}  {}", plain(&category.name), row(category, goal, plan.resamples)));
    }
    let chosen: Vec<String> = points
        .categories
        .iter()
        .filter_map(|one| Some(format!("{} = {}", quoted_key(&one.name), one.point.as_ref().ok()?.threshold)))
        .collect();
    if chosen.is_empty() {
        lines.push("# no category has a threshold that meets it".to_owned());
        return lines;
    }
    lines.push(format!("min_confidence = {{ {} }}", chosen.join(", ")));
    lines.push(String::new());
    lines.push("# With it, over the categories that have one:".to_owned());
    let place = |held: &HeldCell| {
        format!("{} {}", plan.datasets[plan.cells[held.cell].dataset].name, plan.condition_of(held.cell).condition)
    };
    let width = points.cells.iter().map(|held| place(held).chars().count()).max().unwrap_or(0);
    lines.push(format!("#   {:width$}  {:FIGURE$}  {:FIGURE$}  F1", "", "precision", "recall"));
    lines.extend(points.cells.iter().map(|held| format!("#   {:width$}  {}", place(held), judged(held, goal))));
    let is_elsewhere = |held: &HeldCell| plan.cells[held.cell].dataset != dataset;
    if !points.cells.iter().any(is_elsewhere) {
        lines.push(
            "# The same images chose and judge: a second dataset in the spec would judge more strictly.".to_owned(),
        );
    }
    lines
}

/// A category's threshold and what it comes to.
fn row(category: &CategoryPoint, goal: Goal, resamples: usize) -> String {
    let objects = category.objects;
    match &category.point {
        Err(_) if objects == 0 => "no object: it keeps the suite's".to_owned(),
        Err(None) => "nothing is found of it".to_owned(),
        Err(Some(most)) => format!("none meets it: at most {most:.3}, of {objects} objects"),
        Ok(Point { threshold, interval, figures, unseen, .. }) => {
            let counts = &figures.counts;
            let told = format!(
                "{:<THRESHOLD$}  {}  {}  {:<6}  {}",
                with_interval(Some(*threshold), *interval, DIGITS),
                cell(counts.precision(), figures.precision),
                cell(counts.recall(), figures.recall),
                unseen_of(unseen, goal),
                unsure(category, resamples).unwrap_or_default(),
            );
            told.trim_end().to_owned()
        }
    }
}

/// In how many of the resamples the goal is met; `None` where it is sure to be.
fn unsure(category: &CategoryPoint, resamples: usize) -> Option<String> {
    let met = category.point.as_ref().ok()?.met;
    let share = met as f64 / resamples.max(1) as f64;
    (share < SURE).then(|| format!("{:.0}%", 100.0 * share))
}

/// What thresholds come to on images that did not choose them, as the goal has it.
fn unseen_of(unseen: &Counts, goal: Goal) -> String {
    goal.figure(unseen).map_or_else(|| "-".to_owned(), |figure| format!("{figure:.3}"))
}

/// What the thresholds come to in a cell, and which categories then miss the goal.
fn judged(held: &HeldCell, goal: Goal) -> String {
    let Figures { counts, precision, recall } = match &held.all {
        Ok(figures) => figures,
        Err(reason) => return format!("not measured: {reason}"),
    };
    let f1 = counts.f1().map_or_else(|| "-".to_owned(), |f1| format!("{f1:.3}"));
    let missed: Vec<String> = goal.least().map_or_else(Vec::new, |least| {
        let below = held.per_category.iter().filter_map(|(name, counts)| {
            let figure = goal.figure(counts).filter(|figure| *figure < least)?;
            Some(format!("{} {figure:.3}", plain(name)))
        });
        below.collect()
    });
    let missed = if missed.is_empty() { String::new() } else { format!("  missed: {}", missed.join(", ")) };
    format!("{}  {}  {f1}{missed}", cell(counts.precision(), *precision), cell(counts.recall(), *recall))
}

fn cell(figure: Option<f64>, interval: Option<Interval>) -> String {
    // How far a figure may be off is told to a hundredth, which leaves a row its place in a terminal.
    format!("{:<FIGURE$}", with_interval(figure, interval, DIGITS - 1))
}

fn with_interval(figure: Option<f64>, interval: Option<Interval>, digits: usize) -> String {
    let Some(figure) = figure else { return "-".to_owned() };
    interval.map_or_else(
        || format!("{figure:.DIGITS$}"),
        |interval| format!("{figure:.DIGITS$} {:.digits$}..{:.digits$}", interval.low, interval.high),
    )
}
