//! What is wrong with a classifier that is not measured by what it can: it says one class of every image, its classes are
//! one off, their names are exchanged, or it is no better than chance.

use crate::number::fixed;
use crate::score::{ClassAnswers, Exchanged, exchanged, exchanges};

/// Images below which nothing is told: of fewer, chance makes any pattern.
const LEAST: usize = 20;

/// The share of images that has to fit once classes are read otherwise.
const FITS: f64 = 0.3;

/// How many times as many images have to fit then.
const TIMES: f64 = 3.0;

/// Images per class from which it is told what each class is called.
const PER_CLASS: usize = 5;

/// What a classifier seems to be mistaken in. Categories are positions among the dataset's.
#[derive(Debug, Clone, PartialEq)]
pub enum ClassMistake {
    /// It says the same class of all images.
    Constant(Option<usize>),
    /// What it says is one above (1) or below (-1) the label.
    Shifted(i8),
    /// Label and the class that is said of most of its images.
    Renamed(Vec<(usize, usize)>),
    /// Some of its classes are called by the names of others of them.
    Exchanged(Vec<Exchanged>),
    /// What it says has nothing to do with the labels.
    Chance,
}

/// What is wrong with the answers to clean images, of `categories` classes; `None` where they can be judged by.
pub fn diagnose_classes(answers: &ClassAnswers, categories: usize) -> Option<ClassMistake> {
    let images: usize = answers.pairs.iter().map(|(_, _, images)| images).sum();
    let mut labels: Vec<usize> = answers.pairs.iter().map(|(label, _, _)| *label).collect();
    labels.dedup();
    if images < LEAST || labels.len() < 2 {
        return None;
    }
    let share = |holds: &dyn Fn(usize, Option<usize>) -> bool| {
        let held = answers.pairs.iter().filter(|(label, said, _)| holds(*label, *said));
        held.map(|(_, _, images)| images).sum::<usize>() as f64 / images as f64
    };
    let right = share(&|label, said| Some(label) == said);
    let first = answers.pairs.first()?.1;
    if answers.pairs.iter().all(|(_, said, _)| *said == first) {
        return Some(ClassMistake::Constant(first));
    }
    let fits = |share: f64| share >= FITS && share >= TIMES * right;
    let called = if images >= PER_CLASS * labels.len() { called(answers, &labels) } else { Vec::new() };
    let renamed = share(&|label, said| called.iter().any(|(own, other)| *own == label && Some(*other) == said));
    for by in [1_i8, -1] {
        let beside = |label: usize| label.checked_add_signed(isize::from(by)).filter(|said| *said < categories);
        let shifted = share(&|label, said| said.is_some() && said == beside(label));
        if fits(shifted) && shifted >= renamed {
            return Some(ClassMistake::Shifted(by));
        }
    }
    if fits(renamed) {
        return Some(ClassMistake::Renamed(called.into_iter().filter(|(own, other)| own != other).collect()));
    }
    let exchanged = exchanged(&answers.pairs);
    if !exchanged.is_empty() {
        return Some(ClassMistake::Exchanged(exchanged));
    }
    // What would be right if answers were dealt out to the images at random, and what chance adds to it.
    let of = |counts: &dyn Fn(usize, Option<usize>) -> bool| share(counts);
    let by_chance: f64 =
        labels.iter().map(|&one| of(&|label, _| label == one) * of(&|_, said| said == Some(one))).sum();
    let deviation = (by_chance * (1.0 - by_chance) / images as f64).sqrt();
    (right <= by_chance + 2.0 * deviation).then_some(ClassMistake::Chance)
}

/// The class that is said of most images of each label, each class for one label.
fn called(answers: &ClassAnswers, labels: &[usize]) -> Vec<(usize, usize)> {
    let mut called: Vec<(usize, usize)> = Vec::new();
    for &label in labels {
        let of_label = answers.pairs.iter().filter(|(own, said, _)| *own == label && said.is_some());
        let most = of_label.max_by_key(|(_, said, images)| (*images, std::cmp::Reverse(*said)));
        if let Some((_, Some(said), _)) = most
            && called.iter().all(|(_, other)| other != said)
        {
            called.push((label, *said));
        }
    }
    called
}

