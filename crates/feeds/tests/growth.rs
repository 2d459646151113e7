//! The cost of hostile bodies: time grows with their length and no faster, and memory stays within a bound.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on may panic")]
#![allow(clippy::print_stdout, reason = "a child process prints its figure")]

use std::process::Command;
use std::time::Duration;

use ceasewire_testkit::clock::{peak_mb, thread_cpu};
use ceasewire_testkit::hostile::{HostileShape, SHAPES};

/// The shortest body of a growth, in bytes.
const BASE_BYTES: usize = 32 << 10;
/// The environment variable that names the shape a child process shall parse.
const SHAPE: &str = "CEASEWIRE_HOSTILE_SHAPE";
/// The body of the memory test.
const LARGE_BYTES: usize = 4 << 20;
/// The most memory that parsing it may take, beside the body. The bounds of tags, entries and pages hold at this length,
/// so that ten megabytes take hardly more.
const MAX_MB: f64 = 100.0;

fn cpu_of(shape: &HostileShape, bytes: usize) -> Duration {
    let body = shape.body(bytes);
    let before = thread_cpu();
    shape.parse(&body);
    thread_cpu() - before
}

/// Measures a body of 1, 2, 4 and 8 parts, the shortest time of each in `tries`.
fn growth(shape: &HostileShape, tries: usize) -> [Duration; 4] {
    [1, 2, 4, 8].map(|times| {
        let best = (0..tries).map(|_| cpu_of(shape, times * BASE_BYTES)).min();
        best.expect("at least one try")
    })
}

fn is_linear(times: &[Duration; 4]) -> bool {
    /// A quadratic cost grows by 64.
    const MAX_GROWTH: u32 = 24;
    /// Shorter times are noise.
    const LEAST: Duration = Duration::from_millis(2);
    times[3] < MAX_GROWTH * times[0].max(LEAST)
}

#[test]
fn the_cost_of_each_parser_grows_with_the_body_and_no_faster() {
    let mut faster = Vec::new();
    for shape in SHAPES {
        // A busy neighbour disturbs one try, not all.
        if [1, 3, 9].into_iter().all(|tries| !is_linear(&growth(shape, tries))) {
            faster.push(format!("{}: {:?}", shape.name(), growth(shape, 9)));
        }
    }
    assert!(faster.is_empty(), "{faster:#?}");
}

#[test]
fn a_quadratic_cost_is_found() {
    assert!(!is_linear(&[1, 4, 16, 64].map(|times| Duration::from_millis(5 * times))));
    assert!(is_linear(&[1, 2, 4, 8].map(|times| Duration::from_millis(5 * times))));
}

/// Parses one shape, if the parent process names one.
#[test]
fn child_of_the_memory_test() {
    let Some(shape) = std::env::var(SHAPE).ok().and_then(|index| SHAPES.get(index.parse::<usize>().ok()?)) else {
        return;
    };
    let body = shape.body(LARGE_BYTES);
    let before = peak_mb();
    shape.parse(&body);
    println!("peak {:.0}", peak_mb() - before);
}

#[test]
fn a_large_body_of_any_shape_takes_bounded_memory() {
    // A child process for each shape, since the peak of a process never falls.
    for (index, shape) in SHAPES.iter().enumerate() {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_of_the_memory_test", "--nocapture"])
            .env(SHAPE, index.to_string())
            .output()
            .unwrap();
        let out = String::from_utf8_lossy(&child.stdout).into_owned();
        let peak = out.split("peak ").nth(1).and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
        let peak = peak.unwrap_or_else(|| panic!("{}: {out}{}", shape.name(), String::from_utf8_lossy(&child.stderr)));
        assert!(peak <= MAX_MB, "{}: {peak} MB", shape.name());
    }
}
