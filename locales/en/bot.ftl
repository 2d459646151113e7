# What the bot says. *Stars* make bold, `backticks` make something to type; what is filled in is never read as marks.

describe-start = Begin: choose topics with two taps
describe-topics = The topics, with a button for each
describe-subscribe = Subscribe to topics
describe-unsubscribe = End subscriptions
describe-filter = Your own keyword rules
describe-feed = Feeds of your own, for this chat alone
describe-mute = Never alert about something
describe-unmute = Alert about it again
describe-why = Why an alert came, or an article did not
describe-latest = Recent articles, yours or those of a rule
describe-attention = What makes a sound, what comes silently, what waits for the digest
describe-quiet = Hours in which you are left alone
describe-timezone = The clock that your hours go by
describe-digest = What is not urgent, together, at set times
describe-cap = How many messages an hour, before they are joined
describe-pause = No alerts until /resume
describe-resume = Alerts again
describe-feeds = For the operator: feeds that are failing or silent
describe-story = All that is known of an alert's story
describe-search = Stories that a rule finds, as far back as they are kept
describe-meetings = Meetings ahead, for your calendar
describe-timeline = A chart of the last days
describe-updates = Whether a story that turns makes a sound again
describe-settings = What is set for this chat
describe-help = All commands; /help rules: how rules are written
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
    `title:truce`, `source:osce.org`, `lang:ru`, `topic:ceasefire` – in the headline, by an outlet, in a language, on a topic
    /help rules says all of it. Try a rule with `/filter test` first.

help-language =
    { "" }*How rules are written*
    A rule says which words an article must have. Case and accents do not matter: `shusha` finds SHUSHA and Şuşa.

    { "" }*Words*
    `ceasefire` – this word and its inflected forms: ceasefires
    `karabakh` – a name of the conflict is found in all its spellings: Qarabağ, Карабах, Արցախ
    `=ceasefire` – this very form, in no other form or spelling
    `negotiat*` – words that begin so: negotiate, negotiations
    `"Minsk Group"` – these very words in a row
    `/(cease-?fire|truce)s?/` – a regular expression upon the article's characters, in upper or lower case

    { "" }*Together*
    `karabakh ceasefire` – both, anywhere
    `ceasefire OR truce` – at least one; `ceasefire, truce` and `ceasefire | truce` say the same
    `shusha -football` – the first and not the second; NOT says the same as the minus
    `shusha NEAR/5 captured` – within five words of each other, in either order
    `karabakh (ceasefire OR truce)` – parentheses group

    { "" }*Where*
    `title:truce` – in the headline; also `title:(truce OR ceasefire)`, `title:/truce/`
    `source:osce.org` – by this outlet: its name or its site
    `lang:ru` – in this language
    `topic:ceasefire` – about a topic of /topics

    { "" }*What binds first*
    A field or = belongs to the very next thing; then come NEAR, then the minus, then words side by side, then OR, and last the comma. So `putin, macron talks -paris` means `putin OR (macron talks -paris)`. Parentheses say it without doubt.
    OR, AND, NOT and NEAR are operators in capitals only; `"OR"` in quotes is a word.

    { "" }*Examples*
    `(aliyev OR pashinyan) (meet OR talks) -football`
    `"Red Cross" NEAR/10 prisoner`
    `title:ceasefire source:osce.org`
    `drone (shusha, stepanakert) -opinion`

    { "" }*Try it*
    `/filter test RULE` shows what a rule would have sent, `/filter add RULE` keeps it, `/mute RULE` keeps what it finds from you, and /why under an alert shows which words it found.
    A rule has up to 4,096 characters and 500 words. One that would match articles without any of its words, such as `-football` alone, is refused.

failed = Something went wrong here, not with what you typed. Please try again in a moment.
not-a-command = I understand commands. Type /help to see them, or /start to choose topics.
admins-only = Only admins of this chat may change its settings.
press-unknown = This button is from an older message. Type /topics for new ones.