/// The mistake in words, with a way out; `name` tells a category's name, `right` is the share of right answers.
pub fn told(mistake: &ClassMistake, right: f64, kind: &str, name: impl Fn(usize) -> String) -> String {
    let top1 = format!("top1 {}", fixed(right, 3));
    match mistake {
        ClassMistake::Constant(said) => {
            let said =
                said.map_or("a class that the dataset does not have".to_owned(), |said| format!("`{}`", name(said)));
            format!("says {said} of every image ({top1}): it tells no class from another; {}", prepared(kind))
        }
        ClassMistake::Shifted(by) => {
            let side = if *by > 0 { "above" } else { "below" };
            format!(
                "says the class one {side} the label of most images ({top1}): {}",
                match kind {
                    "onnx" =>
                        "does it count a background first? Set `first_label`, or compare `labels` with its classes",
                    _ => "compare its classes with `labels`",
                }
            )
        }
        ClassMistake::Renamed(called) => {
            const NAMED: usize = 4;
            let named = called.iter().take(NAMED).map(|&(own, other)| format!("`{}` `{}`", name(own), name(other)));
            let more = if called.len() > NAMED { ", ..." } else { "" };
            format!(
                "calls {}{more} ({top1}): its classes are in another order; write `labels` in the order of the model",
                named.collect::<Vec<_>>().join(", ")
            )
        }
        ClassMistake::Exchanged(all) => {
            let way_out = match kind {
                "onnx" => "is the order of `labels` right? `windtunnel check --probe` proposes another",
                _ => "are its names in the order of its outputs?",
            };
            format!("calls {} ({top1}): {way_out}", exchanges(all, name))
        }
        ClassMistake::Chance => {
            format!("is no better than chance ({top1}): are the answers those to these images? {}", prepared(kind))
        }
    }
}

fn prepared(kind: &str) -> &'static str {
    match kind {
        "onnx" => "`windtunnel check --probe` tries other ways of making pictures ready",
        _ => "see how it makes pictures ready",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(pairs: &[(usize, Option<usize>, usize)]) -> ClassAnswers {
        ClassAnswers { pairs: pairs.to_vec(), bins: Vec::new() }
    }

    #[test]
    fn a_sound_classifier_is_none_however_uneven_the_classes() {
        let sound =
            answers(&[(0, Some(0), 850), (0, Some(1), 2), (1, Some(1), 80), (2, Some(0), 10), (2, Some(2), 10)]);
        assert_eq!(diagnose_classes(&sound, 3), None);
        let few = answers(&[(0, Some(1), 2), (1, Some(0), 2)]);
        assert_eq!(diagnose_classes(&few, 2), None);
    }

    #[test]
    fn one_class_for_all_is_told_though_most_images_are_of_it() {
        let always = answers(&[(0, Some(0), 852), (1, Some(0), 100), (2, Some(0), 48)]);
        assert_eq!(diagnose_classes(&always, 3), Some(ClassMistake::Constant(Some(0))));
        let text = told(&ClassMistake::Constant(Some(0)), 0.852, "onnx", |_| "RBC".to_owned());
        assert!(text.starts_with("says `RBC` of every image (top1 0.852)"), "{text}");
    }

    #[test]
    fn a_background_that_is_counted_is_a_shift_also_of_one_image_a_class() {
        let shifted: Vec<(usize, Option<usize>, usize)> = (0..50).map(|at| (at, Some(at + 1), 1)).collect();
        assert_eq!(diagnose_classes(&answers(&shifted), 51), Some(ClassMistake::Shifted(1)));
    }

    #[test]
    fn two_names_of_four_that_are_exchanged_are_told_with_their_images() {
        let pairs =
            [(0, Some(1), 43), (0, Some(0), 7), (1, Some(0), 44), (1, Some(1), 6), (2, Some(2), 50), (3, Some(3), 46)];
        let found = diagnose_classes(&answers(&pairs), 4).unwrap();
        let name = |at: usize| ["circle", "square", "star", "triangle"][at].to_owned();
        let text = told(&found, 0.55, "onnx", name);
        let wanted = "calls `circle` `square` on 43 of 50 images, `square` `circle` on 44 of 50 (top1 0.550): is the order of `labels` right?";
        assert!(text.starts_with(wanted), "{text}");
    }

    #[test]
    fn exchanged_names_and_answers_of_other_images_are_told_apart() {
        let exchanged = answers(&[(0, Some(1), 30), (0, Some(0), 1), (1, Some(0), 30)]);
        assert_eq!(diagnose_classes(&exchanged, 2), Some(ClassMistake::Renamed(vec![(0, 1), (1, 0)])));
        let mixed = answers(&[(0, Some(0), 50), (0, Some(1), 50), (1, Some(0), 50), (1, Some(1), 50)]);
        assert_eq!(diagnose_classes(&mixed, 2), Some(ClassMistake::Chance));
    }
}
