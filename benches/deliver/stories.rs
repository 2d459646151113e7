//! Writes any number of stories of autumn 2020, each about another event: target, place, source, number of victims, and
//! names of villages and people that no other story has.

use ceasewire_testkit::feed_site::{FeedItem, http_date};
use ceasewire_testkit::random::XorShift64;

/// The letters before a headline's number.
pub const PREFIX: &str = "NK";

/// The topic that all stories are about.
pub const TOPIC: &str = "attack";

const PLACES: [&str; 24] = [
    "Stepanakert",
    "Shushi",
    "Hadrut",
    "Martuni",
    "Martakert",
    "Jabrayil",
    "Fizuli",
    "Zangilan",
    "Qubadli",
    "Lachin",
    "Kalbajar",
    "Ganja",
    "Barda",
    "Tartar",
    "Mingachevir",
    "Aghdam",
    "Beylagan",
    "Goranboy",
    "Vardenis",
    "Goris",
    "Kapan",
    "Askeran",
    "Naftalan",
    "Horadiz",
];

/// Headlines and their texts; `{v}` is a village, `{p}` a place, `{n}` and `{m}` numbers, `{a}` and `{b}` people.
const EVENTS: [(&str, &str); 10] = [
    (
        "Rockets destroy a bakery in {v} near {p}",
        "Four rockets fell on the bakery of {v}, a village in the hills above {p}, while bread was being baked. {n} people who \
         queued outside were wounded, its owner {a} said from a hospital bed.",
    ),
    (
        "Shelling burns down the vineyards of {v}",
        "Artillery shelling set fire to the vineyards of {v} and {n} hectares burned before the wind turned towards {p}. \
         Winegrower {a} lost the harvest of three generations.",
    ),
    (
        "Drone hits a school bus on the {p} to {v} road",
        "A drone struck an empty school bus on the road that leads from {p} to {v}. Its driver {a} had got out {n} minutes \
         earlier to help with a flat tyre.",
    ),
    (
        "Missile strike leaves a maternity ward at {v} without a roof",
        "A missile strike tore the roof off the maternity ward at {v}, half an hour from {p}. Midwife {a} carried {n} newborns \
         into the cellar, where two more were born by candlelight.",
    ),
    (
        "Clashes cut the bridge over the river at {v}",
        "Clashes between patrols ended with the bridge at {v} collapsing into the river. {n} lorries with flour for {p} are \
         stuck on the far bank, said haulier {a}.",
    ),
    (
        "Bomb found in the monastery garden of {v} is defused",
        "Sappers defused a bomb of {n} kilograms that had buried itself in the monastery garden of {v} in the district of {p}. \
         Abbot {a} had watered his tomatoes beside it for days.",
    ),
    (
        "Airstrike on {v} kills a shepherd and {n} sheep",
        "An airstrike on the pastures of {v}, south of {p}, killed a shepherd and {n} of his sheep. His cousin {a} heard \
         the aircraft twice before the explosion.",
    ),
    (
        "Assault on the heights of {v} is repelled",
        "An assault on the heights of {v}, which overlook the highway to {p}, was repelled after {n} hours of fighting in fog. \
         Lieutenant {a} told reporters that the trenches had changed hands twice.",
    ),
    (
        "Cluster munition scatters over the market of {v}",
        "Bomblets of a cluster munition lay scattered over the market of {v}, deminers said, {n} of them unexploded between \
         the stalls. Trader {a} had left for {p} that morning.",
    ),
    (
        "Power plant at {v} is shelled and {p} is dark",
        "Shells hit the turbine hall of the power plant at {v}, and {n} thousand homes in {p} lost electricity. Engineer {a} \
         expects repairs to take until the first snow.",
    ),
];

const SAID: [&str; 8] = [
    "Prosecutor {b} opened an inquiry and asked witnesses from {v} to come forward.",
    "Ambulances needed {m} minutes, {b} of the district council complained.",
    "The defence ministry denied having fired at {v}, its spokesman {b} called the report an invention.",
    "Satellite pictures seen by the analyst {b} show {m} craters around {v}.",
    "Photographer {b}, who reached {v} on foot, counted {m} damaged houses.",
    "Teachers led by {b} have moved their lessons to a basement with {m} chairs.",
    "Governor {b} promised {m} tents and a field kitchen before the weekend.",
    "Ombudsman {b} listed {m} earlier incidents of the kind in a letter to the Council of Europe.",
];

