//! Commands: which there are, and how a message is read as one.

mod arguments;
mod times;

use ceasewire_model::attention::{Attention, Digests, Quiet};
use ceasewire_profile::vocabulary::closest;

/// Declares the commands with the names that people type.
macro_rules! names {
    ($($variant:ident $name:literal $usage:literal,)*) => {
        /// A command's name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the names say it, and locales/ describes them")]
        pub enum CommandName { $($variant,)* }

        impl CommandName {
            /// All of them, in the order of `/help`.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// What is typed after the slash.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How it is typed, with its arguments.
            pub fn usage(self) -> &'static str {
                match self { $(Self::$variant => $usage,)* }
            }
        }
    };
}

names! {
    Start "start" "/start",
    Topics "topics" "/topics",
    Subscribe "subscribe" "/subscribe [topic …]",
    Unsubscribe "unsubscribe" "/unsubscribe [topic … | all]",
    Filter "filter" "/filter [add RULE | test RULE | edit N RULE | remove N]",
    Feed "feed" "/feed [add ADDRESS | remove N]",
    Mute "mute" "/mute [RULE]",
    Unmute "unmute" "/unmute [N | RULE | stories]",
    Why "why" "/why [ADDRESS]",
    Latest "latest" "/latest [N | RULE]",
    Story "story" "/story",
    Search "search" "/search RULE",
    Meetings "meetings" "/meetings [remind on | remind off]",
    Timeline "timeline" "/timeline [DAYS]",
    Updates "updates" "/updates [loud | silent]",
    Attention "attention" "/attention [TOPIC | N] [urgent | normal | digest | auto]",
    Quiet "quiet" "/quiet [23:00-07:00 [urgent | nothing] | off]",
    TimeZone "timezone" "/timezone [CITY | +4]",
    Digest "digest" "/digest [off | hourly | daily [08:00]]",
    Cap "cap" "/cap [N | off]",
    Pause "pause" "/pause",
    Resume "resume" "/resume",
    Feeds "feeds" "/feeds [bad]",
    Settings "settings" "/settings",
    Help "help" "/help [rules]",
    Forget "forget" "/forget",
}

/// A command with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Greets, and shows the topics as buttons.
    Start,
    /// Shows the topics as buttons.
    Topics,
    /// Subscribes to topics; to none: shows them.
    Subscribe(Vec<String>),
    /// Ends subscriptions.
    Unsubscribe(Which),
    /// Lists the filters.
    FilterList,
    /// Adds a filter.
    FilterAdd(String),
    /// Removes the filter with this number, from 1.
    FilterRemove(usize),
    /// Says what a filter would have sent.
    FilterTest(String),
    /// Gives the filter with this number, from 1, another rule.
    FilterEdit(usize, String),
    /// Lists the feeds that the chat has added.
    FeedList,
    /// Adds the feed at this address, or the one of the site there.
    FeedAdd(String),
    /// Takes a feed off the list: its number, from 1, or its address.
    FeedRemove(String),
    /// Says which feeds the operator should look at.
    FeedsTroubled,
    /// Lists the mutes.
    MuteList,
    /// Keeps what a rule matches from alerting.
    Mute(String),
    /// Ends the mute with this number, from 1.
    UnmuteNumber(usize),
    /// Ends the mute with this rule.
    UnmuteRule(String),
    /// Says why the alert that is replied to came, or the last one.
    WhyAlert,
    /// Says what became of the article at this address.
    WhyArticle(String),
    /// Shows recent articles.
    Latest(Latest),
    /// Shows the story of the alert that is replied to, or of the last one.
    Story,
    /// Shows the stories that a rule finds.
    Search(String),
    /// Lists the meetings ahead.
    MeetingList,
    /// Sets whether the chat is reminded of meetings.
    MeetingRemind(bool),
    /// Draws the stories of so many days.
    Timeline(usize),
    /// Shows whether turns of stories are told with a sound.
    UpdateList,
    /// Sets whether they are.
    Updates(bool),
    /// Shows how urgent the topics and filters are.
    AttentionList,
    /// Sets how urgent a topic is, or a filter by its number; `None`: as the profile and the chat's digests have it.
    Attention(String, Option<Attention>),
    /// Shows the quiet hours.
    QuietShow,
    /// Sets the quiet hours; `None`: there are none.
    Quiet(Option<Quiet>),
    /// Shows the time zone.
    TimeZoneShow,
    /// Sets the time zone, by a name or a city or hours ahead of UTC.
    TimeZone(String),
    /// Shows when digests come.
    DigestShow,
    /// Sets when they do.
    Digest(Digests),
    /// Shows how many messages an hour may come.
    CapShow,
    /// Sets it; `None`: as many as there are.
    Cap(Option<i64>),
    /// Stops alerts.
    Pause,
    /// Lets alerts flow again.
    Resume,
    /// Shows what is set.
    Settings,
    /// Explains the commands.
    Help,
    /// Explains how rules are written.
    HelpRules,
    /// Asks whether to delete everything.
    Forget,
}

