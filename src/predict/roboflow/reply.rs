//! Replies of Roboflow's servers: `{image: {width, height}, predictions: [{x, y, width, height, confidence, class}]}`,
//! `x` and `y` of the centre, all in pixels of the picture that was sent.

use serde::Deserialize;
use serde_json::Value;

use crate::detection::{BBox, Size};
use crate::predict::PredictError;
use crate::predict::found::FoundObject;
use crate::predict::naming::Class;
use crate::predict::wire::{ServerReply, number, shown};

#[derive(Deserialize)]
struct RoboflowReply {
    image: Option<ReplySides>,
    predictions: Option<Vec<Prediction>>,
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
    let value: Value = answer.json()?;
    let reply = match value {
        Value::Array(mut replies) if replies.len() == 1 => replies.remove(0),
        Value::Array(replies) => {
            let message = format!("the server answers {} replies to one picture", replies.len());
            return Err(PredictError::Inference(message));
        }
        reply => reply,
    };
    let reply = RoboflowReply::deserialize(&reply)
        .map_err(|error| PredictError::Inference(format!("the reply cannot be read: {error}: {}", shown(&reply))))?;
    if let Some(sides) = &reply.image {
        same_size(sides, size)?;
    }
    let Some(predictions) = reply.predictions else {
        let message = format!("the reply holds no `predictions`: {}", answer.reason(None));
        return Err(PredictError::Inference(message));
    };
    Ok(predictions.into_iter().map(Prediction::found).collect())
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
    fn no_objects_is_an_answer() {
        assert_eq!(replied(r#"{"predictions": []}"#), Ok(vec![]));
    }
}
