//! The pages of `windtunnel explain` and `specs/CATALOG.md`.

use std::fmt::Write as _;

use super::keys::{self, keys_called, keys_of, row, wrapped};
use crate::dataset;
use crate::entry::{Entry, Named, NotFound};
use crate::metric;
use crate::perturb;
use crate::perturb::{Group, PRESETS, Perturbation, page};
use crate::predict;
use crate::slice;
use crate::spec::{Bound, Choice, Correction, Rule, words};
use crate::task::Task;

/// The page of a perturbation, preset, metric, section, dataset format, kind of model, decoder or engine,
/// in any case.
///
/// # Errors
/// Nothing is called `name`; the error tells what is called nearly so.
pub fn explain(name: &str) -> Result<String, NotFound> {
    if let Some(kind) = perturb::ALL.iter().find(|kind| kind.entry().name == name) {
        return Ok(kind_page(kind));
    }
    if let Some(preset) = PRESETS.iter().find(|preset| preset.name == name) {
        let kinds: Vec<&str> = preset.kinds().iter().map(|kind| kind.entry().name).collect();
        return Ok(format!("preset {name}: {}\n\n{}\n", preset.summary, kinds.join(", ")));
    }
    let others = others();
    match others.iter().find(|(_, entry)| entry.name == name) {
        Some(("decoder", entry)) => Ok(decoder_page(*entry)),
        Some(("engine", entry)) => Ok(engine_page(*entry)),
        Some((family, entry)) => {
            let title = wrapped(&format!("{family} {name}: {}", entry.summary), 0);
            let kind = predict::ALL.iter().find(|kind| *family == "model" && kind.entry().name == name);
            let identity = kind.map(|kind| wrapped(kind.identity(), 0));
            let title = format!("{title}{}", identity.map(|text| format!("\n{text}")).unwrap_or_default());
            Ok(keys_of(name).map_or(title.clone(), |keys| format!("{title}\n{keys}")))
        }
        None => {
            if let Some(keys) = keys_called(name) {
                return Ok(keys);
            }
            // Reports write mPC and rPC, papers mAP.
            let written = name.to_lowercase();
            if let Some(page) = (written != name).then(|| explain(&written).ok()).flatten() {
                return Ok(page);
            }
            let kinds = perturb::ALL.iter().map(|kind| kind.entry().name);
            let presets = PRESETS.iter().map(|preset| preset.name);
            Err(NotFound::among(name, kinds.chain(presets).chain(others.iter().map(|(_, entry)| entry.name))))
        }
    }
}

/// Everything in one line each.
pub fn overview() -> String {
    let mut out = String::new();
    for (group, kinds) in by_group() {
        heading(&mut out, &format!("perturbations, {group}"));
        for kind in kinds {
            out.push_str(&row(kind.entry()));
        }
    }
    heading(&mut out, "presets");
    for preset in PRESETS {
        out.push_str(&row(Entry { name: preset.name, summary: preset.summary }));
    }
    for family in
        ["section", "metric", "figure", "bound", "rule", "correction", "dataset format", "model", "decoder", "engine"]
    {
        heading(&mut out, &format!("{family}s"));
        others().iter().filter(|(of, _)| *of == family).for_each(|(_, entry)| out.push_str(&row(*entry)));
    }
    // Without pages of their own, as perturbations bear some of their names.
    heading(&mut out, "attributes of slices");
    for attribute in slice::ALL {
        out.push_str(&row(attribute.entry()));
    }
    out
}

/// The catalogue of perturbations as Markdown.
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
    out.push_str(
        "\n## Decoders\n\nThe `decoder` of a `[model.*]` with `kind = \"onnx\"`: what the numbers of its outputs mean. It is \
         chosen from the outputs where none is given; `windtunnel explain NAME` tells more of each.\n\n",
    );
    for (decoder, _) in predict::decoder_pages() {
        let _infallible = writeln!(out, "- `{}`: {}", decoder.name, decoder.summary);
    }
    for kind in perturb::ALL {
        let _infallible = write!(out, "\n<a id=\"{}\"></a>\n\n{}\n", kind.entry().name, indented(&kind_page(kind)));
    }
    out
}