const AROUND: [&str; 6] = [
    "Buses from {p} no longer stop at {v}.",
    "A football pitch beside the mill of {v} serves as a landing site for helicopters.",
    "The weather station of {v} measured the blast as a gust of wind.",
    "{v} had {m} inhabitants before the autumn; most have gone to relatives in {p}.",
    "The mayor asked journalists not to film the water pumps of {v}.",
    "Letters for {v} are being kept at the post office of {p}.",
];

const WITNESSES: [&str; 12] = [
    "{c} hid under a cart with the goats of {d}.",
    "\"I thought of thunder,\" said {c}, a beekeeper from {d}.",
    "{c} drove to {d} with a mattress on the roof of a taxi.",
    "A dog called {c} barked until the neighbours from {d} woke.",
    "The choir of {d} had been rehearsing with {c}, an organist.",
    "{c}, who repairs clocks in {d}, noted the minute.",
    "Carpets from {d} were carried out by {c} and two nephews.",
    "{c} filmed from a balcony; the video was shared first in {d}.",
    "A wedding in {d} was put off, the bride {c} said by telephone.",
    "{c} of the volunteer fire brigade came from {d} by tractor.",
    "Chess players in {d} finished their game, {c} insisted.",
    "The poet {c} wrote from {d} that the pigeons were gone.",
];

/// One event in the words of a publisher.
#[derive(Clone, Debug)]
pub struct Story {
    /// The number in its headline.
    pub number: u32,
    /// The headline.
    pub title: String,
    /// Some sentences.
    pub text: String,
}

impl Story {
    /// Writes the story of a number, always in the same words.
    pub fn new(number: u32) -> Self {
        let mut random = XorShift64::new(u64::from(number) + 7_000);
        let place = PLACES[random.below(PLACES.len())];
        let (title, lead) = EVENTS[number as usize % EVENTS.len()];
        let village = name(&mut random, 3);
        let mut person = || format!("{} {}", name(&mut random, 2), name(&mut random, 3));
        let (witness, official, neighbour) = (person(), person(), person());
        let hamlet = name(&mut random, 4);
        // Equal figures would be evidence for one event.
        let numbers = [3 + number as usize / EVENTS.len(), 100 + random.below(900)].map(|number| number.to_string());
        let blanks: [(&str, &str); 8] = [
            ("{v}", &village),
            ("{p}", place),
            ("{a}", &witness),
            ("{b}", &official),
            ("{c}", &neighbour),
            ("{d}", &hamlet),
            ("{n}", &numbers[0]),
            ("{m}", &numbers[1]),
        ];
        let fill =
            |text: &str| blanks.iter().fold(text.to_owned(), |text, (blank, filled)| text.replace(blank, filled));
        let mut one_of = |sentences: &[&'static str]| sentences[random.below(sentences.len())];
        let sentences = [lead, one_of(&SAID), one_of(&WITNESSES), one_of(&AROUND)];
        // The topics want the conflict to be named.
        let text = format!("{place} (Nagorno-Karabakh). {}", sentences.map(fill).join(" "));
        Self { number, title: format!("{} ({PREFIX}{number:05})", fill(title)), text }
    }

    /// Writes a story without subscribers, which makes the program load all rules before a measurement.
    pub fn of_no_concern() -> Self {
        let text = "Persimmons ripen early this year, gardeners say, and jam will be cheap.";
        Self { number: u32::MAX, title: "Persimmons ripen early".into(), text: text.into() }
    }

    /// Writes it as an item of a feed, published now.
    pub fn item(&self) -> FeedItem {
        let id = self.number;
        FeedItem {
            guid: format!("story-{id}"),
            link: format!("https://news.example/2020/{id}"),
            title: self.title.clone(),
            description: format!("<p>{}</p>", self.text),
            pub_date: Some(http_date(std::time::SystemTime::now())),
        }
    }
}

/// A name that sounds of nowhere.
fn name(random: &mut XorShift64, syllables: usize) -> String {
    const SYLLABLES: [&str; 40] = [
        "ba", "ko", "ri", "shu", "la", "mar", "ten", "go", "vi", "sta", "ne", "dor", "ka", "li", "pe", "zu", "tav",
        "ush", "hra", "zda", "gel", "mi", "kher", "som", "ral", "bur", "qe", "lju", "yar", "tsi", "nor", "ghu", "xan",
        "fe", "jo", "cha", "oph", "dzu", "vel", "kir",
    ];
    let mut name: String = (0..syllables).map(|_| SYLLABLES[random.below(SYLLABLES.len())]).collect();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}
