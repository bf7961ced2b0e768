//! Catalogue entries: the named, documented members of a family, found by name with a "did you mean".

/// The name and documentation of one member of a family (a perturbation, a metric, a dataset format, ...).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The name that specs use, in `snake_case`.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
}

/// Something that has an [`Entry`].
pub trait Named {
    /// The name and documentation.
    fn entry(&self) -> Entry;
}

/// The member called `name`.
///
/// # Errors
/// No member has the name; the error tells the nearest one and all of them.
pub fn find<'a, T: Named + ?Sized>(list: &[&'a T], name: &str) -> Result<&'a T, NotFound> {
    list.iter()
        .find(|member| member.entry().name == name)
        .copied()
        .ok_or_else(|| NotFound::among(name, list.iter().map(|member| member.entry().name)))
}

/// A name that is not in its list, with the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFound {
    /// What was asked for.
    pub name: String,
    /// A name close enough to be a spelling mistake.
    pub nearest: Option<String>,
    /// The names that what was asked for is a word of, or the beginning, or that have a word of it, where it is no spelling
    /// mistake: `blur` is a word of seven.
    pub related: Vec<String>,
    /// Every name there is, in list order.
    pub all: Vec<String>,
}

impl NotFound {
    /// Describes that `name` is none of `all`.
    pub fn among<S: Into<String>>(name: &str, all: impl IntoIterator<Item = S>) -> Self {
        let all: Vec<String> = all.into_iter().map(Into::into).collect();
        let nearest = nearest(name, all.iter().map(String::as_str)).map(ToOwned::to_owned);
        let related = related(name, nearest.as_deref(), &all);
        Self { name: name.to_owned(), nearest, related, all }
    }

    /// `did you mean "x"?`, or the list of what there is.
    pub fn help(&self) -> String {
        match &self.nearest {
            _ if !self.related.is_empty() => one_of(&self.related),
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if self.all.is_empty() => "there is none".to_owned(),
            None => format!("there is: {}", self.all.join(", ")),
        }
    }
}

/// `did you mean `a`, `b` or `c`?`
pub(crate) fn one_of(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("did you mean {} or {last}?", rest.join(", ")),
        _ => format!("did you mean {}?", quoted.concat()),
    }
}

/// Letters of a word that says something: shorter ones are in too many names.
const TELLING: usize = 3;

/// Names that `name` is a part of; else, where no spelling mistake was found, those that have a word of it. Nothing where there
/// is but one, which is the nearest then, or where more than a few would say little.
fn related(name: &str, nearest: Option<&str>, all: &[String]) -> Vec<String> {
    const MOST: usize = 12;
    let wanted = words(name);
    let joined = wanted.join("_");
    if joined.len() < TELLING {
        return Vec::new();
    }
    let chosen = |is: &dyn Fn(&str) -> bool| all.iter().filter(|name| is(name)).cloned().collect::<Vec<_>>();
    let is_part = |known: &str| known.starts_with(&joined) || known.split(['_', '-']).any(|word| word == joined);
    let part_of = chosen(&is_part);
    if (2..=MOST).contains(&part_of.len()) {
        return part_of;
    }
    let is_mistyped = |known: &str| strsim::damerau_levenshtein(&joined, known) <= 2;
    if nearest.is_some_and(is_mistyped) || wanted.len() < 2 {
        return Vec::new();
    }
    let shares =
        |known: &str| known.split(['_', '-']).any(|word| word.len() >= TELLING && wanted.iter().any(|one| one == word));
    let sharing = chosen(&shares);
    if sharing.len() <= MOST { sharing } else { Vec::new() }
}

/// The words of a name in small letters, as `snake_case` or `CamelCase` parts them.
fn words(name: &str) -> Vec<String> {
    let mut parted = String::new();
    let mut was_small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && was_small {
            parted.push('_');
        }
        was_small = letter.is_lowercase();
        parted.extend(letter.to_lowercase());
    }
    parted.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

/// The candidate closest to `name`, if it is close enough to be a spelling mistake: at most a third of the letters
/// wrong (one always allowed), or both begin alike.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let known = candidate.to_lowercase();
            let distance = strsim::damerau_levenshtein(&wanted, &known);
            let allowed = (wanted.chars().count().max(known.chars().count()) / 3).max(1);
            (distance <= allowed || begin_alike(&wanted, &known)).then_some((distance, candidate))
        })
        .min_by(|(a, one), (b, other)| {
            let alike = |candidate: &str| strsim::jaro_winkler(&wanted, candidate);
            a.cmp(b).then(alike(other).total_cmp(&alike(one)))
        })
        .map(|(_, candidate)| candidate)
}

/// Whether one word begins with the other, or more than half of the longer one is a common beginning.
fn begin_alike(one: &str, other: &str) -> bool {
    let (shorter, longer) = (one.len().min(other.len()), one.len().max(other.len()));
    let common = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    shorter >= 3 && (common == shorter || 2 * common > longer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_mistake_finds_its_name() {
        let names = ["gaussian_blur", "gaussian_noise", "rotate"];
        assert_eq!(nearest("gausian_blur", names), Some("gaussian_blur"));
        assert_eq!(nearest("rotation", names), Some("rotate"));
        assert_eq!(nearest("Rotate", names), Some("rotate"));
    }

    #[test]
    fn a_part_of_several_names_finds_all_of_them_and_a_word_of_another_name_its_relatives() {
        let help = |name: &str, all: &[&str]| NotFound::among(name, all.iter().copied()).help();
        let decoders = ["yolov5", "yolov8", "yolox", "detr"];
        assert_eq!(help("yolo", &decoders), "did you mean `yolov5`, `yolov8` or `yolox`?");
        assert_eq!(help("yolox8", &decoders), "did you mean `yolox`?");
        let kinds = ["gaussian_blur", "gaussian_noise", "glass_blur", "fog", "jpeg_compression"];
        assert_eq!(help("blur", &kinds), "did you mean `gaussian_blur` or `glass_blur`?");
        assert_eq!(help("gaussian", &kinds), "did you mean `gaussian_blur` or `gaussian_noise`?");
        assert_eq!(help("lens_blur", &kinds), "did you mean `gaussian_blur` or `glass_blur`?");
        assert_eq!(help("VideoCompression", &kinds), "did you mean `jpeg_compression`?");
        assert_eq!(help("gausian_blur", &kinds), "did you mean `gaussian_blur`?");
        assert_eq!(help("mist", &kinds), format!("there is: {}", kinds.join(", ")));
    }

    #[test]
    fn an_unrelated_word_finds_nothing() {
        assert_eq!(nearest("fog", ["gaussian_blur", "rotate"]), None);
    }
}
