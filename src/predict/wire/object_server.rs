//! A server that answers a picture with a list of objects: what `http` and `roboflow` share behind their options.

use std::sync::atomic::AtomicBool;

use super::{Limits, Wire};
use crate::answer::Answer;
use crate::predict::found::{Floor, FoundObject, detections};
use crate::predict::naming::Naming;
use crate::predict::{CategoryMap, Frame, ModelCard, PredictError, Predictor, Site, Vocabulary};

/// The form of a kind's requests and replies.
pub trait AskForObjects: Send + Sync {
    /// What the server says it has found in a frame, pixels of the frame.
    ///
    /// # Errors
    /// The frame could not be made, or not be answered.
    fn objects(&self, wire: &Wire, frame: &Frame<'_>, stop: &AtomicBool) -> Result<Vec<FoundObject>, PredictError>;
}

/// A server that can be asked.
pub struct ObjectServer<A> {
    /// How.
    pub asker: A,
    /// The way there.
    pub wire: Wire,
    /// What the record says about it.
    pub card: ModelCard,
    /// Class names.
    pub naming: Naming,
    /// Which objects are kept.
    pub floor: Floor,
    /// How many frames wait at once.
    pub limits: Limits,
    /// Whether somebody may have to pay for its answers.
    pub is_hosted: bool,
    /// What somebody should know of its figures.
    pub notes: Vec<String>,
}

impl<A: AskForObjects> Predictor for ObjectServer<A> {
    fn card(&self) -> ModelCard {
        self.card.clone()
    }

    fn vocabulary(&self) -> Vocabulary<'_> {
        self.naming.vocabulary()
    }

    fn needs_pixels(&self) -> bool {
        true
    }

    fn site(&self) -> Site {
        self.limits.site()
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn is_hosted(&self) -> bool {
        self.is_hosted
    }

    fn reach(&self, _stop: &AtomicBool) -> Result<(), PredictError> {
        self.wire.check()
    }

    fn predict(&self, frame: &Frame<'_>, categories: &CategoryMap, stop: &AtomicBool) -> Result<Answer, PredictError> {
        let found = self.asker.objects(&self.wire, frame, stop);
        let kept = found.and_then(|found| detections(found, &self.naming, categories, self.floor));
        // Also what a reply holds may repeat a secret: messages quote it.
        kept.map(Answer::Objects).map_err(|error| self.wire.hidden(error))
    }
}
