# The answers of the bot. *Stars* make bold, `backticks` mark text to type. Arguments are never read as marks.

describe-start = Begin: choose topics with two taps
describe-topics = The topics, with a button for each
describe-subscribe = Subscribe to topics
describe-unsubscribe = End subscriptions
describe-filter = Your own keyword rules
describe-feed = Feeds of your own, only for this chat
describe-mute = Never alert about something
describe-unmute = Alert about it again
describe-why = Why an alert came, or why an article did not
describe-latest = Recent articles on your topics and filters, or on a rule
describe-attention = What comes with a sound, silently, or with the digest
describe-quiet = Hours without alerts
describe-timezone = The time zone of your hours
describe-digest = One message at set times for all that is not urgent
describe-cap = The most messages in an hour; the rest are combined
describe-pause = No alerts until /resume
describe-resume = Alerts again
describe-feeds = For the operator: feeds that are failing or silent
describe-story = All reports of an alert's story
describe-search = Stories that match a rule, in all stored articles
describe-meetings = Meetings ahead, for your calendar
describe-timeline = A chart of the last days
describe-updates = Whether a changed story makes a sound again
describe-settings = The settings of this chat
describe-help = All commands; /help rules: how rules are written
describe-forget = Delete everything about this chat

greeting =
    { "" }*Ceasewire* watches the news about *{ $conflict }* and writes to you when a story matches your topics or filters: one alert for each story, with its sources.

    Tap the topics you want. For words of your own, type `/filter add` and a rule, such as `/filter add "Minsk Group"`. /help shows all commands.

help-intro = Ceasewire watches the news about *{ $conflict }*.

help-rules =
    { "" }*Rules*
    `karabakh ceasefire` – both words
    `ceasefire OR truce` – one of them; a comma does the same
    `shusha -football` – without that word
    `"Minsk Group"` – these words in a row
    `negotiat*` – words that begin like this
    `title:truce`, `source:osce.org`, `lang:ru`, `topic:ceasefire` – in the headline, by an outlet, in a language, on a topic
    /help rules explains more. Try a rule with `/filter test` first.

help-language =
    { "" }*How rules are written*
    A rule says which words an article must have. Case and accents do not matter: `shusha` finds SHUSHA and Şuşa.

    { "" }*Words*
    `ceasefire` – this word and its inflected forms: ceasefires
    `karabakh` – a name of the conflict, in all its spellings: Qarabağ, Карабах, Արցախ
    `=ceasefire` – exactly this form and spelling
    `negotiat*` – words that begin like this: negotiate, negotiations
    `"Minsk Group"` – exactly these words in a row
    `/(cease-?fire|truce)s?/` – a regular expression, in upper or lower case

    { "" }*Together*
    `karabakh ceasefire` – both, anywhere
    `ceasefire OR truce` – at least one; `ceasefire, truce` and `ceasefire | truce` mean the same
    `shusha -football` – the first and not the second; NOT means the same as the minus
    `shusha NEAR/5 captured` – within five words of each other, in either order
    `karabakh (ceasefire OR truce)` – parentheses group

    { "" }*Where*
    `title:truce` – in the headline; also `title:(truce OR ceasefire)`, `title:/truce/`
    `source:osce.org` – by this outlet: its name or its site
    `lang:ru` – in this language
    `topic:ceasefire` – about a topic of /topics

    { "" }*What binds first*
    A field or = applies to the next word, phrase or group; then come NEAR, then the minus, then words side by side, then OR, and last the comma. So `putin, macron talks -paris` means `putin OR (macron talks -paris)`. Parentheses make it clear.
    OR, AND, NOT and NEAR are operators in capitals only; `"OR"` in quotes is a word.

    { "" }*Examples*
    `(aliyev OR pashinyan) (meet OR talks) -football`
    `"Red Cross" NEAR/10 prisoner`
    `title:ceasefire source:osce.org`
    `drone (shusha, stepanakert) -opinion`

    { "" }*Try it*
    `/filter test RULE` shows the alerts that a rule would have sent, `/filter add RULE` adds it, `/mute RULE` stops alerts that match it, and /why shows which words matched.
    A rule has up to 4,096 characters and 500 words. One that would match articles without any of its words, such as `-football` alone, is refused.

