use std::collections::BTreeSet;
use std::path::Path;

use super::*;

#[test]
fn marks_style_the_message_and_not_the_arguments() {
    let text = styled(&format!("*Rule* `a*` {ISOLATE}*x* `y`{POP}."), &[]);
    let expected = Text::default()
        .with("Rule", Style::Bold)
        .with(" ", Style::Plain)
        .with("a*", Style::Code)
        .with(" *x* `y`.", Style::Plain);
    assert_eq!(text, expected);
}

#[test]
fn a_styled_argument_keeps_its_styles() {
    let locale = Locale::default();
    let either = locale.either(vec![Text::default().with("a*", Style::Code), Text::plain("\u{fdd0}b")]);
    let expected = Text::default().with("a*", Style::Code).with(" or ", Style::Plain).with("\u{fdd0}b", Style::Plain);
    assert_eq!(either, expected);
    // A typed placeholder is no placeholder.
    let typed = locale.text("topic-on", &[("topic", "\u{fdd0}x".into())]);
    assert!(typed.to_plain().starts_with('x'), "{typed:?}");
}

/// Calls whose string is the id of a message.
const CALLS: [&str; 8] = [
    ".text(",
    ".label(",
    "explained(",
    "with_rule(locale, ",
    "with_rule(ctx.locale, ",
    "with_time(locale, ",
    "with_time(ctx.locale, ",
    "with_name(ctx.locale, ",
];

#[test]
fn every_message_has_a_use_and_every_use_a_message() {
    let mut code = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap().map(Result::unwrap) {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => code.push_str(&std::fs::read_to_string(path).unwrap()),
            }
        }
    }
    let is_id =
        |id: &&str| !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let english = pseudo::english().concat();
    let messages: BTreeSet<&str> =
        english.lines().filter_map(|line| line.split_once(" =")).map(|(id, _)| id).filter(is_id).collect();
    let calls = CALLS.iter().flat_map(|call| code.split(call).skip(1)).chain(code.split("description: ").skip(1));
    let used: BTreeSet<&str> =
        calls.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next()).filter(is_id).collect();
    let missing: Vec<_> = used.difference(&messages).collect();
    assert!(missing.is_empty(), "no message: {missing:?}");
    let unused: Vec<_> = messages.iter().filter(|id| !code.contains(&format!("\"{id}\""))).collect();
    assert!(unused.is_empty(), "no use: {unused:?}");
}
