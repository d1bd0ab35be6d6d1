# The master bot: getting in

claimed =
    ✅ This installation is yours now.

    Send /add to attach your first client bot. Customers write to it, their messages appear here, and you answer by replying to them.
welcome =
    👋 Customers' messages appear here; reply to one and the answer goes to that customer.

    /add attaches a client bot, /help shows all commands.
stranger = Sorry, this bot works for its owner only.
send-start = Send /start to begin.

# The master bot: commands

help =
    Reply to a customer's message and your answer goes to that customer: text, photos, voice, files, anything.

    { $commands }
unknown-command =
    I don't know this command. These exist:

    { $commands }
command-add = attach a client bot
command-bots = your bots and how they fare
command-stats = how much customers write, and how fast you answer
command-status = whether everything works, and what to do if not
command-remove = detach a bot
command-qr = QR code of a bot's link; /qr table7 adds a label
command-delete = take back your reply (send it as a reply to it)
command-settings = a bot's greeting, acknowledgement, reminder and more
command-language = the language I speak with you
command-privacy = what is kept here, where and for how long
command-export = everything that is stored about you, as a file
command-leave = remove everything of yours and detach your bots
command-subscribe = your plan
command-help = what I can do
command-cancel = stop what was begun
cancelled = Cancelled.
nothing-to-cancel = There is nothing to cancel.
no-plans = Nothing to pay here: this installation has no limits and no paid plan.

# What is kept, and how it goes

privacy =
    🔒 What is kept here

    About you: your Telegram id, your language and clock, your bots with their tokens and settings (encrypted), your notes (encrypted), your bans, and which of your messages belongs to which copy.
    About your customers: their Telegram id, language, labels, when they first wrote, who waits for an answer, and which message belongs to which copy. Never names, never what is written: texts, photos and files pass through and are not stored. Only parts of an album, or a change that follows another within a second, are kept encrypted until they are passed on; parts of an album that could not be delivered, for two days; what a newcomer writes before he presses his button, for a day at most.

    How long: which message belongs to which copy, { $days } days. Everything else until you remove it: /remove detaches a bot, /leave removes everything. What you paid stays as long as accounts must be kept, without your name.
    Where: in the database of whoever runs this bot, and in Telegram's own chats. Who sees it: you see what concerns you; whoever runs this bot has access to the database.

    /export sends you all of it. /leave removes all of it.
privacy-stranger =
    🔒 You have nothing here. To answer you once only, this bot keeps your Telegram id for { $days } days; nothing you write is stored.
privacy-newcomer = 🔒 You have nothing here, and nothing is kept about you. /start opens an account; /privacy then says what is kept.
customer-forgotten = 🕊 A customer asked to be forgotten. What was stored about that person is removed, so replies to those messages no longer arrive; the messages in this chat are yours to delete. A ban goes on holding.
export-part = 📦 Your data, file { $part } of { $parts }. It holds no message texts and no tokens.
export-busy = Other exports are being made just now. Send /export again in a minute.
leave-question =
    Remove everything of yours? This can't be undone.

    Your bots are detached and their webhooks removed ({ $bots }). Settings, notes, bans, customers and all references are deleted: replies to older messages no longer arrive. /export first keeps a copy for you. What you wrote as a customer to other people's bots is not touched: send /forget there.
leave-plan = Your paid plan, until { $date }, ends with it, and nothing more is charged. If you want Stars back, ask first: /paysupport
leave-yes = Remove everything
leave-waits = ⏳ Something of yours is still on its way, and ends first. Press again in a minute.
left =
    ✅ Everything of yours is removed, and your bots are detached. Messages in this chat are yours to delete.

    What you wrote as a customer to other people's bots is not touched: send /forget there.

# Attaching

add-prompt =
    1. Open @BotFather, send /newbot and follow its two questions (or take a bot you have: /mybots → API Token).
    2. Copy its answer with the token, it looks like 1234567890:AAE….
    3. Paste it here. I delete your message at once, so that the token stays secret. /cancel stops.
token-missing = There is no bot token in this message. It looks like 1234567890:AAE…: copy it from @BotFather and paste it here, or /cancel.
tokens-several = There are several tokens in this message. Send one at a time, or /cancel.
token-rejected = Telegram does not accept this token. Get the current one from @BotFather (/mybots → API Token) and paste it here, or /cancel.
token-is-master = This is the token of the bot you are talking to. Customers need another one: create it with /newbot in @BotFather and paste its token here, or /cancel.
bot-taken = This bot is in use by somebody else here. If it is yours, revoke its token in @BotFather and tell the person who runs this service. Send another token, or /cancel.
telegram-unreachable = Telegram does not answer just now. Paste the token once more in a minute, or /cancel.
takeover-question =
    @{ $bot } already sends its messages to { $host }.

    If I take it over, the program there gets nothing more. Take it over?
takeover-yes = Take it over
attached =
    ✅ @{ $bot } is attached and works.

    Give customers this link: https://t.me/{ $bot }
    What they write appears here; reply to answer.
