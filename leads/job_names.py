"""Names under which the jobs of leads are put on a queue, so that putting one does not import the work itself."""

ROUTE_LEAD = "leads.jobs.route_lead"
RUN_YARDSTICK = "leads.jobs.run_yardstick"
# Words and templates are the pages' matter, so this job is theirs; see decision 0008.
SEND_DUE = "web.jobs.send_due"
RUN_LAB = "leads.jobs.run_lab"
