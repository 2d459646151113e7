//! The commands, as people in private chats, groups, forums and channels use them.

use crate::support::world::{TRUCE, USER, World, item};

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
    for name in [
        "start",
        "subscribe",
        "unsubscribe",
        "topics",
        "filter",
        "mute",
        "unmute",
        "why",
        "latest",
        "pause",
        "resume",
        "settings",
        "help",
        "forget",
    ] {
        assert!(names.contains(&name.to_owned()), "{name}");
    }
}

#[tokio::test]
async fn start_greets_with_buttons_that_toggle_in_place() {
    let world = World::new().await;
    let greeting = world.say("/start").await;
    assert!(greeting.contains("Nagorno-Karabakh"), "{greeting}");
    let message = world.api.sent().pop().unwrap();
    assert!(message.markup_text().contains("☐ Ceasefire"));
    let messages = world.api.sent().len();

    world.api.press(USER, message.message_id, USER, "on:ceasefire");
    world.answer().await;
    let now = world.api.sent().pop().unwrap();
    assert!(now.markup_text().contains("☑ Ceasefire"), "{}", now.markup_text());
    assert_eq!((world.api.sent().len(), now.edits), (messages, 1));
    assert_eq!(world.api.requests("answerCallbackQuery"), 1);

    world.api.press(USER, message.message_id, USER, "off:ceasefire");
    world.answer().await;
    assert!(world.api.sent().pop().unwrap().markup_text().contains("☐ Ceasefire"));
}

#[tokio::test]
async fn topics_are_subscribed_and_left_by_name() {
    let world = World::new().await;
    assert!(world.say("/subscribe ceasefire, meeting").await.contains("Your topics: Ceasefire, Meetings."));
    assert!(world.say("/unsubscribe meeting").await.contains("Your topics: Ceasefire."));
    assert!(world.say("/subscribe ceasfire").await.contains("Did you mean ceasefire?"));
    assert!(world.say("/subscribe weather").await.contains("There are: ceasefire, meeting"));
    assert!(world.say("/unsubscribe all").await.contains("No topics yet."));
}

#[tokio::test]
async fn filters_are_added_listed_and_removed() {
    let world = World::new().await;
    let added = world.say("/filter add \"Minsk Group\"").await;
    assert_eq!(added, "Filter 1 is on: \"Minsk Group\"\nIt would have sent nothing in the last 7 days.");
    assert_eq!(world.say("/filter add “Minsk  Group”").await, "You already have this filter: \"Minsk Group\"");
    assert!(world.say("/filter add shusha | lachin").await.starts_with("Filter 2 is on: shusha OR lachin\n"));
    assert!(world.say("/filter").await.contains("1. \"Minsk Group\"\n2. shusha OR lachin\n"));
    assert_eq!(world.say("/filter remove 1").await, "Removed: \"Minsk Group\"");
    assert_eq!(world.say("/filter remove 2").await, "There is no filter 2; you have one.");
    assert!(world.say("/filter add topic:ceasefire").await.starts_with("Ceasefire: you will be alerted"));
}

#[tokio::test]
async fn a_bad_rule_is_answered_with_the_place() {
    let world = World::new().await;
    insta::assert_snapshot!(world.say("/filter add Карабах (перемирие").await, @r"
    That rule does not work: this parenthesis has no end; close it with )
    Карабах (перемирие
            ^
    ");
    let fault = world.say("/filter add shusha topic:ceasfire").await;
    assert!(
        fault.contains("did you mean \"ceasefire\"?")
            && fault.ends_with("\nshusha topic:ceasfire\n             ^^^^^^^^"),
        "{fault}"
    );
}

#[tokio::test]
async fn a_long_list_comes_whole_in_several_messages() {
    let world = World::new().await;
    let words = (0..25).map(|number| format!("peculiar{number}")).collect::<Vec<_>>().join(" OR ");
    for number in 0..60 {
        world.api.user_says(USER, &format!("/filter add first{number} OR {words}"));
    }
    world.answer().await;
    let before = world.api.sent().len();
    let list = world.say("/filter").await;
    assert!(world.api.sent().len() > before + 1);
    for number in 0..60 {
        assert!(list.contains(&format!("{}. first{number} OR", number + 1)), "{number}");
    }
}

#[tokio::test]
async fn a_filter_is_tested_on_what_is_stored() {
    let mut world = World::new().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE), item("2", "Weather", "Sun")]);
    world.publish("/post", &[item("9", "Guns fall silent", TRUCE)]);
    world.poll().await;
    let test = world.say("/filter test \"red cross\" -lachin").await;
    // Two outlets, one story.
    assert!(test.starts_with("\"red cross\" -lachin\nIt would have sent 1 alert in the last 7 days (UTC):"), "{test}");
    assert!(test.contains("The Wire (GE)") || test.contains("The Post (US)"), "{test}");
    assert!(world.say("/filter test aardvark").await.contains("would have sent nothing"));
}

