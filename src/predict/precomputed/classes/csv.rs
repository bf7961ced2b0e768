//! CSV files of classes: `file,label,score`; a column of scores for each class; or the best ones, `label1,score1,label2,...`.

use std::borrow::Cow;

use super::rows::{ClassRow, RowClass, RowTold, TakeRows};
use crate::json::{Id, without_mark};
use crate::predict::precomputed::pictures::Called;

/// What the columns of a file are.
#[derive(Debug, PartialEq, Eq)]
struct Columns {
    image: usize,
    /// Whether the image's column holds numbers that are ids.
    is_id: bool,
    scores: ScoreColumns,
    /// How many there are.
    count: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum ScoreColumns {
    /// Classes with their scores, side by side: one pair, or several of the best.
    Pairs(Vec<(LabelColumn, usize)>),
    /// One of each class.
    Each(Vec<usize>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LabelColumn {
    at: usize,
    is_id: bool,
}

/// What columns with the image are called.
const IMAGES: [&str; 9] = ["file", "file_name", "filename", "image", "path", "name", "img", "image_id", "id"];

/// Of those, what holds ids.
const IMAGE_IDS: [&str; 2] = ["image_id", "id"];

/// What columns with a class are called.
const LABELS: [&str; 10] = [
    "label",
    "class",
    "category",
    "category_name",
    "class_name",
    "prediction",
    "predicted",
    "pred",
    "top",
    "category_id",
];

/// Of those, what holds ids.
const LABEL_IDS: [&str; 1] = ["category_id"];

/// What columns with a score are called.
const SCORES: [&str; 5] = ["score", "confidence", "probability", "prob", "p"];

/// What a file may be, for messages.
const EXPECTED: &str = "expected a header `file,label,score`, `file` and a column of scores for each class, or \
                        `file,label1,score1,label2,score2`";

/// Hands the rows of a file to `to`.
///
/// # Errors
/// The file is none, or a row is no answer; the message names the line.
pub fn read(bytes: &[u8], to: &mut impl TakeRows) -> Result<(), String> {
    let text = std::str::from_utf8(without_mark(bytes))
        .map_err(|error| format!("it is no text in UTF-8 (byte {}): save it as UTF-8", error.valid_up_to()))?;
    let mut lines = text.split('\n').enumerate().map(|(at, line)| (at + 1, line.trim_end_matches('\r')));
    let mut filled = lines.by_ref().filter(|(_, line)| !line.trim().is_empty());
    let (first, header) = filled.next().ok_or_else(|| format!("it is empty: {EXPECTED}"))?;
    let delimiter = delimiter(header);
    let at_line = |line: usize, what: String| format!("line {line}: {what}");
    let names = cells(header, delimiter).map_err(|what| at_line(first, what))?;
    let (columns, is_header) = match plain(&names) {
        Some(columns) => (columns, false),
        None => (Columns::of(&names)?, true),
    };
    if let ScoreColumns::Each(each) = &columns.scores {
        to.classes(each.iter().map(|at| names[*at].trim().to_owned()).collect())?;
    }
    let own = (!is_header).then_some((first, header));
    let mut is_any = false;
    for (at, line) in own.into_iter().chain(filled) {
        is_any = true;
        let row = cells(line, delimiter).and_then(|cells| columns.row(&cells, &names));
        row.and_then(|row| to.row(row)).map_err(|what| at_line(at, what))?;
    }
    if is_any { Ok(()) } else { Err("it has a header and no rows: each image has an answer".to_owned()) }
}

/// The character between cells: the one that the header has most of.
fn delimiter(header: &str) -> char {
    let count = |delimiter: char| header.matches(delimiter).count();
    // The last one of the greatest count: the comma of several.
    [';', '\t', ','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(',')
}

/// `file,label,score` without a header: it is a row itself.
fn plain(cells: &[Cow<'_, str>]) -> Option<Columns> {
    let [_, _, score] = cells else { return None };
    score.trim().parse::<f64>().ok()?;
    let label = LabelColumn { at: 1, is_id: false };
    Some(Columns { image: 0, is_id: false, scores: ScoreColumns::Pairs(vec![(label, 2)]), count: 3 })
}

impl Columns {
    fn of(header: &[Cow<'_, str>]) -> Result<Self, String> {
        let names: Vec<String> =
            header.iter().map(|name| name.trim().to_lowercase().replace([' ', '-'], "_")).collect();
        let find = |known: &[&str]| known.iter().find_map(|known| names.iter().position(|name| name == known));
        let shown = || header.iter().take(8).map(|name| format!("`{}`", name.trim())).collect::<Vec<_>>().join(", ");
        let image = find(&IMAGES).ok_or_else(|| {
            format!("its first line ({}) has no column with the images, such as `file`: {EXPECTED}", shown())
        })?;
        let is_id = IMAGE_IDS.contains(&names[image].as_str());
        let label = find(&LABELS).filter(|at| *at != image);
        let score = find(&SCORES).filter(|at| *at != image);
        let best = best(&names);
        let is_own = |at: &usize| *at != image && !LABELS.contains(&names[*at].as_str());
        let scores = match (label, score) {
            (Some(at), Some(score)) => {
                let is_id = LABEL_IDS.contains(&names[at].as_str());
                ScoreColumns::Pairs(vec![(LabelColumn { at, is_id }, score)])
            }
            _ if !best.is_empty() => ScoreColumns::Pairs(best),
            _ => ScoreColumns::Each((0..names.len()).filter(is_own).collect()),
        };
        match &scores {
            ScoreColumns::Each(each) if each.is_empty() => Err(format!(
                "it has no scores (its columns are {}): write the probability of the class as `score`; where the model \
                 tells its answer alone, 1",
                shown()
            )),
            ScoreColumns::Each(_) | ScoreColumns::Pairs(_) => Ok(Self { image, is_id, scores, count: names.len() }),
        }
    }

    fn row(&self, cells: &[Cow<'_, str>], names: &[Cow<'_, str>]) -> Result<ClassRow, String> {
        if cells.len() != self.count {
            let way_out = "a text with a comma in it stands in quotes";
            return Err(format!("it has {} cells, and {} are expected: {way_out}", cells.len(), self.count));
        }
        let image = cells[self.image].trim();
        if image.is_empty() {
            return Err("it names no image".to_owned());
        }
        let called = if self.is_id {
            Called { image_id: Some(Id::from(image)), file_name: None }
        } else {
            Called { image_id: None, file_name: Some(image.to_owned()) }
        };
        let score = |at: usize| {
            let cell = cells[at].trim();
            cell.parse::<f64>().map_err(|_| match names.len() {
                3 => format!("`{cell}` is no score"),
                _ => format!("`{cell}` in column `{}` is no score", names[at].trim()),
            })
        };
        let told = match &self.scores {
            ScoreColumns::Each(each) => RowTold::Each(each.iter().map(|at| score(*at)).collect::<Result<_, _>>()?),
            ScoreColumns::Pairs(pairs) => {
                // Of models of few classes the last of the best may be left out.
                let told = pairs.iter().filter(|(label, at)| {
                    pairs.len() == 1 || !(cells[label.at].trim().is_empty() && cells[*at].trim().is_empty())
                });
                let pair = |(label, at): &(LabelColumn, usize)| {
                    let name = cells[label.at].trim();
                    let class =
                        if label.is_id { RowClass::Id(Id::from(name)) } else { RowClass::Told(name.to_owned()) };
                    if name.is_empty() { Err("a class has no name".to_owned()) } else { Ok((class, score(*at)?)) }
                };
                RowTold::Some(told.map(pair).collect::<Result<_, _>>()?)
            }
        };
        Ok(ClassRow { called, told })
    }
}

/// The columns of the best classes, the first one first: those with a number in their names, and a score of the same.
fn best(names: &[String]) -> Vec<(LabelColumn, usize)> {
    let numbered = |name: &String| {
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        let word: String = name.chars().filter(|c| !c.is_ascii_digit()).collect();
        let word = word.trim_matches('_').to_owned();
        let word = word.strip_prefix("top_").map(str::to_owned).unwrap_or(word);
        Some((word, digits.parse::<u32>().ok()?))
    };
    let numbers: Vec<Option<(String, u32)>> = names.iter().map(numbered).collect();
    let of = |known: &[&str], number: u32| {
        numbers
            .iter()
            .position(|one| one.as_ref().is_some_and(|(word, n)| *n == number && known.contains(&word.as_str())))
    };
    let mut all: Vec<u32> = numbers.iter().flatten().map(|(_, number)| *number).collect();
    all.sort_unstable();
    all.dedup();
    let pair = |number: u32| {
        let at = of(&LABELS, number)?;
        let is_id = numbers[at].as_ref().is_some_and(|(word, _)| LABEL_IDS.contains(&word.as_str()));
        Some((LabelColumn { at, is_id }, of(&SCORES, number)?))
    };
    all.into_iter().filter_map(pair).collect()
}

/// The cells of a line; in quotes a delimiter is a part of the text, and two quotes are one.
fn cells(line: &str, delimiter: char) -> Result<Vec<Cow<'_, str>>, String> {
    if !line.contains('"') {
        return Ok(line.split(delimiter).map(Cow::Borrowed).collect());
    }
    let (mut cells, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => is_quoted = !is_quoted,
            other if other == delimiter && !is_quoted => cells.push(Cow::Owned(std::mem::take(&mut cell))),
            other => cell.push(other),
        }
    }
    cells.push(Cow::Owned(cell));
    if is_quoted { Err("a quote is not closed".to_owned()) } else { Ok(cells) }
}

#[cfg(test)]
mod tests {
    use super::super::taken::{Taken, some};
    use super::*;

    fn taken(text: &str) -> Result<Taken, String> {
        let mut taken = Taken::default();
        read(text.as_bytes(), &mut taken).map(|()| taken)
    }

    #[test]
    fn rows_of_one_class_are_read_in_each_dress() {
        for text in [
            "file,label,score\na.png,RBC,0.9\n",
            "a.png,RBC,0.9",
            "\u{feff}Score;File Name;Class\r\n0.9;a.png;RBC\r\n\r\n",
            "image\tprediction\tprobability\na.png\tRBC\t0.9",
            "file,label_1,score_1,label_2,score_2\na.png,RBC,0.9,,\n",
            "file,top1_label,top1_prob\na.png,\"RBC\",0.9\n",
        ] {
            let rows = taken(text).unwrap_or_else(|error| panic!("{text}: {error}")).rows;
            assert_eq!((rows.len(), &rows[0].told), (1, &some(&[("RBC", 0.9)])), "{text}");
            assert_eq!(rows[0].called.file_name.as_deref(), Some("a.png"));
        }
    }

    #[test]
    fn columns_of_classes_and_of_the_best_are_told_apart() {
        let each = taken("file,\"tench, Tinca tinca\",class1,class2\na.png,0.5,0.25,0.25\n").unwrap();
        assert_eq!(each.classes, ["tench, Tinca tinca", "class1", "class2"]);
        assert_eq!(each.rows[0].told, RowTold::Each(vec![0.5, 0.25, 0.25]));
        let with_answer = taken("image_id,prediction,RBC,WBC\n7,RBC,0.9,0.1\n").unwrap();
        assert_eq!(with_answer.classes, ["RBC", "WBC"]);
        assert_eq!(with_answer.rows[0].called, Called { image_id: Some(Id::Number(7)), file_name: None });
        let best = taken("file,score2,label2,score1,label1\na.png,0.1,WBC,0.9,RBC\n").unwrap();
        assert_eq!(best.rows[0].told, some(&[("RBC", 0.9), ("WBC", 0.1)]));
        let ids = taken("file,category_id,score\na.png,3,0.9\n").unwrap();
        assert_eq!(ids.rows[0].told, RowTold::Some(vec![(RowClass::Id(Id::Number(3)), 0.9)]));
    }

    #[test]
    fn what_is_wrong_is_told_by_its_line() {
        for (text, said) in [
            ("", "it is empty: expected a header"),
            ("file,label,score\n", "a header and no rows"),
            ("file,label\na.png,RBC\n", "it has no scores (its columns are `file`, `label`): write the probability"),
            ("picture,RBC,WBC\na.png,0.5,0.5\n", "has no column with the images, such as `file`"),
            ("file,label,score\na.png,RBC,0.9\nb.png,tench, Tinca,0.9\n", "line 3: it has 4 cells, and 3 are expected"),
            ("file,label,score\na.png,RBC,high\n", "line 2: `high` is no score"),
            ("file,a,b,c\nx.png,1,0,none\n", "line 2: `none` in column `c` is no score"),
            ("file,label,score\na.png,,0.9\n", "a class has no name"),
            ("file,label,score\n,RBC,0.9\n", "it names no image"),
            ("file,label,score\n\"a.png,RBC,0.9\n", "a quote is not closed"),
        ] {
            let Err(error) = taken(text) else { panic!("{text}") };
            assert!(error.contains(said), "`{said}` is not in: {error}");
        }
        assert!(read(b"file,\xff", &mut Taken::default()).unwrap_err().contains("no text in UTF-8"));
    }
}
