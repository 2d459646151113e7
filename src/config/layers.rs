//! Layers of settings: the defaults, and a file and the environment on top of them.
//!
//! Each setting is tried alone on the base. So one run finds every unknown name and every wrong type with its place,
//! and the types stay the only description of valid settings.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::{Config, SettingsSource, file};

/// A fault of a setting, and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingFault {
    /// A file, a variable or a key.
    pub place: String,
    /// The fault, and the remedy.
    pub problem: String,
}

const ENV_PREFIX: &str = "CEASEWIRE__";

/// Reads the defaults, the file and the environment. Reports faulty settings and leaves them out.
pub(super) fn read(
    defaults: &str,
    source: SettingsSource<'_>,
    env: impl IntoIterator<Item = (String, String)>,
    faults: &mut Vec<SettingFault>,
) -> Config {
    let mut base: Table = defaults.parse().expect("the defaults are TOML, a test says so");
    match source {
        SettingsSource::Defaults => {}
        SettingsSource::Text(name, text) => overlay_text::<Config>(&mut base, text, name, faults),
        SettingsSource::File(file) => match file::read_text(file) {
            Ok(text) => overlay_text::<Config>(&mut base, &text, &file.display().to_string(), faults),
            Err(error) => {
                let problem = format!("{error}; name a file that can be read");
                faults.push(SettingFault { place: file.display().to_string(), problem });
            }
        },
    }
    let mut env: Vec<(String, String)> = env.into_iter().filter(|(name, _)| name.starts_with(ENV_PREFIX)).collect();
    env.sort();
    for (name, text) in env {
        let lower = name[ENV_PREFIX.len()..].to_lowercase();
        let path: Vec<&str> = lower.split("__").collect();
        // "5" is a number or a text, depending on the setting.
        let typed = format!("v = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("v"));
        let tried = typed.and_then(|value| try_on::<Config>(&base, &path, value).ok());
        match tried.map_or_else(|| try_on::<Config>(&base, &path, Value::String(text)), Ok) {
            Ok(table) => base = table,
            Err(problem) => faults.push(SettingFault { place: name, problem }),
        }
    }
    base.try_into().expect("each layer was tried before it was merged")
}

/// Merges the settings of a TOML text into `base`. Reports settings that `T` rejects, and leaves them out.
pub(super) fn overlay_text<T: DeserializeOwned>(
    base: &mut Table,
    text: &str,
    place: &str,
    faults: &mut Vec<SettingFault>,
) {
    match text.parse::<Table>() {
        Ok(table) => overlay::<T>(base, &[], table, faults),
        Err(error) => {
            // The faulty line itself may hold a password.
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let problem = format!("line {line} is not TOML: {}", error.message().trim());
            faults.push(SettingFault { place: place.to_owned(), problem });
        }
    }
}

fn overlay<T: DeserializeOwned>(base: &mut Table, path: &[&str], layer: Table, faults: &mut Vec<SettingFault>) {
    for (key, value) in layer {
        let path: Vec<&str> = path.iter().copied().chain([key.as_str()]).collect();
        match value {
            // A section without counterpart in the base is unknown as a whole.
            Value::Table(table) if lookup(base, &path).is_some_and(Value::is_table) => {
                overlay::<T>(base, &path, table, faults)
            }
            Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_table) => {
                overlay_items::<T>(base, &path, items, faults);
            }
            value => match try_on::<T>(base, &path, value) {
                Ok(table) => *base = table,
                Err(problem) => faults.push(SettingFault { place: path.join("."), problem }),
            },
        }
    }
}

/// Merges an array of tables. Where the array has a fault, tries each item alone and leaves out faulty items.
fn overlay_items<T: DeserializeOwned>(
    base: &mut Table,
    path: &[&str],
    items: Vec<Value>,
    faults: &mut Vec<SettingFault>,
) {
    // A profile has hundreds of names, and each try reads all settings merged before.
    if let Ok(table) = try_on::<T>(base, path, Value::Array(items.clone())) {
        *base = table;
        return;
    }
    let mut good = Vec::new();
    for (number, item) in (1..).zip(items) {
        let found = item_faults::<T>(base, path, &item);
        if found.is_empty() {
            good.push(item);
        }
        faults.extend(
            found
                .into_iter()
                .map(|(key, problem)| SettingFault { place: format!("{}[{number}]{key}", path.join(".")), problem }),
        );
    }
    if !good.is_empty()
        && let Ok(table) = try_on::<T>(base, path, Value::Array(good))
    {
        *base = table;
    }
}