#[tokio::test]
async fn latest_shows_ones_own_then_those_of_a_rule() {
    let mut world = World::new().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE), item("2", "Weather in Baku", "Sun")]);
    world.poll().await;
    let all = world.say("/latest").await;
    assert!(all.contains("Karabakh ceasefire agreed") && all.contains("Weather in Baku"), "{all}");
    world.say("/subscribe ceasefire").await;
    let own = world.say("/latest 3").await;
    assert!(own.contains("Karabakh ceasefire agreed") && !own.contains("Weather in Baku"), "{own}");
    assert!(world.say("/latest weather").await.contains("Weather in Baku"));
    assert!(world.say("/latest aardvark").await.contains("No matching article"));
}

#[tokio::test]
async fn pause_holds_alerts_and_resume_says_what_came() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world.say("/pause").await;
    // Matches are stamped with the poll's time, the pause with the machine's.
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert!(world.sent_starting("Ceasefire\n").is_empty());
    assert!(world.say("/settings").await.contains("paused since"));
    assert!(world.say("/resume").await.contains("Meanwhile one story matched"));
    world.send().await;
    assert!(world.sent_starting("Ceasefire\n").is_empty());
    assert_eq!(world.say("/resume").await, "Alerts are on already.");
    world.publish("/wire", &[item("2", "Another Karabakh ceasefire is announced", "")]);
    world.poll_and_send().await;
    assert_eq!(world.sent_starting("Ceasefire\n").len(), 1);
}

