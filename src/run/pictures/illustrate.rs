//! Illustrate: for every failed case the categories and images that lost most, and a sheet of those images, side by side and
//! made again from the same seed. What a case is held against is what it is shown beside: the clean images, the reference
//! model under the same condition, or the accepted answers under it.

use std::collections::HashSet;

use super::artist::Artist;
use super::exhibit::{Exhibit, PICTURES, Picture};
use super::former::Former;
use super::listing::listing;
use super::shots::{ACCEPTED, Pane, Shots, Truth};
use super::subject::{Subject, before, is_of_agreement, sheet_name, truth};
use crate::condition::ConditionName;
use crate::draw::jpeg;
use crate::gate::Outcome;
use crate::plan::{Against, Case, Plan};
use crate::position::CellAt;
use crate::record::{ConfusionRecord, ErrorSplit, Listing, SidesRecord};
use crate::run::findings::Findings;
use crate::run::findings::confusions::confusions;
use crate::run::findings::judge::Judged;
use crate::run::findings::splits::Splits;
use crate::score::{CategoryLoss, ImageLoss, Standing, category_losses, image_losses, standing_losses};
use crate::store::Store;
use crate::task::Task;

/// Categories and images listed with a failed case.
const LISTED: usize = 4;

/// The exhibits of all cases, in the order of the plan.
pub fn illustrate(findings: &Findings<'_>, verdicts: &[Judged], store: Option<&Store>) -> Vec<Exhibit> {
    let mut illustrator = Illustrator { findings, store, splits: Splits::new(findings), drawn: HashSet::new() };
    let exhibit = |(case, judged): (&Case, &Judged)| {
        // Where there were no numbers to judge by, there is no loss to show.
        if judged.verdict.outcome != Outcome::Fail || judged.verdict.value.is_none() {
            return Exhibit::default();
        }
        illustrator.exhibit(case, judged).unwrap_or_default()
    };
    findings.plan.cases.iter().zip(verdicts).map(exhibit).collect()
}

struct Illustrator<'a> {
    findings: &'a Findings<'a>,
    store: Option<&'a Store>,
    splits: Splits<'a>,
    /// The paths of pictures that an earlier case has.
    drawn: HashSet<String>,
}

impl<'a> Illustrator<'a> {
    /// `None` where there is nothing to compare with.
    fn exhibit(&mut self, case: &Case, judged: &Judged) -> Option<Exhibit> {
        let data = self.findings.plan.datasets[case.dataset].state.as_ref().ok()?;
        let position = |name: &String| data.categories.iter().position(|category| category.name == *name);
        let category = case.category.as_ref().and_then(position);
        let cell = self.shown(case, judged, category)?;
        let subject = Subject { case, data, category, cell };
        match &case.other {
            Some(Against::Baseline) => self.against_accepted(subject),
            Some(Against::Reference { .. }) | None => self.against_cell(subject),
        }
    }

    /// What is held against another cell of the run.
    fn against_cell(&mut self, subject: Subject<'_>) -> Option<Exhibit> {
        let Subject { case, data, cell, .. } = subject;
        let before = before(self.findings.plan, case, cell)?;
        let is_measured = case.slice.is_none() || case.every_cell().any(|cell| cell == before);
        let figure = |cell: CellAt| {
            let this = &*self;
            move |at: usize| if is_measured { this.seen(case, cell, Some(at)) } else { None }
        };
        let mut categories = category_losses(&data.categories, case.read.better, figure(before), figure(cell), LISTED);
        categories.retain(|loss| case.category.as_ref().is_none_or(|name| loss.category == *name));
        let sides = matches!(case.other, Some(Against::Reference { .. })).then(|| self.sides(before, cell));
        if cell == before {
            return Some(self.by_itself(subject, categories));
        }
        let errors = match case.slice {
            // They are told of labels.
            None if is_of_agreement(case) => None,
            None => self.splits.of(before).zip(self.splits.of(cell)),
            // They are told of whole cells.
            Some(_) => None,
        };
        let errors = errors.map(|(before, after)| ErrorSplit { before, after });
        let shots = self.shots(subject);
        let listing = listing(self.findings.plan, subject);
        let images = if let Some(listing) = listing {
            let then = listing.standings(&shots, subject, before)?;
            let now = self.inside(subject, listing.standings(&shots, subject, cell)?);
            standing_losses(&data.images, Some(&then), &now, LISTED)
        } else {
            let (then, mut now) = (shots.image_qualities(before)?, shots.image_qualities(cell)?);
            if let Some(slice) = self.findings.drawn.slice(case, cell) {
                slice.leave_out(&then, &mut now);
            }
            image_losses(&data.images, &then, &now, LISTED)
        };
        let confusions = self.confusions(subject, before, cell);
        let found = Exhibit { categories, confusions, listing, errors, sides, cell: Some(cell), ..Exhibit::default() };
        Some(self.with_pictures(found, subject, images, Some(Pane::Cell(before))))
    }

