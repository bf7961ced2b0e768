//! TOML text to [`Spec`]: splits the text into sections, reads what all kinds share, and leaves the rest to the kinds.

use std::collections::HashMap;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::blank::tell_blanks;
use super::keys::{DEFAULTS, REPORT, SPEC};
use super::layers::{Merged, merged};
use super::migrate::{MOVED, migrated};
use super::names::read_name;
use super::requires::{REQUIRES, read_requires, unmet};
use super::section::{Section, read_sections};
use super::table::{Mistake, Table, TableReader, Value, deserialize};
use super::variants::Variants;
use super::{CheckSpec, Diagnostic, Diagnostics, Exclusion, SlicesSpec, Source, Span};
use crate::task::Task;

/// A spec: exactly what was written.
#[derive(Debug, Clone)]
pub struct Spec<'t> {
    /// The text and its place.
    pub source: &'t Source,
    /// The suite's name; the file's stem where none is given.
    pub name: String,
    /// What the models are asked; to detect objects where nothing is said.
    pub task: Task,
    /// The suite's seed; 0 where none is given.
    pub seed: u64,
    /// What checks take where they say nothing.
    pub defaults: Defaults,
    /// `[dataset.*]`
    pub datasets: Vec<Section<'t>>,
    /// `[model.*]`
    pub models: Vec<Section<'t>>,
    /// `[perturbation.*]`
    pub perturbations: Vec<Section<'t>>,
    /// `[[check]]`
    pub checks: Vec<CheckSpec>,
    /// `[matrix] exclude`
    pub exclusions: Vec<Exclusion>,
    /// The baseline's file; `windtunnel.baseline.json` beside the spec.
    pub baseline: Option<Spanned<String>>,
    /// A regression check without a baseline is an error instead of being skipped.
    pub require_baseline: bool,
    /// `[report]`
    pub report: ReportSpec,
    /// `[slices]`
    pub slices: Option<SlicesSpec>,
}

/// The baseline beside a spec that names none.
const BASELINE: &str = "windtunnel.baseline.json";

impl Spec<'_> {
    /// Where the accepted figures lie, whether or not there are any.
    pub fn baseline_path(&self) -> PathBuf {
        let beside = || self.source.folder().join(BASELINE);
        self.baseline.as_ref().map_or_else(beside, |path| self.source.resolve(path))
    }
}

/// `[defaults]`
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// The metric of checks that name none.
    pub metric: Option<Spanned<String>>,
    /// Fewer images than this make a check an error.
    pub min_images: Option<Spanned<usize>>,
    /// The confidence of intervals; 0.95.
    pub confidence: Option<f64>,
    /// How often images are resampled; 1000.
    pub resamples: Option<usize>,
    /// The score from which a detection counts as a claim; 0.3.
    pub min_confidence: Option<f64>,
    /// The stability below which an image is affected; 0.75.
    pub top_k: Option<usize>,
    /// Calls of a model that are timed.
    pub latency_calls: Option<usize>,
    /// See [`crate::metric::Settings`].
    pub strictness: Option<f64>,
    /// Detections that COCO's figures look at, not falling; 1, 10, 100.
    pub max_dets: Option<[usize; 3]>,
    /// Areas that part COCO's ranges, rising; 1024, 9216.
    pub area_ranges: Option<[f64; 2]>,
}

/// `[report]`: where report files go.
#[derive(Debug, Clone, Default)]
pub struct ReportSpec {
    /// JUnit XML.
    pub junit: Option<PathBuf>,
    /// The record as JSON.
    pub json: Option<PathBuf>,
    /// A summary as Markdown.
    pub markdown: Option<PathBuf>,
    /// JUnit XML that is valid under the public schemas.
    pub junit_strict: Option<PathBuf>,
    /// The report as an HTML file.
    pub html: Option<PathBuf>,
}

/// Reads a spec. What could be read is returned beside everything that is wrong with it; the spec is complete only
/// where nothing is wrong.
///
/// # Errors
/// The text is not TOML, is for another version of this program, or is a draft that is to be filled in; only that is told then, as
/// the rest of such a text says little.
pub fn load(source: &Source) -> Result<(Spec<'_>, Diagnostics), Diagnostics> {
    let Merged { root, variants, mut diagnostics } = readable(source)?;
    let mut blanks = Diagnostics::default();
    tell_blanks(&root, &mut blanks);
    if !blanks.is_empty() {
        return Err(blanks);
    }
    let root = Table::new("the spec", 0..0, root);
    let spec = read_root(&root, (source, &variants), JUDGED, &mut diagnostics);
    Ok((spec, diagnostics))
}

