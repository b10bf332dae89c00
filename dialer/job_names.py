"""The names under which jobs are queued. Names, not functions, because jobs call the steps that queue them.

They never change: a job that was queued before an update is run after it.
"""

PLACE_CALLS = "dialer.jobs.place_calls"
GIVE_UP_CALL = "dialer.jobs.give_up_call"
HANG_UP_CALL = "dialer.jobs.hang_up_call"
TEND_ROOM = "dialer.jobs.tend_room"
ASK_CARRIER = "dialer.jobs.ask_carrier"
TEND_LINE = "dialer.jobs.tend_line"
CARRY_OUT_HOLD = "dialer.jobs.carry_out_hold"
ROUTE_LEAD = "leads.jobs.route_lead"
ORDER_LINE = "dialer.jobs.order_line"
RUN_RETENTION = "dialer.retention_jobs.run_retention"
WRITE_SEARCH_WORDS = "dialer.search_jobs.write_search_words"
