//! What a case is compared with.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The other side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "Written")]
pub enum ComparedWith {
    /// The accepted figures.
    Baseline,
    /// The model of this name in the same run.
    Model(String),
}

/// As records write it: `"baseline"` or `{"model": "a"}`. Format 3 wrote a model as its name alone, which a model called
/// `baseline` could not have been told by: there the word is the accepted figures.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Word(String),
    Model { model: String },
}

impl From<Written> for ComparedWith {
    fn from(written: Written) -> Self {
        match written {
            Written::Word(word) if word == "baseline" => Self::Baseline,
            Written::Word(name) | Written::Model { model: name } => Self::Model(name),
        }
    }
}

impl fmt::Display for ComparedWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Baseline => "baseline",
            Self::Model(name) => name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::ComparedWith;

    #[test]
    fn a_model_called_baseline_is_not_the_baseline() {
        let read = |text: &str| serde_json::from_str::<ComparedWith>(text).unwrap();
        for one in [ComparedWith::Baseline, ComparedWith::Model("baseline".to_owned())] {
            assert_eq!(read(&serde_json::to_string(&one).unwrap()), one);
        }
        assert_eq!(read("\"baseline\""), ComparedWith::Baseline);
        assert_eq!(read("\"old\""), ComparedWith::Model("old".to_owned()), "as format 3 wrote it");
    }
}
