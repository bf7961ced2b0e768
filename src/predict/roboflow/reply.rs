//! Replies of Roboflow's servers: `{image: {width, height}, predictions: [{x, y, width, height, confidence, class}]}`,
//! `x` and `y` of the centre, all in pixels of the picture that was sent. Of classifiers: `{image, predictions: [{class,
//! confidence}], top, confidence}`.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::detection::{BBox, Size};
use crate::predict::PredictError;
use crate::predict::found::FoundObject;
use crate::predict::naming::Class;
use crate::predict::scored::FoundClasses;
use crate::predict::scored_json::{self, Places};
use crate::predict::wire::{ServerReply, number, shown};

#[derive(Deserialize)]
#[serde(bound = "P: DeserializeOwned")]
struct RoboflowReply<P> {
    image: Option<ReplySides>,
    predictions: Option<P>,
}

/// Old servers write them as strings.
#[derive(Deserialize)]
struct ReplySides {
    width: Option<Value>,
    height: Option<Value>,
}

#[derive(Deserialize)]
struct Prediction {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    confidence: f64,
    class: String,
}

/// What was found in a picture of `size` pixels.
///
/// # Errors
/// The reply is none, is about a picture of another size, or holds no predictions.
pub fn read(answer: &ServerReply, size: Size) -> Result<Vec<FoundObject>, PredictError> {
    let reply: RoboflowReply<Vec<Prediction>> = of_picture(answer, size)?;
    let predictions = reply.predictions.ok_or_else(|| no_predictions(answer))?;
    Ok(predictions.into_iter().map(Prediction::found).collect())
}

/// The classes of a picture of `size` pixels, of a model that gives each picture one.
///
/// # Errors
/// The reply is none, is about a picture of another size, holds no predictions, or is of a model of several labels.
pub fn classes(answer: &ServerReply, size: Size) -> Result<FoundClasses, PredictError> {
    const PLACES: Places<'_> = Places { class: Some("/class"), score: "/confidence" };
    let reply: RoboflowReply<Value> = of_picture(answer, size)?;
    match reply.predictions {
        None => Err(no_predictions(answer)),
        Some(Value::Object(labels)) => {
            let message = format!(
                "the model gives a picture any number of labels (multi-label), each with a score of its own, and one \
                 class is asked for: take a model of a single-label project: {}",
                shown(&labels)
            );
            Err(PredictError::Inference(message))
        }
        Some(predictions) => scored_json::found(&predictions, PLACES)
            .map_err(|what| PredictError::Inference(format!("the reply's `predictions` cannot be read: {what}"))),
    }
}

fn no_predictions(answer: &ServerReply) -> PredictError {
    PredictError::Inference(format!("the reply holds no `predictions`: {}", answer.reason(None)))
}

/// The one reply, to a picture of `size` pixels.
fn of_picture<P: DeserializeOwned>(answer: &ServerReply, size: Size) -> Result<RoboflowReply<P>, PredictError> {
    let value: Value = answer.json()?;
    let reply = match value {
        Value::Array(mut replies) if replies.len() == 1 => replies.remove(0),
        Value::Array(replies) => {
            let message = format!("the server answers {} replies to one picture", replies.len());
            return Err(PredictError::Inference(message));
        }
        reply => reply,
    };
    let reply = RoboflowReply::<P>::deserialize(&reply)
        .map_err(|error| PredictError::Inference(format!("the reply cannot be read: {error}: {}", shown(&reply))))?;
    if let Some(sides) = &reply.image {
        same_size(sides, size)?;
    }
    Ok(reply)
}

fn same_size(sides: &ReplySides, size: Size) -> Result<(), PredictError> {
    let (Some(width), Some(height)) = (&sides.width, &sides.height) else { return Ok(()) };
    if (number(width), number(height)) == (Some(f64::from(size.width)), Some(f64::from(size.height))) {
        return Ok(());
    }
    let Size { width: sent_width, height: sent_height } = size;
    Err(PredictError::Inference(format!(
        "the reply is about a picture of {} x {} pixels, not the {sent_width} x {sent_height} that were sent",
        shown(width),
        shown(height)
    )))
}

impl Prediction {
    fn found(self) -> FoundObject {
        let (x, y) = (self.x - self.width / 2.0, self.y - self.height / 2.0);
        let bbox = BBox { x, y, width: self.width, height: self.height };
        FoundObject { class: Class::Name(self.class), bbox, score: self.confidence }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replied(body: &str) -> Result<Vec<FoundObject>, String> {
        let answer = ServerReply { status: 200, headers: vec![], body: body.as_bytes().to_vec() };
        read(&answer, Size { width: 640, height: 480 }).map_err(|error| error.to_string())
    }

    const ONE: &str = r#"{"time": 0.1, "image": {"width": "640", "height": 480}, "predictions":
        [{"x": 100, "y": 50.5, "width": 20, "height": 11, "confidence": 0.9, "class": "RBC", "class_id": 0}]}"#;

    #[test]
    fn centres_become_corners_and_old_sizes_are_understood() {
        let found = replied(ONE).unwrap();
        assert_eq!(found[0].bbox, BBox::from([90.0, 45.0, 20.0, 11.0]));
        assert_eq!(found, replied(&format!("[{ONE}]")).unwrap());
    }

    #[test]
    fn a_reply_about_something_else_is_an_error() {
        assert!(replied(&ONE.replace("480", "640")).unwrap_err().contains("not the 640 x 480 that were sent"));
        assert!(
            replied(r#"{"message": "model is loading"}"#).unwrap_err().ends_with("`predictions`: model is loading")
        );
        assert!(replied(&format!("[{ONE}, {ONE}]")).unwrap_err().contains("2 replies"));
        assert!(replied(&ONE.replace("\"confidence\"", "\"conf\"")).unwrap_err().contains("missing field"));
    }

    #[test]
    fn a_classifier_says_every_class_once() {
        let classes = |body: &str| {
            let answer = ServerReply { status: 200, headers: vec![], body: body.as_bytes().to_vec() };
            classes(&answer, Size { width: 640, height: 480 }).map_err(|error| error.to_string())
        };
        let one = r#"{"time": 0.1, "image": {"width": 640, "height": 480}, "top": "RBC", "confidence": 0.97, "predictions":
            [{"class": "RBC", "class_id": 0, "confidence": 0.97}, {"class": "WBC", "class_id": 1, "confidence": 0.03}]}"#;
        let FoundClasses::Listed(found) = classes(one).unwrap() else { panic!("they have names") };
        assert_eq!((&found[1].class, found[1].score, found.len()), (&Class::Name("WBC".to_owned()), 0.03, 2));
        assert_eq!(classes(&format!("[{one}]")), classes(one));
        assert!(classes(&one.replace("480", "640")).unwrap_err().contains("not the 640 x 480 that were sent"));
        assert!(classes(r#"{"predictions": []}"#).unwrap_err().contains("no class"));
        assert!(classes(r#"{"message": "loading"}"#).unwrap_err().ends_with("`predictions`: loading"));
        let several = r#"{"predictions": {"RBC": {"confidence": 0.97}}, "predicted_classes": ["RBC"]}"#;
        assert!(classes(several).unwrap_err().contains("(multi-label)"));
        let boxes =
            r#"{"predictions": [{"x": 1, "y": 1, "width": 1, "height": 1, "confidence": 1, "class": "RBC"}, {}]}"#;
        assert!(classes(boxes).unwrap_err().contains("no class name or number"));
    }

    #[test]
    fn no_objects_is_an_answer() {
        assert_eq!(replied(r#"{"predictions": []}"#), Ok(vec![]));
    }
}
