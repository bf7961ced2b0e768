//! A `[perturbation.*]` section read: a kind at some levels, a preset of kinds, or a chain of steps.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::compat::Compat;
use super::keys::{CHAIN, KIND, PRESET, form_keys, section_keys, step_keys};
use super::{ALL, Group, LabelRules, Outline, Parameter, Perturbation, Setting, Step, other_names, preset};
use crate::condition::{Level, Severity};
use crate::entry::{NotFound, find, one_of};
use crate::spec::{
    Choice, Diagnostic, Diagnostics, Mistake, Section, Span, Table, TableReader, Value, deserialize, list_of,
};

/// All levels of one kind, under the name by which checks call it.
pub struct Sweep {
    /// The section's name, or `section.kind` for a kind of a preset.
    pub name: String,
    /// At least one, in the order of the spec.
    pub settings: Vec<Setting>,
}

/// Reads a section; empty where it is wrong.
pub fn read_section(section: &Section<'_>, diagnostics: &mut Diagnostics) -> Vec<Sweep> {
    let name = section.name.get_ref();
    let table = &section.table;
    let given: Vec<&str> = ["kind", "preset", "chain"].into_iter().filter(|key| table.get(key).is_some()).collect();
    match given[..] {
        ["kind"] => read_kind(section, diagnostics)
            .map(|settings| vec![Sweep { name: name.clone(), settings }])
            .unwrap_or_default(),
        ["preset"] => read_preset(name, table, diagnostics),
        ["chain"] => read_chain(table, diagnostics)
            .map(|setting| vec![Sweep { name: name.clone(), settings: vec![setting] }])
            .unwrap_or_default(),
        [] => {
            let message = format!("{} has no `kind`", table.title);
            let help = "add `kind = \"gaussian_blur\"`, a `preset`, or a `chain` of steps";
            diagnostics.push(Diagnostic::new(table.span.clone(), message).help(help));
            Vec::new()
        }
        [..] => {
            let message = format!("{} gives {}", table.title, given.join(" and "));
            diagnostics.push(Diagnostic::new(table.span.clone(), message).help("keep one of them"));
            Vec::new()
        }
    }
}

fn read_kind(section: &Section<'_>, diagnostics: &mut Diagnostics) -> Option<Vec<Setting>> {
    let kind = kind_called(section.kind.as_ref()?, diagnostics)?;
    let keys = section_keys(kind);
    let mut reader = TableReader::new(&section.table, &keys, diagnostics);
    reader.optional::<String>("kind");
    let kind = reader.choice::<Compat>("compat").unwrap_or(Compat::None).of(kind);
    let rules = read_rules(&mut reader);
    let levels = read_levels(kind, &mut reader);
    reader.finish();
    let setting =
        |(level, values)| Setting { steps: vec![Step { perturbation: kind, values }], level, rules: rules.clone() };
    Some(levels?.into_iter().map(setting).collect())
}

fn kind_called(name: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<&'static Perturbation> {
    find(ALL, name.get_ref())
        .map_err(|not_found| {
            let message = format!("unknown perturbation `{}`", not_found.name);
            diagnostics.push(Diagnostic::new(name.span(), message).help(meant(&not_found)));
        })
        .ok()
}

/// What was likely meant by a kind that there is not: a spelling, all of a group, or what somebody else calls it.
fn meant(not_found: &NotFound) -> String {
    let wanted = not_found.name.to_lowercase();
    if let Some((group, _)) = Group::ALL.iter().find(|(word, _)| *word == wanted) {
        let of_group = ALL.iter().filter(|kind| kind.group.to_string() == *group);
        let names: Vec<String> = of_group.map(|kind| kind.entry.name.to_owned()).collect();
        return format!("`{group}` is a group; {}", one_of(&names));
    }
    match other_names::meant(&wanted) {
        Some(names) => one_of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()),
        None => not_found.help(),
    }
}

