# Alerts, story updates, digests and reminders.

alert-undated = date not given
alert-untitled = (no headline)
alert-why = Why?
alert-mute-story = Mute this story
alert-mute-one = Mute a story…
alert-date-future = (the publisher's date is in the future; this is when I first saw the article)
alert-date-zoneless = (if its clock is UTC; the publisher names no time zone)
alert-together = *{ $count } reports at once*
alert-repeat = (possible repeat: delivery was not confirmed)
digest-head = *Digest: { $count ->
    [one] one report
   *[other] { $count } reports
}*
digest-since = collected since { $time } ({ $zone })
digest-more = { $count } more follow.
alert-changed = Changed { $time }: { $what }
alert-changed-title = the headline was “{ $title }”
alert-changed-figures = { $figures }
alert-revised = new in this report
alert-revised-from = Before: “{ $title }”
alert-calendar = Add to calendar
alert-one-source = One source so far.
alert-one-agency = One source so far: { $agency }.
alert-also = Also: { $named } · { $count } sources{ $countries ->
    [0] { "" }
    [one] , { $countries } country
   *[other] , { $countries } countries
}
alert-and-more = { $named } and { $more } more
update-other-side = the other side reports it too: { $source }
update-three-countries = outlets of three countries report it
update-violated = broken, says { $source }:
update-cancelled = cancelled, says { $source }:
update-postponed = put off, says { $source }:
update-moved = moved, says { $source }:
update-over = over, says { $source }:
figure-killed = { $count } killed{ $whose }: { $source }
figure-wounded = { $count } wounded{ $whose }: { $source }
figure-kidnapped = { $count } kidnapped{ $whose }: { $source }
figure-missing = { $count } missing{ $whose }: { $source }
figure-military = military
figure-civilian = civilians
figure-according-to = { $authority }, via { $source }
reminder-day = *Tomorrow*
reminder-hour = *In an hour*
meeting-of = Meeting: { $participants }
meeting-undated = date not given
meeting-cancelled = cancelled
meeting-postponed = put off
meeting-moved = moved
fact-says = { $fact }, says { $authority } (via { $source })
fact-reports = { $fact } ({ $source })
fact-truce-agreed = Truce agreed
fact-truce-announced = Truce announced
fact-truce-extended = Truce extended
fact-truce-broken = Truce broken
fact-truce-rejected = Truce rejected
fact-truce-offered = Truce offered
fact-truce-over = Truce over
fact-meeting-planned = Meeting planned
fact-meeting-held = Meeting held
fact-meeting-cancelled = Meeting cancelled
fact-meeting-postponed = Meeting put off
fact-meeting-moved = Meeting moved
fact-killed = { $count } killed
