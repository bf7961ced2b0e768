//! Markdown, as GitHub's job summaries and comments show it: verdict, failures first, then the figures. What does not fit
//! into the budget is left out, least important first, and said to be.

use std::fmt::Write as _;

use super::text::{counted, evidence, figure, repeat_command, size, unsure, verdict, waiver, word};
use super::{ReportError, Reported, Reporter, Style, text};
use crate::entry::{Entry, Named};
use crate::exit::Exit;
use crate::gate::Outcome;

use crate::record::{CaseRecord, ClusterRecord, DatasetRecord, ModelCard, Record, headline};
use crate::untrusted;

/// Most bytes of a job summary: GitHub refuses 1 MiB, for all steps' summaries of a job together.
pub const MAX_SUMMARY: usize = 900 * 1024;

/// `markdown`.
#[derive(Debug)]
pub struct Markdown;

impl Named for Markdown {
    fn entry(&self) -> Entry {
        Entry { name: "markdown", summary: "Markdown, as job summaries and comments of GitHub show it" }
    }
}

impl Reporter for Markdown {
    fn render(&self, runs: &[Reported<'_>], _style: Style) -> Result<String, ReportError> {
        let records: Vec<&Record> = runs.iter().map(|(record, _)| *record).collect();
        Ok(markdown(&records, usize::MAX))
    }
}

/// The records of a run as one text of at most `budget` bytes.
pub fn markdown(records: &[&Record], budget: usize) -> String {
    let parts: Vec<MarkdownPiece> = records.iter().flat_map(|record| parts(record)).collect();
    fitted(parts, budget)
}

/// A piece of the text.
struct MarkdownPiece {
    /// Lower ones are kept before higher ones.
    rank: u8,
    text: String,
}

/// Takes parts by rank for as long as they fit, and puts them in their order.
fn fitted(parts: Vec<MarkdownPiece>, budget: usize) -> String {
    let note = |left_out: usize| {
        format!("\n*{} did not fit here; the JSON record has them all.*\n", counted(left_out, "part"))
    };
    let mut room = budget.saturating_sub(note(usize::MAX).len());
    let mut by_rank: Vec<usize> = (0..parts.len()).collect();
    by_rank.sort_by_key(|&at| (parts[at].rank, at));
    let mut kept = vec![false; parts.len()];
    for at in by_rank {
        if parts[at].text.len() <= room {
            room -= parts[at].text.len();
            kept[at] = true;
        }
    }
    let left_out = kept.iter().filter(|kept| !**kept).count();
    let text: String = parts.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(part, _)| part.text).collect();
    if left_out > 0 { text + &note(left_out) } else { text }
}

fn parts(record: &Record) -> Vec<MarkdownPiece> {
    let mut parts = vec![MarkdownPiece { rank: 0, text: head(record) }];
    parts.extend(record.setup.iter().map(|failed| {
        let what = failed.dataset.as_ref().map(|name| format!("dataset {}", code(name)));
        let what = what.unwrap_or_else(|| format!("model {}", code(failed.model.as_deref().unwrap_or_default())));
        let message = prose(&failed.failure.message);
        MarkdownPiece {
            rank: 1,
            text: format!("- **ERROR** {what} ({}:{}): {message}\n", prose(&failed.file), failed.line),
        }
    }));
    let is_open = |case: &&CaseRecord| matches!(case.verdict.outcome, Outcome::Fail | Outcome::Error(_));
    let mut open: Vec<&CaseRecord> = record.cases.iter().filter(is_open).collect();
    open.sort_by_key(|case| case.is_waived());
    parts.extend(open.into_iter().map(|case| MarkdownPiece { rank: 2, text: failure(record, case) }));
    parts.extend(record.evaluated().map(|dataset| MarkdownPiece { rank: 3, text: table(record, dataset) }));
    parts.extend(clusters(record).map(|text| MarkdownPiece { rank: 3, text }));
    let inconclusive = record.cases.iter().filter(|case| case.is_unsure());
    let skipped = record.cases.iter().filter(|case| case.verdict.outcome == Outcome::Skipped);
    parts.extend(skipped.chain(inconclusive).map(|case| MarkdownPiece { rank: 4, text: line(case) }));
    let notes = record.notes.iter().map(|note| MarkdownPiece { rank: 5, text: format!("\n> {}\n", prose(note)) });
    parts.extend(notes);
    parts.push(MarkdownPiece { rank: 6, text: provenance(record) });
    parts
}

