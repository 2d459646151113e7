//! Equal titles over equal texts, over other texts and over none.

use super::*;

/// Texts of one war that report ten events.
const TEXTS: [&str; 10] = [
    "Shells hit positions in the north of Nagorno-Karabakh overnight, and two soldiers were wounded. Doctors in Stepanakert \
     describe their state as stable.",
    "A full ceasefire takes effect along the whole line of contact at midnight, the sides have agreed. Peacekeepers will \
     take up posts on the road to Lachin.",
    "The president signed a decree on pensions for teachers. The parliament debates the budget of the schools next week.",
    "An aircraft with forty tons of medicine landed in Yerevan. Volunteers carry blankets and flour to the villages.",
    "A drone of the enemy crashed into a reservoir near Martuni. Divers recovered its camera and the engine.",
    "Eleven prisoners came home through Tbilisi on Friday. Mothers met them at the airport with flowers.",
    "The mayor of Ganja laid a wreath in memory of the miners. Rain interrupted the ceremony twice.",
    "Engineers cleared forty hectares of vineyards from mines. Farmers may harvest their grapes again from October.",
    "Ambassadors of six countries visited the museum of carpets. They tasted pomegranates and drank tea afterwards.",
    "Lightning set a forest above Shusha on fire. Helicopters drew water out of the lake until dawn.",
];

/// Counts the pairs of different texts, under one title and some hours apart, that form one story.
fn merged(title: &str, texts: &[&str], outlets: [&str; 2], hours: i64, language: &str) -> usize {
    let mut merged = 0;
    for (place, one) in texts.iter().enumerate() {
        for other in &texts[place + 1..] {
            let first = ArticleRef { language: Some(language), ..article(outlets[0], title, one) };
            let at = START.plus_secs(hours * 3600);
            let second = ArticleRef { language: Some(language), at, ..article(outlets[1], title, other) };
            merged += usize::from(same(first, second));
        }
    }
    merged
}

#[test]
fn an_equal_title_over_another_text_is_another_story() {
    for title in [
        "Statement by the Ministry of Defence",
        "Nagorno-Karabakh: what happened today",
        "Armenia and Azerbaijan at war: live updates",
        "What we know about the fighting in Karabakh so far",
        "Comment by the Spokesperson of the Ministry on the latest events in the region",
        "Briefing",
    ] {
        for (hours, outlets) in [(1, ["a", "a"]), (1, ["a", "b"]), (24, ["a", "a"]), (72, ["a", "b"])] {
            assert_eq!(merged(title, &TEXTS, outlets, hours, "en"), 0, "{title}, {hours} h, {outlets:?}");
        }
    }
}

#[test]
fn an_equal_title_says_nothing_in_other_languages_either() {
    let russian = [
        "Ночью обстреляны позиции на севере Нагорного Карабаха, двое военных ранены. Врачи считают их состояние стабильным.",
        "Полное прекращение огня вступает в силу в полночь, стороны договорились об этом. Миротворцы займут посты на дороге.",
        "Президент подписал указ о пенсиях учителей. Парламент обсудит бюджет школ на следующей неделе.",
        "Самолёт с сорока тоннами лекарств сел в Ереване. Добровольцы везут в деревни одеяла и муку.",
    ];
    let armenian = [
        "Գիշերը հրետակոծվել են Արցախի հյուսիսի դիրքերը, երկու զինվոր վիրավորվել է։ Բժիշկները նրանց վիճակը կայուն են համարում։",
        "Հրադադարն ուժի մեջ է մտնում կեսգիշերին, կողմերը պայմանավորվել են։ Խաղաղապահները կզբաղեցնեն ճանապարհի կետերը։",
        "Նախագահը ստորագրել է ուսուցիչների թոշակների մասին հրամանագիր։ Խորհրդարանը կքննարկի դպրոցների բյուջեն։",
    ];
    for hours in [1, 24, 72] {
        for outlets in [["a", "a"], ["a", "b"]] {
            for title in ["Заявление Министерства обороны", "Что произошло за ночь: главное к этому часу"]
            {
                assert_eq!(merged(title, &russian, outlets, hours, "ru"), 0, "{title}, {hours} h, {outlets:?}");
            }
            let title = "Պաշտպանության նախարարության հայտարարությունը";
            assert_eq!(merged(title, &armenian, outlets, hours, "hy"), 0, "{hours} h, {outlets:?}");
        }
    }
}

