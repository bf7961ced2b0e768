//! GitHub's workflow commands: annotations at the lines of failed checks, and the outputs of a step.

use std::fmt::Write as _;

use crate::exit::Exit;
use crate::gate::Outcome;
use crate::record::{CaseRecord, Record};
use crate::untrusted;

/// GitHub shows ten annotations of a sort per step; the last of them says how many there are more.
const SHOWN: usize = 9;

/// An annotation that may be written.
struct GithubAnnotation {
    /// File and line; `None` where it is about no file.
    place: Option<(String, usize)>,
    title: String,
    message: String,
    /// How bad it is; what could not be judged is worst.
    weight: f64,
}

/// `::error::`, `::warning::` (waived) and `::notice::` (passed without being decided) lines for the records of a run, the
/// worst first.
pub fn annotations(records: &[&Record]) -> String {
    let setup = records.iter().flat_map(|record| {
        record.setup.iter().map(|failed| GithubAnnotation {
            place: Some((failed.file.clone(), failed.line)),
            title: format!("{}: {}", record.spec.name, failed.failure.kind),
            message: failed.failure.message.clone(),
            weight: f64::INFINITY,
        })
    });
    let cases = |is_waived: bool| {
        let is_open = move |case: &&CaseRecord| {
            matches!(case.verdict.outcome, Outcome::Fail | Outcome::Error(_)) && case.is_waived() == is_waived
        };
        records.iter().flat_map(move |record| record.cases.iter().filter(is_open).map(annotation))
    };
    let mut out = String::new();
    let rest = "in the job summary and the reports";
    write("error", setup.chain(cases(false)).collect(), rest, &mut out);
    write("warning", cases(true).collect(), rest, &mut out);
    let undecided =
        records.iter().flat_map(|record| record.cases.iter().filter(|case| case.is_unsure()).map(annotation));
    write("notice", undecided.collect(), rest, &mut out);
    out
}

/// Something wrong with a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecMistake {
    /// The spec's file.
    pub spec: String,
    /// The file and the line in it; `None` where it is in an option of the command line.
    pub place: Option<(String, usize)>,
    /// What, and the way out.
    pub message: String,
}

/// `::error::` lines for what is wrong with specs, in the order given.
pub fn mistake_annotations(mistakes: &[SpecMistake]) -> String {
    let annotation = |SpecMistake { spec, place, message }: &SpecMistake| GithubAnnotation {
        place: place.clone(),
        title: format!("mistake in {spec}"),
        message: message.clone(),
        weight: 0.0,
    };
    let mut out = String::new();
    write("error", mistakes.iter().map(annotation).collect(), "in the log", &mut out);
    out
}

fn annotation(case: &CaseRecord) -> GithubAnnotation {
    let name = case.check.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    let weight = match (case.verdict.outcome, case.verdict.value) {
        (Outcome::Fail | Outcome::Pass, Some(value)) => (value - case.threshold).abs(),
        _ => f64::MAX,
    };
    GithubAnnotation {
        place: Some((case.file.clone(), case.line)),
        title: format!("{}{name}", case.id),
        message: case.message.clone(),
        weight,
    }
}

/// Writes the worst; `rest` says where the others are told.
fn write(command: &str, mut annotations: Vec<GithubAnnotation>, rest: &str, out: &mut String) {
    annotations.sort_by(|one, other| other.weight.total_cmp(&one.weight).then_with(|| one.title.cmp(&other.title)));
    for GithubAnnotation { place, title, message, .. } in annotations.iter().take(SHOWN) {
        let place =
            place.as_ref().map(|(file, line)| format!("file={},line={line},", property(&untrusted::name(file))));
        let (title, message) = (property(&untrusted::name(title)), data(&untrusted::document(message)));
        let place = place.unwrap_or_default();
        let _infallible = writeln!(out, "::{command} {place}title={title}::{message}");
    }
    if let Some(more) = annotations.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _infallible = writeln!(out, "::{command}::and {more} more, {rest}");
    }
}

/// The outputs of a step, as `GITHUB_OUTPUT` takes them: `result`, the exit code and, where anything was run, the counts.
pub fn outputs(records: &[&Record], exit: Exit) -> String {
    let sum = |count: fn(&Record) -> usize| records.iter().map(|record| count(record)).sum::<usize>();
    let result = match exit {
        Exit::Passed => "passed",
        Exit::Failed => "failed",
        Exit::Misused | Exit::Unjudged | Exit::NothingSelected | Exit::NotWhole | Exit::Interrupted => "error",
    };
    if records.is_empty() {
        return format!("result={result}\nexit_code={exit}\n");
    }
    format!(
        "result={result}\nexit_code={exit}\npassed={}\nfailed={}\nerrors={}\nwarned={}\nskipped={}\n",
        sum(|record| record.counts.passed),
        sum(|record| record.counts.failed),
        sum(|record| record.counts.errors),
        sum(|record| record.counts.warned),
        sum(|record| record.counts.skipped),
    )
}

/// A value that follows `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_end_a_command() {
        assert_eq!(property("a,b:c\n::error::d%"), "a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ad%25");
        assert_eq!(data("x\r\n::stop"), "x%0D%0A::stop");
    }
}
