//! The terminal as a chat: one subscriber who reads and types where the program runs. A typed number presses the button
//! with that number. The buttons of an answer count from 1; those of a message that comes unasked go on from there, so that
//! it takes no number away from somebody who is about to type it.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anstyle::{AnsiColor, Style as Look};
use async_trait::async_trait;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, Lines};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Author, ChatKind, Incoming, Messenger, Press, Received, SendError, Update};
use ceasewire_model::{Address, File, FileKind, Message, Platform, Style, Text};

/// The chat's id, of which there is one.
const CHAT: &str = "console";

/// The longest that a line typed ahead waits for the answer to the one before.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);

/// Messages that are remembered in case they change.
const REMEMBERED: usize = 500;

type Input = Box<dyn AsyncBufRead + Send + Unpin>;

/// A terminal at work.
pub struct Console {
    input: tokio::sync::Mutex<Lines<Input>>,
    screen: Mutex<Screen>,
    /// A line was typed that nothing has been shown since.
    unanswered: AtomicBool,
    /// Told when an answer was shown.
    shown: Notify,
    quit: CancellationToken,
    end_of_input: CancellationToken,
}

struct Screen {
    out: Box<dyn Write + Send>,
    messages: usize,
    /// The buttons that can be pressed: the message of each, and what it carries.
    buttons: Vec<(usize, String)>,
    /// How many of them belong to the last answer that has some.
    asked: usize,
    /// What the last messages said, with their numbers: of one that changes, only what is new is shown.
    said: VecDeque<(String, Message)>,
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Console").finish_non_exhaustive()
    }
}

impl Console {
    /// Builds a chat that reads lines from `input` and writes to `out`, with styles as escape sequences.
    pub fn new(input: Input, out: Box<dyn Write + Send>) -> Self {
        Self {
            input: tokio::sync::Mutex::new(input.lines()),
            screen: Mutex::new(Screen { out, messages: 0, buttons: Vec::new(), asked: 0, said: VecDeque::new() }),
            unanswered: AtomicBool::new(false),
            shown: Notify::new(),
            quit: CancellationToken::new(),
            end_of_input: CancellationToken::new(),
        }
    }

    /// Where messages of this chat go to.
    pub fn address() -> Address {
        Address { platform: Platform::Console, chat: CHAT.into(), thread: None }
    }

    /// Cancelled when somebody types /quit.
    pub fn quit(&self) -> &CancellationToken {
        &self.quit
    }

    /// Cancelled when nothing more can be typed.
    pub fn end_of_input(&self) -> &CancellationToken {
        &self.end_of_input
    }

