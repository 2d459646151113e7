//! Pairs and streams of articles that the grouper must merge or keep apart.

use std::sync::Arc;

use super::*;
use ceasewire_model::{NamedEntity, StoryId};
use ceasewire_profile::Vocabulary;

/// A known time; the default means an unknown one.
const START: Timestamp = Timestamp(1_600_000_000_000);
const WIRE: &str = "The foreign ministers of Armenia and Azerbaijan agreed to stop fighting from noon on Saturday after \
    ten hours of talks in Moscow. Prisoners and bodies are to be exchanged with the help of the Red Cross. Details \
    will be settled later, Russia's foreign minister told reporters in the early morning.";

fn vocabulary() -> Arc<Vocabulary> {
    let name = |kind, names: &[&str]| NamedEntity {
        names: names.iter().map(|&name| name.to_owned()).collect(),
        kind,
        ..NamedEntity::default()
    };
    use ceasewire_model::NameKind::{Country, Person, Place, Term};
    let names = vec![
        name(Country, &["Armenia", "Армения"]),
        name(Country, &["Azerbaijan", "Азербайджан"]),
        name(Place, &["Moscow", "Москва"]),
        name(Place, &["Karabakh", "Карабах"]),
        name(Person, &["Lavrov", "Лавров"]),
        name(Term, &["ceasefire", "truce", "перемирие", "прекращение огня"]),
        name(Term, &["prisoner", "captive", "пленный"]),
    ];
    Arc::new(Vocabulary::new(&[], None, names).0)
}

fn article<'a>(outlet: &'a str, title: &'a str, text: &'a str) -> ArticleRef<'a> {
    ArticleRef { outlet, title, text, language: None, at: START, private_to: None }
}