unknown-command = There is no command /{ $name }. Type /help to see all of them.
unknown-command-similar = There is no command /{ $name }. Did you mean /{ $similar }? /help shows all of them.
too-many-arguments = /{ $name } takes nothing after it. Type `{ $usage }`.
filter-number = Which filter? Type /filter to see them numbered, then `/filter remove 2`, for example.
filter-edit-how = Which filter, and what is its new rule? Type /filter to see them numbered, then `/filter edit 2 karabakh truce`, for example.
filter-verb = /filter does not know "{ $verb }". Type `/filter add RULE`, `/filter test RULE`, `/filter edit N RULE`, `/filter remove N`, or just /filter for the list.
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
filters-how = Change one with `/filter edit`, its number and a rule; remove one with `/filter remove` and its number.
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
too-many-searches = You have { $most } rules here that are nothing but a regular expression, and that is the most: every article is searched for them from end to end. Put a word beside it that must be there too, such as `/cease-?fire/ karabakh`.
filter-edited =
    Filter { $number } was `{ $old }`
    and is now `{ $new }`
filter-back = Changed back: `{ $rule }`
filter-gone = That filter is gone already.
filter-undo-button = Undo
filter-add-button = Add this filter
filter-test = `{ $rule }`
filter-would = It
trial =
    { $count ->
        [0] would have sent nothing in the last { $days } days.
        [one] would have sent 1 alert in the last { $days } days:
       *[other] would have sent { $count } alerts in the last { $days } days (UTC):
    }
trial-cut = Only the newest { $most } articles were looked at.
trial-stop-words = *Note:* it asks only for words that nearly every article has. Add one that says what you mean.
trial-share = *Note:* this matches { $matching } of { $articles } stored articles ({ $percent } %). Add a word that must be there too.

