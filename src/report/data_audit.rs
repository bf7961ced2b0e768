//! An audit of datasets for a terminal, within its width, and as JSON.

use anstyle::{AnsiColor, Style as Ansi};

use super::Style;
use super::text::{counted, word};
use crate::exit::Exit;
use crate::gate::Outcome;
use crate::number::fixed;
use crate::record::{
    Balance, Brightness, CaseRecord, CategoryCount, Counts, DataAudit, DatasetAudit, Doubt, Known, ObjectSizes,
    Outlier, Pair, Quantiles, Spread, Suspect, Suspects, Task, Trait,
};
use crate::untrusted;

/// Where the text beside a heading starts.
const COLUMN: usize = 18;

/// Findings of a sort that are listed; `--json` and `--html` have all.
const LISTED: usize = 8;

/// `audit` as a JSON document: two spaces of indentation, keys in a fixed order, a newline at the end.
///
/// # Panics
/// Never: an audit holds nothing that JSON cannot.
pub fn audit_json(audit: &DataAudit) -> String {
    let mut text = serde_json::to_string_pretty(audit).expect("an audit is made of strings, numbers and lists");
    text.push('\n');
    untrusted::json(text)
}

/// `audit` as text; every state is a word as well as a colour.
pub fn audit_console(audit: &DataAudit, style: Style) -> String {
    let mut page = AuditText { out: String::new(), style };
    page.line(&format!("audit of {} ({})", audit.name, audit.file));
    audit.datasets.iter().filter(|found| found.digest.is_some()).for_each(|found| page.dataset(found));
    for note in &audit.notes {
        page.row("note", note);
    }
    for failed in &audit.setup {
        let (what, name) = match (&failed.dataset, &failed.model) {
            (Some(name), _) => ("dataset", name.as_str()),
            (None, name) => ("model", name.as_deref().unwrap_or_default()),
        };
        page.painted_line(("ERROR", AnsiColor::Magenta), &format!(" {what} `{name}`"));
        page.below(&failed.failure.message);
        page.below(&format!("at {}:{}", failed.file, failed.line));
    }
    audit.cases.iter().for_each(|case| page.case(case));
    page.summary(audit);
    page.out
}

struct AuditText {
    out: String,
    style: Style,
}

impl AuditText {
    fn line(&mut self, text: &str) {
        self.out.push_str(&untrusted::line(text.trim_end()));
        self.out.push('\n');
    }

    /// A line that begins with a word in colour.
    fn painted_line(&mut self, (word, color): (&str, AnsiColor), rest: &str) {
        let word = self.paint(&untrusted::line(word), color);
        self.out.push_str(&word);
        self.out.push_str(&untrusted::name(rest.trim_end()));
        self.out.push('\n');
    }

    /// `text` beside a heading, broken between words.
    fn row(&mut self, heading: &str, text: &str) {
        let mut current = format!("  {heading:width$}", width = COLUMN - 2);
        let mut is_fresh = true;
        for word in text.split_whitespace() {
            if !is_fresh && current.chars().count() + 1 + word.chars().count() > self.style.width {
                self.line(&current);
                current = " ".repeat(COLUMN + 2);
                is_fresh = true;
            }
            if !is_fresh {
                current.push(' ');
            }
            current.push_str(word);
            is_fresh = false;
        }
        self.line(&current);
    }

    fn below(&mut self, text: &str) {
        self.row("", text);
    }

    /// The first of `lines`, and how many more there are.
    fn listed(&mut self, lines: impl ExactSizeIterator<Item = String>) {
        let more = lines.len().saturating_sub(LISTED);
        lines.take(LISTED).for_each(|line| self.below(&line));
        if more > 0 {
            self.below(&format!("and {more} more"));
        }
    }

