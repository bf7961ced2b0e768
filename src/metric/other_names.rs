//! What others call the metrics that there are.

use crate::entry::NotFound;

/// Names in small letters and without what stands between them, and ours.
const NAMES: [(&[&str], &str); 6] = [
    (
        &[
            "map5095",
            "map05095",
            "map50to95",
            "ap",
            "ap5095",
            "ap05095",
            "ap595",
            "map595",
            "cocomap",
            "cocoap",
            "meanaverageprecision",
        ],
        "map",
    ),
    (&["ap50", "map05", "ap05", "mapat50"], "map50"),
    (&["ap75", "map075"], "map75"),
    (&["accuracy", "acc", "top1accuracy", "acctop1", "accuracytop1", "metricsaccuracytop1"], "top1"),
    (&["top5accuracy", "acctop5", "accuracytop5", "metricsaccuracytop5"], "top5"),
    (&["f1score", "fscore"], "f1"),
];

/// The way out for a metric that there is not.
pub fn meant(not_found: &NotFound) -> String {
    let plain: String = not_found.name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let ours = NAMES.iter().find(|(names, _)| names.contains(&plain.as_str())).map(|(_, ours)| *ours);
    match ours.filter(|ours| not_found.all.iter().any(|known| known == ours)) {
        Some(ours) => format!("did you mean `{ours}`?"),
        None => not_found.help(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_others_lead_to_the_same_figure() {
        let all = ["map50", "map75", "map", "f1"];
        let meant = |name: &str| meant(&NotFound::among(name, all));
        assert_eq!(meant("mAP50-95"), "did you mean `map`?");
        assert_eq!(meant("AP@[.5:.95]"), "did you mean `map`?");
        assert_eq!(meant("mAP@0.5"), "did you mean `map50`?");
        // One of another task is no way out.
        assert!(meant("accuracy").starts_with("there is: "));
    }
}
