//! A real client against each method, update and fault of the stand-in.

mod faults;
mod files;
mod limits;
mod methods;
mod updates;

use std::time::Duration;

use teloxide::Bot;

use super::FakeBotApi;

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
