//! `ceasewire chats`: lists, blocks and unblocks chats.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Subcommand;

use super::{complain, print};
use crate::config::Settings;
use crate::store::{ChatSummary, Store};
use ceasewire_model::{Platform, Timestamp};

#[derive(Debug, Subcommand)]
pub(super) enum ChatsCommand {
    /// The chats that subscribe or are blocked
    List,
    /// Ignore a chat: its commands get no answer, its feeds rest, its rules and deliveries pause
    Block {
        /// Its id on Telegram, as `chats list` and the log show it
        #[arg(allow_negative_numbers = true)]
        id: i64,
    },
    /// End the block of a chat: its feeds, rules and deliveries go on
    Unblock {
        /// Its id on Telegram
        #[arg(allow_negative_numbers = true)]
        id: i64,
    },
}

pub(super) async fn run(command: ChatsCommand, settings: &Settings) -> anyhow::Result<ExitCode> {
    let url = &settings.config.database.url;
    anyhow::ensure!(Store::exists(url), "there is no database at database.url yet, and so no chat");
    // The running process goes on meanwhile, and follows the change.
    let store = Store::open(url).await?;
    let code = execute(command, &store).await;
    store.close().await;
    code
}

async fn execute(command: ChatsCommand, store: &Store) -> anyhow::Result<ExitCode> {
    match command {
        ChatsCommand::List => {
            for chat in store.list_chats().await? {
                print(&line(&chat))?;
            }
        }
        ChatsCommand::Block { id } => {
            let changed = store.block_chat(Platform::Telegram, &id.to_string(), Timestamp::now()).await?;
            complain(&if changed { format!("chat {id} is blocked") } else { format!("chat {id} was blocked before") });
        }
        ChatsCommand::Unblock { id } => {
            if !store.unblock_chat(Platform::Telegram, &id.to_string()).await? {
                complain(&format!("chat {id} is not blocked; `ceasewire chats list` shows the blocked chats"));
                return Ok(ExitCode::FAILURE);
            }
            complain(&format!("chat {id} is no longer blocked"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(chat: &ChatSummary) -> String {
    let ChatSummary { platform, chat, rules, mutes, feeds, blocked_at } = chat;
    let mut line = format!("{chat}\t{}\t{rules} rules\t{mutes} mutes\t{feeds} feeds", platform.as_str());
    if let Some(at) = blocked_at {
        let _ = write!(line, "\tblocked since {}", at.to_datetime().format("%Y-%m-%d %H:%M UTC"));
    }
    line + "\n"
}
