# Dates, times, numbers and lists.

format-jan = Jan
format-feb = Feb
format-mar = Mar
format-apr = Apr
format-may = May
format-jun = Jun
format-jul = Jul
format-aug = Aug
format-sep = Sep
format-oct = Oct
format-nov = Nov
format-dec = Dec

format-mon = Mon
format-tue = Tue
format-wed = Wed
format-thu = Thu
format-fri = Fri
format-sat = Sat
format-sun = Sun

format-date = { $day } { $month } { $year }
format-short-date = { $day } { $month }
format-weekday-date = { $weekday } { $date }
format-time = { $hour }:{ $minute }
format-date-and-time = { $date }, { $time }
format-in-utc = { $time } UTC
format-utc = UTC{ $hours }

format-thousands = ,
format-list = { $first }, { $next }
format-either = { $first } or { $last }
