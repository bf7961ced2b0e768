//! Which images are listed with a failed case: where its figure is of some errors alone, those images that have them.

use serde::{Deserialize, Serialize};

/// Which images are listed, and what the numbers with them are. A record that does not say has those that lost most, by F1 or
/// by the score of their label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// Of one class its images that do not have it among so many of the best, by its score.
    TakenForAnother {
        /// How many of the best classes count.
        among: usize,
    },
    /// Images of other classes that are called so, by its score.
    WronglyCalled,
    /// Both.
    TakenOrCalled,
    /// Of one class its images, by its score.
    OfTheClass,
    /// Images with objects that nothing found, by their number.
    MissedObjects,
    /// Images with claims that are wrong, by their number.
    FalseClaims,
    /// Images without objects that have claims, by their number.
    ClaimsWithoutObjects,
}

impl Listing {
    /// Whether its numbers count something, and are no scores.
    pub fn is_counted(self) -> bool {
        match self {
            Self::TakenForAnother { .. } | Self::WronglyCalled | Self::TakenOrCalled | Self::OfTheClass => false,
            Self::MissedObjects | Self::FalseClaims | Self::ClaimsWithoutObjects => true,
        }
    }

    /// What makes the name of a sheet with its images.
    pub(crate) fn word(self) -> String {
        match self {
            Self::TakenForAnother { among: 1 } => "taken-for-another".to_owned(),
            Self::TakenForAnother { among } => format!("not-among-{among}"),
            Self::WronglyCalled => "wrongly-called".to_owned(),
            Self::TakenOrCalled => "taken-or-called".to_owned(),
            Self::OfTheClass => "of-the-class".to_owned(),
            Self::MissedObjects => "missed".to_owned(),
            Self::FalseClaims => "false".to_owned(),
            Self::ClaimsWithoutObjects => "without-objects".to_owned(),
        }
    }
}