/// Which subscriptions end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// None was named.
    Unsaid,
    /// Every one.
    All,
    /// These.
    Topics(Vec<String>),
}

/// Which articles are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Latest {
    /// So many of those that the subscriber's own rules match.
    Count(usize),
    /// Those that this rule matches.
    Rule(String),
}

/// Who may use a command in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everyone: it only shows something.
    Everyone,
    /// Admins: it changes something.
    Admins,
}

/// What is wrong with a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandFault {
    /// There is no such command.
    Unknown {
        /// What was typed.
        name: String,
        /// The command that it resembles.
        similar: Option<&'static str>,
        /// The message named this bot.
        addressed: bool,
    },
    /// The arguments are not as the command wants them.
    Arguments(CommandName),
    /// `/filter remove` without a number.
    FilterNumber,
    /// `/filter edit` without a number.
    FilterEdit,
    /// `/filter` with a word that it does not know.
    FilterVerb(String),
    /// `/feed` with a word that it does not know, or without what that word needs.
    FeedHow,
    /// A rule is missing.
    NoRule(&'static str),
    /// `/latest` with a number that it cannot show.
    LatestCount,
    /// `/timeline` with a number of days that it cannot draw.
    TimelineDays,
    /// `/attention` without what it is about, or with a word that is no attention.
    AttentionHow,
    /// `/quiet` with hours that cannot be read.
    QuietHours(String),
    /// `/digest` with times that cannot be read.
    DigestTimes(String),
    /// `/cap` with something that is no number of messages.
    CapCount(String),
}

impl CommandFault {
    /// Whether the command is surely meant for this bot.
    pub fn is_ours(&self) -> bool {
        !matches!(self, Self::Unknown { addressed: false, .. })
    }
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// A command.
    Command(Command),
    /// A command with a fault.
    Fault(CommandFault),
    /// No command at all.
    Chatter,
    /// A command for another bot.
    NotForUs,
}

impl Command {
    /// Who may use it in a group.
    pub fn access(&self) -> Access {
        match self {
            Self::Topics
            | Self::FilterList
            | Self::FilterTest(_)
            | Self::FeedList
            | Self::FeedsTroubled
            | Self::MuteList
            | Self::WhyAlert
            | Self::WhyArticle(_)
            | Self::Latest(_)
            | Self::Story
            | Self::Search(_)
            | Self::MeetingList
            | Self::Timeline(_)
            | Self::UpdateList
            | Self::AttentionList
            | Self::QuietShow
            | Self::TimeZoneShow
            | Self::DigestShow
            | Self::CapShow
            | Self::Settings
            | Self::Help
            | Self::HelpRules => Access::Everyone,
            Self::Start
            | Self::Subscribe(_)
            | Self::Unsubscribe(_)
            | Self::FilterAdd(_)
            | Self::FilterRemove(_)
            | Self::FilterEdit(..)
            | Self::FeedAdd(_)
            | Self::FeedRemove(_)
            | Self::Mute(_)
            | Self::UnmuteNumber(_)
            | Self::UnmuteRule(_)
            | Self::MeetingRemind(_)
            | Self::Updates(_)
            | Self::Attention(..)
            | Self::Quiet(_)
            | Self::TimeZone(_)
            | Self::Digest(_)
            | Self::Cap(_)
            | Self::Pause
            | Self::Resume
            | Self::Forget => Access::Admins,
        }
    }
}

