//! Promises of the store: claims are exclusive, keys settle races, the lock keeps a second process off a SQLite file.

use std::collections::BTreeMap;

use ceasewire::store::{Claim, FeedClaim, FeedLane, Store};
use ceasewire_model::attention::{Attention, Digests, Preferences, Quiet, RuleAttention};
use ceasewire_model::{Address, Platform, RuleId, SubscriberId, Tick};

use crate::support::world::{TRUCE, World, item};

#[tokio::test]
async fn a_claimed_feed_stays_claimed_until_its_lease_ends() {
    let world = World::unpolled(0).await;
    let now = world.now.plus_secs(1);
    let claim = |now: ceasewire_model::Timestamp| {
        let lease_until = now.plus_secs(30);
        world.store.claim_due_feeds(FeedClaim { lane: FeedLane::Operator, now, lease_until, limit: 10 })
    };
    assert_eq!(claim(now).await.unwrap().len(), 2);
    assert_eq!(claim(now.plus_secs(29)).await.unwrap().len(), 0);
    assert_eq!(claim(now.plus_secs(31)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn concurrent_claims_never_share_a_delivery() {
    let mut world = World::new().await;
    for user in 100..140 {
        world.api.user_says(user, "/subscribe ceasefire");
    }
    world.process_updates().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    let claims = (0..8).map(|_| async {
        let store = Store::open(&world.database.url).await.unwrap();
        let mut ids = Vec::new();
        loop {
            let mut claimed = Vec::new();
            for attention in Attention::ALL {
                let claim = Claim {
                    platform: Platform::Telegram,
                    now: world.now,
                    lease_secs: 60,
                    attention,
                    limit: 3,
                    busy: &[],
                    ahead_ms: 0,
                };
                claimed.extend(store.claim_due_deliveries(&claim).await.unwrap());
            }
            if claimed.is_empty() {
                return ids;
            }
            ids.extend(claimed.into_iter().map(|delivery| delivery.id));
        }
    });
    let mut ids: Vec<_> = futures::future::join_all(claims).await.concat();
    assert_eq!(ids.len(), 40);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 40);
}

#[tokio::test]
async fn two_nodes_that_store_one_story_at_once_alert_once() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    // One feed at a time, so that each node takes one of the two.
    world.settings.config.poller.concurrency = 1;
    let (one, two) = (world.another_node().await, world.another_node().await);
    for round in 0..5 {
        let title = format!("Karabakh ceasefire number {round} is agreed");
        let text = TRUCE.replace("ten hours", &format!("{round}0 hours"));
        world.publish("/wire", &[item(&format!("w{round}"), &title, &text)]);
        world.publish("/post", &[item(&format!("p{round}"), &format!("Guns fall silent again, time {round}"), &text)]);
        world.now = world.now.plus_secs(61);
        let (first, second) = tokio::join!(one.poller.tick(world.now), two.poller.tick(world.now));
        let polled =
            [first.unwrap(), second.unwrap()].map(|tick| if let Tick::Worked(feeds) = tick { feeds } else { 0 });
        assert_eq!(polled.iter().sum::<usize>(), 2, "{polled:?}");
        assert_eq!(world.store.count_stories().await.unwrap(), round + 1);
        world.send().await;
    }
    assert_eq!(world.messages_starting_with("Ceasefire\n").len(), 5);
}

#[tokio::test]
async fn a_chat_migration_moves_the_rules_that_the_new_chat_lacks() {
    let mut world = World::new().await;
    let (now, at) = (world.now, |chat: &str| Address { platform: Platform::Telegram, chat: chat.into(), thread: None });
    for (chat, rules) in [("-500", ["ceasefire", "karabakh"]), ("-100500", ["karabakh", "shusha"])] {
        let subscriber = world.store.insert_subscriber(&at(chat), now).await.unwrap();
        for rule in rules {
            world.store.insert_rule(subscriber.id, None, rule, now).await.unwrap();
        }
    }
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    assert_eq!(world.store.count_pending_deliveries().await.unwrap(), 2);
    world.store.migrate_chat(Platform::Telegram, "-500", "-100500").await.unwrap();
    assert!(world.store.find_subscriber(&at("-500")).await.unwrap().is_none());
    let there = world.store.find_subscriber(&at("-100500")).await.unwrap().unwrap();
    let mut rules: Vec<String> =
        world.store.list_rules(there.id).await.unwrap().into_iter().map(|rule| rule.text).collect();
    rules.sort();
    assert_eq!(rules, ["ceasefire", "karabakh", "shusha"]);
    // One story, one alert.
    assert_eq!(world.store.count_pending_deliveries().await.unwrap(), 1);
}

#[tokio::test]
async fn a_chat_migration_keeps_settings_that_the_new_chat_chose() {
    let world = World::new().await;
    let (store, now) = (&world.store, world.now);
    let at = |chat: &str| Address { platform: Platform::Telegram, chat: chat.into(), thread: None };
    let quiet = |from, until, lets_urgent| Some(Quiet { from, until, lets_urgent });
    let old = Preferences {
        time_zone: Some("Asia/Yerevan".into()),
        quiet: quiet(1380, 420, false),
        digests: Digests::Daily(1230),
        hourly_cap: Some(5),
    };
    let said = |preferences: &Preferences| preferences.clone();
    let table = [
        (Preferences::default(), said(&old)),
        (
            Preferences { quiet: quiet(60, 120, true), digests: Digests::Hourly, ..Preferences::default() },
            Preferences { quiet: quiet(60, 120, true), digests: Digests::Hourly, ..said(&old) },
        ),
        (
            Preferences { time_zone: Some("Europe/Berlin".into()), hourly_cap: Some(9), ..Preferences::default() },
            Preferences { time_zone: Some("Europe/Berlin".into()), hourly_cap: Some(9), ..said(&old) },
        ),
    ];
    for (number, (new, expected)) in table.into_iter().enumerate() {
        let (from, to) = (format!("-5{number}"), format!("-1005{number}"));
        let mut ids = Vec::new();
        for (chat, preferences) in [(&from, &old), (&to, &new)] {
            let id = store.insert_subscriber(&at(chat), now).await.unwrap().id;
            store.record_time_zone(id, preferences.time_zone.as_deref(), now).await.unwrap();
            store.record_quiet(id, preferences.quiet, now).await.unwrap();
            store.record_digests(id, preferences.digests, now).await.unwrap();
            store.record_hourly_cap(id, preferences.hourly_cap, now).await.unwrap();
            store.insert_rule(id, None, "shusha", now).await.unwrap();
            ids.push(id);
        }
        store.record_reminders(ids[0], true).await.unwrap();
        store.record_loud_updates(ids[0], true).await.unwrap();
        store.record_subscriber_paused(ids[0], Some(now)).await.unwrap();
        let rule = store.list_rules(ids[0]).await.unwrap().remove(0);
        store.record_rule_attention(rule.id, Some(RuleAttention::Digest)).await.unwrap();
        // Both chats report the migration, and each may do so twice.
        for _ in 0..3 {
            store.migrate_chat(Platform::Telegram, &from, &to).await.unwrap();
            let there = store.find_subscriber(&at(&to)).await.unwrap().unwrap();
            assert_eq!(there.preferences, expected, "{new:?}");
            assert_eq!((there.id, there.paused_at), (ids[1], Some(now)));
            assert!(there.reminders && there.loud_updates);
            let rules = store.list_rules(there.id).await.unwrap();
            assert!(rules.len() == 1 && rules[0].attention == Some(RuleAttention::Digest), "{rules:?}");
            assert!(store.find_subscriber(&at(&from)).await.unwrap().is_none());
        }
    }
}

#[tokio::test]
async fn a_second_process_on_one_sqlite_file_is_refused() {
    let world = World::new().await;
    if world.database.is_shared() {
        return;
    }
    let lock = Store::lock(&world.database.url).unwrap();
    let error = Store::lock(&world.database.url).unwrap_err().to_string();
    assert!(error.contains("in use by another ceasewire process"), "{error}");
    drop(lock);
    Store::lock(&world.database.url).unwrap();
}

#[tokio::test]
async fn a_feed_dropped_from_the_settings_comes_back_with_its_state() {
    let world = World::new().await;
    let sources = world.settings.feeds.clone();
    world.store.sync_feeds(&sources[..1], world.now).await.unwrap();
    assert_eq!(world.store.list_feeds().await.unwrap().len(), 1);
    world.store.sync_feeds(&sources, world.now).await.unwrap();
    let feeds = world.store.list_feeds().await.unwrap();
    assert!(feeds.len() == 2 && feeds.iter().all(|feed| feed.seeded_at.is_some()));
}

/// Rules and mutes of a process that follows the log of changes.
#[derive(Default)]
struct RuleFollower {
    revision: i64,
    rules: BTreeMap<RuleId, (SubscriberId, String)>,
    mutes: BTreeMap<RuleId, (SubscriberId, String)>,
}

impl RuleFollower {
    async fn follow(&mut self, store: &Store) {
        for change in store.list_rule_changes(self.revision).await.unwrap().unwrap() {
            assert_eq!(change.revision, self.revision + 1);
            self.revision = change.revision;
            let held = if change.mute { &mut self.mutes } else { &mut self.rules };
            if change.is_anonymous() {
                // The rule of a forgotten subscriber, of which the log keeps the id alone.
                held.remove(&change.id);
            } else if change.added {
                held.insert(change.id, (change.subscriber_id, change.text));
            } else {
                assert_eq!(held.remove(&change.id), Some((change.subscriber_id, change.text)));
            }
        }
        let rules = store.list_all_rules().await.unwrap().into_iter();
        let mutes = store.list_all_mutes().await.unwrap().into_iter();
        assert_eq!(self.rules, rules.map(|rule| (rule.id, (rule.subscriber_id, rule.text))).collect());
        assert_eq!(self.mutes, mutes.map(|mute| (mute.id, (mute.subscriber_id, mute.text))).collect());
        assert_eq!(self.revision, store.find_rules_revision().await.unwrap());
    }
}

#[tokio::test]
async fn a_follower_of_the_rule_log_holds_the_stored_rules() {
    let world = World::new().await;
    let (store, now) = (&world.store, world.now);
    let mut follower = RuleFollower::default();
    for text in
        ["/subscribe all", "/filter add shusha", "/filter add lachin", "/unsubscribe meeting", "/filter remove 1"]
    {
        world.send_command(text).await;
        follower.follow(store).await;
    }
    let at = |chat: &str| Address { platform: Platform::Telegram, chat: chat.into(), thread: None };
    let mut ids = Vec::new();
    for (chat, rules, mutes) in [
        ("-500", ["ceasefire", "karabakh"], ["football", "chess"]),
        ("-100500", ["karabakh", "shusha"], ["chess", "source:post"]),
        ("-700", ["karabakh", "baku"], ["chess", "golf"]),
    ] {
        let id = store.insert_subscriber(&at(chat), now).await.unwrap().id;
        for (rule, mute) in rules.into_iter().zip(mutes) {
            assert!(store.insert_rule(id, None, rule, now).await.unwrap().is_some());
            assert!(store.insert_rule(id, None, rule, now).await.unwrap().is_none());
            assert!(store.insert_mute(id, mute, now).await.unwrap());
            assert!(!store.insert_mute(id, mute, now).await.unwrap());
        }
        ids.push(id);
    }
    follower.follow(store).await;
    let rules = store.list_rules(ids[2]).await.unwrap();
    assert!(store.replace_rule(&rules[0], None, "stepanakert").await.unwrap());
    assert!(!store.replace_rule(&rules[0], None, "again").await.unwrap(), "it reads otherwise by now");
    assert!(!store.replace_rule(&rules[1], None, "stepanakert").await.unwrap(), "there is one like that");
    follower.follow(store).await;
    let texts: Vec<String> = store.list_rules(ids[2]).await.unwrap().into_iter().map(|rule| rule.text).collect();
    assert_eq!(texts, ["stepanakert", "baku"]);

    // Onto a chat that is there, to a new one, onto itself.
    for (from, to) in [("-500", "-100500"), ("-700", "-100700"), ("-100700", "-100700")] {
        store.migrate_chat(Platform::Telegram, from, to).await.unwrap();
        follower.follow(store).await;
    }
    assert_eq!(store.list_rules(ids[1]).await.unwrap().len(), 3);
    assert_eq!(store.list_mutes(ids[1]).await.unwrap().len(), 3);
    let mute = store.list_mutes(ids[1]).await.unwrap().remove(0);
    assert!(store.delete_mute(mute.id).await.unwrap());
    assert!(!store.delete_mute(mute.id).await.unwrap());
    follower.follow(store).await;
    for id in ids {
        store.delete_subscriber(id).await.unwrap();
        follower.follow(store).await;
    }
    assert!(follower.mutes.is_empty() && !follower.rules.is_empty());
    world.send_command("/unsubscribe all").await;
    follower.follow(store).await;
}

#[tokio::test]
async fn a_follower_too_far_behind_reads_every_rule() {
    let world = World::new().await;
    let (store, now) = (&world.store, world.now);
    assert_eq!(store.list_rule_changes(0).await.unwrap(), Some(Vec::new()));
    assert_eq!(store.list_rule_changes(1).await.unwrap(), None, "a revision that never was");
    let at = Address { platform: Platform::Telegram, chat: "1".into(), thread: None };
    let subscriber = store.insert_subscriber(&at, now).await.unwrap().id;
    // The log keeps the last ten thousand; a deletion of many at once counts each.
    for number in 0..6 {
        store.insert_rule(subscriber, None, &format!("word{number}"), now).await.unwrap();
    }
    let rules = store.list_rules(subscriber).await.unwrap();
    let mut text = rules[0].text.clone();
    for round in 0..5600 {
        let next = format!("word{}", round % 2 + 10);
        let rule = ceasewire_model::Rule { text, ..rules[0].clone() };
        assert!(store.replace_rule(&rule, None, &next).await.unwrap());
        text = next;
    }
    let revision = store.find_rules_revision().await.unwrap();
    assert_eq!(revision, 6 + 2 * 5600);
    assert_eq!(store.list_rule_changes(0).await.unwrap(), None);
    assert_eq!(store.list_rule_changes(999).await.unwrap(), None);
    assert_eq!(store.list_rule_changes(1000).await.unwrap().unwrap().len(), 10_206);
    assert_eq!(store.list_rule_changes(revision).await.unwrap(), Some(Vec::new()));
}

#[tokio::test]
async fn a_deferred_delivery_that_becomes_urgent_is_due_at_once() {
    let mut world = World::new().await;
    world.send_command("/filter add \"Red Cross\"").await;
    world.send_command("/subscribe ceasefire").await;
    let text = TRUCE.replace("agreed to a ceasefire", "agreed to stop");
    world.publish("/wire", &[item("1", "Guns to fall silent in Karabakh", &text)]);
    world.poll().await;
    let judged = world.claim_deliveries(Attention::Normal).await;
    assert_eq!(judged.len(), 1);
    world.publish("/post", &[item("2", "Ceasefire agreed for Karabakh", TRUCE)]);
    world.poll().await;
    let until_morning = Some(world.now.plus_secs(8 * 3600));
    world.store.release_claimed(&[(&judged[0], until_morning)]).await.unwrap();
    // The alert, and the new event: the alert's message may have left without it.
    assert_eq!(world.claim_deliveries(Attention::Urgent).await.len(), 2);
}
