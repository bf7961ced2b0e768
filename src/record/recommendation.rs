//! Which of two models to ship: the one that the labels prefer beyond chance on the same images, if its checks hold. What
//! every report says of it starts here. How steadily a model answers recommends none, as one that finds nothing answers
//! most steadily of all.

use super::silence::Silence;
use super::standing::Standing;
use super::{Comparison, Difference, HeldAgainst, held_against};
use crate::number::signed;

/// Which of the two is better in something, if these images show it: 1 the second, -1 the first, 0 neither; `None` where the
/// numbers differ and no interval tells whether by more than chance. However far apart they are, few images can do that.
fn better(difference: &Difference) -> Option<i8> {
    match (difference.interval, difference.difference) {
        (Some(interval), _) => Some(i8::from(interval.low > 0.0) - i8::from(interval.high < 0.0)),
        (None, Some(value)) => (value == 0.0).then_some(0),
        (None, None) => Some(0),
    }
}

/// What the figures of two models say of which is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<'c> {
    /// One of them is, beyond chance, and in nothing is the other.
    Better(&'c str),
    /// Nothing shows a difference.
    Alike,
    /// Each is in something, beyond chance.
    Split {
        /// The better one under perturbation.
        perturbed: &'c str,
        /// The better one on clean images.
        clean: &'c str,
    },
    /// The numbers differ, and nothing tells whether by more than chance.
    Untold,
    /// They are no figures to choose by: none was measured under perturbation, or they tell how steadily models answer.
    Unasked,
}

/// What the figures say: those under perturbation and on clean images, and where both are alike the risk.
pub fn choice(found: &Comparison) -> Choice<'_> {
    if found.mpc.difference.is_none() || is_of_steadiness(found) {
        return Choice::Unasked;
    }
    let (Some(clean), Some(perturbed)) = (better(&found.clean), better(&found.mpc)) else { return Choice::Untold };
    let which = match (perturbed, clean) {
        (0, 0) => -better(&found.risk).unwrap_or(0),
        (perturbed, clean) if perturbed == -clean => {
            return Choice::Split { perturbed: name(found, perturbed), clean: name(found, clean) };
        }
        (perturbed, clean) => (perturbed + clean).signum(),
    };
    if which == 0 { Choice::Alike } else { Choice::Better(name(found, which)) }
}

/// Whether what is compared is how far each model agrees with itself: a model that finds nothing does so best.
fn is_of_steadiness(found: &Comparison) -> bool {
    held_against(&found.metric) == HeldAgainst::CleanAnswers
}

/// What is known of a model beside its figures.
pub struct Beside {
    /// How its own checks came out.
    pub standing: Standing,
    /// How much it says at all, where nothing is labelled.
    pub silence: Option<Silence>,
    /// How the checks of its agreement with the other one came out.
    pub agreement: Option<String>,
}

/// What to do with two models, with the reasons; `beside` is in the order of the two.
pub fn recommendation(found: &Comparison, beside: &[Beside; 2]) -> String {
    let reasons =
        [reason("clean", &found.clean), reason("under perturbation (mPC)", &found.mpc), reason("risk", &found.risk)];
    let reasons = reasons.into_iter().flatten().collect::<Vec<_>>().join("; ");
    if found.mpc.difference.is_none() {
        return "neither can be recommended: no perturbation was measured alike for both".to_owned();
    }
    let advice =
        if is_of_steadiness(found) { steadier(found, beside) } else { advice(found, beside, &|name| name.to_owned()) };
    format!("{advice} ({reasons})")
}

/// Nobody is recommended for answering steadily: what helps is told instead.
fn steadier(found: &Comparison, beside: &[Beside; 2]) -> String {
    let steadier = match better(&found.mpc) {
        None => "these numbers alone, without intervals, do not tell which is the steadier one".to_owned(),
        Some(0) => "these images show no difference in it".to_owned(),
        Some(which) => format!("{} is the steadier one", name(found, which)),
    };
    let silent = beside.iter().filter_map(|one| one.silence.as_ref().filter(|silence| silence.is_most()));
    let silent = silent.fold(String::new(), |told, silence| {
        format!(
            "{told}; `{}` finds something on only {} clean images, and silence is steady",
            silence.model,
            silence.share()
        )
    });
    let agreements: Vec<&str> = beside.iter().filter_map(|one| one.agreement.as_deref()).collect();
    let way_out = if agreements.is_empty() {
        "labels of some of these images tell which is better, and without them a check of `agreement` whose `reference` is a \
         model that you trust"
            .to_owned()
    } else {
        agreements.join("; ")
    };
    format!(
        "neither is recommended: {} says how steadily a model answers, not how well, and {steadier}{silent}; {way_out}",
        found.metric
    )
}

