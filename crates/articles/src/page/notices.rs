//! Notices: lines within an article that are not its text (whose photo it is, who holds the rights, what the reader is
//! asked to subscribe to), in the profile's languages and those that their outlets write in.

/// What the line under a picture, or the end of an article, begins with.
const CREDITS: &[&str] = &[
    "©",
    "(c)",
    "copyright",
    // English, French, German, Spanish
    "photo:",
    "photos:",
    "photo by",
    "photo credit",
    "photograph:",
    "image:",
    "image credit",
    "credit:",
    "picture:",
    "photo :",
    "crédit",
    "crédits",
    "foto:",
    "fotos:",
    "fotocredit:",
    "bild:",
    "titelbild:",
    "quelle:",
    "imagen:",
    // Russian, Ukrainian
    "фото:",
    "фото ©",
    "фото -",
    "фото –",
    "фотография:",
    "источник фото",
    "иллюстрация:",
    // Armenian, Georgian
    "լուսանկարը՝",
    "լուսանկարը`",
    "լուսանկարը:",
    "լուսանկար՝",
    "լուս.՝",
    "ֆոտո՝",
    "ფოტო:",
    "ფოტო ©",
    "სურათი:",
    // Turkish, Azerbaijani, Persian
    "fotoğraf:",
    "fotoğraflar:",
    "görsel:",
    "foto ©",
    "fotolar:",
    "şəkil:",
    "عکس:",
    "عکس از",
    "منبع عکس",
];

/// A longer line is a sentence that happens to begin so.
const LONGEST_CREDIT: usize = 120;

/// What only an appeal to the reader says.
const APPEALS: &[&str] = &[
    // English
    "subscribe to our",
    "subscribe now",
    "sign up for our",
    "sign up to our",
    "sign up for the",
    "sign up to get",
    "get our newsletter",
    "to our newsletter",
    "follow us on",
    "follow us in",
    "like us on",
    "join us on",
    "join our telegram",
    "join our channel",
    "download our",
    "download the app",
    "already a subscriber",
    "support our work",
    "become a patron",
    "all rights reserved",
    "may not be published, broadcast",
    "we want to hear from you",
    "click here to subscribe",
    "enable javascript",
    "share this article",
    "share this story",
    "leave a comment",
    "this post contains affiliate",
    // Russian, Ukrainian
    "подписывайтесь на",
    "подпишитесь на",
    "подписаться на",
    "присоединяйтесь к",
    "следите за нами",
    "читайте нас в",
    "мы в соцсетях",
    "наш телеграм",
    "наш telegram",
    "нашем telegram",
    "нашем телеграм",
    "все права защищены",
    "при перепечатке",
    "при использовании материалов",
    "при цитировании",
    "поделиться в",
    "нашли ошибку",
    "поддержите нас",
    "підписуйтесь на",
    "підпишіться на",
    "усі права захищені",
    "всі права захищені",
    // Armenian
    "բաժանորդագրվեք",
    "բաժանորդագրվել",
    "հետևեք մեզ",
    "միացեք մեր",
    "մեր տելեգրամ",
    "մեր telegram",
    "բոլոր իրավունքները պաշտպանված",
    "մեջբերումներ անելիս",
    "կիսվել ֆեյսբուք",
    // Turkish
    "abone ol",
    "bizi takip ed",
    "kanalımıza",
    "bültenimize",
    "tüm hakları saklıdır",
    "uygulamamızı indir",
    "kaynak gösterilmeden",
    // Azerbaijani
    "abunə ol",
    "bizi izləyin",
    "kanalımıza qoşul",
    "bütün hüquqlar qorunur",
    "istinad zəruridir",
    "istinad vacibdir",
    "telegram kanalımız",
    // French
    "abonnez-vous",
    "inscrivez-vous à",
    "suivez-nous",
    "rejoignez-nous",
    "tous droits réservés",
    "téléchargez l'appli",
    "recevez notre newsletter",
    "réservé aux abonnés",
    // Georgian
    "გამოიწერეთ",
    "გამოგვყევით",
    "შემოგვიერთდით",
    "ყველა უფლება დაცულია",
    // Persian
    "ما را دنبال کنید",
    "مشترک شوید",
    "عضو کانال",
    "تمامی حقوق",
    "کلیه حقوق",
    "در خبرنامه",
    // German, Spanish
    "newsletter anmelden",
    "newsletter abonnieren",
    "folgen sie uns",
    "folge uns",
    "alle rechte vorbehalten",
    "affiliate-links",
    "affiliate links",
    "suscríbete",
    "suscríbase",
    "síguenos",
    "todos los derechos reservados",
    "únete a nuestro",
];

/// An appeal is short; a paragraph that is longer says something besides.
const LONGEST_APPEAL_WORDS: usize = 45;

/// Whether a line is a notice; `before` lines of the article stand above it.
pub(super) fn is_notice(line: &str, before: usize) -> bool {
    let text = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '*' | '–' | '—' | '-'));
    // Only as much as decides is folded.
    let head: String = text.chars().take(LONGEST_CREDIT + 1).flat_map(char::to_lowercase).collect();
    if text.chars().nth(LONGEST_CREDIT).is_none() && CREDITS.iter().any(|credit| head.starts_with(credit)) {
        return true;
    }
    // An article that begins with an appeal is about it.
    before > 0 && line.split_whitespace().take(LONGEST_APPEAL_WORDS + 1).count() <= LONGEST_APPEAL_WORDS && {
        let folded = line.to_lowercase().replace('’', "'");
        APPEALS.iter().any(|appeal| folded.contains(appeal))
    }
}

#[cfg(test)]
mod tests {
    use super::is_notice;

    #[test]
    fn credits_and_appeals_are_notices() {
        for line in [
            "Photo: A. Petrosyan / Newswire",
            "(Photo: Newswire)",
            "© 2020 The Wire. All rights reserved.",
            "Фото: пресс-служба министерства",
            "Լուսանկարը՝ նախարարության",
            "Subscribe to our newsletter for the day's news.",
            "Подписывайтесь на наш канал в Telegram!",
            "Հետևեք մեզ Telegram-ում",
            "Telegram kanalımıza abone olun",
            "Bizi izləyin: Facebook, Telegram",
            "Abonnez-vous à notre lettre du matin",
            "შემოგვიერთდით ტელეგრამზე",
            "ما را در تلگرام دنبال کنید: ما را دنبال کنید",
        ] {
            assert!(is_notice(line, 3), "{line}");
        }
    }

    #[test]
    fn sentences_of_an_article_are_none() {
        for line in [
            "The photo shows the ministers in Moscow.",
            "Both sides will follow the terms of the ceasefire.",
            "Фотография министров обошла все газеты.",
            "Parliament subscribed to the statement of the mediators.",
            "Bakanlar kanal açılması üzerinde anlaştı.",
        ] {
            assert!(!is_notice(line, 3), "{line}");
        }
        assert!(!is_notice("Follow us on the map: where the front line ran on Friday", 0));
    }
}