/// The verdict and the counts.
fn head(record: &Record) -> String {
    let counts = &record.counts;
    let mut words = vec![
        format!("**{} passed{}**", counts.passed, unsure(record)),
        format!("{} failed", counts.failed),
        counted(counts.errors, "error"),
    ];
    words.extend((counts.warned > 0).then(|| counted(counts.warned, "warning")));
    words.push(format!("{} skipped", counts.skipped));
    let mark = if record.exit_code == Exit::Passed { "✅" } else { "❌" };
    let told: String = headline(record).iter().flat_map(|text| [sentence(text), "\n\n".to_owned()]).collect();
    format!("\n## {mark} {} {}\n\n{told}{}\n\n", prose(&record.spec.name), verdict(record), words.join(", "))
}

/// A sentence in which names stand between backticks.
fn sentence(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return prose(text);
    }
    // `prose` leaves spaces at the ends out.
    let between = |part: &str| {
        let [before, after] =
            [part.starts_with(' '), part.ends_with(' ')].map(|is_there| if is_there { " " } else { "" });
        if part.trim().is_empty() { before.to_owned() } else { format!("{before}{}{after}", prose(part)) }
    };
    let part = |(at, part): (usize, &&str)| if at % 2 == 1 { code(part) } else { between(part) };
    parts.iter().enumerate().map(part).collect()
}

fn line(case: &CaseRecord) -> String {
    let name = case.check.as_ref().map(|name| format!(" *{}*", prose(name))).unwrap_or_default();
    format!("- **{}** {}{name}: {}\n", word(case), code(&case.id), prose(case.brief()))
}

fn failure(record: &Record, case: &CaseRecord) -> String {
    let mut out = line(case);
    for text in evidence(case).into_iter().chain(waiver(case)) {
        let _infallible = writeln!(out, "  - {}", prose(&text));
    }
    let _infallible = writeln!(
        out,
        "  - at {}, again: {}",
        code(&format!("{}:{}", case.file, case.line)),
        code(&repeat_command(record, &case.id))
    );
    out
}

/// The figures of a dataset: a row per condition, a column per model.
fn table(record: &Record, dataset: &DatasetRecord) -> String {
    let mut out = format!("\n### {} on {}, {}\n\n| |", prose(&record.spec.metric), prose(&dataset.name), size(dataset));
    let models: Vec<&str> = record.models.iter().map(|model| model.name.as_str()).collect();
    for model in &models {
        let _infallible = write!(out, " {} |", prose(model));
    }
    let _infallible = writeln!(out, "\n| --- |{}", " ---: |".repeat(models.len()));
    for condition in &record.conditions {
        let name = &condition.name.0;
        let cells: Vec<String> = models.iter().map(|model| figure(record, model, &dataset.name, name)).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            let _infallible = writeln!(out, "| {} | {} |", prose(name), cells.join(" | "));
        }
    }
    for found in record.robustness.iter().filter(|found| found.dataset == dataset.name) {
        let _infallible = write!(out, "\n{}: {}  ", prose(&found.model), text::summed(record, found));
    }
    out.push('\n');
    out
}

/// The slices that lose most.
fn clusters(record: &Record) -> Option<String> {
    /// Rows of the table; the JSON record has them all.
    const SHOWN: usize = 10;
    let (found, summary) = (record.slices.as_ref()?, text::clusters(record)?);
    let mut out = format!("\n### Failure clusters\n\n{}\n", prose(&summary));
    let standing: Vec<&ClusterRecord> =
        found.clusters.iter().filter(|cluster| cluster.stands_out).take(SHOWN).collect();
    if !standing.is_empty() {
        out.push_str("\n| Slice | Model | Condition | Figure |\n| --- | --- | --- | --- |\n");
    }
    for cluster in standing {
        let told = prose(&text::cluster(&found.metric, cluster));
        let (slice, model) = (prose(&cluster.slice), prose(&cluster.model));
        let _infallible = writeln!(out, "| {slice} | {model} | {} | {told} |", prose(&cluster.condition.0));
    }
    Some(out)
}

fn provenance(record: &Record) -> String {
    let mut rows = vec![
        ("windtunnel".to_owned(), record.tool.version.clone()),
        (record.spec.file.clone(), record.spec.digest.to_string()),
        ("seed".to_owned(), record.spec.seed.to_string()),
    ];
    let card = |digest: Option<String>| digest.unwrap_or_else(|| "no digest".to_owned());
    for dataset in &record.datasets {
        rows.push((format!("dataset {}", dataset.name), card(dataset.digest.as_ref().map(ToString::to_string))));
    }
    for model in &record.models {
        let digest = model.card.as_ref().and_then(|card| card.digest.as_ref()).map(ToString::to_string);
        rows.push((format!("model {}", model.name), card(digest)));
        let running = model.card.as_ref().and_then(ModelCard::running);
        rows.extend(running.map(|running| (format!("model {}, run by", model.name), running)));
    }
    let rows: Vec<String> = rows.iter().map(|(name, value)| format!("| {} | {} |", prose(name), code(value))).collect();
    let rows = rows.join("\n");
    format!("\n<details><summary>What was measured</summary>\n\n| | |\n| --- | --- |\n{rows}\n\n</details>\n")
}

