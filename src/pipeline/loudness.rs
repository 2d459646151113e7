//! How loud the alert of an article is for each subscriber: by its rules, and by the facts that the article brings to its
//! story. Pure.
//!
//! An urgent rule for a topic with events rings for an event that is new to the story. An article that only mentions the
//! topic is normal at most. A rule without such a topic keeps its own attention for each article.

use ceasewire_model::SubscriberId;
use ceasewire_model::attention::{Attention, RuleAttention};
use ceasewire_stories::story_facts::EventTopics;

use super::rules::RuleMatch;

/// How loud the alerts of a rule are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RuleLoudness {
    /// The subscriber's choice.
    pub(super) choice: Option<RuleAttention>,
    /// The most urgent attention of the topics that the rule asks for, by the profile.
    pub(super) of_topics: Option<Attention>,
    /// Those of these topics that have events.
    pub(super) events: EventTopics,
}

/// The events of an article, as far as they decide about sounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ArticleNews {
    /// The topics of the article.
    pub(super) about: EventTopics,
    /// The topics of the events that are new to its story.
    pub(super) new: EventTopics,
    /// The topics of the events that are news of the hour, whether or not another report has told them: they ring for
    /// subscribers without an alert of the story.
    pub(super) fresh: EventTopics,
}

impl ArticleNews {
    /// The events as a subscriber without an alert of the story hears them.
    pub(super) fn of_first_alert(self) -> Self {
        Self { new: self.fresh, ..self }
    }
}

/// The attention of one subscriber's alert: `None` leaves it to the chat, which has a digest or not.
pub(super) type AlertAttention = Option<Attention>;

impl RuleLoudness {
    /// Whether the article brings a new event of a topic that the rule asks for.
    pub(super) fn hears_event(self, news: ArticleNews) -> bool {
        !self.events.common_with(news.new).is_empty()
    }

    /// Decides the attention of an alert; `None`: no alert.
    fn attention(self, news: ArticleNews) -> Option<AlertAttention> {
        let mentions = !self.hears_event(news) && !self.events.common_with(news.about).is_empty();
        Some(match self.choice {
            Some(RuleAttention::Events) if mentions => return None,
            Some(RuleAttention::Urgent) if mentions => Some(Attention::Normal),
            Some(RuleAttention::Urgent | RuleAttention::Events) => Some(Attention::Urgent),
            Some(RuleAttention::Normal) => Some(Attention::Normal),
            Some(RuleAttention::Digest) => Some(Attention::Digest),
            None => self.of_topics.filter(|attention| !mentions || *attention != Attention::Urgent),
        })
    }
}

/// Lists each subscriber of these rules once, with the most urgent attention. A rule without one ranks between normal
/// and digest: its chat decides between the two.
pub(super) fn most_urgent<'a>(
    matched: impl IntoIterator<Item = &'a RuleMatch>,
    news: ArticleNews,
) -> Vec<(SubscriberId, AlertAttention)> {
    let rank = |attention: AlertAttention| match attention {
        Some(Attention::Urgent) => 0,
        Some(Attention::Normal) => 1,
        None => 2,
        Some(Attention::Digest) => 3,
    };
    let heard = matched.into_iter().filter_map(|matched| Some((matched.subscriber, matched.loudness.attention(news)?)));
    let mut subscribers: Vec<_> = heard.collect();
    subscribers.sort_unstable_by_key(|&(subscriber, attention)| (subscriber, rank(attention)));
    subscribers.dedup_by_key(|(subscriber, _)| *subscriber);
    subscribers
}

#[cfg(test)]
mod tests {
    use super::*;
    use Attention::{Digest, Normal, Urgent};
    use ceasewire_model::RuleId;

    #[test]
    fn only_new_events_of_a_rule_s_topics_ring() {
        let truce = EventTopics::of_ids(["ceasefire"]);
        let (event, mention, other) = (
            ArticleNews { about: truce, new: truce, fresh: truce },
            ArticleNews { about: truce, ..ArticleNews::default() },
            ArticleNews { about: truce, new: EventTopics::of_ids(["meeting"]), fresh: truce },
        );
        let rule = |choice, of_topics, events| RuleLoudness { choice, of_topics, events };
        let plain = EventTopics::default();
        for (rule, on_event, on_mention) in [
            (rule(None, Some(Urgent), truce), Some(Some(Urgent)), Some(None)),
            (rule(Some(RuleAttention::Urgent), None, truce), Some(Some(Urgent)), Some(Some(Normal))),
            (rule(Some(RuleAttention::Events), Some(Urgent), truce), Some(Some(Urgent)), None),
            (rule(Some(RuleAttention::Normal), Some(Urgent), truce), Some(Some(Normal)), Some(Some(Normal))),
            (rule(Some(RuleAttention::Digest), Some(Urgent), truce), Some(Some(Digest)), Some(Some(Digest))),
            (rule(None, Some(Normal), truce), Some(Some(Normal)), Some(Some(Normal))),
            (rule(None, None, truce), Some(None), Some(None)),
            // Plain filters, and topics without events.
            (rule(Some(RuleAttention::Urgent), None, plain), Some(Some(Urgent)), Some(Some(Urgent))),
            (rule(None, Some(Urgent), plain), Some(Some(Urgent)), Some(Some(Urgent))),
            (rule(None, None, plain), Some(None), Some(None)),
        ] {
            assert_eq!(rule.attention(event), on_event, "{rule:?}");
            assert_eq!(rule.attention(mention), on_mention, "{rule:?}");
            assert_eq!(rule.attention(other), on_mention, "{rule:?}");
            assert_eq!(rule.attention(other.of_first_alert()), on_event, "{rule:?}");
        }
        // "shusha OR topic:ceasefire", of an article about Shusha alone.
        let either = rule(Some(RuleAttention::Urgent), Some(Urgent), truce);
        assert_eq!(either.attention(ArticleNews::default()), Some(Some(Urgent)));
    }

    #[test]
    fn the_most_urgent_rule_of_a_subscriber_counts() {
        let (one, other) = (SubscriberId::new(), SubscriberId::new());
        let matched = |subscriber, choice| {
            let loudness = RuleLoudness { choice, ..RuleLoudness::default() };
            RuleMatch { rule: RuleId::new(), subscriber, loudness }
        };
        let [urgent, normal, digest] = [RuleAttention::Urgent, RuleAttention::Normal, RuleAttention::Digest];
        for (choices, expected) in [
            (vec![None], None),
            (vec![Some(digest)], Some(Digest)),
            (vec![Some(digest), None], None),
            (vec![None, Some(normal)], Some(Normal)),
            (vec![Some(digest), Some(urgent), None, Some(normal)], Some(Urgent)),
        ] {
            let mut rules: Vec<RuleMatch> = choices.iter().map(|&choice| matched(one, choice)).collect();
            rules.push(matched(other, Some(digest)));
            let found = most_urgent(&rules, ArticleNews::default());
            assert_eq!(found, [(one, expected), (other, Some(Digest))], "{choices:?}");
        }
    }
}
