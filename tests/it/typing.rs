//! Rules and commands with the signs and habits of many keyboards: read as they are meant, or asked.

use crate::support::world::{TRUCE, USER, World, buttons_of, item};

/// The normal form of a rule, as a test shows it.
async fn shown(world: &World, typed: &str) -> String {
    let answer = world.send_command(&format!("/filter test {typed}")).await;
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_dozen_kinds_of_typing_are_read_as_they_are_meant() {
    let world = World::new().await;
    for (typed, expected) in [
        ("shusha ‑football", "shusha -football"),
        ("\u{200E}shusha\u{FEFF} \u{200B}-football", "shusha -football"),
        ("truce، corridor؛ bridge", "truce OR corridor OR bridge"),
        ("‘border village’", "\"border village\""),
        ("shusha near/5 bridge", "shusha NEAR/5 bridge"),
        ("/truce/i", "/truce/"),
        ("lang:русский shusha", "lang:ru shusha"),
        ("source:www.osce.org/minsk-group", "source:osce.org"),
        ("10,000 refugees", "10000 refugees"),
        ("#warehouse 🔥", "warehouse"),
        ("[road OR bridge] shusha", "(road OR bridge) shusha"),
        ("title = truce", "title:truce"),
        ("1. ceasefire", "ceasefire"),
    ] {
        assert_eq!(shown(&world, typed).await, expected, "{typed}");
    }
}

#[tokio::test]
async fn what_may_be_meant_otherwise_is_asked_with_buttons() {
    let world = World::new().await;
    for (typed, proposal) in [
        ("shusha !football", "add:shusha -football"),
        ("truce or corridor", "add:truce OR corridor"),
        ("truce\ncorridor", "add:truce OR corridor"),
        ("shusha without football", "add:shusha -football"),
        ("wom?n", "add:/\\bwom\\wn\\b/"),
    ] {
        world.send_command(&format!("/filter add {typed}")).await;
        let buttons = world.buttons();
        assert!(buttons.iter().any(|(_, data)| data == proposal), "{typed}: {buttons:?}");
        assert!(world.send_command("/filter").await.starts_with("No filters yet"), "{typed}");
    }
}

#[tokio::test]
async fn a_search_an_edit_and_a_list_propose_with_buttons_too() {
    let mut world = World::new().await;
    world.publish("/wire", &[item("1", "Women cross the bridge at Shusha", TRUCE)]);
    world.poll_and_send().await;
    let answer = || world.api.sent().pop().unwrap();
    for command in ["search", "latest"] {
        world.send_command(&format!("/{command} wom?n")).await;
        world.press_button("/\\bwom\\wn\\b/").await;
        assert!(answer().current_plain.contains("Women cross the bridge"), "{}", answer().current_plain);
    }
    world.send_command("/filter add hadrut").await;
    world.send_command("/filter edit 1 truce or road").await;
    assert!(world.send_command("/filter").await.contains("1. hadrut"));
    world.send_command("/filter edit 1 truce or road").await;
    let question = answer();
    world.press_button("truce OR road").await;
    assert!(world.send_command("/filter").await.contains("1. truce OR road"));
    world.send_command("/filter remove 1").await;
    let (_, stale) = buttons_of(&question).remove(0);
    world.api.press(USER, question.message_id, question.chat_id, &stale);
    world.process_updates().await;
    assert!(world.send_command("/filter").await.starts_with("No filters yet"));
}

#[tokio::test]
async fn a_mute_that_would_silence_alerts_asks_first() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let answer = world.send_command("/mute \"red cross\"").await;
    assert!(answer.contains("It would have kept back 1 of your 1 alerts"), "{answer}");
    assert!(world.send_command("/mute").await.starts_with("Nothing is muted"));
    world.send_command("/mute anyway \"red cross\"").await;
    assert!(world.send_command("/mute list").await.contains("\"red cross\""));
    for command in ["/mute the", "/mute 1"] {
        assert!(world.send_command(command).await.contains("Mute it?"), "{command}");
    }
}

#[tokio::test]
async fn several_commands_in_a_message_are_all_carried_out() {
    let world = World::new().await;
    world.send_command("/filter add shusha\n/filter add lachin\n\u{200F}/filter.").await;
    let filters = world.send_command("/filter").await;
    assert!(filters.contains("1. shusha") && filters.contains("2. lachin"), "{filters}");
    world.send_command("/filter remove #1, ۲").await;
    assert!(world.send_command("/filter").await.starts_with("No filters yet"));
}
