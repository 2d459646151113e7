//! The headers of an answer: the time to wait, freshness, validators for the next request, and bot protection. Pure.

use std::time::UNIX_EPOCH;

use reqwest::StatusCode;
use reqwest::header::{
    AGE, CACHE_CONTROL, DATE, ETAG, EXPIRES, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, RETRY_AFTER, SERVER,
};

use ceasewire_model::Timestamp;
use ceasewire_model::clock::SKEW_SECS;

/// The longest `ETag` or `Last-Modified` that the next request repeats; real ones have some 80 bytes.
const MAX_VALIDATOR: usize = 1024;

/// Seconds of `Retry-After`, which holds seconds or a date. A date counts from the answer's own `Date`, since the
/// server's clock may be wrong, or else from `now`.
pub(super) fn retry_after_secs(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let value = text(headers, &RETRY_AFTER)?;
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse().unwrap_or(i64::MAX));
    }
    Some((date(value)? - answered_at(headers, now)).max(0))
}

/// Seconds until the answer is stale, by `Cache-Control` or else `Expires`; `None` where it is stale at once or has
/// neither header.
pub(super) fn fresh_secs(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let mut max_age = None;
    for value in headers.get_all(CACHE_CONTROL) {
        for directive in String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase().split(',') {
            let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim() {
                "no-cache" | "no-store" => return None,
                "max-age" => max_age = argument.trim().trim_matches('"').parse::<i64>().ok(),
                _ => {}
            }
        }
    }
    let secs = match max_age {
        Some(max_age) => {
            let age = text(headers, &AGE).and_then(|age| age.trim().parse::<i64>().ok()).unwrap_or(0);
            max_age.saturating_sub(age.max(0))
        }
        None => date(text(headers, &EXPIRES)?.trim())? - answered_at(headers, now),
    };
    (secs > 0).then_some(secs)
}

/// An `ETag` or `Last-Modified` that a request can repeat: visible ASCII of bounded length.
pub(super) fn validator(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty() && value.len() <= MAX_VALIDATOR).then(|| value.to_owned())
}

/// A `Last-Modified` that a request can repeat. A date ahead of the answer, or of now, is none: by such a date the body
/// would never change.
pub(super) fn last_modified(headers: &HeaderMap, now: Timestamp) -> Option<String> {
    let at = answered_at(headers, now).min(now.0.div_euclid(1000));
    validator(headers, &LAST_MODIFIED).filter(|value| !is_later(value, at))
}

/// The conditions of a request with these validators. The store may hold a `Last-Modified` still ahead of now.
pub(super) fn conditions(
    etag: Option<&str>,
    last_modified: Option<&str>,
    now: Timestamp,
) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let last_modified = last_modified.filter(|value| !is_later(value, now.0.div_euclid(1000)));
    let conditions = [(IF_NONE_MATCH, condition(etag)), (IF_MODIFIED_SINCE, condition(last_modified))];
    conditions.into_iter().filter_map(|(name, value)| Some((name, value?)))
}

/// Whether an HTTP date lies after a moment in seconds, by more than two right clocks differ. Other texts are not dates:
/// their servers compare them as they stand.
fn is_later(value: &str, at: i64) -> bool {
    date(value.trim()).is_some_and(|date| date > at.saturating_add(SKEW_SECS))
}

/// A validator as a header value. Checks it again, since other programs can write to the store.
fn condition(validator: Option<&str>) -> Option<HeaderValue> {
    let validator = validator.filter(|value| !value.is_empty() && value.len() <= MAX_VALIDATOR)?;
    HeaderValue::from_str(validator).ok()
}

/// A header as text, with invalid UTF-8 replaced.
pub(super) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    Some(String::from_utf8_lossy(headers.get(name)?.as_bytes()).into_owned())
}

