//! One night as a script: an outage of the platform for six hours, a chat migration, a group that removes the bot and
//! invites it back, a deleted forum topic, and quiet hours over the change of daylight-saving time. The snapshot shows
//! the messages of each chat with their times.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ceasewire::app;
use ceasewire::chat::Messenger;
use ceasewire::chat::telegram::Telegram;
use ceasewire_model::{Clock, Timestamp};

use crate::support::world::{World, item};
use ceasewire_testkit::bot_api::Fault;
use ceasewire_testkit::feed_site::FeedItem;

/// A journalist in Berlin who sleeps from eleven to seven.
const JOURNALIST: i64 = 7;
/// An analyst in Yerevan with a digest at eight.
const ANALYST: i64 = 8;
/// A group that becomes a supergroup.
const GROUP: i64 = -500;
const SUPERGROUP: i64 = -1_001_000_000_500;
/// A group that removes the bot and invites it back.
const FICKLE: i64 = -1_001_000_000_600;
/// A forum whose topic is deleted.
const FORUM: i64 = -1_001_000_000_700;
const TOPIC: i64 = 44;

struct Night {
    world: World,
    clock: Arc<AtomicI64>,
    items: Vec<FeedItem>,
    seen: usize,
    heard: BTreeMap<i64, Vec<String>>,
}

impl Night {
    /// The evening of 24 October 2020, when clocks in Berlin go back an hour at 01:00 UTC.
    async fn begin() -> Self {
        let mut world = World::unpolled_at(0, at("24T17:50")).await;
        let clock = Arc::new(AtomicI64::new(world.now.0));
        let telegram =
            Telegram::new(world.api.token().to_owned().into(), world.api.url().parse().unwrap(), 1, 2).unwrap();
        let messenger: Arc<dyn Messenger> = Arc::new(telegram);
        world.parts =
            app::build(&world.settings, &world.store, &[messenger], Clock::Set(Arc::clone(&clock)), 0).unwrap();
        world.publish("/wire", &[]);
        world.publish("/post", &[]);
        world.poll().await;
        world.api.add_group(GROUP, "Desk", false);
        world.api.add_group(FICKLE, "Fickle", false);
        world.api.add_group(FORUM, "Forum", true);
        world.api.add_topic(FORUM, TOPIC);
        for text in ["/subscribe ceasefire, meeting, casualties", "/timezone Europe/Berlin", "/quiet 23:00-07:00"] {
            world.api.user_says(JOURNALIST, text);
        }
        for text in ["/subscribe meeting, casualties", "/timezone Asia/Yerevan", "/digest daily 08:00"] {
            world.api.user_says(ANALYST, text);
        }
        for group in [GROUP, FICKLE, FORUM] {
            world.api.set_admin(group, JOURNALIST);
        }
        world.api.group_says(GROUP, JOURNALIST, None, "/subscribe ceasefire, meeting, casualties");
        world.api.group_says(FICKLE, JOURNALIST, None, "/subscribe ceasefire, meeting, casualties");
        world.api.group_says(FORUM, JOURNALIST, Some(TOPIC), "/subscribe meeting, casualties");
        world.process_updates().await;
        let seen = world.api.sent().len();
        Self { world, clock, items: Vec::new(), seen, heard: BTreeMap::new() }
    }

    /// Lets the night go on until a time, in steps of five minutes, and records the messages.
    async fn until(&mut self, time: &str) {
        let end = at(time);
        while self.world.now < end {
            self.world.now = self.world.now.plus_secs(300).min(end);
            self.clock.store(self.world.now.0, Ordering::Relaxed);
            self.world.parts.poller.tick(self.world.now).await.unwrap();
            // Rate limits of chats last seconds, a step of the night five minutes.
            for seconds in 0..4 {
                let now = self.world.now;
                self.world.now = now.plus_secs(seconds * 8);
                self.world.send().await;
                self.world.now = now;
            }
            self.note();
        }
    }

    /// Publishes an article.
    fn report(&mut self, id: &str, title: &str, text: &str) {
        self.items.insert(0, item(id, title, text));
        self.world.publish("/wire", &self.items);
    }