    /// Writes a line that belongs to no message.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn heading(&self, text: &str) -> std::io::Result<()> {
        let mut screen = self.screen.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(screen.out, "{}\n", paint(Look::new().dimmed(), text))?;
        screen.out.flush()
    }

    fn show(&self, head: Option<&str>, message: &Message) -> Result<usize, SendError> {
        let mut screen = self.screen.lock().unwrap_or_else(PoisonError::into_inner);
        screen.messages += 1;
        let number = screen.messages;
        let mut shown = String::new();
        if let Some(head) = head {
            shown.push_str(&format!("{}\n", paint(Look::new().dimmed(), head)));
        }
        for span in &message.text.0 {
            let text = harmless(&span.text);
            shown.push_str(&match &span.style {
                Style::Plain => text,
                Style::Bold => paint(Look::new().bold(), &text),
                Style::Code => paint(AnsiColor::Cyan.on_default(), &text),
                Style::Link(address) => {
                    let address = paint(AnsiColor::Blue.on_default(), &harmless(address));
                    format!("{} <{address}>", paint(Look::new().underline(), &text))
                }
            });
        }
        if let Some(file) = &message.file {
            if !shown.is_empty() {
                shown.push('\n');
            }
            shown.push_str(&drawn(file));
        }
        let answers = self.unanswered.swap(false, Ordering::AcqRel);
        let buttons: Vec<_> = message.buttons.iter().flatten().collect();
        if !buttons.is_empty() {
            if answers {
                screen.asked = 0;
            }
            let first = screen.asked;
            screen.buttons.truncate(first);
            screen.buttons.extend(buttons.iter().map(|button| (number, button.data.clone())));
            if answers {
                screen.asked = screen.buttons.len();
            }
            let labels: Vec<String> = (first + 1..)
                .zip(&buttons)
                .map(|(number, button)| {
                    format!(
                        "{} {}",
                        paint(AnsiColor::Yellow.on_default(), &format!("[{number}]")),
                        harmless(&button.label)
                    )
                })
                .collect();
            shown.push_str(&format!("\n{}", labels.join("  ")));
        }
        writeln!(screen.out, "{}\n", shown.trim_end())
            .and_then(|()| screen.out.flush())
            .map_err(|error| SendError::Down(format!("the terminal cannot be written to: {error}")))?;
        if answers {
            self.shown.notify_one();
        }
        Ok(number)
    }

    fn remember(&self, number: &str, message: &Message) {
        let mut screen = self.screen.lock().unwrap_or_else(PoisonError::into_inner);
        screen.said.retain(|(known, _)| known != number);
        screen.said.push_back((number.to_owned(), message.clone()));
        if screen.said.len() > REMEMBERED {
            screen.said.pop_front();
        }
    }

    /// What a changed message says that it did not say before, under its headline; `None` where it is another message.
    fn news(&self, number: &str, message: &Message) -> Option<Message> {
        let screen = self.screen.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, before) = screen.said.iter().find(|(known, _)| known == number)?;
        let before_plain = before.text.to_plain();
        let now = message.text.to_plain();
        let headline: Vec<&str> = now.lines().take(2).collect();
        if before.buttons != message.buttons || headline.len() < 2 || !before_plain.lines().take(2).eq(headline.clone())
        {
            return None;
        }
        let new = now.lines().filter(|line| !line.is_empty() && !before_plain.lines().any(|known| known == *line));
        let lines: String = new.map(|line| format!("\n+ {line}")).collect();
        Some(Message::from(Text::default().with(headline[1], Style::Bold).with(lines, Style::Plain)))
    }

    fn press(&self, line: &str) -> Option<Press> {
        let number: usize = line.parse().ok()?;
        let screen = self.screen.lock().unwrap_or_else(PoisonError::into_inner);
        let (message, data) = screen.buttons.get(number.checked_sub(1)?)?;
        Some(Press {
            id: String::new(),
            address: Self::address(),
            kind: ChatKind::Private,
            author: Author::User(CHAT.into()),
            message_id: message.to_string(),
            data: data.clone(),
        })
    }
}

/// A file as a terminal shows it: what it says in lines, and its name.
fn drawn(file: &File) -> String {
    let lines = harmless(&file.drawn);
    let indent = match file.kind {
        // A chart needs all the width there is.
        FileKind::Photo => "",
        FileKind::Calendar => "    ",
    };
    let lines: String = lines.trim_end().lines().map(|line| format!("{indent}{line}\n")).collect();
    let name = harmless(&file.name).replace('\n', " ");
    format!("{lines}{}", paint(Look::new().dimmed(), &format!("[file {name}]")))
}

/// Text without characters that a terminal would obey instead of showing them.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c }).collect()
}

fn paint(look: Look, text: &str) -> String {
    format!("{look}{text}{look:#}")
}

