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
    /// Every name there is, in list order.
    pub all: Vec<String>,
}

impl NotFound {
    /// Describes that `name` is none of `all`.
    pub fn among<S: Into<String>>(name: &str, all: impl IntoIterator<Item = S>) -> Self {
        let all: Vec<String> = all.into_iter().map(Into::into).collect();
        let nearest = nearest(name, all.iter().map(String::as_str)).map(ToOwned::to_owned);
        Self { name: name.to_owned(), nearest, all }
    }

    /// `did you mean "x"?`, or the list of what there is.
    #[must_use]
    pub fn help(&self) -> String {
        match &self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if self.all.is_empty() => "there is none".to_owned(),
            None => format!("there is: {}", self.all.join(", ")),
        }
    }
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
    fn an_unrelated_word_finds_nothing() {
        assert_eq!(nearest("fog", ["gaussian_blur", "rotate"]), None);
    }
}
