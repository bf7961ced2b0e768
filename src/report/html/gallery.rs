//! The gallery: of every failed case the images that lost most, before and after.

use maud::{Markup, html};

use super::album::Album;
use super::filter::Filter;
use super::frame::{Section, case_anchor, gallery_anchor};
use super::shot::{BELOW, KINDS, example, shot};
use super::state::State;
use super::words::{name, plain};
use crate::record::{GalleryRecord, HeldAgainst, PairRecord, Record, Task, held_against, worst_failure};
use crate::report::text::{counted, images_that, is_by_itself};

pub fn section(record: &Record, album: &Album) -> Option<Section> {
    let filter = Filter::of(record);
    let has_below = record
        .galleries
        .iter()
        .flat_map(|gallery| &gallery.pairs)
        .flat_map(PairRecord::shots)
        .any(|shot| !shot.below.is_empty());
    let body = html! {
        p class="note" { "Of every check that failed the images that lost most, " (by(record)) " if nothing else is said: what they were held against on the left, what they came to on the right. A click on a picture shows it large." }
        (controls(&filter, has_below))
        (notes(album))
        @for (at, gallery) in record.galleries.iter().enumerate() { (one(record, (album, &filter), at, gallery)) }
    };
    (!record.galleries.is_empty()).then_some(Section { id: "gallery", title: "Images", body })
}

/// The class of two pictures: those of one class each are often cut out, and small.
fn shots(filter: &Filter) -> &'static str {
    match filter.task {
        Task::Detect => "shots",
        Task::Classify => "shots whole",
    }
}

/// What images are ranked by.
fn by(record: &Record) -> &'static str {
    match record.spec.task {
        Task::Detect => "by F1 at IoU 0.5",
        Task::Classify => "by the score of their label",
    }
}

/// The pair of pictures that lost most under the worst failure: what stands beside the verdict.
pub fn worst(record: &Record, album: &Album) -> Markup {
    let gallery = worst_failure(record)
        .and_then(|case| case.picture.as_ref())
        .and_then(|sheet| record.galleries.iter().find(|gallery| gallery.sheet == *sheet));
    let pair = gallery.and_then(|gallery| gallery.pairs.first()).filter(|pair| !album.has_left_out(pair));
    let Some(pair) = pair else { return html! {} };
    let filter = Filter::of(record);
    html! {
        div class="pair first" {
            div class=(shots(&filter)) {
                @for side in pair.shots() { (shot(album, &filter, &pair.file_name, side, pair.is_of_models())) }
            }
        }
    }
}

/// Boxes that work without a script: the style sheet asks which of them are checked.
fn controls(filter: &Filter, has_below: bool) -> Markup {
    html! {
        div class="controls" {
            @if filter.task == Task::Detect { fieldset {
                legend { "Boxes" }
                @let below = has_below.then_some(BELOW);
                @for (class, word) in KINDS.into_iter().map(|(_, class, word)| (class, word)).chain(below) {
                    label {
                        input type="checkbox" id={ "show-" (class) } checked;
                        (example(class))
                        (word)
                    }
                }
            } }
            @if filter.task == Task::Detect { label { input type="checkbox" id="show-tags" checked; "names and scores" } }
            (filter.controls())
            fieldset {
                legend { "Pictures" }
                label { input type="radio" name="side" id="side-both" checked; "side by side" }
                label { input type="radio" name="side" id="side-before"; "before" }
                label { input type="radio" name="side" id="side-after"; "after" }
            }
        }
    }
}

fn notes(album: &Album) -> Markup {
    html! {
        @if album.left_out() > 0 {
            p class="note" { (counted(album.left_out(), "picture")) " left out to keep this file small; they lie beside the record." }
        }
        @if album.gone() > 0 { p class="note" { (counted(album.gone(), "picture")) " not beside the record any more." } }
    }
}

fn one(record: &Record, (album, filter): (&Album, &Filter), at: usize, gallery: &GalleryRecord) -> Markup {
    let cases = record.cases.iter().enumerate().filter(|(_, case)| case.picture.as_ref() == Some(&gallery.sheet));
    let first = gallery.pairs.first();
    let by_itself = cases.clone().any(|(_, case)| is_by_itself(case));
    html! {
        article class="gallery" id=(gallery_anchor(at)) {
            h3 { @if let Some(pair) = first {
                (name(&pair.after.model)) " under " (name(&pair.after.condition))
                @if let Some(before) = pair.before.as_ref().filter(|_| pair.is_of_models()) { " against " (name(&before.model)) }
                @if pair.before.is_none() && !by_itself { ", alone: the accepted answers are not at hand" }
            } }
            @match cases.clone().next().map_or(HeldAgainst::Labels, |(_, case)| held_against(&case.read)) {
                HeldAgainst::Labels => {}
                HeldAgainst::CleanAnswers => {
                    p class="note" { "What the model said of the clean picture stands for the ground truth." }
                }
                HeldAgainst::Reference => {
                    p class="note" { "What the reference model said of the picture stands for the ground truth." }
                }
            }
            @if let Some((_, case)) = cases.clone().find(|(_, case)| case.listing.is_some()) {
                p class="note" { "Here: " (plain(images_that(case).trim_end_matches(':'))) "." }
            }
            ul class="plain" { @for (at, case) in cases {
                li { (State::of_case(case).badge()) " " a href={ "#" (case_anchor(at)) } { (name(&case.id)) } }
            } }
            @for pair in gallery.pairs.iter().filter(|pair| !album.has_left_out(pair)) {
                div class={ "pair " (filter.classes_of(pair)) } {
                    h4 { (name(&pair.file_name)) }
                    div class=(shots(filter)) {
                        @for side in pair.shots() { (shot(album, filter, &pair.file_name, side, pair.is_of_models())) }
                    }
                }
            }
            p class="place" {
                @for pair in gallery.pairs.iter().filter(|pair| album.has_left_out(pair)) { (name(&pair.file_name)) " found no room here. " }
                "All of them in " code { (plain(&gallery.sheet)) } " beside the record."
            }
        }
    }
}