token-replaced =
    ✅ The new token of @{ $bot } is in use. All conversations go on.

    https://t.me/{ $bot }
webhook-pending = @{ $bot } is attached, but Telegram did not accept the address for its messages yet ({ $reason }). I keep trying; /bots shows how it fares.
delete-token-yourself = ⚠️ I could not delete your message with the token. Please delete it yourself.

# Removing and listing

no-bots = You have no client bots yet. /add attaches one.
remove-which = Which bot shall I detach?
remove-question = Detach @{ $bot }? Customers can no longer reach you through it. Conversations are kept: attach it again and they go on.
remove-yes = Detach
removed = @{ $bot } is detached, its token is wiped.
missed-while-blocked = 🔕 While you had blocked me, messages of customers could not reach you: { $count }. Each customer was told.
lost-by-detaching = ⚠️ When @{ $bot } was detached, something { $name } wrote had not been passed on yet (messages and changes: { $count }). It is lost.
button-cancel = Cancel
button-stale = This question is settled already.
bots-title = Your client bots:
bots-hint = /status says more about each, /stats counts.
bot-active = 🟢 @{ $bot } ({ $name }): works
bot-revoked = 🔴 @{ $bot } ({ $name }): Telegram no longer accepts its token. Get the current one from @BotFather and send it with /add.
bot-contested = 🟠 @{ $bot } ({ $name }): another program receives its messages. Stop that program, or revoke the token in @BotFather and send the new one with /add.
qr-which = Whose QR code?
qr-caption = { $link }
qr-print = For print: this file stays sharp at any size.
qr-which-label = Whose QR code shall carry the label #{ $label }?
label-unusable = This can't be a label. A label has 1 to 64 characters: letters a–z, digits, _ and -. For example: /qr table7

# Alarms

alarm-revoked = 🔴 Telegram no longer accepts the token of @{ $bot }, so customers can't reach you through it. Get the current token from @BotFather (/mybots → API Token) and send it here with /add: all conversations go on.
alarm-works = 🟢 @{ $bot } works again: Telegram accepts its token. Messages are passed on as before. Replies that were not delivered go out with the button “Send again” below them.
alarm-contested = 🟠 Another program receives the messages of @{ $bot }, so they don't reach you. Stop that program, or revoke the token in @BotFather and send the new one here with /add.
webhook-stays = ⚠️ @{ $bot } is detached, but Telegram refused to end the delivery of its messages to this service. They are refused here and read by nobody. Revoke its token in @BotFather (/mybots → API Token → Revoke) to end it for good.
alarm-cut-off = 🔴 Telegram can't deliver messages to { $host }: “{ $reason }”. Until that is put right, nothing that you or your customers write arrives. Nothing is lost: it waits at Telegram for up to 24 hours. Look whether the address can be reached from the internet, whether the web server in front of this program runs, and whether its certificate is valid.
alarm-reached = 🟢 Telegram delivers messages again. What waited arrives now.
alarm-database-silent = 🔴 The database does not answer, so nothing is passed on at the moment. Nothing is lost: messages wait at Telegram for up to 24 hours. Look whether the database runs and can be reached, and start it again.
alarm-database-full = 🔴 The database takes nothing more, so nothing is passed on at the moment: its disk is full, or it may only be read. Nothing is lost: messages wait at Telegram for up to 24 hours. Free some disk space, or give the database its right to write.
alarm-database-works = 🟢 The database works again. What waited arrives now.
left-group = @{ $bot } was added to “{ $title }” and left again: client bots talk with customers in private only.

# Customers the owner asks about

command-inbox = customers waiting for an answer
command-info = who a customer is (as a reply)
command-note = a note on a customer (as a reply)
command-ban = ban a customer (as a reply)
command-banned = banned customers
ban-how = To ban a customer, reply to one of the customer's messages with /ban.
info-how = To see who a customer is, reply to one of the customer's messages with /info.
note-how = To keep a note on a customer, reply to one of the customer's messages with /note and your words.

# Bans

ban-everywhere = 🚫 { $name } is banned from all your bots.
ban-only = 🚫 { $name } is banned from { $bots }.
ban-already = 🚫 { $name } is already banned from all your bots.
unbanned = ✅ { $name } is no longer banned and can write to you again.
copies-deleted = Messages deleted here: { $count }
copies-kept = Messages left: { $count }. Telegram lets bots delete only what is less than 48 hours old; you can delete the rest yourself.
button-ban = Ban
button-unban = Unban
button-unban-name = Unban { $name }
button-delete-copies = Delete his messages here too
button-ban-only = Only from @{ $bot }
button-ban-everywhere = From all my bots
banned-title = Banned customers:
banned-everywhere = 🚫 { $name }: from all your bots, since { $since }
banned-only = 🚫 { $name }: from { $bot }, since { $since }
nobody-banned = Nobody is banned. To ban a customer, reply to one of the customer's messages with /ban.
button-accept = Accept
contact-accepted = ✅ { $name } is accepted.

# The customer's card

