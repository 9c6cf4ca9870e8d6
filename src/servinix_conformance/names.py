"""The contract's own names: each logical operation with its fields, and each refusal. Pure data.

Steps and actors speak these names. Here they stand where `openapi.yaml` has them; a binding moves them elsewhere.
"""

from __future__ import annotations

_USER = {
    "user_id": "/user_id",
    "email": "/email",
    "organization": "/organization",
    "role": "/role",
    "status": "/status",
    "mfa_enabled": "/mfa_enabled",
    "contact_channel": "/contact/channel",
    "contact_address": "/contact/address",
    "locked_until": "/locked_until",
}
_CHALLENGE = {
    "access_token": "/access_token",
    "mfa_token": "/mfa_token",
    "expires_in": "/expires_in",
    "channel": "/channel",
    "destination": "/destination",
    "otp_expires_in": "/otp_expires_in",
    "resend_after": "/resend_after",
}
_CONTACT = {"contact_channel": "/contact/channel", "contact_address": "/contact/address"}
_POLICY = (
    "otp_length otp_ttl_seconds otp_attempts_per_challenge otp_failures_before_lock password_failures_before_lock "
    "lock_seconds resend_after_seconds mfa_token_ttl_seconds access_token_ttl_seconds reset_token_ttl_seconds "
    "recovery_after_failures"
)
# Logical operation: its request fields, and its answer fields. `*` points to a list; the fields then start at an item.
OPERATIONS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "signIn": ({"email": "/email", "password": "/password", "client_id": "/client_id"}, _CHALLENGE),
    "verifyOtp": (
        {"mfa_token": "/mfa_token", "otp": "/otp"},
        {name: _CHALLENGE[name] for name in ("access_token", "expires_in")},
    ),
    # Not in openapi.yaml: a deployment that sends no code by itself has it.
    "requestOtp": ({"mfa_token": "/mfa_token"}, _CHALLENGE),
    "resendOtp": ({"mfa_token": "/mfa_token"}, _CHALLENGE),
    "signOut": ({}, {}),
    "getProfile": ({}, {name: _USER[name] for name in ("user_id", "email", "organization", "role", "mfa_enabled")}),
    # A JWK set has its own form (RFC 7517, section 5): no deployment moves its members.
    "getJwks": ({}, {}),
    "requestPasswordReset": ({"email": "/email"}, {}),
    "resetPassword": (
        {"reset_token": "/reset_token", "new_password": "/new_password"},
        {"access_token": "/access_token", "mfa_token": "/mfa_token"},
    ),
    "findUsers": ({"email": "query:email"}, {"*": "/users", **_USER}),
    "enableMfa": ({"user_id": "path:user_id", **_CONTACT, "contact_confirmed": "/contact_confirmed"}, _USER),
    "disableMfa": ({"user_id": "path:user_id", "identity_verified": "/identity_verified"}, _USER),
    "unlockUser": ({"user_id": "path:user_id", "identity_verified": "/identity_verified"}, _USER),
    "createUser": (
        {
            **{name: f"/{name}" for name in ("email", "password", "role", "organization", "mfa_enabled", "status")},
            **_CONTACT,
        },
        _USER,
    ),
    "deleteUser": ({"user_id": "path:user_id"}, {}),
    "advanceClock": ({"user_id": "path:user_id", "seconds": "/seconds"}, {"now": "/now"}),
    "listMessages": (
        {"to": "query:to"},
        {"*": "/messages", **{name: f"/{name}" for name in ("id", "channel", "to", "subject", "body")}},
    ),
    "setOutage": ({"address": "/address", "failing": "/failing"}, {}),
    "getPolicy": ({}, {name: f"/{name}" for name in _POLICY.split()}),
}
BY_TEST_SUPPORT = frozenset(("createUser", "deleteUser", "advanceClock", "listMessages", "setOutage", "getPolicy"))
"""The operations that need the secret of test support."""
# Each refusal, with its status.
PROBLEMS = {
    "invalid-request": 400,
    "invalid-credentials": 401,
    "otp-rejected": 401,
    "mfa-token-rejected": 401,
    "access-token-rejected": 401,
    "reset-token-rejected": 401,
    "account-suspended": 403,
    "recovery-required": 403,
    "forbidden": 403,
    "not-found": 404,
    "user-not-found": 404,
    "contact-unconfirmed": 409,
    "identity-unverified": 409,
    "user-exists": 409,
    "account-locked": 429,
    "resend-too-soon": 429,
    "delivery-failed": 503,
}
