//! Generates the registry of languages from the folders in `languages/` at the top of the repository.
//!
//! One folder is one article language, one folder in `languages/neighbours/` one neighbour. `languages/README.md`
//! describes the files.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The folder of the neighbours, beside the folders of the article languages.
const NEIGHBOURS: &str = "neighbours";
/// The file that describes a language; its content becomes fields, so that it is not among the language's files.
const DESCRIPTION: &str = "language.toml";

/// A folder, as the registry needs it.
struct LanguageFolder {
    code: String,
    name: String,
    tags: Vec<String>,
    scripts: Vec<String>,
    alphabet: String,
    stemmer: Option<String>,
    script_default: bool,
    /// Names and paths of the other files, by name.
    files: BTreeMap<String, PathBuf>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../languages").canonicalize()?;
    println!("cargo:rerun-if-changed={}", root.display());
    let articles = read_folders(&root)?;
    let neighbours = read_folders(&root.join(NEIGHBOURS))?;
    let registry = registry(&articles, &neighbours)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("languages.rs"), registry)?;
    Ok(())
}

/// Reads the language folders in a folder, in the order of their codes.
fn read_folders(root: &Path) -> Result<Vec<LanguageFolder>, Box<dyn Error>> {
    let mut languages = Vec::new();
    for entry in fs::read_dir(root)? {
        let (path, code) = named(&entry?.path())?;
        if path.is_dir() && code != NEIGHBOURS && !code.starts_with('.') {
            let language = read_folder(&path, code).map_err(|error| format!("{}: {error}", path.display()))?;
            languages.push(language);
        }
    }
    languages.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(languages)
}

fn read_folder(folder: &Path, code: String) -> Result<LanguageFolder, Box<dyn Error>> {
    let mut description = parse_description(&fs::read_to_string(folder.join(DESCRIPTION))?)?;
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let (path, name) = named(&entry?.path())?;
        if path.is_file() && name != DESCRIPTION && !name.starts_with('.') {
            files.insert(name, path);
        }
    }
    let mut list = |key: &str| description.remove(key).unwrap_or_default();
    let (tags, scripts) = (list("tags"), list("scripts"));
    let mut single = |key: &str| list(key).into_iter().next();
    let language = LanguageFolder {
        code,
        name: single("name").ok_or("`name` is missing")?,
        alphabet: single("alphabet").ok_or("`alphabet` is missing")?,
        stemmer: single("stemmer"),
        script_default: single("script_default").as_deref() == Some("true"),
        tags,
        scripts,
        files,
    };
    if language.tags.is_empty() || language.scripts.is_empty() {
        return Err("`tags` and `scripts` need at least one string".into());
    }
    match description.into_keys().next() {
        Some(key) => Err(format!("unknown key `{key}`").into()),
        None => Ok(language),
    }
}

/// Parses the part of TOML that a description uses: `key = "text"`, `key = ["text", "text"]`, `key = true`, comments.
fn parse_description(text: &str) -> Result<BTreeMap<String, Vec<String>>, Box<dyn Error>> {
    let mut values = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (key, value) = line.split_once('=').ok_or_else(|| format!("`{line}` is not `key = value`"))?;
        let value = value.trim();
        let list = match value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(items) => items.split(',').map(string).collect::<Result<Vec<_>, _>>()?,
            None if matches!(value, "true" | "false") => vec![value.to_owned()],
            None => vec![string(value)?],
        };
        if values.insert(key.trim().to_owned(), list).is_some() {
            return Err(format!("`{}` stands twice", key.trim()).into());
        }
    }
    Ok(values)
}

fn string(value: &str) -> Result<String, String> {
    let inner = value.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner.filter(|text| !text.contains(['"', '\\'])) {
        Some(text) => Ok(text.to_owned()),
        None => Err(format!("`{value}` is not a string in plain quotes")),
    }
}

fn named(path: &Path) -> Result<(PathBuf, String), Box<dyn Error>> {
    let name = path.file_name().and_then(|name| name.to_str()).ok_or("a file name is not UTF-8")?;
    Ok((path.to_owned(), name.to_owned()))
}

fn registry(articles: &[LanguageFolder], neighbours: &[LanguageFolder]) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    writeln!(code, "/// The article languages, in the order of their codes.")?;
    write_languages(&mut code, "ALL", articles, false)?;
    writeln!(
        code,
        "/// Languages that identification tells apart from the article languages, in the order of their codes."
    )?;
    write_languages(&mut code, "NEIGHBOURS", neighbours, true)?;

    let mut by_script: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, language) in articles.iter().enumerate() {
        for script in &language.scripts {
            by_script.entry(script).or_default().push(index);
        }
    }
    writeln!(code, "/// The article languages of a script, its default first.")?;
    writeln!(code, "pub(crate) fn in_script(script: Script) -> &'static [Language] {{")?;
    writeln!(code, "    match script {{")?;
    for (script, indices) in &mut by_script {
        indices.sort_by_key(|&index| !articles[index].script_default);
        if indices.iter().filter(|&&index| articles[index].script_default).count() > 1 {
            return Err(format!("two languages are the default of the script {script}").into());
        }
        let list: Vec<String> = indices.iter().map(|index| format!("Language({index})")).collect();
        writeln!(code, "        Script::{script} => &[{}],", list.join(", "))?;
    }
    writeln!(code, "        _ => &[],\n    }}\n}}")?;

    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for script in articles.iter().chain(neighbours).flat_map(|language| &language.scripts) {
        *counts.entry(script).or_default() += 1;
    }
    let most = counts.into_values().max().unwrap_or(0);
    writeln!(code, "/// The greatest number of languages, neighbours included, that share a script.")?;
    writeln!(code, "pub(crate) const MOST_IN_ONE_SCRIPT: usize = {most};")?;
    Ok(code)
}

fn write_languages(code: &mut String, list: &str, languages: &[LanguageFolder], neighbour: bool) -> std::fmt::Result {
    writeln!(code, "pub static {list}: &[LanguageData] = &[")?;
    for language in languages {
        let scripts: Vec<String> = language.scripts.iter().map(|script| format!("Script::{script}")).collect();
        let stemmer = language.stemmer.as_ref().map_or("None".to_owned(), |name| format!("Some(stemmers::{name})"));
        writeln!(code, "    LanguageData {{")?;
        writeln!(code, "        code: {:?},", language.code)?;
        writeln!(code, "        name: {:?},", language.name)?;
        writeln!(code, "        tags: &{:?},", language.tags)?;
        writeln!(code, "        scripts: &[{}],", scripts.join(", "))?;
        writeln!(code, "        alphabet: {:?},", language.alphabet)?;
        writeln!(code, "        is_neighbour: {neighbour},")?;
        writeln!(code, "        stemmer: {stemmer},")?;
        writeln!(code, "        files: &[")?;
        for (name, path) in &language.files {
            writeln!(code, "            ({name:?}, include_str!({:?})),", path.display().to_string())?;
        }
        writeln!(code, "        ],\n    }},")?;
    }
    writeln!(code, "];")
}