card-language = Language: { $language }
card-premium = Premium: yes
card-no-premium = Premium: no
card-labels = Labels: { $labels }
card-first-seen = First seen: { $date }
card-messages = Messages: { $wrote } in, { $answered } out
card-answer-time = Median answer time: { $span }
card-unanswered = Median answer time: no answer yet
card-banned = 🚫 Banned from all your bots
card-banned-only = 🚫 Banned from { $bots }
card-not-banned = Bans: none
card-blocked = ⛔ Blocked the bot on { $date }
card-note = 📝 { $note }
button-note = Note
note-prompt = 📝 Send the note on { $name }, up to 1,000 characters. Only you see it. “-” removes the note, /cancel stops.
note-kept = 📝 The note on { $name } is kept. /info shows it.
note-removed = The note on { $name } is removed.
note-none = There is no note on { $name }.
note-missing = A note is text only. Send the words, or /cancel.
note-too-long = This note is too long: 1,000 characters at most. Send a shorter one, or /cancel.

# Who waits for an answer

inbox-title = Waiting for your answer:
inbox-empty = 🎉 Nobody is waiting for an answer.
pointer = 👆 { $name } → @{ $bot }, waiting for { $span }
reminder = ⏰ { $name } → @{ $bot } has been waiting for an answer for { $span }.
button-answered = Mark as answered
marked-answered = ✅ { $name } → @{ $bot }: marked as answered
span-moment = less than 1 min
span-minutes = { $count } min
span-hours = { $count } h
span-days = { $count } d

# Answering customers

how-to-reply = To answer a customer, reply to the customer's message: swipe it to the left, or choose “Reply”. This message went to nobody.
reply-to-unknown = I don't know which customer this should go to, so it went to nobody. Reply to a message that has a customer's name above it.
not-delivered = ❌ Not delivered: { $reason }
maybe-not-delivered = ⚠️ May not have been delivered: Telegram did not say. “Send again” may make it arrive twice.
not-delivered-yet = ⏳ Not delivered yet: { $reason }
words-delivered-file-not = ✉️ Your words arrived, but not the file: { $reason }
words-delivered-file-not-yet = ✉️ Your words arrived, the file not yet: { $reason }
words-delivered-file-maybe = ⚠️ Your words arrived. The file may not have: Telegram did not say. “Send again” may make it arrive twice.
send-again = Send again
sending-again = Trying again…
original-gone = Telegram no longer gives me the original. Please write it once more as a reply to the customer.
delivered-now = ✅ Delivered.
change-not-delivered = ✏️ Your change did not reach the customer: { $reason }
undo = ↩️ Undo
deleted-at-customer = 🗑 Deleted: the customer no longer sees it.
delete-too-late = It is too late: Telegram lets bots delete messages for 48 hours only.
delete-failed = ❌ Not deleted: { $reason }
delete-how = To take back an answer of yours, reply to it with /delete. It disappears at the customer's side.

# Reasons

reason-blocked = the customer blocked the bot.
reason-deactivated = the customer's account is deleted.
reason-not-started = the customer has not started this bot, or deleted the chat with it.
reason-too-big = the file is too big. Telegram lets bots fetch 20 MB at most.
reason-file-unavailable = Telegram did not give the file out.
reason-bot-removed = the bot the customer wrote to is detached. Attach it again with /add.
reason-token-revoked = Telegram no longer accepts the bot's token. Send the current one with /add.
reason-too-fast = Telegram asks to wait.
reason-unreachable = Telegram can't be reached.
reason-refused = Telegram refuses this message.
reason-kind = bots can't send this kind of message ({ $kind }).
reason-gone = the customer's side has deleted it.
reason-fixed = Telegram does not let this message be changed.

# Copies

no-name = customer { $id }
repeat = ↻ possibly a repeat
edited = ✏️ edited
not-passed-on = ⏳ messages not passed on, too many at once: { $count }
unshowable = { $name } sent something that can't be shown here ({ $kind }).
file-missing = 📎 { $file } ({ $size }) can't be shown: { $reason } Ask the customer for a link or for smaller parts.
content-refused = Telegram refuses to show this here ({ $kind }).
quiz = Quiz
story = Story: { $title }

# Settings