fn read_preset(name: &str, table: &Table<'_>, diagnostics: &mut Diagnostics) -> Vec<Sweep> {
    let keys = form_keys(PRESET);
    let mut reader = TableReader::new(table, &keys, diagnostics);
    let preset = reader.with("preset", |value| {
        let name: String = deserialize(value)?;
        preset::find(&name).map_err(|not_found| Mistake::new(format!("unknown preset `{name}`")).help(not_found.help()))
    });
    let compat = reader.choice::<Compat>("compat");
    let severities = reader.with("severity", read_severities).map(Spanned::into_inner);
    let rules = read_rules(&mut reader);
    let is_severity_wrong = severities.is_none() && table.get("severity").is_some();
    reader.finish();
    let Some(preset) = preset.map(Spanned::into_inner).filter(|_| !is_severity_wrong) else { return Vec::new() };
    let published = if preset.is_published { Compat::ImagenetC } else { Compat::None };
    let severities = severities.unwrap_or_else(|| Severity::ALL.to_vec());
    let sweep = |kind: &'static Perturbation| {
        let of_kind = compat.unwrap_or(published).of(kind);
        let setting = |(level, values)| Setting {
            steps: vec![Step { perturbation: of_kind, values }],
            level,
            rules: rules.clone(),
        };
        let settings = at_severities(kind, &severities).into_iter().map(setting).collect();
        Sweep { name: format!("{name}.{}", kind.entry.name), settings }
    };
    preset.kinds().into_iter().map(sweep).collect()
}

fn read_chain(table: &Table<'_>, diagnostics: &mut Diagnostics) -> Option<Setting> {
    let keys = form_keys(CHAIN);
    let mut reader = TableReader::new(table, &keys, diagnostics);
    let steps = reader.with("chain", |value| chain_tables(table, value));
    let rules = read_rules(&mut reader);
    reader.finish();
    let steps = steps?.into_inner();
    let read: Vec<Option<Step>> = steps.iter().map(|step| read_step(step, diagnostics)).collect();
    Some(Setting { steps: read.into_iter().collect::<Option<_>>()?, level: Level::Fixed, rules })
}

fn chain_tables<'t>(table: &Table<'t>, value: &Value<'t>) -> Result<Vec<Table<'t>>, Mistake> {
    let expected = "a list of steps: [{ kind = \"brightness\", delta = -0.4 }, ...]";
    let DeValue::Array(items) = value.get_ref() else { return Err(Mistake::expected(expected, value)) };
    if items.is_empty() {
        return Err(Mistake::new("the chain has no steps"));
    }
    let step = |(index, item): (usize, &Value<'t>)| match item.get_ref() {
        DeValue::Table(step) => {
            let step: DeTable<'t> = step.clone();
            Ok(Table::new(format!("step {} of {}", index + 1, table.title), item.span(), step))
        }
        _ => Err(Mistake::expected("a table such as { kind = \"rain\", severity = 3 }", item)),
    };
    items.iter().enumerate().map(step).collect()
}

fn read_step(table: &Table<'_>, diagnostics: &mut Diagnostics) -> Option<Step> {
    let perturbation = step_kind(table, diagnostics)?;
    let keys = step_keys(perturbation);
    let mut reader = TableReader::new(table, &keys, diagnostics);
    reader.optional::<String>("kind");
    let perturbation = reader.choice::<Compat>("compat").unwrap_or(Compat::None).of(perturbation);
    let levels = read_levels(perturbation, &mut reader);
    reader.finish();
    let mut levels = levels?;
    if levels.len() > 1 {
        let message = format!("{} has {} levels", table.title, levels.len());
        let help = "a step of a chain has one; write a section for each chain";
        diagnostics.push(Diagnostic::new(table.span.clone(), message).help(help));
        return None;
    }
    levels.pop().map(|(_, values)| Step { perturbation, values })
}

