//! Replays the corpus of the fuzz targets, seeds and found faults, through their own checks on the stable compiler.

use std::panic::catch_unwind;
use std::path::Path;

use ceasewire_testkit::checks;

fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut names: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert!(names.len() >= 30, "{} has {} texts", folder.display(), names.len());
    names.retain(|name| {
        let text = std::fs::read(folder.join(name)).unwrap();
        // The panic's own message, printed above, names the fault.
        catch_unwind(|| check(&text)).is_err()
    });
    assert!(names.is_empty(), "of fuzz/corpus/{target}: {names:?}");
}

#[test]
fn no_text_is_a_rule_that_breaks_its_promises() {
    replay("rule", checks::rule);
}

#[test]
fn no_text_is_an_article_that_breaks_its_promises() {
    replay("analysis", checks::analysis);
}

#[test]
fn no_bytes_are_a_feed_that_breaks_its_promises() {
    replay("feed", checks::feed);
}

#[test]
fn no_text_is_cleaned_into_something_unclean() {
    replay("clean", checks::clean);
}

#[test]
fn no_text_is_an_article_whose_events_break_their_promises() {
    replay("event", checks::event);
}

#[test]
fn no_bytes_are_a_list_of_feeds_that_breaks_its_promises() {
    replay("opml", checks::opml);
}

#[test]
fn no_text_is_a_site_whose_feeds_break_their_promises() {
    replay("site", checks::site);
}

#[test]
fn no_text_is_a_page_whose_article_breaks_its_promises() {
    replay("page", checks::page);
}

#[test]
fn no_lines_are_headers_that_break_their_promises() {
    replay("headers", ceasewire_feeds::fetch::check_headers);
}

#[test]
fn no_text_is_a_press_that_breaks_its_promises() {
    replay("press", ceasewire::bot::check_press);
}

#[test]
fn no_text_is_an_answer_that_breaks_its_promises() {
    replay("answer", ceasewire::chat::telegram::check_answer);
}

#[test]
fn no_bytes_are_a_text_or_a_model_that_breaks_the_encoder() {
    replay("encoder", ceasewire_testkit::encoder::check);
}

#[test]
fn every_dictionary_is_one_that_the_fuzzer_reads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/dictionaries");
    for file in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
        let bytes = std::fs::read(&file).unwrap();
        // libFuzzer refuses a whole dictionary for one byte beyond ASCII.
        let line = bytes.split(|byte| *byte == b'\n').position(|line| !line.is_ascii());
        assert_eq!(line, None, "{}: write the bytes of this line (from 0) as \\xAB", file.display());
    }
}
