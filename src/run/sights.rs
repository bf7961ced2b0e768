//! How many images each case of a plan needs to see a loss, by what the last run measured.

use std::collections::HashMap;

use crate::dataset::Dataset;
use crate::detection::Annotation;
use crate::gate::{Claim, Outcome, POWER, Sight, Untold, Verdict, images_needed};
use crate::plan::{Case, Plan};
use crate::record::{CaseRecord, Record};
use crate::spec::Rule;

/// What a case needs.
#[derive(Debug, Clone, PartialEq)]
pub struct SightOfCase {
    /// The case's id.
    pub id: String,
    /// The images that it was judged on; `None` where it was not.
    pub images: Option<usize>,
    /// How many like these it needs, or why that cannot be told, with the way out.
    pub needed: Result<u64, String>,
    /// Of a case of one category: its name, how many of the images have it (on a slice, in the slice), and of how many that would
    /// be.
    pub category: Option<OfCategory>,
    /// How many cases it is corrected for; 1 where for none.
    pub corrected: usize,
}

/// The images that hold objects of a category.
#[derive(Debug, Clone, PartialEq)]
pub struct OfCategory {
    /// The category.
    pub name: String,
    /// Of the images that there are, or of those of the slice.
    pub images: usize,
    /// Of as many as are needed, if these have it as often.
    pub needed: Option<u64>,
}

/// Tells it of every case of `plan` that is measured by models, in its order; figures of a dataset itself have no spread.
pub fn sights(plan: &Plan, record: &Record, sight: Sight) -> Vec<SightOfCase> {
    let known: HashMap<&str, &CaseRecord> = record.cases.iter().map(|case| (case.id.as_str(), case)).collect();
    let cases = plan.cases.iter().filter(|case| case.model.is_some());
    cases.map(|case| of_case(plan, case, known.get(case.id.as_str()).copied(), sight)).collect()
}

/// How many cases a case is corrected for together with itself.
pub fn corrected_with(plan: &Plan, case: &Case) -> usize {
    let is_with = |other: &&Case| case.family.is_some() && other.family == case.family;
    plan.cases.iter().filter(is_with).count().max(1)
}

fn of_case(plan: &Plan, case: &Case, measured: Option<&CaseRecord>, sight: Sight) -> SightOfCase {
    let corrected = corrected_with(plan, case);
    let found = |measured: &CaseRecord| {
        let claim = Claim { threshold: measured.threshold, ..case.claim };
        let needed = images_needed(&claim, &measured.verdict, measured.images, corrected, sight);
        needed.map_err(|untold| reason(untold, measured.verdict.outcome, &measured.verdict.reason, case.claim.rule))
    };
    let unknown = || Err("not in the record: run the spec as it is now".to_owned());
    let needed = measured.map_or_else(unknown, found);
    let category = case.category.as_ref().and_then(|name| {
        let data = plan.datasets[case.dataset].state.as_ref().ok()?;
        // Which images are in a slice was known when it was measured.
        let images = match &case.slice {
            None => images_with(data, name),
            Some(_) => measured?.category_images?,
        };
        let all = measured.map_or(0, |measured| measured.images).max(1) as f64;
        let needed = needed.as_ref().ok().map(|needed| (*needed as f64 * images as f64 / all).ceil() as u64);
        Some(OfCategory { name: name.clone(), images, needed })
    });
    SightOfCase { id: case.id.clone(), images: measured.map(|case| case.images), needed, category, corrected }
}

fn reason(untold: Untold, outcome: Outcome, reason: &str, rule: Rule) -> String {
    match (untold, outcome) {
        (Untold::NoInterval, Outcome::Error(_) | Outcome::Skipped) => format!("it was not judged: {reason}"),
        (Untold::NoInterval, _) if rule == Rule::Point => {
            "no interval was drawn: run with `--intervals`, or set `rule = \"significant\"`".to_owned()
        }
        (Untold::NoInterval, _) => "no interval was drawn: run it anew with this version".to_owned(),
        (Untold::NoSpread, _) => {
            "all resamples gave the same figure: that tells no spread; run it on more, and more different, images"
                .to_owned()
        }
    }
}

/// How many images have labels of a category.
fn images_with(data: &Dataset, name: &str) -> usize {
    let ids: Vec<u64> = data.categories.iter().filter(|category| category.name == name).map(|c| c.id).collect();
    let has_it = |labels: &&Vec<Annotation>| labels.iter().any(|label| ids.contains(&label.category_id));
    data.annotations.iter().filter(has_it).count()
}

/// How it is told in a verdict that these images cannot decide: how many would, if what they measured is true.
pub fn would_tell(plan: &Plan, case: &Case, claim: &Claim, verdict: &Verdict, images: usize) -> Option<String> {
    let detect = Some(claim.excess(verdict.value?).abs()).filter(|detect| *detect > 0.0)?;
    let sight = Sight { detect, power: POWER };
    let needed = images_needed(claim, verdict, images, corrected_with(plan, case), sight).ok()?;
    let is_more = needed > images as u64 && needed < MOST_IMAGES;
    is_more.then(|| match case.read.speed() {
        Some(_) => format!("about {needed} calls would tell (`latency_calls`)"),
        None => format!("about {needed} images like these would tell"),
    })
}

/// More images than anybody takes: what is measured lies at the bound.
const MOST_IMAGES: u64 = 1_000_000;