    /// What is held against nothing but its threshold: the clean images that the model does worst on.
    fn by_itself(&mut self, subject: Subject<'_>, categories: Vec<CategoryLoss>) -> Exhibit {
        let Subject { case, data, cell, .. } = subject;
        let found = Exhibit { categories, cell: Some(cell), ..Exhibit::default() };
        if !case.read.needs_labels() {
            return Exhibit { cell: None, ..found };
        }
        let shots = self.shots(subject);
        if let Some(listing) = listing(self.findings.plan, subject) {
            let Some(now) = listing.standings(&shots, subject, cell) else { return found };
            let images = standing_losses(&data.images, None, &self.inside(subject, now), LISTED);
            return self.with_pictures(Exhibit { listing: Some(listing), ..found }, subject, images, None);
        }
        let Some(mut now) = shots.image_qualities(cell) else { return found };
        let best = vec![1.0; now.len()];
        if let Some(slice) = self.findings.drawn.slice(case, cell) {
            slice.leave_out(&best, &mut now);
        }
        let images = image_losses(&data.images, &best, &now, LISTED);
        self.with_pictures(found, subject, images, None)
    }

    /// The same of a case's slice: what lies outside of it does not matter.
    fn inside(&self, subject: Subject<'_>, mut standings: Vec<Option<Standing>>) -> Vec<Option<Standing>> {
        if let Some(slice) = self.findings.drawn.slice(subject.case, subject.cell) {
            standings.iter_mut().zip(&slice.has).filter(|(_, has)| !**has).for_each(|(standing, _)| *standing = None);
        }
        standings
    }

    /// The wrong answers of a whole cell that became more; of one category, those to its images, and where
    /// claims of it are what counts, those that name it.
    fn confusions(&self, subject: Subject<'_>, before: CellAt, cell: CellAt) -> Vec<ConfusionRecord> {
        let answers = |cell: CellAt| self.findings.scorecard.cells[cell].value()?.classes.as_ref();
        let Some(now) = answers(cell).filter(|_| subject.case.slice.is_none() && !is_of_agreement(subject.case)) else {
            return Vec::new();
        };
        let mut found = confusions(&subject.data.categories, answers(before), now, usize::MAX);
        let is_of = |one: &ConfusionRecord, name: &String| {
            let (is_label, is_said) = (one.label == *name, one.said.as_ref() == Some(name));
            match listing(self.findings.plan, subject) {
                Some(Listing::WronglyCalled) => is_said,
                Some(Listing::TakenOrCalled) => is_label || is_said,
                _ => is_label,
            }
        };
        found.retain(|one| one.more() > 0 && subject.case.category.as_ref().is_none_or(|name| is_of(one, name)));
        found.truncate(LISTED);
        found
    }