fn grouper_with(articles: &[ArticleRef<'_>]) -> (Grouper, Vec<StoryId>) {
    let mut grouper = Grouper::new(vocabulary());
    let stories = articles
        .iter()
        .map(|article| {
            let sketch = grouper.sketch(article);
            let story = grouper.choose(&sketch).unwrap_or_else(StoryId::new);
            grouper.insert(sketch, story);
            story
        })
        .collect();
    (grouper, stories)
}

fn same(one: ArticleRef<'_>, other: ArticleRef<'_>) -> bool {
    let (_, stories) = grouper_with(&[one, other]);
    stories[0] == stories[1]
}

#[test]
fn a_copy_joins_under_another_headline_and_when_cut() {
    let first = article("a", "Truce agreed in Moscow", WIRE);
    let longer = format!("MOSCOW (Wire) — {WIRE} Our reporter adds a line of his own.");
    assert!(same(first, article("b", "Guns to fall silent", &longer)));
    assert!(same(first, article("b", "Guns to fall silent", &WIRE[..WIRE.find("Details").unwrap()])));
}

#[test]
fn bulletins_with_other_figures_stay_apart() {
    let bulletin = |killed: u32, total: u32| {
        format!(
            "The defence ministry published the names of {killed} more servicemen who were killed in action while they \
             repelled attacks along the line of contact, which brings the number of its dead since the fighting began \
             to {total}, a spokeswoman told journalists at the daily briefing in the capital."
        )
    };
    let (first, other) = (bulletin(43, 772), bulletin(51, 823));
    let title = "Ministry names more dead today again";
    for outlet in ["a", "b"] {
        assert!(!same(article("a", "Ministry names more dead", &first), article(outlet, title, &other)), "{outlet}");
        assert!(!same(article("a", title, &first), article(outlet, title, &other)), "{outlet}");
    }
    assert!(same(article("a", "Ministry names more dead", &first), article("b", title, &first)));
}

#[test]
fn one_equal_sentence_suffices_and_outlet_names_do_not_count() {
    let teaser = "The two sides agreed on Saturday to stop firing from noon, the mediators said after a long night.";
    let first = article("a", "Zebra truce agreed by ministers in Moscow", teaser);
    assert!(same(first, article("b", "Guns to fall silent", teaser)));
    let other = teaser.replace("stop firing from noon", "meet again on Monday");
    assert!(!same(first, article("b", "Guns to fall silent", &other)));
    let bare = article("a", "Zebra truce agreed by the ministers in Moscow", "");
    for title in
        ["Zebra truce agreed by ministers in Moscow - The Outlet", "Zebra truce agreed by ministers in Moscow | News"]
    {
        assert!(same(bare, article("b", title, "")), "{title}");
    }
}

#[test]
fn people_places_and_counts_keep_stories_apart() {
    for (one, other) in [
        (
            "A court in Ganja sentenced Rashid Aliyev to 12 years in prison on Monday for the murder of a shopkeeper. \
             Aliyev shot Elman Guliyev outside his store in March, prosecutors said.",
            "A court in Vanadzor sentenced Karen Petrosyan to 20 years in prison on Monday for the murder of a taxi \
             driver. Petrosyan stabbed Hayk Sahakyan near the station in June, prosecutors said.",
        ),
        (
            "A magnitude 4.6 earthquake shook Gyumri on Tuesday, damaging 30 houses. Nobody was hurt in the quake, the \
             rescue service of the Shirak region said.",
            "A magnitude 5.8 earthquake shook Izmir on Tuesday, damaging 900 houses. Dozens were hurt in the quake, the \
             rescue service of the Aegean region said.",
        ),
    ] {
        assert!(!same(article("a", "", one), article("b", "", other)), "{other}");
    }
}

#[test]
fn a_truce_in_english_and_russian_is_one_story() {
    let russian = "Министры иностранных дел Армении и Азербайджана договорились в Москве о прекращении огня с полудня 10 \
        октября. Переговоры с участием Сергея Лаврова длились 10 часов. Стороны обменяются пленными.";
    let english = "The foreign ministers of Armenia and Azerbaijan agreed in Moscow on a ceasefire from noon on October 10. \
        The talks with Sergei Lavrov lasted 10 hours. The sides are to exchange prisoners.";
    assert!(same(article("a", "A truce is agreed", english), article("b", "Объявлено перемирие", russian)));
    let other = "Президент Франции принял в Париже посла Армении. Речь шла о гуманитарной помощи и о школах.";
    assert!(!same(article("a", "A truce is agreed", english), article("b", "Встреча в Париже", other)));
}

#[test]
fn names_outside_the_profile_match_across_scripts() {
    let english = "Boxer Wladimir Kolchenko beat Hasim Rakhimov in Stuttgart on December 13, 2020, in the 7th round.";
    let russian = "Боксёр Владимир Кольченко победил Хасима Рахимова в Штутгарте 13 декабря 2020 года в 7 раунде.";
    assert!(same(article("a", "", english), article("b", "", russian)));
}

#[test]
fn a_story_ends_with_its_window_and_is_forgotten() {
    let first = article("a", "Truce agreed in Moscow", WIRE);
    let later = |hours: i64| ArticleRef { outlet: "b", at: START.plus_secs(hours * 3600), ..first };
    assert!(same(first, later(thresholds::WINDOW_HOURS)));
    assert!(!same(first, later(thresholds::WINDOW_HOURS + 1)));
    let (mut grouper, _) = grouper_with(&[first]);
    grouper.expire(START.plus_secs(thresholds::WINDOW_HOURS * 3600 + 1));
    assert!(grouper.is_empty() && grouper.window.postings.is_empty() && grouper.window.stories.is_empty());
}

#[test]
fn a_chain_of_articles_does_not_extend_a_story_forever() {
    let at = |day: i64| START.plus_secs(day * 24 * 3600);
    let articles: Vec<_> = (0..10).map(|day| ArticleRef { at: at(day), ..article("", "Truce", WIRE) }).collect();
    let (_, stories) = grouper_with(&articles);
    assert_eq!(stories[0], stories[7]);
    assert_ne!(stories[0], stories[8]);
}

#[test]
fn the_article_count_bounds_the_memory() {
    let mut grouper = Grouper::new(vocabulary()).remembering(10);
    for number in 0..100 {
        let text = format!("Word{number} happened in place{number}.");
        let sketch = grouper.sketch(&article("a", "", &text));
        grouper.insert(sketch, StoryId::new());
    }
    assert_eq!((grouper.len(), grouper.window.stories.len()), (10, 10));
    assert!(grouper.memory_bytes() < 100_000);
}

#[test]
fn an_undone_insertion_leaves_no_trace() {
    let (mut grouper, stories) = grouper_with(&[article("a", "Truce agreed in Moscow", WIRE)]);
    let before = format!("{:?}", grouper.window.stories);
    let copy = grouper.sketch(&article("b", "Guns to fall silent", WIRE));
    for story in [stories[0], StoryId::new()] {
        let postings = grouper.window.postings.len();
        let undo = grouper.insert_with_undo(copy.clone(), story);
        assert_eq!(grouper.len(), 2);
        grouper.undo_insert(undo);
        assert_eq!((grouper.len(), grouper.window.postings.len()), (1, postings));
        assert_eq!(format!("{:?}", grouper.window.stories), before);
    }
    assert_eq!(grouper.choose(&copy), Some(stories[0]));
}

#[test]
fn articles_of_a_private_feed_stay_private() {
    let (one, other) = (FeedId::new(), FeedId::new());
    let first = article("a", "Truce agreed in Moscow", WIRE);
    let private = |feed| ArticleRef { outlet: "b", private_to: Some(feed), ..first };
    assert!(same(first, private(one)), "a private article joins a public story");
    assert!(same(private(one), first), "a public article joins a private story");
    assert!(!same(private(one), private(other)));
    assert!(same(private(one), private(one)));
}

#[test]
fn a_stream_makes_equal_stories_after_a_restart() {
    let other = WIRE.replace("Moscow", "Geneva").replace("Saturday", "Friday");
    let stream = [
        article("a", "Truce", WIRE),
        article("b", "Talks", &other),
        article("c", "Talks in Moscow", WIRE),
        article("d", "Weather", "It rained in Tbilisi for 3 days, and the river Kura rose by 40 centimetres."),
    ];
    let shape = |stories: &[StoryId]| -> Vec<usize> {
        stories.iter().filter_map(|story| stories.iter().position(|first| first == story)).collect()
    };
    let (grouper, stories) = grouper_with(&stream);
    assert_eq!(shape(&stories), shape(&grouper_with(&stream).1));
    let mut again = Grouper::new(vocabulary());
    for (article, story) in stream.iter().zip(&stories) {
        again.insert(again.sketch(article), *story);
    }
    let copy = article("e", "A copy", WIRE);
    assert_eq!(again.choose(&again.sketch(&copy)), grouper.choose(&grouper.sketch(&copy)));
    assert_eq!(again.choose(&again.sketch(&copy)), Some(stories[0]));
}

#[test]
fn empty_and_odd_articles_open_their_own_stories() {
    let endless = "word".repeat(5000);
    let odd = ["", " \n\t", "\u{0}\u{FEFF}", "!!! ??? ...", "the of and", "1 2 3", "€€€", "停战 停战", &endless];
    for text in odd {
        let (mut grouper, _) = grouper_with(&[article("a", text, text), article("b", "", text)]);
        grouper.expire(Timestamp(i64::MAX));
    }
    assert!(!same(article("a", "", ""), article("b", "", "")));
    assert!(!same(article("a", "", "..."), article("b", "", "...")));
}