settings-which = Whose settings?
settings-title = ⚙️ Settings of @{ $bot }
settings-saved = ✅ Saved.
settings-unchanged = Nothing was changed.
settings-back = ← Back
settings-close = Close
settings-save = Save
settings-remove = Remove
settings-everybody = All languages
setting-greeting = Greeting
setting-acknowledgement = Acknowledgement
setting-acknowledgement-text = Text of the acknowledgement
setting-reminder = Reminder
setting-banned = Banned customers
setting-protect = Protect content
setting-usernames = Usernames
value-standard = the standard text
value-own = your own text ({ $languages })
value-nothing = see nothing
acknowledgement-once = once per conversation
acknowledgement-always = after every message
acknowledgement-reaction = a reaction
acknowledgement-never = never
reminder-off = off
reminder-after = after { $hours } h
protect-off = off, customers may forward and save
protect-on = on, no forwarding, no saving
usernames-shown = shown
usernames-hidden = hidden
about-greeting = What a customer reads first, on /start. It may hold a photo, a video or another file. Choose who is to read the new greeting; ✓ marks what you wrote yourself.
about-acknowledgement = How a customer learns that his message was passed on to you.
about-acknowledgement-text = What a customer reads when his message was passed on. Choose who is to read the new text; ✓ marks what you wrote yourself.
about-reminder = When a customer has waited this long for an answer, I remind you, once.
about-banned = What a customer you banned reads when he writes, at most once an hour. Without a text he sees nothing. Choose who is to read it; ✓ marks what you wrote yourself.
about-protect = Whether customers can forward and save what this bot sends them.
about-usernames = Whether a customer's @username stands above his messages.
preview-once = Customers will be told once, after their first message, that it was passed on.
preview-always = Customers will be told after every message that it was passed on.
preview-reaction = Customers will see 👍 on each message that was passed on, and no text.
preview-never = Customers will not be told that a message was passed on. What could not be passed on, they are still told.
preview-reminder-off = You will not be reminded of customers who wait.
preview-reminder = You will be reminded of a customer who has waited { $hours } h for an answer.
preview-protected = Customers will not be able to forward or save what you send.
preview-unprotected = Customers will be able to forward and save what you send.
preview-usernames-shown = You will see: 🆕 Anna @anna → @{ $bot }
preview-usernames-hidden = You will see: 🆕 Anna → @{ $bot }
preview-remove = Your text will be removed: { $what } ({ $language }).
prompt-greeting = Send the new greeting ({ $language }): text, or a photo, video, voice message or file with a caption. One message; of an album I take the first part. /cancel stops.
prompt-text = Send the new text: { $what } ({ $language }). Bold, links and other formatting are kept. /cancel stops.
question-text = ⬆️ Customers will see it like this: { $what } ({ $language }). Save it?
unfit-greeting = This kind of message can't be a greeting. Send text, or a photo, video, voice message or file with a caption, or /cancel.
unfit-text = Only text can stand here. Send a text, or /cancel.
unfit-token = There is a bot token in this message, and customers must never see one. Send another text, or /cancel.
unfit-refused = Telegram refuses to show this, so customers could not see it either. Send something else, or /cancel.
unfit-file = The file is too big for a greeting: bots may fetch 20 MB at most. Send a smaller one, or /cancel.
save-first = Press “Save” or “Cancel” under the last question first, or send /cancel.
setting-newcomers = Newcomers
setting-careful = Careful with newcomers
setting-ask-first = Ask me about newcomers
setting-check = Button for newcomers
careful-off = off
careful-on = on, no links, files or forwards
ask-first-off = off
ask-first-on = on, Accept or Ban
check-off = off
check-on = on, press before the first message
about-newcomers = A newcomer is a customer you have neither answered nor accepted yet, through any of your bots. Three rules can hold for newcomers, each by itself. Your first answer ends them for a customer, and so does “Accept”.
about-careful = Whether newcomers may send words only, up to 5 messages a minute.
about-ask-first = Whether a newcomer's first message comes with the buttons “Accept” and “Ban”.
about-check = Whether a newcomer has to press a button before his first message is passed on. Programs that send advertising seldom do.
preview-careful-on = Until your first answer, newcomers will not be able to send links, files or forwarded messages, and no more than 5 messages a minute. They are told so.
preview-careful-off = Newcomers will be able to send everything from their first message on.
preview-ask-first-on = The first message of a newcomer will come with “Accept” and “Ban”. Until you accept or answer him, 5 messages of his reach you; he is told when that is over. “Ban” holds for all your bots.
preview-ask-first-off = The first message of a newcomer will come like any other.
preview-check-on = Newcomers will be asked to press a button. What they write reaches you when they have pressed it; if they do not within a day, they are told that it did not.
preview-check-off = Newcomers will not have to press a button.

# Languages

language-question = Which language shall I speak with you?
language-app = As in my app
language-chosen = ✅ From now on I speak English with you.

# Numbers

stats-title = 📊 { $bot }, { $days } ({ $clock })
stats-all = All bots
stats-empty = Nobody wrote, and nothing was answered.
stats-messages = Messages: { $wrote } in, { $replied } out
stats-customers = Customers: { $count } ({ $new } new, { $returning } returning)
stats-answered = Answered: { $percent } % ({ $answered } of { $questions })
stats-times = Answer time: median { $median }, nine of ten within { $ninety }
stats-unanswered = Answer time: no answer yet
stats-busiest = Busiest: { $hours } h; { $days }
stats-labels = Labels, by customers:
stats-label = #{ $label }: { $customers }, answered { $percent }
stats-kept = Messages older than { $days } days are not counted: they are no longer kept.
stats-how = I don't understand that. For example: /stats @your_bot 30. Periods: today, 7, 30, 12m. Your clock: /stats utc+2
stats-today = Today
stats-week = 7 days
stats-month = 30 days
stats-year = 12 months
weekdays = Mon Tue Wed Thu Fri Sat Sun
figure-wrote = Messages in
figure-replied = Replies
figure-customers = Customers
figure-answered = Answered
figure-median = Median answer
figure-hours = Messages in by hour
figure-weekdays = By weekday