    /// What is held against the baseline: as much of the accepted model as is still known, and what is not.
    fn against_accepted(&mut self, subject: Subject<'_>) -> Option<Exhibit> {
        let Subject { case, data, cell, category } = subject;
        let former = Former::find(self.findings.plan, self.store, case, cell)?;
        let then = |at: usize| match category {
            None => former.category(at),
            Some(only) => (only == at).then_some(former.figure),
        };
        let now = |at: usize| self.seen(case, cell, Some(at));
        let categories = category_losses(&data.categories, case.read.better, then, now, LISTED);
        let errors = former.errors().filter(|_| !is_of_agreement(case)).zip(self.splits.of(cell));
        let errors = errors.map(|(before, after)| ErrorSplit { before, after });
        let shots = self.shots(subject);
        let mut sides = SidesRecord { before: ACCEPTED.to_owned(), ..self.sides(cell, cell) };
        // Of single errors more has to be known than the quality of each image.
        let listed = listing(self.findings.plan, subject).and_then(|listing| {
            let found = former.answers(0..data.images.len())?;
            let then = found.iter().map(|(&image, found)| listing.standing(&shots, subject, former.cell, image, found));
            let then: Vec<Option<Standing>> = then.collect();
            let now = self.inside(subject, listing.standings(&shots, subject, cell)?);
            Some((listing, standing_losses(&data.images, Some(&then), &now, LISTED)))
        });
        let listing = listed.as_ref().map(|(listing, _)| *listing);
        let known = if is_of_agreement(case) { None } else { accepted_f1(&former, &shots, category) };
        let images = match (listed, known) {
            (Some((_, images)), _) => images,
            (None, Some(then)) => {
                // The accepted ones are known to a hundredth: nothing smaller is a loss.
                let now: Vec<f64> =
                    shots.image_qualities(cell)?.iter().map(|now| (100.0 * now).round() / 100.0).collect();
                image_losses(&data.images, &then, &now, LISTED)
            }
            (None, None) => {
                sides.lacks.push(unknown(&former, self.findings.plan, case));
                Vec::new()
            }
        };
        let side = former.answers(images.iter().map(|(image, _)| *image)).map(|found| Pane::Accepted { cell, found });
        if !images.is_empty() && side.is_none() {
            let model = &sides.after;
            sides.lacks.push(format!(
                "pictures show `{model}` of this run alone: the store has no answers of the accepted model any more"
            ));
        }
        let found = Exhibit { categories, listing, errors, sides: Some(sides), cell: Some(cell), ..Exhibit::default() };
        Some(self.with_pictures(found, subject, images, side))
    }

    /// `found` with the images that lost most, and with their pictures where no case before had them.
    fn with_pictures(
        &mut self,
        mut found: Exhibit,
        subject: Subject<'_>,
        images: Vec<(usize, ImageLoss)>,
        before: Option<Pane>,
    ) -> Exhibit {
        if images.is_empty() {
            return found;
        }
        let shots = self.shots(subject);
        let name = sheet_name(self.findings.plan, subject, found.listing);
        let path = format!("{PICTURES}/{name}.jpg");
        found.path = Some(path.clone());
        // Cases on one cell share its pictures: the first has the sheet and the gallery.
        if self.drawn.insert(name.clone()) {
            let artist = Artist { shots, before, after: Pane::Cell(subject.cell) };
            let lost = artist.lost(&images).unwrap_or_default();
            let gallery = artist.gallery(path.clone(), &lost, &mut self.drawn);
            let canvas = if lost.is_empty() { None } else { artist.sheet(&name, lost) };
            let sheet = canvas.and_then(|canvas| jpeg(&canvas)).map(|bytes| Picture { path, bytes });
            found.pictures.extend(sheet);
            if let Some((gallery, pictures)) = gallery {
                found.gallery = Some(gallery).filter(|gallery| !gallery.pairs.is_empty());
                found.pictures.extend(pictures);
            }
        }
        found.images = images.into_iter().map(|(_, loss)| loss).collect();
        found
    }

