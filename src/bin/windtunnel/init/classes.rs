//! Which of a model's classes are which of a dataset's categories, by their names: the same, or the same but for spelling, number
//! or a word that data sets are known to have for the same thing.

/// What a dataset's categories are to a model.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// Categories that the model has a class for, in the dataset's order.
    pub known: Vec<String>,
    /// Those that it has none for.
    pub missing: Vec<String>,
    /// The model's name and the dataset's, where they differ.
    pub rename: Vec<(String, String)>,
}

/// Words for one thing in the common data sets: COCO's, PASCAL VOC's, and what people write. None is the name of two things.
const SAME: [&[&str]; 10] = [
    &["person", "people", "pedestrian", "human"],
    &["motorcycle", "motorbike"],
    &["airplane", "aeroplane", "plane"],
    &["bicycle", "bike"],
    &["couch", "sofa"],
    &["tv", "tvmonitor", "television"],
    &["cellphone", "mobilephone", "phone"],
    &["hardhat", "helmet", "safetyhelmet"],
    &["vest", "safetyvest"],
    &["van", "minivan"],
];

/// Matches the classes `theirs` with the categories `ours`.
pub fn matched(theirs: &[String], ours: &[String]) -> Matched {
    let mut matched = Matched::default();
    for category in ours {
        let same = theirs.iter().find(|class| *class == category);
        // A class is one category: what has its own name in the dataset is not taken for another.
        let is_free =
            |class: &&String| !ours.contains(class) && !matched.rename.iter().any(|(taken, _)| taken == *class);
        match same.or_else(|| theirs.iter().filter(is_free).find(|class| meaning(class) == meaning(category))) {
            Some(class) => {
                matched.known.push(category.clone());
                if class != category {
                    matched.rename.push((class.clone(), category.clone()));
                }
            }
            None => matched.missing.push(category.clone()),
        }
    }
    matched
}

/// What a name stands for: its letters in the singular, or the first of the words for the same.
fn meaning(name: &str) -> String {
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let is_plural = letters.len() > 3 && letters.ends_with('s') && !letters.ends_with("ss");
    let singular = letters.strip_suffix('s').filter(|_| is_plural).unwrap_or(&letters);
    let known = SAME.iter().find(|words| words.contains(&singular) || words.contains(&letters.as_str()));
    known.map_or(singular, |words| words[0]).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn spelling_number_and_known_words_are_matched_and_nothing_else() {
        let theirs = names(&["person", "traffic light", "car", "motorcycle", "Bus"]);
        let matched = matched(&theirs, &names(&["Person", "traffic_light", "cars", "motorbike", "glove", "bus stop"]));
        assert_eq!(matched.known, ["Person", "traffic_light", "cars", "motorbike"]);
        assert_eq!(matched.missing, ["glove", "bus stop"]);
        assert_eq!(matched.rename[0], ("person".to_owned(), "Person".to_owned()));
        assert_eq!(matched.rename.len(), 4);
    }

    #[test]
    fn a_class_is_one_category() {
        let matched = matched(&names(&["person"]), &names(&["people", "pedestrian"]));
        assert_eq!((matched.known, matched.missing), (names(&["people"]), names(&["pedestrian"])));
        let own = super::matched(&names(&["cars", "car"]), &names(&["car", "cars"]));
        assert_eq!((own.known.len(), own.rename), (2, Vec::new()), "each has its own name");
    }
}