# How everything fares

status-title = feedback-relay { $version }, running for { $span }
status-again = Look again
status-service-works = 🟢 The service works
status-database-works = 🟢 Database: { $engine }, { $size }
status-database-fails = 🔴 The database has been failing for { $span }.
status-webhook = 🟢 Telegram delivers to { $host } (webhook)
status-polling = 🟢 Updates are fetched from Telegram (long polling)
status-cut-off-briefly = 🔴 Telegram can't reach the service at the moment. Nothing is lost: messages wait at Telegram for up to 24 hours. Whoever runs the service is told.
status-installation = Memory: { $memory }. Owners: { $owners }. Bots in all: { $bots }
status-master = This bot: waiting at Telegram: { $count }
status-master-revoked = 🔴 Telegram does not accept this bot's own token. Get the current one from @BotFather, set it as MASTER_BOT_TOKEN and start again.
status-master-contested = 🟠 Another program receives this bot's own messages. Stop it, or revoke the token in @BotFather, set the new one as MASTER_BOT_TOKEN and start again.
status-master-not-asked = This bot: waiting at Telegram: not asked. Telegram asks to wait; look again later.
status-silent-telegram = ⚠️ Telegram did not answer when asked about this bot. Look again in a minute; if it stays so, look whether this machine reaches Telegram (network, name server, firewall).
status-bots = Your bots: { $count }, in trouble: { $troubled }
status-page = Page { $page } of { $pages }
status-bot-troubled = 🟠 @{ $bot } ({ $name }): needs attention
status-last = Last update: { $span } ago
status-never = Last update: none yet
status-pending = Waiting at Telegram: { $count }
status-not-asked = Waiting at Telegram: not asked. Telegram lets only a few bots be asked in a minute; look again later.
status-silent = Waiting at Telegram: no answer. Look again in a minute.
status-error = ⚠️ { $span } ago Telegram could not deliver: “{ $reason }”.
status-error-over = The last delivery that failed was { $span } ago: “{ $reason }”. That is over.
status-missed = ⚠️ { $span } ago updates could not be fetched: { $reason }.
status-missed-over = The last fetch of updates that failed was { $span } ago: { $reason }. That is over.
missed-token = Telegram does not accept the token
missed-webhook = a webhook is set, and Telegram sends them there
missed-contested = another program fetched them
missed-too-fast = Telegram asked to wait
missed-unreachable = Telegram could not be reached
missed-fault = Telegram had a fault of its own ({ $code })
missed-unreadable = Telegram's answer made no sense
missed-refused = Telegram refused, with “{ $reason }”
fix-busy = It was asked to wait and comes again by itself.
fix-operator = Tell whoever runs this service.
fix-certificate = Look whether the web server's certificate is valid and complete; a self-signed one belongs into WEBHOOK_CERTIFICATE_FILE.
fix-unreachable = Look whether the name in PUBLIC_URL leads to this machine (DNS, an A record), whether its port can be reached from the internet, and whether the web server in front of this program runs.
fix-wrong-answer = Something else answers at PUBLIC_URL: look whether the web server passes /telegram/ on to this program.
fix-look = Look at the webhook with the command feedback-relay check, and into the log of the web server in front of this program.
fix-pending = More waits than usual; it should become less. If it does not, tell whoever runs this service.
fix-pending-here = More waits than usual; it should become less. If it does not, look into the log, and whether the database and this machine are busy.
fix-token = Get the current token from @BotFather.
fix-contested = If that goes on, a program elsewhere uses the token: stop it, or revoke the token in @BotFather and use the new one here.
fix-webhook = It is removed by itself. If it comes back, a program elsewhere uses the token: stop it, or revoke the token in @BotFather and use the new one here.
fix-again = It is tried again by itself; until then messages wait at Telegram for up to 24 hours.
fix-connection = It is tried again by itself. If it stays so, look whether this machine reaches Telegram: its network, its name server, a firewall or a proxy, and TELEGRAM_API_URL if that is set.
fix-check = Look what the command feedback-relay check says, and into the log.

# Customers

greeting = 👋 Hello! Write your message here: text, photo, voice, file, whatever suits. The answer comes into this chat.
customer-help = Just write here, your message is passed on. The answer comes into this chat. /delete takes your last message back, /language changes the language, /privacy says what is kept about you, /forget removes it.
customer-privacy =
    🔒 What is kept about you

    What you write is passed on to the owner of this bot and not stored: no texts, no photos, no files. Your name is not stored either. Only parts of an album, or a change that follows another within a second, are kept encrypted until they are passed on; what you write before you press a button you were asked to press, for a day at most.
    Kept are your Telegram id, the language of your app, the link you came by, when you first wrote, whether you wait for an answer, whether you are banned, have Premium or blocked the bot, what the owner noted about you (encrypted), and which message belongs to which copy. That last one for { $days } days, the rest until you have it removed.
    Where: in the database of whoever runs this service. Who sees it: the owner of this bot and whoever runs this service. The owner also has your messages in his Telegram chat.

    /forget removes everything that is stored about you.
