//! A shot: a picture with its boxes, each sort in its own colour, weight and dash.

use std::cmp::Reverse;
use std::fmt::Write as _;

use maud::{Markup, html};

use super::album::Album;
use super::filter::Filter;
use super::words::{name, plain};
use crate::record::{BoxKind, BoxRecord, ErrorKind, ShotQuality, ShotRecord, Task};

/// The sorts of boxes, from the lowest to the topmost, with their class and word.
pub const KINDS: [(BoxKind, &str, &str); 5] = [
    (BoxKind::Truth, "truth", "ground truth"),
    (BoxKind::Ignored, "ignored", "ignored region"),
    (BoxKind::Found, "found", "found"),
    (BoxKind::False, "false", "false"),
    (BoxKind::Missed, "missed", "missed"),
];

/// Detections on an image that nobody has labelled.
const CLAIM: (BoxKind, &str, &str) = (BoxKind::Claim, "claim", "detection");

/// The class and word of detections just below the score from which they count.
pub const BELOW: (&str, &str) = ("below", "just below the threshold");

/// A box of a class as a legend shows it.
pub fn example(class: &str) -> Markup {
    html! {
        svg class="sample" width="30" height="18" viewBox="0 0 30 18" aria-hidden="true" {
            g class={ "box " (class) } { path class="edge" d="M3 3h24v12h-24z" {} path d="M3 3h24v12h-24z" {} }
        }
    }
}

/// A picture with a checkbox around it: checked, it takes the whole window, without a script.
fn zoomed(label: &str, picture: &Markup) -> Markup {
    html! {
        label class="zoom" {
            input type="checkbox" class="zoomer sr" aria-label={ "Large: " (plain(label)) };
            (picture)
        }
    }
}

/// The picture of `file_name` with its caption.
pub fn shot(album: &Album, filter: &Filter, file_name: &str, shot: &ShotRecord, is_of_models: bool) -> Markup {
    captioned(album, filter, file_name, shot, if is_of_models { &shot.model } else { &shot.condition })
}

/// The same, called `of` in its caption.
pub fn captioned(album: &Album, filter: &Filter, file_name: &str, shot: &ShotRecord, of: &str) -> Markup {
    html! {
        figure class="shot" {
            @if let Some(at) = album.find(&shot.picture) { (drawn(at, filter, file_name, shot)) }
            @else { p class="gone" { "The picture " code { (name(&shot.picture)) } " is not beside the record any more." } }
            figcaption { strong { (name(of)) } " " span class="f1" { (quality(filter.task, shot)) } " " span class="tally" { (plain(&tally(filter.task, shot))) } }
        }
    }
}

/// How right the answer is, in words; where nobody has said what is right, how much it is.
fn quality(task: Task, shot: &ShotRecord) -> String {
    match shot.quality {
        ShotQuality::Unlabelled { .. } if task == Task::Classify => said(shot),
        ShotQuality::Unlabelled { claims: 0 } => "nothing found".to_owned(),
        ShotQuality::Unlabelled { claims } if claims > shot.boxes.len() => {
            format!("{claims} found, the {} surest drawn", shot.boxes.len())
        }
        ShotQuality::Unlabelled { claims } => format!("{claims} found"),
        ShotQuality::Objects { f1 } => format!("F1 {f1:.2}"),
        ShotQuality::Label { label_score: Some(score) } => format!("score of its label {score:.2}"),
        ShotQuality::Label { label_score: None } => "its label is not among the classes that were answered".to_owned(),
        ShotQuality::Stability { is_same: true } => "same class as on the clean image".to_owned(),
        ShotQuality::Parity { agrees: true } => "the class that the reference says".to_owned(),
        ShotQuality::Parity { agrees: false } => "another class than the reference says".to_owned(),
        ShotQuality::Stability { is_same: false } => "another class than on the clean image".to_owned(),
    }
}