#[async_trait]
impl Messenger for Console {
    fn platform(&self) -> Platform {
        Platform::Console
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

    async fn send(&self, _to: &Address, message: &Message) -> Result<String, SendError> {
        let number = self.show(None, message)?.to_string();
        self.remember(&number, message);
        Ok(number)
    }

    async fn edit(&self, _at: &Address, message_id: &str, message: &Message) -> Result<(), SendError> {
        // What has scrolled by cannot be changed; what is new in it is shown.
        match self.news(message_id, message) {
            Some(news) if !news.text.to_plain().contains('\n') => 0,
            Some(news) => self.show(Some("(changed)"), &news)?,
            None => self.show(Some("(changed)"), message)?,
        };
        self.remember(message_id, message);
        Ok(())
    }

    async fn acknowledge(&self, _press_id: &str, _note: Option<&str>) -> Result<(), SendError> {
        Ok(())
    }

    fn account(&self) -> String {
        CHAT.into()
    }

    async fn receive(&self, _after: Option<i64>) -> Result<Vec<Received>, SendError> {
        // A number presses a button under the answer to the line before; typed ahead, it waits for that answer.
        let answered = async {
            while self.unanswered.load(Ordering::Acquire) {
                self.shown.notified().await;
            }
        };
        let _ = tokio::time::timeout(ANSWERED_WITHIN, answered).await;
        let mut input = self.input.lock().await;
        let line = input.next_line().await;
        let update = match line {
            Ok(Some(line)) if line.trim() == "/quit" => {
                self.quit.cancel();
                None
            }
            Ok(Some(line)) if line.trim().is_empty() => None,
            Ok(Some(line)) => Some(match self.press(line.trim()) {
                Some(press) => Update::Press(press),
                None => Update::Message(Incoming {
                    address: Self::address(),
                    kind: ChatKind::Private,
                    author: Author::User(CHAT.into()),
                    text: line,
                    // What one cannot point at one does not reply to.
                    reply_to: None,
                }),
            }),
            // Nothing more will come; the program may well go on and print alerts.
            Ok(None) | Err(_) => {
                self.end_of_input.cancel();
                std::future::pending().await
            }
        };
        self.unanswered.store(update.is_some(), Ordering::Release);
        // A line is read once, whatever becomes of it: numbers mean nothing here.
        Ok(vec![Received { number: 0, update }])
    }

    async fn is_admin(&self, _chat: &str, _user: &str) -> Result<bool, SendError> {
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::Button;

    fn message(data: &[&str]) -> Message {
        let button = |data: &&str| Button { label: (*data).to_owned(), data: (*data).to_owned() };
        Message { text: Text::plain("text"), buttons: vec![data.iter().map(button).collect()], ..Message::default() }
    }

    #[tokio::test]
    async fn a_message_that_comes_unasked_takes_no_number_away() {
        let console = Console::new(Box::new(&b"/topics\n2\n3\n3\n/topics\n1\n"[..]), Box::new(std::io::sink()));
        let mut pressed = Vec::new();
        for shown in [vec!["a", "b"], vec!["c"], vec!["d"], vec!["e"], vec!["f"], vec![]] {
            match console.receive(None).await.unwrap().remove(0).update {
                Some(Update::Press(press)) => pressed.push((press.data, press.message_id)),
                Some(_) => {
                    console.send(&Console::address(), &message(&shown)).await.unwrap();
                    continue;
                }
                None => {}
            }
            // The answer to a press has no buttons; then something comes unasked.
            console.send(&Console::address(), &Text::plain("done").into()).await.unwrap();
            if !shown.is_empty() {
                console.send(&Console::address(), &message(&shown)).await.unwrap();
            }
        }
        let expected = [("b", "1"), ("c", "3"), ("d", "5"), ("f", "8")];
        assert_eq!(pressed, expected.map(|(data, message)| (data.to_owned(), message.to_owned())));
    }

    #[tokio::test]
    async fn of_a_message_that_changes_what_is_new_is_shown() {
        let paper = Paper::default();
        let console = Console::new(Box::new(&b""[..]), Box::new(paper.clone()));
        let alert = |lines: &str| Message::from(Text::plain(format!("Ceasefire\nTruce agreed\n\n{lines}")));
        let id = console.send(&Console::address(), &alert("It holds.\nOne source so far.")).await.unwrap();
        console.edit(&Console::address(), &id, &alert("It holds.\nAlso: TASS (RU)")).await.unwrap();
        console.edit(&Console::address(), &id, &Text::plain("Another\nmessage").into()).await.unwrap();
        let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        let text = anstream::adapter::strip_str(&text).to_string();
        assert!(text.contains("(changed)\nTruce agreed\n+ Also: TASS (RU)\n\n(changed)\nAnother\nmessage"), "{text}");
    }

    /// A terminal that can be read afterwards.
    #[derive(Clone, Default)]
    struct Paper(std::sync::Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_file_is_drawn_below_the_text_and_nothing_in_it_commands_the_terminal() {
        let (paper, link) = (Paper::default(), Style::Link("https://osce.org/\u{1b}]8".into()));
        let console = Console::new(Box::new(&b""[..]), Box::new(paper.clone()));
        let mut told = message(&["a"]);
        told.text = Text::plain("Meeting\u{1b}[2J in Washington ").with("source\u{7}", link);
        for kind in [FileKind::Calendar, FileKind::Photo] {
            let drawn = "Fri 23 Oct 2020\n\u{1b}]0;x\u{7}Washington\n".to_owned();
            told.file = Some(File { name: "meeting\n\u{9b}.ics".into(), kind, bytes: [].into(), drawn });
            console.send(&Console::address(), &told).await.unwrap();
        }
        let shown = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        let own = anstream::adapter::strip_str(&shown).to_string();
        assert_eq!(
            own,
            "Meeting [2J in Washington source  <https://osce.org/ ]8>\n    Fri 23 Oct 2020\n     ]0;x Washington\n\
             [file meeting  .ics]\n[1] a\n\n\
             Meeting [2J in Washington source  <https://osce.org/ ]8>\nFri 23 Oct 2020\n ]0;x Washington\n\
             [file meeting  .ics]\n[1] a\n\n"
        );
    }
}
