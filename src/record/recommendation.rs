//! Which of two models to ship, in a sentence: the one that the labels prefer, if its checks hold. How steadily a model
//! answers recommends none, as one that finds nothing answers most steadily of all.

use super::silence::Silence;
use super::standing::Standing;
use super::{Comparison, Difference, HeldAgainst, held_against};
use crate::number::signed;

/// Which of the two is better in something, if these images show it: 1 the second, -1 the first, 0 neither.
fn better(difference: &Difference) -> i8 {
    /// Without an interval, what is taken for a difference.
    const VISIBLE: f64 = 0.01;
    let (low, high) = match (difference.interval, difference.difference) {
        (Some(interval), _) => (interval.low, interval.high),
        (None, Some(value)) => (value - VISIBLE, value + VISIBLE),
        (None, None) => return 0,
    };
    i8::from(low > 0.0) - i8::from(high < 0.0)
}

/// Which of two models its figures prefer: those under perturbation and on clean images where they agree or only one of
/// them shows a difference, else its risk; `None` where nothing does, or they disagree, and where the figures only tell how
/// steadily the models answer.
pub fn preferred(found: &Comparison) -> Option<&str> {
    found.mpc.difference.filter(|_| !is_of_steadiness(found))?;
    let (clean, perturbed, risk) = (better(&found.clean), better(&found.mpc), -better(&found.risk));
    let which = match (perturbed, clean) {
        (0, 0) => risk,
        (perturbed, clean) if perturbed == -clean => 0,
        (perturbed, clean) => (perturbed + clean).signum(),
    };
    let name = if which > 0 { &found.other } else { &found.one };
    (which != 0).then_some(name.as_str())
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
}

/// What to do with two models, with the reasons; `beside` is in the order of the two.
pub fn recommendation(found: &Comparison, beside: &[Beside; 2]) -> String {
    let reasons =
        [reason("clean", &found.clean), reason("under perturbation (mPC)", &found.mpc), reason("risk", &found.risk)];
    let reasons = reasons.into_iter().flatten().collect::<Vec<_>>().join("; ");
    if found.mpc.difference.is_none() {
        return "neither can be recommended: no perturbation was measured alike for both".to_owned();
    }
    let advice = if is_of_steadiness(found) { steadier(found, beside) } else { better_one(found, beside) };
    let is_sure =
        [&found.clean, &found.mpc, &found.risk].iter().all(|one| one.difference.is_none() || one.interval.is_some());
    let basis = if is_sure { "" } else { "by the numbers alone, without intervals: " };
    format!("{basis}{advice} ({reasons})")
}

/// Nobody is recommended for answering steadily: what helps is told instead.
fn steadier(found: &Comparison, beside: &[Beside; 2]) -> String {
    let steadier = match better(&found.mpc) {
        0 => "these images show no difference in it".to_owned(),
        which => format!("{} is the steadier one", name(found, which)),
    };
    let silent = beside.iter().filter_map(|one| one.silence.as_ref().filter(|silence| silence.is_most()));
    let silent = silent.fold(String::new(), |told, silence| {
        format!(
            "{told}; `{}` finds something on only {} clean images, and silence is steady",
            silence.model,
            silence.share()
        )
    });
    format!(
        "neither is recommended: {} says how steadily a model answers, not how well, and {steadier}{silent}; labels of some \
         of these images tell which is better, and without them a check of `agreement` whose `reference` is a model that you \
         trust",
        found.metric
    )
}

/// The better one by the labels, if nothing else speaks against it.
fn better_one(found: &Comparison, beside: &[Beside; 2]) -> String {
    let (clean, perturbed, risk) = (better(&found.clean), better(&found.mpc), -better(&found.risk));
    let objection = |which: i8| beside[usize::from(which > 0)].standing.objection(name(found, which));
    let ship = |which: i8, why: &str| {
        let name = name(found, which);
        match objection(which) {
            None => format!("ship {name}: {why}"),
            Some(objection) => format!("{name} is ahead, but not to be shipped as it is: {objection}; {why}"),
        }
    };
    let alike = |sound: i8, objection: &str| {
        format!("ship {}: these images show no difference, but {objection}", name(found, sound))
    };
    match (perturbed, clean) {
        (0, 0) if risk != 0 => ship(risk, "both score alike, but fewer of its answers change under perturbation"),
        (0, 0) => match (objection(-1), objection(1)) {
            (None, None) => "ship either: these images show no difference".to_owned(),
            (Some(_), Some(_)) => {
                "ship neither as it is: these images show no difference, and checks of both do not hold".to_owned()
            }
            (Some(objection), None) => alike(1, &objection),
            (None, Some(objection)) => alike(-1, &objection),
        },
        (0, clean) => ship(clean, "it is better on clean images, and under perturbation nothing shows a difference"),
        (perturbed, 0) => {
            ship(perturbed, "it is better under perturbation, and on clean images nothing shows a difference")
        }
        (perturbed, clean) if perturbed == clean => ship(clean, "it is better on clean and on perturbed images"),
        (perturbed, clean) => {
            let (perturbed, clean) = (name(found, perturbed), name(found, clean));
            format!("it depends: {perturbed} is better under perturbation, {clean} on clean images")
        }
    }
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