mutes-none = Nothing is muted. Type `/mute` and a word or any rule, such as `/mute football` or `/mute source:osce.org`: what it matches raises no alert. A single story is muted by the button under its alert.
mutes-some = *Muted*
mutes-how = End one with `/unmute` and its number.
muted = Muted: `{ $rule }`. What it matches raises no alert. `/unmute { $number }` ends it.
mute-there = That is muted already: `{ $rule }`
unmuted = No longer muted: `{ $rule }`
no-such-mute =
    { $count ->
        [0] There is no mute `{ $typed }`; nothing is muted.
       *[other] There is no mute `{ $typed }`. Type /mute to see those there are.
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
too-many-mutes = { $most } mutes are the most. End one with `/unmute` and its number, or join several with OR.

why-none-yet = No alert has come here yet. Type `/why` and the address of an article to learn why it did not.
why-no-alert = That is no alert that I know. Reply /why to an alert, or type `/why` and the address of an article.
why-no-address = `{ $typed }` is no web address. Type `/why` and the whole address of an article, such as `https://www.osce.org/minsk-group/466974`; or just /why for the last alert.
why-unknown = I have not read this article: its address was in no feed.
why-no-feed = No feed of { $host } is read.
why-feeds = These feeds of { $host } are read; the article was in none of them when I looked:
why-feed-read = , last read { $time }
why-feed-fails = , which fails: { $error }
why-nothing-asked = It was read, but nothing is asked for here: there are no topics and no filters. /topics shows what there is.
why-silent = It was stored silently on { $time }: it was there already when its feed was read for the first time.
why-old = It was stored silently on { $time }: it had been published on { $published }, too long before to be news.
why-unmatched = It was read on { $time }, and matched nothing of yours:
why-muted = A rule of yours matches it, but you have muted `{ $rule }`. /mute shows your mutes.
why-muted-then = A rule of yours matched it, but it was muted at that time.
why-story = Its story was told by another article, and you get one alert per story.
why-sent = It was sent to you on { $time }.
why-sent-undated = It was sent to you.
why-pending = It is about to be sent.
why-put-off = It waits until { $time }: for the end of your quiet hours, your digest, or the hour that your cap is for.
why-postponed = It will be sent again on { $time }; the last attempt failed: { $error }
why-failed = It could not be sent: { $error }
why-withdrawn = It was about to be sent when you paused alerts, took back what it came for, or muted its story or its words.
why-paused = A rule of yours matched it, but alerts are paused since { $time }. /resume lets them flow.
why-held-back = A rule of yours matched it, but at that time alerts were paused, or this chat could not be reached.
why-rules-gone = Whatever asked for it is gone by now.
why-topic = Topic *{ $name }*
why-filter = Filter `{ $rule }`
why-found = found:
why-no-words = matches by outlet, language or topic, not by a word.
why-changed = does not match it any more; it has been changed since.
why-missing = lacks `{ $part }`
why-present = must not have `{ $part }`
why-newer = matches it, but is newer than the article.
why-no-topic = has none of its words there.
why-topic-aside = comes up only in passing: not in the headline or the first 150 words, or in an article about something else.
why-unusable = can no longer be used; see it with /filter and write it anew.

story-none = I have told you of no story yet. Reply to an alert with /story to see all that is known of it.
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
meetings-none = No meeting ahead has been announced.
meetings-some = *Meetings ahead*
meetings-reminded = You are reminded the day before and an hour before. `/meetings remind off` ends that.
meetings-not-reminded = `/meetings remind on` reminds you the day before and an hour before.
reminders-on = Reminders are on: of the meetings that I alert you of, the day before and, where the time is known, an hour before.
reminders-off = Reminders are off.
meeting-gone = I do not know that meeting any more.
meeting-no-date = No date was given yet, so a calendar cannot hold it:
timeline = { $conflict }: stories of the last { $days ->
    [one] day
   *[other] { $days } days
}
timeline-none = Nothing to draw: no story of those days is stored. Type `/timeline 90` for a longer time.
timeline-days = I draw 1 to 365 days. Type `/timeline 30`, for example.
search-none = Nothing that is stored matches { $rule }.
search-some = *Found*
search-reports = { $reports } reports
updates-loud = When a story of yours turns (reported by the other side too, broken, cancelled), I send a message about it. `/updates silent` ends that.
updates-silent = When a story of yours turns, I change its alert without a sound. `/updates loud` has me send a message about it.
attention-none = Nothing is asked for here yet. Type /topics for the topics, or `/filter add` and a rule.
attention-some = *How urgent your topics and filters are*
attention-urgent = urgent
attention-normal = normal
attention-digest = digest
attention-auto = { $attention } (auto)
attention-how =
    { "" }
    What is urgent comes at once with a sound, what is normal at once without one, and what is for the digest with that (/digest). Change one with `/attention ceasefire urgent` or, for a filter, `/attention 1 digest`; `auto` at the end leaves it to me.
attention-not-subscribed = { $topic } is no topic of yours. Type `/subscribe { $id }` first.
attention-is-urgent = It comes at once, with a sound.
attention-is-normal = It comes at once, without a sound.
attention-is-digest = It comes with the digest; /digest says when.
attention-is-digest-off = It comes at once, without a sound, since this chat has no digest. `/digest daily 08:00` makes one.
attention-fault = Type `/attention`, then a topic or the number of a filter, then `urgent`, `normal`, `digest` or `auto`: `/attention ceasefire normal` or `/attention 2 digest`, for example. /attention alone shows them all.
quiet-off = No quiet hours: alerts come day and night. `/quiet 23:00-07:00` makes some.
quiet-urgent = Quiet from *{ $from }* to *{ $until }* ({ $zone }): only what is urgent comes then, the rest at { $until }. /attention shows what is urgent.
quiet-nothing = Quiet from *{ $from }* to *{ $until }* ({ $zone }): nothing comes then, and everything at { $until }.
quiet-all-day-urgent = Quiet *all day* ({ $zone }): only what is urgent comes, the rest together, once a day at { $until }. /attention shows what is urgent.
quiet-all-day-nothing = Quiet *all day* ({ $zone }): everything comes together and without a sound, once a day at { $until }.
quiet-how = Change it with `/quiet 23:00-07:00`, or `/quiet 23:00-07:00 nothing` to let not even urgent things through; `/quiet off` ends it.
quiet-fault = I cannot read "{ $typed }" as hours. Type `/quiet 23:00-07:00`, with `nothing` after it if not even urgent things may come; or `/quiet off`.
zone-missing = These hours are UTC, since this chat has no time zone. Type `/timezone` and a city to set it, such as `/timezone Yerevan`.
zone-none = No time zone is set, so hours are UTC, where it is { $time } now. Type `/timezone` and a city to set it, such as `/timezone Yerevan`.
zone-is = Time zone: *{ $zone }*, where it is { $time } now.
zone-unknown = I know no time zone "{ $typed }".
zone-similar = Did you mean:
zone-how = Type a city, such as `/timezone Yerevan`, a zone, such as `/timezone Europe/Berlin`, or hours ahead of UTC, such as `/timezone +4`.
digest-off = No digest: every alert comes at once. `/digest daily 08:00` or `/digest hourly` makes one.
digest-hourly = A digest comes each full hour.
digest-daily = A digest comes each day at *{ $time }*.
digest-next = The next one: { $next } ({ $zone }).
digest-what = Into it go the topics and filters that are for the digest, and those of which nothing is said; /attention shows which. What is urgent or normal comes at once. `/digest off` ends it.
digest-fault = I cannot read "{ $typed }" as times. Type `/digest hourly`, `/digest daily 08:00` or `/digest off`.
cap-on =
    { $count ->
        [one] At most one message an hour; what is more comes together in the next one.
       *[other] At most { $count } messages an hour; what is more comes together in the next one.
    } `/cap off` ends that.
cap-off = No cap: alerts come in as many messages as there are. `/cap 10` allows ten an hour, and joins what is more.
cap-fault = "{ $typed }" is no number of messages from 1 to 60. Type `/cap 10` for ten an hour, or `/cap off`.
story-muted = Muted: I will tell you no more of this story. /unmute stories ends that for all muted stories.
story-which = Which story? Tap one, and I will tell you no more of it.
story-gone = I do not know that alert any more, so its story cannot be muted.
latest-none = Nothing found in the last 30 days.
latest-some = *Latest*

paused = Paused: no alerts until you type /resume.
not-paused = Alerts are flowing already.
back = I can write here again. Meanwhile { $missed ->
    [one] one story
   *[other] { $missed } stories
} would have come here; /latest shows the last ones.
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
    Muted: { $mutes }
settings-paused = Alerts: paused since { $time }
settings-flowing = Alerts: on
settings-reminders-on = Reminders of meetings: on
settings-reminders-off = Reminders of meetings: off
settings-turns-loud = When a story turns: a message
settings-turns-silent = When a story turns: its alert changes
settings-stories = Muted stories: { $stories }
settings-attention = Attention: { $said }
settings-attention-auto = Attention: auto
settings-quiet-off = Quiet hours: none
settings-quiet-urgent = Quiet hours: { $from } to { $until }, but for what is urgent
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
    }, and what was sent. It cannot be undone. Delete?
