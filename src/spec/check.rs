//! A `[[check]]` as written: what it is on, which metric, and the bounds it sets.

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::{Date, Datetime};

use super::choice::Choice;
use super::keys::{CHECK, DATA_METRICS};
use super::table::{Mistake, Table, TableReader, Value, deserialize, list_of};
use super::words::{Aggregate, Bound, Correction, Rule, Severeness};
use super::{Diagnostic, Diagnostics, Span};

/// A `[[check]]`.
#[derive(Debug, Clone)]
pub struct CheckSpec {
    /// `check #2` or `check "still accurate"`, for messages.
    pub title: String,
    /// Where the check starts.
    pub span: Span,
    /// A sentence for people, in reports.
    pub name: Option<String>,
    /// The conditions it reads; `None` for a figure of a dataset.
    pub on: Option<Spanned<On>>,
    /// The figure; `None` takes the default.
    pub metric: Option<Spanned<String>>,
    /// One category instead of all.
    pub category: Option<Spanned<String>>,
    /// Models by name; empty means all.
    pub models: Vec<Spanned<String>>,
    /// Datasets by name; empty means all.
    pub datasets: Vec<Spanned<String>>,
    /// One case over all conditions instead of one per condition.
    pub aggregate: Option<Aggregate>,
    /// What is asked of the figure; at least one.
    pub bounds: Vec<(Bound, Spanned<Thresholds>)>,
    /// From where the one bound warns, nearer than where it fails.
    pub warn: Option<Spanned<Thresholds>>,
    /// How sure one has to be; `None` takes the bound's own.
    pub rule: Option<Spanned<Rule>>,
    /// The model that is compared with; `None` is the baseline.
    pub reference: Option<Spanned<String>>,
    /// Whether the cases of the check are corrected for being many.
    pub correction: Option<Spanned<Correction>>,
    /// Where a broken bound is only told.
    pub waiver: Option<Waiver>,
    /// A slice of the dataset instead of the whole.
    pub slice: Option<Spanned<String>>,
    /// Whether a key that says which cases it has could not be read, so that it seems to have others.
    pub is_unsure: bool,
}

/// Which conditions a check reads.
#[derive(Debug, Clone)]
pub enum On {
    /// `"clean"`, `"all"` perturbations (not clean), one of them, or one of its levels (`"blur@3"`).
    Names(Vec<Spanned<String>>),
    /// Every perturbation of a group.
    Group(Spanned<String>),
}

/// A check that warns instead of failing, for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Why.
    pub reason: String,
    /// The last day on which it holds; `None` for ever.
    pub until: Option<Date>,
}

/// The number a bound compares with.
#[derive(Debug, Clone)]
pub enum Thresholds {
    /// The same for every level.
    One(f64),
    /// One per level: `{ 1 = 0.03, 3 = 0.08 }`.
    PerLevel(Vec<(Spanned<String>, f64)>),
}

impl Thresholds {
    fn read(value: &Value<'_>) -> Result<Self, Mistake> {
        match value.get_ref() {
            DeValue::Table(levels) if levels.is_empty() => Err(Mistake::new("the table of levels is empty")),
            DeValue::Table(levels) => per_level(levels).map(Self::PerLevel),
            _ => finite(value, "a number, or a table of numbers by level: { 1 = 0.03, 3 = 0.08 }").map(Self::One),
        }
    }
}

fn per_level(levels: &DeTable<'_>) -> Result<Vec<(Spanned<String>, f64)>, Mistake> {
    levels
        .iter()
        .map(|(level, value)| {
            if matches!(value.get_ref(), DeValue::Table(_)) {
                let message = format!("`{}` is not a level with a threshold", level.get_ref());
                let help = "write a level with a decimal point in quotes: { \"0.1\" = 0.02 }";
                return Err(Mistake::new(message).at(level.span()).help(help));
            }
            let level = Spanned::new(level.span(), level.get_ref().to_string());
            Ok((level, finite(value, "a number")?))
        })
        .collect()
}

fn finite(value: &Value<'_>, expected: &str) -> Result<f64, Mistake> {
    if !matches!(value.get_ref(), DeValue::Float(_) | DeValue::Integer(_)) {
        return Err(Mistake::expected(expected, value));
    }
    let number = deserialize::<f64>(value)?;
    if number.is_finite() {
        Ok(number)
    } else {
        Err(Mistake::new("a threshold must be a finite number").at(value.span()))
    }
}

impl On {
    /// A name, a list of names, or `{ group = "noise" }`.
    pub(super) fn read(value: &Value<'_>) -> Result<Self, Mistake> {
        match value.get_ref() {
            DeValue::String(_) | DeValue::Array(_) => list_of(value).map(Self::Names),
            DeValue::Table(table) => Self::read_group(table).ok_or_else(|| {
                Mistake::new("a table here has the one key `group`").help("write `on = { group = \"noise\" }`")
            }),
            _ => Err(Mistake::expected("the name of a perturbation, a list of names, or { group = \"...\" }", value)),
        }
    }

    fn read_group(table: &DeTable<'_>) -> Option<Self> {
        let mut entries = table.iter();
        let (key, value) = entries.next().filter(|_| table.len() == 1)?;
        let group = value.get_ref().as_str().filter(|_| key.get_ref() == "group")?;
        Some(Self::Group(Spanned::new(value.span(), group.to_owned())))
    }
}

