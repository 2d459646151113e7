//! Owns the checks of the fuzz targets: promises that hold for every text. The fuzz targets look for a text that breaks
//! one;
//! `tests/it/fuzz_corpus.rs` replays the corpus.

use std::sync::OnceLock;

use ceasewire_articles::clean::{plain_line, plain_text};
use ceasewire_articles::markup::Scanner;
use ceasewire_articles::page;
use ceasewire_feeds::budget::{FeedBudget, MAX_ADDRESS_BYTES, MAX_TITLE_BYTES};
use ceasewire_feeds::parse::{self, FeedParseError};
use ceasewire_feeds::{discover, opml};
use ceasewire_model::event::Event;
use ceasewire_model::{NameKind, NamedEntity, Timestamp, Topic};
use ceasewire_profile::Vocabulary;
use ceasewire_rules::grammar::doubts;
use ceasewire_rules::{Expr, Index, eval, parse, parse_stored};
use ceasewire_stories::event::EventExtractor;
use ceasewire_text::analysis::{fold, tokens_with, words, words_with};
use ceasewire_text::{Analysis, Doc};
use url::Url;

/// Checks a text as a rule.
///
/// # Panics
/// When a refusal has no place in the rule, a normal form is not read as the rule that it is of, or the index and the
/// evaluator disagree.
pub fn rule(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match parse(text) {
        Err(error) => {
            assert_eq!(&*error.rule, text);
            assert!(text.get(error.span.clone()).is_some(), "{:?} is no place in {text:?}", error.span);
            assert!(!error.to_string().is_empty());
            assert!(vocabulary().compile(text).is_err(), "a vocabulary mends no fault: {text:?}");
            let mut shown = error.proposals.iter();
            assert!(shown.all(|proposal| means_what_it_shows(proposal)), "{text:?} proposes {:?}", error.proposals);
        }
        Ok(expr) => {
            assert!(words(text).iter().all(|word| !word.is_empty()), "a word of {text:?} is nothing");
            let normal = expr.to_string();
            let again = parse(&normal).unwrap_or_else(|error| panic!("{text:?} prints as {normal:?}: {error}"));
            assert_eq!(again.to_string(), normal, "the normal form of {text:?}");
            assert_eq!(again, expr, "the normal form of {text:?}");
            assert_eq!(parse_stored(&normal), Ok(again), "the stored form of {text:?}");
            let shown = doubts(text).into_iter().filter_map(|doubt| doubt.proposal);
            shown.for_each(|proposal| assert!(means_what_it_shows(&proposal), "{text:?} proposes {proposal:?}"));
            agree(&[expr]);
            if let Ok(expr) = vocabulary().compile(text) {
                agree(&[expr]);
            }
        }
    }
}

/// Whether a rule that a person is shown is in normal form.
fn means_what_it_shows(shown: &str) -> bool {
    parse(shown).is_ok_and(|expr| expr.to_string() == shown)
}

/// Checks a text as an article: a byte for the language, a line for the title, and the rest.
///
/// # Panics
/// When a word is not at its stated place, folding twice is not folding once, a word of the article is not found by
/// a rule of that word, or the index and the evaluator disagree.
pub fn analysis(bytes: &[u8]) {
    let Some((&language, bytes)) = bytes.split_first() else { return };
    let language = LANGUAGES[usize::from(language) % LANGUAGES.len()];
    let content = String::from_utf8_lossy(bytes);
    let (title, text) = content.split_once('\n').unwrap_or(("", &content));
    let doc = Doc::new(title, text).in_language(language);
    let plain = Doc::with(Analysis::Plain, title, text).in_language(language);
    for (analysis, doc) in [(Analysis::Full, &doc), (Analysis::Plain, &plain)] {
        for field in [title, text] {
            has_its_words(analysis, doc, field);
        }
    }
    static RULES: OnceLock<Vec<Expr>> = OnceLock::new();
    let rules = RULES.get_or_init(|| TEN_RULES.iter().map(|rule| compiled(rule)).collect());
    agree_on(rules, &[doc], Analysis::Full);
    agree_on(rules, &[plain], Analysis::Plain);
}