forget-question =
    Shall everything that is stored about you be removed?

    That holds for all bots of this service. The owners you wrote to keep the messages in their own Telegram chats, but can no longer answer them. If you write again, that begins anew; a ban goes on holding.
forget-yes = Forget me
forgotten = ✅ You are forgotten: everything that was stored about you is removed. Messages in this chat are yours to delete.
forgotten-not-owner = You have bots here yourself. That side is not touched: send /leave to the bot in which you answer.
customer-kind = ❌ This kind of message can't be passed on, so it was not delivered. Please say it in another way.
customer-file = ❌ The file could not be passed on; bots get files up to 20 MB only. The words with it were. Please send a smaller file or a link.
customer-file-lost = ❌ The file could not be passed on: Telegram did not give it out. The words with it were. Please send it again.
customer-not-delivered = ❌ Sorry, this message could not be delivered. Please try again later.
customer-bot-gone = ❌ What you wrote here was not passed on: this bot is not in use any more.
internal-error = ⚠️ Sorry, something went wrong on our side, so this may not have arrived. If it matters, please report it with this number: { $number }
customer-maybe-not-delivered = ⚠️ Sorry, this message may not have been delivered: Telegram did not say.
customer-delayed = ⏳ Your message is delayed. It will be passed on as soon as possible; you need not send it again.
customer-change-not-delivered = ✏️ Sorry, your change of this message could not be passed on. Please send it as a new message.
customer-too-fast = ⏳ You are writing faster than messages can be passed on. This message was not passed on, and neither are others that follow it too quickly. Please wait a little and send them again, best in one message.
customer-taken-back = 🗑 Your message was taken back.
customer-delete-too-late = It is too late: messages can be taken back for 48 hours only.
customer-nothing-to-delete = There is no message of yours to take back. Reply to your own message with /delete.
customer-delete-failed = ❌ Sorry, your message could not be taken back. Please try again later.
acknowledgement = ✅ Your message was passed on. The answer comes into this chat.
newcomer-link = 🔒 This was not passed on: it holds a link or an @name. Links can be sent here after a first answer. Until then, please say it in your own words.
newcomer-file = 🔒 This was not passed on: photos, files, stickers and voice messages can be sent here after a first answer. Until then, please write in words.
newcomer-forward = 🔒 This was not passed on: messages from elsewhere can be forwarded here after a first answer. Until then, please say it in your own words.
newcomer-wait = ⏳ Your messages have been passed on, this one has not: more can be sent after a first answer. It comes into this chat; please wait for it.
newcomer-full = ⏳ This was not passed on: too much waits already. Please press the button above, then send it again.
newcomer-too-fast = ⏳ This was not passed on: before a first answer, up to 5 messages can be sent here in a minute. Please wait a minute and send it again, best in one message.
newcomer-change = 🔒 Your change was not passed on: links, files and @names can be sent here after a first answer. Until then, please say it in your own words, in a new message.
newcomer-check = 👋 Please press the button to show that you are a person. What you wrote is then passed on.
newcomer-check-button = I am a person
newcomer-passed = ✅ Thank you! What you wrote is passed on. The answer comes into this chat.
newcomer-gone = ✅ Thank you! But your message is no longer there. Please write it once more.
newcomer-expired = ⌛ What you wrote here was not passed on, because the button was not pressed for a day. Please write it again.
newcomer-accepted = ✅ You can now send everything here: links, files and forwarded messages, too. Please send again what was not passed on.

# Plans

command-plan = your plan: dates, and what is left this month
command-subscribe-pro = get Pro: no limits
command-unsubscribe = stop the renewal of Pro
command-paysupport = a question about a payment
command-refund = give a payment back
command-terms = the terms of the paid plan
subscribe-offer =
    ⭐ Pro for { $price } Telegram Stars a month: as many bots and replies as you like.

    Without it, what customers write always arrives; bots that answer: { $bots }, replies a month: { $replies }.
    It renews every 30 days until you send /unsubscribe. By paying you agree to /terms. The button works for a day.
