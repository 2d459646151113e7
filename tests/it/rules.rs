//! The index against the plain evaluation of every rule, over random rules and articles and for every operator.

use ceasewire_model::NamedEntity;
use ceasewire_profile::Vocabulary;
use ceasewire_rules::grammar::doubts;
use ceasewire_rules::{Expr, Index, eval, parse, parse_stored};
use ceasewire_text::{Analysis, Doc};
use proptest::prelude::*;

/// Few words, so that rules often match; among them inflected forms, names of one and of several words in two scripts,
/// beginnings of each other, and what folding changes.
const WORDS: &[&str] = &[
    "a",
    "b",
    "ab",
    "abc",
    "Shusha",
    "truce",
    "truces",
    "Truce's",
    "cease",
    "fire",
    "cease-fire",
    "agreed",
    "agree",
    "Шуша",
    "Шуше",
    "перемирие",
    "перемирия",
    "прекращение",
    "огня",
    "всё",
    "все",
    "Qarabağ'da",
    "qarabag",
    "Շուշի",
    "Շուշիում",
    "قره\u{200C}باغ",
    "atəşkəs",
    "atəşkəsi",
    "État",
    "etat",
    "the",
    "2020",
    "TB2s",
    "TB-2",
    "U.N.",
    "10,000",
    "հարևան",
];

fn vocabulary() -> Vocabulary {
    let set = |names: &[&str]| NamedEntity {
        names: names.iter().map(|&name| name.to_owned()).collect(),
        ..NamedEntity::default()
    };
    let aliases = vec![
        set(&["Shusha", "Шуша", "Շուշի"]),
        set(&["truce", "cease-fire", "cease fire now", "перемирие", "прекращение огня", "atəşkəs"]),
    ];
    let (vocabulary, errors) = Vocabulary::new(&[], None, aliases);
    assert_eq!(errors, []);
    vocabulary
}

fn leaf() -> impl Strategy<Value = String> {
    let word = || prop::sample::select(WORDS);
    let plain = || word().prop_map(|word| word.replace('\'', "-"));
    prop_oneof![
        4 => plain(),
        1 => plain().prop_map(|word| format!("={word}")),
        1 => plain().prop_map(|word| format!("title:{word}")),
        1 => (plain(), 1_usize..4).prop_map(|(word, keep)| {
            format!("{}*", word.chars().take(keep).collect::<String>().trim_end_matches('-'))
        }),
        1 => (word(), word()).prop_map(|(one, two)| format!("\"{one} {two}\"")),
        1 => (word(), word()).prop_map(|(one, two)| format!("title:\"{one} {two}*\"")),
        1 => (plain(), plain(), plain(), 1_u32..5)
            .prop_map(|(one, two, three, within)| format!("({one} OR \"{two}\") NEAR/{within} {three}")),
        1 => prop::sample::select(&["/tru.e/", "/^cease/", "title:/\\ba/", "/п[ео]р/", "/,/"][..]).prop_map(str::to_owned),
        1 => prop::sample::select(&["source:s", "source:s.example", "lang:ru", "lang:en", "topic:t"][..])
            .prop_map(str::to_owned),
    ]
}

fn rule() -> impl Strategy<Value = String> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" "))),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join(" OR "))),
            inner.prop_map(|part| format!("-({part})")),
        ]
    })
}

/// Words, signs of many keyboards, and habits of other search engines, in any order.
fn typed_text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "truce",
        "shusha",
        "Шуша",
        "آتش\u{200C}نشان",
        "WHO",
        "U.N.",
        "TB2",
        "10",
        "000",
        "10,000",
        "۴۳",
        "title",
        "source",
        "lang",
        "topic",
        "or",
        "and",
        "not",
        "without",
        "или",
        "OR",
        "AND",
        "NOT",
        "NEAR",
        "near/5",
        "NEAR5",
        "w/3",
        "AROUND(2)",
        "1.",
        "2)",
        "-",
        "‑",
        "—",
        "!",
        "~",
        "¬",
        "*",
        "?",
        "%",
        "^2",
        "~5",
        "\"",
        "“",
        "”",
        "«",
        "»",
        "'",
        "’",
        "`",
        "「",
        "」",
        "(",
        ")",
        "[",
        "]",
        "<",
        ">",
        "{",
        "}",
        ",",
        "،",
        ";",
        "、",
        "|",
        "||",
        "&",
        "&&",
        "+",
        "=",
        ":",
        "：",
        "/",
        "/i",
        "/r/",
        "#",
        "@",
        "$",
        "•",
        "🔥",
        "…",
        ".",
        "\u{200B}",
        "\u{200E}",
        "\u{FEFF}",
        "\u{AD}",
        "english",
        "ru",
        "ge",
        "osce.org",
        "https://osce.org/",
        " ",
        " ",
        " ",
        " ",
        "\n",
        "\u{A0}",
    ];
    prop::collection::vec(prop::sample::select(PIECES), 0..14).prop_map(|pieces| pieces.concat())
}

