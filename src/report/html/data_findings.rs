//! What an audit found in one dataset.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};

use super::words::{name, number, plain, wide};
use crate::record::{
    AuditPicture, Balance, Brightness, CategoryCount, DatasetAudit, Doubt, Known, OddBox, Pair, Quantiles, Scenes,
    Shown, Spread, Suspects, Task, copies, images_of,
};
use crate::report::data_audit::outlier;
use crate::report::text::counted;

/// Lines of a list without pictures; the JSON report has all.
const LISTED: usize = 200;

/// The pictures of one dataset.
#[derive(Clone, Copy)]
struct FindingPictures<'a> {
    all: &'a [AuditPicture],
    dataset: &'a str,
}

impl<'a> FindingPictures<'a> {
    fn find(self, shows: Shown, place: usize) -> Option<&'a AuditPicture> {
        self.all.iter().find(|one| one.dataset == self.dataset && one.shows == shows && one.place == place)
    }
}

pub fn section(found: &DatasetAudit, pictures: &[AuditPicture]) -> Markup {
    let pictures = FindingPictures { all: pictures, dataset: &found.name };
    let size = match found.sampled_from {
        Some(all) => format!("partial: {} of {}", found.images, counted(all, "image")),
        None => counted(found.images, "image"),
    };
    let idle = if found.is_evaluated { "" } else { "; no model is run on it" };
    html! {
        section id=(plain(&found.name)) aria-label=(plain(&found.name)) {
            h2 { (name(&found.name)) }
            p class="note" { (size) ", " (counted(found.annotations, "label")) (idle) }
            (leakage(found, pictures))
            @if let Some(duplicates) = &found.duplicates {
                h3 { "Duplicates" }
                (pairs(duplicates, Shown::Duplicate, pictures, "No image is like an earlier one."))
            }
            (near(&found.near, pictures))
            (suspects(found, pictures))
            @if found.task == Task::Detect { (invalid(&found.invalid_boxes)) }
            @if let Some(balance) = &found.balance { (categories(balance, found.task)) }
            @if let Some(spread) = &found.spread { (sizes(spread)) }
            @if !found.warnings.is_empty() {
                h3 { "Notes of its reader" }
                ul class="plain" { @for warning in &found.warnings { li { (plain(warning)) } } }
            }
        }
    }
}

fn leakage(found: &DatasetAudit, pictures: FindingPictures<'_>) -> Markup {
    let splits: Vec<String> = found
        .compared_with
        .iter()
        .map(|split| format!("{} ({})", plain(&split.name), counted(split.images, "image")))
        .collect();
    html! {
        @if found.is_evaluated {
            h3 { "Leakage" }
            @match &found.leakage {
                None => p { "Not looked for: there is no other split. Add it as a dataset with " code { "evaluate = false" } "." },
                Some(leakage) => {
                    @if !splits.is_empty() { p class="note" { "Held against " (splits.join(", ")) "." } }
                    (pairs(leakage, Shown::Leakage, pictures, "No image is in another split."))
                }
            }
        }
    }
}

fn pairs(known: &Known<Vec<Pair>>, shows: Shown, pictures: FindingPictures<'_>, none: &str) -> Markup {
    match known {
        Known::Unknown(failure) => html! { p { "Not known: " (plain(&failure.message)) } },
        Known::Found(pairs) if pairs.is_empty() => html! { p { (none) } },
        Known::Found(pairs) => side_by_side(pairs, shows, pictures),
    }
}

fn side_by_side(pairs: &[Pair], shows: Shown, pictures: FindingPictures<'_>) -> Markup {
    let groups = copies(pairs);
    let found: Vec<AuditFinding> = groups.iter().map(|group| finding_of_pairs(pairs, group)).collect();
    html! {
        @if groups.len() < pairs.len() {
            p class="note" { (counted(pairs.len(), "pair")) " of " (counted(groups.len(), if shows == Shown::Near { "scene" } else { "picture" })) "." }
        }
        (shown(&found, shows, pictures))
    }
}

fn near(pairs: &[Pair], pictures: FindingPictures<'_>) -> Markup {
    html! {
        @if !pairs.is_empty() {
            h3 { "Much alike" }
            p class="note" { "Two images each, as frames of one video or shots of one scene are: neither leakage nor duplicates." }
            (side_by_side(pairs, Shown::Near, pictures))
        }
    }
}

/// Something found, once: on the page it has a picture, or it is a line.
struct AuditFinding {
    /// The place of its first in its list.
    place: usize,
    caption: Markup,
    line: String,
}

/// Images that are named of those of one finding.
const NAMED: usize = 6;

