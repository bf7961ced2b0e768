//! A shot: a picture with its boxes, each sort in its own colour, weight and dash.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::album::Album;
use super::words::{name, number, plain};
use crate::record::{BoxKind, BoxRecord, ShotRecord};

/// The sorts of boxes, from the lowest to the topmost, with their class and word.
pub const KINDS: [(BoxKind, &str, &str); 5] = [
    (BoxKind::Truth, "truth", "ground truth"),
    (BoxKind::Ignored, "ignored", "ignored region"),
    (BoxKind::Found, "found", "found"),
    (BoxKind::False, "false", "false"),
    (BoxKind::Missed, "missed", "missed"),
];

/// The picture of `file_name` with its caption.
pub fn shot(album: &Album, file_name: &str, shot: &ShotRecord, is_of_models: bool) -> Markup {
    let of = if is_of_models { &shot.model } else { &shot.condition };
    html! {
        figure class="shot" {
            @if let Some(at) = album.find(&shot.picture) { (drawn(at, file_name, shot)) }
            @else { p class="gone" { "The picture " code { (name(&shot.picture)) } " is not beside the record any more." } }
            figcaption { strong { (name(of)) } " " span class="f1" { "F1 " (number(Some(shot.f1), 2)) } " " span class="tally" { (tally(shot)) } }
        }
    }
}

/// `3 found, 9 missed, 1 false of 12`.
fn tally(shot: &ShotRecord) -> String {
    let count = |kind: BoxKind| shot.boxes.iter().filter(|one| one.kind == kind).count();
    let [truth, found, missed, spurious] = [BoxKind::Truth, BoxKind::Found, BoxKind::Missed, BoxKind::False].map(count);
    format!("{found} found, {missed} missed, {spurious} false of {truth}")
}

fn drawn(picture: usize, file_name: &str, shot: &ShotRecord) -> Markup {
    let label = format!("{file_name}, {} of model {}: F1 {:.2}, {}", shot.condition, shot.model, shot.f1, tally(shot));
    html! {
        svg viewBox={ "0 0 " (shot.width) " " (shot.height) } role="img" aria-label=(plain(&label)) {
            // The picture itself is held once, one unit wide and high.
            use href={ "#p" (picture) } transform={ "scale(" (shot.width) " " (shot.height) ")" } {}
            @for (kind, class, word) in KINDS { (outlines(&shot.boxes, kind, class, word)) }
            @for (kind, class, _) in KINDS { (tags(shot, kind, class)) }
        }
    }
}

/// Claims and misses of a shot that all have their names; of more, which would hide the picture, those that are right have
/// none, and of the others so many have.
const TAGGED: usize = 12;

/// What boxes are called, with their scores, above them.
fn tags(shot: &ShotRecord, kind: BoxKind, class: &str) -> Markup {
    let is_claim = |kind: BoxKind| matches!(kind, BoxKind::Found | BoxKind::False | BoxKind::Missed);
    let is_crowded = shot.boxes.iter().filter(|one| is_claim(one.kind)).count() > TAGGED;
    let mut tagged: Vec<&BoxRecord> = shot.boxes.iter().filter(|one| is_claim(kind) && one.kind == kind).collect();
    if is_crowded {
        tagged.sort_by(|one, other| other.score.unwrap_or(1.0).total_cmp(&one.score.unwrap_or(1.0)));
        tagged.truncate(if kind == BoxKind::Found { 0 } else { TAGGED / 2 });
    }
    let size = f64::from(shot.width.max(shot.height)) / 42.0;
    html! {
        @if !tagged.is_empty() { g class={ "tags " (class) } font-size=(format!("{size:.0}")) {
            @for one in tagged {
                @let [x, y, ..] = one.bbox;
                @let score = one.score.map(|score| format!(" {score:.2}")).unwrap_or_default();
                text x=(format!("{:.0}", x.max(0.0))) y=(format!("{:.0}", (y - size / 4.0).max(size))) { (plain(&one.category)) (score) }
            }
        } }
    }
}

/// A path per category, named for who points at it; the topmost sorts have a dark edge, to be seen on any picture.
fn outlines(boxes: &[BoxRecord], kind: BoxKind, class: &str, word: &str) -> Markup {
    let mut categories: Vec<&str> =
        boxes.iter().filter(|one| one.kind == kind).map(|one| one.category.as_str()).collect();
    categories.sort_unstable();
    categories.dedup();
    let path = |category: &str| {
        let mut path = String::new();
        for one in boxes.iter().filter(|one| one.kind == kind && one.category == category) {
            let [x, y, w, h] = one.bbox;
            let _infallible = write!(path, "M{x} {y}h{w}v{h}h-{w}z");
        }
        path
    };
    html! {
        @if !categories.is_empty() {
            g class={ "box " (class) } {
                @for category in categories {
                    @let d = path(category);
                    path class="edge" d=(d) {}
                    path d=(d) { title { (word) ": " (plain(category)) } }
                }
            }
        }
    }
}
