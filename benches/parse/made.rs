//! Made feeds: what news sites publish, in the forms that they publish it in and the languages of the project.

use std::fmt::Write as _;

use ceasewire_articles::markup::escape;

/// Sentences of one language: the first half is cut into titles too.
const LANGUAGES: [(&str, [&str; 6]); 8] = [
    (
        "en",
        [
            "The foreign ministers agreed on a humanitarian truce in Nagorno-Karabakh from noon on 10 October 2020",
            "Both sides accuse each other of shelling towns within minutes of the ceasefire",
            "The co-chairs of the OSCE Minsk Group call for talks without preconditions",
            "The Red Cross says that it is ready to help with the exchange of prisoners and the bodies of the fallen",
            "Residents of Stepanakert spent another night in cellars, \"and nobody slept\", said one of them",
            "A spokesman put the number of wounded civilians at 12 & said that two schools were damaged",
        ],
    ),
    (
        "fr",
        [
            "Les ministres des Affaires étrangères ont conclu une trêve humanitaire au Haut-Karabakh",
            "Les deux camps s'accusent d'avoir bombardé des villes quelques minutes après le cessez-le-feu",
            "Les coprésidents du groupe de Minsk appellent à des négociations sans conditions préalables",
            "La Croix-Rouge se dit prête à aider à l'échange des prisonniers et des corps",
            "Des habitants de Stepanakert ont passé une nouvelle nuit dans les caves, « et personne n'a dormi »",
            "Un porte-parole a évoqué douze civils blessés et deux écoles endommagées depuis samedi",
        ],
    ),
    (
        "ru",
        [
            "Министры иностранных дел договорились о гуманитарном перемирии в Нагорном Карабахе с полудня 10 октября",
            "Стороны обвинили друг друга в обстреле городов через несколько минут после начала перемирия",
            "Сопредседатели Минской группы ОБСЕ призвали к переговорам без предварительных условий",
            "Красный Крест готов помочь в обмене пленными и телами погибших, сообщили в организации",
            "Жители Степанакерта провели ещё одну ночь в подвалах, «и никто не спал», — рассказал один из них",
            "По словам представителя ведомства, ранены двенадцать мирных жителей, повреждены две школы",
        ],
    ),
    (
        "tr",
        [
            "Dışişleri bakanları Dağlık Karabağ'da insani ateşkes konusunda anlaştı",
            "Taraflar ateşkesin başlamasından dakikalar sonra birbirlerini kentleri bombalamakla suçladı",
            "AGİT Minsk Grubu eş başkanları ön koşulsuz müzakere çağrısı yaptı",
            "Kızılhaç, esirlerin ve cenazelerin değişimine yardım etmeye hazır olduğunu açıkladı",
            "Kent sakinleri bir geceyi daha sığınaklarda geçirdi, \"kimse uyumadı\" dedi içlerinden biri",
            "Sözcü, on iki sivilin yaralandığını ve iki okulun hasar gördüğünü söyledi",
        ],
    ),
    (
        "az",
        [
            "Xarici işlər nazirləri Dağlıq Qarabağda humanitar atəşkəs barədə razılığa gəldi",
            "Tərəflər atəşkəsdən bir neçə dəqiqə sonra bir-birini şəhərləri atəşə tutmaqda ittiham etdi",
            "ATƏT-in Minsk qrupunun həmsədrləri ilkin şərtsiz danışıqlara çağırdı",
            "Qızıl Xaç əsirlərin və həlak olanların cənazələrinin dəyişdirilməsinə kömək etməyə hazırdır",
            "Şəhər sakinləri daha bir gecəni zirzəmilərdə keçirdi, “heç kim yatmadı”, deyə onlardan biri bildirdi",
            "Nümayəndənin sözlərinə görə, on iki mülki şəxs yaralanıb, iki məktəbə ziyan dəyib",
        ],
    ),
    (
        "hy",
        [
            "Արտաքին գործերի նախարարները պայմանավորվել են Լեռնային Ղարաբաղում մարդասիրական հրադադարի մասին",
            "Կողմերը միմյանց մեղադրում են հրադադարից րոպեներ անց քաղաքները գնդակոծելու մեջ",
            "ԵԱՀԿ Մինսկի խմբի համանախագահները կոչ են անում բանակցել առանց նախապայմանների",
            "Կարմիր խաչը պատրաստ է օգնել գերիների և զոհվածների մարմինների փոխանակմանը",
            "Ստեփանակերտի բնակիչները ևս մեկ գիշեր անցկացրին նկուղներում, «ոչ ոք չքնեց», ասաց նրանցից մեկը",
            "Խոսնակի խոսքով՝ վիրավորվել է տասներկու խաղաղ բնակիչ, վնասվել է երկու դպրոց",
        ],
    ),
    (
        "ka",
        [
            "საგარეო საქმეთა მინისტრები მთიან ყარაბაღში ჰუმანიტარულ ზავზე შეთანხმდნენ",
            "მხარეები ერთმანეთს ზავიდან რამდენიმე წუთში ქალაქების დაბომბვაში ადანაშაულებენ",
            "ეუთოს მინსკის ჯგუფის თანათავმჯდომარეები წინაპირობების გარეშე მოლაპარაკებისკენ მოუწოდებენ",
            "წითელი ჯვარი მზადაა დაეხმაროს ტყვეებისა და დაღუპულთა ცხედრების გაცვლას",
            "ქალაქის მცხოვრებლებმა კიდევ ერთი ღამე სარდაფებში გაატარეს, „არავის უძინია“, თქვა ერთმა მათგანმა",
            "სპიკერის თქმით, დაშავდა თორმეტი მშვიდობიანი მოქალაქე და დაზიანდა ორი სკოლა",
        ],
    ),
    (
        "fa",
        [
            "وزیران خارجه بر سر آتش‌بس انسانی در قره‌باغ کوهستانی توافق کردند",
            "دو طرف یکدیگر را به گلوله‌باران شهرها چند دقیقه پس از آتش‌بس متهم می‌کنند",
            "رؤسای مشترک گروه مینسک خواستار گفت‌وگو بدون پیش‌شرط شدند",
            "صلیب سرخ می‌گوید آماده است به تبادل اسیران و پیکر کشته‌شدگان کمک کند",
            "ساکنان شهر شبی دیگر را در زیرزمین‌ها گذراندند، یکی از آنان گفت: «کسی نخوابید»",
            "سخنگو شمار غیرنظامیان زخمی را دوازده نفر اعلام کرد و گفت دو مدرسه آسیب دیده است",
        ],
    ),
];

