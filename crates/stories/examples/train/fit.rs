//! Logistic regression with a ridge, by Newton's method. Deterministic.

use ceasewire_stories::group::model::{FEATURES, PairFeatures};

/// A pair of articles with its label and its weight in the fit.
#[derive(Clone, Copy)]
pub struct Example {
    pub features: PairFeatures,
    pub is_same: bool,
    pub weight: f64,
}

/// Steps of Newton's method; a convex sum needs fewer.
const STEPS: usize = 25;

/// Fits the weights of the named features; the others stay 0. The ridge counts in units of the features' spread.
pub fn fit(examples: &[Example], names: &[&str], ridge: f64) -> [f32; FEATURES] {
    let places: Vec<usize> =
        names.iter().filter_map(|name| PairFeatures::NAMES.iter().position(|known| known == name)).collect();
    let rows: Vec<Vec<f64>> = examples
        .iter()
        .map(|example| {
            let values = example.features.values();
            places.iter().map(|&place| f64::from(values[place])).collect()
        })
        .collect();
    let all: f64 = examples.iter().map(|example| example.weight).sum();
    let moment = |column: usize, of: &dyn Fn(f64) -> f64| {
        rows.iter().zip(examples).map(|(row, example)| of(row[column]) * example.weight).sum::<f64>() / all
    };
    // The constant term has no spread and no ridge.
    let scales: Vec<(f64, f64)> = (0..places.len())
        .map(|column| {
            let mean = moment(column, &|value| value);
            let spread = moment(column, &|value| (value - mean).powi(2)).sqrt();
            if spread < 1e-9 { (0.0, 1.0) } else { (mean, spread) }
        })
        .collect();
    let scaled: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| row.iter().zip(&scales).map(|(value, (mean, spread))| (value - mean) / spread).collect())
        .collect();
    let count = places.len();
    let mut weights = vec![0.0; count];
    for _ in 0..STEPS {
        let mut slope = vec![0.0; count];
        let mut curve = vec![vec![0.0; count]; count];
        for (row, example) in scaled.iter().zip(examples) {
            let sum: f64 = row.iter().zip(&weights).map(|(value, weight)| value * weight).sum();
            let chance = 1.0 / (1.0 + (-sum).exp());
            let miss = example.weight * (f64::from(u8::from(example.is_same)) - chance);
            let bend = example.weight * (chance * (1.0 - chance)).max(1e-9);
            for (one, value) in row.iter().enumerate() {
                slope[one] += miss * value;
                for (other, second) in row.iter().enumerate() {
                    curve[one][other] += bend * value * second;
                }
            }
        }
        for column in 0..count {
            let ridge = if places[column] == 0 { 1e-6 } else { ridge };
            slope[column] -= ridge * weights[column];
            curve[column][column] += ridge;
        }
        let step = solve(curve, slope);
        weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight += step);
        if step.iter().all(|step| step.abs() < 1e-9) {
            break;
        }
    }
    let mut fitted = [0.0; FEATURES];
    let mut constant = 0.0;
    for ((place, weight), (mean, spread)) in places.iter().zip(&weights).zip(&scales) {
        fitted[*place] = (weight / spread) as f32;
        constant -= weight * mean / spread;
    }
    fitted[0] += constant as f32;
    fitted
}

/// Solves a symmetric positive system by elimination.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let count = right.len();
    for pivot in 0..count {
        for row in pivot + 1..count {
            let factor = matrix[row][pivot] / matrix[pivot][pivot];
            let (above, below) = matrix.split_at_mut(row);
            below[0].iter_mut().zip(&above[pivot]).skip(pivot).for_each(|(value, other)| *value -= factor * other);
            right[row] -= factor * right[pivot];
        }
    }
    for row in (0..count).rev() {
        let known: f64 = (row + 1..count).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}