fn article(analysis: Analysis) -> impl Strategy<Value = Doc> {
    let text = || prop::collection::vec(prop::sample::select(WORDS), 0..10).prop_map(|words| words.join(" "));
    let language = prop::sample::select(&["", "en", "en-GB", "ru", "tr", "az", "hy", "fr", "de"][..]);
    (text(), text(), language, any::<bool>(), any::<bool>()).prop_map(move |(title, text, language, source, topic)| {
        Doc::with(analysis, &title, &text.replace(" a", ", a"))
            .from_source(source.then_some("s"), Some("https://www.s.example/1").filter(|_| topic))
            .in_language(Some(language))
            .about(topic.then(|| "t".to_owned()).into_iter().collect())
    })
}

/// Finds the matching rules by evaluation of every rule.
fn every(rules: &[(usize, Expr)], doc: &Doc) -> Vec<usize> {
    rules.iter().filter(|(_, rule)| eval::matches(rule, doc)).map(|(owner, _)| *owner).collect()
}

fn found(index: &mut Index<usize>, doc: &Doc) -> Vec<usize> {
    let mut found = index.matches(doc).to_vec();
    found.sort_unstable();
    found
}

fn agree(analysis: Analysis, rules: &[String], removed: &[bool], docs: &[Doc]) -> Result<(), TestCaseError> {
    let vocabulary = vocabulary();
    let compile = |rule: &String| match analysis {
        // Topics are the vocabulary's; the one here has none, and a rule may still ask for one.
        Analysis::Full => vocabulary.compile(&rule.replace("topic:t", "title:t")).ok(),
        Analysis::Plain => parse(rule).ok(),
    };
    let mut rules: Vec<(usize, Expr)> = rules.iter().filter_map(compile).enumerate().collect();
    let mut index = Index::new(analysis);
    for (owner, rule) in &rules {
        index.insert(rule, *owner);
    }
    for doc in docs {
        prop_assert_eq!(found(&mut index, doc), every(&rules, doc));
    }
    // Some rules are removed and added again; the index finds the present ones only.
    let gone: Vec<(usize, Expr)> =
        rules.iter().zip(removed).filter(|(_, gone)| **gone).map(|(rule, _)| rule.clone()).collect();
    for (owner, rule) in &gone {
        prop_assert!(index.remove(rule, *owner));
        prop_assert!(!index.remove(rule, *owner));
    }
    rules.retain(|rule| !gone.contains(rule));
    for doc in docs {
        prop_assert_eq!(found(&mut index, doc), every(&rules, doc));
    }
    for (owner, rule) in gone {
        index.insert(&rule, owner + 1000);
        rules.push((owner + 1000, rule));
    }
    prop_assert_eq!(index.len(), rules.len());
    for doc in docs {
        prop_assert_eq!(found(&mut index, doc), every(&rules, doc));
    }
    Ok(())
}

proptest! {
    // Each case is up to 24 rules with 6 articles, three times over: more than 100,000 pairs in all.
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_index_finds_what_evaluating_every_rule_finds(
        rules in prop::collection::vec(rule(), 1..25),
        removed in prop::collection::vec(any::<bool>(), 25),
        docs in prop::collection::vec(article(Analysis::Full), 6),
    ) {
        agree(Analysis::Full, &rules, &removed, &docs)?;
    }

    #[test]
    fn the_plain_index_does_too(
        rules in prop::collection::vec(rule(), 1..25),
        removed in prop::collection::vec(any::<bool>(), 25),
        docs in prop::collection::vec(article(Analysis::Plain), 6),
    ) {
        agree(Analysis::Plain, &rules, &removed, &docs)?;
    }

    #[test]
    fn the_normal_form_parses_back_to_an_equal_rule(rule in rule(), docs in prop::collection::vec(article(Analysis::Full), 5)) {
        if let Ok(expr) = parse(&rule) {
            let normal = expr.to_string();
            let again = parse(&normal).unwrap();
            prop_assert_eq!(again.to_string(), normal);
            prop_assert_eq!(&again, &expr);
            for doc in &docs {
                prop_assert_eq!(eval::matches(&expr, doc), eval::matches(&again, doc));
            }
        }
    }

    #[test]
    fn a_rule_that_is_shown_back_means_what_was_shown(typed in typed_text()) {
        let shown = match parse(&typed) {
            Ok(expr) => {
                let normal = expr.to_string();
                prop_assert_eq!(parse(&normal), Ok(expr.clone()), "{} of {:?}", normal, typed);
                prop_assert_eq!(parse_stored(&normal), Ok(expr), "{} of {:?}", normal, typed);
                doubts(&typed).into_iter().filter_map(|doubt| doubt.proposal).collect()
            }
            Err(error) => {
                prop_assert!(typed.get(error.span.clone()).is_some(), "{:?} in {:?}", error.span, typed);
                error.proposals
            }
        };
        for rule in shown {
            let again = parse(&rule).map(|expr| expr.to_string());
            prop_assert_eq!(again, Ok(rule));
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(rule in "\\PC*") {
        if let Ok(expr) = parse(&rule) {
            let normal = expr.to_string();
            prop_assert_eq!(parse(&normal).map(|again| again.to_string()), Ok(normal));
        }
    }
}
