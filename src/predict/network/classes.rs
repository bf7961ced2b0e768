//! The class names of a model: from the spec, or from the `names` entry of its file, held against its outputs.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::decoders::{Classes, Decoder};
use super::labels;
use super::options::Labels;
use crate::entry::nearest;
use crate::task::Task;

/// The names of the classes and how the network counts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassNames {
    /// In the model's order.
    pub names: Vec<String>,
    /// The number of the first.
    pub first: usize,
    /// Whether a number may be of no class: the background, or a column left over.
    has_spare: bool,
    /// How many outputs later than it is said each name is taken to stand: to try whether the names are one off.
    shift: isize,
}

/// Class names before the decoder is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    names: Option<Result<Vec<String>, String>>,
    first: Option<usize>,
    /// Whether they are of a file of lines, where a name may stand twice.
    is_of_file: bool,
}

impl Written {
    /// What the spec says, else the file's `names` entry.
    pub fn new(labels: Option<Labels>, first: Option<usize>, entry: Option<&str>) -> Self {
        let first = first.or_else(|| labels.as_ref().filter(|labels| labels.is_by_id).map(|_| 1));
        let is_of_file = labels.as_ref().is_some_and(|labels| labels.is_of_file);
        let read = |entry: &str| labels::from_metadata(entry).ok_or_else(|| entry.chars().take(60).collect());
        let names = labels.map(|labels| Ok(labels.names)).or_else(|| entry.map(read));
        Self { names, first, is_of_file }
    }

    /// The first class's number, if it is set, and how many names there are; `None` without names.
    pub fn count(&self) -> Option<(Option<usize>, usize)> {
        Some((self.first, self.names.as_ref()?.as_ref().ok()?.len()))
    }

    /// The names for a decoder's `classes`.
    ///
    /// # Errors
    /// There are none, they cannot be read, or there are too many or too few.
    pub fn settle(self, decoder: &Decoder, classes: Classes) -> Result<ClassNames, String> {
        let first = self.first.unwrap_or(decoder.defaults.first_label);
        let names = match self.names.filter(|names| *names != Ok(Vec::new())) {
            Some(Ok(names)) => names,
            Some(Err(entry)) => {
                return Err(format!(
                    "its `names` entry `{entry}` cannot be read: add `labels = [...]` in the model's order"
                ));
            }
            None => {
                let all = count(classes).map_or("its".to_owned(), |count| format!("its {count}"));
                let file = match decoder.task {
                    Task::Detect if count(classes) == Some(labels::COCO.len()) => {
                        "; 80 are mostly COCO's: `labels = \"coco\"`"
                    }
                    Task::Detect => "",
                    Task::Classify => ", or `labels_file` with one a line",
                };
                return Err(format!(
                    "it names none of {all} classes: add `labels = [...]` with their names in the model's order{file}"
                ));
            }
        };
        let names = match decoder.task {
            Task::Detect if self.is_of_file => once(names)?,
            Task::Detect => names,
            Task::Classify => told_apart(names, first),
        };
        if classes.allow(first, names.len()) {
            Ok(ClassNames { names, first, has_spare: classes != Classes::Open, shift: 0 })
        } else {
            Err(mismatch(decoder.task, &names, first, classes))
        }
    }
}

fn count(classes: Classes) -> Option<usize> {
    match classes {
        Classes::Exactly(count) | Classes::WithSpare(count) => Some(count),
        Classes::Open => None,
    }
}

/// Outputs for COCO's category ids: 1 to 90, with or without a background and a column left over.
const BY_ID: std::ops::RangeInclusive<usize> = 90..=92;

/// Names of which none stands twice.
fn once(names: Vec<String>) -> Result<Vec<String>, String> {
    let mut seen = HashSet::new();
    match names.iter().find(|name| !seen.insert(name.as_str())) {
        Some(twice) => Err(format!("`{twice}` stands twice in `labels_file`: each class needs a name of its own")),
        None => Ok(names),
    }
}

/// Names with the number of the output behind those that stand more than once: ImageNet has two cranes. Whichever of them
/// the dataset's is, it has to say.
fn told_apart(names: Vec<String>, first: usize) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for name in &names {
        *counts.entry(name.clone()).or_default() += 1;
    }
    let apart = |(number, name): (usize, String)| if counts[&name] > 1 { format!("{name} ({number})") } else { name };
    (first..).zip(names).map(apart).collect()
}

/// What TensorFlow's models of ImageNet call their number 0.
const BACKGROUND: &str = "background";