/// Checks the words of a field of an article.
fn has_its_words(analysis: Analysis, doc: &Doc, field: &str) {
    let mut before = 0;
    for (number, (span, word)) in tokens_with(analysis, field).enumerate() {
        assert!(before <= span.start && span.start < span.end, "{span:?} after {before} in {field:?}");
        before = span.end;
        let written = field.get(span.clone()).unwrap_or_else(|| panic!("{span:?} is no place in {field:?}"));
        assert_eq!(word, fold(&word), "{written:?} folded twice");
        assert!(!word.is_empty(), "{written:?} is no word");
        assert_eq!(words_with(analysis, written), [word], "{written:?} by itself");
        // Asking for more words than these takes long and finds no more.
        if number < 16 {
            match parse(&format!("\"{written}\"")) {
                Ok(rule) => assert!(eval::matches(&rule, doc), "{written:?} is not found in {field:?}: {analysis:?}"),
                // Signs that are words to the plain analysis alone stand in no rule.
                Err(error) => assert_eq!(analysis, Analysis::Plain, "{written:?}: {error}"),
            }
        }
    }
}

/// Checks the events of a text as an article: a byte for the language, a line for the title, and the rest.
///
/// # Panics
/// When an event's sentence is not the article's, twice is not the same, or JSON does not keep it.
pub fn event(bytes: &[u8]) {
    let Some((&language, bytes)) = bytes.split_first() else { return };
    let language = LANGUAGES[usize::from(language) % LANGUAGES.len()];
    let content = String::from_utf8_lossy(bytes);
    let (title, text) = content.split_once('\n').unwrap_or(("", &content));
    let events = event_extractor();
    for published in [None, Some(Timestamp(1_603_281_600_000)), Some(Timestamp(i64::MAX))] {
        let found = events.extract(title, text, language, published);
        assert_eq!(found, events.extract(title, text, language, published), "twice the same");
        for event in &found {
            assert!(title.contains(&event.sentence) || text.contains(&event.sentence), "{event:?} of {content:?}");
            let written = serde_json::to_string(event).unwrap_or_else(|error| panic!("{event:?}: {error}"));
            let read: Event = serde_json::from_str(&written).unwrap_or_else(|error| panic!("{written}: {error}"));
            assert_eq!(&read, event);
        }
    }
}

/// The extractor of the checks, with a few names.
pub(crate) fn event_extractor() -> &'static EventExtractor {
    static EVENTS: OnceLock<EventExtractor> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let name =
            |kind, spelling: &str| NamedEntity { names: vec![spelling.to_owned()], kind, ..NamedEntity::default() };
        let kinds = [
            (NameKind::Place, "Moscow"),
            (NameKind::Country, "Armenia"),
            (NameKind::People, "Armenian"),
            (NameKind::Person, "Lavrov"),
            (NameKind::Body, "Minsk Group"),
            (NameKind::Office, "foreign minister"),
            (NameKind::Place, "Москва"),
        ];
        let names = kinds.into_iter().map(|(kind, spelling)| name(kind, spelling)).collect();
        EventExtractor::new(std::sync::Arc::new(Vocabulary::new(&[], None, names).0), &[])
    })
}

/// Checks bytes as a feed: one for its `Content-Type` header, and the rest.
///
/// # Panics
/// When a refusal has no text, two parses of the bytes differ, or a feed has an impossible value: an invalid address, a
/// title of two lines, a 25th hour.
pub fn feed(bytes: &[u8]) {
    let Some((&kind, bytes)) = bytes.split_first() else { return };
    let kind = CONTENT_TYPES[usize::from(kind) % CONTENT_TYPES.len()];
    let base = Some("https://news.example/feed.xml");
    let read = parse::parse(bytes, kind, base, &BUDGET);
    assert_eq!(read, parse::parse(bytes, kind, base, &BUDGET), "twice the same");
    let feed = match read {
        Ok(feed) => feed,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            if let FeedParseError::Malformed { line, .. } = error {
                assert!(line <= bytes.len() + 1, "line {line} of {} bytes", bytes.len());
            }
            return;
        }
    };
    let is_line = |text: &str| {
        assert_eq!(text, text.trim());
        assert!(!text.contains(is_control), "{text:?} has control characters");
    };
    let is_address = |address: &str| {
        assert!(address.starts_with("https://") || address.starts_with("http://"), "{address:?}");
        assert!(!address.contains(char::is_whitespace), "{address:?}");
    };
    feed.title.iter().for_each(|title| is_line(title));
    feed.home.iter().for_each(|home| is_address(home));
    assert!(feed.update_hints.skip_hours.is_sorted() && feed.update_hints.skip_hours.iter().all(|hour| *hour < 24));
    assert!(feed.update_hints.skip_days.len() < 7);
    assert!(feed.entries.len() <= BUDGET.max_entries && feed.skipped.sentences().len() <= 5);
    assert!(feed.update_hints.ttl_minutes != Some(0) && feed.update_hints.update_minutes != Some(0));
    for entry in &feed.entries {
        is_line(&entry.title);
        assert!(entry.title.len() <= MAX_TITLE_BYTES && entry.html.len() <= BUDGET.max_entry_bytes);
        assert!(entry.authors.len() <= BUDGET.max_authors);
        entry.url.iter().for_each(|url| is_address(url));
        for text in entry.guid.iter().chain(&entry.authors).chain(&entry.language) {
            assert!(!text.trim().is_empty() && text == text.trim(), "{text:?}");
            assert!(!text.contains(is_control) && text.len() <= MAX_ADDRESS_BYTES, "{text:?}");
        }
        assert!(!entry.zoneless || entry.published.is_some() || entry.updated.is_some());
        is_clean(&plain_text(&entry.html));
    }
}

