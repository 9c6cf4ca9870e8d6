"""Clauses that are broken along with others, by many faults alike."""

# fmt: off
WITHOUT_CODES = (
    "MFA-1", "MFA-6", "MFA-14", "MFA-16", "MFA-17", "MFA-18", "MFA-19", "MFA-9", "MFA-15",
    "LOCK-2",
    "RESET-4",
    "OOB-1", "OOB-2", "OOB-3", "OOB-5", "OOB-8", "OOB-9",
    "TOKEN-1", "TOKEN-8",
    "PATH-1", "PATH-2", "PATH-3", "PATH-4", "PATH-5",
    "POLICY-1",
    "LEAK-1", "LEAK-2",
    "INPUT-1", "INPUT-3", "INPUT-4", "INPUT-5",
    "SEND-1", "SEND-2",
)
"""What no scenario can show where nobody gets in with a code."""

WITHOUT_CHALLENGE = (
    "MFA-1", "MFA-3", "MFA-4", "MFA-5", "MFA-2", "MFA-9", "MFA-10", "MFA-11", "MFA-12", "MFA-20",
    "SIGNIN-1",
    "LOCK-1", "LOCK-3",
    "RESET-4",
    "OOB-2", "OOB-8",
    "TOKEN-6",
    "PATH-1", "PATH-2", "PATH-3",
    "POLICY-1",
    "LEAK-1",
    "INPUT-1", "INPUT-3", "INPUT-4",
    "LIMIT-2", "LIMIT-3", "LIMIT-4",
    "ADMIN-1", "ADMIN-2",
    "SEND-1", "SEND-2",
)
"""What no scenario can show where nobody is asked for a code."""
