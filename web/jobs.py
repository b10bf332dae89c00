"""RQ jobs that need the words of the pages. Arguments are ids, if any; each may run twice, late, or beside another."""

import random

from foundation.mail import MailServer
from foundation.outbound_http import Outbound
from foundation.queue import QueueName
from foundation.runtime import Runtime, process_runtime
from leads.delivery import EMAIL, WEBHOOK
from leads.job_names import SEND_DUE
from leads.sending import Ways, Webhooks, something_is_due
from leads.sending import send_due as send_all_due
from web.event_letters import send_due_letters
from web.letters import Letters


def send_due() -> None:
    """Send the notices that are due, in this worker process, and ring again where some are left."""
    runtime = process_runtime()
    send_all_due(runtime, ways_of(runtime), random.random)
    send_due_letters(runtime, MailServer.from_settings(runtime.settings))
    if something_is_due(runtime.database, runtime.clock.now()):
        runtime.queue.put(QueueName.SEND, SEND_DUE)


def ways_of(runtime: Runtime) -> Ways:
    """How this installation sends, by its settings."""
    settings = runtime.settings
    return Ways(
        {
            EMAIL: Letters(runtime, MailServer.from_settings(settings)),
            WEBHOOK: Webhooks(runtime, Outbound(anywhere=settings.webhooks_anywhere)),
        }
    )
