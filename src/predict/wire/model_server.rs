//! A server that answers a picture with a list of objects or with its classes: what `http` and `roboflow` share behind
//! their options.

use std::sync::atomic::AtomicBool;

use super::{Limits, Wire};
use crate::answer::Answer;
use crate::predict::found::{Floor, FoundObject, detections};
use crate::predict::naming::Naming;
use crate::predict::scored::{FoundClasses, Scoring, scores};
use crate::predict::{CategoryMap, Frame, ModelCard, PredictError, Predictor, Site, Vocabulary};

/// The form of a kind's requests and replies.
pub trait AskModel: Send + Sync {
    /// What the server says of a frame.
    ///
    /// # Errors
    /// The frame could not be made, or not be answered.
    fn ask(&self, wire: &Wire, frame: &Frame<'_>, stop: &AtomicBool) -> Result<ToldByServer, PredictError>;
}

/// What a server says of a frame.
pub enum ToldByServer {
    /// What it has found, pixels of the frame.
    Objects(Vec<FoundObject>),
    /// Its classes, and what their scores are.
    Classes(FoundClasses, Scoring),
}

/// A server that can be asked.
pub struct ModelServer<A> {
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

impl<A: AskModel> Predictor for ModelServer<A> {
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
        let answer = self.asker.ask(&self.wire, frame, stop).and_then(|told| match told {
            ToldByServer::Objects(found) => {
                detections(found, &self.naming, categories, self.floor).map(Answer::Objects)
            }
            ToldByServer::Classes(found, scoring) => {
                scores(found, &self.naming, categories, scoring).map(Answer::Scores)
            }
        });
        // Also what a reply holds may repeat a secret: messages quote it.
        answer.map_err(|error| self.wire.hidden(error))
    }
}