button-subscribe = Subscribe for { $price } ⭐
subscribe-active = You have Pro. It is paid until { $date } and renews then. /unsubscribe stops that, /plan shows more.
subscribe-stopped = You have Pro until { $date }, and it does not renew. With the button it goes on; nothing is charged before that date.
button-renew = Renew again
invoice-title = Pro
invoice-description = As many client bots and replies as you like, for 30 days. It renews by itself; /unsubscribe stops that.
plan-refused = Telegram refuses to do it. You can also change a subscription in Telegram: Settings → My Stars. If that does not help: /paysupport
plan-later = Telegram can't do that at the moment. Please try again in a few minutes.
unsubscribe-none = You have no subscription, so there is nothing to stop. /plan shows your plan.
unsubscribe-already = The renewal is stopped already. Pro stays yours until { $date }.
unsubscribe-done = ✅ Pro does not renew any more, and nothing more is charged. It stays yours until { $date }.
unsubscribe-unpaid = ✅ Nothing renews any more, and nothing more is charged.
renew-done = ✅ Pro goes on: it is paid until { $date } and renews then. /unsubscribe stops that.
paid-first = ✅ Thank you! You have Pro until { $date }. It renews then; /unsubscribe stops that, /plan shows how it stands.
paid-renewal = ✅ Pro was renewed. It is paid until { $date }.
paid-though-stopped = ⚠️ Telegram took the Stars for another month of a subscription that had been stopped. Pro is paid until { $date }, and that subscription is stopped again. If you want the Stars back: /paysupport
paid-not-stopped = ⚠️ Telegram took the Stars for another month of a subscription that had been stopped, and refuses to stop it now. Pro is paid until { $date }. Please stop it in Telegram: Settings → My Stars. If you want the Stars back: /paysupport
paid-once = ✅ Thank you! You have Pro until { $date }.
subscriptions-several = ⚠️ You have more than one subscription now, and Telegram charges for each of them. /unsubscribe stops all of them; with the button below its answer one goes on. If you want Stars back: /paysupport
paid-gone = ↩️ { $stars } Stars were given back to you: there is no account of yours here any more. If Telegram charges you again, stop it in Telegram: Settings → My Stars.
paid-gone-kept = There is no account of yours here any more, so the { $stars } Stars you paid bought nothing, and Telegram refuses to give them back. Please ask whoever runs this service, and name the payment: { $charge }
refunded = ↩️ { $stars } Stars were given back to you, and Pro has ended. Nothing was deleted, and what customers write still arrives. /plan shows what is left.
refunded-stays = ↩️ { $stars } Stars were given back to you. Pro is still yours until { $date }.
renewal-stopped = Pro does not renew any more. It stays yours until { $date }; /subscribe lets it go on.
renewal-failed = ⚠️ Telegram could not take the Stars for the next month. Pro stays yours until { $date }. Get Stars in Telegram (Settings → My Stars), then send /subscribe.
renewal-one-less = One of your subscriptions does not renew any more: it was stopped, or Telegram could not take the Stars. Another one goes on: it is paid until { $date } and renews then. /unsubscribe stops that.
plan-over =
    ⏳ Pro ended on { $date }. Nothing was deleted, and what customers write still arrives.

    Without Pro: bots that answer: { $bots }, replies a month: { $replies }. /subscribe brings it back, /plan shows what is left.
plan-rest = 💤 These bots bring you messages but can't answer now: { $bots }. Choose which answer: /plan
plan-free = Your plan: free
plan-pro = ⭐ Your plan: Pro
plan-renews = Paid until { $date }; renews then for { $stars } ⭐. /unsubscribe stops that.
plan-ends = Paid until { $date }; does not renew.
plan-failed = Paid until { $date }. ⚠️ Telegram could not take the Stars for the next month: get some, then /subscribe.
plan-ended = Pro ended on { $date }.
plan-bots = Bots: { $count } of { $most }
plan-bots-pro = Bots: { $count }, no limit
plan-replies = Replies this month: { $used } of { $most }, left: { $left }. They are counted anew from { $date } (UTC).
plan-replies-pro = Replies: no limit
plan-choose = All your bots bring you messages. Bots that may answer: { $most }. Press the one that is to answer:
plan-offer = /subscribe: no limits, for { $price } ⭐ a month. What customers write always arrives.
plan-full = Your plan has no room for another bot. Free bots: { $count }. /subscribe lifts the limit, /remove detaches a bot, /plan shows how it stands.
few-left = ⏳ Free replies left this month: { $left } of { $most }. They are counted anew from { $date } (UTC); /subscribe lifts the limit.
reason-plan = your plan does not cover it. /plan shows why.
reason-replies-used = your free replies of this month are used up ({ $count }); left: 0. They are counted anew from { $date } (UTC). What customers write still arrives. /subscribe lifts the limit; then press “Send again”.
reason-bot-rests = @{ $bot } can't answer in your plan. Bots that may: { $most }. Choose which in /plan, or lift the limit with /subscribe; then press “Send again”.
checkout-not-sold = There is no paid plan here any more. Nothing was charged.
checkout-unknown = This invoice is not valid. Nothing was charged. Send /subscribe for a new one.
checkout-foreign = This link was made for somebody else. Nothing was charged. Send /subscribe to this bot for your own.
checkout-outdated = This link is out of date. Nothing was charged. Send /subscribe for a new one.
checkout-suspended = Your account here is suspended, so Pro would be of no use to you now. Nothing was charged. Questions: /paysupport
terms =
    Terms of the paid plan

    1. Pro costs { $price } Telegram Stars for 30 days and lifts the limits of the free plan (bots that answer: { $bots }, replies a month: { $replies }).
    2. It renews every 30 days until you stop it with /unsubscribe or in Telegram. What is paid stays yours until its end.
    3. When it ends, nothing is deleted, and what customers write still arrives.
    4. Questions and refunds: /paysupport. Whoever runs this service answers them. Telegram's own support can't help with purchases made here.
    5. The Stars go to whoever runs this service; Telegram's terms for Stars hold as well: https://telegram.org/tos/stars
