//! Trials of the test servers themselves: a real client against each method, update and fault.

mod faults;
mod files;
mod http;
mod limits;
mod methods;
mod site;
mod updates;

use std::time::Duration;

use teloxide::Bot;

use crate::support::bot_api::{self, FakeBotApi};
use crate::support::feed_site;

/// Long enough for a busy machine, short enough to wait for a failure.
const SOON: Duration = Duration::from_secs(5);

async fn server() -> (FakeBotApi, Bot) {
    let api = FakeBotApi::start().await;
    let bot = bot(&api);
    (api, bot)
}

fn bot(api: &FakeBotApi) -> Bot {
    Bot::new(api.token()).set_api_url(api.url().parse().unwrap())
}