failed = Something went wrong on my side. Please try again in a moment.
budget-waiting = More than { $most } commands of this chat wait for an answer. I leave out the further ones; please type them again later.
budget-commands = This chat may use { $most } commands a minute, and each member of a group a quarter of them. I leave out the further ones; please type them again in a minute.
budget-slow-commands = This chat may use { $most } commands a minute that search articles or try a feed, and each member of a group a quarter of them. I leave out the further ones; please type them again in a minute.
set-aside = I was interrupted while I worked on `{ $command }`, and I do not try it again by myself. Please type it again if you still need it.
not-a-command = I understand commands. Type /help to see them, or /start to choose topics.
admins-only = Only admins of this chat may change its settings.
admins-no-channel = You write as a channel here, and I cannot see whether it is an admin’s. Write as yourself, or as the group, to change settings.
admins-hidden = This group hides its members, so I cannot see who its admins are. Make me an admin of the group, without any rights, and try again.
forwarded = This command was forwarded, so I do not carry it out. If it is yours, type it yourself: `{ $command }`
press-unknown = This button is from an older message. Type /topics for new ones.

unknown-command = There is no command /{ $name }. Type /help to see all of them.
unknown-command-similar = There is no command /{ $name }. Did you mean /{ $similar }? /help shows all of them.
no-arguments = I don't know "{ $typed }". /{ $name } takes nothing after it. Type /{ $name }.
argument-unknown = I don't know "{ $typed }". Use { $usages }.
argument-incomplete = Something is missing after "/{ $name } { $typed }". Use { $usages }.
filter-number = Which filter? Type /filter to see them numbered, then `/filter remove 2`, for example.
filter-edit-how = Which filter, and what is its new rule? Type /filter to see them numbered, then `/filter edit 2 karabakh truce`, for example.
no-rule = A rule is missing. Type `{ $example }`, for example.
latest-count = I show 1 to 20 articles. Type `/latest 10`, for example; to search for a number, put it in quotes.
rule-fault = That rule does not work: { $fault }
rule-empty = the rule is empty; type the words that an article must contain
rule-unclosed-quote = this quote has no end; close it with "
rule-unclosed-group = this parenthesis has no end; close it with )
rule-stray-close = this parenthesis closes nothing; remove it, or open one with ( before it
rule-empty-group = there is nothing in here; put words between, or remove it
rule-nothing-after = { $operator } needs something after it; to search for the word itself, put it in quotes
rule-nothing-before = { $operator } needs something before it; to search for the word itself, put it in quotes
rule-unknown-field = there is no field "{ $field }:"; there are `title:`, `source:`, `lang:` and `topic:`; to search for these words, put them in quotes
rule-nested-field = a field cannot stand inside another; close the first one's parenthesis before it
rule-unknown-topic = there is no topic "{ $name }"; there are { $topics }
rule-unknown-topic-similar = there is no topic "{ $name }", did you mean "{ $similar }"?; there are { $topics }
rule-maybe-not = `{ $sign }` has no meaning here; type `-` right before a word that must not be there, or leave the sign out
rule-inner-star = a star stands only at the end of a word, as in `negotiat*`; for another place type a regular expression
rule-boost = words have no weight here; leave out `^` and the number
rule-fuzzy = `~` has no meaning here; for words near each other type `a NEAR/5 b`, or leave the sign out
rule-pattern-flags = a regular expression ends with its slash; put words with slashes in quotes
rule-unknown-language = there is no language "{ $name }"; type a code such as `en`, `ru` or `hy`, or the name of the language
rule-did-you-mean = Did you mean { $rules }?
rule-doubt-operator = *Note:* "{ $word }" is a word here, which articles must have: only OR, AND and NOT in capitals, or the minus, join words.
rule-doubt-lines = *Note:* lines are read as one rule, and an article must have the words of all of them.
rule-doubt-capitals = *Note:* `{ $word }` also finds the word "{ $small }".
rule-doubt-country = *Note:* `{ $code }` is the code of this language: { $language }.
rule-doubt-source = *Note:* none of my feeds is of an outlet called `{ $name }`.
rule-doubt-source-similar = *Note:* none of my feeds is of an outlet called `{ $name }`. Did you mean `{ $similar }`?
rule-as-typed = As typed
rule-no-word = there is no letter or digit in this; type a word
rule-bare-star = a star stands at the end of a word's beginning, as in `negotiat*`; type at least one letter before it
rule-whole-name = `{ $field }:` takes a whole name; leave out the star, the equals sign or the slashes
rule-bad-near = `NEAR` needs a distance from 1 to { $most }, as in `shusha NEAR/5 captured`
rule-near-operand = `NEAR` joins words, phrases, or several of them as `(a OR b)`, all without a field or a minus
rule-unclosed-pattern = this regular expression has no end; close it with /, or put the words in quotes
rule-bad-pattern = this is not a regular expression that can be used: { $fault }; for plain words use quotes instead of slashes
rule-long-pattern = a regular expression has at most { $most } characters; shorten it, or split the rule
rule-too-many-patterns = a rule has at most { $most } regular expressions; split it into several
rule-too-long = the rule is longer than { $most } characters; split it into several
rule-too-deep = the rule is nested deeper than { $most } levels; use fewer parentheses
rule-too-many-terms = the rule has more than { $most } words; split it into several
rule-only-negative = this would match every article without those words; add a word that must be there

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
# Follows a rule in the lists of filters and mutes.
rule-in-trouble = { "" } – matches nothing; write it anew
rule-ended = Your rule `{ $rule }` broke the search of an article, which is a fault of mine. It matches nothing from now on; the others go on. Please write it another way and remove this one: `/filter` and `/mute` list them with their numbers.
rule-unreadable = I cannot read your rule `{ $rule }` any more: it names a topic that is gone, or its regular expression is larger than they may be now. It matches nothing until you change it: `/filter` and `/mute` list your rules with their numbers.
filters-how = Change one with `/filter edit`, its number and a rule; remove one with `/filter remove` and its number.
filters-cut-off =
    { $count ->
        [one] Once since yesterday a regular expression of yours took too much work for an article, and its filter or mute did not count there.
       *[other] { $count } times since yesterday a regular expression of yours took too much work for an article, and its filter or mute did not count there.
    } Simpler expressions, or a word beside them, help.
filters-remain =
    { "" }
    { $count ->
        [one] One filter of yours still alerts; /filter shows it.
       *[other] { $count } filters of yours still alert; /filter shows them.
    }
filter-added = Filter { $number } is on: `{ $rule }`
filter-there = You already have this filter: `{ $rule }`
filters-removed = Removed:
no-such-filter-rule = There is no filter `{ $rule }`. Type /filter to see them.
filter-removed = Removed: `{ $rule }`
no-such-filter =
    { $count ->
        [0] There is no filter { $number }; you have none.
        [one] There is no filter { $number }; you have one.
       *[other] There is no filter { $number }; you have { $count }. Type /filter to see them.
    }
too-many-filters = You can have { $most } filters. Remove one with `/filter remove` and its number, or join several with OR.
too-many-patterns = This chat has { $most } regular expressions in its filters and mutes, with those of all its topics, and cannot have more: each of them must be searched for in articles. Remove a filter with one, or write words instead, such as `cease-fire`.
filter-edited =
    Filter { $number } was `{ $old }`
    and is now `{ $new }`
filter-back = Changed back: `{ $rule }`
filter-gone = That filter is gone already.
filter-undo-button = Undo
filter-add-button = Add this filter
filter-test = `{ $rule }`
preview =
    { $count ->
        [0] It would have sent nothing in the last { $days } days.
        [one] It would have sent 1 alert in the last { $days } days (UTC):
       *[other] It would have sent { $count } alerts in the last { $days } days (UTC):
    }
preview-parts = { $articles } stored articles were tried. Articles with each part of the rule: `{ $parts }`; none has all that it asks for.
search-cut = Not every article was searched to its end: one search looks at a limited number of them, and a costly regular expression at fewer.
preview-cut = Only the newest { $most } articles were searched.
preview-stop-words = *Note:* this rule asks only for words that nearly every article has. Add a word that is specific to your interest.
preview-share = *Note:* this rule matches { $matching } of { $articles } stored articles ({ $percent } %). Add a word that must be there too.

mutes-none = Nothing is muted. Type `/mute` and a word or any rule, such as `/mute football` or `/mute source:osce.org`: articles that match it raise no alert. To mute one story, press the button under its alert.
mutes-some = *Muted*
mutes-how = End one with `/unmute` and its number.
muted = Muted: `{ $rule }`. Articles that match it raise no alert. `/unmute { $number }` ends it.
mute-found =
    { $matching ->
        [0] None of the { $articles } articles of the last { $days } days matches it.
        [one] One of the { $articles } articles of the last { $days } days matches it.
       *[other] { $matching } of the { $articles } articles of the last { $days } days match it.
    }
mute-silences =
    `{ $rule }` matches { $matching } of the { $articles } articles of the last { $days } days. It would have kept back { $silenced } of your { $alerts } alerts. Mute it?
    Press the button, or type `/mute anyway` and the rule.
mute-anything =
    `{ $rule }` may stand in any article: it matches { $matching } of the { $articles } articles of the last { $days } days. Mute it?
    Press the button, or type `/mute anyway` and the rule. /mute alone shows your mutes.
mute-no-end = A mute has no end: `{ $rule }` would be muted until you type /unmute. For a pause of all alerts there are /pause and /quiet.
mute-all = To stop all alerts, type /pause. To mute a word, type `/mute` and the word; /mute alone shows your mutes.
mute-this = To mute the story of an alert, press the button under it, or reply to it with `/mute this`.
mute-button = Mute it
mute-there = That is muted already: `{ $rule }`
unmuted-some = No longer muted:
unmuted = No longer muted: `{ $rule }`
no-such-mute =
    { $count ->
        [0] There is no mute `{ $typed }`; nothing is muted.
       *[other] There is no mute `{ $typed }`. Type /mute to see your mutes.
    }
mutes-stories =
    { $count ->
        [one] One story is muted by its button; `/unmute stories` ends that.
       *[other] { $count } stories are muted by their buttons; `/unmute stories` ends that.
    }
unmuted-stories =
    { $count ->
        [one] The story is no longer muted.
       *[other] The { $count } stories are no longer muted.
    }
too-many-mutes = You can have { $most } mutes. End one with `/unmute` and its number, or join several with OR.

why-none-yet = No alert has come here yet. Type `/why` and the address of an article to learn why it raised none.
why-no-alert = That is no alert that I know. Reply /why to an alert, or type `/why` and the address of an article.
why-no-address = `{ $typed }` is no web address. Type `/why` and the whole address of an article, such as `https://www.osce.org/minsk-group/466974`; or just /why for the last alert.
why-unknown = I do not know this article: none of my feeds has its address.
why-no-feed = I read no feed of { $host }.
why-feeds = These feeds of { $host } are read. None of them had the article when I looked:
why-feed-read = , last read { $time }
why-feed-fails = , which cannot be read at present
why-no-rules = I have the article, but this chat has no topics and no filters. /topics shows the topics.
why-silent = It was stored silently on { $time }: its feed already had it when I read that feed for the first time.
why-old = It was stored silently on { $time }: it was published on { $published }, too long before to be news.
why-unmatched = It was read on { $time }, and matched none of your topics and filters:
why-muted = One of your rules matches it, but you have muted `{ $rule }`. /mute shows your mutes.
why-muted-then = One of your rules matched it, but it was muted at that time.
why-version = Until { $time } it read “{ $title }”.
why-story = You have an alert of this story, from another article. Each story is one alert.
why-sent = It was sent to you on { $time }.
why-sent-undated = It was sent to you.
why-pending = It is about to be sent.
why-parked = This chat could not be reached. The alert waits until it can.
why-put-off = It waits until { $time }: for the end of your quiet hours, for your digest, or for the next hour under your cap.
why-postponed-soon = It will be sent again in a moment; the last attempt failed: { $error }
why-postponed = It will be sent again on { $time }; the last attempt failed: { $error }
why-failed = It could not be sent: { $error }
why-cancelled = It was cancelled before it was sent: you paused alerts, deleted the rule behind it, or muted its story or its words.
why-paused = One of your rules matched it, but alerts are paused since { $time }. /resume starts them again.
why-held-back = One of your rules matched it, but at that time alerts were paused, or this chat could not be reached.
why-rules-gone = The rule behind this alert was deleted.
why-topic = Topic *{ $name }*
why-filter = Filter `{ $rule }`
why-found = found:
why-no-words = matches by outlet, language or topic, not by a word.
why-changed = does not match it any more; the rule was changed since.
why-missing = lacks `{ $part }`
why-present = must not have `{ $part }`
why-newer = matches it, but the rule is newer than the article.
why-no-topic = has none of its words in the article.
why-topic-aside = has its words in the article only in passing: not in the headline or the first 150 words, or the article is about something else.
why-unusable = can no longer be used. See it with /filter and write it anew.

story-none = I have sent you no alert yet. Reply to an alert with /story to see all reports of its story.
story-head =
    { "" }*The story so far*: { $reports ->
        [one] 1 report
       *[other] { $reports } reports
    }, { $sources ->
        [one] 1 source
       *[other] { $sources } sources
    }{ $countries ->
        [0] { "" }
        [one] , 1 country
       *[other] , { $countries } countries
    }
story-more = … and { $more } more
meetings-none = No meeting is announced.
meetings-some = *Meetings ahead*
meetings-reminded = You are reminded the day before and an hour before. `/meetings remind off` ends that.
meetings-not-reminded = `/meetings remind on` reminds you the day before and an hour before.
reminders-on = Reminders are on: of the meetings in your alerts, the day before and, where the time is known, an hour before.
reminders-off = Reminders are off.
meeting-gone = I do not know that meeting any more.
meeting-no-date = The meeting has no date yet, so I cannot make a calendar entry:
timeline = { $conflict }: stories of the last { $days ->
    [one] day
   *[other] { $days } days
}
timeline-none = Nothing to draw: I have no story of those days. Type `/timeline 90` for a longer time.
timeline-days = I draw 1 to 365 days. Type `/timeline 30`, for example.
search-none = No stored article matches { $rule }.
search-some = *Found*
search-reports = { $reports } reports
updates-loud = When a story you were alerted to changes (the other side confirms it, a ceasefire is broken, a meeting is cancelled), I send a message about it. `/updates silent` ends that.
updates-silent = When a story you were alerted to changes, I edit its alert without a sound. A new event of your topics comes as a message, as loud as the topic (/attention). `/updates loud` makes me send a message about it.
attention-none = You have no topics or filters yet. Type /topics for the topics, or `/filter add` and a rule.
attention-some = *How urgent your topics and filters are*
attention-urgent = urgent
attention-events = events only
attention-normal = normal
attention-digest = digest
attention-auto = { $attention } (auto)
attention-how =
    { "" }
    Urgent alerts come at once with a sound, normal alerts at once without a sound, and the rest with the digest (/digest). A topic rings for new events: a truce agreed or broken, a meeting announced, many killed; a mere mention does not. `events` leaves mentions out. Change one with `/attention ceasefire urgent` or, for a filter, `/attention 1 digest`; `auto` at the end leaves it to me.
attention-not-subscribed = You are not subscribed to { $topic }. Type `/subscribe { $id }` first.
attention-is-urgent = It comes at once, with a sound.
attention-is-urgent-events = New events come at once, with a sound; reports that only mention the topic come without one. `events` in place of `urgent` leaves them out.
attention-is-urgent-digest = New events come at once, with a sound; reports that only mention the topic come with the digest. `events` at the end leaves them out.
attention-is-events = New events come at once, with a sound; reports that only mention the topic do not come.
attention-no-events = { $rule } has no events that I know; they go with topics such as ceasefire, and with filters that ask for one: `/filter add topic:ceasefire shusha`. Type urgent, normal, digest or auto.
attention-is-normal = It comes at once, without a sound.
attention-is-digest = It comes with the digest; /digest says when.
attention-is-digest-off = It comes at once, without a sound, since this chat has no digest. `/digest daily 08:00` sets one.
attention-fault = Type `/attention`, then a topic or the number of a filter, then `urgent`, `events`, `normal`, `digest` or `auto`: `/attention ceasefire events` or `/attention 2 digest`, for example. /attention alone shows them all.
quiet-off = No quiet hours: alerts come day and night. `/quiet 23:00-07:00` sets some.
quiet-urgent = Quiet from *{ $from }* to *{ $until }* ({ $zone }): only urgent alerts come then, the rest at { $until }. /attention shows which are urgent.
quiet-nothing = Quiet from *{ $from }* to *{ $until }* ({ $zone }): no alerts come then, and all of them at { $until }.
quiet-all-day-urgent = Quiet *all day* ({ $zone }): only urgent alerts come, the rest in one message a day at { $until }. /attention shows which are urgent.
quiet-all-day-nothing = Quiet *all day* ({ $zone }): all alerts come in one message without a sound, once a day at { $until }.
quiet-how = Change it with `/quiet 23:00-07:00`, or `/quiet 23:00-07:00 nothing` to hold back urgent alerts too; `/quiet off` ends it.
quiet-fault = I cannot read "{ $typed }" as hours. Type `/quiet 23:00-07:00`, with `nothing` after it to hold back urgent alerts too; or `/quiet off`.
zone-missing = These hours are UTC, since this chat has no time zone. Type `/timezone` and a city to set it, such as `/timezone Yerevan`.
zone-none = No time zone is set, so hours are UTC, where it is { $time } now. Type `/timezone` and a city to set it, such as `/timezone Yerevan`.
zone-is = Time zone: *{ $zone }*, where it is { $time } now.
zone-unknown = "{ $typed }" is no time zone, or may be several.
zone-similar = Did you mean:
zone-how = Type a city, such as `/timezone Yerevan`, a zone, such as `/timezone Europe/Berlin`, or hours ahead of UTC, such as `/timezone +4`.
digest-off = No digest: every alert comes at once. `/digest daily 08:00` or `/digest hourly` sets one.
digest-hourly = A digest comes each full hour.
digest-daily = A digest comes each day at *{ $time }*.
digest-next = The next one: { $next } ({ $zone }).
digest-what = The digest collects topics and filters set to digest, and those left on auto; /attention shows which. Urgent and normal alerts come at once. `/digest off` ends it.
digest-fault = I cannot read "{ $typed }" as times. Type `/digest hourly`, `/digest daily 08:00` or `/digest off`.
cap-on =
    { $count ->
        [one] At most one message an hour; the rest are combined.
       *[other] At most { $count } messages an hour; the rest are combined.
    } `/cap off` ends that.
cap-off = No cap: each alert is a message of its own. `/cap 10` allows ten messages an hour, and combines the rest.
cap-fault = "{ $typed }" is no number of messages from 1 to 60. Type `/cap 10` for ten an hour, or `/cap off`.
story-muted = Muted: you get no more alerts of this story. /unmute stories ends that for all muted stories.
story-which = Which story? Tap one to mute it.
story-gone = I do not know that alert any more, so its story cannot be muted.
latest-none = No matching article in the last 30 days.
latest-some = *Latest*

paused = Paused: no alerts until you type /resume.
not-paused = Alerts are on already.
back = I can write here again. Meanwhile { $missed ->
    [one] one story
   *[other] { $missed } stories
} matched your topics and filters; /latest shows the last ones.
resumed =
    Alerts are on again. { $missed ->
        [0] Meanwhile no story matched your topics and filters.
        [one] Meanwhile one story matched your topics and filters; /latest shows it.
       *[other] Meanwhile { $missed } stories matched your topics and filters; /latest shows them.
    }

nothing-stored = Nothing is stored about this chat. Type /start to begin.
settings =
    { "" }*Settings of this chat*
    Since: { $since }
    Topics: { $topics }
    Filters: { $filters }
    Muted: { $mutes }
settings-paused = Alerts: paused since { $time }
settings-flowing = Alerts: on
settings-reminders-on = Reminders of meetings: on
settings-reminders-off = Reminders of meetings: off
settings-updates-loud = When a story changes: a message
settings-updates-silent = When a story changes: its alert changes
settings-stories = Muted stories: { $stories }
settings-attention = Attention: { $rules }
settings-attention-auto = Attention: auto
settings-quiet-off = Quiet hours: none
settings-quiet-urgent = Quiet hours: { $from } to { $until }, except urgent alerts
settings-quiet-nothing = Quiet hours: { $from } to { $until }
settings-digest-off = Digest: none
settings-digest-hourly = Digest: each full hour
settings-digest-daily = Digest: each day at { $time }
settings-cap-off = Messages an hour: no cap
settings-cap = Messages an hour: at most { $count }
settings-zone = Time zone: { $zone }
settings-how =
    { "" }
    Change them with /topics, /filter, /mute, /attention, /quiet, /digest, /cap, /timezone, /pause, /resume; delete everything with /forget.

forget-question =
    This deletes everything about this chat: { $topics ->
        [one] 1 topic
       *[other] { $topics } topics
    }, { $filters ->
        [one] 1 filter
       *[other] { $filters } filters
    }, { $mutes ->
        [one] 1 mute
       *[other] { $mutes } mutes
    }, and the alerts sent. You cannot undo this. Delete?
forget-yes = Delete everything
forget-no = Keep it
forget-kept = Nothing was deleted.
forgotten = Everything about this chat is deleted. Backups that the operator made earlier still have it. Type /start to begin anew.

feed-how = Type `/feed add` and the address of a feed or a site, such as `/feed add https://www.osce.org`; `/feed` for the list; `/feed remove` and a number.
feed-off = This bot reads only the feeds that its operator has chosen.
feed-no-address = `{ $typed }` is no web address. Type `/feed add` and the address of a feed or a site, such as `https://www.osce.org`.
feed-too-many = A chat can have { $most } feeds. Remove one with `/feed remove` and its number.
feed-too-many-in-all = All chats together have as many feeds as this bot reads for them. Try again later, or ask its operator for more.
feed-watched = I read *{ $name }* already, for all chats. Your topics and filters find its articles.
feed-there = *{ $name }* is on this chat's list already; /feed shows it.
feed-no-such =
    { $count ->
        [0] There is no feed `{ $typed }`; this chat has added none.
       *[other] There is no feed `{ $typed }`. Type /feed to see the list.
    }
feed-removed = I no longer read *{ $name }* for this chat.
feed-slow = The site did not answer in time. Try again later, or give the address of another feed.
feed-status = The site answers with the error { $status }. Open the address in a browser, and give me the one that works there.
feed-empty = There is nothing at this address. Open it in a browser, and give me the one that works there.
feed-too-large = The page at this address is too large for a feed.
feed-unreachable = I cannot read this address. It must be the public web address of a site that answers, on a usual port.
feed-none-there = This is a web page that names no feed, and there is none at the usual places. Look for "RSS" on the site.
feed-challenge = The site answers programs with a check for robots. Give me the address of another feed.
feed-login = The site asks for a login. Give me the address of a feed that needs none.
feed-unparsable = I found no feed there: { $fault }
feed-added = Added as number { $number }: *{ $name }*. From now on you get alerts for its new articles that match your topics and filters.
feed-newest = Its newest:
feed-others = The site also has:
feed-list-none = This chat has added no feeds. Type `/feed add` and the address of a feed or a site. A chat can have { $most }.
feed-list = *Feeds of this chat*
feed-fails = { "" } – failed { $count ->
    [one] once
   *[other] { $count } times
}: { $error }
feed-unread = { "" } – not read yet
feed-budget = *{ $name }* has brought { $most } articles in 24 hours, which is the most. Its next ones wait.
feed-list-how = { "" }`/feed remove` and a number removes one.
feeds-operators-only = Only the operator sees the state of the feeds. If that is you, put { $chat } into chats.operators.
feeds-counts =
    { $polled ->
        [one] One feed is read;
       *[other] { $polled } feeds are read;
    } { $failing } failing for a day, { $silent } silent for far longer than usual{ $too-old ->
        [0] { "" }
       *[other] , { $too-old } with new entries that are all too old
    }.
feeds-failing = { "" } – failing since { $time }: { $error }
feeds-crashed = { "" } – the program ended { $count ->
        [one] once
       *[other] { $count } times
    } while it read this feed; it reads the feed again on { $time }
feeds-moved = { "" } – has moved to { $to } for good
feeds-moving = { "" } – redirects to { $to } for good since { $time }; moves there when that has held for a day
feeds-silent = { "" } – nothing new since { $time }
feeds-too-old = { "" } – by its dates, { $count ->
        [one] its last new entry was
       *[other] its last { $count } new entries were all
    } too old to alert of