paysupport-how = Write your question behind the command, for example: /paysupport I paid twice. It goes to whoever runs this service, together with a list of your payments. Telegram's own support can't help with purchases made here.
paysupport-how-stranger = Write your question behind the command, for example: /paysupport I left and was charged again. Name the payment by its id, which stands in its receipt in Telegram. Your words go to whoever runs this service. Telegram's own support can't help with purchases made here.
paysupport-sent = ✅ Passed on to whoever runs this service, together with a list of your payments.
paysupport-sent-stranger = ✅ Passed on to whoever runs this service.
paysupport-nobody = Your question was not passed on: whoever runs this service can't be reached here now. Please try again later.
paysupport-too-many = ⏳ You have asked five times within a day, and all of it was passed on. I can pass on the next question within { $span }; send it again then.
paysupport-request =
    💬 Question about a payment, from { $name } (id { $id }):

    { $words }
paysupport-request-stranger =
    💬 Question about a payment, from { $name } (id { $id }), who has no account here:

    { $words }
paysupport-payment = { $date }: { $stars } ⭐, to give back: /refund { $charge }
paysupport-refunded = { $date }: { $stars } ⭐, given back ({ $charge })
refund-how = Write the payment's id behind the command: /refund <id>. It stands in the question sent with /paysupport, and in the payer's receipt in Telegram.
refund-unknown = There is no payment with this id here.
refund-left = Not given back: whoever paid this has left, and nobody knows here any more who it was.
refund-failed = ❌ Not given back: Telegram refuses it.
refund-done = ↩️ { $stars } Stars were given back to { $owner }. The plan counts as unpaid for that time, and it does not renew.
refund-done-only = ↩️ { $stars } Stars were given back to { $owner }. The plan counts as unpaid for that time. Telegram refused to stop the renewal: there may be none any more. If { $owner } is charged again, give that back, too.

# Suspended owners, and limits

reason-suspended = your account here is suspended.
owner-suspended = ⏸ Your account is suspended by the person who runs this service: customers' messages are not passed on, and your replies are not delivered. Nothing is deleted. These commands still work: { $commands }
owner-suspended-short = Your account is suspended.
owner-resumed = ▶️ Your account works again: customers' messages are passed on, and your replies are delivered. A reply that was not delivered goes out with the button “Send again” below it.
owner-too-fast = ⏳ That was more than I can answer at once. What you sent last was left out; send it again in a minute. Replies to customers are not affected.
customer-suspended = ⏸ This message was not passed on: the bot is out of service at the moment. Please try again later.
too-many-checks = ⏳ Those were too many tokens within an hour. I can look at the next one within { $span }; paste it then.
too-many-changes = ⏳ You have attached and detached very many bots within an hour. It goes on within { $span }; try again then.

# The installation, for its operator

command-admin = this installation: owners, suspending, announcements
admin-home =
    🛠 This installation

    Owners: { $owners } (suspended: { $suspended })
    Client bots: { $bots }

    { $messages }
admin-volumes =
    Messages from customers: { $in_day } in 24 hours, { $in_month } in 30 days, { $in_all } in all
    Replies: { $out_day } in 24 hours, { $out_month } in 30 days, { $out_all } in all
admin-how = /admin 4711 or /admin @shop_bot shows one owner; with suspend or resume before it, that is done. /admin announce says something to all owners.
admin-owners = 👥 Owners: { $owners }
admin-owner-line = { $name } · id { $id } · bots: { $bots }
admin-owner =
    👤 { $name }
    Id: { $id }
    Owner since: { $since }
    Client bots: { $bots }
    Customers: { $customers }

    { $messages }
admin-owner-works = ▶️ Works
admin-owner-rests = ⏸ Suspended since { $since }
admin-owner-unknown = There is no such owner here.
admin-no-bots = none
admin-not-yourself = You run this installation: you can't suspend yourself.
admin-suspend-question =
    Suspend { $name } (id { $id })?

    Messages of this owner's customers are no longer passed on, and each customer is told. Replies are refused. Nothing is deleted; you can resume at any time.
button-admin-owners = Owners
button-admin-announce = Announce
button-admin-back = Back
button-admin-suspend = Suspend
button-admin-resume = Resume
button-admin-send = Send to { $owners }
announce-prompt = 📣 Send the text that all owners are to read. You see it first, and nothing goes out before you confirm. /cancel stops.
announce-heading = 📣 From the person who runs this service:
announce-question = This is how the owners will see it. Send it? Owners: { $owners }
announce-unfit = Only text can be announced. Send it as text, or /cancel.
announce-too-long = This text is too long. Make it shorter and send it once more, or /cancel.
announce-nobody = There is no other owner here yet, so there is nobody to tell.
announce-progress = 📣 Sending: { $done } of { $owners }
announce-done = 📣 Announced. Owners who got it: { $sent }. Could not be reached: { $failed }.