/// The forms that an entry's text comes in, as often as they are met: most sites run one of two programs.
const FORMS: [EntryForm; 8] = [
    EntryForm::RssEncoded,
    EntryForm::RssEncoded,
    EntryForm::RssEscaped,
    EntryForm::RssSection,
    EntryForm::RssSection,
    EntryForm::RssPlain,
    EntryForm::AtomEscaped,
    EntryForm::Rdf,
];

#[derive(Clone, Copy, PartialEq)]
enum EntryForm {
    /// RSS 2.0 with a short description and the whole text in `content:encoded`, both in CDATA sections.
    RssEncoded,
    /// RSS 2.0 with escaped HTML.
    RssEscaped,
    /// RSS 2.0 with a description in a CDATA section and a picture.
    RssSection,
    /// RSS 2.0 with two sentences without markup.
    RssPlain,
    /// Atom with escaped HTML.
    AtomEscaped,
    /// RSS 1.0.
    Rdf,
}

/// Numbers that look thrown and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        // Knuth's multiplier; the upper half is the better one.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }
}

/// `count` feeds of 20 to 40 entries, each time the same ones.
pub fn feeds(count: usize) -> Vec<Vec<u8>> {
    let mut dice = Dice(2020);
    (0..count).map(|number| feed(number, &mut dice)).collect()
}

fn feed(number: usize, dice: &mut Dice) -> Vec<u8> {
    let (language, sentences) = &LANGUAGES[number % LANGUAGES.len()];
    let form = FORMS[number / LANGUAGES.len() % FORMS.len()];
    let site = format!("https://news{number}.example");
    // Some sites of Russian still use its old charset.
    let old = *language == "ru" && number.is_multiple_of(3);
    let mut xml = format!("<?xml version=\"1.0\" encoding=\"{}\"?>\n", if old { "windows-1251" } else { "UTF-8" });
    let _ = match form {
        EntryForm::AtomEscaped => write!(
            xml,
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{language}\">\n<title>News {number}</title>\n\
             <link href=\"{site}/\"/>\n<link rel=\"self\" href=\"{site}/atom.xml\"/>\n<id>{site}/</id>\n\
             <updated>2020-10-10T12:00:00Z</updated>\n"
        ),
        EntryForm::Rdf => write!(
            xml,
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel rdf:about=\"{site}/rdf\">\n<title>News {number}</title>\n\
             <link>{site}/</link>\n<description>All the news</description>\n</channel>\n"
        ),
        _ => write!(
            xml,
            "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\" \
             xmlns:media=\"http://search.yahoo.com/mrss/\">\n<channel>\n\t<title>News {number}</title>\n\
             \t<atom:link href=\"{site}/feed/\" rel=\"self\" type=\"application/rss+xml\" />\n\t<link>{site}</link>\n\
             \t<description>All the news</description>\n\t<lastBuildDate>Sat, 10 Oct 2020 12:00:00 +0000</lastBuildDate>\n\
             \t<language>{language}</language>\n\t<generator>https://wordpress.example/?v=5.5.1</generator>\n"
        ),
    };
    for place in 0..20 + dice.below(21) {
        entry(&mut xml, form, &site, number * 1_000 + place, sentences, dice);
    }
    xml.push_str(match form {
        EntryForm::AtomEscaped => "</feed>\n",
        EntryForm::Rdf => "</rdf:RDF>\n",
        _ => "</channel>\n</rss>\n",
    });
    if old { encoding_rs::WINDOWS_1251.encode(&xml).0.into_owned() } else { xml.into_bytes() }
}

