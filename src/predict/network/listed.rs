//! The scores of classifiers that list their best classes: whether they are probabilities, or can be made such.

use super::activation::{Activation, Shown};
use super::decoders::{self, Classes, Decoder};
use super::engine::Tensor;
use super::listing::{ListedClass, Listing};

/// The layout of outputs that list classes.
///
/// # Errors
/// The spec wants another, or it is one value, which says nothing of a second class.
pub fn layout(listing: &Listing, wanted: Option<&'static Decoder>) -> Result<(&'static Decoder, Classes), String> {
    let classes = match (wanted, listing.count) {
        (Some(decoder), _) => {
            let name = decoder.entry.name;
            return Err(format!("its output lists the best classes, which is no layout `{name}`: leave out `decoder`"));
        }
        (None, Some(1)) => {
            return Err("its output has one value, which is no list of classes: leave out `classification`".to_owned());
        }
        (None, Some(count)) => Classes::Exactly(count),
        (None, None) => Classes::Open,
    };
    Ok((&decoders::classification::LAYOUT, classes))
}

/// What makes probabilities of such scores, for a network of `classes` classes that answered `listed` to a grey picture
/// and goes on to answer `most` of them.
///
/// # Errors
/// They are none, and cannot be made such: a softmax needs the scores of all classes.
pub fn settle(
    wanted: Option<Activation>,
    listed: &[ListedClass],
    classes: usize,
    most: Option<usize>,
) -> Result<Activation, String> {
    if let Some(all) = dense(listed, classes) {
        let activation = Activation::settle(wanted, &all)?;
        let is_cut = most.is_some_and(|most| most < classes);
        return if is_cut && activation != Activation::None { Err(needs_all(classes)) } else { Ok(activation) };
    }
    let scores =
        Tensor { shape: vec![1, listed.len()], data: listed.iter().map(|one| one.score).collect(), is_integer: false };
    match (wanted, Shown::by(&scores)) {
        (None | Some(Activation::None), Shown::Probabilities | Shown::Unclear) => Ok(Activation::None),
        (Some(_), _) | (_, Shown::Logits | Shown::Whole) => Err(needs_all(classes)),
    }
}

/// A list of the best classes alone, whose scores are no probabilities.
pub fn needs_all(classes: usize) -> String {
    format!(
        "its scores are no probabilities yet, and the best classes alone do not make such: let it answer all {classes} \
         classes (an output of numbers without `classification`), or do its softmax inside"
    )
}

/// The scores of all classes in their order, where each stands in the list.
pub fn dense(listed: &[ListedClass], classes: usize) -> Option<Tensor> {
    let mut scores = vec![None; classes];
    for one in listed {
        *scores.get_mut(one.number)? = Some(one.score);
    }
    let data: Vec<f32> = scores.into_iter().collect::<Option<_>>()?;
    Some(Tensor { shape: vec![1, classes], data, is_integer: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(classes: &[(usize, f32)]) -> Vec<ListedClass> {
        classes.iter().map(|&(number, score)| ListedClass { number, score }).collect()
    }

    #[test]
    fn the_best_classes_are_an_answer_only_as_probabilities() {
        let all = listed(&[(2, 0.7), (0, 0.2), (1, 0.1)]);
        assert_eq!(settle(None, &all, 3, Some(1)), Ok(Activation::None));
        let logits = listed(&[(2, 7.0), (0, 2.0), (1, -1.0)]);
        assert_eq!(settle(None, &logits, 3, Some(3)), Ok(Activation::Softmax));
        assert!(settle(None, &logits, 3, Some(2)).unwrap_err().contains("all 3 classes"));
        assert_eq!(settle(None, &all[..2], 3, None), Ok(Activation::None));
        assert!(settle(None, &logits[..2], 3, None).is_err());
        assert!(settle(Some(Activation::Softmax), &all[..2], 3, None).is_err());
    }
}