    fn shots<'s>(&self, subject: Subject<'s>) -> Shots<'s>
    where
        'a: 's,
    {
        let Subject { data, category, .. } = subject;
        let truth = truth(subject.case);
        // The label of a whole picture is what it is, whichever class counts.
        let is_all = self.findings.plan.task == Task::Classify && truth == Truth::Labels;
        let category = category.filter(|_| !is_all).map(|at| data.categories[at].id);
        Shots { findings: self.findings, data, category, truth }
    }

    /// The figure of a cell that a case reads, of one category or over all.
    fn seen(&self, case: &Case, cell: CellAt, category: Option<usize>) -> Option<f64> {
        if case.read.parity().is_some() {
            return match self.findings.drawn.of_pair(case, cell) {
                Some(figures) => figures.value()?.values.figure(category),
                // The reference with itself.
                None => Some(case.read.better.best(case.read.most)),
            };
        }
        match &case.slice {
            None => self.findings.scorecard.cells[cell].value()?.figure(case.read, category),
            Some(slice) => self.findings.drawn.on_slice(cell, case.read, slice).value()?.values.figure(category),
        }
    }

    /// Two models under the condition of a cell.
    fn sides(&self, before: CellAt, after: CellAt) -> SidesRecord {
        let name = |cell: CellAt| self.findings.plan.models[self.findings.plan.cells[cell].model].name.clone();
        let condition = ConditionName::from(&self.findings.plan.condition_of(after).condition);
        SidesRecord { before: name(before), after: name(after), condition, lacks: Vec::new() }
    }

    /// The cell of a case that its verdict names, or the one that lost most against what it is held against;
    /// where that is the clean images, which all share, the one with the worst figure.
    fn shown(&self, case: &Case, judged: &Judged, category: Option<usize>) -> Option<CellAt> {
        let is_named = |&cell: &CellAt| {
            let condition = ConditionName::from(&self.findings.plan.condition_of(cell).condition);
            judged.verdict.worst == Some(condition)
        };
        if let Some(named) = case.cells.iter().copied().find(is_named) {
            return Some(named);
        }
        let before = |cell: CellAt| match &case.other {
            None => Some(0.0),
            Some(Against::Baseline) => Some(Former::find(self.findings.plan, None, case, cell)?.figure),
            Some(Against::Reference { .. }) => self.seen(case, before(self.findings.plan, case, cell)?, category),
        };
        let better = case.read.better;
        let lost = |&cell: &CellAt| Some((cell, better.loss(before(cell)?, self.seen(case, cell, category)?)));
        let losses = case.cells.iter().filter_map(lost);
        losses.max_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(cell, _)| cell)
    }
}

/// Why it is not told which images lost most since a figure was accepted.
fn unknown(former: &Former<'_>, plan: &Plan, case: &Case) -> String {
    let path = &plan.baseline.path;
    if is_of_agreement(case) {
        return format!(
            "which images changed most since then is not known: {path} keeps no agreement of single images with the clean answers"
        );
    }
    let why = if !former.has_details() {
        format!("the file of details beside {path} has nothing of this figure")
    } else if !former.has_images() {
        format!("{path} was accepted from a run that held nothing against a baseline, and such a run keeps no images")
    } else if case.category.is_some() {
        format!("{path} keeps images over all categories, and the store has no answers of the accepted model any more")
    } else {
        format!("{path} was accepted with another `min_confidence`, or of other images")
    };
    format!("which images lost most since then is not known: {why}; what is accepted next is kept with its images")
}

/// F1 of every image as it was accepted: from the baseline, or from answers that the store still has.
fn accepted_f1(former: &Former<'_>, shots: &Shots<'_>, category: Option<usize>) -> Option<Vec<f64>> {
    if category.is_none()
        && let Some(known) = former.images()
    {
        return Some(known);
    }
    let found = former.answers(0..shots.data.images.len())?;
    let then = found.into_iter().map(|(image, found)| (100.0 * shots.quality(former.cell, image, &found)).round());
    Some(then.map(|hundredths| hundredths / 100.0).collect())
}