/// The bot protection that answered in place of the site, by its headers. Behind a protection, any status but 403 is
/// most likely the site's own, unless Cloudflare names its challenge.
pub(super) fn bot_protection(status: StatusCode, headers: &HeaderMap) -> Option<&'static str> {
    if headers.contains_key("cf-mitigated") {
        return Some("Cloudflare");
    }
    if status != StatusCode::FORBIDDEN {
        return None;
    }
    let server = text(headers, &SERVER).unwrap_or_default().to_ascii_lowercase();
    if server == "cloudflare" {
        Some("Cloudflare")
    } else if server.starts_with("ddos-policy") {
        Some("DDoS-AddressPolicy")
    } else if headers.contains_key("x-iinfo") || headers.get("x-cdn").is_some_and(|cdn| cdn == "Imperva") {
        Some("Imperva")
    } else if headers.contains_key("x-sucuri-id") || headers.contains_key("x-sucuri-block") {
        Some("Sucuri")
    } else if server == "akamaighost" {
        Some("Akamai")
    } else if headers.contains_key("x-datadome") {
        Some("DataDome")
    } else if server == "qrator" {
        Some("Qrator")
    } else {
        None
    }
}

/// The `Date` of the answer, or else `now`, in seconds since the epoch.
fn answered_at(headers: &HeaderMap, now: Timestamp) -> i64 {
    text(headers, &DATE).and_then(|value| date(value.trim())).unwrap_or(now.0.div_euclid(1000))
}

