//! Glimpses: clean images with what each model found on them, for somebody to see whether it finds what it should.

use maud::{Markup, html};

use super::album::Album;
use super::filter::Filter;
use super::frame::Section;
use super::shot::{KINDS, captioned, example};
use super::words::name;
use crate::record::{BoxKind, GlimpseRecord, Record, ShotQuality, Silence, Task, worst_failure};
use crate::report::text::counted;

pub fn section(record: &Record, album: &Album) -> Option<Section> {
    let (shown, filter) = (shown(record, album), Filter::of(record));
    let mut datasets: Vec<&str> = shown.iter().map(|glimpse| glimpse.dataset.as_str()).collect();
    datasets.dedup();
    let body = html! {
        @for dataset in &datasets {
            @let of_it: Vec<&GlimpseRecord> = shown.iter().copied().filter(|one| one.dataset == *dataset).collect();
            p class="note" { "Clean images of " (name(dataset)) ", spread over it. " (told(record, dataset, &of_it)) " A click on a picture shows it large." }
            (key(&filter, &of_it))
            (rows(album, &filter, &of_it))
        }
        @if shown.len() < record.glimpses.len() {
            p class="note" { (shown.len()) " of " (counted(record.glimpses.len(), "image")) ": for the others there is no room here, or no picture beside the record." }
        }
    };
    let title = if record.models.len() == 1 { "What the model finds" } else { "What the models find" };
    (!shown.is_empty()).then_some(Section { id: "found", title, body })
}

/// Where no failure has pictures: two of them, beside the verdict.
pub fn first(record: &Record, album: &Album) -> Markup {
    let (shown, filter) = (shown(record, album), Filter::of(record));
    let is_needed = worst_failure(record).is_none_or(|case| case.picture.is_none());
    let of_models = shown.first().is_some_and(|glimpse| glimpse.shots.len() > 1);
    let pictures: Vec<Markup> =
        shown.iter().take(if of_models { 1 } else { 2 }).flat_map(|one| shots(album, &filter, one)).take(2).collect();
    html! {
        @if is_needed && !pictures.is_empty() {
            div class="pair first" { div class=(columns(&filter, 2)) { @for picture in &pictures { (picture) } } }
        }
    }
}

/// Those whose pictures are at hand.
fn shown<'r>(record: &'r Record, album: &Album) -> Vec<&'r GlimpseRecord> {
    let is_at_hand = |glimpse: &&GlimpseRecord| glimpse.shots.iter().all(|shot| album.find(&shot.picture).is_some());
    record.glimpses.iter().filter(is_at_hand).filter(|glimpse| !glimpse.shots.is_empty()).collect()
}

fn is_labelled(glimpses: &[&GlimpseRecord]) -> bool {
    let is_unlabelled = |quality: ShotQuality| matches!(quality, ShotQuality::Unlabelled { .. });
    !glimpses.iter().flat_map(|glimpse| &glimpse.shots).any(|shot| is_unlabelled(shot.quality))
}

/// What they can tell, and that they are chosen.
fn told(record: &Record, dataset: &str, glimpses: &[&GlimpseRecord]) -> Markup {
    let found = record.datasets.iter().find(|one| one.name == dataset);
    let silence = found
        .into_iter()
        .flat_map(|one| record.models.iter().filter_map(|model| Silence::of(record, &model.name, one)));
    html! {
        @if is_labelled(glimpses) { "What was found on them lies over their labels." }
        @else {
            "Nobody has labelled them: whether it is right what was found on them, only somebody who looks can tell."
            @if record.spec.task == Task::Detect { " They are chosen to show something; in all, " }
            @for (at, one) in silence.enumerate() { @if at > 0 { ", " } (name(&one.model)) " " (one.told()) }
            @if record.spec.task == Task::Detect { "." }
        }
    }
}

/// What the boxes stand for, where they are of several sorts.
fn key(filter: &Filter, glimpses: &[&GlimpseRecord]) -> Markup {
    let has = |kind: BoxKind| {
        glimpses.iter().flat_map(|one| &one.shots).flat_map(|shot| &shot.boxes).any(|one| one.kind == kind)
    };
    html! {
        @if filter.task == Task::Detect && is_labelled(glimpses) {
            p class="keys" { @for (_, class, word) in KINDS.into_iter().filter(|(kind, ..)| has(*kind)) {
                span class="key" { (example(class)) (word) }
            } }
        }
    }
}

/// Images of one model side by side; of several, a row for each image.
fn rows(album: &Album, filter: &Filter, glimpses: &[&GlimpseRecord]) -> Markup {
    let models = glimpses.iter().map(|glimpse| glimpse.shots.len()).max().unwrap_or_default();
    html! {
        @if models > 1 {
            @for glimpse in glimpses { div class="pair" {
                h3 { (name(&glimpse.file_name)) }
                div class=(columns(filter, models)) { @for picture in shots(album, filter, glimpse) { (picture) } }
            } }
        } @else {
            div class="pair" { div class=(columns(filter, 2)) {
                @for glimpse in glimpses { @for picture in shots(album, filter, glimpse) { (picture) } }
            } }
        }
    }
}

/// The class of pictures side by side: those of one class each are often cut out, and small.
fn columns(filter: &Filter, shown: usize) -> &'static str {
    match filter.task {
        Task::Classify => "shots whole",
        Task::Detect if shown > 2 => "shots low many",
        Task::Detect => "shots low",
    }
}

fn shots(album: &Album, filter: &Filter, glimpse: &GlimpseRecord) -> Vec<Markup> {
    let is_of_models = glimpse.shots.len() > 1;
    let caption = |model: &String| if is_of_models { model.clone() } else { glimpse.file_name.clone() };
    glimpse.shots.iter().map(|shot| captioned(album, filter, &glimpse.file_name, shot, &caption(&shot.model))).collect()
}
