//! A case as it is shown, what it is held against, and what its sheet is called.

use super::shots::{ACCEPTED, Truth};
use crate::dataset::Dataset;
use crate::digest::Digest;
use crate::metric::Origin;
use crate::plan::{Against, Case, Plan};
use crate::position::CellAt;
use crate::record::Listing;
use crate::slice::SliceName;

/// A case as it is shown: one cell of it, and one of its categories.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its dataset.
    pub data: &'a Dataset,
    /// The one category it is about, by its position.
    pub category: Option<usize>,
    /// The cell that is shown.
    pub cell: CellAt,
}

/// Whether a case is about what models say, whatever the labels.
pub fn is_of_agreement(case: &Case) -> bool {
    truth(case) != Truth::Labels
}

/// What the answers of a case are held against.
pub fn truth(case: &Case) -> Truth {
    match (case.read.origin, &case.other) {
        (Origin::Agreement(_), _) => Truth::CleanAnswers,
        (Origin::Parity(_), Some(Against::Reference { model, .. })) => Truth::Reference(*model),
        _ => Truth::Labels,
    }
}

/// The cell that one of a case's is held against: the reference model's under the same condition, or the clean one.
pub fn before(plan: &Plan, case: &Case, cell: CellAt) -> Option<CellAt> {
    match &case.other {
        Some(Against::Reference { .. }) => case.reference_cell(cell),
        Some(Against::Baseline) | None => plan.clean_cell(plan.cells[cell].model, case.dataset),
    }
}

/// `model.dataset.condition`, the model it is compared with, the id of the one category shown, which images, and the slice.
pub fn sheet_name(plan: &Plan, subject: Subject<'_>, listing: Option<Listing>) -> String {
    let Subject { case, data, category, cell } = subject;
    let category = category.map(|at| data.categories[at].id);
    let cell = &plan.cells[cell];
    let (model, dataset) = (&plan.models[cell.model].name, &plan.datasets[cell.dataset].name);
    let category = category.map(|id| format!(".category-{id}")).unwrap_or_default();
    let listing = listing.map(|listing| format!(".{}", listing.word())).unwrap_or_default();
    let other = match &case.other {
        Some(Against::Reference { model, .. }) => format!(".against-{}", plan.models[*model].name),
        Some(Against::Baseline) => format!(".against-{ACCEPTED}"),
        None => String::new(),
    };
    let slice = case.slice.as_ref().map(|slice| format!(".{}", file_name_of(slice))).unwrap_or_default();
    // Other images may lie in front, with other boxes on them.
    let agreement = match truth(case) {
        Truth::Labels | Truth::Nothing => "",
        Truth::CleanAnswers => ".agreement",
        Truth::Reference(_) => ".parity",
    };
    format!(
        "{model}.{dataset}.{}{other}{agreement}{category}{listing}{slice}",
        plan.conditions[cell.condition].condition
    )
}

/// A slice's name as a part of a file's: what datasets say may hold letters that file systems forbid.
fn file_name_of(slice: &SliceName) -> String {
    let name = slice.to_string();
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
    let text: String = name.chars().map(plain).collect();
    if text.replacen('-', ":", 1) == name {
        text
    } else {
        format!("{text}.{}", Digest::of_bytes(name.as_bytes()).short())
    }
}
