//! Turkish and Azerbaijani: number, possession and case of nouns. Folding has already joined the vowels of harmony that
//! differ by dots (ı and i, ü and u, ö and o).
//!
//! Endings go one after another, the longest first:
//!
//! | endings | after | must remain |
//! |---|---|---|
//! | plural -lar, -ler | anything | 4 letters |
//! | place -da, -dan, -daki | anything, in Turkish not f, h, k, p, s, t | 4 letters |
//! | Turkish for these: -ta, -tan, -taki | c, f, h, k, p, s, t | 4 letters |
//! | -i, -u (object or "his"), -a, -e (to), -in, -un (of), -imiz (our), Turkish -la (with) | a consonant | 4 letters |
//! | the same after a vowel: -ni, -yi, -si, -na, -ya, -nin, -nda, -ndan … | a vowel | 6 letters |
//! | a bare n, s (Turkish also y) | a vowel | 6 letters |
//!
//! The last because of words with these ends of their own: without a dictionary "ateşkesi" is either ateşkes + i or
//! ateşke + si. All its forms therefore go on to "atesk", and "ateşkes" with them. Six letters, because
//! otherwise "başkan" (president) would meet "baskı" (pressure). Shorter words of the news that end in a
//! vowel are listed as short. Names of countries keep their endings, since Türkiye would become Türk and Ermenistan
//! Ermeni. At the end -g and -k, -b and -p, -d and -t are one (bakanlık, bakanlığı); in Azerbaijani
//! -g and -q, -liy and -lik.
//!
//! Derivation stays: -li, -lik, -ci. So do the first person's -im, which ends too many words (eğitim, yardım), verbs,
//! and the question mi, which stands apart. In Azerbaijani -iya stays together, since diplomatiya is not of a diplomat.
//!
//! Snowball's Turkish stemmer, on folded words, leaves more than two in five forms of the tests below apart from their
//! word ("bakanlar" goes to "bakan", "bakan" to "baka", "bakanı" nowhere), because it checks a harmony
//! that folding has removed. It has no Azerbaijani.

use std::borrow::Cow;

use super::{cut_where, letters};

/// After these consonants Turkish writes -ta for -da. Folding unifies c and ç.
const VOICELESS: [char; 7] = ['c', 'f', 'h', 'k', 'p', 's', 't'];

/// The endings of a Turkic language.
struct Endings {
    vowels: &'static [char],
    /// After anything.
    free: &'static [&'static str],
    /// After anything but voiceless consonants.
    voiced: &'static [&'static str],
    /// After voiceless consonants.
    voiceless: &'static [&'static str],
    /// After consonants.
    bound: &'static [&'static str],
    /// After vowels.
    buffered: &'static [&'static str],
    /// Words of fewer than six letters that end in a vowel and lose endings after a vowel.
    short: &'static [&'static str],
    /// Names that keep their own end.
    names: &'static [&'static str],
    /// The end of countries' names, which stays after four letters or more.
    country: &'static str,
    /// Whether -iya is the end of a word rather than i and -ya.
    keeps_iya: bool,
    /// Ends of stems, each with the end that replaces it.
    alike: &'static [(&'static str, &'static str)],
}

const TURKISH: Endings = Endings {
    vowels: &['a', 'e', 'i', 'o', 'u'],
    free: &["lar", "ler"],
    voiced: &["da", "de", "dan", "den", "daki", "deki"],
    voiceless: &["ta", "te", "tan", "ten", "taki", "teki"],
    bound: &["i", "u", "a", "e", "in", "un", "imiz", "umuz", "la", "le"],
    buffered: &[
        "ni", "nu", "na", "ne", "nin", "nun", "nda", "nde", "ndan", "nden", "ndaki", "ndeki", "yi", "yu", "ya", "ye",
        "yla", "yle", "si", "su", "miz", "muz", "n", "s", "y",
    ],
    short: &[
        "baku", "bolge", "ceza", "cephe", "dava", "doga", "dunya", "fuze", "gemi", "hava", "iha", "kale", "kapi",
        "konu", "libya", "oda", "olu", "ordu", "parti", "proje", "rusya", "saha", "siha", "susa", "ulke", "uye",
        "yara",
    ],
    names: &["afrika", "dagistan", "gurcistan", "kanada", "komutan", "pakistan", "turkiye"],
    country: "istan",
    keeps_iya: false,
    alike: &[("g", "k"), ("b", "p"), ("d", "t")],
};

