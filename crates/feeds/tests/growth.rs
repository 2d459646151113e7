//! The cost of hostile bodies: time grows with their length and no faster, and memory stays within a bound.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on may panic")]
#![allow(clippy::print_stdout, reason = "a child process prints its figure")]

use std::process::Command;

use ceasewire_testkit::clock::peak_mb;
use ceasewire_testkit::growth::faster_than_linear;
use ceasewire_testkit::hostile::{HostileShape, SHAPES, TEXTS};

/// The environment variable that names the shape a child process shall parse.
const SHAPE: &str = "CEASEWIRE_HOSTILE_SHAPE";
/// The body of the memory test.
const LARGE_BYTES: usize = 4 << 20;
/// The most memory that parsing it may take, beside the body. The bounds of tags, entries and pages hold at this length,
/// so that ten megabytes take hardly more.
const MAX_MB: f64 = 100.0;

/// Lists the shapes whose cost grows faster than they do.
fn faster(shapes: &[HostileShape]) -> Vec<String> {
    let faster = shapes.iter().filter_map(|shape| {
        let (body, parse) = (|bytes| shape.body(bytes), |body: &str| shape.parse(body));
        faster_than_linear(&shape.name(), shape.parser.base_bytes(), body, parse)
    });
    faster.collect()
}

#[test]
fn the_cost_of_each_parser_grows_with_the_body_and_no_faster() {
    assert_eq!(faster(SHAPES), Vec::<String>::new());
}

#[test]
fn the_cost_of_each_reader_of_texts_grows_no_faster_than_they_do() {
    assert_eq!(faster(TEXTS), Vec::<String>::new());
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