/// Text that Markdown, HTML and mentions leave alone. Words that services make links of, or ring somebody up for, are
/// written as code: neither is looked for there, while what is escaped otherwise is found again in the finished page.
pub fn prose(text: &str) -> String {
    let text = untrusted::document(text);
    let words = text.split_whitespace().map(|word| if is_reference(word) { code(word) } else { marked(word) });
    words.collect::<Vec<_>>().join(" ")
}

fn marked(word: &str) -> String {
    written(word, |c, out| match c {
        '@' | '|' => entity(c, out),
        '`' | '*' | '_' | '[' | ']' | '\\' | '#' | '~' | '!' | '$' => out.extend(['\\', c]),
        c => out.push(c),
    })
}

/// Text as code; as HTML, since backticks hold neither backticks nor a table's bars.
fn code(text: &str) -> String {
    let text = written(&untrusted::document(text), |c, out| match c {
        '@' | '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '#' | '~' | '!' | '$' => entity(c, out),
        c => out.push(c),
    });
    format!("<code>{}</code>", unlinked(&text))
}

/// Whether a service links a word, or tells somebody of it: an address (`https://`, `www.`, `mailto:`), a person (`@name`,
/// `name@host.org`), an issue (`#1`, `GH-1`).
fn is_reference(word: &str) -> bool {
    let lower = word.to_lowercase();
    let is_address = ["://", "www.", "mailto:", "xmpp:"].iter().any(|mark| lower.contains(mark));
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_person = word.match_indices('@').any(|(at, _)| {
        let (before, after) = (word[..at].chars().next_back(), &word[at + 1..]);
        let is_mail = before.is_some_and(is_word) && after.contains('.');
        let is_mention = !before.is_some_and(is_word) && after.starts_with(|c: char| c.is_ascii_alphanumeric());
        is_mail || is_mention
    });
    let followed = |mark: &str| {
        lower.match_indices(mark).any(|(at, _)| lower[at + mark.len()..].starts_with(|c: char| c.is_ascii_digit()))
    };
    is_address || is_person || followed("#") || followed("gh-")
}

/// Markdown looks for addresses in the text of inline HTML, too.
fn unlinked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let follows = |word: &str| {
            let before = &text.as_bytes()[..at];
            before.len() >= word.len() && before[before.len() - word.len()..].eq_ignore_ascii_case(word.as_bytes())
        };
        match c {
            ':' if text[at + 1..].starts_with('/') || follows("mailto") || follows("xmpp") => entity(c, &mut out),
            '.' if follows("www") => entity(c, &mut out),
            c => out.push(c),
        }
    }
    out
}

/// Text in one line and without markup of HTML; `write` deals with all other letters.
fn written(text: &str, write: impl Fn(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c => write(c, &mut out),
        }
    }
    out
}

fn entity(c: char, out: &mut String) {
    let _infallible = write!(out, "&#{};", u32::from(c));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(prose("<b>|@`*_\n# 1"), "&lt;b&gt;&#124;&#64;\\`\\*\\_ \\# 1");
        assert_eq!(code("a|b`c<"), "<code>a&#124;b&#96;c&lt;</code>");
        assert_eq!(prose("a\u{202e}\u{7}b"), "a\\\\u{202e}\\\\u{7}b");
    }

    #[test]
    fn nothing_becomes_a_link_or_calls_anybody() {
        for word in [
            "https://evil.org/x",
            "(HTTP://e.x)",
            "www.evil.org",
            "mailto:a",
            "a@b.org",
            "@octocat",
            "(@o/t)",
            "#12",
            "o/r#3",
            "GH-4",
        ] {
            let told = prose(&format!("see {word} there"));
            assert!(told.starts_with("see <code>") && told.ends_with("</code> there"), "{told}");
            assert!(!["://", "www.", "mailto:", "@"].iter().any(|mark| told.contains(mark)), "{told}");
        }
        assert_eq!(prose("blur@3 map:min 12:30"), "blur&#64;3 map:min 12:30");
    }

    #[test]
    fn what_matters_most_is_kept_in_its_order() {
        let part = |rank: u8, text: &str| MarkdownPiece { rank, text: text.repeat(50) };
        let text = fitted(vec![part(3, "a"), part(0, "b"), part(1, "c")], 200);
        assert!(text.starts_with(&"b".repeat(50)) && text.contains(&"c".repeat(50)) && !text.contains("aa"), "{text}");
        assert!(text.contains("1 part did not fit here") && text.len() <= 200, "{text}");
    }
}
