//! Owns the measure of growth: the CPU time of a parser for a body of one, two, four and eight parts.

use std::time::Duration;

use crate::clock::thread_cpu;

/// Names a shape whose cost grows faster than its body; `None` where the cost is linear.
pub fn faster_than_linear(
    name: &str,
    base_bytes: usize,
    body: impl Fn(usize) -> String,
    parse: impl Fn(&str),
) -> Option<String> {
    // The first parse compiles patterns and lists of words, which stay.
    parse(&body(base_bytes));
    let measure = |tries: usize| {
        [1, 2, 4, 8].map(|times| {
            let body = body(times * base_bytes);
            let best = (0..tries).map(|_| {
                let before = thread_cpu();
                parse(&body);
                thread_cpu() - before
            });
            best.min().unwrap_or_default()
        })
    };
    // A busy neighbour disturbs one try, not all.
    [1, 3, 9].into_iter().all(|tries| !is_linear(&measure(tries))).then(|| format!("{name}: {:?}", measure(9)))
}

fn is_linear(times: &[Duration; 4]) -> bool {
    /// A quadratic cost grows by 64.
    const MAX_GROWTH: u32 = 24;
    /// Shorter times are noise.
    const LEAST: Duration = Duration::from_millis(2);
    times[3] < MAX_GROWTH * times[0].max(LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quadratic_cost_is_found() {
        assert!(!is_linear(&[1, 4, 16, 64].map(|times| Duration::from_millis(5 * times))));
        assert!(is_linear(&[1, 2, 4, 8].map(|times| Duration::from_millis(5 * times))));
        let body = |bytes| "a".repeat(bytes);
        let quadratic = |body: &str| {
            for end in 0..body.len() {
                std::hint::black_box(body[..end].bytes().filter(|byte| *byte == b'b').count());
            }
        };
        assert!(faster_than_linear("squares", 800, body, quadratic).is_some());
    }
}