/// `3 found, 9 missed, 1 false of 12`; of classes `labelled RBC, said to be WBC at 0.91`.
fn tally(task: Task, shot: &ShotRecord) -> String {
    match (task, shot.quality) {
        (Task::Detect, ShotQuality::Unlabelled { .. }) => found(shot),
        // The class is all there is to tell, and told by `quality`.
        (Task::Classify, ShotQuality::Unlabelled { .. }) => String::new(),
        (Task::Detect, _) => tally_of_boxes(shot),
        (Task::Classify, _) => classes(shot),
    }
}

/// What is drawn of an image without labels: `person ×2, car`, the most frequent first.
fn found(shot: &ShotRecord) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for one in &shot.boxes {
        match counts.iter_mut().find(|(category, _)| *category == one.category) {
            Some((_, count)) => *count += 1,
            None => counts.push((&one.category, 1)),
        }
    }
    counts.sort_by_key(|(category, count)| (Reverse(*count), *category));
    let told = counts.iter().map(|(category, count)| match count {
        1 => (*category).to_owned(),
        _ => format!("{category} \u{d7}{count}"),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// What is said of a whole image without a label.
fn said(shot: &ShotRecord) -> String {
    match shot.boxes.first() {
        Some(said) if said.category.is_empty() => {
            format!("said to be a class that the dataset does not have{}", score(said))
        }
        Some(said) => format!("said to be {}{}", said.category, score(said)),
        None => "nothing said".to_owned(),
    }
}

fn score(one: &BoxRecord) -> String {
    one.score.map(|score| format!(" at {score:.2}")).unwrap_or_default()
}

/// The label of a picture and what is said of it.
fn classes(shot: &ShotRecord) -> String {
    let of = |kinds: &[BoxKind]| shot.boxes.iter().find(|one| kinds.contains(&one.kind));
    // Where one class counts, the label that is another one is none of the picture's marks.
    let label = of(&[BoxKind::Truth]).map_or("otherwise", |one| one.category.as_str());
    match of(&[BoxKind::Found, BoxKind::False]) {
        Some(said) if said.category.is_empty() => {
            format!("labelled {label}, said to be a class that the dataset does not have{}", score(said))
        }
        Some(said) => format!("labelled {label}, said to be {}{}", said.category, score(said)),
        None => format!("labelled {label}"),
    }
}

fn tally_of_boxes(shot: &ShotRecord) -> String {
    let count = |kind: BoxKind| shot.boxes.iter().filter(|one| one.kind == kind).count();
    let [truth, found, missed, spurious] = [BoxKind::Truth, BoxKind::Found, BoxKind::Missed, BoxKind::False].map(count);
    let below = if shot.below.is_empty() { String::new() } else { format!("; {} just below", shot.below.len()) };
    format!("{found} found, {missed} missed, {spurious} false of {truth}{below}")
}

/// What the picture shows, for who cannot see it.
fn description(task: Task, file_name: &str, shot: &ShotRecord) -> String {
    let mut told = vec![format!("{file_name}, {} of model {}: {}", shot.condition, shot.model, quality(task, shot))];
    match (task, shot.quality) {
        // What stands beside the boxes on the picture.
        (Task::Detect, ShotQuality::Unlabelled { .. }) => {
            told.extend(shot.boxes.iter().take(TAGGED).map(|one| format!("{}{}", one.category, score(one))));
            let more = shot.boxes.len().saturating_sub(TAGGED);
            told.extend((more > 0).then(|| format!("{more} more")));
        }
        (Task::Classify, ShotQuality::Unlabelled { .. }) => {}
        _ => told.push(tally(task, shot)),
    }
    told.join(", ")
}

fn drawn(picture: usize, filter: &Filter, file_name: &str, shot: &ShotRecord) -> Markup {
    let label = description(filter.task, file_name, shot);
    let (class, word) = BELOW;
    let below: Vec<&BoxRecord> = shot.below.iter().collect();
    let of = |kind: BoxKind| shot.boxes.iter().filter(|one| one.kind == kind).collect::<Vec<_>>();
    let drawn = html! {
        svg viewBox={ "0 0 " (shot.width) " " (shot.height) } role="img" aria-label=(plain(&label)) {
            // The picture itself is held once, one unit wide and high.
            use href={ "#p" (picture) } transform={ "scale(" (shot.width) " " (shot.height) ")" } {}
            @if filter.task == Task::Detect {
                (outlines(filter, &below, class, word))
                @for (kind, class, word) in KINDS.into_iter().chain([CLAIM]) { (outlines(filter, &of(kind), class, word)) }
                (tags(shot, filter, below.clone(), class))
                @for (kind, class, _) in KINDS.into_iter().chain([CLAIM]) { (tags(shot, filter, tagged(shot, kind), class)) }
            }
        }
    };
    zoomed(&label, &drawn)
}

/// Claims and misses of a shot that all have their names; of more, which would hide the picture, those that are right have
/// none, and of the others so many have.
const TAGGED: usize = 12;

/// The boxes of a kind that are called by name.
fn tagged(shot: &ShotRecord, kind: BoxKind) -> Vec<&BoxRecord> {
    let is_claim = |kind: BoxKind| !matches!(kind, BoxKind::Truth | BoxKind::Ignored);
    let is_crowded = shot.boxes.iter().filter(|one| is_claim(one.kind)).count() > TAGGED;
    let mut tagged: Vec<&BoxRecord> = shot.boxes.iter().filter(|one| is_claim(kind) && one.kind == kind).collect();
    if is_crowded {
        tagged.sort_by(|one, other| other.score.unwrap_or(1.0).total_cmp(&one.score.unwrap_or(1.0)));
        tagged.truncate(match kind {
            BoxKind::Found => 0,
            BoxKind::Claim => TAGGED,
            BoxKind::Truth | BoxKind::Ignored | BoxKind::False | BoxKind::Missed => TAGGED / 2,
        });
    }
    if kind == BoxKind::Claim {
        // The surest comes first, and where names overlap its own is to be read.
        tagged.reverse();
    }
    tagged
}

/// What boxes are called, with their scores, above them.
fn tags(shot: &ShotRecord, filter: &Filter, tagged: Vec<&BoxRecord>, class: &str) -> Markup {
    let size = f64::from(shot.width.max(shot.height)) / 42.0;
    html! {
        @if !tagged.is_empty() { g class={ "tags " (class) } font-size=(format!("{size:.0}")) {
            @for one in tagged {
                @let [x, y, ..] = one.bbox;
                @let score = one.score.map(|score| format!(" {score:.2}")).unwrap_or_default();
                text class=(filter.classes(one)) x=(format!("{:.0}", x.max(0.0))) y=(format!("{:.0}", (y - size / 4.0).max(size))) { (plain(&one.category)) (score) }
            }
        } }
    }
}

/// A path per category and error, named for who points at it; the topmost sorts have a dark edge, to be seen on any picture.
fn outlines(filter: &Filter, boxes: &[&BoxRecord], class: &str, word: &str) -> Markup {
    let sort = |one: &BoxRecord| (one.category.clone(), one.error);
    let mut sorts: Vec<(String, Option<ErrorKind>)> = boxes.iter().map(|one| sort(one)).collect();
    sorts.sort();
    sorts.dedup();
    let path = |of_sort: &[&BoxRecord]| {
        let mut path = String::new();
        for [x, y, w, h] in of_sort.iter().map(|one| one.bbox) {
            let _infallible = write!(path, "M{x} {y}h{w}v{h}h-{w}z");
        }
        path
    };
    html! {
        @if !boxes.is_empty() {
            g class={ "box " (class) } {
                @for wanted in &sorts {
                    @let of_sort: Vec<&BoxRecord> = boxes.iter().copied().filter(|one| sort(one) == *wanted).collect();
                    @let d = path(&of_sort);
                    @let error = wanted.1.map(|error| format!(", {}", super::filter::word(error))).unwrap_or_default();
                    g class=(of_sort.first().map(|one| filter.classes(one)).unwrap_or_default()) {
                        path class="edge" d=(d) {}
                        path d=(d) { title { (word) ": " (plain(&wanted.0)) (error) } }
                    }
                }
            }
        }
    }
}
