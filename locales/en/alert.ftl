# Words in alerts.

alert-undated = date not given
alert-untitled = (no headline)
alert-why = Why?
alert-hush = Mute this story
alert-hush-one = Mute a story…
alert-date-future = (its own date lay in the future; this is when it was seen)
alert-date-zoneless = (if its clock is UTC; it names no zone)
alert-together = *{ $count } reports at once*
alert-repeat = (may be a repeat: whether it arrived before is not known)
digest-head = *Digest: { $count ->
    [one] one report
   *[other] { $count } reports
}*
digest-since = in since { $time } ({ $zone })
digest-more = { $count } more follow.
alert-changed = Changed { $time }: { $what }
alert-changed-title = the headline was “{ $title }”
alert-changed-figures = { $figures }
alert-calendar = Add to calendar
alert-one-source = One source so far.
alert-one-agency = One source so far: { $agency }.
alert-also = Also: { $named } · { $count } sources{ $countries ->
    [0] { "" }
    [one] , { $countries } country
   *[other] , { $countries } countries
}
alert-and-more = { $named } and { $more } more
turn-other-side = the other side reports it too: { $source }
turn-three-countries = outlets of three countries report it
turn-violated = broken, says { $source }:
turn-cancelled = cancelled, says { $source }:
turn-postponed = put off, says { $source }:
figure-killed = { $count } killed{ $whose }: { $source }
figure-wounded = { $count } wounded{ $whose }: { $source }
figure-military = military
figure-civilian = civilians
figure-according-to = { $authority }, via { $source }
reminder-day = *Tomorrow*
reminder-hour = *In an hour*
meeting-of = Meeting: { $participants }
meeting-undated = date not given
meeting-cancelled = cancelled
meeting-postponed = put off
