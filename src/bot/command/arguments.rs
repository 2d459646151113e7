//! What follows a command's name, read as the command wants it.

use super::{Command, CommandFault, CommandName, Latest, Which, times};
use ceasewire_model::attention::Attention;

/// Articles that `/latest` shows unless told how many.
pub(super) const LATEST: usize = 5;
/// The most articles that `/latest` shows: about what a message holds.
const LATEST_MOST: usize = 20;

/// Days that `/timeline` draws unless told how many, and the most.
const TIMELINE: usize = 30;
const TIMELINE_MOST: usize = 365;

/// The most messages an hour that a cap can be: one a minute.
const CAP_MOST: i64 = 60;

/// Reads the arguments of a command.
pub(super) fn arguments(name: CommandName, args: &str) -> Result<Command, CommandFault> {
    let topics = || -> Vec<String> {
        args.split(|c: char| c.is_whitespace() || c == ',')
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let alone = |command| {
        if args.is_empty() { Ok(command) } else { Err(CommandFault::Arguments(name)) }
    };
    match name {
        // A deep link's payload follows /start.
        CommandName::Start => Ok(Command::Start),
        CommandName::Topics => alone(Command::Topics),
        CommandName::Subscribe => Ok(Command::Subscribe(topics())),
        CommandName::Unsubscribe => Ok(Command::Unsubscribe(match topics().as_slice() {
            [] => Which::Unsaid,
            [all] if all == "all" => Which::All,
            topics => Which::Topics(topics.to_vec()),
        })),
        CommandName::Filter => filter(args),
        CommandName::Feed => feed(args),
        CommandName::Feeds if args.is_empty() || args.eq_ignore_ascii_case("bad") => Ok(Command::FeedsTroubled),
        CommandName::Feeds => Err(CommandFault::Arguments(name)),
        CommandName::Mute if args.is_empty() => Ok(Command::MuteList),
        CommandName::Mute => Ok(Command::Mute(args.to_owned())),
        CommandName::Unmute if args.is_empty() => Ok(Command::MuteList),
        CommandName::Unmute => Ok(match args.parse() {
            Ok(number) => Command::UnmuteNumber(number),
            Err(_) => Command::UnmuteRule(args.to_owned()),
        }),
        CommandName::Why if args.is_empty() => Ok(Command::WhyAlert),
        CommandName::Why => Ok(Command::WhyArticle(args.to_owned())),
        CommandName::Latest => latest(args),
        CommandName::Story => alone(Command::Story),
        CommandName::Search if args.is_empty() => Err(CommandFault::NoRule("/search RULE")),
        CommandName::Search => Ok(Command::Search(args.to_owned())),
        CommandName::Meetings => match args.to_lowercase().split_whitespace().collect::<Vec<_>>().as_slice() {
            [] => Ok(Command::MeetingList),
            ["remind", "on"] => Ok(Command::MeetingRemind(true)),
            ["remind", "off"] => Ok(Command::MeetingRemind(false)),
            _ => Err(CommandFault::Arguments(name)),
        },
        CommandName::Timeline if args.is_empty() => Ok(Command::Timeline(TIMELINE)),
        CommandName::Timeline => match args.parse() {
            Ok(days) if (1..=TIMELINE_MOST).contains(&days) => Ok(Command::Timeline(days)),
            _ => Err(CommandFault::TimelineDays),
        },
        CommandName::Updates => match args.to_lowercase().as_str() {
            "" => Ok(Command::UpdateList),
            "loud" => Ok(Command::Updates(true)),
            "silent" => Ok(Command::Updates(false)),
            _ => Err(CommandFault::Arguments(name)),
        },
        CommandName::Attention => attention(args),
        CommandName::Quiet => quiet(args),
        CommandName::TimeZone if args.is_empty() => Ok(Command::TimeZoneShow),
        CommandName::TimeZone => Ok(Command::TimeZone(args.to_owned())),
        CommandName::Digest => digest(args),
        CommandName::Cap => cap(args),
        CommandName::Pause => alone(Command::Pause),
        CommandName::Resume => alone(Command::Resume),
        CommandName::Settings => alone(Command::Settings),
        CommandName::Help if args.eq_ignore_ascii_case("rules") => Ok(Command::HelpRules),
        CommandName::Help => Ok(Command::Help),
        CommandName::Forget => alone(Command::Forget),
    }
}

fn filter(args: &str) -> Result<Command, CommandFault> {
    let (verb, rest) = args.split_once(char::is_whitespace).unwrap_or((args, ""));
    let rule = |usage| match rest.trim() {
        "" => Err(CommandFault::NoRule(usage)),
        rule => Ok(rule.to_owned()),
    };
    match verb.to_lowercase().as_str() {
        "" => Ok(Command::FilterList),
        "list" if rest.trim().is_empty() => Ok(Command::FilterList),
        "add" => rule("/filter add RULE").map(Command::FilterAdd),
        "test" => rule("/filter test RULE").map(Command::FilterTest),
        "remove" => match rest.trim().parse() {
            Ok(number) if number > 0 => Ok(Command::FilterRemove(number)),
            _ => Err(CommandFault::FilterNumber),
        },
        "edit" => {
            let (number, rule) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
            match (number.parse(), rule.trim()) {
                (Ok(number), rule) if number > 0 && !rule.is_empty() => {
                    Ok(Command::FilterEdit(number, rule.to_owned()))
                }
                _ => Err(CommandFault::FilterEdit),
            }
        }
        _ => Err(CommandFault::FilterVerb(verb.to_owned())),
    }
}

fn feed(args: &str) -> Result<Command, CommandFault> {
    let (verb, rest) = args.split_once(char::is_whitespace).unwrap_or((args, ""));
    match (verb.to_lowercase().as_str(), rest.trim()) {
        ("" | "list", "") => Ok(Command::FeedList),
        ("add", rest) if !rest.is_empty() => Ok(Command::FeedAdd(rest.to_owned())),
        ("remove", rest) if !rest.is_empty() => Ok(Command::FeedRemove(rest.to_owned())),
        // An address alone can only be meant to be added.
        (address, "") if address.contains("://") => Ok(Command::FeedAdd(args.to_owned())),
        _ => Err(CommandFault::FeedHow),
    }
}

fn latest(args: &str) -> Result<Command, CommandFault> {
    if args.is_empty() {
        return Ok(Command::Latest(Latest::Count(LATEST)));
    }
    match args.parse::<i64>() {
        Ok(count) => match usize::try_from(count) {
            Ok(count) if (1..=LATEST_MOST).contains(&count) => Ok(Command::Latest(Latest::Count(count))),
            _ => Err(CommandFault::LatestCount),
        },
        Err(_) => Ok(Command::Latest(Latest::Rule(args.to_owned()))),
    }
}

fn quiet(args: &str) -> Result<Command, CommandFault> {
    match times::lower(args).as_str() {
        "" => Ok(Command::QuietShow),
        off if times::is_off(off) => Ok(Command::Quiet(None)),
        hours => match times::quiet(hours) {
            Some(quiet) => Ok(Command::Quiet(Some(quiet))),
            None => Err(CommandFault::QuietHours(args.to_owned())),
        },
    }
}

fn digest(args: &str) -> Result<Command, CommandFault> {
    if args.is_empty() {
        return Ok(Command::DigestShow);
    }
    match times::digests(&times::lower(args)) {
        Some(digests) => Ok(Command::Digest(digests)),
        None => Err(CommandFault::DigestTimes(args.to_owned())),
    }
}

fn attention(args: &str) -> Result<Command, CommandFault> {
    let args = args.to_lowercase();
    let words: Vec<&str> = args.split_whitespace().collect();
    let Some((last, which)) = words.split_last() else { return Ok(Command::AttentionList) };
    let attention = match *last {
        "auto" => None,
        name => Some(name.parse::<Attention>().map_err(|_| CommandFault::AttentionHow)?),
    };
    // #2, 2. and "ceasefire:" mean what they are about.
    let which = which.join(" ").trim_matches(['#', '.', ',', ':', '=', ' ']).to_owned();
    if which.is_empty() { Err(CommandFault::AttentionHow) } else { Ok(Command::Attention(which, attention)) }
}

fn cap(args: &str) -> Result<Command, CommandFault> {
    let typed = times::lower(args);
    match (typed.as_str(), typed.parse()) {
        ("", _) => Ok(Command::CapShow),
        (off, _) if times::is_off(off) => Ok(Command::Cap(None)),
        (_, Ok(cap)) if (1..=CAP_MOST).contains(&cap) => Ok(Command::Cap(Some(cap))),
        _ => Err(CommandFault::CapCount(args.to_owned())),
    }
}
