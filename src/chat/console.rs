//! The terminal as a chat with one subscriber. A typed number presses the button with that number. The buttons of a
//! reply count from 1. The buttons of an unrequested message get the next numbers, so that the numbers of the reply
//! stay valid while a person types.

use parking_lot::Mutex;
use std::collections::VecDeque;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anstyle::{AnsiColor, Style as AnsiStyle};
use async_trait::async_trait;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Author, ChatKind, Incoming, Limits, MessageForm, Messenger, Press, Received, SendError, Update};
use ceasewire_model::{Address, File, FileKind, Message, Platform, Style, Text};

/// The id of the only chat.
const CHAT: &str = "console";

/// The longest time that a typed line waits for the reply to the previous one.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);

/// A terminal has no limits of its own. These make its pages and digests as long as on a phone.
const PAGE_CHARS: usize = 4096;
const STYLED_SPANS: usize = 100;
const BUTTONS: usize = 100;
const BUTTON_BYTES: usize = 64;

/// Kept messages; an edit shows only its new lines.
const KEPT: usize = 500;

/// Bytes of a typed line; a longer one is read as several.
const MAX_LINE_BYTES: u64 = 65_536;

type ConsoleInput = Box<dyn AsyncBufRead + Send + Unpin>;

/// Reads lines of any bytes.
struct LineReader {
    input: ConsoleInput,
    /// The bytes of the present line; a cancelled reading goes on here.
    line: Vec<u8>,
}

impl LineReader {
    /// Reads a line, or the beginning of an endless one; `None` at the end of the input. Bytes outside UTF-8 become
    /// replacement characters.
    async fn next_line(&mut self) -> std::io::Result<Option<String>> {
        let room = MAX_LINE_BYTES.saturating_sub(self.line.len() as u64);
        (&mut self.input).take(room).read_until(b'\n', &mut self.line).await?;
        let line = std::mem::take(&mut self.line);
        Ok((!line.is_empty()).then(|| String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned()))
    }
}

/// A chat on a terminal.
pub struct Console {
    input: tokio::sync::Mutex<LineReader>,
    screen: Mutex<ConsoleScreen>,
    /// Whether a typed line has no reply yet.
    unanswered: AtomicBool,
    /// Notified when a reply appears.
    shown: Notify,
    quit: CancellationToken,
    end_of_input: CancellationToken,
}

struct ConsoleScreen {
    out: Box<dyn Write + Send>,
    messages: usize,
    /// The valid buttons: number of the message, and data.
    buttons: Vec<(usize, String)>,
    /// How many of these buttons belong to the last reply with buttons.
    reply_buttons: usize,
    /// The last messages with their numbers.
    sent: VecDeque<(String, Message)>,
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Console").finish_non_exhaustive()
    }
}

impl Console {
    /// Builds a chat that reads lines from `input` and writes to `out`, with styles as escape sequences.
    pub fn new(input: ConsoleInput, out: Box<dyn Write + Send>) -> Self {
        Self {
            input: tokio::sync::Mutex::new(LineReader { input, line: Vec::new() }),
            screen: Mutex::new(ConsoleScreen {
                out,
                messages: 0,
                buttons: Vec::new(),
                reply_buttons: 0,
                sent: VecDeque::new(),
            }),
            unanswered: AtomicBool::new(false),
            shown: Notify::new(),
            quit: CancellationToken::new(),
            end_of_input: CancellationToken::new(),
        }
    }

    /// Returns the address of the chat.
    pub fn address() -> Address {
        Address { platform: Platform::Console, chat: CHAT.into(), thread: None }
    }

    /// Returns a token that /quit cancels.
    pub fn quit(&self) -> &CancellationToken {
        &self.quit
    }

    /// Returns a token that the end of the input cancels.
    pub fn end_of_input(&self) -> &CancellationToken {
        &self.end_of_input
    }

