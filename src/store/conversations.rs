//! Tables `conversations` and `labels`: a customer's dialogue with one client bot, its inbox, and
//! the labels he came with.

use serde::Deserialize;
use teloxide::types::ChatId;

use super::{
    Store, StoreError,
    joint::{Joint, Line},
    references::message_id,
    sql,
};
use crate::model::{BotId, Conversation, ConversationState, Inbox, Known, OwnerId};

/// The owner's language, and since when he is suspended; the customer, his label and language, where
/// the conversation has begun; his state, the language he chose, whether he is banned. In the order
/// in which the query packs them.
#[derive(Default, Deserialize)]
struct Facts {
    owner_language: Option<String>,
    owner_suspended_at: Option<i64>,
    customer_id: Option<i64>,
    label: Option<String>,
    language: Option<String>,
    waiting_since: Option<i64>,
    waiting_message: Option<i64>,
    answered_at: Option<i64>,
    acknowledged_at: Option<i64>,
    blocked_at: Option<i64>,
    is_premium: Option<i64>,
    refused: Option<i64>,
    refused_upto: Option<i64>,
    refused_told_at: Option<i64>,
    trusted_at: Option<i64>,
    checked_at: Option<i64>,
    check_message: Option<i64>,
    contact_message: Option<i64>,
    chosen_language: Option<String>,
    banned: i64,
    parked: i64,
    bot_changed_at: Option<i64>,
    forgetting: i64,
}

/// All of them in one column: the databases' clients take each column of a row apart with its name
/// and type, every time, which for so many is a twentieth of what a message costs.
#[derive(sqlx::FromRow)]
struct Packed {
    facts: String,
}

macro_rules! packed {
    ($customer:literal, $bot:literal) => {
        concat!(
            "CAST(JSON_ARRAY(o.language, o.suspended_at, \
             c.customer_id, c.label, c.language, s.waiting_since, s.waiting_message, \
             s.answered_at, s.acknowledged_at, s.blocked_at, s.is_premium, s.refused, \
             s.refused_upto, s.refused_told_at, s.trusted_at, s.checked_at, s.check_message, \
             s.contact_message, l.language, \
             0 + EXISTS (SELECT 1 FROM bans b WHERE b.owner_id = o.owner_id AND b.customer_id = ",
            $customer,
            " AND b.bot_id IN (0, ",
            $bot,
            ")), 0 + EXISTS (SELECT 1 FROM parked p WHERE p.bot_id = ",
            $bot,
            " AND p.chat_id = ",
            $customer,
            " AND p.kind IN ('item', 'edit')), \
             (SELECT updated_at FROM bots WHERE bots.bot_id = ",
            $bot,
            "), 0 + EXISTS (SELECT 1 FROM forgettings f WHERE f.person_id = ",
            $customer,
            ")) AS CHAR) AS facts"
        )
    };
}

/// The tables beside the owner's, of one customer.
macro_rules! tables {
    ($bot:literal, $customer:literal) => {
        concat!(
            "LEFT JOIN conversations c ON c.owner_id = o.owner_id AND c.bot_id = ",
            $bot,
            " AND c.customer_id = ",
            $customer,
            " LEFT JOIN conversation_states s ON s.owner_id = o.owner_id AND s.bot_id = ",
            $bot,
            " AND s.customer_id = ",
            $customer,
            " LEFT JOIN languages l ON l.bot_id = ",
            $bot,
            " AND l.person_id = ",
            $customer
        )
    };
}

/// What is known of those who write at the same moment.
static KNOWN: Joint = Joint::new(
    Line::Known,
    [
        concat!("SELECT k.place, ", packed!("k.customer", "k.bot"), " FROM ("),
        "SELECT CAST(? AS SIGNED) AS place, CAST(? AS SIGNED) AS owner, CAST(? AS SIGNED) AS bot, \
         CAST(? AS SIGNED) AS customer",
        " UNION ALL ",
        concat!(") k JOIN owners o ON o.owner_id = k.owner ", tables!("k.bot", "k.customer")),
    ],
    0..3,
)
.placed();

impl Store {
    /// What a customer's message needs to know. One query, because every message asks it.
    pub async fn known(
        &self,
        owner: OwnerId,
        bot: BotId,
        customer: ChatId,
    ) -> Result<Known, StoreError> {
        let query = sql(concat!(
            "SELECT ",
            packed!("?", "?"),
            " FROM owners o ",
            tables!("?", "?"),
            " WHERE o.owner_id = ?"
        ))
        .bind(customer)
        .bind(bot)
        .bind(bot)
        .bind(customer)
        .bind(bot)
        .bind(customer)
        .bind(bot)
        .bind(customer)
        .bind(bot)
        .bind(customer)
        .bind(bot)
        .bind(customer)
        .bind(owner)
        .jointly_with(&KNOWN, vec![owner.into(), bot.into(), customer.into()]);
        let row = match self.find::<Packed>(query).await? {
            Some(Packed { facts }) => serde_json::from_str(&facts)
                .map_err(|_| StoreError::Corrupt("what is known of a customer"))?,
            None => Facts::default(),
        };
        let Facts { label, language, .. } = row;
        let begun = row.customer_id.map(|_| Conversation { owner, bot, customer, label, language });
        let message = |id: Option<i64>, column| id.map(|id| message_id(id, column)).transpose();
        let waiting_message = message(row.waiting_message, "conversation_states.waiting_message")?;
        let refused_upto = message(row.refused_upto, "conversation_states.refused_upto")?;
        let check_message = message(row.check_message, "conversation_states.check_message")?;
        let contact_message = message(row.contact_message, "conversation_states.contact_message")?;
        Ok(Known {
            owner_language: row.owner_language,
            is_owner_suspended: row.owner_suspended_at.is_some(),
            conversation: begun,
            chosen_language: row.chosen_language,
            is_banned: row.banned != 0,
            is_being_forgotten: row.forgetting != 0,
            has_parked: row.parked != 0,
            bot_changed_at: row.bot_changed_at,
            state: ConversationState {
                waiting_since: row.waiting_since,
                waiting_message,
                answered_at: row.answered_at,
                acknowledged_at: row.acknowledged_at,
                blocked_at: row.blocked_at,
                is_premium: row.is_premium == Some(1),
                refused: row.refused.unwrap_or(0),
                refused_upto,
                refused_told_at: row.refused_told_at,
                trusted_at: row.trusted_at,
                checked_at: row.checked_at,
                check_message,
                contact_message,
            },
        })
    }