/// Reads a message. `bot_name` is what follows the @ in a command that names this bot.
pub fn parse(text: &str, bot_name: Option<&str>) -> Parsed {
    let Some(rest) = text.trim().strip_prefix('/') else {
        return Parsed::Chatter;
    };
    let (head, args) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let (name, addressee) = head.split_once('@').map_or((head, None), |(name, addressee)| (name, Some(addressee)));
    if let (Some(addressee), Some(bot_name)) = (addressee, bot_name)
        && !addressee.eq_ignore_ascii_case(bot_name)
    {
        return Parsed::NotForUs;
    }
    let lower = name.to_lowercase();
    let Some(name) = CommandName::ALL.iter().find(|known| known.as_str() == lower) else {
        let similar = closest(&lower, CommandName::ALL.iter().map(|known| known.as_str()));
        return Parsed::Fault(CommandFault::Unknown { name: lower, similar, addressed: addressee.is_some() });
    };
    match arguments::arguments(*name, args.trim()) {
        Ok(command) => Parsed::Command(command),
        Err(fault) => Parsed::Fault(fault),
    }
}

/// Articles that `/latest RULE` shows.
pub const LATEST_OF_RULE: usize = arguments::LATEST;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_commands() {
        use Command as C;
        for (text, expected) in [
            ("/start", C::Start),
            ("/start payload", C::Start),
            ("/START@ceasewire_bot", C::Start),
            ("/subscribe ceasefire, Meeting", C::Subscribe(vec!["ceasefire".into(), "meeting".into()])),
            ("/unsubscribe", C::Unsubscribe(Which::Unsaid)),
            ("/unsubscribe ALL", C::Unsubscribe(Which::All)),
            ("/filter", C::FilterList),
            ("/filter add \"Minsk Group\"", C::FilterAdd("\"Minsk Group\"".into())),
            ("/filter add\nminsk", C::FilterAdd("minsk".into())),
            ("/filter remove 2", C::FilterRemove(2)),
            ("/filter test a OR b", C::FilterTest("a OR b".into())),
            ("/filter edit 2 a OR b", C::FilterEdit(2, "a OR b".into())),
            ("/feed", C::FeedList),
            ("/feed list", C::FeedList),
            ("/feed add news.example", C::FeedAdd("news.example".into())),
            ("/feed https://news.example/RSS", C::FeedAdd("https://news.example/RSS".into())),
            ("/feed remove 2", C::FeedRemove("2".into())),
            ("/feeds bad", C::FeedsTroubled),
            ("/feeds", C::FeedsTroubled),
            ("/mute", C::MuteList),
            ("/mute source:post", C::Mute("source:post".into())),
            ("/unmute", C::MuteList),
            ("/unmute 1", C::UnmuteNumber(1)),
            ("/unmute football", C::UnmuteRule("football".into())),
            ("/why", C::WhyAlert),
            ("/why https://a.example/1", C::WhyArticle("https://a.example/1".into())),
            ("/help", C::Help),
            ("/help Rules", C::HelpRules),
            ("/latest", C::Latest(Latest::Count(5))),
            ("/latest 3", C::Latest(Latest::Count(3))),
            ("/latest shusha", C::Latest(Latest::Rule("shusha".into()))),
            ("/story", C::Story),
            ("/search shusha -oil", C::Search("shusha -oil".into())),
            ("/meetings", C::MeetingList),
            ("/meetings Remind on", C::MeetingRemind(true)),
            ("/timeline", C::Timeline(30)),
            ("/timeline 90", C::Timeline(90)),
            ("/updates", C::UpdateList),
            ("/updates loud", C::Updates(true)),
            ("/attention", C::AttentionList),
            ("/attention Ceasefire URGENT", C::Attention("ceasefire".into(), Some(Attention::Urgent))),
            (
                "/attention pipelines and  energy digest",
                C::Attention("pipelines and energy".into(), Some(Attention::Digest)),
            ),
            ("/attention #2: digest", C::Attention("2".into(), Some(Attention::Digest))),
            ("/attention ceasefire = normal", C::Attention("ceasefire".into(), Some(Attention::Normal))),
            ("/attention 2 auto", C::Attention("2".into(), None)),
            ("/quiet", C::QuietShow),
            ("/quiet OFF", C::Quiet(None)),
            ("/quiet 23-7", C::Quiet(Some(Quiet { from: 1380, until: 420, lets_urgent: true }))),
            ("/quiet 11pm-7am Nothing", C::Quiet(Some(Quiet { from: 1380, until: 420, lets_urgent: false }))),
            ("/timezone", C::TimeZoneShow),
            ("/timezone New York", C::TimeZone("New York".into())),
            ("/digest", C::DigestShow),
            ("/digest off", C::Digest(Digests::Off)),
            ("/quiet none", C::Quiet(None)),
            ("/quiet ۲۳–۷", C::Quiet(Some(Quiet { from: 1380, until: 420, lets_urgent: true }))),
            ("/digest 08:00", C::Digest(Digests::Daily(480))),
            ("/digest Daily", C::Digest(Digests::Daily(480))),
            ("/cap", C::CapShow),
            ("/cap off", C::Cap(None)),
            ("/cap none", C::Cap(None)),
            ("/cap ۱۰", C::Cap(Some(10))),
            ("/cap 60", C::Cap(Some(60))),
            ("/forget", C::Forget),
        ] {
            assert_eq!(parse(text, Some("Ceasewire_bot")), Parsed::Command(expected), "{text}");
        }
        assert_eq!(parse("hello", None), Parsed::Chatter);
        assert_eq!(parse("/start@other_bot", Some("ceasewire_bot")), Parsed::NotForUs);
    }

    #[test]
    fn faults_say_what_was_meant() {
        use CommandFault as F;
        let unknown = |name: &str, similar| F::Unknown { name: name.into(), similar, addressed: false };
        for (text, expected) in [
            ("/subscrib", unknown("subscrib", Some("subscribe"))),
            ("/xyzzy", unknown("xyzzy", None)),
            ("/", unknown("", None)),
            ("/pause now", F::Arguments(CommandName::Pause)),
            ("/filter remove", F::FilterNumber),
            ("/filter remove 0", F::FilterNumber),
            ("/filter remove one", F::FilterNumber),
            ("/filter edit 2", F::FilterEdit),
            ("/filter edit shusha lachin", F::FilterEdit),
            ("/filter ad x", F::FilterVerb("ad".into())),
            ("/filter add", F::NoRule("/filter add RULE")),
            ("/feed add", F::FeedHow),
            ("/feed ad x", F::FeedHow),
            ("/feeds good", F::Arguments(CommandName::Feeds)),
            ("/search", F::NoRule("/search RULE")),
            ("/meetings remind", F::Arguments(CommandName::Meetings)),
            ("/timeline 0", F::TimelineDays),
            ("/timeline 366", F::TimelineDays),
            ("/updates off", F::Arguments(CommandName::Updates)),
            ("/attention urgent", F::AttentionHow),
            ("/attention ceasefire", F::AttentionHow),
            ("/attention ceasefire loud", F::AttentionHow),
            ("/attention #: urgent", F::AttentionHow),
            ("/quiet at Night", F::QuietHours("at Night".into())),
            ("/quiet 23", F::QuietHours("23".into())),
            ("/digest weekly", F::DigestTimes("weekly".into())),
            ("/cap 0", F::CapCount("0".into())),
            ("/cap 61", F::CapCount("61".into())),
            ("/cap ten", F::CapCount("ten".into())),
            ("/latest 0", F::LatestCount),
            ("/latest 99", F::LatestCount),
            ("/latest -1", F::LatestCount),
        ] {
            assert_eq!(parse(text, None), Parsed::Fault(expected), "{text}");
        }
    }
}
