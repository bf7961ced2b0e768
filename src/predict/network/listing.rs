//! Outputs that list a network's best classes, each by its number with a score, instead of a score for each class.

/// A class in such a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ListedClass {
    /// The number that the network has for it.
    pub number: usize,
    /// As it came.
    pub score: f32,
}

/// What an engine whose outputs are lists knows of them once it has run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The names of all classes, in the network's order, where they are told.
    pub names: Option<Vec<String>>,
    /// How many classes there are, where the first answer had all of them.
    pub count: Option<usize>,
    /// How many of them an answer has at most, where that was asked for.
    pub most: Option<usize>,
}
