//! French: topics and places; the facts of its sentences are read as far as the words reach.

use super::{Cue, Table};

pub(super) const WORDS: Table = &[
    (
        Cue::Truce,
        &[
            "cessez le feu|treve|treves|cessation des hostilites|armistice|pause humanitaire",
            "arret des combats|fin des hostilites",
        ],
    ),
    (Cue::StopFire, &["cesser le feu|deposer les armes|cesser les hostilites"]),
    (Cue::Break, &["viol*|rompu*|rompre|effondre*|bafou*|non respect*|vole en eclats|n a pas tenu|s accusent"]),
    (Cue::Refuse, &["rejet*|refus*|ecart*|exclu*"]),
    (Cue::Extend, &["prolong*|reconduit*"]),
    (Cue::Agree, &["accord|accords|accepte*|conclu*|signe*|convenu*|entendus|accepte"]),
    (Cue::Announce, &["annonc*|entre en vigueur|entree en vigueur|en vigueur|declar*|decret*|respect*"]),
    (Cue::Broker, &["sous l egide|negocie par|mediation de|parraine*|sous les auspices"]),
    (Cue::Humane, &["humanitaire"]),
    (
        Cue::Met,
        &[
            "rencontre|se sont rencontres|s est entretenu|se sont entretenus|a rencontre|ont rencontre",
            "se rencontrent|s est entretenue",
        ],
    ),
    (Cue::Meet, &["rencontrer|rencontrera|rencontreront|se rencontreront|doivent se rencontrer|s entretiendra"]),
    (Cue::Meeting, &["reunion|reunions|rencontre|rencontres|sommet|entretien|entretiens"]),
    (Cue::Talks, &["pourparlers|negociations|discussions|consultations"]),
    (
        Cue::Hold,
        &[
            "tiendra|tient|tenu|tenue|ont eu lieu|a eu lieu|aura lieu|auront lieu|participe*|accueill*",
            "reprendr*|repris|prevu|prevue|prevus|prevues|debute*|entame*|recu*|ouvert*",
        ],
    ),
    (Cue::With, &["avec|entre|des|de"]),
    (
        Cue::Killed,
        &["tue|tues|tuee|tuees|mort|morts|morte|mortes|deces|trouve la mort|perdu la vie|decede*|ont peri", "abattus"],
    ),
    (Cue::Killing, &["tuant|assassinat"]),
    (Cue::Death, &["morts|victimes"]),
    (Cue::Wounded, &["blesse|blesses|blessee|blessees|blessant"]),
    (Cue::Nothing, &["peine de mort|nature morte|sous le feu des critiques|point mort"]),
    (Cue::Military, &["soldat*|militaire*|combattant*|policier*|officier*"]),
    (Cue::Civilian, &["civil|civils|civile|civiles|personnes|enfant*|femme*|journaliste*|habitant*"]),
    (
        Cue::Strike,
        &[
            "frappe aerienne|frappes aeriennes|bombardement*|tirs d artillerie|tir d artillerie",
            "frappe de drone|frappes de drone*|attentat*|explosion*|pilonnage*|tirs de roquette*",
            "tir de missile|tirs de missiles|attaque contre|attaques contre|raid aerien|raids aeriens",
            "attaque de drone*|frappes sur",
        ],
    ),
    (
        Cue::Attacked,
        &[
            "attaque|bombarde|bombardee|pilonne*|ont frappe|a frappe|ouvert le feu|vise*|abattu|envahi",
            "ont attaque|a attaque|frappant",
        ],
    ),
    (Cue::Attack, &["attaque|attaques|assaut|offensive|frappe|frappes"]),
    (Cue::Fighting, &["combats|affrontements|accrochages|hostilites"]),
    (Cue::Occur, &["eclate*|continu*|poursuiv*|repris|violents|intenses|entre|font rage|se deroul*|signale*"]),
    (Cue::Weapon, &["drone*|missile*|roquette*|artillerie|sous munitions|aviation|chars"]),
    (Cue::Claim, &["revendique*"]),
    (Cue::Blame, &["accus*"]),
    (Cue::Mediate, &["mediation|mediateur*|copresident*|bons offices"]),
    (
        Cue::Call,
        &["appel|appele|appelle|appellent|appelant|appelé à|exhort*|demand*|reclam*|exige*|plaid*|souhait*", "discut*"],
    ),
    (Cue::Propose, &["propos*|initiative|plan de paix"]),
    (Cue::Offer, &["offert|se dit prete|pret a|prete a|disposee"]),
    (Cue::Peace, &["paix|dialogue|desescalade|reglement|retenue|solution politique|fin des combats"]),
    (Cue::Aid, &["aide humanitaire|assistance humanitaire|aide d urgence|convoi humanitaire|crise humanitaire"]),
    (Cue::Corridor, &["couloir humanitaire|corridor humanitaire|couloirs humanitaires|corridors humanitaires"]),
    (Cue::Exchange, &["echange de prisonniers|echanges de prisonniers|echange des prisonniers|prisonniers de guerre"]),
    (Cue::Bodies, &["echange de corps|depouilles|echange des corps"]),
    (Cue::Evacuate, &["evacue|evacues|evacuee|evacuees|evacuation|evacuations"]),
    (Cue::Refugees, &["refugie*|deplaces|deplacees|fui|fuient|fuir|fuyant"]),
    (Cue::Give, &["envoy*|livr*|achemin*|arriv*|fourni*|recu*|a eu lieu|ont eu lieu|ouvert*|proced*|distribu*"]),
    (Cue::Not, &["ne|pas|aucun|aucune|sans|ni|jamais|n|plus aucun"]),
    (Cue::Deny, &["nie|nient|dement*|refuse de|refusent de|refuse|refusent|refuse|pas voulu"]),
    (
        Cue::If,
        &["si|pourrait|pourraient|peut etre|en cas de|risque*|menac*|devrait|devraient|eventuel*|crainte*", "espoir*"],
    ),
    (
        Cue::Will,
        &[
            "sera|seront|doit|doivent|prevu|prevue|prochain|prochaine|aura|auront|rencontrera|se reunira",
            "se reuniront",
        ],
    ),
    (Cue::Cancel, &["annul*"]),
    (Cue::Postpone, &["report*|reporte"]),
    (Cue::Invite, &["a l invitation|invite"]),
    (Cue::According, &["selon|d apres"]),
    (Cue::Said, &["a declare|a affirme|a indique|a annonce|a dit|a precise|affirme|declare|indique"]),
    (Cue::In, &["a|au|dans|en|pres de|aux"]),
    (Cue::To, &["sur|vers|de"]),
    (Cue::By, &["par"]),
    (Cue::Despite, &["malgre|en depit"]),
    (Cue::But, &["mais|toutefois|cependant|alors que"]),
    (Cue::And, &["et"]),
    (
        Cue::Title,
        &[
            "president|premier ministre|ministre|ministres|ministre des affaires etrangeres",
            "ministres des affaires etrangeres|chef|general|secretaire d etat|ambassadeur|presidente",
            "porte parole|chancelier|chanceliere",
        ],
    ),
    (Cue::Body, &["ministere|conseil|groupe|armee|comite|union|croix|gouvernement"]),
    (
        Cue::Function,
        &[
            "le|la|les|un|une|des|de|du|l|d|au|aux|et|ou|mais|dans|sur|a|en|par|pour|avec|sans|selon|il|elle",
            "ils|elles|ce|cette|ces|leur|son|sa|ses|qui|que|lors|apres|avant|lundi|mardi|mercredi|jeudi",
            "vendredi|samedi|dimanche|plus|au moins|aucun|si|plusieurs|deux|trois|quatre|cinq|six",
        ],
    ),
    (Cue::Joint, &["de|du|la|le|van|al|ben"]),
];