const AZERBAIJANI: Endings = Endings {
    vowels: &['a', 'e', 'ə', 'i', 'o', 'u'],
    free: &["lar", "lər", "da", "də", "dan", "dən", "daki", "dəki"],
    voiced: &[],
    voiceless: &[],
    bound: &["i", "u", "a", "ə", "in", "un", "imiz", "umuz"],
    buffered: &[
        "ni", "nu", "na", "nə", "nin", "nun", "nda", "ndə", "ndan", "ndən", "ndaki", "ndəki", "ya", "yə", "si", "su",
        "miz", "muz", "n", "s",
    ],
    short: &[
        "agdərə", "baki", "bolgə", "cəbhə", "dunya", "gəmi", "hava", "itki", "mina", "olkə", "ordu", "qala", "susa",
        "uzv", "yara",
    ],
    names: &["afrika", "dagistan", "kanada", "pakistan", "turkiyə"],
    country: "stan",
    keeps_iya: true,
    alike: &[("g", "q"), ("liy", "lik"), ("luy", "luk")],
};

pub(crate) fn turkish(word: &str) -> Cow<'_, str> {
    TURKISH.stem(word)
}

pub(crate) fn azerbaijani(word: &str) -> Cow<'_, str> {
    AZERBAIJANI.stem(word)
}