    fn dataset(&mut self, found: &DatasetAudit) {
        self.line("");
        let size = match found.sampled_from {
            Some(all) => format!("partial: {} of {}", found.images, counted(all, "image")),
            None => counted(found.images, "image"),
        };
        let unread = if found.is_evaluated { "" } else { ", no model is run on it" };
        self.line(&format!("{}: {size}, {}{unread}", found.name, counted(found.annotations, "label")));
        self.leakage(found);
        if let Some(duplicates) = &found.duplicates {
            self.pairs("duplicates", "", duplicates);
        }
        if !found.near.is_empty() {
            let images = counted(found.near.len(), "pair");
            self.row("much alike", &format!("{images} of images that are not the same (frames of one video?)"));
            self.listed(found.near.iter().map(Pair::describe));
        }
        if found.task == Task::Detect {
            self.row("invalid boxes", &none_or(found.invalid_boxes.len(), ""));
            self.listed(found.invalid_boxes.iter().map(crate::record::OddBox::describe));
        }
        match &found.suspects {
            None if found.is_evaluated => self.row("suspect labels", "not looked for: no model was asked"),
            None => {}
            Some(Known::Unknown(failure)) => self.row("suspect labels", &format!("not known: {}", failure.message)),
            Some(Known::Found(suspects)) => self.suspects(suspects),
        }
        if let Some(balance) = &found.balance {
            self.balance(balance, found.task.things());
        }
        if let Some(spread) = &found.spread {
            self.spread(spread);
        }
        for warning in &found.warnings {
            self.row("note", warning);
        }
    }

    fn leakage(&mut self, found: &DatasetAudit) {
        let splits: Vec<String> = found
            .compared_with
            .iter()
            .map(|split| match split.sampled_from {
                Some(all) => format!("`{}` ({} of {all})", split.name, split.images),
                None => format!("`{}` ({})", split.name, split.images),
            })
            .collect();
        match &found.leakage {
            None if found.is_evaluated => self
                .row("leakage", "not looked for: there is no other split; add it as a dataset with `evaluate = false`"),
            None => {}
            Some(leakage) => self.pairs("leakage", &format!(" against {}", splits.join(", ")), leakage),
        }
    }

    fn pairs(&mut self, heading: &str, against: &str, pairs: &Known<Vec<Pair>>) {
        match pairs {
            Known::Unknown(failure) => self.row(heading, &format!("not known: {}", failure.message)),
            Known::Found(pairs) => {
                self.row(heading, &none_or(pairs.len(), against));
                self.listed(pairs.iter().map(Pair::describe));
            }
        }
    }

    fn suspects(&mut self, found: &Suspects) {
        let by = format!(" by {} at confidence {} or more", found.models.join(", "), found.confidence);
        self.row("suspect labels", &none_or(found.labels.len(), &by));
        for doubt in Doubt::ALL {
            let of_sort: Vec<&Suspect> = found.labels.iter().filter(|one| one.doubt == doubt).collect();
            if !of_sort.is_empty() {
                self.row("", &format!("{} {}, the surest first:", of_sort.len(), doubt.told()));
                self.listed(of_sort.iter().map(|one| one.describe()));
            }
        }
        for unheard in &found.unheard {
            self.below(&format!("not heard: {unheard}"));
        }
        let unfound = &found.unfound;
        if !unfound.is_empty() {
            let what = if unfound.len() == 1 { "label that" } else { "labels that" };
            self.row("unfound labels", &format!("{} {what} no detection overlaps, largest first", unfound.len()));
            self.listed(unfound.iter().map(|one| format!("{} {}: {}", one.image, one.bbox.describe(), one.category)));
        }
    }

    fn balance(&mut self, found: &Balance, things: &str) {
        let (mut there, absent): (Vec<&CategoryCount>, Vec<&CategoryCount>) =
            found.categories.iter().partition(|category| category.objects > 0);
        there.sort_by_key(|category| std::cmp::Reverse(category.objects)); // stable
        let count = |category: &&CategoryCount| format!("{} {}", category.name, category.objects);
        let shown = match there.len() {
            0 => format!("no {}", things.trim_end_matches('s')),
            few if few <= LISTED => there.iter().map(count).collect::<Vec<_>>().join(", "),
            many => {
                let ends = |part: &[&CategoryCount]| part.iter().map(count).collect::<Vec<_>>().join(", ");
                format!("{}, ..., {}", ends(&there[..LISTED / 2]), ends(&there[many - LISTED / 2..]))
            }
        };
        self.row("categories", &shown);
        if let Some(imbalance) = found.imbalance {
            self.below(&format!("the commonest has {} times the {things} of the rarest", fixed(imbalance, 1)));
        }
        if !absent.is_empty() {
            let names: Vec<&str> = absent.iter().take(LISTED).map(|category| category.name.as_str()).collect();
            let more = if absent.len() > LISTED { ", ..." } else { "" };
            self.below(&format!("without {things} ({}): {}{more}", absent.len(), names.join(", ")));
        }
        if found.images_without_objects > 0 {
            self.below(&format!("{} without objects", counted(found.images_without_objects, "image")));
        }
    }