/// Lists the faults of one item, as `.key` and its problem: mends each faulty key, until `T` accepts the rest.
fn item_faults<T: DeserializeOwned>(base: &Table, path: &[&str], item: &Value) -> Vec<(String, String)> {
    let try_item = |item: &Table| try_on::<T>(base, path, Value::Array(vec![Value::Table(item.clone())])).map(|_| ());
    let mut item = item.as_table().cloned().unwrap_or_default();
    let mut faults: Vec<(String, String)> = Vec::new();
    while let Err(problem) = try_item(&item) {
        let without = |key: &String| {
            let mut rest = item.clone();
            rest.remove(key);
            rest
        };
        let missing = quoted(&problem, "missing field `");
        // The faulty key is the one whose absence changes the problem.
        let wrong = item.keys().find(|key| try_item(&without(key)).err().as_ref() != Some(&problem)).cloned();
        match (missing, wrong) {
            (Some(key), _) => {
                // A value of a type that fits, so that the rest can be tried.
                let values = [Value::String(String::new()), Value::Array(Vec::new()), Value::Integer(1)];
                let Some(value) = values.into_iter().find(|value| {
                    let mut more = item.clone();
                    more.insert(key.clone(), value.clone());
                    try_item(&more).err().as_ref() != Some(&problem)
                }) else {
                    faults.push((String::new(), problem));
                    return faults;
                };
                faults.push((String::new(), problem));
                item.insert(key, value);
            }
            (None, Some(key)) => {
                item = without(&key);
                // Its absence now is the same fault.
                if let Some(missing) = try_item(&item).err().and_then(|problem| quoted(&problem, "missing field `"))
                    && missing == key
                {
                    item.insert(key.clone(), Value::String(String::new()));
                    if try_item(&item).is_err_and(|again| again == problem) {
                        item.insert(key.clone(), Value::Array(Vec::new()));
                    }
                }
                faults.push((format!(".{key}"), problem));
            }
            (None, None) => {
                faults.push((String::new(), problem));
                return faults;
            }
        }
        // Each key is faulty at most once, and each field missing at most once.
        if faults.len() > 32 {
            break;
        }
    }
    faults
}

/// Returns the name in backticks after `before`.
fn quoted(problem: &str, before: &str) -> Option<String> {
    let rest = &problem[problem.find(before)? + before.len()..];
    Some(rest[..rest.find('`')?].to_owned())
}

/// Merges one setting into the base, if `T` accepts it.
fn try_on<T: DeserializeOwned>(base: &Table, path: &[&str], value: Value) -> Result<Table, String> {
    let mut table = base.clone();
    let (last, sections) = path.split_last().ok_or("names nothing")?;
    let mut section = &mut table;
    for name in sections {
        section = section
            .entry((*name).to_owned())
            .or_insert_with(|| Value::Table(Table::new()))
            .as_table_mut()
            .ok_or_else(|| format!("\"{name}\" is not a section"))?;
    }
    section.insert((*last).to_owned(), value);
    match T::deserialize(table.clone()) {
        Ok(_) => Ok(table),
        Err(error) => Err(without_values(error.message().trim())),
    }
}

/// Removes the value from the message of a type error: it may be a password or an address with a key.
fn without_values(message: &str) -> String {
    for (kind, before, after) in [
        ("a text", "string \"", "\", expected"),
        ("a number", "integer `", "`, expected"),
        ("a number", "floating point `", "`, expected"),
    ] {
        if let (Some(start), Some(end)) = (message.find(before), message.rfind(after))
            && start + before.len() <= end
        {
            return format!("{}{kind}{}", &message[..start], &message[end + 1..]);
        }
    }
    message.to_owned()
}

fn lookup<'a>(base: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    let value = base.get(*first)?;
    if rest.is_empty() { Some(value) } else { lookup(value.as_table()?, rest) }
}
