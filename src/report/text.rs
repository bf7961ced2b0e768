//! Words that several reporters share.

use std::borrow::Cow;

use crate::condition::CLEAN;
use crate::exit::Exit;
use crate::gate::Outcome;
use crate::number::signed;
use crate::record::{
    CaseRecord, CellRecord, ClusterRecord, Counts, DatasetRecord, ErrorSplit, HeldAgainst, ImageLoss, Listing, Record,
    RobustnessRecord, SidesRecord, Silence, SliceRecord, Task, Tide, WaiverRecord, held_against,
};

/// `1 error`, `2 errors`.
pub fn counted(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// `72 images`, `partial: 20 of 72 images`.
pub fn size(dataset: &DatasetRecord) -> String {
    match dataset.sampled_from {
        Some(all) => format!("partial: {} of {}", dataset.images, counted(all, "image")),
        None => counted(dataset.images, "image"),
    }
}

/// What many conditions come to: `mPC 0.412, rPC 0.79, risk 31.2 of 100`; of images without labels there is risk alone, with
/// how much the model says at all beside it.
pub fn summed(record: &Record, found: &RobustnessRecord) -> String {
    let number = |value: Option<f64>, digits: usize| value.map_or_else(|| "-".to_owned(), |v| format!("{v:.digits$}"));
    let dataset = record.datasets.iter().find(|dataset| dataset.name == found.dataset);
    let silence = dataset.and_then(|dataset| Silence::of(record, &found.model, dataset));
    let labels = found.mpc.map(|mpc| format!("mPC {mpc:.3}, rPC {}", number(found.rpc, 2)));
    let risk = format!("risk {} of 100", number(found.risk, 1));
    let errors = found.mce.map(|mce| format!("mCE {mce:.1}, relative mCE {}", number(found.relative_mce, 1)));
    let parts = labels.into_iter().chain([risk]).chain(errors).chain(silence.map(|silence| silence.told()));
    parts.collect::<Vec<_>>().join(", ")
}

/// The word for what became of a case, as wide as the others of its sort.
pub fn word(case: &CaseRecord) -> &'static str {
    match case.verdict.outcome {
        Outcome::Pass if case.is_unsure() => "UNSURE",
        Outcome::Pass => "PASS",
        Outcome::Fail if case.is_waived() => "WARN",
        Outcome::Fail => "FAIL",
        Outcome::Error(_) => "ERROR",
        Outcome::Skipped => "SKIP",
    }
}

/// ` (3 unsure)`, of those that passed; nothing where all are sure.
pub fn unsure(record: &Record) -> String {
    match record.cases.iter().filter(|case| case.is_unsure()).count() {
        0 => String::new(),
        count => format!(" ({count} unsure)"),
    }
}

/// Why a broken bound is only told, and until when; or that a waiver is not about what could not be judged.
pub fn waiver(case: &CaseRecord) -> Option<String> {
    let WaiverRecord { reason, until } = case.waiver.as_ref()?;
    if let Outcome::Error(_) = case.verdict.outcome {
        return Some("`level = \"warn\"` is about failures: what could not be judged stays an error".to_owned());
    }
    let until = until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
    Some(format!("warned only{until}: {reason}"))
}

/// The lines that explain a case below its message: what lost most.
pub fn evidence(case: &CaseRecord) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(SidesRecord { before, after, condition, lacks }) = &case.sides {
        lines.push(format!("below: {before} -> {after}, both under {condition}"));
        lines.extend(lacks.iter().cloned());
    }
    if !case.category_losses.is_empty() {
        let losses = case.category_losses.iter();
        let losses = losses.map(|loss| format!("{} {:.3} -> {:.3}", loss.category, loss.before, loss.after));
        lines.push(format!("categories that lost most: {}", losses.collect::<Vec<_>>().join(", ")));
    }
    if !case.confusions.is_empty() {
        let told = case.confusions.iter().map(|one| match one.before {
            Some(before) => format!("{} {before} -> {}", one.told(), one.images),
            None => format!("{} {}", one.told(), one.images),
        });
        lines.push(format!("wrong answers that became more, in images: {}", told.collect::<Vec<_>>().join(", ")));
    }
    if !case.image_losses.is_empty() {
        lines.push(format!("{} {}", images_that(case), image_losses(case, str::to_owned).join(", ")));
    }
    lines.extend(case.errors.as_ref().and_then(errors));
    lines.extend(case.found.iter().cloned());
    lines
}

