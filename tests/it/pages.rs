//! The article in a page: our own pages, hostile ones, and the two public collections where they lie beside the
//! project.

use std::collections::HashMap;
use std::path::Path;

use ceasewire_articles::page::{ExtractedPage, extract};
use ceasewire_articles::{charset, markup::MarkupKind, markup::Scanner};
use serde_json::Value;

use crate::support::program::{run, stdout};
use ceasewire_testkit::data::data;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pages");

fn fixture(name: &str) -> ExtractedPage {
    let html = std::fs::read_to_string(format!("{FIXTURES}/{name}.html")).unwrap();
    extract(&html, Some("https://wire.example/a/1"))
}

#[test]
fn an_article_is_found_whole_among_all_that_surrounds_it() {
    let page = fixture("en-truce");
    insta::assert_snapshot!(page.text, @r"
    After ten hours of talks in Moscow the two foreign ministers agreed to stop the fighting at noon.
    Armenia and Azerbaijan will observe a ceasefire in Nagorno-Karabakh from midday on Saturday, the Russian foreign minister said after the negotiations ended in the early hours.
    The pause is meant for the exchange of prisoners and of the bodies of the dead, with the Red Cross as mediator. The exact terms are to be agreed upon separately.
    The ceasefire begins at noon local time.
    Prisoners and the dead are exchanged.
    The format of the negotiations does not change.
    Both sides have accused each other of shelling towns since the end of September, and more than three hundred people have been killed.
    ");
    assert_eq!(page.title.as_deref(), Some("Ministers agree on a humanitarian truce"));
    assert_eq!(page.published.map(|time| time.to_rfc3339()).as_deref(), Some("2020-10-10T00:15:00Z"));
    assert_eq!((page.author.as_deref(), page.site.as_deref()), (Some("Nora Hale"), Some("The Valley Wire")));
    assert_eq!(page.language.as_deref(), Some("en"));
}

#[test]
fn boilerplate_of_each_language_is_removed_from_pages() {
    let html = std::fs::read_to_string(format!("{FIXTURES}/ru-talks.html")).unwrap();
    let bytes = encoding_rs::WINDOWS_1251.encode(&html).0;
    let page = extract(&charset::decode(&bytes, None), None);
    assert_eq!(page.title.as_deref(), Some("Министры встретятся в Вашингтоне"));
    assert_eq!((page.author.as_deref(), page.site.as_deref()), (Some("Анна Лескова"), Some("Долина.Новости")));
    insta::assert_snapshot!(page.text, @r"
    Главы МИД Армении и Азербайджана прибудут в американскую столицу 23 октября.
    Министры иностранных дел по отдельности встретятся с государственным секретарём США, сообщили в обеих столицах во вторник вечером.
    Переговоры пройдут после того, как стороны обвинили друг друга в нарушении второго перемирия, которое вступило в силу в ночь на воскресенье.
    Сопредседатели Минской группы подтвердили, что готовы присоединиться к встрече, если на это согласятся обе делегации.
    ");
    let page = fixture("hy-shelling");
    assert_eq!(page.title.as_deref(), Some("Ստեփանակերտը կրկին հրետակոծվել է"));
    assert_eq!(page.text.lines().count(), 3, "{}", page.text);
    for other in ["Կարդացեք", "Հետևեք", "Facebook", "իրավունքները", "Գլխավոր"] {
        assert!(!page.text.contains(other), "{other}: {}", page.text);
    }
}

#[test]
fn a_page_that_scripts_fill_gives_the_text_that_it_states() {
    let page = fixture("script-filled");
    assert_eq!(page.text.lines().count(), 2, "{}", page.text);
    assert!(page.text.starts_with("Ermenistan ve Azerbaycan") && page.text.ends_with("değişimini öngörüyor."));
    assert_eq!(page.site.as_deref(), Some("Vadi Haber"));
    assert_eq!(page.author, None);
}

#[test]
fn old_tag_soup_is_read() {
    let page = fixture("tag-soup");
    assert_eq!(page.title.as_deref(), Some("Front line quiet after the second truce"));
    for part in ["The first night", "nobody was hurt", "both sides."] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("Archive") && !page.text.contains("Next page"), "{}", page.text);
    assert_eq!((page.published, page.author, page.language), (None, None, None));
}

#[test]
fn a_body_that_is_no_page_gives_an_empty_one() {
    for html in ["", " ", "<", "<html>", "<!--", "\0", "{\"a\":1}", "<body><script>x</script>"] {
        let page = extract(html, Some("no address"));
        assert!(page.title.is_none() && page.text.len() < 10, "{html}: {page:?}");
    }
}

#[test]
fn a_page_is_shown_as_json() {
    let file = format!("{FIXTURES}/en-truce.html");
    let output = run(&["inspect", "page", &file, "--url", "https://wire.example/a/1"]);
    let json: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(json["title"], "Ministers agree on a humanitarian truce");
    assert_eq!(json["published"], "2020-10-10T00:15:00Z");
    assert_eq!(
        (&json["author"], &json["site"], &json["language"]),
        (&"Nora Hale".into(), &"The Valley Wire".into(), &"en".into())
    );
    assert!(json["text"].as_str().unwrap().starts_with("After ten hours"));
    let empty = tempfile::NamedTempFile::new().unwrap();
    let json: Value =
        serde_json::from_str(&stdout(&run(&["inspect", "page", empty.path().to_str().unwrap()]))).unwrap();
    assert!(
        ["title", "text", "published", "author", "site", "language"].iter().all(|key| json[*key].is_null()),
        "{json}"
    );
}

/// Every hostile page is cut to the same bounds before any tree is built, which the tests of `bounded` count; this one
/// only shows that none of them hangs, with room for a debug build on a busy machine.
#[test]
fn hostile_pages_end() {
    let paragraph = "<p>The ministers met in Moscow on Friday and agreed to a ceasefire, which began at noon.</p>";
    for unit in [
        "<div>",
        "<",
        "<a ",
        "<b>x<p>",
        "<a href=x>y<div>",
        "<a rel=author>",
        "<table><tr><td>",
        "<script>",
        "<title>",
        "<h1>x",
        "&amp;",
        "word ",
        "<div class='comment related'>x</div>",
        "<script type=application/ld+json>[",
        "<p>Read: <a href=x>other news</a></p>",
    ] {
        let html = unit.repeat(5_000_000 / unit.len().max(100)) + paragraph;
        let start = std::time::Instant::now();
        let _ = extract(&html, None);
        assert!(start.elapsed().as_secs() < 60, "{unit}: {:?}", start.elapsed());
    }
}

/// A debug build reads one page of this many, since its parsers are slow.
const EACH: usize = if cfg!(debug_assertions) { 12 } else { 1 };

#[test]
#[allow(clippy::print_stderr, reason = "the figures are a result")]
fn required_and_forbidden_strings_are_as_measured() {
    let Some(tests) = data().map(|data| data.join("pages/tests")).filter(|tests| tests.exists()) else { return };
    let pages: Value = serde_json::from_str(&std::fs::read_to_string(tests.join("evaldata.json")).unwrap()).unwrap();
    let (mut found, mut wrong, mut missed, mut read) = (0_usize, 0_usize, 0_usize, 0);
    for (url, page) in pages.as_object().unwrap().iter().step_by(EACH) {
        let file = page["file"].as_str().unwrap();
        let path = ["cache", "eval"].map(|folder| tests.join(folder).join(file)).into_iter().find(|path| path.exists());
        let text = extract(&charset::decode(&std::fs::read(path.unwrap()).unwrap(), None), Some(url)).text;
        let count = |key: &str| {
            let strings = page[key].as_array().unwrap();
            (strings.iter().filter(|string| text.contains(string.as_str().unwrap())).count(), strings.len())
        };
        let ((right, wanted), (not_wanted, _)) = (count("with"), count("without"));
        found += right;
        missed += wanted - right;
        wrong += not_wanted;
        read += 1;
    }
    let (precision, recall) = (found as f64 / (found + wrong) as f64, found as f64 / (found + missed) as f64);
    let f = 2.0 * precision * recall / (precision + recall);
    eprintln!("{read} pages: precision {precision:.4}, recall {recall:.4}, F {f:.4}");
    assert!(f >= if EACH == 1 { 0.94 } else { 0.91 });
}

fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Returns the text of a clean page, a block a line.
fn whole_text(html: &str) -> String {
    let mut text = String::new();
    for token in Scanner::new(html) {
        let inline = [
            "a", "b", "i", "em", "strong", "span", "sup", "sub", "code", "font", "u", "s", "small", "abbr", "cite",
            "mark", "time", "q",
        ];
        match token.kind {
            MarkupKind::Text => text.push_str(&ceasewire_articles::markup::decode_entities(token.source(html))),
            MarkupKind::Other | MarkupKind::Cdata => {}
            _ if inline.contains(&token.name(html)) => {}
            _ => text.push(' '),
        }
    }
    text
}

fn f1(ours: &[String], theirs: &[String]) -> f64 {
    if ours.is_empty() && theirs.is_empty() {
        return 1.0;
    }
    let mut left: HashMap<&str, usize> = HashMap::new();
    theirs.iter().for_each(|word| *left.entry(word).or_default() += 1);
    let common = ours
        .iter()
        .filter(|word| {
            left.get_mut(word.as_str()).is_some_and(|n| {
                let some = *n > 0;
                *n = n.saturating_sub(1);
                some
            })
        })
        .count();
    2.0 * common as f64 / (ours.len() + theirs.len()) as f64
}

#[test]
#[allow(clippy::print_stderr, reason = "the figures are a result")]
fn the_readers_view_of_a_page_is_found_as_far_as_measured() {
    let Some(pages) = data().map(|data| data.join("pages/readability/test/test-pages")).filter(|pages| pages.exists())
    else {
        return;
    };
    let mut folders: Vec<_> = pages.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let file = |folder: &Path, name: &str| std::fs::read(folder.join(name)).unwrap();
    let (mut sum, mut titles, mut read) = (0.0, 0, 0);
    for folder in folders.iter().filter(|folder| folder.join("source.html").exists()).step_by(EACH) {
        let page = extract(&charset::decode(&file(folder, "source.html"), None), None);
        let expected = whole_text(&String::from_utf8(file(folder, "expected.html")).unwrap());
        sum += f1(&tokens(&page.text), &tokens(&expected));
        let metadata: Value = serde_json::from_slice(&file(folder, "expected-metadata.json")).unwrap();
        titles += usize::from(metadata["title"].as_str().map(str::trim) == page.title.as_deref());
        read += 1;
    }
    let mean = sum / f64::from(read);
    eprintln!("{read} pages: mean token F1 {mean:.4}, {titles} titles equal");
    assert!(mean >= if EACH == 1 { 0.95 } else { 0.90 });
}