/// An HTTP date, in seconds since the epoch.
fn date(value: &str) -> Option<i64> {
    let time = httpdate::parse_http_date(value).ok()?;
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// Checks lines as the headers of an answer, for fuzzing.
///
/// # Panics
/// When a number of seconds is negative, or a validator is no value for the next request.
#[doc(hidden)]
pub fn check_headers(lines: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value.trim_ascii())) {
            // A client refuses an answer of more headers than a map holds.
            let Ok(_) = headers.try_append(name, value) else { break };
        }
    }
    for now in [Timestamp(0), Timestamp(1_603_281_600_000)] {
        assert!(retry_after_secs(&headers, now).is_none_or(|secs| secs >= 0), "{headers:?}");
        assert!(fresh_secs(&headers, now).is_none_or(|secs| secs > 0), "{headers:?}");
    }
    for name in [ETAG, LAST_MODIFIED] {
        let found = validator(&headers, &name);
        assert!(found.is_none() || condition(found.as_deref()).is_some(), "{found:?}");
    }
    let _ = bot_protection(StatusCode::FORBIDDEN, &headers);
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::StatusCode;
    use reqwest::header::HeaderValue;

    /// 10 October 2020, 12:00 UTC.
    const NOW: Timestamp = Timestamp(1_602_331_200_000);

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_by_the_servers_clock() {
        for (lines, expected) in [
            (vec![], None),
            (vec![("retry-after", "120")], Some(120)),
            (vec![("retry-after", " 0 ")], Some(0)),
            (vec![("retry-after", "99999999999999999999")], Some(i64::MAX)),
            (vec![("retry-after", "-5")], None),
            (vec![("retry-after", "soon")], None),
            (vec![("retry-after", "")], None),
            (vec![("retry-after", "Sat, 10 Oct 2020 12:10:00 GMT")], Some(600)),
            (vec![("retry-after", "Saturday, 10-Oct-20 12:10:00 GMT")], Some(600)),
            (vec![("retry-after", "Sat Oct 10 12:10:00 2020")], Some(600)),
            (vec![("retry-after", "Sat, 10 Oct 2020 11:00:00 GMT")], Some(0)),
            (
                vec![("retry-after", "Sun, 01 Jan 2017 00:05:00 GMT"), ("date", "Sun, 01 Jan 2017 00:00:00 GMT")],
                Some(300),
            ),
        ] {
            assert_eq!(retry_after_secs(&headers(&lines), NOW), expected, "{lines:?}");
        }
    }

    #[test]
    fn freshness_follows_cache_control_then_expires() {
        for (lines, expected) in [
            (vec![], None),
            (vec![("cache-control", "public, Max-Age=600")], Some(600)),
            (vec![("cache-control", "max-age=\"600\"")], Some(600)),
            (vec![("cache-control", "max-age=600"), ("age", "500")], Some(100)),
            (vec![("cache-control", "max-age=600"), ("age", "700")], None),
            (vec![("cache-control", "max-age=0")], None),
            (vec![("cache-control", "max-age=-1")], None),
            (vec![("cache-control", "no-cache, max-age=600")], None),
            (vec![("cache-control", "max-age=600"), ("cache-control", "no-store")], None),
            (vec![("cache-control", "max-age=60"), ("expires", "Sat, 10 Oct 2020 13:00:00 GMT")], Some(60)),
            (vec![("cache-control", "private"), ("expires", "Sat, 10 Oct 2020 13:00:00 GMT")], Some(3600)),
            (vec![("expires", "Sat, 10 Oct 2020 11:00:00 GMT")], None),
            (vec![("expires", "0")], None),
            (vec![("expires", "-1")], None),
        ] {
            assert_eq!(fresh_secs(&headers(&lines), NOW), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_validator_is_short_visible_ascii() {
        let long = "x".repeat(2000);
        for (value, expected) in [
            ("\"abc\"", Some("\"abc\"")),
            ("W/\"abc\"", Some("W/\"abc\"")),
            ("unquoted", Some("unquoted")),
            (" ", None),
            ("\"Ղ\"", None),
            (long.as_str(), None),
        ] {
            assert_eq!(validator(&headers(&[("etag", value)]), &ETAG).as_deref(), expected, "{value}");
        }
        for value in ["\"a\"\r\nX-Evil: 1", "\u{0}", "", &long] {
            assert_eq!(condition(Some(value)), None, "{value:?}");
        }
        assert!(condition(Some("\"abc\"")).is_some());
    }

    #[test]
    fn a_last_modified_of_the_future_is_none() {
        let server_date = ("date", "Sat, 10 Oct 2020 11:00:00 GMT");
        for (lines, expected) in [
            (vec![("last-modified", "Sat, 10 Oct 2020 11:59:00 GMT")], true),
            (vec![("last-modified", "Sat, 10 Oct 2020 12:01:00 GMT")], true),
            (vec![("last-modified", "Sat, 10 Oct 2020 12:01:01 GMT")], false),
            (vec![("last-modified", "Tue, 01 Jan 2041 00:00:00 GMT")], false),
            // By a server's own clock as well.
            (vec![("last-modified", "Sat, 10 Oct 2020 11:59:00 GMT"), server_date], false),
            (vec![("last-modified", "Sat, 10 Oct 2020 10:59:00 GMT"), server_date], true),
            (
                vec![("last-modified", "Tue, 01 Jan 2041 00:00:00 GMT"), ("date", "Wed, 02 Jan 2041 00:00:00 GMT")],
                false,
            ),
            // Compared by the server as it stands.
            (vec![("last-modified", "yesterday")], true),
        ] {
            assert_eq!(last_modified(&headers(&lines), NOW).is_some(), expected, "{lines:?}");
        }
        let names = |etag, date| conditions(etag, date, NOW).map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(Some("\"a\""), Some("Tue, 01 Jan 2041 00:00:00 GMT")), [IF_NONE_MATCH]);
        assert_eq!(names(None, Some("Sat, 10 Oct 2020 11:00:00 GMT")), [IF_MODIFIED_SINCE]);
        assert_eq!(names(None, None), [] as [HeaderName; 0]);
    }

    #[test]
    fn headers_identify_a_bot_protection() {
        for (status, lines, expected) in [
            (403, vec![("server", "nginx")], None),
            (403, vec![("server", "cloudflare")], Some("Cloudflare")),
            (503, vec![("server", "cloudflare")], None),
            (503, vec![("server", "x"), ("cf-mitigated", "challenge")], Some("Cloudflare")),
            (403, vec![("server", "ddos-policy")], Some("DDoS-AddressPolicy")),
            (403, vec![("x-iinfo", "9-1-2")], Some("Imperva")),
            (403, vec![("x-sucuri-id", "1")], Some("Sucuri")),
            (403, vec![("server", "AkamaiGHost")], Some("Akamai")),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(bot_protection(status, &headers(&lines)), expected, "{status} {lines:?}");
        }
    }
}
