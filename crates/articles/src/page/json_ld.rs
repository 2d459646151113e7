//! JSON-LD: parses the statements of a page for search engines and finds the article among them.

use serde_json::{Map, Value};

/// Parses JSON-LD as pages write it: within comments, with raw line breaks in strings.
pub(super) fn parse_json_ld(content: &str) -> Option<Value> {
    let content =
        content.trim().trim_start_matches("<!--").trim_start_matches("//<![CDATA[").trim_start_matches("<![CDATA[");
    let content = content.trim_end().trim_end_matches("-->").trim_end_matches("//]]>").trim_end_matches("]]>");
    let mut repaired = String::with_capacity(content.len());
    let (mut in_string, mut is_escaped) = (false, false);
    for c in content.chars() {
        match c {
            '\n' if in_string && !is_escaped => repaired.push_str("\\n"),
            c if c.is_control() => repaired.push(' '),
            c => repaired.push(c),
        }
        in_string ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
    }
    serde_json::from_str(repaired.trim().trim_end_matches(';')).ok()
}

/// Finds the first object that describes an article.
pub(super) fn find_article(json: &Value) -> Option<&Map<String, Value>> {
    find_article_below(json, 0)
}

fn find_article_below(json: &Value, depth: usize) -> Option<&Map<String, Value>> {
    /// An article stands in a list, in a graph, or below the page whose main entity is the article.
    const MAX_DEPTH: usize = 4;
    if depth > MAX_DEPTH {
        return None;
    }
    match json {
        Value::Array(items) => items.iter().find_map(|item| find_article_below(item, depth + 1)),
        Value::Object(object) => {
            let types = object.get("@type");
            let names_article = |kind: &Value| {
                kind.as_str()
                    .is_some_and(|kind| kind.ends_with("Article") || kind.ends_with("Posting") || kind == "Report")
            };
            let is_article = match types {
                Some(Value::Array(types)) => types.iter().any(names_article),
                Some(kind) => names_article(kind),
                None => false,
            };
            if is_article {
                return Some(object);
            }
            ["@graph", "mainEntity", "mainEntityOfPage"]
                .iter()
                .find_map(|key| find_article_below(object.get(*key)?, depth + 1))
        }
        _ => None,
    }
}

/// Finds the name of a person or an organisation: a text, the `name` of an object, or several, joined.
pub(super) fn find_name(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(object) => object.get("name")?.as_str().map(str::to_owned),
        Value::Array(items) => {
            let names: Vec<String> =
                items.iter().take(10).filter(|item| !item.is_array()).filter_map(find_name).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        _ => None,
    }
}
