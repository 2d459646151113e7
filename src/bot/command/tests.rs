use super::*;

/// The debug form of a request.
fn request(text: &str) -> String {
    match parse(text, Some("Ceasewire_bot")) {
        ParsedMessage::Request(request) => format!("{request:?}"),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn messages_are_parsed_as_requests() {
    for (text, expected) in [
        ("/start", "StartRequest"),
        ("/start payload", "StartRequest"),
        ("/START@ceasewire_bot", "StartRequest"),
        ("/subscribe ceasefire, Meeting", r#"SubscribeRequest(["ceasefire", "meeting"])"#),
        ("/unsubscribe", "Show"),
        ("/unsubscribe ALL", "All"),
        ("/filter", "List"),
        ("/filter add \"Minsk Group\"", r#"Add("\"Minsk Group\"")"#),
        ("/filter add\nminsk", r#"Add("minsk")"#),
        ("/filter remove 2", "Remove(Numbers([2]))"),
        ("/filter remove #1, 3", "Remove(Numbers([1, 3]))"),
        ("/filter delete all", "Remove(All)"),
        ("/filter remove shusha", r#"RemoveRule("shusha")"#),
        ("/filter edit #1: x", r#"Edit(1, "x")"#),
        ("/filter edit ۱. x", r#"Edit(1, "x")"#),
        ("\u{200B}/help", "Commands"),
        ("\u{200F}／filter", "List"),
        ("/help.", "Commands"),
        ("/help@", "Commands"),
        ("/help@ceasewire_bot,", "Commands"),
        ("/latest ۵", "Count(5)"),
        ("/latest #5", "Count(5)"),
        ("/timeline ۳۰", "TimelineRequest(30)"),
        ("/timeline 30 days", "TimelineRequest(30)"),
        ("/updates on", "Loud"),
        ("/updates off", "Silent"),
        ("/meetings on", "RemindersOn"),
        ("/meetings off", "RemindersOff"),
        ("/mute list", "List"),
        ("/mute off", "List"),
        ("/mute add football", r#"Mute { rule: "football", sure: false }"#),
        ("/mute anyway football", r#"Mute { rule: "football", sure: true }"#),
        ("/mute remove #1", "Unmute(Numbers([1]))"),
        ("/mute off 1-2", "Unmute(Numbers([1, 2]))"),
        ("/mute this", "Story"),
        ("/mute football 2h", r#"Timed("football")"#),
        ("/mute drone strike for 3 days", r#"Timed("drone strike")"#),
        ("/unmute all", "Unmute(All)"),
        ("/unmute 1.", "Unmute(Numbers([1]))"),
        ("/filter test a OR b", r#"Test("a OR b")"#),
        ("/filter edit 2 a OR b", r#"Edit(2, "a OR b")"#),
        ("/feed", "List"),
        ("/feed list", "List"),
        ("/feed add news.example", r#"Add("news.example")"#),
        ("/feed https://news.example/RSS", r#"Add("https://news.example/RSS")"#),
        ("/feed remove 2", r#"Remove("2")"#),
        ("/feeds bad", "TroubledFeedsRequest"),
        ("/feeds", "TroubledFeedsRequest"),
        ("/mute", "List"),
        ("/mute source:post", r#"Mute { rule: "source:post", sure: false }"#),
        ("/unmute", "List"),
        ("/unmute 1", "Unmute(Numbers([1]))"),
        ("/unmute football", r#"UnmuteRule("football")"#),
        ("/why", "Alert"),
        ("/why https://a.example/1", r#"Article("https://a.example/1")"#),
        ("/help", "Commands"),
        ("/help Rules", "Rules"),
        ("/latest", "Count(5)"),
        ("/latest 3", "Count(3)"),
        ("/latest shusha", r#"Rule("shusha")"#),
        ("/story", "StoryRequest"),
        ("/search shusha -oil", r#"SearchRequest("shusha -oil")"#),
        ("/meetings", "List"),
        ("/meetings Remind on", "RemindersOn"),
        ("/timeline", "TimelineRequest(30)"),
        ("/timeline 90", "TimelineRequest(90)"),
        ("/updates", "Show"),
        ("/updates loud", "Loud"),
        ("/attention", "List"),
        ("/attention Ceasefire URGENT", r#"Set { rule: "ceasefire", attention: Some(Urgent) }"#),
        ("/attention pipelines and  energy digest", r#"Set { rule: "pipelines and energy", attention: Some(Digest) }"#),
        ("/attention #2: digest", r#"Set { rule: "2", attention: Some(Digest) }"#),
        ("/attention ceasefire = normal", r#"Set { rule: "ceasefire", attention: Some(Normal) }"#),
        ("/attention 2 auto", r#"Set { rule: "2", attention: None }"#),
        ("/quiet", "Show"),
        ("/quiet OFF", "Set(None)"),
        ("/quiet none", "Set(None)"),
        ("/quiet 23-7", "Set(Some(Quiet { from: 1380, until: 420, lets_urgent: true }))"),
        ("/quiet 11pm-7am Nothing", "Set(Some(Quiet { from: 1380, until: 420, lets_urgent: false }))"),
        ("/quiet ۲۳–۷", "Set(Some(Quiet { from: 1380, until: 420, lets_urgent: true }))"),
        ("/timezone", "Show"),
        ("/timezone New York", r#"Set("New York")"#),
        ("/digest", "Show"),
        ("/digest off", "Set(Off)"),
        ("/digest 08:00", "Set(Daily(480))"),
        ("/digest Daily", "Set(Daily(480))"),
        ("/cap", "Show"),
        ("/cap off", "Set(None)"),
        ("/cap none", "Set(None)"),
        ("/cap ۱۰", "Set(Some(10))"),
        ("/cap 60", "Set(Some(60))"),
        ("/forget", "ForgetRequest"),
    ] {
        assert_eq!(request(text), expected, "{text}");
    }
    assert!(matches!(parse("hello", None), ParsedMessage::Chatter));
    assert!(matches!(parse("/start@other_bot", Some("ceasewire_bot")), ParsedMessage::OtherBot));
}

#[test]
fn an_unknown_command_suggests_a_similar_one() {
    for (text, expected) in [("/subscrib", Some("subscribe")), ("/xyzzy", None), ("/", None)] {
        let ParsedMessage::Fault(CommandFault::Unknown { similar, addressed: false, .. }) = parse(text, None) else {
            panic!("{text}");
        };
        assert_eq!(similar, expected, "{text}");
    }
}

#[test]
fn faults_in_arguments_are_typed() {
    use ArgumentFault as F;
    let unknown = |typed: &str| F::Unknown(typed.into());
    for (text, expected) in [
        ("/pause now", unknown("now")),
        ("/filter remove", F::explained("filter-number", "")),
        ("/filter remove 0", F::explained("filter-number", "0")),
        ("/filter edit 2", F::explained("filter-edit-how", "2")),
        ("/filter edit shusha lachin", F::explained("filter-edit-how", "shusha lachin")),
        ("/filter ad x", unknown("ad")),
        ("/filter add", F::RuleMissing("filter add")),
        ("/feed add", F::explained("feed-how", "add")),
        ("/feed ad x", F::explained("feed-how", "ad x")),
        ("/feeds good", unknown("good")),
        ("/search", F::RuleMissing("search")),
        ("/meetings remind", unknown("remind")),
        ("/timeline 0", F::explained("timeline-days", "0")),
        ("/timeline 366", F::explained("timeline-days", "366")),
        ("/updates soft", unknown("soft")),
        ("/mute all", F::explained("mute-all", "all")),
        ("/attention urgent", F::explained("attention-fault", "urgent")),
        ("/attention ceasefire", F::explained("attention-fault", "ceasefire")),
        ("/attention ceasefire loud", F::explained("attention-fault", "ceasefire loud")),
        ("/attention #: urgent", F::explained("attention-fault", "#: urgent")),
        ("/quiet at Night", F::explained("quiet-fault", "at Night")),
        ("/quiet 23", F::explained("quiet-fault", "23")),
        ("/digest weekly", F::explained("digest-fault", "weekly")),
        ("/cap 0", F::explained("cap-fault", "0")),
        ("/cap 61", F::explained("cap-fault", "61")),
        ("/cap ten", F::explained("cap-fault", "ten")),
        ("/latest 0", F::explained("latest-count", "0")),
        ("/latest 99", F::explained("latest-count", "99")),
        ("/latest -1", F::explained("latest-count", "-1")),
    ] {
        let ParsedMessage::Fault(CommandFault::Arguments(command, fault)) = parse(text, None) else {
            panic!("{text}");
        };
        assert_eq!(fault, expected, "{text}");
        assert!(text[1..].starts_with(command.name), "{text}");
    }
}

#[test]
fn argument_faults_name_arguments_that_work() {
    use crate::bot::reply::command_fault;
    use crate::locale::Locale;

    for (text, expected) in [
        ("/updates soft", "I don't know \"soft\". Use /updates loud or /updates silent."),
        (
            "/meetings remind",
            "Something is missing after \"/meetings remind\". Use /meetings remind on or /meetings remind off.",
        ),
        ("/feeds good", "I don't know \"good\". Use /feeds bad."),
        ("/pause now", "I don't know \"now\". /pause takes nothing after it. Type /pause."),
        (
            "/filter ad x",
            "I don't know \"ad\". Use /filter add RULE, /filter test RULE, /filter edit N RULE or /filter remove N.",
        ),
        ("/search", "A rule is missing. Type /search karabakh (ceasefire OR truce), for example."),
    ] {
        let ParsedMessage::Fault(fault) = parse(text, None) else { panic!("{text}") };
        assert_eq!(command_fault(Locale::default(), &fault).to_plain(), expected, "{text}");
    }
}

/// The examples of a command are what faults tell people to type.
#[test]
fn the_examples_of_commands_are_valid() {
    for command in COMMANDS {
        for example in command.examples {
            let example = example.replace("N ", "1 ").replace(" N", " 1");
            let text = format!("/{} {example}", command.name);
            assert!(matches!(parse(&text, None), ParsedMessage::Request(_)), "{text}");
        }
        assert_eq!(COMMANDS.iter().filter(|other| other.name == command.name).count(), 1, "{}", command.name);
    }
}

#[test]
fn a_message_has_a_command_on_each_line_that_begins_with_one() {
    for (text, expected) in [
        ("/filter add a\n/filter add b", &["/filter add a", "/filter add b"][..]),
        ("/subscribe ceasefire\n\n\u{200E}/help\n", &["/subscribe ceasefire", "\u{200E}/help"]),
        ("/filter add a\nb", &["/filter add a\nb"]),
        ("/filter add a\n/b/", &["/filter add a\n/b/"]),
        ("hello\n/help\n/help", &["hello\n/help\n/help"]),
        ("/help", &["/help"]),
    ] {
        assert_eq!(split(text), expected, "{text}");
    }
    assert_eq!(split(&"/help\n".repeat(9)).len(), MAX_COMMANDS);
}
