//! Closed sets of words.

/// A closed set of words that a key may take.
pub trait Choice: Sized + Copy + 'static {
    /// Every word with its meaning.
    const ALL: &'static [(&'static str, Self)];

    /// What the value means, for people.
    fn summary(self) -> &'static str;

    /// The word for this value.
    fn word(self) -> &'static str
    where
        Self: PartialEq,
    {
        Self::ALL.iter().find(|(_, value)| *value == self).map_or("", |(word, _)| word)
    }
}
