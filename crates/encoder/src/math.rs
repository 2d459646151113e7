//! Functions of the network, in forms that the compiler turns into vector instructions.

/// Sums that run side by side: a float sum in one order would be one long chain of additions.
const LANES: usize = 16;

/// The sum of some numbers.
#[inline(always)]
pub(crate) fn sum(values: &[f32]) -> f32 {
    sum_of(values, values, |value, _| value)
}

/// The sum of a function over pairs.
#[inline(always)]
pub(crate) fn sum_of(one: &[f32], two: &[f32], function: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (ones, one_rest) = one.as_chunks::<LANES>();
    let (twos, two_rest) = two.as_chunks::<LANES>();
    for (one, two) in ones.iter().zip(twos) {
        for ((lane, one), two) in lanes.iter_mut().zip(one).zip(two) {
            *lane += function(*one, *two);
        }
    }
    let rest: f32 = one_rest.iter().zip(two_rest).map(|(one, two)| function(*one, *two)).sum();
    lanes.iter().sum::<f32>() + rest
}

/// Turns numbers into shares of 1, by their exponentials.
#[inline(always)]
pub(crate) fn softmax(values: &mut [f32]) {
    let largest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    values.iter_mut().for_each(|value| *value = (*value - largest).exp());
    let total = sum(values);
    values.iter_mut().for_each(|value| *value /= total);
}

/// The Gaussian error linear unit: the number times the probability of a smaller one.
#[inline(always)]
pub(crate) fn gelu(value: f32) -> f32 {
    0.5 * value * (1.0 + erf(value * std::f32::consts::FRAC_1_SQRT_2))
}

/// The error function, to some 1e-6: a fit of Cody's form, odd polynomial by even polynomial, which needs no exponential.
#[inline(always)]
fn erf(value: f32) -> f32 {
    // Beyond, it is 1 to the last bit.
    let x = value.clamp(-4.0, 4.0);
    let square = x * x;
    let above = [
        -2.726_142_3e-10,
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506_4e-5,
        -7.349_906_3e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    let below = [-1.456_607_2e-5, -2.133_740_6e-4, -1.682_827e-3, -7.373_329e-3, -1.426_473_9e-2];
    let polynomial =
        |coefficients: &[f32]| coefficients.iter().fold(0.0, |sum, coefficient| sum * square + coefficient);
    x * polynomial(&above) / polynomial(&below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_function_has_its_values() {
        // From tables of the function.
        let cases =
            [(0.0, 0.0), (0.1, 0.112_462_916), (0.5, 0.520_499_9), (1.0, 0.842_700_8), (2.0, 0.995_322_3), (5.0, 1.0)];
        for (x, value) in cases {
            assert!((erf(x) - value).abs() < 1e-6, "{x}: {}", erf(x));
            assert!((erf(-x) + value).abs() < 1e-6, "-{x}: {}", erf(-x));
        }
        assert!((gelu(1.0) - 0.841_344_8).abs() < 1e-6);
        assert!(gelu(-20.0).abs() < 1e-5 && (gelu(20.0) - 20.0).abs() < 1e-5);
    }

    #[test]
    fn sums_cover_each_number_once() {
        for count in [0, 1, 15, 16, 17, 100] {
            let values: Vec<f32> = (0..count).map(|i| i as f32).collect();
            assert_eq!(sum(&values), (count * (count.max(1) - 1) / 2) as f32);
        }
    }

    #[test]
    fn shares_are_exponentials_over_their_sum() {
        let mut values = [1000.0, 1000.0 + 2.0_f32.ln()];
        softmax(&mut values);
        assert!((values[0] - 1.0 / 3.0).abs() < 1e-4 && (values[1] - 2.0 / 3.0).abs() < 1e-4, "{values:?}");
    }
}