fn others() -> Vec<(&'static str, Entry)> {
    let sections = keys::sections().into_iter().map(|section| ("section", section));
    let metrics = metric::ALL.iter().map(|metric| {
        let word = if metric.is_of(Task::Detect) { "metric" } else { "metric of classifiers" };
        (word, metric.entry())
    });
    let formats = dataset::ALL.iter().map(|format| ("dataset format", format.entry()));
    let models = predict::ALL.iter().map(|kind| ("model", kind.entry()));
    let decoders = predict::decoder_pages().into_iter().map(|(entry, _)| ("decoder", entry));
    // One is called `auto` as are other choices.
    let engines = predict::engine_pages().into_iter().filter(|(_, page)| !page.is_empty());
    let engines = engines.map(|(entry, _)| ("engine", entry));
    let rules = words::<Rule>().into_iter().map(|rule| ("rule", rule));
    let corrections = words::<Correction>().into_iter().map(|correction| ("correction", correction));
    let bounds = words::<Bound>().into_iter().map(|bound| ("bound", bound));
    let figures = FIGURES.iter().map(|figure| ("figure", *figure));
    sections
        .chain(metrics)
        .chain(figures)
        .chain(bounds)
        .chain(rules)
        .chain(corrections)
        .chain(formats)
        .chain(models)
        .chain(decoders)
        .chain(engines)
        .collect()
}

/// A decoder's page with an example to copy.
fn decoder_page(entry: Entry) -> String {
    let page = predict::decoder_pages().into_iter().find(|(other, _)| *other == entry).map(|(_, page)| page);
    let paragraphs = page.unwrap_or_default();
    let paragraphs = paragraphs.split("\n\n").map(|paragraph| wrapped(&paragraph.replace('\n', " "), 0));
    let title = wrapped(&format!("decoder {}: {}", entry.name, entry.summary), 0);
    let example = format!("[model.a]\nkind = \"onnx\"\npath = \"a.onnx\"\ndecoder = \"{}\"", entry.name);
    let found = "Most networks are found out by their outputs, without the key `decoder`; `windtunnel check --probe` tells \
                 whether the boxes fit the labels.";
    let found = wrapped(found, 0);
    format!("{title}\n{}\n{found}\n{example}\n", paragraphs.collect::<Vec<_>>().join("\n"))
}

/// What there is to know of an engine.
fn engine_page(entry: Entry) -> String {
    let page = predict::engine_pages().into_iter().find(|(other, _)| *other == entry).map(|(_, page)| page);
    let title = wrapped(&format!("engine {}: {}", entry.name, entry.summary), 0);
    let paragraphs = page.unwrap_or_default();
    let paragraphs: Vec<String> = paragraphs.split("\n\n").map(|paragraph| wrapped(paragraph, 0)).collect();
    format!("{title}\n{}", paragraphs.join("\n"))
}

const fn entry(name: &'static str, summary: &'static str) -> Entry {
    Entry { name, summary }
}

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
        "cluster",
        "a slice of the data that loses at least `min_performance_drop` of the figure under a condition, against the same \
         slice of the clean images; it stands out where it loses more than all that is not in it (paired interval above 0, \
         and p-value corrected for all slices looked at, Holm 1979)",
    ),
    entry(
        "audit",
        "whether an augmentation that a model was trained with (`trained_with`) helped: its mean figure under the \
         perturbations of that sort, against the model trained without, with a paired interval",
    ),
];

fn by_group() -> Vec<(&'static str, Vec<&'static Perturbation>)> {
    let of_group = |group: Group| perturb::ALL.iter().copied().filter(|kind| kind.group == group).collect::<Vec<_>>();
    Group::ALL.iter().map(|(word, group)| (*word, of_group(*group))).filter(|(_, kinds)| !kinds.is_empty()).collect()
}

fn heading(out: &mut String, text: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    let _infallible = writeln!(out, "{text}");
}

/// A kind's page with its name and an example to copy.
fn kind_page(kind: &'static Perturbation) -> String {
    let name = kind.entry().name;
    let how = match kind.parameters.first() {
        Some(_) => "\nseverity = [1, 3, 5]",
        None => "",
    };
    let page = page(kind);
    // Behind what becomes of boxes: by the rules that refuse, so that the page cannot say otherwise.
    let (of_labels, rest) = page.split_once(REFERENCE).unwrap_or((&page, ""));
    let class = wrapped(&perturb::of_whole_pictures(kind), 0);
    let page = format!("{of_labels}\n## Class of the whole picture\n{class}{REFERENCE}{rest}");
    let example = format!("```toml\n[perturbation.x]\nkind = \"{name}\"{how}\n```");
    format!("{}\n\n{example}\n", page.trim_end())
}

/// The heading of a page behind those of labels.
const REFERENCE: &str = "\n## Reference\n";

fn parameter_names(kind: &Perturbation) -> Vec<String> {
    kind.parameters.iter().map(|p| format!("`{}` ({}, {}..={})", p.name, p.unit, p.min, p.max)).collect()
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
