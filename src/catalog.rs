//! What there is, told from the code's own documentation: the text of `windtunnel explain` and of `specs/CATALOG.md`.

use std::fmt::Write as _;

use crate::dataset;
use crate::entry::{Entry, Named, NotFound};
use crate::metric;
use crate::perturb;
use crate::perturb::{Group, PRESETS, Perturbation, page};
use crate::predict;
use crate::spec::Choice;

/// The page of a perturbation, preset, metric, dataset format or kind of model.
///
/// # Errors
/// Nothing is called `name`; the error tells what is called nearly so.
pub fn explain(name: &str) -> Result<String, NotFound> {
    if let Some(kind) = perturb::ALL.iter().find(|kind| kind.entry().name == name) {
        return Ok(kind_page(*kind));
    }
    if let Some(preset) = PRESETS.iter().find(|preset| preset.name == name) {
        let kinds: Vec<&str> = preset.kinds().iter().map(|kind| kind.entry().name).collect();
        return Ok(format!("preset {name}: {}\n\n{}\n", preset.summary, kinds.join(", ")));
    }
    let others = others();
    match others.iter().find(|(_, entry)| entry.name == name) {
        Some((family, entry)) => Ok(format!("{family} {name}: {}\n", entry.summary)),
        None => {
            let kinds = perturb::ALL.iter().map(|kind| kind.entry().name);
            let presets = PRESETS.iter().map(|preset| preset.name);
            Err(NotFound::among(name, kinds.chain(presets).chain(others.iter().map(|(_, entry)| entry.name))))
        }
    }
}

/// Everything in one line each.
#[must_use]
pub fn overview() -> String {
    let mut out = String::new();
    for (group, kinds) in by_group() {
        heading(&mut out, &format!("perturbations, {group}"));
        for kind in kinds {
            row(&mut out, kind.entry());
        }
    }
    heading(&mut out, "presets");
    for preset in PRESETS {
        row(&mut out, Entry { name: preset.name, summary: preset.summary });
    }
    for family in ["metric", "figure", "bound", "rule", "dataset format", "model"] {
        heading(&mut out, &format!("{family}s"));
        others().iter().filter(|(of, _)| *of == family).for_each(|(_, entry)| row(&mut out, *entry));
    }
    out
}

/// The catalogue of perturbations as Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut out = String::from(
        "# The perturbations\n\n\
         <!-- Made from the code's documentation: windtunnel explain --markdown > specs/CATALOG.md -->\n\n\
         Every kind takes `severity = [1, 2, 3, 4, 5]` (the standard ladder), or its own parameters; a parameter that is \
         not given takes its value of severity 3. Sections may also set `min_visible` (0.25: an object of which less \
         remains is ignored), `boxes` (`\"ellipse\"` or `\"corners\"`: which outline of a box moves with the content) and \
         `flip_pairs` (`[[\"left hand\", \"right hand\"]]`: categories that change places in a mirror).\n",
    );
    for (group, kinds) in by_group() {
        let _infallible = write!(out, "\n| {group} | field condition | parameters |\n| --- | --- | --- |\n");
        for kind in kinds {
            let name = kind.entry().name;
            let condition = section(&page(kind), "Field condition").replace('\n', " ");
            let parameters = parameter_names(kind).join(", ");
            let _infallible = writeln!(out, "| [`{name}`](#{name}) | {condition} | {parameters} |");
        }
    }
    out.push_str("\n## Presets\n\n");
    for preset in PRESETS {
        let kinds: Vec<String> = preset.kinds().iter().map(|kind| format!("`{}`", kind.entry().name)).collect();
        let _infallible = writeln!(out, "- `preset = \"{}\"`: {} ({})", preset.name, preset.summary, kinds.join(", "));
    }
    for kind in perturb::ALL {
        let _infallible = write!(out, "\n<a id=\"{}\"></a>\n\n{}\n", kind.entry().name, indented(&kind_page(*kind)));
    }
    out
}

fn others() -> Vec<(&'static str, Entry)> {
    let metrics = metric::ALL.iter().map(|metric| ("metric", metric.entry()));
    let formats = dataset::ALL.iter().map(|format| ("dataset format", format.entry()));
    let models = predict::ALL.iter().map(|kind| ("model", kind.entry()));
    let rules = RULES.iter().map(|rule| ("rule", *rule));
    let bounds = BOUNDS.iter().map(|bound| ("bound", *bound));
    let figures = FIGURES.iter().map(|figure| ("figure", *figure));
    metrics.chain(figures).chain(bounds).chain(rules).chain(formats).chain(models).collect()
}