/// How the list of images begins: of figures of agreement it is held against what the model said of the clean image.
pub fn images_that(case: &CaseRecord) -> Cow<'static, str> {
    if let Some(listing) = case.listing {
        return Cow::Owned(images_of(listing, case));
    }
    Cow::Borrowed(match (case.task, held_against(&case.read)) {
        (Task::Detect, HeldAgainst::Labels) if is_by_itself(case) => "images that it does worst on, by F1:",
        (Task::Classify, HeldAgainst::Labels) if is_by_itself(case) => {
            "images that it does worst on, by the score of their label:"
        }
        (Task::Detect, HeldAgainst::Labels) => "images that lost most, by F1:",
        (Task::Detect, HeldAgainst::CleanAnswers) => "images whose answers changed most, by F1 with the clean ones:",
        (Task::Detect, HeldAgainst::Reference) => {
            "images on which the models differ most, by F1 with the reference's answers:"
        }
        (Task::Classify, HeldAgainst::Labels) => "images that lost most, by the score of their label:",
        (Task::Classify, HeldAgainst::CleanAnswers) => "images whose answers changed, 1 where they are the clean ones:",
        (Task::Classify, HeldAgainst::Reference) => {
            "images on which the models differ, 1 where they say the same class:"
        }
    })
}

/// How the list begins where it has single errors: `images of "star" taken for another class, newly so first, by its score:`.
fn images_of(listing: Listing, case: &CaseRecord) -> String {
    let by_itself = is_by_itself(case);
    let class = case.category.as_ref().map(|name| format!("`{name}`")).unwrap_or_default();
    let of_it = case.category.as_ref().map(|_| format!(" of {class}")).unwrap_or_default();
    let (first, more) = if by_itself { ("", "") } else { (", newly so first", "more ") };
    match listing {
        Listing::TakenForAnother { among: 1 } => {
            format!("images of {class} taken for another class{first}, by the score of {class}:")
        }
        Listing::TakenForAnother { among } => {
            format!("images of {class} without it among the best {among}{first}, by the score of {class}:")
        }
        Listing::WronglyCalled => format!("images wrongly called {class}{first}, by the score of {class}:"),
        Listing::TakenOrCalled => format!(
            "images of {class} taken for another class or others wrongly called so{first}, by the score of {class}:"
        ),
        Listing::OfTheClass if by_itself => {
            format!("images of {class} that it does worst on, by the score of {class}:")
        }
        Listing::OfTheClass => format!("images of {class} that lost most, by the score of {class}:"),
        Listing::MissedObjects => format!("images with {more}objects{of_it} missed, by their number:"),
        Listing::FalseClaims => format!("images with {more}false detections{of_it}, by their number:"),
        Listing::ClaimsWithoutObjects => format!("images without objects that have {more}detections, by their number:"),
    }
}

/// `a.jpg 0.90 -> 0.36` for each image that lost most; `called` makes their names fit.
pub fn image_losses(case: &CaseRecord, called: impl Fn(&str) -> String) -> Vec<String> {
    let losses = case.image_losses.iter();
    let told = |loss: &ImageLoss| {
        let name = called(&loss.file_name);
        let digits = if case.listing.is_some_and(Listing::is_counted) { 0 } else { 2 };
        if is_by_itself(case) {
            format!("{name} {:.digits$}", loss.after)
        } else {
            format!("{name} {:.digits$} -> {:.digits$}", loss.before, loss.after)
        }
    };
    losses.map(told).collect()
}

/// Whether a case holds clean images against nothing but its threshold.
pub fn is_by_itself(case: &CaseRecord) -> bool {
    case.sides.is_none() && case.conditions.iter().all(|condition| condition.0 == CLEAN)
}

/// A name whose middle is left out where it is longer than `most` letters: copies that tools make of a picture differ in
/// a long number there, and its beginning and its end tell it.
pub fn shortened(name: &str, most: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= most {
        return name.to_owned();
    }
    let (head, tail) = ((most - 2).div_ceil(2), (most - 2) / 2);
    letters[..head].iter().chain(&['.', '.']).chain(&letters[letters.len() - tail..]).collect()
}

/// `errors that cost more AP50 than before (TIDE): missed 0.100 -> 0.250, ...`; `None` if none does.
fn errors(split: &ErrorSplit) -> Option<String> {
    /// What three decimals show.
    const VISIBLE: f64 = 0.0005;
    type Cost = fn(&Tide) -> f64;
    let kinds: [(&str, Cost); 6] = [
        ("missed", |tide| tide.missed),
        ("localization", |tide| tide.localization),
        ("classification", |tide| tide.classification),
        ("both", |tide| tide.both),
        ("background", |tide| tide.background),
        ("duplicate", |tide| tide.duplicate),
    ];
    let mut costs: Vec<(&str, f64, f64)> =
        kinds.iter().map(|(name, of)| (*name, of(&split.before), of(&split.after))).collect();
    costs.retain(|(_, before, after)| after - before >= VISIBLE && format!("{before:.3}") != format!("{after:.3}"));
    costs.sort_by(|a, b| (b.2 - b.1).total_cmp(&(a.2 - a.1)));
    let costs = costs.iter().map(|(name, before, after)| format!("{name} {before:.3} -> {after:.3}"));
    let costs = costs.collect::<Vec<_>>();
    (!costs.is_empty()).then(|| format!("errors that cost more AP50 than before (TIDE): {}", costs.join(", ")))
}