#[tokio::test]
async fn forget_asks_and_then_deletes_everything() {
    let mut world = World::new().await;
    assert!(world.say("/forget").await.contains("Nothing is stored"));
    world.say("/subscribe ceasefire").await;
    world.say("/filter add shusha").await;
    let question = world.say("/forget").await;
    assert!(question.contains("1 topic, 1 filter, 0 mutes"), "{question}");
    let message = world.api.sent().pop().unwrap();
    world.api.press(USER, message.message_id, USER, "forget:no");
    world.answer().await;
    assert!(world.say("/settings").await.contains("Topics: Ceasefire"));
    world.api.press(USER, message.message_id, USER, "forget:yes");
    world.answer().await;
    assert!(world.say("/settings").await.contains("Nothing is stored"));
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert!(world.sent_starting("Ceasefire\n").is_empty());
    assert!(world.store.list_all_rules().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_wrong_and_what_to_type_is_said() {
    let world = World::new().await;
    for (text, part) in [
        ("/subscrib ceasefire", "Did you mean /subscribe?"),
        ("/xyzzy", "Type /help"),
        ("/filter remove two", "/filter remove 2"),
        ("/filter edit shusha", "/filter edit 2 karabakh truce"),
        ("/mute (", "this parenthesis has no end"),
        ("/unmute 3", "nothing is muted"),
        ("/why what", "what is no web address"),
        ("/filter ad x", "/filter add RULE"),
        ("/filter add", "A rule is missing"),
        ("/latest 0", "1 to 20"),
        ("/pause now", "Type /pause."),
        ("hello", "/help"),
    ] {
        let answer = world.say(text).await;
        assert!(answer.contains(part), "{text}: {answer}");
    }
    let help = world.say("/help").await;
    assert!(
        help.contains("/filter [add RULE | test RULE | edit N RULE | remove N]") && help.contains("negotiat*"),
        "{help}"
    );
    let rules = world.say("/help rules").await;
    assert!(rules.contains("What binds first") && rules.contains("NEAR/5") && rules.contains("=ceasefire"), "{rules}");
}

#[tokio::test]
async fn in_a_group_only_admins_change_things_and_everyone_may_look() {
    let world = group(false).await;
    world.api.group_says(GROUP, STRANGER, None, "/subscribe ceasefire");
    world.answer().await;
    assert!(world.api.sent().pop().unwrap().plain.contains("Only admins"));
    world.api.group_says(GROUP, USER, None, "/subscribe ceasefire");
    world.answer().await;
    assert!(world.api.sent().pop().unwrap().plain.contains("Your topics: Ceasefire."));
    world.api.group_says(GROUP, STRANGER, None, "/topics");
    world.answer().await;
    let topics = world.api.sent().pop().unwrap();
    assert!(topics.plain.contains("Your topics: Ceasefire."));
    world.api.press(STRANGER, topics.message_id, GROUP, "off:ceasefire");
    world.answer().await;
    assert!(world.api.sent().pop().unwrap().markup_text().contains("☑ Ceasefire"));
    world.api.anonymous_admin_says(GROUP, "/unsubscribe all");
    world.answer().await;
    assert!(world.api.sent().pop().unwrap().plain.contains("No topics yet."));
}

#[tokio::test]
async fn in_a_group_chatter_and_other_bots_commands_are_left_alone() {
    let world = group(false).await;
    let before = world.api.sent().len();
    for text in ["hello", "/roll 6", "/start@some_other_bot", "/help@some_other_bot"] {
        world.api.group_says(GROUP, STRANGER, None, text);
        world.answer().await;
    }
    assert_eq!(world.api.sent().len(), before);
    let name = crate::support::bot_api::BOT_USERNAME;
    world.api.group_says(GROUP, STRANGER, None, &format!("/help@{name}"));
    world.answer().await;
    assert!(world.api.sent().pop().unwrap().plain.contains("/filter"));
    world.api.group_says(GROUP, STRANGER, None, &format!("/xyzzy@{name}"));
    world.answer().await;
    assert!(world.api.sent().pop().unwrap().plain.contains("There is no command"));
}

#[tokio::test]
async fn in_a_forum_answers_and_alerts_stay_in_their_topic() {
    let mut world = group(true).await;
    world.api.group_says(GROUP, USER, Some(44), "/subscribe ceasefire");
    world.answer().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let sent = world.api.sent();
    assert_eq!(sent.iter().map(|sent| (sent.chat_id, sent.thread)).collect::<Vec<_>>(), [(GROUP, Some(44)); 2]);
    world.api.group_says(GROUP, USER, None, "/topics");
    world.answer().await;
    let main = world.api.sent().pop().unwrap();
    assert_eq!(main.thread, None);
    assert!(main.plain.contains("No topics yet."));
}

#[tokio::test]
async fn a_channel_is_set_up_by_its_own_posts() {
    let mut world = World::new().await;
    let channel = -1_001_000_000_077;
    world.api.add_channel(channel);
    world.api.channel_post(channel, "/subscribe ceasefire");
    world.answer().await;
    assert!(world.api.sent().pop().unwrap().plain.contains("Your topics: Ceasefire."));
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(world.sent_starting("Ceasefire\n")[0].chat_id, channel);
}

#[tokio::test]
async fn a_deleted_rule_and_a_forgotten_chat_do_not_stop_the_others() {
    let mut world = World::new().await;
    for user in 20..24 {
        world.api.user_says(user, "/filter add karabakh");
        world.answer().await;
    }
    world.api.user_says(20, "/filter remove 1");
    world.answer().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let mut chats: Vec<i64> = world.sent_starting("karabakh\n").iter().map(|sent| sent.chat_id).collect();
    chats.sort_unstable();
    assert_eq!(chats, [21, 22, 23]);
}
