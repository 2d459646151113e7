//! A language for tests: the English messages with an accent on every letter, so that a test can tell a word of the
//! catalogue from a word that came another way. Text between backticks, and commands, stay as people type them.

use parking_lot::Mutex;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::LazyLock;

use fluent_templates::fluent_bundle::concurrent::FluentBundle;
use fluent_templates::fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_templates::{LanguageIdentifier, langid};

use super::Locale;

static LANGUAGE: LanguageIdentifier = langid!("en-XA");

pub(crate) const LOCALE: Locale = Locale(&LANGUAGE);

static BUNDLE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    let mut bundle = FluentBundle::new_concurrent(vec![LANGUAGE.clone()]);
    for source in english() {
        let resource = FluentResource::try_new(accented(&source)).expect("accents leave the syntax alone");
        bundle.add_resource(resource).expect("no id comes twice");
    }
    bundle
});

static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

thread_local! {
    static DEFAULT: Cell<bool> = const { Cell::new(false) };
}

/// Makes the test language the default of this thread.
pub(crate) fn make_default() {
    DEFAULT.set(true);
}

pub(super) fn is_default() -> bool {
    DEFAULT.get()
}

/// Lists the messages of all lookups so far.
pub(crate) fn seen() -> BTreeSet<String> {
    SEEN.lock().clone()
}

pub(super) fn lookup(id: &str, args: &HashMap<Cow<'static, str>, FluentValue<'_>>) -> String {
    SEEN.lock().insert(id.to_owned());
    let pattern =
        BUNDLE.get_message(id).and_then(|message| message.value()).unwrap_or_else(|| panic!("no message {id}"));
    let args: FluentArgs<'_> = args.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let mut errors = Vec::new();
    let formatted = BUNDLE.format_pattern(pattern, Some(&args), &mut errors).into_owned();
    assert!(errors.is_empty(), "{id}: {errors:?}");
    formatted
}

/// Reads the English files.
pub(crate) fn english() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/en");
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// Puts accents on the letters of messages.
fn accented(source: &str) -> String {
    let mut out = String::new();
    for line in source.lines() {
        let begins = line.starts_with(|c: char| c.is_ascii_lowercase());
        let (id, text) = match line.split_once('=') {
            Some((id, text)) if begins => (format!("{id}="), text),
            _ if line.starts_with('#') => (line.to_owned(), ""),
            _ => (String::new(), line),
        };
        out.push_str(&id);
        let (mut code, mut braces, mut brackets, mut command) = (false, 0_usize, false, false);
        let mut before = ' ';
        for c in text.chars() {
            match c {
                '`' => code = !code,
                '{' => braces += 1,
                '}' => braces = braces.saturating_sub(1),
                // The key of a variant begins its line.
                '[' if text.trim_start().trim_start_matches('*').starts_with('[') => {
                    brackets = before.is_whitespace() || before == '*'
                }
                ']' => brackets = false,
                '/' if !before.is_alphanumeric() => command = true,
                c if !c.is_ascii_alphabetic() => command = false,
                _ => {}
            }
            let plain = code || braces > 0 || brackets || command;
            out.push(if plain { c } else { accent(c) });
            before = c;
        }
        out.push('\n');
    }
    out
}

fn accent(c: char) -> char {
    const ACCENTED: &str = "áƀćđéƒǵĥíĵķĺḿńóṕɋŕśţúṽẃẍýźÁƁĆĐÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŢÚṼẂẌÝŹ";
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    LETTERS.find(c).and_then(|place| ACCENTED.chars().nth(place)).unwrap_or(c)
}
