//! A `[perturbation.*]` section read: which kind, at which levels, each with the values behind it.

use toml::Spanned;

use super::{ALL, FrameSeed, Parameter, Perturbation, Rng, Warp};
use crate::condition::{Level, Severity};
use crate::detection::ImageRecord;
use crate::entry::find;
use crate::spec::{Diagnostic, Diagnostics, Mistake, Section, TableReader, Value, list_of};

/// A kind at one level.
#[derive(Clone)]
pub struct Setting {
    /// The kind.
    pub perturbation: &'static dyn Perturbation,
    /// The strength as the spec asked for it.
    pub level: Level,
    /// The values of the kind's parameters.
    pub values: Vec<f64>,
}

impl Setting {
    /// How the content of `image` moves.
    #[must_use]
    pub fn warp(&self, seed: u64, image: &ImageRecord) -> Warp {
        self.perturbation.warp(image.size(), &self.values, self.rng(seed, image))
    }

    /// The perturbed pixels of `image`.
    #[must_use]
    pub fn apply(&self, seed: u64, image: &ImageRecord, pixels: &image::RgbImage) -> image::RgbImage {
        self.perturbation.apply(pixels, &self.values, self.rng(seed, image))
    }

    fn rng(&self, seed: u64, image: &ImageRecord) -> Rng {
        let image = image.file_name.rsplit(['/', '\\']).next().unwrap_or_default();
        FrameSeed { seed, image, kind: self.perturbation.entry().name, values: &self.values }.rng()
    }
}

/// All levels of one section.
pub struct Sweep {
    /// The section's name.
    pub name: String,
    /// The kind.
    pub perturbation: &'static dyn Perturbation,
    /// At least one, in the order of the spec.
    pub settings: Vec<Setting>,
}

/// Reads a `[perturbation.*]` section; `None` where it is wrong.
pub fn read_sweep(section: &Section<'_>, diagnostics: &mut Diagnostics) -> Option<Sweep> {
    let kind = section.kind.as_ref()?;
    let perturbation = match find(ALL, kind.get_ref()) {
        Ok(perturbation) => perturbation,
        Err(not_found) => {
            let message = format!("unknown perturbation `{}`", not_found.name);
            diagnostics.push(Diagnostic::new(kind.span(), message).help(not_found.help()));
            return None;
        }
    };
    let mut reader = TableReader::new(&section.table, diagnostics);
    reader.optional::<String>("kind");
    let settings = read_settings(perturbation, &mut reader);
    reader.finish();
    Some(Sweep { name: section.name.get_ref().clone(), perturbation, settings: settings? })
}

fn read_settings(
    perturbation: &'static dyn Perturbation,
    reader: &mut TableReader<'_, '_, '_>,
) -> Option<Vec<Setting>> {
    let kind = perturbation.entry().name;
    let setting = |level, values: &[f64]| Setting { perturbation, level, values: values.to_vec() };
    let (Some(ladder), Some(parameter)) = (perturbation.ladder(), perturbation.parameters().first()) else {
        return Some(vec![setting(Level::Fixed, &[])]);
    };
    let by_severity = reader.with("severity", read_severities);
    let by_value = reader.with(parameter.name, |value| read_values(parameter, value));
    let table = reader.table();
    match (by_severity, by_value) {
        (Some(severities), None) => {
            let at = |s: Severity| setting(Level::Severity(s), ladder[s.index()]);
            Some(severities.into_inner().into_iter().map(at).collect())
        }
        (None, Some(values)) => {
            Some(values.into_inner().into_iter().map(|value| setting(Level::Value(value), &[value])).collect())
        }
        (Some(_), Some(values)) => {
            let message = format!("{} gives both `severity` and `{}`", table.title, parameter.name);
            let help = "keep one of them; for both, write a second section";
            reader.wrong(Diagnostic::new(values.span(), message).help(help));
            None
        }
        (None, None) => {
            if table.get("severity").is_none() && table.get(parameter.name).is_none() {
                let message = format!("{} does not say how strong the {kind} is", table.title);
                let Parameter { name, unit, min, max } = parameter;
                let help = format!("add `severity = [1, 3, 5]` or `{name} = [...]` ({unit}, {min}..={max})");
                reader.wrong(Diagnostic::new(table.span.clone(), message).help(help));
            }
            None
        }
    }
}

fn read_severities(value: &Value<'_>) -> Result<Vec<Severity>, Mistake> {
    let numbers: Vec<Spanned<i64>> = list_of(value)?;
    refuse_repeats(&numbers)?;
    let severity = |number: &Spanned<i64>| {
        Severity::new(*number.get_ref()).ok_or_else(|| {
            Mistake::new(format!("severity {} does not exist", number.get_ref()))
                .at(number.span())
                .help("severities are 1, 2, 3, 4 and 5")
        })
    };
    numbers.iter().map(severity).collect()
}

fn read_values(parameter: &Parameter, value: &Value<'_>) -> Result<Vec<f64>, Mistake> {
    let numbers: Vec<Spanned<f64>> = list_of(value)?;
    refuse_repeats(&numbers)?;
    let Parameter { min, max, unit, .. } = parameter;
    for number in &numbers {
        if !(*min..=*max).contains(number.get_ref()) {
            let message = format!("{} is outside {min}..={max} ({unit})", number.get_ref());
            return Err(Mistake::new(message).at(number.span()));
        }
    }
    Ok(numbers.into_iter().map(Spanned::into_inner).collect())
}

fn refuse_repeats<T: PartialEq + std::fmt::Display>(numbers: &[Spanned<T>]) -> Result<(), Mistake> {
    for (index, number) in numbers.iter().enumerate() {
        if numbers[..index].iter().any(|earlier| earlier.get_ref() == number.get_ref()) {
            return Err(Mistake::new(format!("{} stands twice", number.get_ref())).at(number.span()));
        }
    }
    Ok(())
}
