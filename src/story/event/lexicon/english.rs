//! English.

use super::{Cue, Table};

pub(super) const WORDS: Table = &[
    (
        Cue::Truce,
        &[
            "ceasefire|ceasefires|cease fire|cease fires|truce|truces|armistice|cessation of hostilities|humanitarian pause",
            "halt to the fighting|halt to hostilities|end to hostilities|end of hostilities|end to the fighting",
        ],
    ),
    (
        Cue::StopFire,
        &[
            "stop fighting|stop the fighting|halt fighting|cease hostilities|end hostilities|lay down their arms|halt hostilities",
            "cease all hostilities|stop all hostilities|cease military action|stop the bloodshed",
        ],
    ),
    (
        Cue::Break,
        &[
            "violat*|broke|broken|breach*|collaps*|fell apart|fallen apart|falls apart|shatter*|unravel*|crumbl*",
            "broke down|failed to hold|did not hold|not holding|not hold|not being observed|in tatters|did not last",
            "continued the fight|continued fighting|continued to fight|continued the fighting|fail to hold|has failed|have failed",
            "failed within|failed minutes|failed hours|resumed shelling|not observing|not respecting|ignored|flout*",
            "not respected|disregard*|not observed|fighting continued|clashes continued|breaking the|undermin*|fighting resumed",
            "shelling continued|accused each other|blamed each other|traded accusations|trade accusations|traded blame",
            "trade blame|exchanged accusations|short lived|lasted only|lasted minutes|lasted hours|failed|frayed|fray",
        ],
    ),
    (
        Cue::Refuse,
        &[
            "reject*|refus*|ruled out|rules out|rule out|ruling out|turn down|turned down|turns down|spurn*|rebuff*|dismiss*",
            "will not accept|would not accept|not agree to|opposed to|no intention of",
        ],
    ),
    (Cue::Extend, &["extend*|extension|prolong*|renew|renewed|renewal"]),
    (
        Cue::Agree,
        &[
            "agree|agrees|agreed|agreement on|agreement|deal|sign|signs|signed|signing|reached|reach|accept|accepts|accepted",
            "conclude*|negotiated|struck|commit|commits|committed|secured|brokered|broker|brokers|brokering",
        ],
    ),
    (
        Cue::Announce,
        &[
            "announce*|declar*|proclaim*|took effect|take effect|takes effect|taken effect|come into force|came into force",
            "come into effect|came into effect|comes into force|comes into effect|enter into force|entered into force",
            "enters into force|went into effect|goes into effect|go into effect|took hold|takes hold|taken hold|in force|in effect",
            "in place|is holding|was holding|holding|holds|held|began|begun|begins|begin|starts|started|observ*|effective|set to begin",
            "unilateral|comply*|complied|complying|abide*|adher*|enter|into force|into effect",
        ],
    ),
    (Cue::Broker, &["brokered|broker|brokers|brokering|mediated|negotiated by|mediated by"]),
    (Cue::Humane, &["humanitarian"]),
    (Cue::Met, &["met|meets|conferred|convened|convenes|huddled"]),
    (Cue::Meet, &["meet|confer|convene"]),
    (Cue::Receive, &["received|receives|will receive|hosts|hosted|will host|to host|welcomed|welcomes"]),
    (
        Cue::Meeting,
        &[
            "meeting|meetings|summit meeting|face to face meeting|one on one meeting|trilateral meeting|bilateral meeting",
            "summit talks",
        ],
    ),
    (Cue::Talks, &["talks|negotiations|consultations|discussions|peace talks|negotiating round|round of talks"]),
    (Cue::Gathering, &["joint news conference|joint press conference|summit|summits|joint press briefing"]),
    (
        Cue::Hold,
        &[
            "continued|continues|continue|hold|holds|held|host|hosts|hosted|hosting|attend|attends|attended|attending|convened|convene|chaired|chairs|chair",
            "take part in|took part in|takes part in|begin|began|start|started|opened|open|arrive for|arrived for|arrives for",
            "entered|resume|resumed|launch|launched|during a|took place|take place|takes place|holding|entering|leaves|due|set for",
            "sat down for|sit down for|conducted|concluded|ended|wrapped up|participated in|participate in|participates in",
        ],
    ),
    (Cue::With, &["with|between|of|among|alongside"]),
    (
        Cue::Demand,
        &[
            "requirement*|need|needs|demand|demands|standard|standards|obligation*|commitment*|deadline*|goal|goals|target|targets",
            "criteria|expectation*|condition|conditions|challenge|challenges|resistance|basic|payment*|interest|costs|cost|terms",
            "quota*|benchmark*|pledge*|those|these|end|ends|halfway|somewhere|death|fate|the press|the nation|his death",
        ],
    ),
    (
        Cue::Killed,
        &[
            "killed|kills|was slain|were slain|been slain|murdered|massacred|slaughtered|beheaded|assassinated|executed|hanged|drowned|perished",
            "died|dies|were dead|was dead|shot dead|found dead|lost their lives|lost his life|lost her life|stabbed to death",
            "beaten to death|burned to death|confirmed dead|left dead|gunned down|passed away|dying from|electrocuted|lynched",
            "claimed the lives|claimed hundreds of lives|claimed lives|cost the lives|decapitated|exterminated|blown up|bled to death",
        ],
    ),
    (
        Cue::Killing,
        &["killing|kill|slaying|slayings|executing|execute|killings|execution|beheading|murdering|slaughtering|losing"],
    ),
    (
        Cue::Death,
        &["death of|deaths of|death|deaths|dead|fatalities|fatality|shooting death|shooting deaths|casualties|losses"],
    ),
    (
        Cue::Toll,
        &[
            "death toll|death tolls|number of dead|number of deaths|number of people killed|number of soldiers killed|toll",
        ],
    ),
    (
        Cue::Rise,
        &[
            "rose|risen|rises|climbed|climbs|reached|reaches|brought|brings|bringing|increased|grew|topped|passed|surpassed",
        ],
    ),
    (
        Cue::Wounded,
        &["wounded|wounding|injured|injuring|injures|injuries|maimed|hurt|hospitalized|hospitalised|wounds"],
    ),
    (
        Cue::Nothing,
        &[
            "death penalty|death row|death sentence|death sentences|death threat|death threats|sentenced to death",
            "dead end|deadlock|near death|death knell|dead sea|death certificate|dead water|dead in the water|fight to the death",
            "attack survivor*|attack victim*|acid attack survivor*|acid attack victim*|stop acid attacks|heart attack|heart attacks|panic attack|personal attacks|attack ad|attack ads|attack helicopter*",
            "war of words|cold war|world war|war crime|war crimes|war memorial|hunger strike|hunger strikes|strike a deal",
            "general strike|labor strike|struck down|struck by the|struck a deal|strike down|strikes me|striking workers",
            "fired from his job|ceasefire line|met the woman|talks to reporters|talks to the media|talks to media|talks on the",
            "in talks to|talks about how|under fire for|nuclear test|fire brigade|fire department|war veteran*|veteran*",
            "killing time|dressed to kill|painkill*|deadly sins|suicide prevention|suicide bomber*|mercy killing|trade union",
            "death of a salesman|brain dead|left for dead|meeting house|meeting place|meeting point|holding up|deal with|deals with",
            "dealing with|great deal|good deal|met its|met the requirements|met all|bomb shelter*|bomb making|bomb threat|bomb threats",
            "amphibious assault|sexual assault|sexual assaults|cyber attack|cyber attacks|cyberattack*|verbal attack*|nuclear strike*",
            "security conference|attack on democracy|attacks on democracy|bill of|wounded pride|injury time|injury report",
            "fought for|uphill battle|legal battle|court battle|battle with cancer|battle against cancer|trade war|price war",
            "shooting star|shooting range|target practice|nuclear attack|nuclear attacks|missile defense|missile defence|missile test*",
            "photo shoot|shooting a film|being slaughtered silently|suicide|body of|bodies of|refugee camp|talk show|talks show",
        ],
    ),
    (
        Cue::Military,
        &[
            "soldier|soldiers|servicemen|serviceman|troops|military|fighters|fighter|militants|militant|policemen|policeman|officers",
            "officer|army|insurgents|rebels|gunmen|gunman|guards|guerrillas|marines|pilots|pilot|conscripts|conscript|volunteers",
            "defence personnel|defense personnel|personnel|combatants|jihadists|security forces|fallen defenders|defenders|troop",
        ],
    ),
    (
        Cue::Civilian,
        &[
            "civilian|civilians|people|children|child|women|woman|residents|resident|villagers|passengers|journalists|journalist",
            "students|worshippers|worshipers|boy|girl|man|men|family|families|migrants|protesters|demonstrators|tourists|teenager",
            "infant|workers|reporters|reporter|priest|elderly|non combatants|peaceful residents",
        ],
    ),
    (
        Cue::Strike,
        &[
            "airstrike|airstrikes|air strike|air strikes|air raid|air raids|bombing|bombings|bombardment|bombardments|shelling|shellings",
            "missile strike|missile strikes|drone strike|drone strikes|rocket attack|rocket attacks|missile attack|missile attacks",
            "drone attack|drone attacks|artillery fire|artillery strikes|rocket fire|mortar fire|artillery attack|suicide attack",
            "suicide attacks|chemical attack|chemical attacks|chemical weapons attack|terror attack|terror attacks|terrorist attack",
            "terrorist attacks|bomb attack|bomb attacks|gunbattle|gun battle|firefight|firefights|shootout|mass shooting|shooting of",
            "police shooting|police shootings|shooting in|shootings in|shootings of|ambush|ambushed|knife attack|stabbing attack|acid attack",
            "acid attacks|insider attack|invasion of|invasion|barrage|barrages|salvo|explosion|explosions|blast|blasts|roadside bomb",
            "car bomb|car bombs|truck bomb|exploded|detonated|detonating|blew up|blew himself up|went off|suicide bombing",
            "suicide bombings|car bombing|massacre at|assault on|attack on|strikes on|strike on|assaults on|attacks by|attack by|attack that",
            "attacks that|attacks against|attack against|assassination attempt|raid on|raids on|cross border attack|under attack|under fire",
            "under assault|attack targeting|attacks targeting|gunfire|deadly attack|deadly attacks|deadly assault|deadliest attack|skirmish*",
            "coordinated attacks|terrorist assault|fired tear gas|fires tear gas|fire tear gas|fire teargas|fired teargas|tear gassed|cluster bombs|cluster munitions|exploding|explode|shelling continued|fighting continued|clashes continued|fighting resumed",
            "fatal shooting|fatal shootings|counteroffensive|counter offensive|clashing",
        ],
    ),
    (
        Cue::Attacked,
        &[
            "attacked|bombed|bombarded|shelled|fired on|fired at|opened fire|opens fire|open fire|stormed|storming|struck|invaded",
            "raided|assaulted|stabbed|shot by|shot at|ambushing|targeted|targeting|shot down|shot and|hit by",
            "launched an attack|launched attacks|launched a|carried out|came under|come under|attacking|invade|rammed|launching",
            "fired a|fires a|fired rockets|fired missiles|fired several|fired at|fire on|threw stones|throwing stones",
            "throwing|threw|hurled|returned fire|raped|gunned down|slaughtered|shooting|shoot their|has hit|hits|have hit",
            "struck by|clash with|clashed with|clashed|set ablaze|torched|killed by a|fought fiercely|fought|sprayed|bombs|blowing up",
            "blown up|bring down|brought down|downed|destroyed|burned down",
        ],
    ),
    (
        Cue::Attack,
        &[
            "attack|attacks|assault|assaults|shooting|shootings|strike|strikes|raid|raids|offensive|offensives|bomb|bombs|massacre",
            "shot|fire|incursion|incursions|operation|operations",
        ],
    ),
    (
        Cue::Fighting,
        &["fighting|clashes|clash|battles|battle|hostilities|combat|exchange of fire|exchanges of fire|war|fight"],
    ),
    (
        Cue::Occur,
        &[
            "erupt*|re erupt*|broke out|break out|breaks out|flar*|continu*|resum*|raged|raging|rages|intensif*|escalat*|under way|underway",
            "took place|reported|heavy|fierce|intense|ongoing|between|broken out|persist*|renewed|deadly|waged|wage|for the third day",
        ],
    ),
    (
        Cue::Taken,
        &[
            "captured|seized|took control of|taken control of|overran|retook|retaken|recaptured|liberated|seizing|capturing",
        ],
    ),
    (
        Cue::Weapon,
        &[
            "airstrike*|air strike*|drone|drones|missile|missiles|rocket|rockets|artillery|tank|tanks|mortar|mortars|warplane*|jet|jets",
            "bomb|bombs|car bomb|suicide bomb*|cluster munition*|cluster bomb*|knife|gun|guns|rifles|grenade*|helicopter*|chemical weapons",
            "acid|stones|tear gas|explosives|mine|mines|ied|shells|ballistic missile*|unmanned aerial*|uav|uavs|howitzers|machine gun*",
        ],
    ),
    (
        Cue::Claim,
        &["claimed responsibility|claim responsibility|claims responsibility|claiming responsibility|claimed by"],
    ),
    (Cue::Blame, &["blamed on|blames|blamed|blaming|accused|accuses|accusing|accuse|responsible for|held responsible"]),
    (
        Cue::Mediate,
        &[
            "mediat*|mediation|good offices|shuttle diplomacy|peace efforts|peace initiative|brokering talks|peace envoy",
            "mediation efforts|peace broker|peace brokers|trying to broker|efforts to broker|minsk process|peace process",
        ],
    ),
    (
        Cue::Call,
        &[
            "call for|calls for|called for|calling for|called on|calls on|calling on|call on|call to|urge|urges|urged|urging",
            "appeal|appeals|appealed|appealing|demand|demands|demanded|demanding|press for|pressed for|pushing for|push for|pushed for",
            "plead*|insist*|exhort*|asked for|seek|seeks|seeking|sought|want|wants|wanted|stressed the need|need for|needed",
            "their call for|reiterated their call|pressed|pressing|pressure on|welcome the idea",
            "called upon|call upon|work on|working on|work towards|work toward|advocat*",
        ],
    ),
    (Cue::Discuss, &["discuss|discusses|discussed|discussing|talks about|negotiating"]),
    (Cue::Propose, &["propos*|suggest|suggests|suggested|suggesting|put forward|tabled|peace plan|initiative|draft"]),
    (
        Cue::Offer,
        &[
            "offer to|offers to|offered to|offering to|offered|offers|ready to|readiness to|prepared to|willing to|willingness to|stands ready",
        ],
    ),
    (
        Cue::Peace,
        &[
            "peacekeepers|peacekeeping|withdrawal of|peace plan|peace|dialogue|negotiated settlement|de escalat*|deescalat*|restraint|settlement|political solution|peaceful solution",
            "peaceful settlement|ending the conflict|end the conflict|resolve the conflict|end to the conflict|hostilities",
            "lasting peace|peaceful resolution|negotiating table|end the violence|end to the violence|diplomatic solution",
        ],
    ),
    (
        Cue::Aid,
        &[
            "humanitarian aid|humanitarian assistance|humanitarian relief|relief supplies|relief goods|emergency aid|food aid|medical aid",
            "aid convoy|aid convoys|emergency assistance|food and medicine|aid workers|humanitarian supplies|humanitarian cargo|donat*",
            "humanitarian crisis|medical supplies|relief aid|emergency food|financial aid|humanitarian appeal|aid package|in aid",
            "worth of aid|of aid|tons of food|tonnes of food|provide aid|provided aid|blankets|granted political asylum|humanitarian situation",
        ],
    ),
    (
        Cue::Corridor,
        &["humanitarian corridor|humanitarian corridors|humanitarian access|safe passage|evacuation corridor"],
    ),
    (
        Cue::Exchange,
        &[
            "prisoner exchange|prisoner exchanges|prisoner swap|prisoner swaps|exchange of prisoners|exchange prisoners|swap prisoners",
            "exchanged prisoners|swapped prisoners|exchange of captives|exchange of detainees|prisoners of war|exchange of prisoners of war",
            "hand over prisoners|handed over prisoners|returned prisoners|release of prisoners",
        ],
    ),
    (
        Cue::Bodies,
        &[
            "exchange of bodies|exchanged bodies|exchange bodies|exchange of the bodies|bodies of the fallen|bodies of fallen",
            "bodies of soldiers|remains of the fallen|bodies of the dead|bodies of servicemen|remains of soldiers|swap of bodies",
        ],
    ),
    (Cue::Evacuate, &["evacuated|evacuation|evacuations|evacuate|evacuates|evacuating|airlifted"]),
    (
        Cue::Refugees,
        &[
            "refugees|refugee|displaced|fled their homes|fled|flee|fleeing|flees|driven from their homes|forced from their homes",
            "left their homes|asylum seekers|returned to their homes|displacement|shelters|bomb shelters|escaped",
        ],
    ),
    (
        Cue::Give,
        &[
            "deliver*|sent|send|sends|sending|dispatch*|arriv*|provid*|shipped|received|distribut*|pledged|allocat*|donated|brought",
            "will give|gave|granted|grant|opened|agreed|carried out|handed over|began|begun|returned|took place|completed|supplied|open|opens",
        ],
    ),
    (
        Cue::Not,
        &[
            "not|no|never|none|without|neither|nor|t|cannot|nobody|no one|hardly|absence of|lack of|instead of|rather than|far from|nothing",
            "no sign of|stop short of|zero|prevent*|avoid*|avert*|false|untrue|baseless|rumo*|fake",
        ],
    ),
    (
        Cue::Deny,
        &[
            "neither|nobody|no one|none of|denied|denies|deny|denying|refused to|refuses to|refusing to|refuse to|failed to|declined to|declines to|ruled out",
            "rejected|rejects|rejecting|reject|unable to|unlikely|refused|refuses|turned down|dismissed|dismisses|denial|refutes|refuted",
            "fails to|fail to|no intention|no plans|stopped short|rules out|has not|have not|had not",
        ],
    ),
    (
        Cue::If,
        &[
            "if|unless|whether|could|might|may|would|should|in case|possible|possibility|potential|potentially|hypothetical|hopes|hope",
            "fear|fears|feared|fearing|threat of|threatened|threatens|threatening|threats of|threaten|risk of|risks|warned of|warned that",
            "prospect|prospects|intended to|intend to|plot|plotted|plotting|planned to|trying to|tried to|attempt to|attempts to|attempted to",
            "wants to|want to|wanted to|capable of|able to|in the event of|must|ought|as if|provided that|until|once|before any|either|as soon as",
        ],
    ),
    (
        Cue::Will,
        &[
            "will receive|will host|to host|will|to|shall|scheduled|plan|plans|planned|planning|due|set to|expected|upcoming|next|slated|is to|are to|was to|were to|ahead of",
            "agreed to hold|agreed to meet|prepare|prepares|preparing|forthcoming|future|later this|tomorrow|arranged|going to|about to|would|before",
        ],
    ),
    (
        Cue::Cancel,
        &[
            "cancel*|called off|calls off|scrapped|scrap|will not take place|suspended|suspend|abandoned|was off|is off|not take place",
        ],
    ),
    (Cue::Postpone, &["postpon*|delayed|put off|puts off|deferred|reschedul*|pushed back|moved to a later"]),
    (
        Cue::Invite,
        &[
            "invitation of|invited by|initiative of|hosted by|invitation from|invited|at the request of|mediation of|auspices of",
        ],
    ),
    (Cue::According, &["according to|cited by|citing|quoted by"]),
    (
        Cue::Said,
        &[
            "said|says|saying|told|tells|reported|reports|announced|confirmed|claimed|claims|stated|wrote|tweeted|declared|admitted",
            "reports that|acknowledged|added|noted|disclosed|insisted|warned|denied|denies",
        ],
    ),
    (Cue::In, &["in|at|near|outside|around|inside"]),
    (Cue::To, &["over|to|across|into|on|from|towards"]),
    (Cue::By, &["by"]),
    (Cue::From, &["from|effective from|starting from|starting|beginning|as of|effective|at|on|since"]),
    (Cue::Despite, &["despite|in spite of|notwithstanding"]),
    (Cue::But, &["but|although|though|however|while|whereas|yet"]),
    (Cue::And, &["and"]),
    (Cue::Was, &["was|were|been|left|leaving"]),
    (
        Cue::Title,
        &[
            "president|minister|ministers|prime minister|foreign minister|foreign ministers|secretary of state|secretary|chancellor|king",
            "queen|pope|general|colonel|major|lieutenant|captain|ambassador|senator|governor|mayor|leader|leaders|envoy|envoys|mr|mrs|ms",
            "dr|gen|col|maj|lt|sgt|sen|rep|gov|vice president|deputy|chief|director|spokesman|spokeswoman|spokesperson|defense minister",
            "defence minister|defense secretary|secretary general|premier|presidents|commander|special envoy|co chair|prince|emir|sultan",
            "foreign secretary|prime|foreign|defense|defence|state|professor|judge|chairman|chairwoman|speaker|adviser|adm|admiral|sir|counterpart",
            "acting|former|ex|officials|official|delegation|delegations|diplomats|lawmakers|representatives|negotiators|counterparts|prime ministers",
        ],
    ),
    (
        Cue::Body,
        &[
            "ministry|council|commission|party|army|agency|observatory|nations|union|organization|organisation|committee|parliament|group",
            "department|court|house|police|force|forces|government|pentagon|kremlin|nato|un|eu|office|cross|service|authority|senate|congress",
        ],
    ),
    (
        Cue::Function,
        &[
            "the|a|an|this|that|these|those|his|her|its|their|our|my|he|she|it|they|we|i|you|there|here|as|after|before|when|where|while|if|on",
            "for|with|from|by|of|also|now|then|during|since|despite|following|according|earlier|later|meanwhile|however|but|and|or|so|some|all",
            "many|most|more|both|each|one|two|three|four|five|six|seven|eight|nine|ten|dozens|hundreds|thousands|file|photo|read|watch|video",
            "last|next|no|not|what|who|how|why|while|at least|nearly|about|over|under|among|between|until|once|although|though|because|to",
            "speaking|meeting|talks|killed|ceasefire|truce|attack|attacks|news|today|yesterday|tomorrow|are|is|was|were|will|has|have|had|can",
            "monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october",
            "november|december|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|civilians|soldiers|people|president|minister",
        ],
    ),
    (Cue::Joint, &["of|de|al|bin|ibn|el|van|von|da|du|la|le|the"]),
];
