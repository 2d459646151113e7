//! The commands in private chats, groups, forums and channels.

use crate::support::world::{TRUCE, USER, World, button_labels, item};

const GROUP: i64 = -1_001_000_000_001;
const STRANGER: i64 = 99;

async fn group(forum: bool) -> World {
    let world = World::new().await;
    world.api.add_group(GROUP, "Desk", forum);
    world.api.set_admin(GROUP, USER);
    world
}

#[tokio::test]
async fn the_commands_are_in_the_platforms_menu() {
    let world = World::new().await;
    let names: Vec<String> = world.api.commands().into_iter().map(|(name, _)| name).collect();
    insta::assert_snapshot!(names.join(" "), @"start topics subscribe unsubscribe filter feed mute unmute why latest story search meetings timeline updates attention quiet timezone digest cap pause resume feeds settings help forget");
}

#[tokio::test]
async fn start_greets_with_buttons_that_toggle_in_place() {
    let world = World::new().await;
    insta::assert_snapshot!(world.send_command("/start").await, @r#"
    Ceasewire watches the news about Nagorno-Karabakh and writes to you when a story matches your topics or filters: one alert for each story, with its sources.

    Tap the topics you want. For words of your own, type /filter add and a rule, such as /filter add "Minsk Group". /help shows all commands.
    "#);
    let message = world.api.sent().pop().unwrap();
    insta::assert_snapshot!(button_labels(&message), @"
    [☐ Ceasefire] [☐ Meetings]
    [☐ Mediation] [☐ Casualties]
    [☐ Attacks] [☐ Humanitarian]
    [☐ Pipelines and energy]
    ");
    let messages = world.api.sent().len();

    world.api.press(USER, message.message_id, USER, "on:ceasefire");
    world.process_updates().await;
    let now = world.api.sent().pop().unwrap();
    insta::assert_snapshot!(button_labels(&now), @"
    [☑ Ceasefire] [☐ Meetings]
    [☐ Mediation] [☐ Casualties]
    [☐ Attacks] [☐ Humanitarian]
    [☐ Pipelines and energy]
    ");
    assert_eq!((world.api.sent().len(), now.edits), (messages, 1));
    assert_eq!(world.api.requests("answerCallbackQuery"), 1);

    world.api.press(USER, message.message_id, USER, "off:ceasefire");
    world.process_updates().await;
    insta::assert_snapshot!(button_labels(&world.api.sent().pop().unwrap()), @"
    [☐ Ceasefire] [☐ Meetings]
    [☐ Mediation] [☐ Casualties]
    [☐ Attacks] [☐ Humanitarian]
    [☐ Pipelines and energy]
    ");
}

#[tokio::test]
async fn topics_are_subscribed_and_left_by_name() {
    let world = World::new().await;
    insta::assert_snapshot!(world.converse(&["/subscribe ceasefire, meeting", "/unsubscribe meeting", "/subscribe ceasfire", "/subscribe weather", "/unsubscribe all"]).await, @r#"
    > /subscribe ceasefire, meeting
    Your topics: Ceasefire, Meetings.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.

    > /unsubscribe meeting
    Your topics: Ceasefire.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.

    > /subscribe ceasfire
    There is no topic "ceasfire". Did you mean ceasefire? /topics shows all of them.

    > /subscribe weather
    There is no topic "weather". There are: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.

    > /unsubscribe all
    No topics yet.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.
    "#);
}

#[tokio::test]
async fn filters_are_added_listed_and_removed() {
    let world = World::new().await;
    insta::assert_snapshot!(world.converse(&["/filter add \"Minsk Group\"", "/filter add “Minsk  Group”", "/filter add shusha | lachin", "/filter", "/filter remove 1", "/filter remove 2", "/filter add topic:ceasefire"]).await, @r#"
    > /filter add "Minsk Group"
    Filter 1 is on: "Minsk Group"
    It would have sent nothing in the last 7 days.

    > /filter add “Minsk  Group”
    You already have this filter: "Minsk Group"

    > /filter add shusha | lachin
    Filter 2 is on: shusha OR lachin
    It would have sent nothing in the last 7 days.

    > /filter
    Your filters
    1. "Minsk Group"
    2. shusha OR lachin
    Change one with /filter edit, its number and a rule; remove one with /filter remove and its number.

    > /filter remove 1
    Removed: "Minsk Group"

    > /filter remove 2
    There is no filter 2; you have one.

    > /filter add topic:ceasefire
    Ceasefire: you will be alerted.
    "#);
}

#[tokio::test]
async fn a_bad_rule_is_answered_with_the_place() {
    let world = World::new().await;
    insta::assert_snapshot!(world.send_command("/filter add Карабах (перемирие").await, @r"
    That rule does not work: this parenthesis has no end; close it with )
    Карабах (перемирие
            ^
    ");
    insta::assert_snapshot!(world.send_command("/filter add shusha topic:ceasfire").await, @r#"
    That rule does not work: there is no topic "ceasfire", did you mean "ceasefire"?; there are ceasefire, meeting, mediation, casualties, attack, humanitarian, energy
    shusha topic:ceasfire
                 ^^^^^^^^
    Did you mean shusha topic:ceasefire?
    "#);
}

#[tokio::test]
async fn a_long_list_comes_whole_in_several_messages() {
    let world = World::new().await;
    let words = (0..25).map(|number| format!("peculiar{number}")).collect::<Vec<_>>().join(" OR ");
    for number in 0..60 {
        world.api.user_says(USER, &format!("/filter add first{number} OR {words}"));
    }
    world.process_updates().await;
    let before = world.api.sent().len();
    let list = world.send_command("/filter").await;
    assert!(world.api.sent().len() > before + 1);
    for number in 0..60 {
        assert!(list.contains(&format!("{}. first{number} OR", number + 1)), "{number}");
    }
}

#[tokio::test]
async fn a_filter_is_tested_on_what_is_stored() {
    let mut world = World::new().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE), item("2", "Weather", "Sun")]);
    world.poll().await;
    world.publish("/post", &[item("9", "Guns fall silent", TRUCE)]);
    world.poll().await;
    // Two outlets, one story.
    insta::assert_snapshot!(world.converse(&["/filter test \"red cross\" -lachin", "/filter test aardvark"]).await, @r#"
    > /filter test "red cross" -lachin
    "red cross" -lachin
    It would have sent 1 alert in the last 7 days (UTC):
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 1 ▆▆▆▆▆▆▆▆▆▆▆▆

    Guns fall silent
    The Post (US) · date not given

    > /filter test aardvark
    aardvark
    It would have sent nothing in the last 7 days.
    3 stored articles were tried. Articles with each part of the rule: aardvark 0; none has all that it asks for.
    "#);
}

#[tokio::test]
async fn latest_shows_ones_own_then_those_of_a_rule() {
    let mut world = World::new().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE), item("2", "Weather in Baku", "Sun")]);
    world.poll().await;
    insta::assert_snapshot!(world.converse(&["/latest", "/subscribe ceasefire", "/latest 3", "/latest weather", "/latest aardvark"]).await, @"
    > /latest
    Latest

    Karabakh ceasefire agreed
    The Wire (GE) · date not given

    Weather in Baku
    The Wire (GE) · date not given

    > /subscribe ceasefire
    Your topics: Ceasefire.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.

    > /latest 3
    Latest

    Karabakh ceasefire agreed
    The Wire (GE) · date not given

    > /latest weather
    Latest

    Weather in Baku
    The Wire (GE) · date not given

    > /latest aardvark
    No matching article in the last 30 days.
    ");
}

#[tokio::test]
async fn pause_holds_alerts_and_resume_counts_them() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.send_command("/pause").await;
    // Matches are stamped with the poll's time, the pause with the machine's.
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert!(world.messages_starting_with("Ceasefire\n").is_empty());
    insta::assert_snapshot!(world.converse(&["/settings", "/resume"]).await, @"
    > /settings
    Settings of this chat
    Since: [date]
    Topics: Ceasefire
    Filters: 0
    Muted: 0
    Alerts: paused since [date], [time] UTC
    Attention: auto
    Quiet hours: none
    Digest: none
    Messages an hour: no cap
    Time zone: UTC
    Reminders of meetings: off
    When a story changes: its alert changes
    Change them with /topics, /filter, /mute, /attention, /quiet, /digest, /cap, /timezone, /pause, /resume; delete everything with /forget.

    > /resume
    Alerts are on again. Meanwhile one story matched your topics and filters; /latest shows it.
    ");
    world.send().await;
    assert!(world.messages_starting_with("Ceasefire\n").is_empty());
    insta::assert_snapshot!(world.send_command("/resume").await, @"Alerts are on already.");
    world.publish("/wire", &[item("2", "Another Karabakh ceasefire is announced", "")]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire\n").len(), 1);
}

#[tokio::test]
async fn forget_asks_and_then_deletes_everything() {
    let mut world = World::new().await;
    insta::assert_snapshot!(world.converse(&["/forget", "/subscribe ceasefire", "/filter add shusha", "/forget"]).await, @"
    > /forget
    Nothing is stored about this chat. Type /start to begin.

    > /subscribe ceasefire
    Your topics: Ceasefire.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.

    > /filter add shusha
    Filter 1 is on: shusha
    It would have sent nothing in the last 7 days.

    > /forget
    This deletes everything about this chat: 1 topic, 1 filter, 0 mutes, and the alerts sent. You cannot undo this. Delete?
    ");
    let message = world.api.sent().pop().unwrap();
    world.api.press(USER, message.message_id, USER, "forget:no");
    world.process_updates().await;
    insta::assert_snapshot!(world.send_command("/settings").await, @"
    Settings of this chat
    Since: [date]
    Topics: Ceasefire
    Filters: 1
    Muted: 0
    Alerts: on
    Attention: auto
    Quiet hours: none
    Digest: none
    Messages an hour: no cap
    Time zone: UTC
    Reminders of meetings: off
    When a story changes: its alert changes
    Change them with /topics, /filter, /mute, /attention, /quiet, /digest, /cap, /timezone, /pause, /resume; delete everything with /forget.
    ");
    world.api.press(USER, message.message_id, USER, "forget:yes");
    world.process_updates().await;
    insta::assert_snapshot!(world.send_command("/settings").await, @"Nothing is stored about this chat. Type /start to begin.");
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert!(world.messages_starting_with("Ceasefire\n").is_empty());
    assert!(world.store.list_all_rules().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_faulty_command_is_answered_with_a_hint() {
    let world = World::new().await;
    insta::assert_snapshot!(world.converse(&["/subscrib ceasefire", "/xyzzy", "/filter remove two", "/filter edit shusha", "/mute (", "/unmute 3", "/why what", "/filter ad x", "/filter add", "/latest 0", "/pause now", "hello"]).await, @r#"
    > /subscrib ceasefire
    There is no command /subscrib. Did you mean /subscribe? /help shows all of them.

    > /xyzzy
    There is no command /xyzzy. Type /help to see all of them.

    > /filter remove two
    There is no filter two. Type /filter to see them.

    > /filter edit shusha
    Which filter, and what is its new rule? Type /filter to see them numbered, then /filter edit 2 karabakh truce, for example.

    > /mute (
    That rule does not work: this parenthesis has no end; close it with )
    (
    ^

    > /unmute 3
    There is no mute 3; nothing is muted.

    > /why what
    what is no web address. Type /why and the whole address of an article, such as https://www.osce.org/minsk-group/466974; or just /why for the last alert.

    > /filter ad x
    I don't know "ad". Use /filter add RULE, /filter test RULE, /filter edit N RULE or /filter remove N.

    > /filter add
    A rule is missing. Type /filter add karabakh (ceasefire OR truce), for example.

    > /latest 0
    I show 1 to 20 articles. Type /latest 10, for example; to search for a number, put it in quotes.

    > /pause now
    I don't know "now". /pause takes nothing after it. Type /pause.

    > hello
    I understand commands. Type /help to see them, or /start to choose topics.
    "#);
    insta::assert_snapshot!(world.converse(&["/help", "/help rules"]).await, @r#"
    > /help
    Ceasewire watches the news about Nagorno-Karabakh.

    /start
        Begin: choose topics with two taps
    /topics
        The topics, with a button for each
    /subscribe [topic …]
        Subscribe to topics
    /unsubscribe [topic … | all]
        End subscriptions
    /filter [add RULE | test RULE | edit N RULE | remove N]
        Your own keyword rules
    /feed [add ADDRESS | remove N]
        Feeds of your own, only for this chat
    /mute [RULE | remove N]
        Never alert about something
    /unmute [N | RULE | stories]
        Alert about it again
    /why [ADDRESS]
        Why an alert came, or why an article did not
    /latest [N | RULE]
        Recent articles on your topics and filters, or on a rule
    /story
        All reports of an alert's story
    /search RULE
        Stories that match a rule, in all stored articles
    /meetings [remind on | remind off]
        Meetings ahead, for your calendar
    /timeline [DAYS]
        A chart of the last days
    /updates [loud | silent]
        Whether a changed story makes a sound again
    /attention [TOPIC | N] [urgent | events | normal | digest | auto]
        What comes with a sound, silently, or with the digest
    /quiet [23:00-07:00 [urgent | nothing] | off]
        Hours without alerts
    /timezone [CITY | +4]
        The time zone of your hours
    /digest [off | hourly | daily [08:00]]
        One message at set times for all that is not urgent
    /cap [N | off]
        The most messages in an hour; the rest are combined
    /pause
        No alerts until /resume
    /resume
        Alerts again
    /feeds [bad]
        For the operator: feeds that are failing or silent
    /settings
        The settings of this chat
    /help [rules]
        All commands; /help rules: how rules are written
    /forget
        Delete everything about this chat

    Rules
    karabakh ceasefire – both words
    ceasefire OR truce – one of them; a comma does the same
    shusha -football – without that word
    "Minsk Group" – these words in a row
    negotiat* – words that begin like this
    title:truce, source:osce.org, lang:ru, topic:ceasefire – in the headline, by an outlet, in a language, on a topic
    /help rules explains more. Try a rule with /filter test first.

    > /help rules
    How rules are written
    A rule says which words an article must have. Case and accents do not matter: shusha finds SHUSHA and Şuşa.

    Words
    ceasefire – this word and its inflected forms: ceasefires
    karabakh – a name of the conflict, in all its spellings: Qarabağ, Карабах, Արցախ
    =ceasefire – exactly this form and spelling
    negotiat* – words that begin like this: negotiate, negotiations
    "Minsk Group" – exactly these words in a row
    /(cease-?fire|truce)s?/ – a regular expression, in upper or lower case

    Together
    karabakh ceasefire – both, anywhere
    ceasefire OR truce – at least one; ceasefire, truce and ceasefire | truce mean the same
    shusha -football – the first and not the second; NOT means the same as the minus
    shusha NEAR/5 captured – within five words of each other, in either order
    karabakh (ceasefire OR truce) – parentheses group

    Where
    title:truce – in the headline; also title:(truce OR ceasefire), title:/truce/
    source:osce.org – by this outlet: its name or its site
    lang:ru – in this language
    topic:ceasefire – about a topic of /topics

    What binds first
    A field or = applies to the next word, phrase or group; then come NEAR, then the minus, then words side by side, then OR, and last the comma. So putin, macron talks -paris means putin OR (macron talks -paris). Parentheses make it clear.
    OR, AND, NOT and NEAR are operators in capitals only; "OR" in quotes is a word.

    Examples
    (aliyev OR pashinyan) (meet OR talks) -football
    "Red Cross" NEAR/10 prisoner
    title:ceasefire source:osce.org
    drone (shusha, stepanakert) -opinion

    Try it
    /filter test RULE shows the alerts that a rule would have sent, /filter add RULE adds it, /mute RULE stops alerts that match it, and /why shows which words matched.
    A rule has up to 4,096 characters and 500 words. One that would match articles without any of its words, such as -football alone, is refused.
    "#);
}

#[tokio::test]
async fn in_a_group_only_admins_change_things_and_everyone_may_look() {
    let world = group(false).await;
    insta::assert_snapshot!(world.send_group_command(GROUP, STRANGER, None, "/subscribe ceasefire").await, @"Only admins of this chat may change its settings.");
    insta::assert_snapshot!(world.send_group_command(GROUP, USER, None, "/subscribe ceasefire").await, @"
    Your topics: Ceasefire.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.
    ");
    world.api.group_says(GROUP, STRANGER, None, "/topics");
    world.process_updates().await;
    let topics = world.api.sent().pop().unwrap();
    insta::assert_snapshot!(topics.plain, @"
    Your topics: Ceasefire.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.
    ");
    world.api.press(STRANGER, topics.message_id, GROUP, "off:ceasefire");
    world.process_updates().await;
    insta::assert_snapshot!(button_labels(&world.api.sent().pop().unwrap()), @"
    [☑ Ceasefire] [☐ Meetings]
    [☐ Mediation] [☐ Casualties]
    [☐ Attacks] [☐ Humanitarian]
    [☐ Pipelines and energy]
    ");
    world.api.anonymous_admin_says(GROUP, "/unsubscribe all");
    world.process_updates().await;
    insta::assert_snapshot!(world.api.sent().pop().unwrap().plain, @"
    No topics yet.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.
    ");
}

#[tokio::test]
async fn in_a_group_chatter_and_other_bots_commands_are_left_alone() {
    let world = group(false).await;
    let before = world.api.sent().len();
    for text in ["hello", "/roll 6", "/start@some_other_bot", "/help@some_other_bot"] {
        world.api.group_says(GROUP, STRANGER, None, text);
        world.process_updates().await;
    }
    assert_eq!(world.api.sent().len(), before);
    let name = ceasewire_testkit::bot_api::BOT_USERNAME;
    insta::assert_snapshot!(world.send_group_command(GROUP, STRANGER, None, &format!("/help@{name}")).await, @r#"
    Ceasewire watches the news about Nagorno-Karabakh.

    /start
        Begin: choose topics with two taps
    /topics
        The topics, with a button for each
    /subscribe [topic …]
        Subscribe to topics
    /unsubscribe [topic … | all]
        End subscriptions
    /filter [add RULE | test RULE | edit N RULE | remove N]
        Your own keyword rules
    /feed [add ADDRESS | remove N]
        Feeds of your own, only for this chat
    /mute [RULE | remove N]
        Never alert about something
    /unmute [N | RULE | stories]
        Alert about it again
    /why [ADDRESS]
        Why an alert came, or why an article did not
    /latest [N | RULE]
        Recent articles on your topics and filters, or on a rule
    /story
        All reports of an alert's story
    /search RULE
        Stories that match a rule, in all stored articles
    /meetings [remind on | remind off]
        Meetings ahead, for your calendar
    /timeline [DAYS]
        A chart of the last days
    /updates [loud | silent]
        Whether a changed story makes a sound again
    /attention [TOPIC | N] [urgent | events | normal | digest | auto]
        What comes with a sound, silently, or with the digest
    /quiet [23:00-07:00 [urgent | nothing] | off]
        Hours without alerts
    /timezone [CITY | +4]
        The time zone of your hours
    /digest [off | hourly | daily [08:00]]
        One message at set times for all that is not urgent
    /cap [N | off]
        The most messages in an hour; the rest are combined
    /pause
        No alerts until /resume
    /resume
        Alerts again
    /feeds [bad]
        For the operator: feeds that are failing or silent
    /settings
        The settings of this chat
    /help [rules]
        All commands; /help rules: how rules are written
    /forget
        Delete everything about this chat

    Rules
    karabakh ceasefire – both words
    ceasefire OR truce – one of them; a comma does the same
    shusha -football – without that word
    "Minsk Group" – these words in a row
    negotiat* – words that begin like this
    title:truce, source:osce.org, lang:ru, topic:ceasefire – in the headline, by an outlet, in a language, on a topic
    /help rules explains more. Try a rule with /filter test first.
    "#);
    insta::assert_snapshot!(world.send_group_command(GROUP, STRANGER, None, &format!("/xyzzy@{name}")).await, @"There is no command /xyzzy. Type /help to see all of them.");
}

#[tokio::test]
async fn in_a_forum_answers_and_alerts_stay_in_their_topic() {
    let mut world = group(true).await;
    world.api.group_says(GROUP, USER, Some(44), "/subscribe ceasefire");
    world.process_updates().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let sent = world.api.sent();
    assert_eq!(sent.iter().map(|sent| (sent.chat_id, sent.thread)).collect::<Vec<_>>(), [(GROUP, Some(44)); 2]);
    world.api.group_says(GROUP, USER, None, "/topics");
    world.process_updates().await;
    let main = world.api.sent().pop().unwrap();
    assert_eq!(main.thread, None);
    insta::assert_snapshot!(main.plain, @"
    No topics yet.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.
    ");
}

#[tokio::test]
async fn a_channel_is_set_up_by_its_own_posts() {
    let mut world = World::new().await;
    let channel = -1_001_000_000_077;
    world.api.add_channel(channel);
    world.api.channel_post(channel, "/subscribe ceasefire");
    world.process_updates().await;
    insta::assert_snapshot!(world.api.sent().pop().unwrap().plain, @"
    Your topics: Ceasefire.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.
    ");
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire\n")[0].chat_id, channel);
}

#[tokio::test]
async fn a_deleted_rule_and_a_forgotten_chat_do_not_stop_the_others() {
    let mut world = World::new().await;
    for user in 20..24 {
        world.api.user_says(user, "/filter add karabakh");
        world.process_updates().await;
    }
    world.api.user_says(20, "/filter remove 1");
    world.process_updates().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let mut chats: Vec<i64> = world.messages_starting_with("karabakh\n").iter().map(|sent| sent.chat_id).collect();
    chats.sort_unstable();
    assert_eq!(chats, [21, 22, 23]);
}
