//! The keys of a `[perturbation.*]` section in each of its forms: a kind, a preset, a chain, and a step of a chain.

use super::compat::Compat;
use super::warp::MIN_VISIBLE;
use super::{Outline, PRESETS, Parameter, Perturbation};
use crate::entry::Entry;
use crate::spec::{Family, Key, Literal, Scalar, ValueShape};

/// Which kind a section, or a step of a chain, is of.
pub const KIND: Key =
    Key::new("kind", ValueShape::One(Scalar::Member(Family::Perturbation)), "what is done to the images").required();

/// The key that sets how strong a kind is by the standard ladder, in place of its parameters.
pub const SEVERITY: &str = "severity";

const BY_SEVERITY: Key = Key::new(
    SEVERITY,
    ValueShape::OneOrMany(Scalar::Integer { min: 1, max: 5 }),
    "the standard ladder, from 1 (slight) to 5 (strong)",
);

const COMPAT: Key =
    Key::new("compat", ValueShape::choice::<Compat>(), "whose form of a kind is taken").or(Literal::Text("none"));

/// The keys that kinds of perturbations share: the last three, how labels follow the content, those of all forms.
pub const SHARED: &[Key] = &[
    COMPAT,
    BY_SEVERITY,
    Key::new(
        "min_visible",
        ValueShape::SHARE,
        "an object of which less than this share remains visible is ignored; with `task = \"classify\"` a picture of which less would \
         be left is refused, where this is not given less than 0.5, or more than 0.3 covered",
    )
        .or(Literal::Number(MIN_VISIBLE)),
    Key::new(
        "boxes",
        ValueShape::choice::<Outline>(),
        "which outline of a box moves with the content; the new box encloses it",
    )
    .or(Literal::Text("ellipse")),
    Key::new(
        "flip_pairs",
        ValueShape::Pairs,
        "categories that change places in a mirror: [[\"left hand\", \"right hand\"]]; with `task = \"classify\"` kinds that mirror need it, \
         `[]` where no class has a side",
    ),
];

/// How labels follow the content.
fn rules() -> &'static [Key] {
    &SHARED[2..]
}

/// The keys of a section with a `preset`.
pub const PRESET: &[Key] = &[
    Key::new(
        "preset",
        ValueShape::One(Scalar::Words(presets)),
        "a list of kinds, each a perturbation of its own: NAME.kind",
    )
    .required(),
    Key {
        summary: "whose form of a kind is taken; \"imagenet_c\" for the preset of that name, else \"none\"",
        default: None,
        ..COMPAT
    },
    Key { summary: "the standard ladder, from 1 (slight) to 5 (strong); all five where none is given", ..BY_SEVERITY },
];

/// The keys of a section with a `chain`.
pub const CHAIN: &[Key] = &[Key::new("chain", ValueShape::Steps, "steps that are done one after the other").required()];

/// The keys of a step of a chain that is of `kind`.
pub fn step_keys(kind: &Perturbation) -> Vec<Key> {
    let parameter = |parameter: &Parameter| {
        let Parameter { name, unit, min, max } = *parameter;
        Key::new(name, ValueShape::OneOrMany(Scalar::Number { min, max }), unit)
    };
    let mut keys = vec![KIND, COMPAT];
    if kind.ladder.is_some() && !kind.parameters.is_empty() {
        keys.push(BY_SEVERITY);
        keys.extend(kind.parameters.iter().map(parameter));
    }
    keys
}

/// The keys of a section of `kind`.
pub fn section_keys(kind: &Perturbation) -> Vec<Key> {
    [step_keys(kind).as_slice(), rules()].concat()
}

/// The keys of a section with a `preset`, or with a `chain`.
pub fn form_keys(form: &[Key]) -> Vec<Key> {
    [form, rules()].concat()
}

fn presets() -> Vec<Entry> {
    PRESETS.iter().map(|preset| Entry { name: preset.name, summary: preset.summary }).collect()
}
