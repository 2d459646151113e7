//! French: number and gender of nouns, adjectives and participles, without their accents. Verbs keep their endings:
//! without a dictionary "étranger" looks like a verb of "étrange", and "président" like a form of "présider".
//!
//! 1. -eaux becomes -eau, other -aux becomes -al, -eux loses its x, and -s goes where three letters remain.
//! 2. -enne and -elle lose -ne and -le; -aise and -oise lose -se, since the plural's rule takes the -s of -ais.
//! 3. -ée and -e go where five letters remain, so that "porte" is not "port", nor "armée" "arme". Not -ie: "partie" is
//!    not "parti".
//!
//! Snowball's French stemmer, on words without accents, joins armée (army) and arme (weapon), parti and
//! partie, passage and passager, and leaves attaquée apart from attaque.

use std::borrow::Cow;

use super::cut;

pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    if let Some(rest) = word.strip_suffix("aux").filter(|rest| rest.len() >= 3 && !rest.ends_with('e')) {
        return format!("{rest}al").into();
    }
    let singular = match word.strip_suffix('x') {
        Some(rest) if rest.ends_with("eu") || rest.ends_with("eau") => rest,
        _ => cut(word, &["s"], 3).unwrap_or(word),
    };
    if ["enne", "elle"].iter().any(|ending| singular.ends_with(ending)) && singular.len() >= 7 {
        return singular[..singular.len() - 2].into();
    }
    if ["aise", "oise"].iter().any(|ending| singular.ends_with(ending)) && singular.len() >= 7 {
        return singular[..singular.len() - 2].into();
    }
    let masculine = match singular.strip_suffix('e') {
        Some(rest) if rest.ends_with('e') => cut(rest, &["e"], 5).or_else(|| cut(singular, &["e"], 5)),
        Some(rest) if !rest.ends_with('i') => cut(singular, &["e"], 5),
        _ => None,
    };
    masculine.unwrap_or(singular).into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn forms_meet_and_words_stay_apart() {
        check(
            language("fr"),
            &[
                "ministre ministres",
                "général générale généraux générales",
                "arménien arménienne arméniens arméniennes",
                "français française françaises",
                "attaque attaques attaqué attaquée attaqués attaquées",
                "blessé blessée blessés blessées",
                "allié alliée alliés alliées",
                "armée armées",
                "arme armes",
                "cessez cessez",
                "trêve trêves",
                "otage otages",
                "drapeau drapeaux",
                "feu feux",
                "président présidente présidents présidentes",
                "officiel officielle officiels officielles",
                "bombardement bombardements",
                "frontière frontières",
                "national nationale nationaux nationales",
                "négociation négociations",
                "accord accords",
                "soldat soldats soldate",
                "pays pays",
                "russe russes",
            ],
            &[
                ("armée", "arme"),
                ("port", "porte"),
                ("parti", "partie"),
                ("étrange", "étranger"),
                ("passage", "passager"),
                ("négociation", "négociateur"),
                ("président", "présidence"),
                ("police", "politique"),
                ("arménien", "arménie"),
                ("cour", "course"),
                ("entrée", "entre"),
                ("ministre", "ministère"),
                ("organe", "organisation"),
                ("camp", "campagne"),
                ("mine", "mineur"),
            ],
        );
    }
}