    /// Lets the bot process its updates, and records its messages.
    async fn answer(&mut self) {
        self.clock.store(self.world.now.0, Ordering::Relaxed);
        self.world.process_updates().await;
        self.note();
    }

    fn note(&mut self) {
        let sent = self.world.api.sent();
        for sent in &sent[self.seen..] {
            let time = self.world.now.to_datetime().format("%H:%M");
            let sound = if sent.silent { "silently" } else { "aloud" };
            let thread = sent.thread.map(|thread| format!(" in topic {thread}")).unwrap_or_default();
            let said: Vec<&str> = sent.plain.lines().filter(|line| !line.is_empty()).collect();
            let said = format!("{time} UTC, {sound}{thread}:\n    {}", said.join("\n    "));
            self.heard.entry(sent.chat_id).or_default().push(said);
        }
        self.seen = sent.len();
    }

    fn heard(&self, chat: i64) -> String {
        self.heard.get(&chat).map(|heard| heard.join("\n")).unwrap_or_default()
    }
}

/// A time of October 2020, UTC.
fn at(time: &str) -> Timestamp {
    chrono::DateTime::parse_from_rfc3339(&format!("2020-10-{time}:00Z")).unwrap().to_utc().into()
}

#[tokio::test]
async fn a_night_of_outages_loses_nothing_and_wakes_nobody_twice() {
    let mut night = Night::begin().await;
    let api = |night: &Night, fault| {
        for method in ["sendMessage", "editMessageText", "getMe"] {
            night.world.api.answer_always(method, fault);
        }
    };
    // Before the quiet hours alerts come at once.
    night.report(
        "washington",
        "Foreign ministers of Armenia and Azerbaijan meet Pompeo in Washington",
        "<p>The foreign ministers of Armenia and Azerbaijan held separate talks with Mike Pompeo in Washington on Friday.</p>",
    );
    night.until("24T19:00").await;
    // 23:30 in Berlin.
    night.until("24T21:30").await;
    night.report(
        "ganja",
        "Thirteen civilians killed in Ganja as the fighting over Nagorno-Karabakh spreads",
        "<p>Thirteen civilians were killed in Ganja when a missile hit a block of flats, Azerbaijan's prosecutors said.</p>",
    );
    night.until("24T21:40").await;
    night.report(
        "humanitarian",
        "Armenia and Azerbaijan agree to a humanitarian ceasefire in Nagorno-Karabakh",
        "<p>Armenia and Azerbaijan agreed to a humanitarian ceasefire in Nagorno-Karabakh that begins on Monday morning.</p>",
    );
    night.until("24T21:55").await;
    // The platform is away from 22:00 until 04:00.
    api(&night, Some(Fault::Html(502)));
    night.report(
        "hadrut",
        "Six soldiers killed near Hadrut",
        "<p>Six soldiers were killed near Hadrut on Saturday night, the defence army of Nagorno-Karabakh said.</p>",
    );
    night.until("24T23:00").await;
    night.report(
        "geneva",
        "Minsk Group to host a meeting of the ministers in Geneva",
        "<p>The co-chairs of the Minsk Group will meet the foreign ministers of Armenia and Azerbaijan in Geneva on 29 October.</p>",
    );
    // One group removes the bot, and another becomes a supergroup.
    night.world.api.member_status(FICKLE, JOURNALIST, "member", "kicked");
    night.world.api.migrate_group(GROUP, SUPERGROUP);
    night.answer().await;
    night.until("25T01:30").await;
    night.report(
        "martuni",
        "Two villagers wounded as shells fall on Martuni",
        "<p>Two villagers were wounded when shells fell on Martuni in Nagorno-Karabakh in the night, its mayor said.</p>",
    );
    night.report(
        "tartar",
        "Four people killed at a funeral in Tartar, not far from Nagorno-Karabakh",
        "<p>Four people were killed and five wounded when shells hit a cemetery in Tartar, Azerbaijan's prosecutors said.</p>",
    );
    night.until("25T02:00").await;
    night.report(
        "lachin",
        "Ceasefire violated hours after it was agreed, both sides say",
        "<p>Shelling was heard near Lachin: each side accused the other of breaking the ceasefire in Nagorno-Karabakh.</p>",
    );
    night.until("25T04:00").await;
    api(&night, None);
    night.until("25T04:30").await;
    night.world.api.member_status(FICKLE, JOURNALIST, "kicked", "member");
    night.answer().await;
    night.until("25T05:00").await;
    // The forum's topic is deleted.
    night.world.api.delete_topic(FORUM, TOPIC);
    night.report(
        "stepanakert",
        "Nine people wounded by shelling of Stepanakert",
        "<p>Nine people were wounded by the shelling of Stepanakert on Sunday morning, the ombudsman said.</p>",
    );
    // 07:00 in Berlin was at 05:00 UTC yesterday, and is at 06:00 today.
    night.until("25T06:30").await;

    let mut script = String::new();
    for (name, chat) in [
        ("The journalist in Berlin", JOURNALIST),
        ("The analyst in Yerevan", ANALYST),
        ("The group", GROUP),
        ("The supergroup that it became", SUPERGROUP),
        ("The group that threw the bot out", FICKLE),
        ("The forum", FORUM),
    ] {
        script.push_str(&format!("== {name}\n{}\n", night.heard(chat)));
    }
    insta::assert_snapshot!(script, @"
    == The journalist in Berlin
    17:56 UTC, aloud:
        Meetings · Meeting planned (The Wire)
        Foreign ministers of Armenia and Azerbaijan meet Pompeo in Washington
        The foreign ministers of Armenia and Azerbaijan held separate talks with Mike Pompeo in Washington on Friday.
        The Wire (GE) · date not given
        One source so far.
    21:35 UTC, aloud:
        Casualties · 13 killed (The Wire)
        Thirteen civilians killed in Ganja as the fighting over Nagorno-Karabakh spreads
        Thirteen civilians were killed in Ganja when a missile hit a block of flats, Azerbaijan's prosecutors said.
        The Wire (GE) · date not given
        One source so far.
    21:45 UTC, aloud:
        Ceasefire · Truce agreed (The Wire)
        Armenia and Azerbaijan agree to a humanitarian ceasefire in Nagorno-Karabakh
        Armenia and Azerbaijan agreed to a humanitarian ceasefire in Nagorno-Karabakh that begins on Monday morning.
        The Wire (GE) · date not given
        One source so far.
    04:05 UTC, aloud:
        Meetings · Meeting planned (The Wire)
        Minsk Group to host a meeting of the ministers in Geneva
        The co-chairs of the Minsk Group will meet the foreign ministers of Armenia and Azerbaijan in Geneva on 29 October.
        The Wire (GE) · date not given
        One source so far.
    04:05 UTC, aloud:
        Ceasefire · Truce broken (The Wire)
        Ceasefire violated hours after it was agreed, both sides say
        Shelling was heard near Lachin: each side accused the other of breaking the ceasefire in Nagorno-Karabakh.
        The Wire (GE) · date not given
        One source so far.
    06:00 UTC, silently:
        Casualties
        Two villagers wounded as shells fall on Martuni
        Two villagers were wounded when shells fell on Martuni in Nagorno-Karabakh in the night, its mayor said.
        The Wire (GE) · date not given
        One source so far.
    06:00 UTC, silently:
        Casualties · 4 killed (The Wire)
        Four people killed at a funeral in Tartar, not far from Nagorno-Karabakh
        Four people were killed and five wounded when shells hit a cemetery in Tartar, Azerbaijan's prosecutors said.
        Four killed: The Wire
        five wounded: The Wire
        The Wire (GE) · date not given
        One source so far.
    06:00 UTC, silently:
        Casualties
        Nine people wounded by shelling of Stepanakert
        Nine people were wounded by the shelling of Stepanakert on Sunday morning, the ombudsman said.
        The Wire (GE) · date not given
        One source so far.
    06:00 UTC, silently:
        Digest: one report
        Six soldiers killed near Hadrut
        The Wire (GE) · date not given · collected since 25 Oct, 00:00 (Europe/Berlin)
    == The analyst in Yerevan
    17:56 UTC, aloud:
        Meetings · Meeting planned (The Wire)
        Foreign ministers of Armenia and Azerbaijan meet Pompeo in Washington
        The foreign ministers of Armenia and Azerbaijan held separate talks with Mike Pompeo in Washington on Friday.
        The Wire (GE) · date not given
        One source so far.
    21:35 UTC, aloud:
        Casualties · 13 killed (The Wire)
        Thirteen civilians killed in Ganja as the fighting over Nagorno-Karabakh spreads
        Thirteen civilians were killed in Ganja when a missile hit a block of flats, Azerbaijan's prosecutors said.
        The Wire (GE) · date not given
        One source so far.
    04:05 UTC, aloud:
        Meetings · Meeting planned (The Wire)
        Minsk Group to host a meeting of the ministers in Geneva
        The co-chairs of the Minsk Group will meet the foreign ministers of Armenia and Azerbaijan in Geneva on 29 October.
        The Wire (GE) · date not given
        One source so far.
    04:05 UTC, silently:
        Digest: 2 reports
        Two villagers wounded as shells fall on Martuni
        The Wire (GE) · date not given · collected since 25 Oct, 05:35 (Asia/Yerevan)
        Four people killed at a funeral in Tartar, not far from Nagorno-Karabakh
        The Wire (GE) · date not given · collected since 25 Oct, 05:35 (Asia/Yerevan)
    == The group
    17:56 UTC, aloud:
        Meetings · Meeting planned (The Wire)
        Foreign ministers of Armenia and Azerbaijan meet Pompeo in Washington
        The foreign ministers of Armenia and Azerbaijan held separate talks with Mike Pompeo in Washington on Friday.
        The Wire (GE) · date not given
        One source so far.
    21:35 UTC, aloud:
        Casualties · 13 killed (The Wire)
        Thirteen civilians killed in Ganja as the fighting over Nagorno-Karabakh spreads
        Thirteen civilians were killed in Ganja when a missile hit a block of flats, Azerbaijan's prosecutors said.
        The Wire (GE) · date not given
        One source so far.
    21:45 UTC, aloud:
        Ceasefire · Truce agreed (The Wire)
        Armenia and Azerbaijan agree to a humanitarian ceasefire in Nagorno-Karabakh
        Armenia and Azerbaijan agreed to a humanitarian ceasefire in Nagorno-Karabakh that begins on Monday morning.
        The Wire (GE) · date not given
        One source so far.
    == The supergroup that it became
    04:05 UTC, aloud:
        Meetings · Meeting planned (The Wire)
        Minsk Group to host a meeting of the ministers in Geneva
        The co-chairs of the Minsk Group will meet the foreign ministers of Armenia and Azerbaijan in Geneva on 29 October.
        The Wire (GE) · date not given
        One source so far.
    04:05 UTC, aloud:
        Ceasefire · Truce broken (The Wire)
        Ceasefire violated hours after it was agreed, both sides say
        Shelling was heard near Lachin: each side accused the other of breaking the ceasefire in Nagorno-Karabakh.
        The Wire (GE) · date not given
        One source so far.
    04:05 UTC, silently:
        Casualties
        Two villagers wounded as shells fall on Martuni
        Two villagers were wounded when shells fell on Martuni in Nagorno-Karabakh in the night, its mayor said.
        The Wire (GE) · date not given
        One source so far.
    04:05 UTC, silently:
        Casualties · 4 killed (The Wire)
        Four people killed at a funeral in Tartar, not far from Nagorno-Karabakh
        Four people were killed and five wounded when shells hit a cemetery in Tartar, Azerbaijan's prosecutors said.
        Four killed: The Wire
        five wounded: The Wire
        The Wire (GE) · date not given
        One source so far.
    04:10 UTC, silently:
        Digest: one report
        Six soldiers killed near Hadrut
        The Wire (GE) · date not given · collected since 24 Oct, 22:00 (UTC)
    05:05 UTC, silently:
        Casualties
        Nine people wounded by shelling of Stepanakert
        Nine people were wounded by the shelling of Stepanakert on Sunday morning, the ombudsman said.
        The Wire (GE) · date not given
        One source so far.
    == The group that threw the bot out
    17:56 UTC, aloud:
        Meetings · Meeting planned (The Wire)
        Foreign ministers of Armenia and Azerbaijan meet Pompeo in Washington
        The foreign ministers of Armenia and Azerbaijan held separate talks with Mike Pompeo in Washington on Friday.
        The Wire (GE) · date not given
        One source so far.
    21:35 UTC, aloud:
        Casualties · 13 killed (The Wire)
        Thirteen civilians killed in Ganja as the fighting over Nagorno-Karabakh spreads
        Thirteen civilians were killed in Ganja when a missile hit a block of flats, Azerbaijan's prosecutors said.
        The Wire (GE) · date not given
        One source so far.
    21:45 UTC, aloud:
        Ceasefire · Truce agreed (The Wire)
        Armenia and Azerbaijan agree to a humanitarian ceasefire in Nagorno-Karabakh
        Armenia and Azerbaijan agreed to a humanitarian ceasefire in Nagorno-Karabakh that begins on Monday morning.
        The Wire (GE) · date not given
        One source so far.
    04:30 UTC, aloud:
        I can write here again. Meanwhile 4 stories matched your topics and filters; /latest shows the last ones.
    04:35 UTC, silently:
        Digest: one report
        Six soldiers killed near Hadrut
        The Wire (GE) · date not given · collected since 24 Oct, 22:00 (UTC)
    05:05 UTC, silently:
        Casualties
        Nine people wounded by shelling of Stepanakert
        Nine people were wounded by the shelling of Stepanakert on Sunday morning, the ombudsman said.
        The Wire (GE) · date not given
        One source so far.
    == The forum
    17:56 UTC, aloud in topic 44:
        Meetings · Meeting planned (The Wire)
        Foreign ministers of Armenia and Azerbaijan meet Pompeo in Washington
        The foreign ministers of Armenia and Azerbaijan held separate talks with Mike Pompeo in Washington on Friday.
        The Wire (GE) · date not given
        One source so far.
    21:35 UTC, aloud in topic 44:
        Casualties · 13 killed (The Wire)
        Thirteen civilians killed in Ganja as the fighting over Nagorno-Karabakh spreads
        Thirteen civilians were killed in Ganja when a missile hit a block of flats, Azerbaijan's prosecutors said.
        The Wire (GE) · date not given
        One source so far.
    04:05 UTC, aloud in topic 44:
        Meetings · Meeting planned (The Wire)
        Minsk Group to host a meeting of the ministers in Geneva
        The co-chairs of the Minsk Group will meet the foreign ministers of Armenia and Azerbaijan in Geneva on 29 October.
        The Wire (GE) · date not given
        One source so far.
    04:05 UTC, silently in topic 44:
        Casualties
        Two villagers wounded as shells fall on Martuni
        Two villagers were wounded when shells fell on Martuni in Nagorno-Karabakh in the night, its mayor said.
        The Wire (GE) · date not given
        One source so far.
    04:05 UTC, silently in topic 44:
        Casualties · 4 killed (The Wire)
        Four people killed at a funeral in Tartar, not far from Nagorno-Karabakh
        Four people were killed and five wounded when shells hit a cemetery in Tartar, Azerbaijan's prosecutors said.
        Four killed: The Wire
        five wounded: The Wire
        The Wire (GE) · date not given
        One source so far.
    04:05 UTC, silently in topic 44:
        Digest: one report
        Six soldiers killed near Hadrut
        The Wire (GE) · date not given · collected since 24 Oct, 22:00 (UTC)
    05:05 UTC, silently:
        Casualties
        Nine people wounded by shelling of Stepanakert
        Nine people were wounded by the shelling of Stepanakert on Sunday morning, the ombudsman said.
        The Wire (GE) · date not given
        One source so far.
    ");
}
