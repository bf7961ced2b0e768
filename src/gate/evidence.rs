//! What a claim is judged on: figures as they were measured, and as they come out on resampled images.

use super::Combine;
use crate::condition::ConditionName;
use crate::failure::{Failure, Measured};
use crate::metric::alexnet;

/// The figures that a claim is judged on.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Of the model that the claim is about.
    pub ours: Side,
    /// What it is compared with, for bounds that compare models or versions.
    pub other: Option<Other>,
    /// How many images the figures are measured on.
    pub images: usize,
}

/// The figures of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// On clean images; `None` where the claim does not compare with them.
    pub clean: Option<Reading>,
    /// On the images of the check, condition by condition; at least one.
    pub readings: Vec<Reading>,
}

/// Another model, or an earlier version.
#[derive(Debug, Clone, PartialEq)]
pub enum Other {
    /// Its figures, on the same conditions in the same order.
    Side(Side),
    /// There is none yet; why, and what to do.
    Missing(String),
    /// It cannot be compared with.
    Incomparable(Failure),
}

/// A figure under one condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The condition.
    pub condition: ConditionName,
    /// The perturbation's name; `clean` for clean images.
    pub perturbation: String,
    /// The groups it is in.
    pub groups: Vec<String>,
    /// AlexNet's mean error under it; `None` where it is none of ImageNet-C's corruptions.
    pub alexnet: Option<f64>,
    /// `Value(None)` where there is no ground truth to measure it on.
    pub figure: Measured<Option<f64>>,
    /// The figure on resampled images, resample by resample; `None` where none were drawn.
    pub draws: Option<Vec<Option<f64>>>,
    /// The same of a model that breaks the bound as far as any can, or finds nothing; `None` where there is no end to that, or nobody asks.
    pub extreme: Option<Extreme>,
}

/// The figure of a model that breaks a bound as far as any can: one that finds nothing, where more is better. Held against clean
/// answers, silence is the loss to be found, and not the worst: it agrees with silence.
#[derive(Debug, Clone, PartialEq)]
pub struct Extreme {
    /// On the images themselves.
    pub figure: f64,
    /// On resampled images; `None` where it is the same on all.
    pub draws: Option<Vec<Option<f64>>>,
    /// Whether no model breaks the bound farther.
    pub is_worst: bool,
}

/// The numbers of a side, all measured.
#[derive(Debug, Clone)]
pub(super) struct SideValues<'e> {
    pub clean: Option<f64>,
    /// With the readings they are of.
    pub figures: Vec<(&'e Reading, f64)>,
}

impl Side {
    /// All readings, clean first.
    pub fn all(&self) -> impl Iterator<Item = &Reading> + Clone {
        self.clean.iter().chain(&self.readings)
    }

    /// The side of a model that breaks the bound as far as any can, or finds nothing, and is the same on clean images; `None` where there is no
    /// end to that.
    pub(super) fn extreme(&self) -> Option<Self> {
        let reading = |reading: &Reading| {
            let extreme = reading.extreme.as_ref()?;
            let always = |draws: &Vec<_>| vec![Some(extreme.figure); draws.len()];
            let draws = extreme.draws.clone().or_else(|| reading.draws.as_ref().map(always));
            Some(Reading { figure: Measured::Value(Some(extreme.figure)), draws, ..reading.clone() })
        };
        Some(Self { clean: self.clean.clone(), readings: self.readings.iter().map(reading).collect::<Option<_>>()? })
    }

    /// The numbers of every reading as `number` tells them; `None` if one has none.
    pub(super) fn values(&self, number: impl Fn(&Reading) -> Option<f64>) -> Option<SideValues<'_>> {
        let figures = self.readings.iter().map(|reading| Some((reading, number(reading)?)));
        Some(SideValues {
            clean: match &self.clean {
                Some(reading) => Some(number(reading)?),
                None => None,
            },
            figures: figures.collect::<Option<_>>()?,
        })
    }
}

/// The clean figure, of 1, below which a share of it says nothing: it is what chance finds, and a model that is broken on
/// clean images would keep ten times of it under fog.
pub(super) const LEAST_CLEAN: f64 = 0.01;

/// The figures of a side, all measured, as one; `None` where one is missing or there is nothing to combine.
pub fn combined(side: &Side, combine: Combine) -> Option<f64> {
    let measured = |reading: &Reading| reading.figure.value().copied().flatten();
    let values = side.values(measured)?;
    let is_share_of_nothing = combine == Combine::ShareOfClean && values.clean.is_none_or(|clean| clean < LEAST_CLEAN);
    if is_share_of_nothing { None } else { values.summary(combine) }
}

