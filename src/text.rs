//! Every sentence a person can read, in every language, by Project Fluent.
//!
//! The sentences stand in `src/text/*.ftl`, one file per language, and are listed once more here:
//! each becomes a method of [`Language`] with its placeholders as arguments, so that a sentence
//! that does not exist can't be asked for. A test compares both.

mod spoken;

use std::sync::LazyLock;

use fluent_bundle::FluentArgs;
use spoken::Spoken;
use unic_langid::{LanguageIdentifier, langid};

/// A language the texts exist in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, and what everybody gets whose language is not here.
    English,
    /// German.
    German,
    /// Spanish.
    Spanish,
    /// Russian.
    Russian,
    /// Ukrainian.
    Ukrainian,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::English, Self::German, Self::Spanish, Self::Russian, Self::Ukrainian, Self::Chinese];

    /// The language for an IETF tag such as Telegram's `language_code`.
    pub fn of(tag: Option<&str>) -> Self {
        let tag = tag.unwrap_or_default().to_ascii_lowercase();
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code() == primary).unwrap_or(Self::English)
    }

    /// Its two-letter code, as `setMyCommands` takes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::Russian => "ru",
            Self::Ukrainian => "uk",
            Self::Chinese => "zh",
        }
    }

    /// Its name as its speakers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Spanish => "Español",
            Self::Russian => "Русский",
            Self::Ukrainian => "Українська",
            Self::Chinese => "简体中文",
        }
    }

    /// The language with exactly this code.
    pub fn with_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::English => langid!("en"),
            Self::German => langid!("de"),
            Self::Spanish => langid!("es"),
            Self::Russian => langid!("ru"),
            Self::Ukrainian => langid!("uk"),
            Self::Chinese => langid!("zh-Hans"),
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("text/en.ftl"),
            Self::German => include_str!("text/de.ftl"),
            Self::Spanish => include_str!("text/es.ftl"),
            Self::Russian => include_str!("text/ru.ftl"),
            Self::Ukrainian => include_str!("text/uk.ftl"),
            Self::Chinese => include_str!("text/zh.ftl"),
        }
    }

    fn spoken(self) -> &'static Spoken {
        static SPOKEN: [LazyLock<Spoken>; 6] = [
            LazyLock::new(|| read(Language::English)),
            LazyLock::new(|| read(Language::German)),
            LazyLock::new(|| read(Language::Spanish)),
            LazyLock::new(|| read(Language::Russian)),
            LazyLock::new(|| read(Language::Ukrainian)),
            LazyLock::new(|| read(Language::Chinese)),
        ];
        let place = Self::ALL.iter().position(|language| *language == self).unwrap_or_default();
        &SPOKEN[place]
    }

    /// A sentence with its placeholders filled. One that is missing here is said in English.
    fn say(self, key: &str, fill: &[(&'static str, &str)]) -> String {
        let fill: FluentArgs<'_> = fill.iter().map(|(name, value)| (*name, *value)).collect();
        let said = [self, Self::English].into_iter().find_map(|it| it.spoken().say(key, &fill));
        said.unwrap_or_else(|| key.to_owned())
    }
}

fn read(language: Language) -> Spoken {
    Spoken::new(language.identifier(), language.source())
}

/// A language somebody chooses by a button; `None`: that of his app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LanguageChoice(pub Option<Language>);

impl LanguageChoice {
    /// What the button carries.
    pub fn data(self) -> String {
        format!("language:{}", self.0.map_or("app", Language::code))
    }

    /// The choice a button carries.
    pub fn read(data: &str) -> Option<Self> {
        match data.strip_prefix("language:")? {
            "app" => Some(Self(None)),
            code => Language::with_code(code).map(Some).map(Self),
        }
    }
}

macro_rules! sentences {
    ($($(#[$about:meta])* $name:ident = $key:literal ($($hole:ident),*);)*) => {
        impl Language {
            $(
                $(#[$about])*
                #[must_use]
                pub fn $name(self $(, $hole: &str)*) -> String {
                    self.say($key, &[$((stringify!($hole), $hole)),*])
                }
            )*
        }

        /// Each sentence's key and placeholders.
        #[cfg(test)]
        const SENTENCES: &[(&str, &[&str])] = &[$(($key, &[$(stringify!($hole)),*])),*];
    };
}

sentences! {
    // The master bot: getting in.
    /// To a person who has just claimed the installation.
    claimed = "claimed" ();
    /// To an owner who sends `/start`.
    welcome = "welcome" ();
    /// The one answer a stranger gets.
    stranger = "stranger" ();
    /// To a person who may be an owner, and has not said so.
    send_start = "send-start" ();

    // The master bot: commands.
    /// Above the list of commands.
    help = "help" (commands);
    /// A command nobody knows.
    unknown_command = "unknown-command" (commands);
    /// What `/add` does.
    command_add = "command-add" ();
    /// What `/bots` does.
    command_bots = "command-bots" ();
    /// What `/stats` does.
    command_stats = "command-stats" ();
    /// What `/status` does.
    command_status = "command-status" ();
    /// What `/remove` does.
    command_remove = "command-remove" ();
    /// What `/qr` does.
    command_qr = "command-qr" ();
    /// What `/delete` does.
    command_delete = "command-delete" ();
    /// What `/settings` does.
    command_settings = "command-settings" ();
    /// What `/language` does.
    command_language = "command-language" ();
    /// What `/privacy` does.
    command_privacy = "command-privacy" ();
    /// What `/export` does.
    command_export = "command-export" ();
    /// What `/leave` does.
    command_leave = "command-leave" ();
    /// What `/subscribe` does.
    command_subscribe = "command-subscribe" ();
    /// What `/help` does.
    command_help = "command-help" ();
    /// What `/cancel` does.
    command_cancel = "command-cancel" ();
    /// `/cancel` ended something.
    cancelled = "cancelled" ();
    /// `/cancel` with nothing to end.
    nothing_to_cancel = "nothing-to-cancel" ();
    /// `/subscribe` where nobody is limited.
    no_plans = "no-plans" ();

    // What is kept, and how it goes.
    /// To an owner who asks what is kept.
    privacy = "privacy" (days);
    /// To a stranger who asks the master bot what is kept.
    privacy_stranger = "privacy-stranger" (days);
    /// The same to a stranger who may become an owner.
    privacy_newcomer = "privacy-newcomer" ();
    /// A customer of the owner's was forgotten.
    customer_forgotten = "customer-forgotten" ();
    /// Below a file of the owner's data.
    export_part = "export-part" (part, parts);
    /// Another export is under way.
    export_busy = "export-busy" ();
    /// Whether everything of the owner's is to be removed.
    leave_question = "leave-question" (bots);
    /// Below that question, where he has paid.
    leave_plan = "leave-plan" (date);
    /// Agrees to that.
    leave_yes = "leave-yes" ();
    /// It can't be done yet.
    leave_waits = "leave-waits" ();
    /// Everything of his is removed.
    left = "left" ();

    // Attaching.
    /// How to get a token, in three lines.
    add_prompt = "add-prompt" ();
    /// No token in the text.
    token_missing = "token-missing" ();
    /// More than one token in the text.
    tokens_several = "tokens-several" ();
    /// Telegram does not know the token.
    token_rejected = "token-rejected" ();
    /// It is the master bot's own token.
    token_is_master = "token-is-master" ();
    /// Another owner has this bot.
    bot_taken = "bot-taken" ();
    /// Telegram could not be asked.
    telegram_unreachable = "telegram-unreachable" ();
    /// The bot's updates go to somebody else.
    takeover_question = "takeover-question" (bot, host);
    /// Agrees to take the webhook over.
    takeover_yes = "takeover-yes" ();
    /// The bot runs now.
    attached = "attached" (bot);
    /// The bot has a new token.
    token_replaced = "token-replaced" (bot);
    /// The bot is kept, but Telegram did not take the webhook.
    webhook_pending = "webhook-pending" (bot, reason);
    /// The message with the token could not be deleted.
    delete_token_yourself = "delete-token-yourself" ();

    // Removing and listing.
    /// There is no bot.
    no_bots = "no-bots" ();
    /// Which bot to remove.
    remove_which = "remove-which" ();
    /// Whether to remove it.
    remove_question = "remove-question" (bot);
    /// Agrees to remove it.
    remove_yes = "remove-yes" ();
    /// It is removed.
    removed = "removed" (bot);
    /// What customers wrote while the owner had blocked the master bot.
    missed_while_blocked = "missed-while-blocked" (count);
    /// What its customers wrote could not be passed on any more.
    lost_by_detaching = "lost-by-detaching" (bot, count, name);
    /// Leaves everything as it is.
    button_cancel = "button-cancel" ();
    /// A button whose question is closed.
    button_stale = "button-stale" ();
    /// Above the list of bots.
    bots_title = "bots-title" ();
    /// Below the list of bots.
    bots_hint = "bots-hint" ();
    /// A bot that runs.
    bot_active = "bot-active" (bot, name);
    /// A bot whose token is dead.
    bot_revoked = "bot-revoked" (bot, name);
    /// A bot whose updates go elsewhere.
    bot_contested = "bot-contested" (bot, name);
    /// Which bot's code to draw.
    qr_which = "qr-which" ();
    /// Under the code.
    qr_caption = "qr-caption" (link);
    /// Under the file for print.
    qr_print = "qr-print" ();
    /// Which bot's code to draw with a label.
    qr_which_label = "qr-which-label" (label);
    /// What was given can be no label.
    label_unusable = "label-unusable" ();

    // Numbers, and how everything fares.
    /// Above the numbers.
    stats_title = "stats-title" (bot, days, clock);
    /// All bots together.
    stats_all = "stats-all" ();
    /// Nothing happened.
    stats_empty = "stats-empty" ();
    /// How many messages.
    stats_messages = "stats-messages" (wrote, replied);
    /// How many customers.
    stats_customers = "stats-customers" (count, new, returning);
    /// Which share was answered.
    stats_answered = "stats-answered" (percent, answered, questions);
    /// How long answers took.
    stats_times = "stats-times" (median, ninety);
    /// No answer to take a time of.
    stats_unanswered = "stats-unanswered" ();
    /// When most is written.
    stats_busiest = "stats-busiest" (hours, days);
    /// Above the labels.
    stats_labels = "stats-labels" ();
    /// One label.
    stats_label = "stats-label" (label, customers, percent);
    /// Older messages are forgotten.
    stats_kept = "stats-kept" (days);
    /// Words that `/stats` does not know.
    stats_how = "stats-how" ();
    /// A period.
    stats_today = "stats-today" ();
    /// A period.
    stats_week = "stats-week" ();
    /// A period.
    stats_month = "stats-month" ();
    /// A period.
    stats_year = "stats-year" ();
    /// The days of the week from Monday on, each without a space.
    weekdays = "weekdays" ();
    /// In the picture: what customers wrote.
    figure_wrote = "figure-wrote" ();
    /// In the picture: replies.
    figure_replied = "figure-replied" ();
    /// In the picture: how many customers.
    figure_customers = "figure-customers" ();
    /// In the picture: the answered share.
    figure_answered = "figure-answered" ();
    /// In the picture: the median answer time.
    figure_median = "figure-median" ();
    /// In the picture: messages by hour.
    figure_hours = "figure-hours" ();
    /// In the picture: messages by day of the week.
    figure_weekdays = "figure-weekdays" ();
    /// What runs, and since when.
    status_title = "status-title" (version, span);
    /// Looks once more.
    status_again = "status-again" ();
    /// To whom the installation does not belong.
    status_service_works = "status-service-works" ();
    /// The database works.
    status_database_works = "status-database-works" (engine, size);
    /// The database has failed for so long.
    status_database_fails = "status-database-fails" (span);
    /// Updates come by webhook.
    status_webhook = "status-webhook" (host);
    /// Updates are asked for.
    status_polling = "status-polling" ();
    /// Telegram does not reach the service.
    status_cut_off_briefly = "status-cut-off-briefly" ();
    /// The installation in numbers.
    status_installation = "status-installation" (memory, owners, bots);
    /// Updates that wait for the master bot.
    status_master = "status-master" (count);
    /// The master bot's token is refused.
    status_master_revoked = "status-master-revoked" ();
    /// Somebody else gets the master bot's updates.
    status_master_contested = "status-master-contested" ();
    /// Telegram's limits don't let it be asked about the master bot.
    status_master_not_asked = "status-master-not-asked" ();
    /// Telegram did not answer about the master bot.
    status_silent_telegram = "status-silent-telegram" ();
    /// How many bots there are.
    status_bots = "status-bots" (count, troubled);
    /// Which page it is.
    status_page = "status-page" (page, pages);
    /// A bot that runs, but not well.
    status_bot_troubled = "status-bot-troubled" (bot, name);
    /// When something came last.
    status_last = "status-last" (span);
    /// Nothing came yet.
    status_never = "status-never" ();
    /// Updates that wait.
    status_pending = "status-pending" (count);
    /// Telegram's limits don't let it be asked.
    status_not_asked = "status-not-asked" ();
    /// Telegram did not answer.
    status_silent = "status-silent" ();
    /// What went wrong last.
    status_error = "status-error" (span, reason);
    /// What went wrong last, when nothing does any more.
    status_error_over = "status-error-over" (span, reason);
    /// A fetch of updates that failed.
    status_missed = "status-missed" (span, reason);
    /// The same, when one has worked since.
    status_missed_over = "status-missed-over" (span, reason);
    /// Why: the token.
    missed_token = "missed-token" ();
    /// Why: a webhook is in the way.
    missed_webhook = "missed-webhook" ();
    /// Why: another program polls.
    missed_contested = "missed-contested" ();
    /// Why: Telegram asks to wait.
    missed_too_fast = "missed-too-fast" ();
    /// Why: no connection.
    missed_unreachable = "missed-unreachable" ();
    /// Why: a fault of Telegram's.
    missed_fault = "missed-fault" (code);
    /// Why: an answer that nobody can read.
    missed_unreadable = "missed-unreadable" ();
    /// Why: in Telegram's words.
    missed_refused = "missed-refused" (reason);
    /// What to do: nothing.
    fix_busy = "fix-busy" ();
    /// What to do: ask who runs the service.
    fix_operator = "fix-operator" ();
    /// What to do about a certificate.
    fix_certificate = "fix-certificate" ();
    /// What to do about an address that does not answer.
    fix_unreachable = "fix-unreachable" ();
    /// What to do about a wrong answer.
    fix_wrong_answer = "fix-wrong-answer" ();
    /// What to do about what is not known: look.
    fix_look = "fix-look" ();
    /// What to do about many that wait.
    fix_pending = "fix-pending" ();
    /// What to do about many that wait, for who runs the service.
    fix_pending_here = "fix-pending-here" ();
    /// What to do about a token.
    fix_token = "fix-token" ();
    /// What to do about another poller.
    fix_contested = "fix-contested" ();
    /// What to do about a webhook in the way.
    fix_webhook = "fix-webhook" ();
    /// What to do about what passes: nothing.
    fix_again = "fix-again" ();
    /// What to do where Telegram can't be reached.
    fix_connection = "fix-connection" ();
    /// What to do about a refusal nobody knows: look.
    fix_check = "fix-check" ();

    // Alarms.
    /// A client bot's token is dead.
    alarm_revoked = "alarm-revoked" (bot);
    /// It is accepted again.
    alarm_works = "alarm-works" (bot);
    /// A client bot's updates go elsewhere.
    alarm_contested = "alarm-contested" (bot);
    /// A detached bot's updates could not be ended.
    webhook_stays = "webhook-stays" (bot);
    /// The database does not answer.
    alarm_database_silent = "alarm-database-silent" ();
    /// The database takes nothing more.
    alarm_database_full = "alarm-database-full" ();
    /// Telegram can't deliver what people write.
    alarm_cut_off = "alarm-cut-off" (host, reason);
    /// It can again.
    alarm_reached = "alarm-reached" ();
    /// The database works again.
    alarm_database_works = "alarm-database-works" ();
    /// A client bot left a group.
    left_group = "left-group" (bot, title);

    // Customers the owner asks about.
    /// What `/inbox` does.
    command_inbox = "command-inbox" ();
    /// What `/info` does.
    command_info = "command-info" ();
    /// What `/note` does.
    command_note = "command-note" ();
    /// What `/ban` does.
    command_ban = "command-ban" ();
    /// What `/banned` does.
    command_banned = "command-banned" ();
    /// `/ban` that replies to nothing.
    ban_how = "ban-how" ();
    /// `/info` that replies to nothing.
    info_how = "info-how" ();
    /// `/note` that replies to nothing.
    note_how = "note-how" ();

    // Bans.
    /// A customer is banned from all bots.
    ban_everywhere = "ban-everywhere" (name);
    /// A customer is banned from some bots.
    ban_only = "ban-only" (name, bots);
    /// A customer was banned before.
    ban_already = "ban-already" (name);
    /// A customer is banned no more.
    unbanned = "unbanned" (name);
    /// How many messages were deleted in the owner's chat.
    copies_deleted = "copies-deleted" (count);
    /// How many could not be deleted.
    copies_kept = "copies-kept" (count);
    /// Bans a customer.
    button_ban = "button-ban" ();
    /// Ends a customer's bans.
    button_unban = "button-unban" ();
    /// Ends the ban of one customer in a list.
    button_unban_name = "button-unban-name" (name);
    /// Deletes a banned customer's messages in the owner's chat.
    button_delete_copies = "button-delete-copies" ();
    /// Lets the ban hold for one bot only.
    button_ban_only = "button-ban-only" (bot);
    /// Lets the ban hold for all bots.
    button_ban_everywhere = "button-ban-everywhere" ();
    /// Above the list of bans.
    banned_title = "banned-title" ();
    /// A ban from all bots in the list.
    banned_everywhere = "banned-everywhere" (name, since);
    /// A ban from one bot in the list.
    banned_only = "banned-only" (name, bot, since);
    /// The list of bans is empty.
    nobody_banned = "nobody-banned" ();
    /// The button that accepts a newcomer.
    button_accept = "button-accept" ();
    /// He is accepted.
    contact_accepted = "contact-accepted" (name);

    // The customer's card.
    /// The language he reads.
    card_language = "card-language" (language);
    /// He has Telegram Premium.
    card_premium = "card-premium" ();
    /// He has none.
    card_no_premium = "card-no-premium" ();
    /// The labels he came with.
    card_labels = "card-labels" (labels);
    /// When he came first.
    card_first_seen = "card-first-seen" (date);
    /// How many messages went in and out.
    card_messages = "card-messages" (wrote, answered);
    /// The median time until he got an answer.
    card_answer_time = "card-answer-time" (span);
    /// He got no answer yet.
    card_unanswered = "card-unanswered" ();
    /// He is banned from all bots.
    card_banned = "card-banned" ();
    /// He is banned from some bots.
    card_banned_only = "card-banned-only" (bots);
    /// He is not banned.
    card_not_banned = "card-not-banned" ();
    /// He blocks the bot.
    card_blocked = "card-blocked" (date);
    /// The owner's note.
    card_note = "card-note" (note);
    /// Asks for a note.
    button_note = "button-note" ();
    /// Asks for a note on a customer.
    note_prompt = "note-prompt" (name);
    /// The note is kept.
    note_kept = "note-kept" (name);
    /// The note is removed.
    note_removed = "note-removed" (name);
    /// There was no note to remove.
    note_none = "note-none" (name);
    /// What was sent is no text.
    note_missing = "note-missing" ();
    /// The note has too many letters.
    note_too_long = "note-too-long" ();

    // Who waits for an answer.
    /// Above the list of those who wait.
    inbox_title = "inbox-title" ();
    /// Nobody waits.
    inbox_empty = "inbox-empty" ();
    /// Points at the message that waits.
    pointer = "pointer" (name, bot, span);
    /// Reminds of a customer who has waited for long.
    reminder = "reminder" (name, bot, span);
    /// Ends the wait without an answer.
    button_answered = "button-answered" ();
    /// The wait was ended so.
    marked_answered = "marked-answered" (name, bot);
    /// Less than a minute.
    span_moment = "span-moment" ();
    /// Some minutes.
    span_minutes = "span-minutes" (count);
    /// Some hours.
    span_hours = "span-hours" (count);
    /// Some days.
    span_days = "span-days" (count);

    // Answering customers.
    /// A message that is no reply.
    how_to_reply = "how-to-reply" ();
    /// A reply to what is no copy.
    reply_to_unknown = "reply-to-unknown" ();
    /// A reply certainly did not arrive.
    not_delivered = "not-delivered" (reason);
    /// A reply may or may not have arrived.
    maybe_not_delivered = "maybe-not-delivered" ();
    /// A reply that still may arrive.
    not_delivered_yet = "not-delivered-yet" (reason);
    /// Of a reply whose words are a message of their own, those alone arrived.
    words_delivered_file_not = "words-delivered-file-not" (reason);
    /// The same, where the file may still arrive.
    words_delivered_file_not_yet = "words-delivered-file-not-yet" (reason);
    /// The same, where the file may have arrived.
    words_delivered_file_maybe = "words-delivered-file-maybe" ();
    /// Tries once more.
    send_again = "send-again" ();
    /// That is under way.
    sending_again = "sending-again" ();
    /// Telegram no longer gives the original.
    original_gone = "original-gone" ();
    /// It is delivered by now.
    delivered_now = "delivered-now" ();
    /// An owner's changed reply could not be changed at the customer's side.
    change_not_delivered = "change-not-delivered" (reason);
    /// Takes the last reply back.
    undo = "undo" ();
    /// A reply was taken back.
    deleted_at_customer = "deleted-at-customer" ();
    /// A message is too old to be taken back.
    delete_too_late = "delete-too-late" ();
    /// A reply could not be taken back.
    delete_failed = "delete-failed" (reason);
    /// How a reply is taken back.
    delete_how = "delete-how" ();

    // Reasons.
    /// The customer blocked the bot.
    reason_blocked = "reason-blocked" ();
    /// The customer's account is deleted.
    reason_deactivated = "reason-deactivated" ();
    /// The customer never started the bot.
    reason_not_started = "reason-not-started" ();
    /// The file is over the limit.
    reason_too_big = "reason-too-big" ();
    /// The file could not be fetched.
    reason_file_unavailable = "reason-file-unavailable" ();
    /// The client bot was removed.
    reason_bot_removed = "reason-bot-removed" ();
    /// The client bot's token is dead.
    reason_token_revoked = "reason-token-revoked" ();
    /// Telegram asks to wait.
    reason_too_fast = "reason-too-fast" ();
    /// Telegram can't be reached.
    reason_unreachable = "reason-unreachable" ();
    /// Telegram refuses for a reason of its own.
    reason_refused = "reason-refused" ();
    /// This kind of message can't be sent by a bot.
    reason_kind = "reason-kind" (kind);
    /// The message to change or take back is not there any more.
    reason_gone = "reason-gone" ();
    /// The message to change can't be changed.
    reason_fixed = "reason-fixed" ();

    // Copies.
    /// A customer without a name.
    no_name = "no-name" (id);
    /// The label of a second copy that may be a repeat.
    repeat = "repeat" ();
    /// The mark of a copy whose original was changed.
    edited = "edited" ();
    /// Messages before this one were too many at once.
    not_passed_on = "not-passed-on" (count);
    /// A kind that can't be shown.
    unshowable = "unshowable" (name, kind);
    /// A file that can't be passed on, with what is known of it.
    file_missing = "file-missing" (file, size, reason);
    /// A message that could only be told about.
    content_refused = "content-refused" (kind);
    /// A customer's quiz, whose answer bots are not told.
    quiz = "quiz" ();
    /// A story.
    story = "story" (title);

    // Settings.
    /// Which bot to set.
    settings_which = "settings-which" ();
    /// Above a bot's settings.
    settings_title = "settings-title" (bot);
    /// A change was stored.
    settings_saved = "settings-saved" ();
    /// A change was not stored.
    settings_unchanged = "settings-unchanged" ();
    /// Back to all settings.
    settings_back = "settings-back" ();
    /// Takes the buttons away.
    settings_close = "settings-close" ();
    /// Agrees to a change.
    settings_save = "settings-save" ();
    /// Takes a text away.
    settings_remove = "settings-remove" ();
    /// People of every language without a text of its own.
    settings_everybody = "settings-everybody" ();
    /// What customers are greeted with.
    setting_greeting = "setting-greeting" ();
    /// How customers learn that a message was passed on.
    setting_acknowledgement = "setting-acknowledgement" ();
    /// What they read then.
    setting_acknowledgement_text = "setting-acknowledgement-text" ();
    /// When the owner is reminded.
    setting_reminder = "setting-reminder" ();
    /// What banned customers read.
    setting_banned = "setting-banned" ();
    /// Whether content may be forwarded.
    setting_protect = "setting-protect" ();
    /// Whether headers show usernames.
    setting_usernames = "setting-usernames" ();
    /// A text of ours holds.
    value_standard = "value-standard" ();
    /// The owner's text holds, for these languages.
    value_own = "value-own" (languages);
    /// Banned customers see nothing.
    value_nothing = "value-nothing" ();
    /// The choice "once".
    acknowledgement_once = "acknowledgement-once" ();
    /// The choice "always".
    acknowledgement_always = "acknowledgement-always" ();
    /// The choice "reaction".
    acknowledgement_reaction = "acknowledgement-reaction" ();
    /// The choice "never".
    acknowledgement_never = "acknowledgement-never" ();
    /// The reminder: off.
    reminder_off = "reminder-off" ();
    /// The reminder: after.
    reminder_after = "reminder-after" (hours);
    /// The protection: off.
    protect_off = "protect-off" ();
    /// The protection: on.
    protect_on = "protect-on" ();
    /// The usernames: shown.
    usernames_shown = "usernames-shown" ();
    /// The usernames: hidden.
    usernames_hidden = "usernames-hidden" ();
    /// What the setting is about: greeting.
    about_greeting = "about-greeting" ();
    /// What the setting is about: acknowledgement.
    about_acknowledgement = "about-acknowledgement" ();
    /// What the setting is about: acknowledgement text.
    about_acknowledgement_text = "about-acknowledgement-text" ();
    /// What the setting is about: reminder.
    about_reminder = "about-reminder" ();
    /// What the setting is about: banned.
    about_banned = "about-banned" ();
    /// What the setting is about: protect.
    about_protect = "about-protect" ();
    /// What the setting is about: usernames.
    about_usernames = "about-usernames" ();
    /// What the choice would do: once.
    preview_once = "preview-once" ();
    /// What the choice would do: always.
    preview_always = "preview-always" ();
    /// What the choice would do: reaction.
    preview_reaction = "preview-reaction" ();
    /// What the choice would do: never.
    preview_never = "preview-never" ();
    /// What the choice would do: reminder off.
    preview_reminder_off = "preview-reminder-off" ();
    /// What the choice would do: reminder.
    preview_reminder = "preview-reminder" (hours);
    /// What the choice would do: protected.
    preview_protected = "preview-protected" ();
    /// What the choice would do: unprotected.
    preview_unprotected = "preview-unprotected" ();
    /// What the choice would do: usernames shown.
    preview_usernames_shown = "preview-usernames-shown" (bot);
    /// What the choice would do: usernames hidden.
    preview_usernames_hidden = "preview-usernames-hidden" (bot);
    /// What the choice would do: remove.
    preview_remove = "preview-remove" (what, language);
    /// Asks for a greeting.
    prompt_greeting = "prompt-greeting" (language);
    /// Asks for a text.
    prompt_text = "prompt-text" (what, language);
    /// Below a text shown as customers will see it.
    question_text = "question-text" (what, language);
    /// A kind of message that can't be a greeting.
    unfit_greeting = "unfit-greeting" ();
    /// Something else than text.
    unfit_text = "unfit-text" ();
    /// A text with a token in it.
    unfit_token = "unfit-token" ();
    /// Telegram does not show it.
    unfit_refused = "unfit-refused" ();
    /// A file bots can't fetch.
    unfit_file = "unfit-file" ();
    /// Something was sent while a question is open.
    save_first = "save-first" ();
    /// The page about newcomers.
    setting_newcomers = "setting-newcomers" ();
    /// Whether newcomers send words only.
    setting_careful = "setting-careful" ();
    /// Whether the owner is asked about newcomers.
    setting_ask_first = "setting-ask-first" ();
    /// Whether newcomers press a button.
    setting_check = "setting-check" ();
    /// The careful rule: off.
    careful_off = "careful-off" ();
    /// The careful rule: on.
    careful_on = "careful-on" ();
    /// The question to the owner: off.
    ask_first_off = "ask-first-off" ();
    /// The question to the owner: on.
    ask_first_on = "ask-first-on" ();
    /// The button for newcomers: off.
    check_off = "check-off" ();
    /// The button for newcomers: on.
    check_on = "check-on" ();
    /// What the page is about: newcomers.
    about_newcomers = "about-newcomers" ();
    /// What the setting is about: careful.
    about_careful = "about-careful" ();
    /// What the setting is about: ask first.
    about_ask_first = "about-ask-first" ();
    /// What the setting is about: the button.
    about_check = "about-check" ();
    /// What the choice would do: careful.
    preview_careful_on = "preview-careful-on" ();
    /// What the choice would do: not careful.
    preview_careful_off = "preview-careful-off" ();
    /// What the choice would do: ask first.
    preview_ask_first_on = "preview-ask-first-on" ();
    /// What the choice would do: do not ask.
    preview_ask_first_off = "preview-ask-first-off" ();
    /// What the choice would do: a button.
    preview_check_on = "preview-check-on" ();
    /// What the choice would do: no button.
    preview_check_off = "preview-check-off" ();

    // Languages.
    /// Which language to speak.
    language_question = "language-question" ();
    /// The language of the app.
    language_app = "language-app" ();
    /// In the language that is spoken from now on.
    language_chosen = "language-chosen" ();

    // Customers.
    /// The greeting of a client bot.
    greeting = "greeting" ();
    /// A client bot's `/help`.
    customer_help = "customer-help" ();
    /// To a customer who asks what is kept.
    customer_privacy = "customer-privacy" (days);
    /// Whether a customer is to be forgotten.
    forget_question = "forget-question" ();
    /// Agrees to that.
    forget_yes = "forget-yes" ();
    /// He is forgotten.
    forgotten = "forgotten" ();
    /// What he has as an owner is not touched.
    forgotten_not_owner = "forgotten-not-owner" ();
    /// A kind that can't be passed on.
    customer_kind = "customer-kind" ();
    /// A file that can't be passed on.
    customer_file = "customer-file" ();
    /// A customer's file could not be had just now.
    customer_file_lost = "customer-file-lost" ();
    /// Nothing of the message arrived.
    customer_not_delivered = "customer-not-delivered" ();
    /// A customer's messages waited when his bot was detached.
    customer_bot_gone = "customer-bot-gone" ();
    /// Something of ours failed again and again; the log has it under the number.
    internal_error = "internal-error" (number);
    /// The message may or may not have arrived.
    customer_maybe_not_delivered = "customer-maybe-not-delivered" ();
    /// The message waits.
    customer_delayed = "customer-delayed" ();
    /// A change did not arrive.
    customer_change_not_delivered = "customer-change-not-delivered" ();
    /// The customer writes too fast.
    customer_too_fast = "customer-too-fast" ();
    /// A customer's message was taken back.
    customer_taken_back = "customer-taken-back" ();
    /// It is too old to be taken back.
    customer_delete_too_late = "customer-delete-too-late" ();
    /// There is nothing to take back.
    customer_nothing_to_delete = "customer-nothing-to-delete" ();
    /// It could not be taken back.
    customer_delete_failed = "customer-delete-failed" ();
    /// A message was passed on.
    acknowledgement = "acknowledgement" ();
    /// A newcomer sent a link.
    newcomer_link = "newcomer-link" ();
    /// A newcomer sent something else than words.
    newcomer_file = "newcomer-file" ();
    /// A newcomer sent something from elsewhere.
    newcomer_forward = "newcomer-forward" ();
    /// A newcomer has sent enough before he is accepted.
    newcomer_wait = "newcomer-wait" ();
    /// Too much of a newcomer's waits for his button.
    newcomer_full = "newcomer-full" ();
    /// A newcomer writes too fast.
    newcomer_too_fast = "newcomer-too-fast" ();
    /// A newcomer changed a message into what he may not send.
    newcomer_change = "newcomer-change" ();
    /// A newcomer is asked to press a button.
    newcomer_check = "newcomer-check" ();
    /// That button.
    newcomer_check_button = "newcomer-check-button" ();
    /// He pressed it.
    newcomer_passed = "newcomer-passed" ();
    /// He pressed it, and his message is gone.
    newcomer_gone = "newcomer-gone" ();
    /// He did not press it for a day.
    newcomer_expired = "newcomer-expired" ();
    /// He was accepted after something of his was refused.
    newcomer_accepted = "newcomer-accepted" ();

    // Plans.
    /// What `/plan` does.
    command_plan = "command-plan" ();
    /// What `/subscribe` does where there are paid plans.
    command_subscribe_pro = "command-subscribe-pro" ();
    /// What `/unsubscribe` does.
    command_unsubscribe = "command-unsubscribe" ();
    /// What `/paysupport` does.
    command_paysupport = "command-paysupport" ();
    /// What `/refund` does.
    command_refund = "command-refund" ();
    /// What `/terms` does.
    command_terms = "command-terms" ();
    /// What the paid plan brings, above the link.
    subscribe_offer = "subscribe-offer" (price, bots, replies);
    /// The link.
    button_subscribe = "button-subscribe" (price);
    /// He has it.
    subscribe_active = "subscribe-active" (date);
    /// He has it, and it ends.
    subscribe_stopped = "subscribe-stopped" (date);
    /// Lets a subscription go on.
    button_renew = "button-renew" ();
    /// The invoice: 32 letters at most.
    invoice_title = "invoice-title" ();
    /// The invoice: 255 letters at most.
    invoice_description = "invoice-description" ();
    /// Telegram refused.
    plan_refused = "plan-refused" ();
    /// Telegram does not do it now.
    plan_later = "plan-later" ();
    /// There is no subscription.
    unsubscribe_none = "unsubscribe-none" ();
    /// It was stopped before.
    unsubscribe_already = "unsubscribe-already" (date);
    /// It is stopped.
    unsubscribe_done = "unsubscribe-done" (date);
    /// It is stopped, and nothing is paid.
    unsubscribe_unpaid = "unsubscribe-unpaid" ();
    /// It goes on.
    renew_done = "renew-done" (date);
    /// The first payment arrived.
    paid_first = "paid-first" (date);
    /// A renewal arrived.
    paid_renewal = "paid-renewal" (date);
    /// A renewal arrived of what we had stopped; it is stopped again.
    paid_though_stopped = "paid-though-stopped" (date);
    /// The same, and Telegram refuses to stop it.
    paid_not_stopped = "paid-not-stopped" (date);
    /// A payment of no subscription arrived.
    paid_once = "paid-once" (date);
    /// More than one subscription goes on.
    subscriptions_several = "subscriptions-several" ();
    /// A payment of nobody's was given back.
    paid_gone = "paid-gone" (stars);
    /// A payment of nobody's can't be given back.
    paid_gone_kept = "paid-gone-kept" (stars, charge);
    /// A payment was given back, and the plan is over.
    refunded = "refunded" (stars);
    /// A payment was given back, and the plan goes on.
    refunded_stays = "refunded-stays" (stars, date);
    /// It was stopped in Telegram.
    renewal_stopped = "renewal-stopped" (date);
    /// Telegram could not take the Stars.
    renewal_failed = "renewal-failed" (date);
    /// One subscription does not go on, another one does.
    renewal_one_less = "renewal-one-less" (date);
    /// A plan ended.
    plan_over = "plan-over" (date, bots, replies);
    /// Which bots do not answer.
    plan_rest = "plan-rest" (bots);
    /// `/plan`: no paid plan.
    plan_free = "plan-free" ();
    /// `/plan`: the paid plan.
    plan_pro = "plan-pro" ();
    /// `/plan`: it goes on.
    plan_renews = "plan-renews" (date, stars);
    /// `/plan`: it ends.
    plan_ends = "plan-ends" (date);
    /// `/plan`: the renewal failed.
    plan_failed = "plan-failed" (date);
    /// `/plan`: it ended.
    plan_ended = "plan-ended" (date);
    /// `/plan`: how many bots.
    plan_bots = "plan-bots" (count, most);
    /// `/plan`: how many bots, of any number.
    plan_bots_pro = "plan-bots-pro" (count);
    /// `/plan`: how many replies.
    plan_replies = "plan-replies" (used, most, left, date);
    /// `/plan`: any number of replies.
    plan_replies_pro = "plan-replies-pro" ();
    /// `/plan`: which bots answer.
    plan_choose = "plan-choose" (most);
    /// `/plan`: what helps.
    plan_offer = "plan-offer" (price);
    /// One bot more than is free.
    plan_full = "plan-full" (count);
    /// Few free replies are left.
    few_left = "few-left" (left, most, date);
    /// The plan does not cover it.
    reason_plan = "reason-plan" ();
    /// The free replies are used up.
    reason_replies_used = "reason-replies-used" (count, date);
    /// The bot is not among those that answer.
    reason_bot_rests = "reason-bot-rests" (bot, most);
    /// To who is about to pay: nothing is sold.
    checkout_not_sold = "checkout-not-sold" ();
    /// To who is about to pay: the invoice is not ours.
    checkout_unknown = "checkout-unknown" ();
    /// To who is about to pay: it is somebody else's.
    checkout_foreign = "checkout-foreign" ();
    /// To who is about to pay: it is old.
    checkout_outdated = "checkout-outdated" ();
    /// To who is about to pay: he is suspended.
    checkout_suspended = "checkout-suspended" ();
    /// `/terms`.
    terms = "terms" (price, bots, replies);
    /// What to write.
    paysupport_how = "paysupport-how" ();
    /// The same, to somebody without an account.
    paysupport_how_stranger = "paysupport-how-stranger" ();
    /// It was passed on.
    paysupport_sent = "paysupport-sent" ();
    /// The same, of somebody without an account.
    paysupport_sent_stranger = "paysupport-sent-stranger" ();
    /// Nobody is there to pass it on to.
    paysupport_nobody = "paysupport-nobody" ();
    /// So many are not passed on in a day.
    paysupport_too_many = "paysupport-too-many" (span);
    /// To the operator: a question.
    paysupport_request = "paysupport-request" (name, id, words);
    /// The same, of somebody without an account.
    paysupport_request_stranger = "paysupport-request-stranger" (name, id, words);
    /// To the operator: a payment.
    paysupport_payment = "paysupport-payment" (date, stars, charge);
    /// To the operator: a payment that was given back.
    paysupport_refunded = "paysupport-refunded" (date, stars, charge);
    /// What `/refund` needs.
    refund_how = "refund-how" ();
    /// There is no such payment.
    refund_unknown = "refund-unknown" ();
    /// Whoever paid has left.
    refund_left = "refund-left" ();
    /// Telegram did not give it back.
    refund_failed = "refund-failed" ();
    /// It is given back.
    refund_done = "refund-done" (stars, owner);
    /// It is given back, and Telegram did not stop the renewal.
    refund_done_only = "refund-done-only" (stars, owner);

    // Suspended owners, and limits.
    /// The reason: the owner is suspended.
    reason_suspended = "reason-suspended" ();
    /// To an owner who is suspended.
    owner_suspended = "owner-suspended" (commands);
    /// The same, popping up over the chat.
    owner_suspended_short = "owner-suspended-short" ();
    /// To an owner who may go on.
    owner_resumed = "owner-resumed" ();
    /// To an owner who asks for more than can be answered.
    owner_too_fast = "owner-too-fast" ();
    /// To a customer of a suspended owner.
    customer_suspended = "customer-suspended" ();
    /// So many tokens are not looked at in an hour.
    too_many_checks = "too-many-checks" (span);
    /// So many bots are not attached and detached in an hour.
    too_many_changes = "too-many-changes" (span);

    // The installation, for its operator.
    /// What `/admin` is for.
    command_admin = "command-admin" ();
    /// All numbers.
    admin_home = "admin-home" (owners, suspended, bots, messages);
    /// How much is written.
    admin_volumes = "admin-volumes" (in_day, in_month, in_all, out_day, out_month, out_all);
    /// What can stand behind `/admin`.
    admin_how = "admin-how" ();
    /// The head of the list.
    admin_owners = "admin-owners" (owners);
    /// One of the list.
    admin_owner_line = "admin-owner-line" (name, id, bots);
    /// All about one owner.
    admin_owner = "admin-owner" (name, id, since, bots, customers, messages);
    /// He is not suspended.
    admin_owner_works = "admin-owner-works" ();
    /// He is.
    admin_owner_rests = "admin-owner-rests" (since);
    /// There is no such owner.
    admin_owner_unknown = "admin-owner-unknown" ();
    /// He has no bots.
    admin_no_bots = "admin-no-bots" ();
    /// The operator can't be suspended.
    admin_not_yourself = "admin-not-yourself" ();
    /// Whether to suspend him.
    admin_suspend_question = "admin-suspend-question" (name, id);
    /// Shows the list.
    button_admin_owners = "button-admin-owners" ();
    /// Asks for an announcement.
    button_admin_announce = "button-admin-announce" ();
    /// Goes back.
    button_admin_back = "button-admin-back" ();
    /// Suspends.
    button_admin_suspend = "button-admin-suspend" ();
    /// Lets go on.
    button_admin_resume = "button-admin-resume" ();
    /// Sends it to so many.
    button_admin_send = "button-admin-send" (owners);
    /// Asks for the text.
    announce_prompt = "announce-prompt" ();
    /// Stands above it.
    announce_heading = "announce-heading" ();
    /// Whether to send what is shown above.
    announce_question = "announce-question" (owners);
    /// Something else than text.
    announce_unfit = "announce-unfit" ();
    /// A text without room for the heading.
    announce_too_long = "announce-too-long" ();
    /// There is no other owner.
    announce_nobody = "announce-nobody" ();
    /// How far it has come.
    announce_progress = "announce-progress" (done, owners);
    /// How it ended.
    announce_done = "announce-done" (sent, failed);
}

#[cfg(test)]
mod tests {
    use fluent_bundle::{FluentBundle, FluentResource};

    use super::*;

    #[test]
    fn every_language_has_every_sentence_and_its_placeholders() {
        for language in Language::ALL {
            let parsed = FluentResource::try_new(language.source().to_owned());
            let parsed = parsed.unwrap_or_else(|(_, errors)| panic!("{language:?}: {errors:?}"));
            assert_eq!(parsed.entries().count(), SENTENCES.len(), "{language:?} has other keys");
            let mut whole = FluentBundle::new(vec![language.identifier()]);
            whole.set_use_isolating(false);
            whole.add_resource(parsed).unwrap();
            for (key, holes) in SENTENCES {
                let fill: Vec<_> = holes.iter().map(|hole| (*hole, "\u{2603}")).collect();
                let message = whole.get_message(key);
                let pattern = message.and_then(|message| message.value());
                let pattern = pattern.unwrap_or_else(|| panic!("{language:?} has no {key}"));
                let mut errors = Vec::new();
                let arguments: FluentArgs<'_> = fill.iter().copied().collect();
                let text = whole.format_pattern(pattern, Some(&arguments), &mut errors);
                assert!(errors.is_empty(), "{language:?} {key}: {errors:?}");
                assert_eq!(language.say(key, &fill), text, "{language:?} {key} by itself");
                for hole in *holes {
                    let alone: FluentArgs<'_> = [(*hole, "\u{2603}")].into_iter().collect();
                    let text = whole.format_pattern(pattern, Some(&alone), &mut Vec::new());
                    assert!(text.contains('\u{2603}'), "{language:?} {key} lacks ${hole}");
                }
            }
        }
    }

    #[test]
    fn telegrams_tags_find_their_language() {
        assert_eq!(Language::of(Some("zh-hans")), Language::Chinese);
        assert_eq!(Language::of(Some("pt-br")), Language::English);
        assert_eq!(Language::of(Some("DE")), Language::German);
        assert_eq!(Language::of(None), Language::English);
    }
}
