//! Which of two models to ship, in a sentence.

use super::{Comparison, Difference};
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

/// Which of two models to ship: by its figures under perturbation and on clean images where they agree or only one of
/// them shows a difference, else by its risk; `None` where nothing does, or they disagree.
pub fn preferred(found: &Comparison) -> Option<&str> {
    found.mpc.difference?;
    let (clean, perturbed, risk) = (better(&found.clean), better(&found.mpc), -better(&found.risk));
    let which = match (perturbed, clean) {
        (0, 0) => risk,
        (perturbed, clean) if perturbed == -clean => 0,
        (perturbed, clean) => (perturbed + clean).signum(),
    };
    let name = if which > 0 { &found.other } else { &found.one };
    (which != 0).then_some(name.as_str())
}

/// What to do with two models, with the reasons.
pub fn recommendation(found: &Comparison) -> String {
    let name = |which: i8| if which > 0 { &found.other } else { &found.one };
    let (clean, perturbed, risk) = (better(&found.clean), better(&found.mpc), -better(&found.risk));
    let reasons =
        [reason("clean", &found.clean), reason("under perturbation (mPC)", &found.mpc), reason("risk", &found.risk)];
    let reasons = reasons.into_iter().flatten().collect::<Vec<_>>().join("; ");
    if found.mpc.difference.is_none() {
        return "neither can be recommended: no perturbation was measured alike for both".to_owned();
    }
    let advice = match (perturbed, clean) {
        (0, 0) if risk != 0 => {
            format!("ship {}: both score alike, but fewer of its answers change under perturbation", name(risk))
        }
        (0, 0) => "ship either: these images show no difference".to_owned(),
        (0, clean) => format!(
            "ship {}: it is better on clean images, and under perturbation nothing shows a difference",
            name(clean)
        ),
        (perturbed, 0) => {
            format!(
                "ship {}: it is better under perturbation, and on clean images nothing shows a difference",
                name(perturbed)
            )
        }
        (perturbed, clean) if perturbed == clean => {
            format!("ship {}: it is better on clean and on perturbed images", name(clean))
        }
        (perturbed, clean) => {
            format!("it depends: {} is better under perturbation, {} on clean images", name(perturbed), name(clean))
        }
    };
    let is_sure =
        [&found.clean, &found.mpc, &found.risk].iter().all(|one| one.difference.is_none() || one.interval.is_some());
    let basis = if is_sure { "" } else { "by the numbers alone, without intervals: " };
    format!("{basis}{advice} ({reasons})")
}

fn reason(what: &str, found: &Difference) -> Option<String> {
    let digits = if what == "risk" { 1 } else { 3 };
    let interval =
        found.interval.map(|i| format!(", {}..{}", signed(i.low, digits), signed(i.high, digits))).unwrap_or_default();
    let (one, other, difference) = (found.one?, found.other?, found.difference?);
    Some(format!("{what} {one:.digits$} against {other:.digits$} ({}{interval})", signed(difference, digits)))
}
