"""Rows for every table and column of the chain, with the values that get lost easily.

Between them: quotes, other alphabets, an empty text, NULL where it is allowed, false where true is the default,
microseconds, bytes that are no text.  ADDED is what is written at each revision, in SQL, as soon as it is there.
None of these rows is in the way of a downgrade but one: no downgrade of 6f8a4e1b9d43 while there are users.
"""

from __future__ import annotations


def uuid(kind: str, number: int) -> str:
    """A recognisable identifier: the kind is one hexadecimal digit."""
    return f"{kind * 8}-0000-4000-8000-{number:012d}"


USER, KEY, PRIVATE, SESSION, DELEGATION, CHAT, MESSAGE = "abcdef9"
MOMENT = "2025-04-17 16:22:03.000001+00"
LATER = "2031-12-31 23:59:59.999999+05:30"

ADDED = {
    "d4ae65008d6d": rf"""
        INSERT INTO users (id, email, name, hashed_password, created_at) VALUES
            ('{uuid(USER, 1)}', 'ada@example.com', 'Ada O''Lovelace "A"', '$2b$12$abc:def%s', '{MOMENT}'),
            ('{uuid(USER, 2)}', 'Ada@example.com', '', '\backslash', '{MOMENT}'),
            ('{uuid(USER, 3)}', 'дада@пример.example', '李 🗝', 'x', '{LATER}');
        INSERT INTO api_keys (id, user_id, key_prefix, key_hash, is_active, created_at, last_used_at) VALUES
            ('{uuid(KEY, 1)}', '{uuid(USER, 1)}', 'sk-1', repeat('1', 64), true, '{MOMENT}', '{LATER}'),
            ('{uuid(KEY, 2)}', '{uuid(USER, 1)}', 'sk-2', repeat('2', 64), false, '{MOMENT}', NULL),
            ('{uuid(KEY, 3)}', '{uuid(USER, 2)}', '', repeat('3', 64), true, '{MOMENT}', NULL);
        INSERT INTO user_private_keys (id, user_id, encrypted_private_key, encryption_version, created_at) VALUES
            ('{uuid(PRIVATE, 1)}', '{uuid(USER, 1)}', '\x00ff5c27', 1, '{MOMENT}'),
            ('{uuid(PRIVATE, 3)}', '{uuid(USER, 3)}', '', 32767, '{LATER}');
    """,
    "69491a79cfd0": f"UPDATE users SET is_active = false WHERE id = '{uuid(USER, 2)}'",
    "3ec3925c8904": f"UPDATE api_keys SET name = 'Ada''s laptop' WHERE id = '{uuid(KEY, 1)}'",
    "7c29c35fc9bc": f"""
        INSERT INTO user_sessions (id, user_id, api_key_id, is_active, created_at, expires_at) VALUES
            ('{uuid(SESSION, 1)}', '{uuid(USER, 1)}', '{uuid(KEY, 1)}', true, '{MOMENT}', '{LATER}'),
            ('{uuid(SESSION, 2)}', '{uuid(USER, 1)}', '{uuid(KEY, 2)}', false, '{LATER}', '{MOMENT}');
    """,
    "fix_session_constraints": f"UPDATE user_sessions SET is_active = true WHERE id = '{uuid(SESSION, 2)}'",
    "d00825f2a89a": f"""
        INSERT INTO delegations (id, user_id, delegate_address, signed_data, expires_at, is_active, created_at) VALUES
            ('{uuid(DELEGATION, 1)}', '{uuid(USER, 1)}', '0xAbC', repeat('sign', 5000), '{LATER}', false, '{MOMENT}'),
            ('{uuid(DELEGATION, 2)}', '{uuid(USER, 3)}', '0xDeF', '', '{LATER}', true, '{MOMENT}');
    """,
    "881e615d25ac": f"""
        INSERT INTO sessions (id, api_key_id, is_active, created_at, expires_at) VALUES
            ('{uuid(SESSION, 3)}', '{uuid(KEY, 3)}', false, '{MOMENT}', '{LATER}');
    """,
    "5f7a3e1b8d42": f"UPDATE users SET updated_at = '{LATER}' WHERE id = '{uuid(USER, 1)}'",
    "6f8a4e1b9d43": f"UPDATE users SET cognito_user_id = 'us-east-1:1' WHERE id = '{uuid(USER, 1)}'",
    "add_chat_tables": f"""
        INSERT INTO chats (id, user_id, title, is_archived, created_at, updated_at) VALUES
            ('{uuid(CHAT, 1)}', '{uuid(USER, 1)}', 'It''s 100% :sure', true, '{MOMENT}', '{LATER}'),
            ('{uuid(CHAT, 2)}', '{uuid(USER, 3)}', '', false, '{MOMENT}', '{MOMENT}');
        INSERT INTO messages (id, chat_id, sequence, role, content, created_at) VALUES
            ('{uuid(MESSAGE, 1)}', '{uuid(CHAT, 1)}', 1, 'system', E'two\nlines', '{MOMENT}'),
            ('{uuid(MESSAGE, 2)}', '{uuid(CHAT, 1)}', 2, 'user', repeat('длинно ', 5000), '{MOMENT}'),
            ('{uuid(MESSAGE, 3)}', '{uuid(CHAT, 1)}', 3, 'assistant', '', '{LATER}');
    """,
    "add_message_role_enum": f"""
        INSERT INTO messages (id, chat_id, sequence, role, content, created_at) VALUES
            ('{uuid(MESSAGE, 4)}', '{uuid(CHAT, 2)}', 2147483647, 'assistant', 'last', '{LATER}');
    """,
    "add_is_default_api_keys": f"""
        UPDATE api_keys SET is_default = true WHERE id IN ('{uuid(KEY, 2)}', '{uuid(KEY, 3)}')
    """,
    # Ciphertext is in the way of the downgrade: it is written by the tests that want it there.
    "add_encrypted_api_keys": f"UPDATE api_keys SET name = NULL WHERE id = '{uuid(KEY, 1)}'",
    "fix_enum_name_2025": f"UPDATE messages SET role = 'user' WHERE id = '{uuid(MESSAGE, 4)}'",
    "social_login_prep_2025": f"UPDATE users SET email = 'grace@example.org' WHERE id = '{uuid(USER, 2)}'",
}