fn entry(xml: &mut String, form: EntryForm, site: &str, id: usize, sentences: &[&str], dice: &mut Dice) {
    let title = escape(sentences[dice.below(3)]);
    let lead = paragraph(sentences, 1 + dice.below(2), dice);
    let link = format!("{site}/2020/10/10/{id}-karabakh/?utm_source=rss&amp;utm_medium=feed");
    let (hour, minute) = (dice.below(24), dice.below(60));
    let date = format!("Sat, 10 Oct 2020 {hour:02}:{minute:02}:00 +0400");
    let stamp = format!("2020-10-10T{hour:02}:{minute:02}:00+04:00");
    let _ = match form {
        EntryForm::RssEncoded => write!(
            xml,
            "\t<item>\n\t\t<title>{title}</title>\n\t\t<link>{link}</link>\n\t\t<dc:creator><![CDATA[News desk]]></dc:creator>\n\
             \t\t<pubDate>{date}</pubDate>\n\t\t<category><![CDATA[Karabakh]]></category>\n\t\t<category><![CDATA[World]]></category>\n\
             \t\t<guid isPermaLink=\"false\">{site}/?p={id}</guid>\n\t\t<description><![CDATA[{lead} [&#8230;]]]></description>\n\
             \t\t<content:encoded><![CDATA[{}]]></content:encoded>\n\t</item>\n",
            html(sentences, 2 + dice.below(4), site, dice)
        ),
        EntryForm::RssEscaped => writeln!(
            xml,
            "<item><title>{title}</title><link>{link}</link><description>{}</description><pubDate>{date}</pubDate>\
             <guid>{site}/{id}</guid></item>",
            escape(&html(sentences, 1 + dice.below(3), site, dice))
        ),
        EntryForm::RssSection => write!(
            xml,
            "    <item>\n      <title><![CDATA[{title}]]></title>\n      <link>{link}</link>\n      <guid isPermaLink=\"true\">{link}</guid>\n\
             \x20     <description><![CDATA[<img src=\"{site}/{id}.jpg\" width=\"600\"/> <p>{lead}</p>]]></description>\n\
             \x20     <pubDate>{date}</pubDate>\n      <enclosure url=\"{site}/{id}.jpg\" type=\"image/jpeg\" length=\"48211\"/>\n\
             \x20     <media:content url=\"{site}/{id}.jpg\" medium=\"image\"><media:title>{title}</media:title></media:content>\n\
             \x20   </item>\n"
        ),
        EntryForm::RssPlain => write!(
            xml,
            "<item>\n<title>{title}</title>\n<link>{link}</link>\n<description>{}</description>\n<pubDate>{date}</pubDate>\n\
             <guid>{link}</guid>\n<category>Karabakh</category>\n</item>\n",
            escape(&lead)
        ),
        EntryForm::AtomEscaped => write!(
            xml,
            "<entry>\n<title type=\"html\">{title}</title>\n<link rel=\"alternate\" type=\"text/html\" href=\"{link}\"/>\n\
             <id>tag:news.example,2020:{id}</id>\n<published>{stamp}</published>\n<updated>{stamp}</updated>\n\
             <author><name>News desk</name></author>\n<summary>{}</summary>\n<content type=\"html\">{}</content>\n</entry>\n",
            escape(&lead),
            escape(&html(sentences, 1 + dice.below(4), site, dice))
        ),
        EntryForm::Rdf => write!(
            xml,
            "<item rdf:about=\"{link}\">\n<title>{title}</title>\n<link>{link}</link>\n<description>{}</description>\n\
             <dc:date>{stamp}</dc:date>\n<dc:creator>News desk</dc:creator>\n<dc:subject>Karabakh</dc:subject>\n</item>\n",
            escape(&lead)
        ),
    };
}

fn paragraph(sentences: &[&str], count: usize, dice: &mut Dice) -> String {
    let chosen: Vec<&str> = (0..count).map(|_| sentences[dice.below(sentences.len())]).collect();
    format!("{}.", chosen.join(". "))
}

/// A text with the markup that such texts have: a picture with its caption, a link, a quotation, an advertisement.
fn html(sentences: &[&str], paragraphs: usize, site: &str, dice: &mut Dice) -> String {
    let mut html = String::new();
    if dice.below(2) == 0 {
        let _ = write!(
            html,
            "<figure class=\"wp-block-image\"><img src=\"{site}/a.jpg\" alt=\"\" class=\"wp-image-1\"/>\
             <figcaption>Photo: News desk</figcaption></figure>\n\n"
        );
    }
    for _ in 0..paragraphs {
        let text = paragraph(sentences, 1 + dice.below(3), dice).replace('&', "&amp;").replace('"', "&#8221;");
        let _ = match dice.below(4) {
            0 => write!(html, "<p><strong>{text}</strong></p>\n\n\n\n"),
            1 => write!(html, "<p>{text} <a href=\"{site}/1?a=1&amp;b=2\" target=\"_blank\">{text}</a></p>\n\n\n\n"),
            _ => write!(html, "<p style=\"text-align: justify;\">{text}&nbsp;</p>\n\n\n\n"),
        };
    }
    html
}
