//! How a customer learns that his message was passed on, and what a banned one learns.

use super::{Relay, Verdict, customer::Customer};
use crate::{
    store::StoreError,
    update::{Kind, Message},
};

impl Relay {
    /// Acknowledges a message that was passed on, as the bot's settings say. Side work: nobody waits
    /// for it.
    #[expect(clippy::unused_self, unused_variables, reason = "to be filled in")]
    pub(super) fn acknowledge(&self, customer: &Customer<'_>, message: &Message) {}

    /// Answers a banned customer, where the owner chose a text for that.
    ///
    /// # Errors
    /// When the database fails.
    #[expect(clippy::unused_async, unused_variables, reason = "to be filled in")]
    pub(super) async fn of_banned(
        &self,
        customer: &Customer<'_>,
        kind: &Kind,
        update: i64,
    ) -> Result<Verdict, StoreError> {
        Ok(Verdict::Done)
    }
}
