//! The images that are listed with a failed case, where its figure is of some errors alone: those that have them, each with its
//! number. Images that cannot cost the figure anything are not among them.

use super::shots::Shots;
use super::subject::{Subject, is_of_agreement};
use crate::metric::{ClassFigure, ObjectFigure, Operating, Origin, TopK};
use crate::plan::Plan;
use crate::position::CellAt;
use crate::record::Listing;
use crate::run::execute::Found;
use crate::score::Standing;

/// The best classes that top-5 looks at.
const FIVE: usize = 5;

/// What is listed with a case; `None` for the images that lost most of all that is right in them.
pub fn listing(plan: &Plan, subject: Subject<'_>) -> Option<Listing> {
    if is_of_agreement(subject.case) {
        return None;
    }
    let is_of_one = subject.category.is_some();
    match subject.case.read.origin {
        Origin::Classes(figure) if is_of_one => Some(match figure {
            ClassFigure::Recall | ClassFigure::Top(TopK::One) => Listing::TakenForAnother { among: 1 },
            ClassFigure::Top(TopK::Five) => Listing::TakenForAnother { among: FIVE },
            ClassFigure::Top(TopK::Set) => Listing::TakenForAnother { among: plan.settings.top_k },
            ClassFigure::Precision => Listing::WronglyCalled,
            ClassFigure::F1 => Listing::TakenOrCalled,
            ClassFigure::Nll | ClassFigure::Ece => Listing::OfTheClass,
        }),
        Origin::Objects(ObjectFigure::Operating(figure)) => match figure {
            Operating::Recall => Some(Listing::MissedObjects),
            Operating::Precision => Some(Listing::FalseClaims),
            Operating::OnEmptyImages => Some(Listing::ClaimsWithoutObjects),
            Operating::F1 | Operating::OfAbsentCategories => None,
        },
        Origin::Objects(_)
        | Origin::Classes(_)
        | Origin::Agreement(_)
        | Origin::Parity(_)
        | Origin::Speed(_)
        | Origin::Summary(_)
        | Origin::Data(_) => None,
    }
}

impl Listing {
    /// How every image of a cell stands; `None` if the cell was not measured.
    pub fn standings(self, shots: &Shots<'_>, subject: Subject<'_>, cell: CellAt) -> Option<Vec<Option<Standing>>> {
        let found = shots.findings.predictions.cells[cell].value()?;
        let images = (0..shots.data.images.len()).zip(found);
        Some(images.map(|(image, found)| self.standing(shots, subject, cell, image, found)).collect())
    }

    /// How an answer stands; `None` of an image that cannot cost the figure anything.
    pub fn standing(
        self,
        shots: &Shots<'_>,
        subject: Subject<'_>,
        cell: CellAt,
        image: usize,
        found: &Found,
    ) -> Option<Standing> {
        let number = |count: usize| Some(Standing { told: count as f64, best: 0.0, is_wrong: None });
        match self {
            Self::TakenForAnother { among } => of_class(subject, image, found, among),
            Self::WronglyCalled => called_so(subject, image, found),
            Self::TakenOrCalled => of_class(subject, image, found, 1).or_else(|| called_so(subject, image, found)),
            Self::OfTheClass => {
                of_class(subject, image, found, 1).map(|standing| Standing { is_wrong: None, ..standing })
            }
            Self::MissedObjects => number(shots.judge(cell, image, found).missed()),
            Self::FalseClaims => number(shots.judge(cell, image, found).spurious()),
            Self::ClaimsWithoutObjects => {
                let is_empty = subject.data.annotations[image].is_empty();
                is_empty.then(|| shots.judge(cell, image, found).spurious()).and_then(number)
            }
        }
    }
}

/// The id of the one class that a case is about, and the label of an image.
fn ids(subject: Subject<'_>, image: usize) -> Option<(u64, u64)> {
    let class = subject.data.categories[subject.category?].id;
    Some((class, subject.data.annotations[image].first()?.category_id))
}

/// An image of the class: wrong where it is not among the best. A class that the answer does not name was given nothing.
fn of_class(subject: Subject<'_>, image: usize, found: &Found, among: usize) -> Option<Standing> {
    let (class, label) = ids(subject, image)?;
    let scores = found.scores().filter(|_| class == label)?;
    let told = scores.probability(class).unwrap_or_default();
    let is_wrong = scores.rank(class).is_none_or(|rank| rank >= among);
    Some(Standing { told, best: 1.0, is_wrong: Some(is_wrong) })
}

/// An image of another class: wrong where it is called by the name of this one.
fn called_so(subject: Subject<'_>, image: usize, found: &Found) -> Option<Standing> {
    let (class, label) = ids(subject, image)?;
    let scores = found.scores().filter(|_| class != label)?;
    let told = scores.probability(class).unwrap_or_default();
    Some(Standing { told, best: 0.0, is_wrong: Some(scores.rank(class) == Some(0)) })
}