#[test]
fn titles_that_differ_in_a_word_or_a_figure_say_nothing() {
    for (one, other) in [
        ("Live updates, day 12 of the war", "Live updates, day 13 of the war"),
        ("Morning briefing: the main news of Tuesday", "Evening briefing: the main news of Tuesday"),
        ("Morning briefing: the main news of Tuesday", "Evening briefing: the main news of Friday"),
        ("Report K17 of the hour", "Report K18 of the hour"),
    ] {
        for (place, text) in TEXTS.iter().enumerate() {
            let another = TEXTS[(place + 1) % TEXTS.len()];
            assert!(!same(article("a", one, text), article("b", other, another)), "{one}: {text}");
        }
    }
}

#[test]
fn an_equal_title_counts_as_far_as_the_texts_agree() {
    let title = "Statement by the Ministry of Defence";
    for outlets in [["a", "a"], ["a", "b"]] {
        assert!(same(article(outlets[0], title, WIRE), article(outlets[1], title, WIRE)));
        let longer =
            format!("{WIRE} The ministry adds that the mediators will come back within the week for more talks.");
        assert!(same(article(outlets[0], title, WIRE), article(outlets[1], title, &longer)));
    }
    let title = "Ministers agree on a truce after ten hours of talks";
    let teaser = "The foreign ministers of Armenia and Azerbaijan agreed to stop fighting from noon on Saturday.";
    assert!(same(article("a", title, WIRE), article("b", title, teaser)));
    let reworded = "Armenia and Azerbaijan will stop fighting at noon on Saturday, their foreign ministers agreed in Moscow. \
        They had talked for ten hours. The Red Cross helps to exchange prisoners.";
    assert!(same(article("a", title, WIRE), article("b", title, reworded)));
}

#[test]
fn a_long_headline_without_a_text_is_one_story_for_some_hours() {
    let title = "Ministers agree on a truce after ten hours of talks";
    let at =
        |hours: i64, outlet, text| ArticleRef { at: START.plus_secs(hours * 3600), ..article(outlet, title, text) };
    for text in ["", WIRE] {
        assert!(same(at(0, "a", ""), at(2, "b", text)));
        assert!(same(at(0, "a", text), at(2, "b", "")));
    }
}

#[test]
fn a_rubric_of_an_outlet_weighs_nothing_afterwards() {
    let title = "What happened in the region: the main news of today";
    let at =
        |hours: i64, outlet, text| ArticleRef { at: START.plus_secs(hours * 3600), ..article(outlet, title, text) };
    let joins = |articles: &[ArticleRef<'_>]| {
        let (_, stories) = grouper_with(articles);
        let (last, before) = stories.split_last().unwrap();
        before.iter().position(|story| story == last)
    };
    assert_eq!(joins(&[at(0, "b", ""), at(1, "a", "")]), Some(0), "nobody knows the title yet");
    let learned = [at(0, "a", TEXTS[0]), at(24, "a", TEXTS[1]), at(47, "b", "")];
    assert_eq!(joins(&[learned[0], learned[1], learned[2], at(48, "a", "")]), None);
    assert_eq!(joins(&[learned[0], learned[1], at(48, "a", TEXTS[1])]), Some(1), "a copy");
    let numbered: Vec<String> = (12..16).map(|day| format!("Day {day} of the war: live updates")).collect();
    let article = |day: usize, text| ArticleRef {
        at: START.plus_secs(day as i64 * 3600 * 8),
        ..article("a", &numbered[day], text)
    };
    assert_eq!(joins(&[article(0, TEXTS[0]), article(1, TEXTS[1]), article(2, "")]), None);
}

#[test]
fn a_name_in_each_of_two_equal_titles_parts_them() {
    let text = "They exchanged views on the steps needed to stop the violence and on the needs of the population.";
    let title = |name: &str| format!("The envoy speaks about the truce by phone with {name}");
    let [one, other] = ["Kavkazov", "Sorokina"].map(title);
    assert!(!same(article("a", &one, text), article("a", &other, text)));
    assert!(!same(article("a", &one, ""), article("b", &other, "")));
    assert!(same(article("a", &one, text), article("b", &one, text)));
    // A text that names the other person is about the same call.
    let both = format!("{text} Kavkazov and Sorokina took part.");
    assert!(same(article("a", &one, &both), article("b", &other, &both)));
}
