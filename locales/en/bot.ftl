# What the bot says. *Stars* make bold, `backticks` make something to type; what is filled in is never read as marks.

describe-start = Begin: choose topics with two taps
describe-topics = The topics, with a button for each
describe-subscribe = Subscribe to topics
describe-unsubscribe = End subscriptions
describe-filter = Your own keyword rules
describe-latest = Recent articles, yours or those of a rule
describe-pause = No alerts until /resume
describe-resume = Alerts again
describe-settings = What is set for this chat
describe-help = All commands, and how rules are written
describe-forget = Delete everything about this chat

greeting =
    { "" }*Ceasewire* watches the news about *{ $conflict }* and writes to you when something you asked for happens: one alert per story, with who says so.

    Tap the topics you want. For words of your own, type `/filter add` and a rule, such as `/filter add "Minsk Group"`. /help explains the rest.

help-intro = Ceasewire watches the news about *{ $conflict }*.

help-rules =
    { "" }*Rules*
    `karabakh ceasefire` – both words
    `ceasefire OR truce` – one of them; a comma does the same
    `shusha -football` – without that word
    `"Minsk Group"` – these words in a row
    `negotiat*` – words that begin so
    `shusha NEAR/5 captured` – within five words
    `title:truce` – in the headline; also `source:`, `lang:`, `topic:`
    `karabakh (ceasefire OR truce)` – parentheses group
    Words match whole words, in upper or lower case, with or without accents. Names of people and places are found in their other spellings too; `=Shusha` asks for just this one. Try a rule with `/filter test` first.

failed = Something went wrong here, not with what you typed. Please try again in a moment.
not-a-command = I understand commands. Type /help to see them, or /start to choose topics.
admins-only = Only admins of this chat may change its settings.
press-unknown = This button is from an older message. Type /topics for new ones.

unknown-command = There is no command /{ $name }. Type /help to see all of them.
unknown-command-similar = There is no command /{ $name }. Did you mean /{ $similar }? /help shows all of them.
too-many-arguments = /{ $name } takes nothing after it. Type `{ $usage }`.
filter-number = Which filter? Type /filter to see them numbered, then `/filter remove 2`, for example.
filter-verb = /filter does not know "{ $verb }". Type `/filter add RULE`, `/filter remove N`, `/filter test RULE`, or just /filter for the list.
no-rule = A rule is missing. Type `{ $usage }`, for example `/filter add karabakh (ceasefire OR truce)`.
latest-count = I show 1 to 20 articles. Type `/latest 10`, for example; to search for a number, put it in quotes.
rule-fault = That rule does not work: { $fault }

topics-none = No topics yet.
topics-some = Your topics: *{ $topics }*.
topics-how = Tap to change, or type `/subscribe` and `/unsubscribe` with: { $ids }.
topic-on = { $topic }: you will be alerted.
topic-off = { $topic }: no more alerts.
topic-gone = There is no topic "{ $topic }" any more. Type /topics for those there are.
unknown-topic = There is no topic "{ $topic }". There are: { $ids }.
unknown-topic-similar = There is no topic "{ $topic }". Did you mean `{ $similar }`? /topics shows all of them.

filters-none = No filters yet. Add one with `/filter add` and a rule, such as `/filter add "Minsk Group"`; /help shows how rules are written.
filters-some = *Your filters*
filters-how = Remove one with `/filter remove` and its number.
filters-remain =
    { "" }
    { $count ->
        [one] One filter of yours still alerts; /filter shows it.
       *[other] { $count } filters of yours still alert; /filter shows them.
    }
filter-added = Filter { $number } is on: `{ $rule }`
filter-there = You already have this filter: `{ $rule }`
filter-removed = Removed: `{ $rule }`
no-such-filter =
    { $count ->
        [0] There is no filter { $number }; you have none.
        [one] There is no filter { $number }; you have one.
       *[other] There is no filter { $number }; you have { $count }. Type /filter to see them.
    }
too-many-filters = { $most } filters are the most. Remove one with `/filter remove` and its number, or join several with OR.
filter-test =
    `{ $rule }` { $count ->
        [0] would have sent nothing in the last 7 days.
        [one] would have sent 1 alert in the last 7 days:
       *[other] would have sent { $count } alerts in the last 7 days. The newest:
    }

latest-none = Nothing found in the last 30 days.
latest-some = *Latest*

paused = Paused: no alerts until you type /resume.
not-paused = Alerts are flowing already.
resumed =
    Alerts are flowing again. { $missed ->
        [0] Nothing of yours happened meanwhile.
        [one] One story of yours came meanwhile; /latest shows it.
       *[other] { $missed } stories of yours came meanwhile; /latest shows them.
    }

nothing-stored = Nothing is stored about this chat. Type /start to begin.
settings =
    { "" }*Settings of this chat*
    Since: { $since }
    Topics: { $topics }
    Filters: { $filters }
settings-paused = Alerts: paused since { $time }
settings-flowing = Alerts: on
settings-how =
    { "" }
    Change them with /topics, /filter, /pause, /resume; delete everything with /forget.

forget-question =
    This deletes everything about this chat: { $topics ->
        [one] 1 topic
       *[other] { $topics } topics
    }, { $filters ->
        [one] 1 filter
       *[other] { $filters } filters
    }, and what was sent. It cannot be undone. Delete?
forget-yes = Delete everything
forget-no = Keep it
forget-kept = Nothing was deleted.
forgotten = Everything about this chat is deleted. Type /start to begin anew.