forget-yes = Delete everything
forget-no = Keep it
forget-kept = Nothing was deleted.
forgotten = Everything about this chat is deleted. Type /start to begin anew.

feed-how = Type `/feed add` and the address of a feed or a site, such as `/feed add https://www.osce.org`; `/feed` for the list; `/feed remove` and a number.
feed-off = This bot reads only the feeds that its operator has chosen.
feed-no-address = `{ $typed }` is no web address. Type `/feed add` and the address of a feed or a site, such as `https://www.osce.org`.
feed-too-many = { $most } feeds are the most for one chat. Take one off with `/feed remove` and its number.
feed-watched = *{ $name }* is read already, for everyone. Your topics and filters find its articles.
feed-there = *{ $name }* is on this chat's list already; /feed shows it.
feed-no-such =
    { $count ->
        [0] There is no feed `{ $typed }`; this chat has added none.
       *[other] There is no feed `{ $typed }`. Type /feed to see the list.
    }
feed-removed = *{ $name }* is no longer read for this chat.
feed-slow = The site did not answer in time. Try again later, or give the address of another feed.
feed-refused = This address cannot be read from here: it has to be a public web address on a usual port.
feed-status = The site answers with the error { $status }. Open the address in a browser, and give the one that works there.
feed-empty = There is nothing at this address. Open it in a browser, and give the one that works there.
feed-too-large = What is at this address is too large for a feed.
feed-unreachable = The site cannot be reached. Check the address.
feed-none-there = No feed was found there. { $fault }
feed-added = Added as number { $number }: *{ $name }*. From now on its new articles reach this chat where they match your topics and filters.
feed-newest = Its newest:
feed-others = The site also has:
feed-list-none = This chat has added no feeds. Type `/feed add` and the address of a feed or a site; { $most } are the most.
feed-list = *Feeds of this chat*
feed-fails = { "" } – failed { $count } times: { $error }
feed-unread = { "" } – not read yet
feed-list-how = { "" }`/feed remove` and a number takes one off.
feeds-operators-only = Only the operator sees how the feeds do. If that is you, put { $chat } into chats.operators.
feeds-counts =
    { $polled ->
        [one] One feed is read;
       *[other] { $polled } feeds are read;
    } { $failing } failing for a day, { $silent } silent for far longer than usual.
feeds-failing = { "" } – failing since { $time }: { $error }
feeds-silent = { "" } – nothing new since { $time }