/// Why the names of a classifier are not those of its outputs.
fn mismatch_of_classifier(names: &[String], first: usize, all: usize) -> Option<&'static str> {
    if first == 0 && names.len() + 1 == all {
        Some(
            "add the name that is missing, in the model's order; or, where output 0 is the background (TensorFlow), \
             add `first_label = 1`",
        )
    } else if first == 1 && names.len() == all {
        Some("names for all of them count from 0: leave out `first_label`")
    } else if names.first().is_some_and(|name| name == BACKGROUND) && names.len() == all + 1 {
        Some("it has no place for `background`: leave that name out")
    } else {
        None
    }
}

fn mismatch(task: Task, names: &[String], first: usize, classes: Classes) -> String {
    let shown = names.iter().take(8).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let from = if first == 0 { String::new() } else { format!(" from number {first}") };
    let all = count(classes).unwrap_or_default();
    let by_id = "a network that counts COCO's classes by category id takes `labels = \"coco91\"`";
    let not_coco = "these are COCO's names, and it was not trained on COCO: set `labels = [...]` to the names that it \
                    was trained with, in the model's order";
    let all_names = "set `labels` to the names of all of them, in the model's order, or another `decoder` where it has \
                     not so many; outputs with masks, keypoints or angles are not known";
    let of_classifier = match task {
        Task::Detect => None,
        Task::Classify => Some(
            mismatch_of_classifier(names, first, all)
                .unwrap_or("set `labels` or `labels_file` to the names of all of them, in the model's order"),
        ),
    };
    let hint = match names == labels::COCO {
        true if BY_ID.contains(&all) => by_id,
        true => not_coco,
        false => all_names,
    };
    let hint = of_classifier.unwrap_or(hint);
    format!("{} class names ({shown}){from} for outputs of {all} classes: {hint}", names.len())
}

impl ClassNames {
    /// The same with the names that the dataset has for them; several classes may get one name.
    ///
    /// # Errors
    /// A name on the left is none of the classes'.
    pub fn renamed(mut self, rename: &BTreeMap<String, String>) -> Result<Self, String> {
        if let Some(theirs) = rename.keys().find(|theirs| !self.names.contains(theirs)) {
            let near = nearest(theirs, self.names.iter().map(String::as_str));
            let near = near.map(|near| format!(" (nearest: `{near}`)")).unwrap_or_default();
            return Err(format!(
                "`rename` names `{theirs}`, which is none of its classes{near}: on the left stands the model's name"
            ));
        }
        for name in &mut self.names {
            if let Some(ours) = rename.get(name) {
                name.clone_from(ours);
            }
        }
        Ok(self)
    }

    /// Where the name of the class at `position` stands, if names stand elsewhere than is said.
    fn moved(&self, position: usize) -> usize {
        let count = self.names.len();
        (position + count).saturating_add_signed(-self.shift) % count
    }

    /// The same with each name at the output after and before its own, the last one before the first, each with what a spec has to change.
    pub fn shifted(&self) -> Vec<(String, Self)> {
        let moved = |shift: isize| {
            let moved = Self { shift, ..self.clone() };
            let number = self.first + 1;
            let named = self.names.get(moved.moved(1))?;
            let line = format!(
                "# every name of `labels` by one {}: `{named}` is output {number}",
                ["earlier", "later"][usize::from(shift > 0)]
            );
            Some((line, moved))
        };
        [1, -1].into_iter().filter_map(moved).collect()
    }

