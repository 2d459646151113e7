//! Pairs and streams of articles that the grouper must merge or keep apart.

use std::sync::Arc;

use proptest::prelude::*;

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
        name(Person, &["Pompeo", "Помпео"]),
        name(Person, &["Macron", "Макрон"]),
        name(Term, &["ceasefire", "truce", "перемирие", "прекращение огня"]),
        name(Term, &["prisoner", "captive", "пленный"]),
    ];
    Arc::new(Vocabulary::new(&[], None, names).0)
}

fn article<'a>(outlet: &'a str, title: &'a str, text: &'a str) -> ArticleRef<'a> {
    ArticleRef { outlet, title, text, language: None, at: START, events: &[], private_to: None }
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
    assert!(
        grouper.is_empty() && grouper.windows.public.postings.is_empty() && grouper.windows.public.stories.is_empty()
    );
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
    let mut grouper = Grouper::new(vocabulary()).remembering(WindowBounds { public: 10, ..WindowBounds::default() });
    for number in 0..100 {
        let text = format!("Word{number} happened in place{number}.");
        let sketch = grouper.sketch(&article("a", "", &text));
        grouper.insert(sketch, StoryId::new());
    }
    assert_eq!((grouper.len(), grouper.windows.public.stories.len()), (10, 10));
    assert!(grouper.memory_bytes() < 100_000);
}

#[test]
fn an_undone_insertion_leaves_no_trace() {
    let (mut grouper, stories) = grouper_with(&[article("a", "Truce agreed in Moscow", WIRE)]);
    let before = format!("{:?}", grouper.windows.public.stories);
    let copy = grouper.sketch(&article("b", "Guns to fall silent", WIRE));
    for story in [stories[0], StoryId::new()] {
        let postings = grouper.windows.public.postings.len();
        let undo = grouper.insert_with_undo(copy.clone(), story);
        assert_eq!(grouper.len(), 2);
        grouper.undo_insert(undo);
        assert_eq!((grouper.len(), grouper.windows.public.postings.len()), (1, postings));
        assert_eq!(format!("{:?}", grouper.windows.public.stories), before);
    }
    assert_eq!(grouper.choose(&copy), Some(stories[0]));
}

#[test]
fn articles_of_a_private_feed_stay_private() {
    let (one, other) = (FeedId::new(), FeedId::new());
    let first = article("a", "Truce agreed in Moscow", WIRE);
    let private = |feed| ArticleRef { outlet: "b", private_to: Some(feed), ..first };
    assert!(same(first, private(one)), "a private article joins a public story");
    assert!(!same(private(one), first), "a public article joins a private story");
    assert!(!same(private(one), private(other)));
    assert!(same(private(one), private(one)));
    let (grouper, stories) = grouper_with(&[private(one), private(other)]);
    let public = grouper.sketch(&first);
    assert_eq!([one, other].map(|feed| grouper.choose_private(&public, feed)), [Some(stories[0]), Some(stories[1])]);
    let (grouper, _) = grouper_with(&[first, private(one)]);
    assert_eq!(grouper.choose_private(&public, one), None, "the private article joined the public story");
}

#[test]
fn copies_in_private_feeds_do_not_hide_a_public_story() {
    let first = article("a", "Truce agreed in Moscow", WIRE);
    let paraphrase = "Armenia and Azerbaijan agreed in Moscow to stop fighting from noon on Saturday. The foreign ministers \
        talked for ten hours; the Red Cross is to help with the exchange of prisoners and bodies.";
    let paraphrase = article("b", "Fighting to stop on Saturday", paraphrase);
    let (mut grouper, stories) = grouper_with(&[first]);
    let expected = grouper.sketch(&paraphrase);
    assert_eq!(grouper.choose(&expected), Some(stories[0]));
    let flooded = thresholds::POSTINGS_OF_A_TERM + thresholds::CANDIDATES;
    let reader = FeedId::new();
    for feed in [FeedId::new(), FeedId::new()] {
        for number in 0..flooded {
            let title = format!("Truce agreed in Moscow {number}");
            let copy = ArticleRef { title: &title, private_to: Some(feed), ..first };
            let sketch = grouper.sketch(&copy);
            grouper.insert(sketch, StoryId::new());
        }
    }
    assert_eq!(grouper.choose(&expected), Some(stories[0]));
    let elsewhere = grouper.sketch(&ArticleRef { private_to: Some(reader), ..paraphrase });
    assert_eq!(grouper.choose(&elsewhere), Some(stories[0]), "a private feed suffers from another one");
}