fn finding_of_pairs(pairs: &[Pair], group: &[usize]) -> AuditFinding {
    let first = &pairs[group[0]];
    let images = images_of(pairs, group);
    let more = images.len().saturating_sub(NAMED);
    let are = if first.likeness.is_near() { "are much alike" } else { "are one picture" };
    let line = match images.len() {
        0..=2 => first.describe(),
        many => format!("{many} images {are}: {}", images.join(", ")),
    };
    let caption = html! {
        @if images.len() > 2 { strong { (images.len()) " images " (are) } br; }
        @for image in images.iter().take(NAMED) { (name(image)) br; }
        @if more > 0 { "and " (more) " more" br; }
        span class="tally" { (first.likeness.describe()) }
    };
    AuditFinding { place: group[0], caption, line }
}

/// An object that something is wrong with, in one image or in several frames.
fn finding_of_object(group: &[usize], image: &dyn Fn(usize) -> String, what: &str, line: &str) -> AuditFinding {
    let others: Vec<String> = group.iter().skip(1).map(|&at| image(at)).collect();
    let again = match others.len() {
        0 => String::new(),
        many => format!("; the same in {}: {}", counted(many, "frame"), others.join(", ")),
    };
    let caption = html! {
        strong { (name(what)) } br;
        span class="tally" { (name(&format!("{}{again}", image(group[0])))) }
    };
    AuditFinding { place: group[0], caption, line: format!("{line}{again}") }
}

/// Those of a list that have a picture with it, the others in lines.
fn shown(list: &[AuditFinding], shows: Shown, pictures: FindingPictures<'_>) -> Markup {
    let drawn: Vec<(&AuditFinding, &AuditPicture)> =
        list.iter().filter_map(|one| Some((one, pictures.find(shows, one.place)?))).collect();
    let others = list.iter().filter(|one| pictures.find(shows, one.place).is_none());
    html! {
        @if !drawn.is_empty() { div class="thumbs" {
            @for (one, picture) in &drawn {
                figure {
                    img src={ "data:image/jpeg;base64," (STANDARD.encode(&picture.bytes)) } alt=(plain(&one.line)) loading="lazy";
                    figcaption { (one.caption) }
                }
            }
        } }
        (lines("more", "more", &others.map(|one| one.line.clone()).collect::<Vec<_>>()))
    }
}

/// `lines` folded away.
fn lines(one: &str, many: &str, lines: &[String]) -> Markup {
    html! {
        @if !lines.is_empty() {
            details {
                summary { (lines.len()) " " (if lines.len() == 1 { one } else { many }) }
                ul class="plain" { @for line in lines.iter().take(LISTED) { li { (plain(line)) } } }
                @if lines.len() > LISTED { p class="note" { "The JSON report has all." } }
            }
        }
    }
}

fn suspects(found: &DatasetAudit, pictures: FindingPictures<'_>) -> Markup {
    html! {
        @if found.is_evaluated {
            h3 { "Suspect labels" }
            @match &found.suspects {
                None => p { "Not looked for: no model was asked." },
                Some(Known::Unknown(failure)) => p { "Not known: " (plain(&failure.message)) },
                Some(Known::Found(suspects)) => (doubts(suspects, &Scenes::of(found), pictures)),
            }
        }
    }
}

fn doubts(found: &Suspects, scenes: &Scenes<'_>, pictures: FindingPictures<'_>) -> Markup {
    let groups = scenes.suspects(&found.labels);
    let of_group = |group: &Vec<usize>| {
        let one = &found.labels[group[0]];
        finding_of_object(group, &|at| found.labels[at].image.clone(), &one.doubts(), &one.describe())
    };
    let of_doubt =
        |doubt: Doubt| groups.iter().filter(|group| found.labels[group[0]].doubt == doubt).collect::<Vec<_>>();
    let unfound: Vec<AuditFinding> = scenes
        .unfound(&found.unfound)
        .iter()
        .map(|group| {
            let one = &found.unfound[group[0]];
            let line = format!("{} {}: {}", one.image, one.bbox.describe(), one.category);
            finding_of_object(group, &|at| found.unfound[at].image.clone(), &one.category, &line)
        })
        .collect();
    html! {
        p class="note" {
            "By " (plain(&found.models.join(", "))) ", detections of confidence " (found.confidence) " or more; the surest first."
            @for unheard in &found.unheard { " Not heard: " (plain(unheard)) "." }
        }
        @if found.labels.is_empty() { p { "No confident detection contradicts a label." } }
        @else {
            p class="keys" {
                span class="key" { i class="dashed" {} "label" }
                span class="key" { i class="dotted" {} "detection" }
            }
            @for doubt in Doubt::ALL {
                @let groups = of_doubt(doubt);
                @if !groups.is_empty() {
                    @let labels = groups.iter().map(|group| group.len()).sum::<usize>();
                    h4 { (labels) " " (doubt.told()) (as_objects(labels, groups.len())) }
                    (shown(&groups.into_iter().map(of_group).collect::<Vec<_>>(), Shown::Suspect, pictures))
                }
            }
        }
        @if !unfound.is_empty() {
            h4 {
                (counted(found.unfound.len(), "label")) " that no detection overlaps, largest first"
                (as_objects(found.unfound.len(), unfound.len()))
            }
            (shown(&unfound, Shown::Unfound, pictures))
        }
    }
}

