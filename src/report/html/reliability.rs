//! Reliability: how often the answers of classifiers are right that are so sure, on clean images and group by group.

use maud::{Markup, html};

use super::frame::Section;
use super::words::{capitalised, mark_class, model_key, number, plain};
use crate::record::{CellRecord, ClassesRecord, ConditionRecord, DatasetRecord, Record, ReliabilityBin};

/// The side of a diagram, pixels.
const SIDE: f64 = 150.0;

pub fn section(record: &Record) -> Option<Section> {
    let has_any = record.cells.iter().any(|cell| cell.classes.is_some());
    let body = html! {
        p class="note" {
            "Answers by how sure they are, from left to right; the height of a bar is the share of them that is right, and the "
            "line what it would be if the scores were honest. A bar below the line is a model that is surer than it should "
            "be. The wider a bar, the more answers are in it."
        }
        @for dataset in record.evaluated() {
            @for (at, model) in record.models.iter().enumerate() {
                p class="keys" { (model_key(at, &model.name)) " on " (plain(&dataset.name)) }
                div class="reliability" { @for (title, bins) in diagrams(record, dataset, &model.name) { (diagram(at, &title, &bins)) } }
            }
        }
    };
    has_any.then_some(Section { id: "reliability", title: "How sure, how right", body })
}

/// Of clean images and of each group: what the answers came to.
fn diagrams(record: &Record, dataset: &DatasetRecord, model: &str) -> Vec<(String, Vec<ReliabilityBin>)> {
    let here = || record.cells.iter().filter(|cell| cell.model == model && cell.dataset == dataset.name);
    let of = |counts: &dyn Fn(&ConditionRecord) -> bool| {
        let is_in = |cell: &&CellRecord| {
            record.conditions.iter().any(|condition| condition.name == cell.condition && counts(condition))
        };
        ClassesRecord::pooled(here().filter(is_in).filter_map(|cell| cell.classes.as_ref()))
    };
    let mut groups: Vec<&str> = Vec::new();
    for step in record.conditions.iter().flat_map(|condition| &condition.steps) {
        if !groups.contains(&step.group.as_str()) {
            groups.push(&step.group);
        }
    }
    let clean = ("clean".to_owned(), of(&|condition| condition.steps.is_empty()));
    let of_group = |group: &str| {
        (group.to_owned(), of(&|condition: &ConditionRecord| condition.steps.iter().any(|step| step.group == group)))
    };
    let all = std::iter::once(clean).chain(groups.into_iter().map(of_group));
    all.filter(|(_, bins)| bins.iter().any(|bin| bin.images > 0)).collect()
}

fn diagram(model: usize, title: &str, bins: &[ReliabilityBin]) -> Markup {
    let images: usize = bins.iter().map(|bin| bin.images).sum();
    let apart = |bin: &ReliabilityBin| Some(bin.images as f64 * (bin.accuracy? - bin.confidence?).abs());
    let ece = bins.iter().filter_map(apart).sum::<f64>() / images.max(1) as f64;
    let most = bins.iter().map(|bin| bin.images).max().unwrap_or(0).max(1) as f64;
    let step = SIDE / bins.len().max(1) as f64;
    let label = format!("{title}: calibration error {} over {images} answers", number(Some(ece), 3));
    html! {
        figure {
            svg width=(SIDE) height=(SIDE) viewBox={ "0 0 " (SIDE) " " (SIDE) } role="img" aria-label=(plain(&label)) {
                path class="frame" d={ "M0 0H" (SIDE) "V" (SIDE) "H0z" } {}
                path class="honest" d={ "M0 " (SIDE) "L" (SIDE) " 0" } {}
                @for (at, bin) in bins.iter().enumerate() {
                    @if let (Some(accuracy), Some(confidence)) = (bin.accuracy, bin.confidence) {
                        @let width = (step - 1.0) * (0.4 + 0.6 * (bin.images as f64 / most).sqrt());
                        @let x = step * (at as f64 + 0.5) - width / 2.0;
                        @let height = (SIDE * accuracy).max(1.0);
                        g class=(mark_class(model)) {
                            title { (bin.images) " answers: mean score " (number(Some(confidence), 2)) ", right " (number(Some(accuracy), 2)) }
                            path class="bar" d=(format!("M{x:.1} {SIDE}h{width:.1}v-{height:.1}h-{width:.1}z")) {}
                        }
                    }
                }
            }
            figcaption { strong { (capitalised(&plain(title))) } " calibration error " (number(Some(ece), 3)) }
        }
    }
}