impl Endings {
    fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        let untouched = self.untouched(word);
        let mut stem = word;
        while !self.short.contains(&stem) {
            match self.shorter(stem, untouched) {
                Some(rest) => stem = rest,
                None => break,
            }
        }
        match self.alike.iter().find_map(|(end, other)| stem.strip_suffix(end).map(|rest| (rest, other))) {
            Some((rest, other)) if !rest.is_empty() => format!("{rest}{other}").into(),
            _ => stem.into(),
        }
    }

    /// Cuts off the last ending, if at least `untouched` bytes remain.
    fn shorter<'a>(&self, word: &'a str, untouched: usize) -> Option<&'a str> {
        let after_vowel = |rest: &str| rest.ends_with(self.vowels);
        let split_iya = |rest: &str| self.keeps_iya && rest.ends_with('i') && word.ends_with("iya");
        let cut = |endings, accept: &dyn Fn(&str) -> bool| {
            cut_where(word, endings, |rest| rest.len() >= untouched && (self.short.contains(&rest) || accept(rest)))
        };
        [
            cut(self.free, &|rest| letters(rest) >= 4),
            cut(self.voiced, &|rest| letters(rest) >= 4 && (!rest.ends_with(VOICELESS) || rest.ends_with('c'))),
            cut(self.voiceless, &|rest| letters(rest) >= 4 && rest.ends_with(VOICELESS)),
            cut(self.bound, &|rest| letters(rest) >= 4 && !after_vowel(rest)),
            cut(self.buffered, &|rest| letters(rest) >= 6 && after_vowel(rest) && !split_iya(rest)),
        ]
        .into_iter()
        .flatten()
        .min_by_key(|rest| rest.len())
    }

    /// The bytes of the name at the beginning of the word, which keeps its own end.
    fn untouched(&self, word: &str) -> usize {
        let country = word.find(self.country).filter(|&at| letters(&word[..at]) >= 4).map(|at| at + self.country.len());
        let name = self.names.iter().find(|name| word.starts_with(*name)).map(|name| name.len());
        country.or(name).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn turkish_forms_meet_and_words_stay_apart() {
        check(
            language("tr"),
            &[
                "ateşkes ateşkesi ateşkesin ateşkese ateşkeste ateşkesten ateşkesler ateşkesle",
                "bakan bakanı bakanın bakana bakanlar bakanları bakanların bakanlarının bakanından bakanına",
                "bakanlık bakanlığı bakanlığın bakanlığının bakanlıklar bakanlığına",
                "başkan başkanı başkanın başkana başkanlar başkanları başkanının başkanından",
                "görüşme görüşmeler görüşmeleri görüşmesi görüşmenin görüşmede görüşmelerinde görüşmelerde görüşmeye",
                "saldırı saldırılar saldırısı saldırıda saldırının saldırıları saldırıya saldırılarda saldırısında",
                "Karabağ Karabağa Karabağda Karabağın Karabağdan Karabağı Karabağdaki",
                "Ermenistan Ermenistana Ermenistanın Ermenistanda Ermenistandan Ermenistanı",
                "Azerbaycan Azerbaycana Azerbaycanın Azerbaycanda Azerbaycandan Azerbaycanı",
                "Ermeni Ermeniler Ermenilerin Ermeninin Ermeniye Ermenilere",
                "Türkiye Türkiyenin Türkiyeye Türkiyede Türkiyeden Türkiyeyi",
                "Türk Türkler Türklerin Türkleri",
                "Rusya Rusyanın Rusyaya Rusyada Rusyadan Rusyayı",
                "İran İranın İrana İranda İrandan İranı",
                "Bakü Bakünün Baküye Baküde Baküden",
                "Ankara Ankaranın Ankaraya Ankarada Ankaradan",
                "Erdoğan Erdoğanın Erdoğana Erdoğanı Erdoğandan",
                "Paşinyan Paşinyanın Paşinyana Paşinyanı",
                "Filistin Filistinin Filistine Filistinde Filistinden",
                "ordu ordunun ordusu orduya ordular orduda ordusunun",
                "barış barışı barışın barışa barıştan barışta",
                "asker askeri askerler askerlerin askere askerin askerlerini",
                "savaş savaşı savaşın savaşta savaşa savaşlar",
                "füze füzeler füzeyi füzenin füzeleri füzesi",
                "meclis meclisi mecliste meclisin meclise",
                "ülke ülkeler ülkenin ülkesi ülkemiz ülkemizin",
                "anlaşma anlaşması anlaşmanın anlaşmayı anlaşmalar anlaşmaya",
                "esir esirler esirleri esirlerin",
                "hükümet hükümeti hükümetin hükümete hükümetler",
                "sivil siviller sivillerin sivile",
                "komutan komutanı komutanlar komutanın",
                "mücadele mücadelesi mücadelenin mücadeleye",
                "kent kenti kentin kentte kentler kentinde",
                "ölü ölüler ölüsü",
                "operasyon operasyonu operasyonun operasyonda operasyonlar",
            ],
            &[
                ("Ermeni", "Ermenistan"),
                ("Türk", "Türkiye"),
                ("barış", "bari"),
                ("bakan", "bakanlık"),
                ("başkan", "baskı"),
                ("başkan", "başka"),
                ("İran", "Irak"),
                ("Rus", "Rusya"),
                ("Alman", "Almanya"),
                ("asker", "askerlik"),
                ("görüş", "görüşme"),
                ("yara", "yaralı"),
                ("Gürcü", "Gürcistan"),
                ("kan", "Kanada"),
                ("savaş", "savcı"),
                ("bakan", "bakım"),
                ("barış", "barut"),
                ("ateş", "ateşkes"),
                ("ordu", "ordugâh"),
                ("Azerbaycan", "Azerbaycanlı"),
                ("Karabağ", "Karabağlı"),
                ("komutan", "komuta"),
                ("sınır", "sınıf"),
                ("silah", "silahlı"),
            ],
        );
    }

    #[test]
    fn azerbaijani_forms_meet_and_words_stay_apart() {
        check(
            language("az"),
            &[
                "atəşkəs atəşkəsi atəşkəsin atəşkəsə atəşkəsdə atəşkəsdən",
                "Qarabağ Qarabağa Qarabağda Qarabağın Qarabağdan Qarabağı Qarabağdakı",
                "Azərbaycan Azərbaycana Azərbaycanın Azərbaycanda Azərbaycandan Azərbaycanı",
                "Ermənistan Ermənistana Ermənistanın Ermənistanda Ermənistandan",
                "erməni ermənilər ermənilərin ermənini erməninin",
                "nazir naziri nazirin nazirlər nazirlərin nazirə nazirdən nazirləri",
                "nazirlik nazirliyi nazirliyin nazirliyinin nazirlikdə nazirliklər",
                "prezident prezidenti prezidentin prezidentə prezidentlər prezidentinin",
                "danışıq danışıqlar danışıqları danışığın danışıqlarda",
                "görüş görüşü görüşdə görüşün görüşlər görüşə",
                "hücum hücumu hücumlar hücuma hücumun",
                "müharibə müharibəsi müharibənin müharibədə müharibəyə müharibələr",
                "ordu ordunun ordusu orduya ordular ordunu",
                "Bakı Bakıya Bakının Bakıda Bakıdan Bakını",
                "Şuşa Şuşaya Şuşanın Şuşada Şuşadan",
                "Xankəndi Xankəndində Xankəndinin Xankəndiyə Xankəndini",
                "Rusiya Rusiyanın Rusiyaya Rusiyada Rusiyadan",
                "Türkiyə Türkiyənin Türkiyəyə Türkiyədə",
                "sülh sülhü sülhün sülhə",
                "əsir əsirlər əsirlərin əsirləri",
                "diplomatiya diplomatiyanın diplomatiyaya",
                "sərhəd sərhədi sərhəddə sərhədin",
                "kənd kəndi kəndlər kənddə kəndin",
                "itki itkilər itkisi itkilərin",
                "mina minalar minaların minanın",
            ],
            &[
                ("erməni", "Ermənistan"),
                ("nazir", "nazirlik"),
                ("Türk", "Türkiyə"),
                ("diplomat", "diplomatiya"),
                ("alman", "Almaniya"),
                ("rus", "Rusiya"),
                ("əsir", "əsgər"),
                ("gürcü", "Gürcüstan"),
                ("sülh", "sülhməramlı"),
                ("Bakı", "bak"),
                ("görüş", "görüntü"),
                ("Azərbaycan", "azərbaycanlı"),
                ("hücum", "hüquq"),
                ("mina", "min"),
            ],
        );
    }
}
