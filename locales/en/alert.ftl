# Words in alerts.

alert-undated = date not given
alert-untitled = (no headline)
alert-why = Why?
alert-date-future = (its own date lay in the future; this is when it was seen)
alert-date-zoneless = (if its clock is UTC; it names no zone)
alert-together = *{ $count } reports at once*
alert-changed = Changed { $time }: { $what }
alert-changed-title = the headline was “{ $title }”
alert-changed-figures = { $figures }