    /// Writes a line outside of any message.
    ///
    /// # Errors
    /// When the terminal refuses the output.
    pub fn heading(&self, text: &str) -> std::io::Result<()> {
        let mut screen = self.screen.lock();
        writeln!(screen.out, "{}\n", paint(AnsiStyle::new().dimmed(), text))?;
        screen.out.flush()
    }

    fn show(&self, head: Option<&str>, message: &Message) -> Result<usize, SendError> {
        let mut screen = self.screen.lock();
        screen.messages += 1;
        let number = screen.messages;
        let mut shown = String::new();
        if let Some(head) = head {
            shown.push_str(&format!("{}\n", paint(AnsiStyle::new().dimmed(), head)));
        }
        for span in &message.text.0 {
            let text = harmless(&span.text);
            shown.push_str(&match &span.style {
                Style::Plain => text,
                Style::Bold => paint(AnsiStyle::new().bold(), &text),
                Style::BoldLink(address) => {
                    let address = paint(AnsiColor::Blue.on_default(), &harmless(address));
                    format!("{} <{address}>", paint(AnsiStyle::new().bold().underline(), &text))
                }
                Style::Code => paint(AnsiColor::Cyan.on_default(), &text),
                Style::Link(address) => {
                    let address = paint(AnsiColor::Blue.on_default(), &harmless(address));
                    format!("{} <{address}>", paint(AnsiStyle::new().underline(), &text))
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
                screen.reply_buttons = 0;
            }
            let first = screen.reply_buttons;
            screen.buttons.truncate(first);
            screen.buttons.extend(buttons.iter().map(|button| (number, button.data.clone())));
            if answers {
                screen.reply_buttons = screen.buttons.len();
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
            .map_err(|error| SendError::Down(format!("the terminal refuses the output: {error}")))?;
        if answers {
            self.shown.notify_one();
        }
        Ok(number)
    }

    fn remember(&self, number: &str, message: &Message) {
        let mut screen = self.screen.lock();
        screen.sent.retain(|(known, _)| known != number);
        screen.sent.push_back((number.to_owned(), message.clone()));
        if screen.sent.len() > KEPT {
            screen.sent.pop_front();
        }
    }

    /// Returns the new lines of an edited message under its headline; `None` if the edit replaces the whole message.
    fn new_lines(&self, number: &str, message: &Message) -> Option<Message> {
        let screen = self.screen.lock();
        let (_, before) = screen.sent.iter().find(|(known, _)| known == number)?;
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
        let screen = self.screen.lock();
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

/// Renders a file for the terminal: its text form and its name.
fn drawn(file: &File) -> String {
    let lines = harmless(&file.drawn);
    let indent = match file.kind {
        // A chart needs the full width.
        FileKind::Photo => "",
        FileKind::Calendar => "    ",
    };
    let lines: String = lines.trim_end().lines().map(|line| format!("{indent}{line}\n")).collect();
    let name = harmless(&file.name).replace('\n', " ");
    format!("{lines}{}", paint(AnsiStyle::new().dimmed(), &format!("[file {name}]")))
}

/// Replaces control characters, which a terminal would obey.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c }).collect()
}

fn paint(style: AnsiStyle, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

#[async_trait]
impl Messenger for Console {
    fn platform(&self) -> Platform {
        Platform::Console
    }

    async fn connect(&self, _commands: &[(&str, String)]) -> Result<(), SendError> {
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits {
            text_chars: PAGE_CHARS,
            caption_chars: PAGE_CHARS,
            styled_spans: STYLED_SPANS,
            buttons: BUTTONS,
            button_bytes: BUTTON_BYTES,
            markup: true,
            files: true,
            edits: true,
        }
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
        // A terminal cannot edit scrolled text; it shows the new lines instead.
        match self.new_lines(message_id, message) {
            Some(lines) if !lines.text.to_plain().contains('\n') => 0,
            Some(lines) => self.show(Some("(changed)"), &lines)?,
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
        // A number presses a button of the previous line's reply, so it waits for that reply.
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
                    id: String::new(),
                    form: MessageForm::Written,
                    text: line,
                    // A terminal has no way to point at a message.
                    reply_to: None,
                }),
            }),
            // The input ended; the program goes on and prints alerts.
            Ok(None) | Err(_) => {
                self.end_of_input.cancel();
                std::future::pending().await
            }
        };
        self.unanswered.store(update.is_some(), Ordering::Release);
        // The terminal delivers each line once, so it needs no numbers.
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
    async fn an_unrequested_message_keeps_the_numbers_of_a_reply() {
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
            // The reply to a press has no buttons; then an unrequested message follows.
            console.send(&Console::address(), &Text::plain("done").into()).await.unwrap();
            if !shown.is_empty() {
                console.send(&Console::address(), &message(&shown)).await.unwrap();
            }
        }
        let expected = [("b", "1"), ("c", "3"), ("d", "5"), ("f", "8")];
        assert_eq!(pressed, expected.map(|(data, message)| (data.to_owned(), message.to_owned())));
    }

    #[tokio::test]
    async fn a_line_that_is_no_utf_8_does_not_end_the_input() {
        let long = "x".repeat(MAX_LINE_BYTES as usize);
        let input = [b"/search \xff\xfe\r\n".to_vec(), long.clone().into_bytes(), b"y\n/quit\n".to_vec()].concat();
        let console = Console::new(Box::new(std::io::Cursor::new(input)), Box::new(std::io::sink()));
        let mut typed = Vec::new();
        while !console.quit().is_cancelled() {
            if let Some(Update::Message(line)) = console.receive(None).await.unwrap().remove(0).update {
                typed.push(line.text);
                console.send(&Console::address(), &message(&[])).await.unwrap();
            }
        }
        assert_eq!(typed, ["/search \u{fffd}\u{fffd}".to_owned(), long, "y".to_owned()]);
    }

    #[tokio::test]
    async fn an_edit_shows_the_new_lines() {
        let buffer = SharedBuffer::default();
        let console = Console::new(Box::new(&b""[..]), Box::new(buffer.clone()));
        let alert = |lines: &str| Message::from(Text::plain(format!("Ceasefire\nTruce agreed\n\n{lines}")));
        let id = console.send(&Console::address(), &alert("It holds.\nOne source so far.")).await.unwrap();
        console.edit(&Console::address(), &id, &alert("It holds.\nAlso: TASS (RU)")).await.unwrap();
        console.edit(&Console::address(), &id, &Text::plain("Another\nmessage").into()).await.unwrap();
        let text = String::from_utf8(buffer.0.lock().clone()).unwrap();
        let text = anstream::adapter::strip_str(&text).to_string();
        assert!(text.contains("(changed)\nTruce agreed\n+ Also: TASS (RU)\n\n(changed)\nAnother\nmessage"), "{text}");
    }

    /// An output that a test can read.
    #[derive(Clone, Default)]
    struct SharedBuffer(std::sync::Arc<Mutex<Vec<u8>>>);

    impl Write for SharedBuffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_file_is_drawn_below_the_text_without_control_codes() {
        let (buffer, link) = (SharedBuffer::default(), Style::Link("https://osce.org/\u{1b}]8".into()));
        let console = Console::new(Box::new(&b""[..]), Box::new(buffer.clone()));
        let mut sent = message(&["a"]);
        sent.text = Text::plain("Meeting\u{1b}[2J in Washington ").with("source\u{7}", link);
        for kind in [FileKind::Calendar, FileKind::Photo] {
            let drawn = "Fri 23 Oct 2020\n\u{1b}]0;x\u{7}Washington\n".to_owned();
            sent.file = Some(File { name: "meeting\n\u{9b}.ics".into(), kind, bytes: [].into(), drawn });
            console.send(&Console::address(), &sent).await.unwrap();
        }
        let shown = String::from_utf8(buffer.0.lock().clone()).unwrap();
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