const fn entry(name: &'static str, summary: &'static str) -> Entry {
    Entry { name, summary }
}

/// How sure one has to be to judge.
const RULES: &[Entry] = &[
    entry("point", "the measured number decides; the rule of all bounds but `max_regression`"),
    entry(
        "significant",
        "fails only if the whole interval lies beyond the threshold: no failure by chance. What is broken by its number \
         alone passes as inconclusive, with the least loss that these images can show. The rule of `max_regression`",
    ),
    entry(
        "non_inferior",
        "passes only if the whole interval lies within the threshold: no pass by chance. For gates of safety",
    ),
    entry(
        "holm",
        "`correction = \"holm\"` over the cases of a check whose rule is not `point`: bounds the chance that any of them is \
         found wrongly (Holm 1979)",
    ),
];

/// What a check asks of a figure.
const BOUNDS: &[Entry] = &[
    entry("min", "the figure is at least this"),
    entry("max", "the figure is at most this"),
    entry("max_drop", "the clean figure is better by at most this"),
    entry("max_relative_drop", "the clean figure is better by at most this share of it"),
    entry(
        "max_regression",
        "the accepted figure (`windtunnel baseline accept`), or that of the `reference` model, is better by at most this",
    ),
    entry("min_gain", "the figure is better than the `reference` model's, or the accepted one, by at least this"),
];

/// What records tell beside the metrics.
pub const FIGURES: &[Entry] = &[
    entry(
        "interval",
        "where a figure lies if other images of the same sort had been taken: 95 % by bootstrap over images (1,000 \
         resamples), paired in differences; percentile for differences, bias-corrected for figures",
    ),
    entry(
        "breaking_point",
        "the severity, interpolated from clean on, at which a figure falls to half its clean value; with the number of \
         images that first lose an object at each severity",
    ),
    entry(
        "tide",
        "AP50 that each kind of error costs: missed, localization, classification, both, background, duplicate (Bolya et \
         al. 2020); told before and after for a failed check",
    ),
    entry(
        "audit",
        "whether an augmentation that a model was trained with (`trained_with`) helped: its mean figure under the \
         perturbations of that sort, against the model trained without, with a paired interval",
    ),
];

fn by_group() -> Vec<(&'static str, Vec<&'static dyn Perturbation>)> {
    let of_group = |group: Group| perturb::ALL.iter().copied().filter(|kind| kind.group() == group).collect::<Vec<_>>();
    Group::ALL.iter().map(|(word, group)| (*word, of_group(*group))).filter(|(_, kinds)| !kinds.is_empty()).collect()
}

fn heading(out: &mut String, text: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    let _infallible = writeln!(out, "{text}");
}

fn row(out: &mut String, entry: Entry) {
    let _infallible = writeln!(out, "  {:22} {}", entry.name, entry.summary);
}

/// A kind's page with its name and an example to copy.
fn kind_page(kind: &dyn Perturbation) -> String {
    let name = kind.entry().name;
    let how = match kind.parameters().first() {
        Some(_) => "\nseverity = [1, 3, 5]",
        None => "",
    };
    let page = page(kind);
    let example = format!("```toml\n[perturbation.x]\nkind = \"{name}\"{how}\n```");
    format!("{}\n\n{example}\n", page.trim_end())
}

fn parameter_names(kind: &dyn Perturbation) -> Vec<String> {
    kind.parameters().iter().map(|p| format!("`{}` ({}, {}..={})", p.name, p.unit, p.min, p.max)).collect()
}

/// The text below a heading of a page.
fn section(page: &str, heading: &str) -> String {
    let after = page.split(&format!("## {heading}\n")).nth(1).unwrap_or_default();
    after.split("\n## ").next().unwrap_or_default().trim().to_owned()
}

/// A page one level further down.
fn indented(page: &str) -> String {
    let deeper = |line: &str| if line.starts_with('#') { format!("#{line}") } else { line.to_owned() };
    page.lines().map(deeper).collect::<Vec<_>>().join("\n")
}
