"""How long a sign-in holds. Source: CJIS Security Policy v6.0, AC-7, AC-11, AC-12, IA-5 and IA-11 (AAL2). No
installation may be laxer, so none of these is a setting."""

IDLE_SECONDS = 30 * 60  # AC-11: locked after 30 minutes without activity
SESSION_SECONDS = 12 * 60 * 60  # IA-11: signs in again every 12 hours, however busy
FAILURES = 5  # AC-7: then locked until an administrator releases
INVITATION_DAYS = 7
NOTED_EVERY_SECONDS = 60  # activity is written at most this often: one write a minute and not one a page