#[test]
fn the_fullest_private_feeds_make_room_for_the_others() {
    let bounds = WindowBounds { public: 5, of_a_feed: 20, private: 24 };
    let mut grouper = Grouper::new(vocabulary()).remembering(bounds);
    let feeds = [FeedId::new(), FeedId::new(), FeedId::new()];
    let counts = [3, 100, 15];
    for (feed, count) in std::iter::zip(feeds, counts) {
        for number in 0..count {
            let text = format!("Word{number} happened in place{number}.");
            let sketch = grouper.sketch(&ArticleRef { private_to: Some(feed), ..article("a", "", &text) });
            grouper.insert_with_undo(sketch, StoryId::new());
        }
    }
    for number in 0..9 {
        let text = format!("Public word{number} happened.");
        let sketch = grouper.sketch(&article("a", "", &text));
        grouper.insert_with_undo(sketch, StoryId::new());
    }
    grouper.expire(START);
    let kept = feeds.map(|feed| grouper.windows.private[&feed].articles.len());
    assert_eq!((kept, grouper.windows.public.articles.len()), ([3, 10, 10], 5));
}

/// An article of a made stream: its subject, its wording, and the private feed that it may come from.
type MadeArticle = (usize, usize, Option<usize>);

/// Groups a stream and returns the story of each article, by the place of the article that opened the story.
fn stories_of(stream: &[MadeArticle], feeds: &[FeedId], is_kept: impl Fn(Option<usize>) -> bool) -> Vec<Option<usize>> {
    const SUBJECTS: [(&str, &str); 4] = [
        ("Truce agreed in Moscow", WIRE),
        (
            "Shells hit Ganja",
            "Shells hit two houses in Ganja on Sunday and killed 7 people, the prosecutor of Azerbaijan said.",
        ),
        (
            "Talks in Geneva put off",
            "The talks in Geneva were put off by two days, a diplomat of the Minsk Group told reporters.",
        ),
        (
            "Drone falls in Iran",
            "A drone fell near a village in Iran and hurt nobody, the governor of the province said on Monday.",
        ),
    ];
    let bounds = WindowBounds { public: 8, of_a_feed: 4, private: 1000 };
    let mut grouper = Grouper::new(vocabulary()).remembering(bounds);
    let mut opened: Vec<(StoryId, usize)> = Vec::new();
    let mut found = Vec::new();
    for (place, &(subject, wording, feed)) in stream.iter().enumerate() {
        if !is_kept(feed) {
            found.push(None);
            continue;
        }
        let (title, text) = SUBJECTS[subject % SUBJECTS.len()];
        let (_, aside) = SUBJECTS[wording % SUBJECTS.len()];
        let text = format!("{text} {}", &aside[..aside.len() * (wording % 3) / 3]);
        let title = if wording % 2 == 0 { title.to_owned() } else { format!("{title} {wording}") };
        let at = START.plus_secs(place as i64 * 3600);
        let outlet = ["a", "b", "c"][wording % 3];
        let private_to = feed.map(|feed| feeds[feed]);
        grouper.expire(at);
        let sketch = grouper.sketch(&ArticleRef { at, private_to, ..article(outlet, &title, &text) });
        let story = grouper.choose(&sketch).unwrap_or_else(|| {
            let story = StoryId::new();
            opened.push((story, place));
            story
        });
        // An undone insertion leaves no trace either.
        let undo = grouper.insert_with_undo(sketch.clone(), story);
        if wording % 4 == 0 {
            grouper.undo_insert(undo);
            grouper.insert_with_undo(sketch, story);
        }
        found.push(opened.iter().find(|(other, _)| *other == story).map(|(_, place)| *place));
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn private_articles_change_no_other_audience_s_stories(
        stream in proptest::collection::vec((0_usize..4, 0_usize..12, proptest::option::of(0_usize..3)), 0..60)
    ) {
        let feeds = [FeedId::new(), FeedId::new(), FeedId::new()];
        let all = stories_of(&stream, &feeds, |_| true);
        let public = stories_of(&stream, &feeds, |feed| feed.is_none());
        let of_one = stories_of(&stream, &feeds, |feed| feed.is_none_or(|feed| feed == 0));
        for (place, (_, _, feed)) in stream.iter().enumerate() {
            match feed {
                None => prop_assert_eq!(all[place], public[place]),
                Some(0) => prop_assert_eq!(all[place], of_one[place]),
                Some(_) => {}
            }
        }
    }
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

mod kinds;
mod titles;
mod vectors;