fn step_kind(table: &Table<'_>, diagnostics: &mut Diagnostics) -> Option<&'static Perturbation> {
    let kind = TableReader::new(table, &[KIND], diagnostics).required::<String>("kind", "kind = \"brightness\"")?;
    kind_called(&kind, diagnostics)
}

fn read_rules(reader: &mut TableReader<'_, '_, '_>) -> LabelRules {
    let defaults = LabelRules::default();
    LabelRules {
        min_visible: reader.number("min_visible").unwrap_or(defaults.min_visible),
        outline: reader.choice::<Outline>("boxes").unwrap_or(defaults.outline),
        flip_pairs: reader.optional("flip_pairs").map_or(defaults.flip_pairs, Spanned::into_inner),
    }
}

/// The levels that a table asks for, with the values behind them; `None` where it is wrong.
fn read_levels(kind: &'static Perturbation, reader: &mut TableReader<'_, '_, '_>) -> Option<Vec<(Level, Vec<f64>)>> {
    let parameters = kind.parameters;
    let Some(ladder) = kind.ladder.filter(|_| !parameters.is_empty()) else {
        return Some(vec![(Level::Fixed, Vec::new())]);
    };
    let severities = reader.with("severity", read_severities);
    let given: Vec<Option<Spanned<Vec<f64>>>> =
        parameters.iter().map(|parameter| reader.with(parameter.name, |value| read_values(parameter, value))).collect();
    let table = reader.table();
    let written = |key: &str| table.get(key).is_some();
    let wrong = |key: &str, is_read: bool| written(key) && !is_read;
    let is_wrong = wrong("severity", severities.is_some())
        || parameters.iter().zip(&given).any(|(parameter, values)| wrong(parameter.name, values.is_some()));
    if is_wrong {
        return None;
    }
    let first_given = given.iter().flatten().next();
    match (severities, first_given) {
        (Some(severities), None) => Some(at_severities(kind, severities.get_ref())),
        (Some(_), Some(values)) => {
            refuse_both(table, parameters, values.span(), reader);
            None
        }
        (None, Some(_)) => at_values(ladder[2], &given, reader),
        (None, None) => {
            refuse_neither(kind, table, parameters, reader);
            None
        }
    }
}

fn refuse_both(table: &Table<'_>, parameters: &[Parameter], span: Span, reader: &mut TableReader<'_, '_, '_>) {
    let name = parameters.iter().find(|parameter| table.get(parameter.name).is_some()).map_or("", |p| p.name);
    let message = format!("{} gives both `severity` and `{name}`", table.title);
    reader.wrong(Diagnostic::new(span, message).help("keep one of them; for both, write a second section"));
}

fn refuse_neither(
    kind: &Perturbation,
    table: &Table<'_>,
    parameters: &[Parameter],
    reader: &mut TableReader<'_, '_, '_>,
) {
    let message = format!("{} does not say how strong the {} is", table.title, kind.entry.name);
    let Parameter { name, unit, min, max } = parameters[0];
    let help = format!("add `severity = [1, 3, 5]` or `{name} = [...]` ({unit}, {min}..={max})");
    reader.wrong(Diagnostic::new(table.span.clone(), message).help(help));
}

fn at_severities(kind: &'static Perturbation, severities: &[Severity]) -> Vec<(Level, Vec<f64>)> {
    match kind.ladder {
        Some(ladder) => severities.iter().map(|&s| (Level::Severity(s), ladder[s.index()].to_vec())).collect(),
        None => vec![(Level::Fixed, Vec::new())],
    }
}

/// A sweep over the one parameter that has several values; parameters that are not given take those of severity 3.
fn at_values(
    middle: &[f64],
    given: &[Option<Spanned<Vec<f64>>>],
    reader: &mut TableReader<'_, '_, '_>,
) -> Option<Vec<(Level, Vec<f64>)>> {
    let several: Vec<usize> =
        (0..given.len()).filter(|&at| given[at].as_ref().is_some_and(|values| values.get_ref().len() > 1)).collect();
    if let [_, second, ..] = several[..] {
        let span = given[second].as_ref().map_or(0..0, Spanned::span);
        let message = format!("{} has several values for two parameters", reader.table().title);
        reader.wrong(
            Diagnostic::new(span, message).help("sweep over one of them; write a section for each value of the other"),
        );
        return None;
    }
    let swept = several.first().copied().or_else(|| given.iter().position(Option::is_some))?;
    let fixed = |at: usize| given[at].as_ref().map_or(middle[at], |values| values.get_ref()[0]);
    let base: Vec<f64> = (0..given.len()).map(fixed).collect();
    let values = given[swept].as_ref()?.get_ref();
    let level = |&value: &f64| {
        let mut all = base.clone();
        all[swept] = value;
        (Level::Value(value), all)
    };
    Some(values.iter().map(level).collect())
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
