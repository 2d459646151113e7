//! Renders one message for several deliveries: a burst or a digest. Pure.

use super::clock::LocalClock;
use super::render::{article_line, choose_story_button, mute_story_button, update_line};
use crate::locale::Locale;
use ceasewire_model::story::StoryUpdate;
use ceasewire_model::{Article, DeliveryId, Message, Outlet, Style, Text, Timestamp};

/// Characters kept free for the heading, the count of further alerts and the note about a possible duplicate.
const RESERVED_CHARS: usize = 596;
/// Styled spans kept free for the same, and styled spans of one line.
const RESERVED_SPANS: usize = 4;
const SPANS_PER_LINE: usize = 3;

/// The reason why a message combines deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CombinedKind {
    /// The deliveries came faster than single messages may leave.
    Burst,
    /// The chat's digest, or deliveries too old for messages of their own.
    Digest,
}

/// One delivery in a combined message.
#[derive(Clone, Debug)]
pub struct CombinedItem<'a> {
    pub delivery: DeliveryId,
    pub article: &'a Article,
    /// The outlet, if the profile describes it.
    pub outlet: Option<&'a Outlet>,
    /// The last update of the story.
    pub update: Option<&'a StoryUpdate>,
    /// Insertion into the outbox.
    pub created_at: Timestamp,
}

/// The reader's clock and language, and the room in a message.
#[derive(Clone, Copy, Debug)]
pub struct CombinedLayout {
    pub clock: LocalClock,
    pub locale: Locale,
    /// The longest text that the platform accepts.
    pub text_chars: usize,
    /// The most styled spans that the platform accepts.
    pub styled_spans: usize,
}

/// Renders as many items as fit, in their order, and returns their number. `waiting` counts all due deliveries of the
/// chat.
pub fn render_combined(
    kind: CombinedKind,
    items: &[CombinedItem<'_>],
    waiting: usize,
    layout: CombinedLayout,
) -> (Message, usize) {
    let CombinedLayout { clock, locale, .. } = layout;
    let most_chars = layout.text_chars.saturating_sub(RESERVED_CHARS);
    let most_lines = (layout.styled_spans.saturating_sub(RESERVED_SPANS) / SPANS_PER_LINE).max(1);
    let mut list = Text::default();
    let mut chars = 0;
    let mut count = 0;
    for item in items.iter().take(most_lines) {
        let mut line = match item.update {
            Some(update) => update_line(update, locale).with("\n", Style::Plain),
            None => Text::default(),
        };
        line.0.extend(article_line(item.article, item.outlet, locale).0);
        if kind == CombinedKind::Digest {
            let time = locale.short_date_and_time(clock.local_time(item.created_at));
            line.0.extend(Text::plain(" · ").0);
            line.0.extend(locale.text("digest-since", &[("time", time.into()), ("zone", clock.name().into())]).0);
        }
        chars += line.0.iter().map(|span| span.text.chars().count()).sum::<usize>() + 2;
        if count > 0 && chars > most_chars {
            break;
        }
        list.0.extend(Text::plain("\n\n").0);
        list.0.extend(line.0);
        count += 1;
    }
    let mut text = match kind {
        CombinedKind::Burst => locale.text("alert-together", &[("count", count.into())]),
        CombinedKind::Digest => locale.text("digest-head", &[("count", count.into())]),
    };
    text.0.extend(list.0);
    let left = waiting.max(items.len()) - count;
    if left > 0 {
        text.0.extend(Text::plain("\n\n").0);
        text.0.extend(locale.text("digest-more", &[("count", left.into())]).0);
    }
    // A button per story would make the keyboard longer than the list.
    let button = match &items[..count] {
        [] => None,
        [one] => Some(mute_story_button(one.delivery, locale)),
        [first, ..] => Some(choose_story_button(first.delivery, locale)),
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
            links_to: None,
            language: None,
            topics: vec![],
            published_at: None,
            date_note: None,
            seen_at: Timestamp(0),
            credit: None,
            events: vec![],
        }
    }

    fn layout(zone: Option<&str>) -> CombinedLayout {
        CombinedLayout { clock: LocalClock::new(zone), locale: Locale::default(), text_chars: 4096, styled_spans: 100 }
    }

    fn items(articles: &[Article]) -> Vec<CombinedItem<'_>> {
        let item = |(number, article)| CombinedItem {
            delivery: DeliveryId(uuid::Uuid::from_u128(number)),
            article,
            outlet: None,
            update: None,
            created_at: Timestamp(1_602_288_000_000),
        };
        (1..).zip(articles).map(item).collect()
    }

    #[test]
    fn a_digest_states_local_times() {
        let articles = [article(1, "Truce agreed"), article(2, "Ministers due in Washington")];
        let (message, count) =
            render_combined(CombinedKind::Digest, &items(&articles), 2, layout(Some("Asia/Yerevan")));
        assert_eq!(count, 2);
        insta::assert_snapshot!(crate::chat::telegram::html::to_html(&message.text), @r#"
        <b>Digest: 2 reports</b>

        <b><a href="https://wire.example/1">Truce agreed</a></b>
        wire · date not given · collected since 10 Oct, 04:00 (Asia/Yerevan)

        <b><a href="https://wire.example/2">Ministers due in Washington</a></b>
        wire · date not given · collected since 10 Oct, 04:00 (Asia/Yerevan)
        "#);
    }

    #[test]
    fn items_that_do_not_fit_are_counted() {
        let articles: Vec<Article> = (0..100).map(|number| article(number, &"Shelling ".repeat(20))).collect();
        let (message, count) = render_combined(CombinedKind::Burst, &items(&articles), 130, layout(None));
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
            let (message, _) = render_combined(CombinedKind::Digest, &items(articles), 2, layout(None));
            let [row] = message.buttons.as_slice() else { panic!("{message:?}") };
            let [button] = row.as_slice() else { panic!("{row:?}") };
            format!("{} {}", button.label, button.data)
        };
        assert_eq!(buttons(&articles), "Mute a story… hush-one:00000000000000000000000000000001");
        assert_eq!(buttons(&articles[..1]), "Mute this story hush:00000000000000000000000000000001");
    }
}
