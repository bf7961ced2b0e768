//! Figures of classifiers: one label and one answer for each picture.

use super::kind::{Better, ClassFigure, Metric, Origin, TopK};

const fn metric(
    name: &'static str,
    figure: ClassFigure,
    better: Better,
    most: f64,
    definition: &'static str,
) -> Metric {
    Metric { name, definition, origin: Origin::Classes(figure), better, most }
}

/// Accuracy.
pub static TOP1: Metric = metric(
    "top1",
    ClassFigure::Top(TopK::One),
    Better::Higher,
    1.0,
    "accuracy: the share of images whose label is the class of the highest score; of equal scores the class that the model \
     counts first is the higher",
);
/// Top-5 accuracy.
pub static TOP5: Metric = metric(
    "top5",
    ClassFigure::Top(TopK::Five),
    Better::Higher,
    1.0,
    "the share of images whose label is among the 5 classes of the highest scores; of equal scores the class that the model \
     counts first is the higher",
);
/// Top-k accuracy.
pub static TOPK: Metric = metric(
    "topk",
    ClassFigure::Top(TopK::Set),
    Better::Higher,
    1.0,
    "the share of images whose label is among the `top_k` classes of the highest scores; of equal scores the class that the \
     model counts first is the higher",
);
/// Balanced accuracy.
pub static BALANCED_ACCURACY: Metric = metric(
    "balanced_accuracy",
    ClassFigure::Recall,
    Better::Higher,
    1.0,
    "the mean over the classes that have images of the share of each one's images that are said to be it: a rare class counts \
     as much as a common one (scikit-learn's balanced_accuracy_score)",
);
/// Recall of each class.
pub static RECALL: Metric = metric(
    "recall",
    ClassFigure::Recall,
    Better::Higher,
    1.0,
    "of classes: the share of a class's images that are said to be it; over all, the mean over the classes that have images",
);
/// Precision of each class.
pub static PRECISION: Metric = metric(
    "precision",
    ClassFigure::Precision,
    Better::Higher,
    1.0,
    "of classes: the share of the images said to be a class that are; 0 for one that has images and is never said; over all, \
     the mean over the classes that have images or are said (scikit-learn's macro average)",
);
/// Macro F1.
pub static MACRO_F1: Metric = metric(
    "macro_f1",
    ClassFigure::F1,
    Better::Higher,
    1.0,
    "the mean of F1, 2 TP / (2 TP + FP + FN), over the classes that have images or are said (scikit-learn's macro average)",
);
/// Negative log-likelihood.
pub static NLL: Metric = metric(
    "nll",
    ClassFigure::Nll,
    Better::Lower,
    f64::INFINITY,
    "negative log-likelihood: the mean over images of -ln of the probability of the label, at least 2^-52; a label that is not \
     among the 48 best classes is given an even share of what those leave",
);
/// Expected calibration error.
pub static ECE: Metric = metric(
    "ece",
    ClassFigure::Ece,
    Better::Lower,
    1.0,
    "expected calibration error (Guo 2017): 15 bins of equal width, open below, by the highest score; the mean over images of \
     |accuracy - mean score| of their bin. Few images make it too large",
);