/// `6.09 to 7.15 squared grey levels`; `None` for a slice that is not one of numbers.
pub fn range(slice: &SliceRecord) -> Option<String> {
    let number = |value: f64| {
        let digits =
            if value.fract() == 0.0 { 0 } else { (2.0 - value.abs().log10().floor()).clamp(0.0, 6.0) as usize };
        format!("{value:.digits$}")
    };
    let [least, greatest] = slice.range?.map(number);
    Some(format!("{least} to {greatest} {}", slice.unit))
}

/// What was found of failure clusters, in a line; `None` where nobody asked.
pub fn clusters(record: &Record) -> Option<String> {
    let found = record.slices.as_ref()?;
    let count = found.clusters.iter().filter(|cluster| cluster.stands_out).count();
    let (looked_at, metric) = (found.looked_at, &found.metric);
    Some(match count {
        0 => format!(
            "failure clusters: no slice of {looked_at} looked at loses more {metric} than the rest, beyond chance"
        ),
        count => format!(
            "failure clusters: {count} of {looked_at} slices looked at lose more {metric} than the rest, beyond chance"
        ),
    })
}

/// `map 0.656 -> 0.008 (-0.648; the rest -0.086)`
pub fn cluster(metric: &str, cluster: &ClusterRecord) -> String {
    let rest = cluster.rest_drop.map(|drop| format!("; the rest {}", signed(-drop, 3))).unwrap_or_default();
    format!("{metric} {:.3} -> {:.3} ({}{rest})", cluster.clean, cluster.figure, signed(-cluster.drop, 3))
}

fn find<'r>(record: &'r Record, model: &str, dataset: &str, condition: &str) -> Option<&'r CellRecord> {
    record.cells.iter().find(|c| c.model == model && c.dataset == dataset && c.condition.0 == condition)
}

/// `0.411 (-0.112)`; empty for a cell that is not part of the run.
pub fn figure(record: &Record, model: &str, dataset: &str, condition: &str) -> String {
    let Some(cell) = find(record, model, dataset, condition) else { return String::new() };
    let value = |cell: &CellRecord| cell.figures.get(&record.spec.metric).copied().flatten();
    let Some(figure) = value(cell) else {
        return if cell.failure.is_some() { "error".to_owned() } else { "-".to_owned() };
    };
    match cell.change {
        Some(change) => format!("{figure:.3} ({})", signed(change, 3)),
        None => format!("{figure:.3}"),
    }
}

/// What became of a run, in a word or two.
pub fn verdict(record: &Record) -> &'static str {
    match record.exit_code {
        Exit::Passed if record.counts.passed == 0 && record.counts.skipped > 0 => "judged nothing",
        exit => exit.verdict(),
    }
}

/// `2 passed (1 unsure), 1 failed, 0 errors, 0 skipped`, with the warnings where there are any.
pub fn counts(record: &Record) -> String {
    let Counts { passed, failed, errors, skipped, warned } = record.counts;
    let warned = match warned {
        0 => String::new(),
        _ => format!(", {}", counted(warned, "warning")),
    };
    let (unsure, errors) = (unsure(record), counted(errors, "error"));
    format!("{passed} passed{unsure}, {failed} failed, {errors}{warned}, {skipped} skipped")
}

/// The command that runs one case again.
pub fn repeat_command(record: &Record, id: &str) -> String {
    let seed = if record.spec.is_seed_given { format!(" --seed {}", record.spec.seed) } else { String::new() };
    format!(
        "windtunnel run {}{}{seed} -k {}",
        quoted(&record.spec.file),
        option_words(record),
        quoted(&glob::Pattern::escape(id))
    )
}

/// The options that change the spec, as a shell takes them: ` --profile ci`.
pub fn option_words(record: &Record) -> String {
    let words = record
        .spec
        .options
        .iter()
        .flat_map(|(option, text)| [" ".to_owned(), option.clone(), " ".to_owned(), quoted(text)]);
    words.collect()
}

/// `word` as a POSIX shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./@:+=%,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_three_digits_that_tell_something() {
        let slice = |least, greatest| SliceRecord {
            dataset: String::new(),
            slice: String::new(),
            range: Some([least, greatest]),
            unit: "px".to_owned(),
            images: 0,
            objects: 0,
            left_out: None,
        };
        assert_eq!(range(&slice(0.0, 0.012_345)).unwrap(), "0 to 0.0123 px");
        assert_eq!(range(&slice(6.0876, 1234.5)).unwrap(), "6.09 to 1234 px");
    }

    #[test]
    fn long_names_keep_their_ends() {
        assert_eq!(shortened("a.jpg", 10), "a.jpg");
        assert_eq!(shortened("BloodImage_00007_jpg.rf.0123456789abcdef.jpg", 20), "BloodImag..bcdef.jpg");
    }

    #[test]
    fn words_are_quoted_only_where_a_shell_needs_it() {
        assert_eq!(quoted("a/test/blur@3/map:max_drop"), "a/test/blur@3/map:max_drop");
        assert_eq!(quoted("a/x/map(it's):min"), r"'a/x/map(it'\''s):min'");
    }
}