    /// Begins a conversation; one that exists stays as it is.
    pub async fn begin_conversation(
        &self,
        conversation: &Conversation,
        inbox: Inbox,
        now: i64,
    ) -> Result<bool, StoreError> {
        let insert = sql("INSERT INTO conversations \
             (owner_id, bot_id, customer_id, inbox_chat, inbox_thread, label, language, \
             first_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(conversation.owner)
        .bind(conversation.bot)
        .bind(conversation.customer)
        .bind(inbox.chat)
        .bind(inbox.thread.map(i64::from))
        .bind(conversation.label.clone())
        .bind(conversation.language.as_deref().map(short_tag))
        .bind(now);
        Ok(self.insert_new(insert).await?.is_ours())
    }

    /// When a conversation began, in UTC milliseconds; `None` where there is none.
    pub async fn first_seen(
        &self,
        owner: OwnerId,
        bot: BotId,
        customer: ChatId,
    ) -> Result<Option<i64>, StoreError> {
        let query = sql("SELECT first_seen_at FROM conversations \
                         WHERE owner_id = ? AND bot_id = ? AND customer_id = ?")
        .bind(owner)
        .bind(bot)
        .bind(customer);
        Ok(self.find::<(i64,)>(query).await?.map(|(at,)| at))
    }

    /// The client bots through which a customer talks to an owner, oldest conversation first.
    pub async fn bots_of_customer(
        &self,
        owner: OwnerId,
        customer: ChatId,
    ) -> Result<Vec<BotId>, StoreError> {
        let query = sql("SELECT c.bot_id FROM conversations c JOIN bots b ON b.bot_id = c.bot_id \
                         WHERE b.owner_id = ? AND c.owner_id = b.owner_id AND c.customer_id = ? \
                         ORDER BY c.first_seen_at, c.bot_id")
        .bind(owner)
        .bind(customer);
        let rows = self.list::<(i64,)>(query).await?;
        Ok(rows.into_iter().map(|(bot,)| BotId(bot)).collect())
    }

    /// Remembers the label a customer came with last.
    pub async fn set_label(&self, conversation: &Conversation) -> Result<(), StoreError> {
        let update = sql("UPDATE conversations SET label = ? \
                          WHERE owner_id = ? AND bot_id = ? AND customer_id = ?")
        .bind(conversation.label.clone())
        .bind(conversation.owner)
        .bind(conversation.bot)
        .bind(conversation.customer);
        self.write(update).await?;
        Ok(())
    }

    /// Remembers the language of a customer's app.
    pub async fn set_customer_language(
        &self,
        conversation: &Conversation,
        language: &str,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE conversations SET language = ? \
                          WHERE owner_id = ? AND bot_id = ? AND customer_id = ?")
        .bind(short_tag(language))
        .bind(conversation.owner)
        .bind(conversation.bot)
        .bind(conversation.customer);
        self.write(update).await?;
        Ok(())
    }

    /// Adds to the labels a customer has come with; one he has come with before stays as it is.
    pub async fn add_label(
        &self,
        conversation: &Conversation,
        label: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        let insert = sql("INSERT INTO labels \
             (owner_id, bot_id, customer_id, label, first_seen_at) VALUES (?, ?, ?, ?, ?)")
        .bind(conversation.owner)
        .bind(conversation.bot)
        .bind(conversation.customer)
        .bind(label)
        .bind(now);
        self.insert_new(insert).await?;
        Ok(())
    }

    /// All labels a customer has come with, the first one first.
    pub async fn labels_of(
        &self,
        owner: OwnerId,
        bot: BotId,
        customer: ChatId,
    ) -> Result<Vec<String>, StoreError> {
        let query = sql("SELECT label FROM labels \
                         WHERE owner_id = ? AND bot_id = ? AND customer_id = ? \
                         ORDER BY first_seen_at, label")
        .bind(owner)
        .bind(bot)
        .bind(customer);
        let rows = self.list::<(String,)>(query).await?;
        Ok(rows.into_iter().map(|(label,)| label).collect())
    }
}

/// A language tag as the column holds it.
fn short_tag(tag: &str) -> String {
    tag.chars().take(16).collect()
}
