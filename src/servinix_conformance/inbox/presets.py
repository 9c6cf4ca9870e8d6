"""What the HTTP interfaces of well-known inboxes look like. Pure data: options of kind `http`.

Only MailDev's was tried on the real thing. The others were written after the documentation of their APIs:
Mailpit's `GET /api/v1/messages` and `GET /api/v1/message/{ID}`, MailHog's `GET /api/v2/messages`. `sms-list` is what
gateways of text messages commonly answer.
"""

from __future__ import annotations

from typing import Any

PRESETS: dict[str, dict[str, Any]] = {
    "maildev": {
        "url": "{server}/email",
        "id": "/id",
        "to": ["/envelope/to", "/to", "/cc"],
        "subject": "/subject",
        "text": "/text",
        "html": "/html",
        "order": "oldest",
    },
    "mailpit": {
        "url": "{server}/api/v1/messages?limit=200",
        "items": "/messages",
        "id": "/ID",
        "to": ["/To", "/Cc", "/Bcc"],
        "subject": "/Subject",
        "text": "/Text",
        "html": "/HTML",
        "message_url": "{server}/api/v1/message/{id}",
        "order": "newest",
    },
    "mailhog": {
        "url": "{server}/api/v2/messages?limit=200",
        "items": "/items",
        "id": "/ID",
        "to": "/Raw/To",
        "raw": "/Raw/Data",
        "order": "newest",
    },
    "sms-list": {
        "url": "{server}/messages?to={address}",
        "items": "/messages",
        "id": "/id",
        "to": "/to",
        "text": "/body",
        "order": "newest",
    },
}