    fn spread(&mut self, found: &Spread) {
        let Spread { width, height, objects, brightness, outliers } = found;
        self.row("image size", &format!("width {}, height {} pixels", range(width), range(height)));
        if let Some(ObjectSizes { small, medium, large, side }) = objects {
            let text = format!("{small} small, {medium} medium, {large} large; side {} pixels", range(side));
            self.row("object size", &text);
        }
        if let Some(Brightness { mean, histogram, contrast }) = brightness {
            self.row("brightness", &format!("{} of 255, contrast {}", range(mean), range(contrast)));
            self.below(&format!("0 |{}| 255", bars(histogram)));
        }
        if !outliers.is_empty() {
            self.row("outliers", &counted(outliers.len(), "image"));
            self.listed(outliers.iter().map(outlier));
        }
    }

    fn case(&mut self, case: &CaseRecord) {
        let color = match case.verdict.outcome {
            Outcome::Pass => AnsiColor::Green,
            Outcome::Fail if case.is_waived() => AnsiColor::Yellow,
            Outcome::Fail => AnsiColor::Red,
            Outcome::Error(_) => AnsiColor::Magenta,
            Outcome::Skipped => AnsiColor::Yellow,
        };
        self.line("");
        let name = case.check.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        self.painted_line((&format!("{:5}", word(case)), color), &format!(" {name}{}", case.id));
        self.line(&format!("      {}", case.message));
        self.line(&format!("      at {}:{}", case.file, case.line));
    }

    fn summary(&mut self, audit: &DataAudit) {
        let Counts { passed, failed, errors, skipped, warned } = audit.counts;
        let color = if audit.exit_code == Exit::Passed { AnsiColor::Green } else { AnsiColor::Red };
        let verdict = match audit.exit_code {
            Exit::Passed if audit.cases.is_empty() => "audited: no check of the spec is on its datasets",
            exit => exit.verdict(),
        };
        let verdict = (&*format!("{} {verdict}", audit.name), color);
        self.line("");
        if audit.cases.is_empty() && audit.exit_code == Exit::Passed {
            return self.painted_line(verdict, "");
        }
        let warned = if warned > 0 { format!(", {}", counted(warned, "warning")) } else { String::new() };
        let errors = counted(errors, "error");
        let rest = format!(": {passed} passed, {failed} failed, {errors}{warned}, {skipped} skipped");
        self.painted_line(verdict, &rest);
    }

    fn paint(&self, text: &str, color: AnsiColor) -> String {
        let ansi = Ansi::new().fg_color(Some(color.into())).bold();
        if self.style.colored { format!("{ansi}{text}{ansi:#}") } else { text.to_owned() }
    }
}

fn none_or(count: usize, rest: &str) -> String {
    if count == 0 { format!("none{rest}") } else { format!("{count}{rest}") }
}

/// `640`, or `320..640 (median 480)`.
pub fn range(of: &Quantiles) -> String {
    let number = |value: f64| fixed(value, 0);
    if number(of.min) == number(of.max) {
        return number(of.min);
    }
    format!("{}..{} (median {})", number(of.min), number(of.max), number(of.p50))
}

/// `a.jpg: mean luma 12 is far from the others'`
pub fn outlier(of: &Outlier) -> String {
    match of.what {
        Trait::Brightness => format!("{}: mean luma {}", of.image, fixed(of.value, 0)),
        Trait::Size => format!("{}: {} pixels", of.image, fixed(of.value, 0)),
    }
}

/// A letter per step, as high as its share of the highest; what is there is always seen.
fn bars(histogram: &[usize]) -> String {
    const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = histogram.iter().copied().max().unwrap_or(0).max(1);
    let bar = |&count: &usize| if count == 0 { ' ' } else { STEPS[(count * (STEPS.len() - 1)).div_ceil(most)] };
    histogram.iter().map(bar).collect()
}
