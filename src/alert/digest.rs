//! How one message tells of many: what came at once, what has waited, a digest. Pure.

use super::clock::LocalClock;
use super::render::{hush_button, hush_one_button, line, turned};
use crate::locale::say;
use ceasewire_model::story::StoryUpdate;
use ceasewire_model::{Article, DeliveryId, Message, Outlet, Style, Text, Timestamp};

/// Characters of a message that tells of many: well below the 4,096 that Telegram allows, so that markup has room.
const MOST_CHARACTERS: usize = 3500;
/// Lines in one message; Telegram ignores entities beyond a hundred, and a line has up to three.
const MOST_LINES: usize = 32;

/// Why a message tells of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// They came at once, or faster than they can be told one by one.
    AtOnce,
    /// It is the chat's digest, or what has become too old to be told by itself.
    Digest,
}

/// One thing that is told of.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// Its delivery, for the button that mutes its story.
    pub delivery: DeliveryId,
    /// The article.
    pub article: &'a Article,
    /// Its outlet, if it is described.
    pub outlet: Option<&'a Outlet>,
    /// What turned its story last.
    pub turn: Option<&'a StoryUpdate>,
    /// When it came into the outbox.
    pub since: Timestamp,
}

/// Words one message that tells of many, in their order, and says of how many it tells: as many as fit of those that are
/// `waiting`. Times are by the chat's `clock`.
pub fn render_together(occasion: Occasion, told: &[Told<'_>], waiting: usize, clock: LocalClock) -> (Message, usize) {
    let mut list = Text::default();
    let mut characters = 0;
    let mut count = 0;
    for told in told.iter().take(MOST_LINES) {
        let mut line = match told.turn {
            Some(turn) => turned(turn).with("\n", Style::Plain),
            None => Text::default(),
        };
        line.0.extend(self::line(told.article, told.outlet).0);
        if occasion == Occasion::Digest {
            let at = clock.shows(told.since).format("%-d %b, %H:%M").to_string();
            line.0.extend(Text::plain(" · ").0);
            line.0.extend(say("digest-since", &[("time", at.into()), ("zone", clock.name().into())]).0);
        }
        characters += line.0.iter().map(|span| span.text.chars().count()).sum::<usize>() + 2;
        if count > 0 && characters > MOST_CHARACTERS {
            break;
        }
        list.0.extend(Text::plain("\n\n").0);
        list.0.extend(line.0);
        count += 1;
    }
    let mut text = match occasion {
        Occasion::AtOnce => say("alert-together", &[("count", count.into())]),
        Occasion::Digest => say("digest-head", &[("count", count.into())]),
    };
    text.0.extend(list.0);
    let left = waiting.max(told.len()) - count;
    if left > 0 {
        text.0.extend(Text::plain("\n\n").0);
        text.0.extend(say("digest-more", &[("count", left.into())]).0);
    }
    // A button for each would be longer than what they are told in.
    let button = match &told[..count] {
        [] => None,
        [one] => Some(hush_button(one.delivery)),
        [first, ..] => Some(hush_one_button(first.delivery)),
    };
    let buttons = button.into_iter().map(|button| vec![button]).collect();
    (Message { text, buttons, ..Message::default() }, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::{ArticleId, StoryId};

    fn article(number: usize, title: &str) -> Article {
        Article {
            id: ArticleId::new(),
            story_id: StoryId::new(),
            outlet: "wire".into(),
            title: title.into(),
            text: String::new(),
            url: Some(format!("https://wire.example/{number}")),
            language: None,
            topics: vec![],
            published_at: None,
            date_note: None,
            seen_at: Timestamp(0),
            credit: None,
            events: vec![],
        }
    }

    fn told(articles: &[Article]) -> Vec<Told<'_>> {
        let told = |(number, article)| Told {
            delivery: DeliveryId(uuid::Uuid::from_u128(number)),
            article,
            outlet: None,
            turn: None,
            since: Timestamp(1_602_288_000_000),
        };
        (1..).zip(articles).map(told).collect()
    }

    #[test]
    fn a_digest_says_when_each_came_by_the_clock_of_the_place() {
        let articles = [article(1, "Truce agreed"), article(2, "Ministers due in Washington")];
        let (message, count) =
            render_together(Occasion::Digest, &told(&articles), 2, LocalClock::of(Some("Asia/Yerevan")));
        assert_eq!(count, 2);
        insta::assert_snapshot!(crate::chat::html::to_html(&message.text), @r#"
        <b>Digest: 2 reports</b>

        <b>Truce agreed</b>
        <a href="https://wire.example/1">wire</a> · date not given · in since 10 Oct, 04:00 (Asia/Yerevan)

        <b>Ministers due in Washington</b>
        <a href="https://wire.example/2">wire</a> · date not given · in since 10 Oct, 04:00 (Asia/Yerevan)
        "#);
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let articles: Vec<Article> = (0..100).map(|number| article(number, &"Shelling ".repeat(20))).collect();
        let (message, count) = render_together(Occasion::AtOnce, &told(&articles), 130, LocalClock::of(None));
        let text = message.text.to_plain();
        assert!((10..40).contains(&count) && text.chars().count() < 4096, "{count}");
        assert!(
            text.starts_with(&format!("{count} reports")) && text.contains(&format!("{} more", 130 - count)),
            "{text}"
        );
    }

    #[test]
    fn one_button_mutes_the_story_or_asks_which() {
        let articles = [article(1, "Truce agreed"), article(2, "Ministers due in Washington")];
        let buttons = |articles: &[Article]| {
            let (message, _) = render_together(Occasion::Digest, &told(articles), 2, LocalClock::of(None));
            let [row] = message.buttons.as_slice() else { panic!("{message:?}") };
            let [button] = row.as_slice() else { panic!("{row:?}") };
            format!("{} {}", button.label, button.data)
        };
        assert_eq!(buttons(&articles), "Mute a story… hush-one:00000000000000000000000000000001");
        assert_eq!(buttons(&articles[..1]), "Mute this story hush:00000000000000000000000000000001");
    }
}