/// The better one by the labels, if nothing else speaks against it; models are named as `called` does.
pub fn advice(found: &Comparison, beside: &[Beside; 2], called: &dyn Fn(&str) -> String) -> String {
    let objection = |which: &str| {
        let its = beside[usize::from(which != found.one)].standing;
        its.objection(&called(which))
    };
    let (one, other) = (objection(&found.one), objection(&found.other));
    let alike = |sound: &str, objection: &str| {
        format!("ship {}: these images show no difference, but {objection}", called(sound))
    };
    match (choice(found), one, other) {
        (Choice::Better(model), ..) => {
            let (named, why) = (called(model), why(found));
            match objection(model) {
                None => format!("ship {named}: {why}"),
                Some(objection) => format!("{named} is ahead, but not to be shipped as it is: {objection}; {why}"),
            }
        }
        (Choice::Alike, None, None) => "ship either: these images show no difference".to_owned(),
        (Choice::Alike, Some(_), Some(_)) => {
            "ship neither as it is: these images show no difference, and checks of both do not hold".to_owned()
        }
        (Choice::Alike, Some(objection), None) => alike(&found.other, &objection),
        (Choice::Alike, None, Some(objection)) => alike(&found.one, &objection),
        (Choice::Split { perturbed, clean }, ..) => {
            let (perturbed, clean) = (called(perturbed), called(clean));
            format!("it depends: {perturbed} is better under perturbation, {clean} on clean images")
        }
        (Choice::Untold | Choice::Unasked, one, other) => {
            let objections = one.into_iter().chain(other).fold(String::new(), |told, one| format!("{told}; {one}"));
            format!("the numbers alone do not tell which to ship: {}{objections}", ahead(found, called))
        }
    }
}

/// In what the better one is better.
fn why(found: &Comparison) -> &'static str {
    match (better(&found.mpc), better(&found.clean)) {
        (Some(0), Some(0)) => "both score alike, but fewer of its answers change under perturbation",
        (Some(0), _) => "it is better on clean images, and under perturbation nothing shows a difference",
        (_, Some(0)) => "it is better under perturbation, and on clean images nothing shows a difference",
        _ => "it is better on clean and on perturbed images",
    }
}

/// Who is ahead in what by the numbers, and how to learn whether that is more than chance.
fn ahead(found: &Comparison, called: &dyn Fn(&str) -> String) -> String {
    let who = |of: &Difference| {
        let difference = of.difference.filter(|value| *value != 0.0)?;
        Some(called(if difference > 0.0 { &found.other } else { &found.one }))
    };
    let told = match (who(&found.clean), who(&found.mpc)) {
        (Some(clean), Some(perturbed)) if clean == perturbed => {
            format!("{clean} is ahead on clean images and under perturbation, ")
        }
        (Some(clean), Some(perturbed)) => {
            format!("{perturbed} is ahead under perturbation, {clean} on clean images, ")
        }
        (Some(clean), None) => format!("{clean} is ahead on clean images, "),
        (None, Some(perturbed)) => format!("{perturbed} is ahead under perturbation, "),
        (None, None) => String::new(),
    };
    format!("{told}and a run with `--intervals` tells whether that is more than chance")
}

/// 1 names the second, all others the first.
fn name(found: &Comparison, which: i8) -> &str {
    if which > 0 { &found.other } else { &found.one }
}

fn reason(what: &str, found: &Difference) -> Option<String> {
    let digits = if what == "risk" { 1 } else { 3 };
    let interval =
        found.interval.map(|i| format!(", {}..{}", signed(i.low, digits), signed(i.high, digits))).unwrap_or_default();
    let (one, other, difference) = (found.one?, found.other?, found.difference?);
    Some(format!("{what} {one:.digits$} against {other:.digits$} ({}{interval})", signed(difference, digits)))
}
