//! The handlers: a file for each command, with its declaration, the parser of its arguments and its answer, and a file
//! for the buttons that mute stories.

pub(super) mod attention;
pub(super) mod cap;
pub(super) mod digest;
pub(in crate::bot) mod feed;
pub(super) mod filter;
pub(super) mod forget;
pub(super) mod help;
pub(super) mod latest;
pub(super) mod meetings;
pub(super) mod mute;
pub(super) mod mute_story;
pub(super) mod pause;
pub(super) mod quiet;
pub(super) mod search;
pub(super) mod settings;
pub(super) mod start;
pub(super) mod story;
pub(super) mod subscribe;
pub(super) mod timeline;
pub(super) mod timezone;
pub(super) mod topics;
pub(super) mod unsubscribe;
pub(super) mod updates;
pub(super) mod why;

use url::{Host, Url};

use super::context::Ctx;
use super::reply::RuleDoubt;
use crate::store::StoreError;
use ceasewire_profile::vocabulary::closest;
use ceasewire_rules::{Expr, parse_stored};
use ceasewire_text::analysis::source_key;

/// Checks whether a rule would exceed the regular expressions of a chat with all its topics. `replaced` is the text of
/// the rule that it would replace.
async fn exceeds_patterns(ctx: &Ctx<'_>, rule: &Expr, replaced: Option<&str>) -> Result<bool, StoreError> {
    let more = count_patterns(rule);
    if more == 0 {
        return Ok(false);
    }
    let count = |text: &str| parse_stored(text).map_or(0, |rule| count_patterns(&rule));
    let there: usize = ctx.store.list_chat_pattern_rules(ctx.address).await?.iter().map(|text| count(text)).sum();
    Ok(there + more > ctx.budget.max_patterns + replaced.map_or(0, count))
}

fn count_patterns(rule: &Expr) -> usize {
    let mut patterns = 0;
    rule.for_each_leaf(&mut |leaf| patterns += usize::from(matches!(leaf, Expr::Pattern(_))));
    patterns
}

/// Compiles the mutes of the subscriber.
async fn compiled_mutes(ctx: &Ctx<'_>) -> Result<Vec<Expr>, StoreError> {
    let mutes = match ctx.subscriber_id() {
        Some(subscriber) => ctx.store.list_mutes(subscriber).await?,
        None => Vec::new(),
    };
    Ok(mutes.iter().filter_map(|mute| ctx.profile.vocabulary.compile_stored(&mute.text).ok()).collect())
}

/// Finds an outlet in a rule that none of the operator's feeds is of.
fn unknown_source(ctx: &Ctx<'_>, rule: &Expr) -> Option<RuleDoubt> {
    let known: Vec<String> = ctx
        .profile
        .outlets
        .values()
        .flat_map(|outlet| [&outlet.id, &outlet.name].into_iter().chain(&outlet.hosts))
        .map(|name| source_key(name))
        .chain(ctx.profile.feeds.iter().map(|(_, address)| source_key(address)))
        .collect();
    let mut unknown = None;
    rule.for_each_leaf(&mut |leaf| {
        if let Expr::Source(name) = leaf
            && !known.iter().any(|known| known == name || known.ends_with(&format!(".{name}")))
        {
            unknown.get_or_insert_with(|| name.clone());
        }
    });
    let name = unknown.filter(|_| !known.is_empty())?;
    let similar = closest(&name, known.iter().map(String::as_str)).map(str::to_owned);
    Some(RuleDoubt::UnknownSource { name, similar })
}

/// Parses a web address, with or without its scheme.
fn web_address(typed: &str) -> Option<Url> {
    let typed = typed.trim().trim_start_matches('<').trim_end_matches('>');
    if typed.contains(char::is_whitespace) {
        return None;
    }
    let whole = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    Url::parse(&whole).ok().filter(|url| matches!(url.scheme(), "http" | "https")).filter(|url| {
        matches!(url.host(), Some(Host::Ipv6(_))) || url.host_str().is_some_and(|host| host.contains('.'))
    })
}

/// Returns the host without `www.`.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_address_needs_no_scheme() {
        for (typed, expected) in [
            ("https://a.example/1", Some("https://a.example/1")),
            (" <https://a.example/1> ", Some("https://a.example/1")),
            ("a.example/1", Some("https://a.example/1")),
            ("http://[2606:4700::1111]/feed", Some("http://[2606:4700::1111]/feed")),
            ("[2606:4700::1111]", Some("https://[2606:4700::1111]/")),
            ("localhost", None),
            ("ceasefire", None),
            ("a.example and more", None),
            ("ftp://a.example/1", None),
        ] {
            assert_eq!(web_address(typed).map(|url| url.to_string()).as_deref(), expected, "{typed}");
        }
    }
}