impl SideValues<'_> {
    /// Their mean, in one way or another; `None` if there is none.
    pub fn summary(&self, combine: Combine) -> Option<f64> {
        match combine {
            Combine::Mean | Combine::Worst => self.mean_of_means(),
            Combine::ShareOfClean => Some(self.mean_of_means()? / self.clean.filter(|clean| *clean > 0.0)?),
            Combine::Groups => Some(100.0 * self.mean_of_groups()?),
            Combine::CorruptionError => Some(100.0 * self.beside_alexnet(0.0, 0.0)?),
            Combine::RelativeCorruptionError => Some(100.0 * self.beside_alexnet(1.0 - self.clean?, alexnet::CLEAN)?),
        }
    }

    fn mean_of_means(&self) -> Option<f64> {
        let names = self.perturbations();
        mean(names.iter().filter_map(|name| self.mean_where(|reading| reading.perturbation == **name)))
    }

    /// The mean over perturbations of the mean error above `clean` as a share of AlexNet's above its own.
    fn beside_alexnet(&self, clean: f64, alexnet_clean: f64) -> Option<f64> {
        let share = |name: &str| {
            let error = 1.0 - self.mean_where(|reading| reading.perturbation == name)?;
            let alexnet = self.figures.iter().find(|(reading, _)| reading.perturbation == name)?.0.alexnet?;
            Some((error - clean) / (alexnet - alexnet_clean))
        };
        let shares: Vec<f64> = self.perturbations().into_iter().map(share).collect::<Option<_>>()?;
        mean(shares.into_iter())
    }

    /// Each one's name once.
    fn perturbations(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (reading, _) in &self.figures {
            if !names.contains(&reading.perturbation.as_str()) {
                names.push(&reading.perturbation);
            }
        }
        names
    }

    fn mean_of_groups(&self) -> Option<f64> {
        let mut groups: Vec<&String> = self.figures.iter().flat_map(|(reading, _)| &reading.groups).collect();
        groups.sort();
        groups.dedup();
        mean(groups.iter().filter_map(|group| self.mean_where(|reading| reading.groups.contains(group))))
    }

    fn mean_where(&self, counts: impl Fn(&Reading) -> bool) -> Option<f64> {
        mean(self.figures.iter().filter(|(reading, _)| counts(reading)).map(|(_, figure)| *figure))
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Measured;

    fn reading(perturbation: &str, group: &str, figure: f64) -> Reading {
        let figure = Measured::Value(Some(figure));
        let (condition, groups) = (ConditionName(perturbation.to_owned()), vec![group.to_owned()]);
        Reading {
            condition,
            perturbation: perturbation.to_owned(),
            groups,
            alexnet: alexnet::mean_error(perturbation),
            figure,
            draws: None,
            extreme: None,
        }
    }

    #[test]
    fn robustness_under_corruption_is_the_published_arithmetic() {
        // Michaelis et al. 2019: Faster R-CNN R50 on COCO-C has P 36.3, mPC 18.2, rPC 50.2 %. The figures of the single
        // corruptions here are made up to that mean; 0.0015 is less than what rounding to one decimal leaves open (0.002).
        let corruptions =
            (0..15).flat_map(|at| [16.2, 18.2, 20.2].map(|map| reading(&at.to_string(), "noise", map / 100.0)));
        let side = Side { clean: Some(reading("clean", "", 0.363)), readings: corruptions.collect() };
        assert!((combined(&side, Combine::Mean).unwrap() - 0.182).abs() < 1e-12);
        assert!((combined(&side, Combine::ShareOfClean).unwrap() - 0.502).abs() < 0.0015);
    }

    /// ResNet-50 in table 1 of Hendrycks & Dietterich 2019: clean error 23.9 %, mCE 76.7, and the corruption errors below, rounded
    /// to whole per cents, whose mean may be off by 0.5.
    const RESNET_50: [(&str, f64); 15] = [
        ("gaussian_noise", 80.0),
        ("shot_noise", 82.0),
        ("impulse_noise", 83.0),
        ("defocus_blur", 75.0),
        ("glass_blur", 89.0),
        ("motion_blur", 78.0),
        ("zoom_blur", 80.0),
        ("snow", 78.0),
        ("frost", 75.0),
        ("fog", 66.0),
        ("brightness", 57.0),
        ("contrast", 71.0),
        ("elastic_transform", 85.0),
        ("pixelate", 77.0),
        ("jpeg_compression", 77.0),
    ];

    #[test]
    fn corruption_errors_are_held_against_alexnet_s_by_name() {
        let of = |name: &str, share: f64| reading(name, "", 1.0 - share * alexnet::mean_error(name).unwrap());
        let alexnet = alexnet::corruptions().map(|name| of(name, 1.0)).collect();
        let alexnet = Side { clean: Some(reading("clean", "", 1.0 - alexnet::CLEAN)), readings: alexnet };
        assert!((combined(&alexnet, Combine::CorruptionError).unwrap() - 100.0).abs() < 1e-9);
        assert!((combined(&alexnet, Combine::RelativeCorruptionError).unwrap() - 100.0).abs() < 1e-9);
        // Backwards: what is matched by position would be another number.
        let readings = RESNET_50.iter().rev().map(|(name, percent)| of(name, percent / 100.0)).collect();
        let resnet = Side { clean: Some(reading("clean", "", 1.0 - 0.239)), readings };
        assert!((combined(&resnet, Combine::CorruptionError).unwrap() - 76.7).abs() < 0.5);
        // The paper has 105.0; AlexNet's clean error was rounded there to 43.5 %.
        assert!((combined(&resnet, Combine::RelativeCorruptionError).unwrap() - 105.0).abs() < 1.0);
    }

    #[test]
    fn nothing_is_a_share_of_a_clean_figure_of_nothing() {
        // mAP 0.001 clean and 0.021 under perturbation were told as an rPC of 21.
        let side =
            |clean| Side { clean: Some(reading("clean", "", clean)), readings: vec![reading("a", "noise", 0.021)] };
        assert_eq!(combined(&side(0.001), Combine::ShareOfClean), None);
        assert!((combined(&side(0.042), Combine::ShareOfClean).unwrap() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn risk_weighs_groups_and_not_their_conditions() {
        let readings = vec![reading("a", "noise", 1.0), reading("b", "noise", 0.5), reading("c", "blur", 0.25)];
        assert_eq!(combined(&Side { clean: None, readings }, Combine::Groups), Some(50.0));
    }
}
