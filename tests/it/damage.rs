//! A list of damages to one reader's files, each with what is to come of it. All rows are read before any fails
//! the test.

use windtunnel::dataset::Dataset;

use crate::support::Workshop;

/// An object: its image, its category, its box in pixels.
pub type Object = (&'static str, &'static str, [f64; 4]);

/// A reader with a sound dataset, and what became of its damaged copies.
pub struct Damages {
    base: fn(&Workshop),
    section: &'static str,
    wrong: Vec<String>,
}

impl Damages {
    /// Damages to what `base` writes, which the keys `section` name.
    pub fn new(base: fn(&Workshop), section: &'static str) -> Self {
        Self { base, section, wrong: Vec::new() }
    }

    /// The dataset is refused, with these words.
    pub fn refused(&mut self, damage: &str, make: impl Fn(&Workshop), words: &str) {
        match self.read(&make) {
            Err(error) if error.contains(words) => {}
            Err(error) => self.wrong.push(format!("{damage}: `{words}` is not in: {error}")),
            Ok(data) => self.wrong.push(format!("{damage}: read as {:?}, {:?}", objects(&data), data.warnings)),
        }
    }

    /// The dataset is read, with these objects and one warning that has these words; without any where there are none.
    pub fn read_as(&mut self, damage: &str, make: impl Fn(&Workshop), words: Option<&str>, expected: &[Object]) {
        let data = match self.read(&make) {
            Ok(data) => data,
            Err(error) => return self.wrong.push(format!("{damage}: {error}")),
        };
        let is_told = match (&data.warnings[..], words) {
            ([], None) => true,
            ([one], Some(words)) => one.contains(words),
            _ => false,
        };
        if !is_told {
            self.wrong.push(format!("{damage}: not {words:?} but {:?}", data.warnings));
        }
        if objects(&data) != expected {
            self.wrong.push(format!("{damage}: read as {:?}", objects(&data)));
        }
    }

    /// A run on the dataset, whose results are `results`, gives this mAP.
    pub fn scored(&mut self, damage: &str, make: impl Fn(&Workshop), results: &str, map: f64) {
        let workshop = self.workshop(&make);
        workshop.write("clean.json", results);
        let model = "[model.m]\nkind = \"precomputed\"\npath = \"{condition}.json\"\n";
        let check = "[[check]]\non = \"clean\"\nmin = 0.001\n";
        let spec = format!("version = 1\nname = \"s\"\n[dataset.d]\n{}\n{model}{check}", self.section);
        workshop.write("spec.toml", spec);
        let ran = workshop.run(&["run", "spec.toml", "--no-cache"]);
        if ran.code > 1 {
            return self.wrong.push(format!("{damage}: exit code {}: {}", ran.code, ran.stderr));
        }
        let found = workshop.record("s")["cells"][0]["figures"]["map"].as_f64().unwrap();
        if (found - map).abs() > 1e-9 {
            self.wrong.push(format!("{damage}: mAP {found}, not {map}"));
        }
    }

    fn read(&self, make: impl Fn(&Workshop)) -> Result<Dataset, String> {
        self.workshop(make).dataset(self.section)
    }

    fn workshop(&self, make: impl Fn(&Workshop)) -> Workshop {
        let workshop = Workshop::new();
        (self.base)(&workshop);
        make(&workshop);
        workshop
    }
}

impl Drop for Damages {
    fn drop(&mut self) {
        assert!(self.wrong.is_empty() || std::thread::panicking(), "{}", self.wrong.join("\n"));
    }
}

/// In the dataset's order; sides to a thousandth of a pixel.
fn objects(data: &Dataset) -> Vec<(&str, &str, [f64; 4])> {
    let name = |id: u64| data.categories.iter().find(|category| category.id == id).unwrap().name.as_str();
    let rounded = |sides: [f64; 4]| sides.map(|side| (side * 1000.0).round() / 1000.0);
    let of_image = data.images.iter().zip(&data.annotations);
    of_image
        .flat_map(|(image, list)| {
            list.iter().map(|one| (image.file_name.as_str(), name(one.category_id), rounded(one.bbox.into())))
        })
        .collect()
}

/// Makes a named pipe.
#[cfg(unix)]
pub fn pipe(workshop: &Workshop, name: &str) {
    let _gone = std::fs::remove_file(workshop.path(name));
    assert!(std::process::Command::new("mkfifo").arg(workshop.path(name)).status().unwrap().success());
}

/// Makes a link.
#[cfg(unix)]
pub fn link(workshop: &Workshop, target: &str, name: &str) {
    let _gone = std::fs::remove_file(workshop.path(name));
    std::os::unix::fs::symlink(workshop.path(target), workshop.path(name)).unwrap();
}
