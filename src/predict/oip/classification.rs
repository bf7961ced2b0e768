//! An output of classes: what Triton's classification extension makes of an output of scores, or what a model answers as
//! such text by itself. Each text is `score:number` or `score:number:label`, the best first.

use std::sync::OnceLock;

use super::messages::{Metadata, PortMetadata};
use super::texts::{self, Texts};
use crate::predict::alike;
use crate::predict::network::{Listing, Tensor};

/// What servers list among their extensions.
pub const EXTENSION: &str = "classification";

/// As many classes as there are: servers answer no more than that.
const ALL: usize = i32::MAX as usize;

/// What a section says of the classes that are answered.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// How many classes are asked for; none by the extension where `None`.
    pub most: Option<usize>,
    /// The outputs that are used.
    pub outputs: Option<Vec<String>>,
    /// The classes' names, in the model's order, and the number of the first.
    pub labels: Option<(Vec<String>, usize)>,
}

/// The output of a model that lists classes.
#[derive(Debug)]
pub struct ClassOutput {
    /// Its name.
    pub name: String,
    most: Option<usize>,
    labels: Option<(Vec<String>, usize)>,
    /// What the first answer told.
    told: OnceLock<Told>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    names: Option<Vec<String>>,
    count: Option<usize>,
}

impl ClassOutput {
    /// The one among a model's outputs that lists its classes; `None` where scores come as numbers.
    ///
    /// # Errors
    /// It is not to be known which, or the server cannot be asked for classes.
    pub fn find(model: &Metadata, extensions: Option<&[String]>, wanted: Wanted) -> Result<Option<Self>, String> {
        let is_used = |port: &&PortMetadata| wanted.outputs.as_ref().is_none_or(|names| names.contains(&port.name));
        let used: Vec<&PortMetadata> = model.outputs.iter().filter(is_used).collect();
        let (of_text, of_numbers): (Vec<&PortMetadata>, Vec<_>) = used.iter().partition(|port| port.is_text());
        let named = |ports: &[&PortMetadata]| {
            ports.iter().map(|port| format!("`{}`", port.name)).collect::<Vec<_>>().join(", ")
        };
        let which = |ports| {
            Err(format!("which of its outputs {} has the classes? Name it: `outputs = [\"...\"]`", named(ports)))
        };
        let one = match (wanted.most, &of_numbers[..], &of_text[..]) {
            (None, [_, ..], _) | (_, [], []) => return Ok(None),
            (Some(_), [], [text, ..]) => {
                return Err(format!(
                    "its output `{}` is of texts already, and `classification` makes texts of scores: leave it out",
                    text.name
                ));
            }
            (Some(_), [one], _) | (None, [], [one]) => one,
            (Some(_), several, _) | (None, [], several) => return which(several),
        };
        if wanted.most.is_some() && !extensions.is_some_and(|known| known.iter().any(|known| known == EXTENSION)) {
            return Err(
                "its server does not list the extension `classification`, which Triton has: leave out the key of \
                        that name, so that all scores are asked for"
                    .to_owned(),
            );
        }
        Ok(Some(Self { name: one.name.clone(), most: wanted.most, labels: wanted.labels, told: OnceLock::new() }))
    }

    /// An output whose text the model itself makes.
    #[cfg(any(test, feature = "fuzzing"))]
    pub fn of_text(name: &str) -> Self {
        Self { name: name.to_owned(), most: None, labels: None, told: OnceLock::new() }
    }

    /// How many classes a request asks for, where it is the server that lists them. The first request, of a grey picture,
    /// asks for all: how many there are, and what the server calls them.
    pub fn asked(&self, is_first: bool) -> Option<usize> {
        self.most.map(|most| if is_first { ALL } else { most })
    }

    /// What is known of the classes.
    pub fn listing(&self) -> Listing {
        let told = self.told.get();
        Listing {
            names: told.and_then(|told| told.names.clone()),
            count: told.and_then(|told| told.count),
            most: self.most,
        }
    }