    /// The position of the class with the number `label` among the names; `None` for a number of no class.
    ///
    /// # Errors
    /// There is no name for it.
    pub fn position(&self, label: usize) -> Result<Option<usize>, String> {
        match label.checked_sub(self.first) {
            Some(position) if position < self.names.len() => Ok(Some(self.moved(position))),
            None => Ok(None),
            Some(_) if self.has_spare => Ok(None),
            Some(_) => {
                let last = self.first + self.names.len() - 1;
                Err(format!("a box is of class {label}, but `labels` has names for {} to {last}", self.first))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::decoders::ALL;
    use super::*;
    use crate::entry::find;

    fn settle(decoder: &str, classes: Classes, names: usize, is_by_id: bool) -> Result<ClassNames, String> {
        let names = (0..names).map(|number| format!("c{number}")).collect();
        Written::new(Some(Labels { names, is_by_id, is_of_file: false }), None, None)
            .settle(find(ALL, decoder).unwrap(), classes)
    }

    #[test]
    fn a_background_before_and_a_column_after_the_classes_are_no_class() {
        let by_id = settle("rfdetr", Classes::WithSpare(91), 90, true).unwrap();
        assert_eq!((by_id.position(0), by_id.position(1), by_id.position(90)), (Ok(None), Ok(Some(0)), Ok(Some(89))));
        let tuned = settle("rfdetr", Classes::WithSpare(4), 3, false).unwrap();
        assert_eq!((tuned.position(0), tuned.position(3)), (Ok(Some(0)), Ok(None)));
        assert!(settle("rfdetr", Classes::WithSpare(5), 3, false).is_err());
    }

    #[test]
    fn classes_get_the_names_of_the_dataset_and_several_may_get_one() {
        let rename = |theirs: &str, ours: &str| [(theirs.to_owned(), ours.to_owned())].into();
        let classes = settle("torchvision", Classes::Open, 2, false).unwrap();
        assert_eq!(classes.clone().renamed(&rename("c1", "c0")).unwrap().names, ["c0", "c0"]);
        let wrong = classes.renamed(&rename("c11", "x")).unwrap_err();
        assert!(wrong.contains("`c11`, which is none of its classes (nearest: `c1`)"), "{wrong}");
    }

    #[test]
    fn a_classifiers_names_are_told_apart_and_counted() {
        let settle = |names: &[&str], first: Option<usize>, outputs: usize| {
            let names = names.iter().map(ToString::to_string).collect();
            let labels = Labels { names, is_by_id: false, is_of_file: true };
            Written::new(Some(labels), first, None).settle(find(ALL, "classifier").unwrap(), Classes::Exactly(outputs))
        };
        let cranes = settle(&["background", "crane", "owl", "crane"], None, 4).unwrap();
        assert_eq!(cranes.names, ["background", "crane (1)", "owl", "crane (3)"]);
        let shifted = settle(&["crane", "owl"], Some(1), 3).unwrap();
        assert_eq!((shifted.position(0), shifted.position(2)), (Ok(None), Ok(Some(1))));
        let told = |names: &[&str], first, outputs| settle(names, first, outputs).unwrap_err();
        let one_less = told(&["crane", "owl"], None, 3);
        assert!(one_less.contains("add the name that is missing") && one_less.contains("add `first_label = 1`"));
        assert!(told(&["background", "crane"], Some(1), 2).contains("leave out `first_label`"));
        assert!(told(&["background", "crane", "owl"], None, 2).contains("leave that name out"));
        assert!(told(&["crane"], None, 5).contains("`labels` or `labels_file`"));
    }

    #[test]
    fn names_are_moved_by_one() {
        let four = settle("classifier", Classes::Exactly(4), 4, false).unwrap();
        let [(later, one), (earlier, other)] = &four.shifted()[..] else { panic!("two") };
        assert_eq!([0, 1, 3].map(|label| one.position(label)), [3, 0, 2].map(|position| Ok(Some(position))));
        assert_eq!([0, 2, 3].map(|label| other.position(label)), [1, 3, 0].map(|position| Ok(Some(position))));
        assert_eq!(later, "# every name of `labels` by one later: `c0` is output 1");
        assert_eq!(earlier, "# every name of `labels` by one earlier: `c2` is output 1");
    }

    #[test]
    fn an_entry_that_names_no_class_is_none() {
        let written = Written::new(None, None, Some("[ ]"));
        let told = written.settle(find(ALL, "torchvision").unwrap(), Classes::Open).unwrap_err();
        assert!(told.starts_with("it names none of its classes"), "{told}");
    }

    #[test]
    fn eighty_classes_without_names_are_likely_to_be_coco_s() {
        let told = |classes| {
            Written::new(None, None, None).settle(find(ALL, "yolov8").unwrap(), Classes::Exactly(classes)).unwrap_err()
        };
        assert!(told(80).contains("`labels = \"coco\"`") && !told(3).contains("coco"), "{}", told(80));
    }

    #[test]
    fn coco_by_id_is_proposed_only_where_the_outputs_can_be_that() {
        let told = |classes: usize| {
            let names = labels::COCO.iter().map(ToString::to_string).collect();
            let written = Written::new(Some(Labels { names, is_by_id: false, is_of_file: false }), None, None);
            written.settle(find(ALL, "yolov8").unwrap(), Classes::Exactly(classes)).unwrap_err()
        };
        assert!(told(91).contains("`labels = \"coco91\"`"), "{}", told(91));
        for classes in [1, 3, 365] {
            assert!(!told(classes).contains("coco91"), "{}", told(classes));
            assert!(told(classes).contains("it was not trained on COCO: set `labels = [...]`"), "{}", told(classes));
        }
    }

    #[test]
    fn a_class_without_a_name_is_an_error() {
        let open = settle("torchvision", Classes::Open, 3, false).unwrap();
        assert_eq!((open.position(0), open.position(3)), (Ok(None), Ok(Some(2))));
        assert!(open.position(4).unwrap_err().contains("`labels` has names for 1 to 3"));
    }
}
