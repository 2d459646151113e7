//! Which articles meet and which stay apart.

use super::*;
use ceasewire_model::NamedEntity;

/// A time that is known: the default is none.
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

fn telling<'a>(outlet: &'a str, title: &'a str, text: &'a str) -> ArticleRef<'a> {
    ArticleRef { outlet, title, text, language: None, at: START, within: None }
}

fn grouper_with(tellings: &[ArticleRef<'_>]) -> (Grouper, Vec<StoryId>) {
    let mut grouper = Grouper::new(vocabulary());
    let stories = tellings
        .iter()
        .map(|telling| {
            let sketch = grouper.sketch(telling);
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
fn copies_meet_under_other_headlines_and_cut_short() {
    let first = telling("a", "Truce agreed in Moscow", WIRE);
    let longer = format!("MOSCOW (Wire) — {WIRE} Our reporter adds a line of his own.");
    assert!(same(first, telling("b", "Guns to fall silent", &longer)));
    assert!(same(first, telling("b", "Guns to fall silent", &WIRE[..WIRE.find("Details").unwrap()])));
}

#[test]
fn bulletins_with_other_figures_are_other_stories() {
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
        assert!(!same(telling("a", "Ministry names more dead", &first), telling(outlet, title, &other)), "{outlet}");
        assert!(!same(telling("a", title, &first), telling(outlet, title, &other)), "{outlet}");
    }
    assert!(same(telling("a", "Ministry names more dead", &first), telling("b", title, &first)));
}

#[test]
fn one_sentence_is_enough_where_it_is_the_same_and_outlets_names_do_not_count() {
    let teaser = "The two sides agreed on Saturday to stop firing from noon, the mediators said after a long night.";
    let first = telling("a", "Zebra truce agreed by ministers in Moscow", teaser);
    assert!(same(first, telling("b", "Guns to fall silent", teaser)));
    let other = teaser.replace("stop firing from noon", "meet again on Monday");
    assert!(!same(first, telling("b", "Guns to fall silent", &other)));
    let bare = telling("a", "Zebra truce agreed by the ministers in Moscow", "");
    for title in
        ["Zebra truce agreed by ministers in Moscow - The Outlet", "Zebra truce agreed by ministers in Moscow | News"]
    {
        assert!(same(bare, telling("b", title, "")), "{title}");
    }
}

#[test]
fn who_where_and_how_many_keep_confusable_stories_apart() {
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
        assert!(!same(telling("a", "", one), telling("b", "", other)), "{other}");
    }
}

#[test]
fn one_truce_told_in_english_and_russian_is_one_story() {
    let russian = "Министры иностранных дел Армении и Азербайджана договорились в Москве о прекращении огня с полудня 10 \
        октября. Переговоры с участием Сергея Лаврова длились 10 часов. Стороны обменяются пленными.";
    let english = "The foreign ministers of Armenia and Azerbaijan agreed in Moscow on a ceasefire from noon on October 10. \
        The talks with Sergei Lavrov lasted 10 hours. The sides are to exchange prisoners.";
    assert!(same(telling("a", "A truce is agreed", english), telling("b", "Объявлено перемирие", russian)));
    let other = "Президент Франции принял в Париже посла Армении. Речь шла о гуманитарной помощи и о школах.";
    assert!(!same(telling("a", "A truce is agreed", english), telling("b", "Встреча в Париже", other)));
}

#[test]
fn names_that_no_profile_knows_meet_across_scripts() {
    let english = "Boxer Wladimir Kolchenko beat Hasim Rakhimov in Stuttgart on December 13, 2020, in the 7th round.";
    let russian = "Боксёр Владимир Кольченко победил Хасима Рахимова в Штутгарте 13 декабря 2020 года в 7 раунде.";
    assert!(same(telling("a", "", english), telling("b", "", russian)));
}

#[test]
fn stories_end_with_their_window_and_are_forgotten() {
    let first = telling("a", "Truce agreed in Moscow", WIRE);
    let later = |hours: i64| ArticleRef { outlet: "b", at: START.plus_secs(hours * 3600), ..first };
    assert!(same(first, later(thresholds::WINDOW_HOURS)));
    assert!(!same(first, later(thresholds::WINDOW_HOURS + 1)));
    let (mut grouper, _) = grouper_with(&[first]);
    grouper.expire(START.plus_secs(thresholds::WINDOW_HOURS * 3600 + 1));
    assert!(grouper.is_empty() && grouper.postings.is_empty() && grouper.stories.is_empty());
}

#[test]
fn a_chain_of_articles_does_not_make_a_story_without_an_end() {
    let at = |day: i64| START.plus_secs(day * 24 * 3600);
    let tellings: Vec<_> = (0..10).map(|day| ArticleRef { at: at(day), ..telling("", "Truce", WIRE) }).collect();
    let (_, stories) = grouper_with(&tellings);
    assert_eq!(stories[0], stories[7]);
    assert_ne!(stories[0], stories[8]);
}

#[test]
fn memory_is_bounded_by_a_count() {
    let mut grouper = Grouper::new(vocabulary()).remembering(10);
    for number in 0..100 {
        let text = format!("Word{number} happened in place{number}.");
        let sketch = grouper.sketch(&telling("a", "", &text));
        grouper.insert(sketch, StoryId::new());
    }
    assert_eq!((grouper.len(), grouper.stories.len()), (10, 10));
    assert!(grouper.memory_bytes() < 100_000);
}

#[test]
fn what_a_private_feed_brings_stays_private() {
    let (one, other) = (FeedId::new(), FeedId::new());
    let first = telling("a", "Truce agreed in Moscow", WIRE);
    let private = |feed| ArticleRef { outlet: "b", within: Some(feed), ..first };
    assert!(same(first, private(one)), "who was told of the story need not be told again");
    assert!(same(private(one), first), "nor the other way round");
    assert!(!same(private(one), private(other)));
    assert!(same(private(one), private(one)));
}

#[test]
fn the_same_stream_makes_the_same_stories_also_after_a_restart() {
    let other = WIRE.replace("Moscow", "Geneva").replace("Saturday", "Friday");
    let stream = [
        telling("a", "Truce", WIRE),
        telling("b", "Talks", &other),
        telling("c", "Talks in Moscow", WIRE),
        telling("d", "Weather", "It rained in Tbilisi for 3 days, and the river Kura rose by 40 centimetres."),
    ];
    let shape = |stories: &[StoryId]| -> Vec<usize> {
        stories.iter().filter_map(|story| stories.iter().position(|first| first == story)).collect()
    };
    let (grouper, stories) = grouper_with(&stream);
    assert_eq!(shape(&stories), shape(&grouper_with(&stream).1));
    let mut again = Grouper::new(vocabulary());
    for (telling, story) in stream.iter().zip(&stories) {
        again.insert(again.sketch(telling), *story);
    }
    let copy = telling("e", "A copy", WIRE);
    assert_eq!(again.choose(&again.sketch(&copy)), grouper.choose(&grouper.sketch(&copy)));
    assert_eq!(again.choose(&again.sketch(&copy)), Some(stories[0]));
}

#[test]
fn empty_and_odd_articles_open_stories_of_their_own() {
    let endless = "word".repeat(5000);
    let odd = ["", " \n\t", "\u{0}\u{FEFF}", "!!! ??? ...", "the of and", "1 2 3", "€€€", "停战 停战", &endless];
    for text in odd {
        let (mut grouper, _) = grouper_with(&[telling("a", text, text), telling("b", "", text)]);
        grouper.expire(Timestamp(i64::MAX));
    }
    assert!(!same(telling("a", "", ""), telling("b", "", "")));
    assert!(!same(telling("a", "", "..."), telling("b", "", "...")));
}
