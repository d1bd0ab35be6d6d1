//! Every table and column, as a backup carries them. A test compares this with the schema of both
//! databases, so that nothing added later is forgotten.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number of 64 bits.
    Integer,
    /// Unicode text.
    Text,
    /// Bytes: sealed values and fingerprints.
    Bytes,
}

/// A table of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, in the order of a backup's rows.
    pub columns: &'static [(&'static str, Kind)],
    /// Columns that mean something only while a process lives: they start empty after a restore.
    pub left_out: &'static [&'static str],
}

/// The table a name stands for.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

/// Tables that are about running processes: no backup has them, and a restore leaves them empty.
pub const OF_PROCESSES: &[&str] = &["leases", "processes"];

macro_rules! tables {
    ($($name:ident { $($column:ident $kind:ident),* $(,)? } $(without $out:ident)?;)*) => {
        &[$(Table {
            name: stringify!($name),
            columns: &[$((stringify!($column), Kind::$kind)),*],
            left_out: &[$(stringify!($out))?],
        }),*]
    };
}

/// What a backup holds.
pub const TABLES: &[Table] = tables! {
    installation { name Text, value Bytes };
    owners {
        owner_id Integer, language Text, registered_at Integer, utc_offset Integer,
        suspended_at Integer, told_suspended_at Integer,
    };
    announcements {
        operator_id Integer, question_id Integer, text Bytes, made_at Integer, owners Integer,
        reached Integer, trying Integer, sent Integer, failed Integer, ended_at Integer,
    };
    bots {
        bot_id Integer, owner_id Integer, username Text, name Text, token Bytes, state Text,
        webhook Bytes, attached_at Integer, updated_at Integer, chosen_at Integer,
    };
    bot_settings { bot_id Integer, settings Bytes, changed_at Integer };
    bot_health {
        bot_id Integer, alarm Text, told_at Integer, reset_1 Integer, reset_2 Integer,
        reset_3 Integer,
    };
    dialogues { owner_id Integer, state Text, updated_at Integer };
    languages { bot_id Integer, person_id Integer, language Text, chosen_at Integer };
    conversations {
        owner_id Integer, bot_id Integer, customer_id Integer, inbox_chat Integer,
        inbox_thread Integer, label Text, language Text, first_seen_at Integer,
    };
    conversation_states {
        owner_id Integer, bot_id Integer, customer_id Integer, waiting_since Integer,
        waiting_message Integer, answered_at Integer, reminded_at Integer,
        acknowledged_at Integer, blocked_at Integer, is_premium Integer, refused Integer,
        refused_upto Integer, refused_told_at Integer, trusted_at Integer, checked_at Integer,
        check_message Integer, contact_message Integer,
    };
    labels {
        owner_id Integer, bot_id Integer, customer_id Integer, label Text, first_seen_at Integer,
    };
    bans {
        owner_id Integer, customer_id Integer, bot_id Integer, seen_by Integer,
        banned_at Integer, told_at Integer,
    };
    notes { owner_id Integer, customer_id Integer, note Bytes, written_at Integer };
    message_references {
        owner_id Integer, source_bot Integer, source_chat Integer, source_message Integer,
        part Integer, direction Text, copy_bot Integer, copy_chat Integer, copy_message Integer,
        state Text, reason Text, attempts Integer, created_at Integer, is_changing Integer,
        changed_at Integer,
    } without holder;
    album_items {
        owner_id Integer, source_bot Integer, source_chat Integer, source_message Integer,
        first_message Integer, sent_at Integer,
    };
    parked {
        bot_id Integer, chat_id Integer, message_id Integer, kind Text, update_id Integer,
        content Bytes, parked_at Integer,
    };
    handled_updates { bot_id Integer, update_id Integer, handled_at Integer };
    refused_chats { bot_id Integer, chat_id Integer, refused_at Integer };
    payments {
        charge_id Text, owner_id Integer, stars Integer, kind Text, paid_at Integer,
        paid_until Integer, refunded_at Integer, seen_at Integer, told_at Integer,
        refund_told_at Integer, offered_at Integer, update_id Integer, stopped_at Integer,
        lapsed_at Integer,
    };
    renewals { owner_id Integer, state Text, changed_at Integer, update_id Integer };
    plan_notices { owner_id Integer, told_for Integer };
    forgettings { person_id Integer, ticket Integer, asked_at Integer };
    forgotten_notices { owner_id Integer, ticket Integer, noted_at Integer };
    forgotten_marks {
        owner_id Integer, mark Bytes, bot_id Integer, kind Text, marked_at Integer,
    };
};
