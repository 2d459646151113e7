# Words in alerts.

alert-undated = date not given
alert-untitled = (no headline)
alert-why = Why?