/// The same of a spec that is read for its datasets and perturbations alone: it needs neither a model nor a check.
///
/// # Errors
/// See [`load`].
pub fn load_scenery(source: &Source) -> Result<(Spec<'_>, Diagnostics), Diagnostics> {
    let Merged { root, variants, mut diagnostics } = readable(source)?;
    let root = Table::new("the spec", 0..0, root);
    let spec = read_root(&root, (source, &variants), &JUDGED[..1], &mut diagnostics);
    Ok((spec, diagnostics))
}

/// The table of all files together, if it is for this version of the program.
fn readable(source: &Source) -> Result<Merged<'_>, Diagnostics> {
    let merged = merged(source)?;
    let Some(told) = unmet(&merged.root) else { return Ok(merged) };
    let mut alone = Diagnostics::default();
    alone.push(told);
    Err(alone)
}

/// What a spec must have to be judged, and how to add it; the datasets first.
const JUDGED: &[(&str, &str)] = &[
    ("dataset", "add a `[dataset.NAME]` with `format = \"coco\"` and a `path`"),
    ("model", "add a `[model.NAME]` with `kind = \"onnx\"` and a `path`"),
    ("check", "add a `[[check]]` with `on` and a bound, or the run could only ever pass"),
];

fn read_root<'t>(
    root: &Table<'t>,
    (source, variants): (&'t Source, &Variants),
    required: &[(&'static str, &'static str)],
    diagnostics: &mut Diagnostics,
) -> Spec<'t> {
    let mut reader = TableReader::new(root, SPEC, diagnostics);
    // Which one it is has been looked at in each file.
    reader.required_with("version", "version = 1", |_| Ok(()));
    reader.with(REQUIRES, read_requires);
    let name = reader.with("name", read_name).map(Spanned::into_inner);
    let task = reader.choice("task").unwrap_or_default();
    let seed = reader.integer("seed").unwrap_or(0);
    let mut tables = |key| reader.with(key, table_value).map(Spanned::into_inner);
    let defaults = tables("defaults");
    let report = tables("report");
    let datasets = tables("dataset");
    let models = tables("model");
    let perturbations = tables("perturbation");
    let matrix = tables("matrix");
    let slices = tables("slices");
    let checks = reader.with("check", check_tables).map(Spanned::into_inner).unwrap_or_default();
    let baseline = reader.optional("baseline");
    let require_baseline = reader.optional::<bool>("require_baseline").is_some_and(Spanned::into_inner);
    for (family, help) in JUDGED {
        if required.contains(&(*family, *help)) {
            require(&mut reader, family, help);
        } else {
            reader.spare(family);
        }
    }
    reader.finish();
    Spec {
        name: name.unwrap_or_else(|| source.stem()),
        task,
        seed,
        defaults: defaults.map(|table| read_defaults(table, (root, source), diagnostics)).unwrap_or_default(),
        baseline,
        require_baseline,
        exclusions: matrix.map(|table| Exclusion::read_all(table, diagnostics)).unwrap_or_default(),
        report: report.map(|table| read_report(table, source, diagnostics)).unwrap_or_default(),
        slices: slices.map(|table| SlicesSpec::read(table, diagnostics)),
        datasets: read_sections((source, variants), "dataset", ("format", Some("coco")), datasets, diagnostics),
        models: read_sections((source, variants), "model", ("kind", Some("onnx")), models, diagnostics),
        perturbations: read_sections((source, variants), "perturbation", ("kind", None), perturbations, diagnostics),
        checks: read_checks(checks, source, diagnostics),
        source,
    }
}

fn require(reader: &mut TableReader<'_, '_, '_>, family: &str, help: &str) {
    if reader.table().get(family).is_none() && !reader.has_unknown_keys() {
        reader.wrong(Diagnostic::new(0..0, format!("the spec has no {family}")).help(help));
    }
}