    /// Number and score of each class: `[pictures, classes, 2]`.
    ///
    /// # Errors
    /// A text is of another form, or its label is not that of its number.
    pub fn read(&self, texts: &Texts, is_first: bool) -> Result<Tensor, String> {
        let failed = |what: String| format!("output `{}`: {what}", self.name);
        let (pictures, classes) = match texts.shape[..] {
            [classes] => (1, classes),
            [pictures, classes] | [pictures, classes, 1] => (pictures, classes),
            _ => return Err(failed(format!("lists of classes are [pictures, classes], not {:?}", texts.shape))),
        };
        let told: Vec<Class<'_>> =
            texts.data.iter().map(|text| Class::read(text)).collect::<Result<_, _>>().map_err(failed)?;
        if is_first && self.told.get().is_none() {
            let of_one = told.get(..classes).unwrap_or_default();
            let told = first(of_one, self.most.is_some(), self.labels.is_some()).map_err(failed)?;
            self.told.get_or_init(|| told);
        }
        told.iter().try_for_each(|class| self.agree(class)).map_err(failed)?;
        let data = told.iter().flat_map(|class| [class.number as f32, class.score]).collect();
        Ok(Tensor { shape: vec![pictures, classes, 2], data, is_integer: false })
    }

    /// Holds the label of a class against the name that its number has.
    fn agree(&self, class: &Class<'_>) -> Result<(), String> {
        let Some(label) = class.label else { return Ok(()) };
        let told = || Some((self.told.get()?.names.as_ref()?, 0));
        let (names, first) = match (&self.labels, told()) {
            (Some((names, first)), _) => (names, *first),
            (None, Some(told)) => told,
            (None, None) => return Ok(()),
        };
        match class.number.checked_sub(first).and_then(|at| names.get(at)) {
            Some(name) if !is_same(name, label) => {
                let number = class.number;
                Err(if self.labels.is_some() {
                    format!(
                        "class {number} is `{label}` by the server, but `{name}` by `labels`: are they in the model's \
                         order? (`first_label = 1` where number 0 is the background)"
                    )
                } else {
                    format!("class {number} is `{label}` now, and was `{name}` before: is it the same model?")
                })
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// A class as a text tells it.
#[derive(Debug, PartialEq)]
struct Class<'a> {
    score: f32,
    number: usize,
    label: Option<&'a str>,
}

/// Numbers up to this are whole as 32-bit floats.
const MOST_CLASSES: usize = 1 << 24;

impl<'a> Class<'a> {
    fn read(text: &'a str) -> Result<Self, String> {
        let shown: String = text.chars().take(60).collect();
        let wrong = |why: &str| format!("`{shown}` is no `score:number` or `score:number:label`: {why}");
        let mut parts = text.splitn(3, ':');
        let (Some(score), Some(number)) = (parts.next(), parts.next()) else { return Err(wrong("it has no colon")) };
        let score: f32 = score.trim().parse().map_err(|_| wrong("its score is no number"))?;
        if !score.is_finite() {
            return Err(wrong("its score is NaN or infinite"));
        }
        let number = number.trim().parse().ok().filter(|number| *number < MOST_CLASSES);
        let number = number.ok_or_else(|| wrong("its class is no whole number from 0"))?;
        // Labels of files with Windows' ends of lines keep a carriage return.
        let label = parts.next().map(str::trim).filter(|label| !label.is_empty());
        Ok(Self { score, number, label })
    }
}

/// What the answer to a grey picture tells of all classes.
fn first(classes: &[Class<'_>], are_all: bool, have_names: bool) -> Result<Told, String> {
    let count = classes.len();
    let mut labels = vec![None; count];
    let mut places = vec![false; count];
    for class in classes.iter().filter(|class| class.number < count) {
        labels[class.number] = class.label;
        places[class.number] = true;
    }
    if places.contains(&false) {
        // A model of such texts may list its best classes alone.
        return if are_all {
            Err(format!("it lists {count} classes that are not 0 to {}", count.saturating_sub(1)))
        } else {
            Ok(Told::default())
        };
    }
    let named: Vec<String> = labels.iter().flatten().map(|label| (*label).to_owned()).collect();
    if !have_names && !named.is_empty() && named.len() < count {
        return Err(format!(
            "the server has labels of {} of {count} classes: list all of them in `labels`, in the model's order",
            named.len()
        ));
    }
    let count_of_all = are_all.then_some(count);
    Ok(Told { names: (are_all && named.len() == count).then_some(named), count: count_of_all })
}

/// Whether two lists may call one class so.
fn is_same(name: &str, label: &str) -> bool {
    alike::matched(&[name.trim().to_owned()], &[label]) == [Some(0)]
}

impl PortMetadata {
    fn is_text(&self) -> bool {
        texts::NAMES.contains(&self.datatype.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(name: &str, datatype: &str) -> PortMetadata {
        PortMetadata { name: name.to_owned(), datatype: datatype.to_owned(), shape: Vec::new() }
    }

    fn find(outputs: &[(&str, &str)], most: Option<usize>, named: Option<&str>) -> Result<Option<String>, String> {
        let outputs = outputs.iter().map(|(name, datatype)| port(name, datatype)).collect();
        let model = Metadata { platform: String::new(), inputs: Vec::new(), outputs };
        let wanted = Wanted { most, outputs: named.map(|name| vec![name.to_owned()]), labels: None };
        ClassOutput::find(&model, Some(&[EXTENSION.to_owned()]), wanted).map(|found| found.map(|found| found.name))
    }

    fn output(most: Option<usize>, labels: Option<(&[&str], usize)>) -> ClassOutput {
        let labels = labels.map(|(names, first)| (names.iter().map(|name| (*name).to_owned()).collect(), first));
        ClassOutput { name: "scores".to_owned(), most, labels, told: OnceLock::new() }
    }

    fn texts(shape: &[usize], data: &[&str]) -> Texts {
        Texts { shape: shape.to_vec(), data: data.iter().map(|text| (*text).to_owned()).collect() }
    }

    #[test]
    fn numbers_are_read_before_texts_and_classes_are_asked_for_where_it_is_said() {
        let (scores, text, two) = (("scores", "FP32"), ("classes", "BYTES"), ("boxes", "FP32"));
        assert_eq!(find(&[scores, text], None, None), Ok(None));
        assert_eq!(find(&[text], None, None), Ok(Some("classes".to_owned())));
        assert_eq!(find(&[scores, text], None, Some("classes")), Ok(Some("classes".to_owned())));
        assert_eq!(find(&[scores, text], Some(5), None), Ok(Some("scores".to_owned())));
        assert_eq!(find(&[scores, two], Some(5), Some("scores")), Ok(Some("scores".to_owned())));
        assert!(find(&[scores, two], Some(5), None).unwrap_err().contains("`scores`, `boxes` has the classes?"));
        assert!(find(&[text], Some(5), None).unwrap_err().contains("is of texts already"));
        let model = Metadata { platform: String::new(), inputs: Vec::new(), outputs: vec![port("scores", "FP32")] };
        let none = ClassOutput::find(&model, Some(&[]), Wanted { most: Some(5), ..Wanted::default() });
        assert!(none.unwrap_err().contains("does not list the extension `classification`"));
    }

    #[test]
    fn the_first_answer_tells_how_many_classes_there_are_and_their_names() {
        let told = output(Some(1), None);
        let grey = texts(&[1, 3], &["0.7:2:a:b", "0.2:0:dog\r", "0.1:1:cat"]);
        told.read(&grey, true).unwrap();
        let names = ["dog", "cat", "a:b"].map(str::to_owned).to_vec();
        assert_eq!(told.listing(), Listing { names: Some(names), count: Some(3), most: Some(1) });
        let tensor = told.read(&texts(&[2, 1], &["0.5:1:cat", "0.25:2"]), false).unwrap();
        assert_eq!((tensor.shape, tensor.data), (vec![2, 1, 2], vec![1.0, 0.5, 2.0, 0.25]));
        let other = told.read(&texts(&[1], &["0.5:1:cow"]), false).unwrap_err();
        assert!(other.contains("class 1 is `cow` now, and was `cat` before"), "{other}");
    }

    #[test]
    fn labels_are_held_against_those_of_the_spec() {
        let (names, right) = (&["tench", "crane"][..], texts(&[1], &["0.5:2:n02012849 crane"]));
        assert!(output(None, Some((names, 1))).read(&right, true).is_ok());
        let shifted = output(None, Some((names, 1))).read(&texts(&[1], &["0.5:1:crane"]), false).unwrap_err();
        assert!(shifted.contains("class 1 is `crane` by the server, but `tench` by `labels`"), "{shifted}");
    }

    #[test]
    fn a_text_of_another_form_is_an_error_that_shows_it() {
        for (text, why) in [
            ("cat", "has no colon"),
            ("cat:0.5", "its score is no number"),
            ("nan:3", "NaN or infinite"),
            ("-inf:3", "NaN or infinite"),
            ("0.5:-1", "no whole number"),
            ("0.5:cat", "no whole number"),
            ("0.5:99999999", "no whole number"),
        ] {
            let error = output(None, None).read(&texts(&[1], &[text]), false).unwrap_err();
            assert!(error.contains(why) && error.contains(text), "{error}");
        }
        let some = output(Some(2), None).read(&texts(&[2], &["0.5:0:dog", "0.5:1"]), true).unwrap_err();
        assert!(some.contains("labels of 1 of 2 classes"), "{some}");
        assert!(output(Some(2), None).read(&texts(&[2], &["0.5:0", "0.5:7"]), true).is_err());
        assert!(output(None, None).read(&texts(&[1, 1, 2, 2], &["0.5:0"; 4]), true).is_err());
    }
}
