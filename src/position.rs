//! Positions in the lists of a plan: a model's is no dataset's, and the compiler says so.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut, Index, IndexMut};

use serde::{Deserialize, Serialize};

/// A position in lists of one kind.
pub trait Position: Copy + Ord {
    /// The position with this number, from 0.
    fn new(number: usize) -> Self;

    /// Its number, from 0.
    fn number(self) -> usize;
}

macro_rules! position {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub usize);

        impl Position for $name {
            fn new(number: usize) -> Self {
                Self(number)
            }

            fn number(self) -> usize {
                self.0
            }
        }
    };
}

position!(
    /// Of a model.
    ModelAt
);
position!(
    /// Of a dataset.
    DatasetAt
);
position!(
    /// Of a condition.
    ConditionAt
);
position!(
    /// Of a cell.
    CellAt
);

/// A list whose items are found by positions of one kind alone. Beside that it is the slice of its items.
#[derive(Debug, Clone, PartialEq)]
pub struct List<P, T> {
    items: Vec<T>,
    of: PhantomData<P>,
}

impl<P: Position, T> List<P, T> {
    /// All positions.
    pub fn positions(&self) -> impl ExactSizeIterator<Item = P> + DoubleEndedIterator + Clone + use<P, T> {
        (0..self.items.len()).map(P::new)
    }

    /// The items with their positions.
    pub fn numbered(&self) -> impl ExactSizeIterator<Item = (P, &T)> + DoubleEndedIterator + Clone {
        self.items.iter().enumerate().map(|(number, item)| (P::new(number), item))
    }

    /// As many items as there are positions in `other`.
    pub fn like<U>(other: &List<P, U>, item: impl FnMut(P) -> T) -> Self {
        other.positions().map(item).collect()
    }

    /// The first position whose item is `wanted`.
    pub fn find(&self, wanted: impl Fn(&T) -> bool) -> Option<P> {
        self.items.iter().position(wanted).map(P::new)
    }

    /// The item at a position that somebody else gave: there may be none.
    pub fn at(&self, at: P) -> Option<&T> {
        self.items.get(at.number())
    }

    /// The same, to change it.
    pub fn at_mut(&mut self, at: P) -> Option<&mut T> {
        self.items.get_mut(at.number())
    }
}

impl<P, T> Default for List<P, T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<P, T> From<Vec<T>> for List<P, T> {
    fn from(items: Vec<T>) -> Self {
        Self { items, of: PhantomData }
    }
}

impl<P, T> FromIterator<T> for List<P, T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::from(Vec::from_iter(items))
    }
}

impl<P: Position, T> Index<P> for List<P, T> {
    type Output = T;

    fn index(&self, at: P) -> &T {
        &self.items[at.number()]
    }
}

impl<P: Position, T> IndexMut<P> for List<P, T> {
    fn index_mut(&mut self, at: P) -> &mut T {
        &mut self.items[at.number()]
    }
}

impl<P, T> Deref for List<P, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<P, T> DerefMut for List<P, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.items
    }
}

impl<P, T> IntoIterator for List<P, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'l, P, T> IntoIterator for &'l List<P, T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<'l, P, T> IntoIterator for &'l mut List<P, T> {
    type Item = &'l mut T;
    type IntoIter = std::slice::IterMut<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter_mut()
    }
}