/// Checks bytes as a list of feeds.
///
/// # Panics
/// When a feed has an impossible address, a text for people has control characters, or the list changes when it is
/// written and read again.
pub fn opml(bytes: &[u8]) {
    let list = opml::read(bytes);
    let texts = list.feeds.iter().filter_map(|feed| feed.title.as_ref()).chain(&list.faults);
    texts.for_each(|text| assert!(!text.contains(is_control), "{text:?}"));
    for feed in &list.feeds {
        assert!(feed.url.starts_with("https://") || feed.url.starts_with("http://"), "{feed:?}");
    }
    let again = opml::read(opml::write("List", &list.feeds).as_bytes());
    assert!(again.faults.is_empty(), "{:?}", again.faults);
    let urls = |list: &opml::OpmlList| list.feeds.iter().map(|feed| feed.url.clone()).collect::<Vec<_>>();
    assert_eq!(urls(&again), urls(&list));
}

/// Checks a text as a web page in place of a feed.
///
/// # Panics
/// When a feed that the page names has no web address, or a title with control characters.
pub fn site(bytes: &[u8]) {
    let url = Url::parse("https://news.example/hy/").expect("an address");
    let page = discover::inspect_page(&String::from_utf8_lossy(bytes), &url);
    for feed in &page.feeds {
        assert!(matches!(feed.url.scheme(), "http" | "https"), "{feed:?}");
        assert!(feed.title.iter().all(|title| !title.contains(is_control)), "{feed:?}");
    }
}

/// Checks a text as the page of an article.
///
/// # Panics
/// When the article's text or a name is not clean.
pub fn page(bytes: &[u8]) {
    let found = page::extract(&String::from_utf8_lossy(bytes), Some("https://news.example/1"));
    for text in found.title.iter().chain(&found.author).chain(&found.site).chain([&found.text]) {
        assert!(!text.contains(|c| is_control(c) && c != '\n'), "{text:?}");
    }
}

/// Checks a text as the content or the title of an entry.
///
/// # Panics
/// When the scanner loses a piece of the text, or the cleaned text is not clean.
pub fn clean(bytes: &[u8]) {
    let html = String::from_utf8_lossy(bytes);
    let mut end = 0;
    for token in Scanner::new(&html) {
        assert_eq!(token.start, end, "a gap in {html:?}");
        assert!(token.end > token.start && html.get(token.start..token.end).is_some(), "{token:?} of {html:?}");
        end = token.end;
    }
    assert_eq!(end, html.len());
    let text = plain_text(&html);
    is_clean(&text);
    let line = plain_line(&html);
    is_clean(&line);
    assert!(!line.contains('\n'), "{line:?} is more than a line");
    for text in [text, line] {
        // A byte of an old charset may become a character of three bytes.
        assert!(text.len() <= 2 * html.len(), "{} bytes of {}", text.len(), html.len());
    }
}

/// Checks the promises of the cleaner.
fn is_clean(text: &str) {
    if text.is_empty() {
        return;
    }
    for line in text.split('\n') {
        assert!(!line.is_empty() && line.trim() == line, "{line:?} of {text:?}");
        assert!(!line.contains("  "), "{line:?} of {text:?}");
        assert!(!line.contains(|c| is_control(c) || matches!(c, '\u{AD}' | '\u{FEFF}')), "{line:?} of {text:?}");
    }
}

/// Whether a character controls a terminal, or the direction of the text after it.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A tight budget, so that short texts reach it.
const BUDGET: FeedBudget = FeedBudget { max_entries: 5, max_entry_bytes: 1000, max_authors: 3, parse_ms: 10_000 };

const CONTENT_TYPES: [Option<&str>; 8] = [
    None,
    Some("application/rss+xml; charset=utf-8"),
    Some("text/xml; charset=windows-1251"),
    Some("text/xml; charset=iso-8859-1"),
    Some("application/feed+json"),
    Some("text/html; charset=\"koi8-r\""),
    Some("text/xml; charset=utf-16"),
    Some("text/plain; charset=iso-2022-jp"),
];