impl CheckSpec {
    /// Reads a check; `None` where nothing sensible can be made of it.
    pub fn read(table: &Table<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut reader = TableReader::new(table, CHECK, diagnostics);
        let name = reader.optional::<String>("name").map(|name| one_line(name.get_ref()));
        let on = reader.with("on", On::read);
        let metric = reader.optional("metric");
        let category = reader.optional("category");
        let models = reader.with("model", list_of).map(Spanned::into_inner);
        let datasets = reader.with("dataset", list_of).map(Spanned::into_inner);
        let slice = reader.optional("slice");
        let aggregate = reader.choice("aggregate");
        let bounds = read_bounds(&mut reader);
        let warn = reader.with("warn", Thresholds::read);
        let rule = reader.spanned_choice("rule");
        let reference = reader.optional("reference");
        let correction = reader.spanned_choice("correction");
        let waiver = read_waiver(&mut reader);
        let read = [
            ("metric", metric.is_some()),
            ("category", category.is_some()),
            ("model", models.is_some()),
            ("dataset", datasets.is_some()),
            ("slice", slice.is_some()),
            ("aggregate", aggregate.is_some()),
            ("reference", reference.is_some()),
        ];
        let is_unsure = read.iter().any(|(key, is_read)| !is_read && table.get(key).is_some());
        let is_on_data =
            metric.as_ref().is_some_and(|name: &Spanned<String>| DATA_METRICS.contains(&name.get_ref().as_str()));
        // Beside an unknown key the missing one is not told: it is most likely the one that was misspelt.
        let is_silent = table.get("on").is_none() && !is_on_data && !reader.has_unknown_keys();
        if is_silent {
            let help = "add `on = \"clean\"`, `on = \"all\"`, or the name of a perturbation";
            reader.wrong(Diagnostic::new(table.span.clone(), format!("{} has no `on`", table.title)).help(help));
        }
        let has_wrong_on = on.is_none() && (is_silent || table.get("on").is_some() || reader.has_unknown_keys());
        // Before the first way out: unknown keys are also told of a check of which nothing can be made.
        reader.finish();
        let title = name.as_ref().map_or_else(|| table.title.clone(), |name| format!("check \"{name}\""));
        let bounds = bounds.filter(|_| !has_wrong_on)?;
        let span = table.span.clone();
        Some(Self {
            title,
            span,
            name,
            on,
            metric,
            category,
            models: models.unwrap_or_default(),
            datasets: datasets.unwrap_or_default(),
            aggregate,
            bounds,
            warn,
            rule,
            reference,
            correction,
            waiver,
            slice,
            is_unsure,
        })
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn read_bounds(reader: &mut TableReader<'_, '_, '_>) -> Option<Vec<(Bound, Spanned<Thresholds>)>> {
    let any_written = Bound::ALL.iter().any(|(word, _)| reader.table().get(word).is_some());
    let bounds: Vec<_> =
        Bound::ALL.iter().filter_map(|(word, bound)| Some((*bound, reader.with(word, Thresholds::read)?))).collect();
    if !any_written && !reader.has_unknown_keys() {
        let table = reader.table();
        let words = Bound::ALL.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let help = format!("add one of {words}");
        reader.wrong(Diagnostic::new(table.span.clone(), format!("{} sets no bound", table.title)).help(help));
    }
    (!bounds.is_empty()).then_some(bounds)
}

/// `level = "warn"` with its `reason` and `until`.
fn read_waiver(reader: &mut TableReader<'_, '_, '_>) -> Option<Waiver> {
    let level = reader.spanned_choice::<Severeness>("level");
    let reason = reader.optional::<String>("reason").map(|reason| one_line(reason.get_ref()));
    let until = reader.with("until", date);
    let level = level.filter(|level| *level.get_ref() == Severeness::Warn);
    match (level, reason) {
        (Some(level), _) if reader.table().get("warn").is_some() => {
            let message = format!("{} only warns, and has a `warn` beside that", reader.table().title);
            let help =
                "remove `level` for a check that warns first and fails farther on, or `warn` for one that only warns";
            reader.wrong(Diagnostic::new(level.span(), message).help(help));
            None
        }
        (Some(_), Some(reason)) if !reason.is_empty() => Some(Waiver { reason, until: until.map(Spanned::into_inner) }),
        (Some(level), _) => {
            let message = format!("{} only warns, and gives no `reason`", reader.table().title);
            let help = "add `reason = \"...\"`, and `until = 2030-12-31` if it is meant for a while";
            reader.wrong(Diagnostic::new(level.span(), message).help(help));
            None
        }
        (None, reason) => {
            let stray = until.map(|until| ("until", until.span()));
            let stray =
                stray.or_else(|| Some(("reason", reader.table().get("reason").filter(|_| reason.is_some())?.span())));
            if let Some((key, span)) = stray {
                let message = format!("`{key}` of {} has no meaning without `level = \"warn\"`", reader.table().title);
                reader.wrong(Diagnostic::new(span, message).help("add the level, or remove the key"));
            }
            None
        }
    }
}

fn date(value: &Value<'_>) -> Result<Date, Mistake> {
    let datetime = match value.get_ref() {
        DeValue::Datetime(datetime) => datetime,
        DeValue::String(text) if text.parse::<Datetime>().is_ok_and(|day| day.date.is_some()) => {
            let help = format!("write the date without quotes: until = {text}");
            return Err(Mistake::expected("a date", value).help(help));
        }
        _ => return Err(Mistake::expected("a date like 2030-12-31", value)),
    };
    match (datetime.date, datetime.time) {
        (Some(date), None) => Ok(date),
        _ => Err(Mistake::new("expected a date without a time, like 2030-12-31")),
    }
}