fn read_defaults(table: DeTable<'_>, (root, source): (&Table<'_>, &Source), diagnostics: &mut Diagnostics) -> Defaults {
    let table = Table::new("[defaults]", 0..0, table);
    let mut reader = TableReader::new(&table, DEFAULTS, diagnostics);
    let defaults = Defaults {
        metric: reader.optional("metric"),
        min_images: reader.spanned_integer("min_images"),
        confidence: reader.number("confidence"),
        resamples: reader.integer("resamples"),
        min_confidence: reader.number("min_confidence"),
        top_k: reader.integer("top_k"),
        latency_calls: reader.integer("latency_calls"),
        strictness: reader.number("strictness"),
        max_dets: reader.with("max_dets", read_max_dets).map(Spanned::into_inner),
        area_ranges: reader.with("area_ranges", read_area_ranges).map(Spanned::into_inner),
    };
    for (key, _) in table.entries().iter().filter(|(key, _)| MOVED.contains(&key.get_ref().as_str())) {
        let message = format!("`{}` stands at the top of a spec, not in [defaults]", key.get_ref());
        let place = source.place(&key.span());
        let rewritten = migrated(source).into_iter().find(|one| one.file == place.file);
        let is_rewritten = rewritten.is_some_and(|one| one.changes.iter().any(|change| change.line == place.line));
        let help = if is_rewritten {
            "move it there, or let `windtunnel migrate` do it"
        } else if root.get(key.get_ref()).is_some() {
            "it stands there, too: remove one of both"
        } else {
            "move it there"
        };
        reader.refuse(key.get_ref(), Diagnostic::new(key.span(), message).help(help));
    }
    reader.finish();
    defaults
}

fn read_max_dets(value: &Value<'_>) -> Result<[usize; 3], Mistake> {
    const HELP: &str = "write three whole numbers from 1 to 65535, none less than the one before it: [1, 10, 300]";
    let caps: Vec<usize> = deserialize(value)?;
    let is_right = |caps: &[usize; 3]| caps[0] >= 1 && caps.is_sorted() && u16::try_from(caps[2]).is_ok();
    let caps = <[usize; 3]>::try_from(caps).ok().filter(is_right);
    caps.ok_or_else(|| Mistake::new("`max_dets` is not three rising numbers").help(HELP))
}

fn read_area_ranges(value: &Value<'_>) -> Result<[f64; 2], Mistake> {
    const HELP: &str =
        "write the two areas in square pixels, the smaller first: [1024, 9216] are those of 32 x 32 and 96 x 96";
    let borders: Vec<f64> = deserialize(value)?;
    let is_right = |[small, large]: &[f64; 2]| *small > 0.0 && small < large && *large < 1e10;
    let borders = <[f64; 2]>::try_from(borders).ok().filter(is_right);
    borders.ok_or_else(|| Mistake::new("`area_ranges` is not two rising areas").help(HELP))
}

fn read_report(table: DeTable<'_>, source: &Source, diagnostics: &mut Diagnostics) -> ReportSpec {
    let table = Table::new("[report]", 0..0, table);
    let mut reader = TableReader::new(&table, REPORT, diagnostics);
    let mut path = |key| reader.optional::<String>(key).map(|path| source.resolve(&path));
    let report = ReportSpec {
        junit: path("junit"),
        json: path("json"),
        markdown: path("markdown"),
        junit_strict: path("junit_strict"),
        html: path("html"),
    };
    reader.finish();
    report
}

/// Checks without a name are counted file by file: that is where somebody looks for them.
fn read_checks(tables: Vec<(Span, DeTable<'_>)>, source: &Source, diagnostics: &mut Diagnostics) -> Vec<CheckSpec> {
    let mut starts: Vec<usize> = tables.iter().map(|(span, _)| span.start).collect();
    starts.sort_unstable();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut numbers: HashMap<usize, usize> = HashMap::new();
    for start in starts {
        let count = counts.entry(&source.part(&(start..start)).name).or_default();
        *count += 1;
        numbers.insert(start, *count);
    }
    tables
        .into_iter()
        .filter_map(|(span, table)| {
            let table = Table::new(format!("check #{}", numbers[&span.start]), span, table);
            CheckSpec::read(&table, diagnostics)
        })
        .collect()
}

fn table_value<'t>(value: &Value<'t>) -> Result<DeTable<'t>, Mistake> {
    match value.get_ref() {
        DeValue::Table(table) => Ok(table.clone()),
        _ => Err(Mistake::expected("a table", value)),
    }
}

fn check_tables<'t>(value: &Value<'t>) -> Result<Vec<(Span, DeTable<'t>)>, Mistake> {
    let DeValue::Array(items) = value.get_ref() else {
        let help = "write each check below a `[[check]]` of its own, in double brackets";
        return Err(Mistake::expected("checks written as `[[check]]`", value).help(help));
    };
    items.iter().map(|item| Ok((item.span(), table_value(item)?))).collect()
}