const LANGUAGES: [Option<&str>; 10] = [
    None,
    Some("en"),
    Some("fr"),
    Some("ru"),
    Some("tr"),
    Some("az"),
    Some("hy"),
    Some("ka"),
    Some("fa"),
    Some("zz-unknown"),
];

const TEN_RULES: [&str; 10] = [
    "karabakh ceasefire",
    "перемирие OR Ղարաբաղ OR قره‌باغ OR ყარაბაღი",
    "\"minsk group\" -title:osce",
    "negotiat* -(talks OR meeting)",
    "title:(truce OR ateşkes) l'arménie",
    "shusha NEAR/3 (captured OR taken)",
    "\"le cessez le f*\"",
    "lang:fr accord, lang:ru договор",
    "topic:ceasefire OR a",
    "=Shusha OR e*",
];

fn compiled(rule: &str) -> Expr {
    vocabulary().compile(rule).unwrap_or_else(|error| panic!("{error}"))
}

fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY.get_or_init(|| {
        let topic = |id: &str, rule: &str| Topic { id: id.into(), name: id.into(), rule: rule.into(), attention: None };
        let topics = [topic("ceasefire", "ceasefire* OR truce"), topic("broken", "topic:ceasefire violat*")];
        let name =
            |names: [&str; 3]| NamedEntity { names: names.map(str::to_owned).to_vec(), ..NamedEntity::default() };
        let names = vec![name(["Karabakh", "Карабах", "Dağlıq Qarabağ"]), name(["Shusha", "Shushi", "Şuşa"])];
        let (vocabulary, faults) = Vocabulary::new(&topics, None, names);
        assert!(faults.is_empty(), "{faults:?}");
        vocabulary
    })
}

/// Articles of the words that the corpus and the dictionary are full of, so that rules often match.
fn docs(analysis: Analysis) -> &'static [Doc] {
    static DOCS: OnceLock<[Vec<Doc>; 2]> = OnceLock::new();
    let made = |analysis| {
        let docs = [
            ("", ""),
            ("a b", "c a d b ab abc, a. B!"),
            ("Truce in Nagorno-Karabakh", "Shusha was captured; the OSCE Minsk Group welcomed the ceasefire talks."),
            ("Перемирие в Карабахе", "Шуша взята, мой мир. Ղարաբաղ, ինչո՞ւ; قره‌باغ و ყარაბაღი Dağlıq Qarabağ'da"),
        ];
        let mut docs: Vec<Doc> = docs.into_iter().map(|(title, text)| Doc::with(analysis, title, text)).collect();
        let told = docs[2].clone().from_source(["osce", "a"], Some("https://www.news.osce.org/a"));
        docs.push(told.in_language(Some("en-GB")).about(vec!["ceasefire".into(), "a".into()]));
        docs
    };
    let [full, plain] = DOCS.get_or_init(|| [Analysis::Full, Analysis::Plain].map(made));
    if analysis == Analysis::Full { full } else { plain }
}

fn agree(rules: &[Expr]) {
    for analysis in [Analysis::Full, Analysis::Plain] {
        agree_on(rules, docs(analysis), analysis);
    }
}

/// Holds an index of the rules against evaluating each, with all of them, with every other removed, and with all again.
fn agree_on(rules: &[Expr], docs: &[Doc], analysis: Analysis) {
    let mut index = Index::new(analysis);
    for (key, rule) in rules.iter().enumerate() {
        index.insert(rule, key);
    }
    let each: Vec<Vec<usize>> =
        docs.iter().map(|doc| (0..rules.len()).filter(|&key| eval::matches(&rules[key], doc)).collect()).collect();
    let check = |index: &mut Index<usize>, when: &str, there: fn(usize) -> bool| {
        assert_eq!(index.len(), (0..rules.len()).filter(|&key| there(key)).count(), "{when}");
        for (doc, each) in docs.iter().zip(&each) {
            let mut found = index.matches(doc).to_vec();
            found.sort_unstable();
            let each: Vec<usize> = each.iter().copied().filter(|&key| there(key)).collect();
            assert_eq!(found, each, "{when}: {} against {doc:?}", listed(rules));
        }
    };
    check(&mut index, "all rules", |_| true);
    for (key, rule) in rules.iter().enumerate().step_by(2) {
        assert!(index.remove(rule, key), "{rule} could not be removed");
    }
    check(&mut index, "every other rule", |key| key % 2 == 1);
    for (key, rule) in rules.iter().enumerate().step_by(2) {
        index.insert(rule, key);
    }
    check(&mut index, "all rules again", |_| true);
}

fn listed(rules: &[Expr]) -> String {
    rules.iter().map(|rule| format!("{rule}; ")).collect()
}
