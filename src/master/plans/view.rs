//! `/plan` in words: pure.

use crate::{
    master::{actions::Answer, state::Press},
    model::BotId,
    plan::{Limits, Renewing, Standing, moment},
    spans::day,
    stats::Clock,
    text::Language,
};

use super::renew_button;

/// Bots a keyboard has buttons for.
const BUTTONS: usize = 90;

/// How an owner's plan stands.
pub(super) struct View {
    pub(super) language: Language,
    pub(super) limits: Limits,
    pub(super) standing: Standing,
    /// When a subscription renews next, where one does.
    pub(super) renews_at: Option<i64>,
    /// How many subscriptions renew.
    pub(super) subscriptions: usize,
    pub(super) now: i64,
    /// What the last payment was.
    pub(super) stars: i64,
    pub(super) clock: Clock,
    /// Replies of this month.
    pub(super) used: i64,
    pub(super) month_ends: i64,
    /// His bots in the order in which they may answer.
    pub(super) bots: Vec<(BotId, String)>,
}

impl View {
    pub(super) fn answer(&self) -> Answer {
        if self.standing.is_paid(self.now) { self.paid() } else { self.free() }
    }

    fn date(&self) -> String {
        self.shown(self.standing.until)
    }

    fn shown(&self, at: Option<i64>) -> String {
        moment(at.unwrap_or_default(), self.clock)
    }

    fn paid(&self) -> Answer {
        let (language, date) = (self.language, self.date());
        let goes_on = match self.standing.renewing {
            Renewing::Yes => {
                let date = self.shown(self.renews_at.or(self.standing.until));
                language.plan_renews(&date, &self.stars.to_string())
            }
            Renewing::Stopped | Renewing::Never => language.plan_ends(&date),
            Renewing::Failed => language.plan_failed(&date),
        };
        let mut lines = vec![language.plan_pro(), goes_on];
        if self.standing.renewing == Renewing::Yes && self.subscriptions > 1 {
            lines.push(language.subscriptions_several());
        }
        lines.extend([
            String::new(),
            language.plan_bots_pro(&self.bots.len().to_string()),
            language.plan_replies_pro(),
        ]);
        let is_stopped = self.standing.renewing == Renewing::Stopped;
        let buttons = if is_stopped { renew_button(language) } else { Vec::new() };
        Answer { text: lines.join("\n"), buttons }
    }

    fn free(&self) -> Answer {
        let (language, limits) = (self.language, self.limits);
        let mut lines = vec![language.plan_free()];
        if self.standing.until.is_some() {
            lines.push(language.plan_ended(&self.date()));
        }
        let (bots, most) = (self.bots.len().to_string(), limits.bots.to_string());
        lines.push(String::new());
        lines.push(language.plan_bots(&bots, &most));
        lines.push(language.plan_replies(
            &self.used.min(limits.replies).to_string(),
            &limits.replies.to_string(),
            &limits.left(self.used).to_string(),
            &day(self.month_ends),
        ));
        let mut buttons = Vec::new();
        if self.bots.len() > limits.bots {
            lines.push(String::new());
            lines.push(language.plan_choose(&most));
            for (place, (bot, name)) in self.bots.iter().enumerate().take(BUTTONS) {
                let mark = if place < limits.bots { "✅" } else { "💤" };
                lines.push(format!("{mark} @{name}"));
                if place >= limits.bots {
                    buttons.push(vec![(format!("💤 @{name}"), Press::Answering(*bot))]);
                }
            }
        }
        lines.push(String::new());
        lines.push(language.plan_offer(&limits.price.to_string()));
        Answer { text: lines.join("\n"), buttons }
    }
}