/// That several labels are of one object.
fn as_objects(labels: usize, objects: usize) -> String {
    if objects < labels {
        format!(" (of {}, some in several frames)", counted(objects, "object"))
    } else {
        String::new()
    }
}

fn invalid(boxes: &[OddBox]) -> Markup {
    html! {
        h3 { "Invalid boxes" }
        @if boxes.is_empty() { p { "None." } }
        @else { (lines("invalid box", "invalid boxes", &boxes.iter().map(OddBox::describe).collect::<Vec<_>>())) }
    }
}

fn categories(found: &Balance, task: Task) -> Markup {
    let most = found.categories.iter().map(|category| category.objects).max().unwrap_or(0).max(1);
    let mut sorted: Vec<&CategoryCount> = found.categories.iter().collect();
    sorted.sort_by_key(|category| std::cmp::Reverse(category.objects)); // stable
    let share = |category: &CategoryCount| 100.0 * category.objects as f64 / most as f64;
    let table = html! {
        table class="bars" {
            thead { tr { th scope="col" { "Category" } @if task == Task::Detect { th scope="col" class="num" { "Objects" } } th scope="col" class="num" { "Images" } th scope="col" class="chart" {} } }
            tbody { @for category in sorted {
                tr {
                    th scope="row" { (name(&category.name)) }
                    @if task == Task::Detect { td class="num" { (category.objects) } }
                    td class="num" { (category.images) }
                    td class="chart" { i class="bar" style={ "width:" (format!("{:.1}", share(category))) "%" } {} }
                }
            } }
        }
    };
    html! {
        h3 { "Categories" }
        p class="note" {
            @if let Some(imbalance) = found.imbalance { "The commonest has " (number(Some(imbalance), 1)) " times the " (task.things()) " of the rarest. " }
            @if task == Task::Detect { (counted(found.images_without_objects, "image")) " without objects." }
        }
        (wide("Categories", &table))
    }
}

fn sizes(found: &Spread) -> Markup {
    let mut rows: Vec<(&str, &Quantiles)> =
        vec![("Image width, pixels", &found.width), ("Image height, pixels", &found.height)];
    rows.extend(found.objects.as_ref().map(|objects| ("Object side, pixels", &objects.side)));
    if let Some(Brightness { mean, contrast, .. }) = &found.brightness {
        rows.extend([("Brightness, mean luma of 255", mean), ("Contrast, deviation of luma", contrast)]);
    }
    let table = html! {
        table class="spread" {
            thead { tr { th scope="col" {} @for word in ["least", "5\u{a0}%", "25\u{a0}%", "median", "75\u{a0}%", "95\u{a0}%", "greatest"] { th scope="col" class="num" { (word) } } } }
            tbody { @for (what, q) in rows {
                tr { th scope="row" { (what) } @for value in [q.min, q.p5, q.p25, q.p50, q.p75, q.p95, q.max] { td class="num" { (number(Some(value), 0)) } } }
            } }
        }
    };
    html! {
        h3 { "Sizes and light" }
        @if let Some(objects) = &found.objects {
            p class="note" { (counted(objects.small, "small object")) " (up to 32\u{b2} pixels), " (objects.medium) " medium, " (objects.large) " large (over 96\u{b2})." }
        }
        (wide("Sizes and light", &table))
        @if let Some(brightness) = &found.brightness { (histogram(brightness)) }
        @if !found.outliers.is_empty() {
            (lines("image far from the others", "images far from the others", &found.outliers.iter().map(outlier).collect::<Vec<_>>()))
        }
    }
}

/// Pictures by mean luma.
fn histogram(found: &Brightness) -> Markup {
    let most = found.histogram.iter().copied().max().unwrap_or(0).max(1);
    let step = 256 / found.histogram.len().max(1);
    html! {
        figure class="histogram" {
            div { @for (at, count) in found.histogram.iter().enumerate() {
                i style={ "height:" (format!("{:.1}", 100.0 * *count as f64 / most as f64)) "%" }
                    title={ (counted(*count, "picture")) " of mean luma " (at * step) " to " (at * step + step - 1) } {}
            } }
            figcaption { span { "dark, 0" } span { "pictures by mean luma" } span { "255, light" } }
        }
    }
}
