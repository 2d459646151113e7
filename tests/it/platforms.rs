//! Two chat platforms in one process: Telegram, and a small chat in memory with limits of its own.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ceasewire::app::{self, PlatformParts};
use ceasewire::chat::telegram::Telegram;
use ceasewire::chat::{Author, ChatKind, Incoming, Limits, MessageForm, Messenger, Received, SendError, Update};
use ceasewire_model::{Address, Clock, Message, Platform, Style, Tick, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::support::world::{TRUCE, World, item};

/// The longest text of the small chat.
const TEXT_CHARS: usize = 200;
const CHAT: &str = "small";
const SOON: Duration = Duration::from_secs(20);

/// A chat without markup, files and edits, for short texts with one button.
#[derive(Debug, Default)]
struct SmallChat {
    sent: Mutex<Vec<(Address, Message)>>,
}

impl SmallChat {
    fn sent(&self) -> Vec<(Address, Message)> {
        self.sent.lock().unwrap().clone()
    }
}

#[async_trait]
impl Messenger for SmallChat {
    fn platform(&self) -> Platform {
        Platform::Console
    }

    fn limits(&self) -> Limits {
        Limits {
            text_chars: TEXT_CHARS,
            caption_chars: 0,
            styled_spans: 0,
            buttons: 1,
            button_bytes: 64,
            markup: false,
            files: false,
            edits: false,
        }
    }

    async fn connect(&self, _commands: &[(&str, String)]) -> Result<(), SendError> {
        Ok(())
    }

    fn bot_name(&self) -> Option<String> {
        None
    }

    fn chat_gap_ms(&self, _chat: &str) -> i64 {
        0
    }

    async fn probe(&self) -> Result<(), SendError> {
        Ok(())
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<String, SendError> {
        let mut sent = self.sent.lock().unwrap();
        sent.push((to.clone(), message.clone()));
        Ok(sent.len().to_string())
    }

    async fn edit(&self, _at: &Address, message_id: &str, _message: &Message) -> Result<(), SendError> {
        panic!("message {message_id} was edited on a platform without edits")
    }

    async fn acknowledge(&self, _press_id: &str, _note: Option<&str>) -> Result<(), SendError> {
        Ok(())
    }

    fn account(&self) -> String {
        CHAT.into()
    }

    async fn receive(&self, _after: Option<i64>) -> Result<Vec<Received>, SendError> {
        std::future::pending().await
    }

    async fn is_admin(&self, _chat: &str, _user: &str) -> Result<bool, SendError> {
        Ok(true)
    }
}

/// Makes the world's process serve both platforms, with one subscriber to "ceasefire" on each.
async fn serve_two_platforms(world: &mut World) -> Arc<SmallChat> {
    let telegram = Telegram::new(world.api.token().to_owned().into(), world.api.url().parse().unwrap(), 1, 2);
    let small = Arc::new(SmallChat::default());
    let messengers: [Arc<dyn Messenger>; 2] = [Arc::new(telegram.unwrap()), Arc::<SmallChat>::clone(&small)];
    world.parts = app::build(&world.settings, &world.store, &messengers, Clock::System, 0).unwrap();
    world.send_command("/subscribe ceasefire").await;
    world.parts.platforms[1].bot.update(typed("/subscribe ceasefire")).await;
    small.sent.lock().unwrap().clear();
    small
}

async fn two_platforms() -> (World, Arc<SmallChat>) {
    let mut world = World::new().await;
    let small = serve_two_platforms(&mut world).await;
    (world, small)
}

fn typed(text: &str) -> Update {
    Update::Message(Incoming {
        address: Address { platform: Platform::Console, chat: CHAT.into(), thread: None },
        kind: ChatKind::Private,
        author: Author::User(CHAT.into()),
        id: String::new(),
        form: MessageForm::Written,
        text: text.into(),
        reply_to: None,
    })
}

#[tokio::test]
async fn each_dispatcher_claims_only_its_own_platform() {
    let (mut world, small) = two_platforms().await;
    let before = world.api.sent().len();
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    let [telegram, other] = world.parts.platforms.as_slice() else { panic!("two platforms") };

    while telegram.dispatcher.tick(world.now).await.unwrap() != Tick::Idle {}
    assert_eq!((world.api.sent().len() - before, small.sent().len()), (1, 0));
    while other.dispatcher.tick(world.now).await.unwrap() != Tick::Idle {}
    assert_eq!((world.api.sent().len() - before, small.sent().len()), (1, 1));
}

#[tokio::test]
async fn an_alert_respects_the_limits_of_its_platform() {
    let (mut world, small) = two_platforms().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    for platform in &world.parts.platforms {
        while platform.dispatcher.tick(world.now).await.unwrap() != Tick::Idle {}
    }
    let on_telegram = world.messages_starting_with("Ceasefire").pop().unwrap();
    assert!(on_telegram.plain.chars().count() > TEXT_CHARS, "{}", on_telegram.plain);
    let (to, alert) = small.sent().pop().unwrap();
    let text = alert.text.to_plain();
    assert_eq!((to.platform, to.chat.as_str()), (Platform::Console, CHAT));
    assert!(text.starts_with("Ceasefire · Truce agreed (The Wire)\nKarabakh ceasefire agreed"), "{text}");
    assert!(text.chars().count() == TEXT_CHARS && text.ends_with('…'), "{text}");
    assert!(alert.text.0.iter().all(|span| span.style == Style::Plain));
    assert_eq!(alert.buttons.iter().flatten().count(), 1);
}

#[tokio::test]
async fn replies_are_split_at_the_limit_of_their_platform() {
    let (world, small) = two_platforms().await;
    world.parts.platforms[1].bot.update(typed("/help")).await;
    let pages = small.sent();
    assert!(pages.len() > 1 && pages.iter().all(|(_, page)| page.text.to_plain().chars().count() <= TEXT_CHARS));
}

#[tokio::test(flavor = "multi_thread")]
async fn running_dispatchers_alert_on_both_platforms() {
    // A running dispatcher follows the real clock, so each poll of this world must lie in the past.
    let mut world = World::unpolled_at(0, Timestamp::now().plus_secs(-600)).await;
    world.publish("/wire", &[]);
    world.poll().await;
    let small = serve_two_platforms(&mut world).await;
    let before = world.api.sent().len();
    let stop = CancellationToken::new();
    let dispatchers = std::mem::take(&mut world.parts.platforms)
        .into_iter()
        .map(|PlatformParts { dispatcher, .. }| tokio::spawn(Arc::new(dispatcher).run(stop.clone())))
        .collect::<Vec<_>>();
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    world.api.wait_for_sent(before + 1, SOON).await.unwrap();
    let waited = async {
        while small.sent().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON, waited).await.unwrap();
    stop.cancel();
    for dispatcher in dispatchers {
        dispatcher.await.unwrap();
    }
    assert_eq!((world.api.sent().len() - before, small.sent().len()), (1, 1));
}
