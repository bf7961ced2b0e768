//! A horizontal scale whose places are shares of a width that the reader's window decides, and what is drawn on it.

use maud::{Markup, html};

use super::words::{mark_class, mark_outline};
use crate::record::Interval;

/// Left free on both sides, for marks at the ends: percent.
const MARGIN: f64 = 3.0;

/// From one figure to another.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    /// From 0 to a round number that no value exceeds.
    pub fn from_zero(values: impl IntoIterator<Item = f64>) -> Self {
        Self { low: 0.0, high: round_up(values.into_iter().filter(|value| value.is_finite()).fold(0.0, f64::max)) }
    }

    /// As far below 0 as above it.
    pub fn around_zero(values: impl IntoIterator<Item = f64>) -> Self {
        let Self { high, .. } = Self::from_zero(values.into_iter().map(f64::abs));
        Self { low: -high, high }
    }

    /// Percent of the width; values outside stand at the ends.
    pub fn share(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        MARGIN + share * (100.0 - 2.0 * MARGIN)
    }

    /// The place of a value.
    pub fn at(&self, value: f64) -> String {
        format!("{:.1}%", self.share(value))
    }

    /// The same between two heights, the low end below.
    pub fn height(&self, value: f64, top: f64, bottom: f64) -> f64 {
        bottom - ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0) * (bottom - top)
    }

    /// Its two ends and the middle.
    pub fn ticks(&self) -> [f64; 3] {
        [self.low, f64::midpoint(self.low, self.high), self.high]
    }

    /// The numbers below the ticks, for the head of a column.
    pub fn scale(&self, is_signed: bool) -> Markup {
        let text = |value: f64| {
            let text = if is_signed && value != 0.0 { format!("{value:+}") } else { format!("{value}") };
            text.replace('-', "\u{2212}")
        };
        html! {
            svg class="scale" width="100%" height="14" aria-hidden="true" {
                @for (value, anchor) in self.ticks().into_iter().zip(["start", "middle", "end"]) {
                    @let x = if anchor == "start" { "0".to_owned() } else if anchor == "end" { "100%".to_owned() } else { self.at(value) };
                    text x=(x) y="11" text-anchor=(anchor) { (text((value * 1000.0).round() / 1000.0)) }
                }
            }
        }
    }

    /// Faint lines at the ticks.
    pub fn grid(&self) -> Markup {
        html! {
            @for value in self.ticks() {
                line class="grid" x1=(self.at(value)) x2=(self.at(value)) y1="0" y2="100%" {}
            }
        }
    }

    /// From one value to another.
    pub fn line(&self, class: &str, from: f64, to: f64, y: f64) -> Markup {
        html! { line class=(class) x1=(self.at(from)) x2=(self.at(to)) y1=(y) y2=(y) {} }
    }

    /// An interval with its ends.
    pub fn whisker(&self, interval: Interval, y: f64) -> Markup {
        const END: f64 = 3.0;
        html! {
            (self.line("whisker", interval.low, interval.high, y))
            @for end in [interval.low, interval.high] { (self.tick("whisker", end, y, END)) }
        }
    }

    /// A short upright line.
    pub fn tick(&self, class: &str, value: f64, y: f64, half: f64) -> Markup {
        html! { line class=(class) x1=(self.at(value)) x2=(self.at(value)) y1=(y - half) y2=(y + half) {} }
    }

    /// A model's mark.
    pub fn mark(&self, model: usize, value: f64, y: f64) -> Markup {
        html! { svg class={ "mark " (mark_class(model)) } x=(self.at(value)) y=(y) { path d=(mark_outline(model)) {} } }
    }

    /// A bar from 0.
    pub fn bar(&self, class: &str, value: f64, y: f64, height: f64) -> Markup {
        let (from, to) = (self.share(0.0), self.share(value));
        html! { rect class=(class) x=(format!("{from:.1}%")) y=(y) width=(format!("{:.1}%", (to - from).max(0.0))) height=(height) {} }
    }
}

/// The next of 1, 2, 4, 5, 6, 8 or 10 times a power of ten.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let step = [1.0, 2.0, 4.0, 5.0, 6.0, 8.0, 10.0].into_iter().find(|step| step * power >= value * (1.0 - 1e-9));
    step.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number_above_every_value() {
        assert!((round_up(0.43) - 0.5).abs() < 1e-12);
        assert!((round_up(0.5) - 0.5).abs() < 1e-12);
        assert!((round_up(37.0) - 40.0).abs() < 1e-12);
        assert!((round_up(0.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn values_beyond_an_axis_stand_at_its_ends() {
        let axis = Axis::from_zero([0.9]);
        assert_eq!((axis.at(-1.0), axis.at(9.0)), ("3.0%".to_owned(), "97.0%".to_owned()));
    }
}
