//! Writing systems, and the script of a letter.

/// A writing system; its name is the one that `scripts` in a `language.toml` uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Armenian,
    Georgian,
    Greek,
    Hebrew,
    Devanagari,
    Ethiopic,
    /// A script without a name here, such as Han.
    Other,
}

impl Script {
    /// Every script, by its number.
    pub const ALL: [Script; 10] = [
        Script::Latin,
        Script::Cyrillic,
        Script::Arabic,
        Script::Armenian,
        Script::Georgian,
        Script::Greek,
        Script::Hebrew,
        Script::Devanagari,
        Script::Ethiopic,
        Script::Other,
    ];

    /// The script of a letter; `None` for every other character.
    pub fn of_letter(c: char) -> Option<Script> {
        match c {
            // The common letters first: the general test below is slower.
            'a'..='z' | 'A'..='Z' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='\u{24F}' | 'ə' => Some(Script::Latin),
            'Ѐ'..='ҁ' | 'Ҋ'..='\u{52F}' => Some(Script::Cyrillic),
            '\u{620}'..='\u{64A}' | '\u{671}'..='\u{6D3}' => Some(Script::Arabic),
            'Ա'..='Ֆ' | 'ա'..='և' => Some(Script::Armenian),
            'ა'..='ჺ' => Some(Script::Georgian),
            '\0'..='\u{7F}' | '\u{2000}'..='\u{206F}' => None,
            _ if !c.is_alphabetic() => None,
            '\0'..='\u{2AF}' | '\u{1E00}'..='\u{1EFF}' => Some(Script::Latin),
            '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' => Some(Script::Cyrillic),
            '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{8A0}'..='\u{8FF}' => Some(Script::Arabic),
            '\u{530}'..='\u{58F}' => Some(Script::Armenian),
            '\u{10A0}'..='\u{10FF}' | '\u{1C90}'..='\u{1CBF}' | '\u{2D00}'..='\u{2D2F}' => Some(Script::Georgian),
            '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Some(Script::Greek),
            '\u{590}'..='\u{5FF}' => Some(Script::Hebrew),
            '\u{900}'..='\u{97F}' => Some(Script::Devanagari),
            '\u{1200}'..='\u{139F}' => Some(Script::Ethiopic),
            _ => Some(Script::Other),
        }
    }

    /// The script of a word's first letter.
    pub fn of_word(word: &str) -> Option<Script> {
        word.chars().find_map(Script::of_letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_alphabetic_characters_have_a_script() {
        for c in '\0'..='\u{FFFF}' {
            assert_eq!(Script::of_letter(c).is_some(), c.is_alphabetic(), "{c:?}");
        }
    }

    #[test]
    fn the_number_of_a_script_is_its_place_in_the_list() {
        for (number, script) in Script::ALL.into_iter().enumerate() {
            assert_eq!(script as usize, number);
        }
    }
}
