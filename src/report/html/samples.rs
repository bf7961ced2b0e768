//! Samples: what each condition does to a picture.

use maud::{Markup, html};

use super::album::Album;
use super::frame::Section;
use super::words::{name, plain};
use crate::condition::CLEAN;
use crate::record::{Record, SampleRecord, worst_failure};

/// Samples beside the verdict: one row of a wide screen, two of a narrow one.
const FIRST: usize = 6;

pub fn section(record: &Record, album: &Album) -> Option<Section> {
    let shown = shown(record, album);
    let mut datasets: Vec<&str> = shown.iter().map(|sample| sample.dataset.as_str()).collect();
    datasets.dedup();
    let body = html! {
        @for dataset in &datasets {
            @let of_it: Vec<&SampleRecord> = shown.iter().copied().filter(|sample| sample.dataset == *dataset).collect();
            @if let Some(first) = of_it.first() {
                p class="note" { "One image of " (name(dataset)) ", " (name(&first.file_name)) ", under the conditions of this run" (missing(record, of_it.len(), dataset)) "." }
            }
            (row(album, &of_it))
        }
    };
    (!shown.is_empty()).then_some(Section { id: "samples", title: "Samples", body })
}

/// Where no failure has pictures: the clean image and the strongest level of the first perturbations, beside the verdict.
pub fn strip(record: &Record, album: &Album) -> Markup {
    let shown = shown(record, album);
    let first = shown.first().map(|sample| sample.dataset.as_str());
    let of_first: Vec<&SampleRecord> =
        shown.iter().copied().filter(|sample| Some(sample.dataset.as_str()) == first).collect();
    let perturbation = |sample: &SampleRecord| sample.condition.0.split('@').next().unwrap_or_default().to_owned();
    let is_last = |at: usize| of_first[at + 1..].iter().all(|other| perturbation(other) != perturbation(of_first[at]));
    let strongest: Vec<&SampleRecord> =
        (0..of_first.len()).filter(|at| is_last(*at)).map(|at| of_first[at]).take(FIRST).collect();
    let is_needed = worst_failure(record).is_none_or(|case| case.picture.is_none()) && strongest.len() > 1;
    html! { @if is_needed { (row(album, &strongest)) } }
}

/// Those whose pictures are at hand.
fn shown<'r>(record: &'r Record, album: &Album) -> Vec<&'r SampleRecord> {
    record.samples.iter().filter(|sample| album.find(&sample.picture).is_some()).collect()
}

/// That there are more conditions than samples.
fn missing(record: &Record, shown: usize, dataset: &str) -> String {
    let run =
        |condition: &str| record.cells.iter().any(|cell| cell.dataset == dataset && cell.condition.0 == condition);
    let all = record.conditions.iter().filter(|one| one.name.0 == CLEAN || run(&one.name.0)).count();
    if all > shown { format!(": {shown} of {all}, the strongest level of each perturbation") } else { String::new() }
}

fn row(album: &Album, samples: &[&SampleRecord]) -> Markup {
    html! {
        div class="samples" {
            @for sample in samples { @if let Some(at) = album.find(&sample.picture) {
                figure {
                    svg viewBox={ "0 0 " (sample.width) " " (sample.height) } role="img" aria-label={ (plain(&sample.file_name)) ", " (plain(&sample.condition.0)) } {
                        use href={ "#p" (at) } transform={ "scale(" (sample.width) " " (sample.height) ")" } {}
                    }
                    figcaption { (name(&sample.condition.0)) }
                }
            } }
        }
    }
}
