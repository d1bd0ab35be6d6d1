"""Reads everything the Bot API emulator says with aiogram's models of Bot API 10.3.

A value aiogram cannot parse, a field it does not know, or a step of the conversation that goes
wrong is a failure. One line per check; the last line counts them.
"""

import asyncio
import sys

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    InputPollOption,
    InputProfilePhotoStatic,
    KeyboardButton,
    LabeledPrice,
    LinkPreviewOptions,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from aiohttp import ClientSession, web
from pydantic import BaseModel

URL = sys.argv[1]
passed, failed = 0, 0


def report(name: str, problem: str | None) -> None:
    global passed, failed
    if problem is None:
        passed += 1
        print(f"ok   {name}")
    else:
        failed += 1
        print(f"FAIL {name}: {problem}")


def unknown_fields(value, path="") -> list[str]:
    """Every field no model has, anywhere inside."""
    if isinstance(value, list):
        return [f for n, item in enumerate(value) for f in unknown_fields(item, f"{path}[{n}]")]
    if not isinstance(value, BaseModel):
        return []
    found = [f"{path}.{name}" for name in (value.model_extra or {})]
    for name in type(value).model_fields:
        found += unknown_fields(getattr(value, name), f"{path}.{name}")
    return found


async def check(name, awaitable, expect=None):
    """A call that must work, be understood whole, and satisfy the expectation."""
    try:
        result = await awaitable
    except Exception as e:
        report(name, f"{type(e).__name__}: {e}")
        return None
    extra = unknown_fields(result)
    if extra:
        report(name, f"unknown fields {extra}")
    elif expect is not None and not expect(result):
        report(name, f"unexpected result {result!r}"[:600])
    else:
        report(name, None)
    return result


async def refused(name, awaitable, text):
    try:
        await awaitable
    except TelegramAPIError as e:
        report(name, None if text in str(e) else f"refused with {e}")
        return
    report(name, "was not refused")


def expect_true(name, condition, shown=""):
    report(name, None if condition else f"does not hold {shown}")


class Control:
    def __init__(self, http: ClientSession):
        self.http = http

    async def __call__(self, deed: str, **args):
        async with self.http.post(f"{URL}/_control/{deed}", json=args) as response:
            answer = await response.json()
            assert response.status == 200, f"{deed}: {answer}"
            return answer


def make_bot(token: str) -> Bot:
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(URL)), default=DefaultBotProperties())


class Poller:
    """getUpdates by hand: raw JSON is parsed by aiogram, strictly."""

    def __init__(self, bot: Bot, http: ClientSession):
        self.bot, self.http, self.offset = bot, http, 0

    async def next(self) -> list[Update]:
        params = {"offset": self.offset, "timeout": 10}
        async with self.http.post(f"{URL}/bot{self.bot.token}/getUpdates", json=params) as response:
            raw = (await response.json())["result"]
        updates = []
        for item in raw:
            self.offset = item["update_id"] + 1
            updates.append(Update.model_validate(item, context={"bot": self.bot}))
        return updates

    async def one(self, name: str, kind: str, expect=None):
        """The next update, which must be of this kind and have no unknown field."""
        try:
            updates = await self.next()
        except Exception as e:
            report(name, f"{type(e).__name__}: {e}")
            return None
        kinds = [u.event_type for u in updates]
        extra = [f for u in updates for f in unknown_fields(u)]
        if kinds != [kind]:
            report(name, f"got {kinds}, expected {kind}")
            return None
        event = updates[0].event
        problem = f"unknown fields {extra}" if extra else None
        if problem is None and expect is not None and not expect(event):
            problem = f"unexpected {event!r}"[:600]
        report(name, problem)
        return event


HEX = b"\x89emulated bytes \x00\xff".hex()
DRAFTS = {
    "text": dict(kind="text", text="see https://a.example and /start @anna_p #tag a@b.com"),
    "text with entities": dict(
        kind="text",
        text="bold when",
        extra={
            "entities": [
                {"type": "bold", "offset": 0, "length": 4},
                {"type": "date_time", "offset": 5, "length": 4, "unix_time": 1, "date_time_format": "r"},
            ],
            "link_preview_options": {"is_disabled": True},
        },
    ),
    "photo": dict(kind="photo", hex=HEX, extra={"caption": "c", "has_media_spoiler": True}),
    "video": dict(kind="video", hex=HEX, extra={"caption": "c", "show_caption_above_media": True}),
    "animation": dict(kind="animation", hex=HEX),
    "audio": dict(kind="audio", hex=HEX),
    "voice": dict(kind="voice", hex=HEX),
    "video_note": dict(kind="video_note", hex=HEX),
    "document": dict(kind="document", hex=HEX, name="a.pdf", mime="application/pdf"),
    "big_document": dict(kind="big_document"),
    "sticker_static": dict(kind="sticker_static", hex=HEX),
    "sticker_animated": dict(kind="sticker_animated", hex=HEX),
    "sticker_video": dict(kind="sticker_video", hex=HEX),
    "location": dict(kind="location", latitude=1.5, longitude=2.5),
    "live_location": dict(kind="live_location", latitude=1.5, longitude=2.5),
    "venue": dict(kind="venue", latitude=1.5, longitude=2.5),
    "contact": dict(kind="contact", last_name="L"),
    "poll": dict(kind="poll"),
    "dice": dict(kind="dice"),
    "checklist": dict(kind="checklist"),
    "story": dict(kind="story", chat={"id": -1001, "type": "channel", "title": "T"}),
    "album item": dict(kind="photo", hex=HEX, extra={"media_group_id": "77"}),
    "forward": dict(
        kind="text",
        text="f",
        extra={"forward_origin": {"type": "hidden_user", "sender_user_name": "X", "date": 1}},
    ),
    "service": dict(kind="write_access_allowed", value={"from_request": True}),
}


async def drafts(control, bot, poller, anna):
    for name, draft in DRAFTS.items():
        await control("send", person=anna, bot=bot.id, draft=draft)
        await poller.one(f"update: {name}", "message", lambda m: m.from_user.language_code == "en" and m.chat.id == anna)


async def updates(control, bot, poller, anna):
    first = await control("start", person=anna, bot=bot.id, payload="table7")
    await poller.one("update: /start with payload", "message", lambda m: m.text == "/start table7" and m.entities[0].type == "bot_command")
    await control("send", person=anna, bot=bot.id, draft=dict(kind="text", text="r", reply_to=first, quote="start", quote_position=1))
    await poller.one("update: reply with quote", "message", lambda m: m.reply_to_message.text == "/start table7" and m.quote.text == "start")
    await control("edit", person=anna, bot=bot.id, message_id=first, draft=dict(kind="text", text="edited"))
    await poller.one("update: edited_message", "edited_message", lambda m: m.text == "edited" and m.edit_date)
    await control("react", person=anna, bot=bot.id, message_id=first, emoji="👍")
    await poller.one("update: message_reaction", "message_reaction", lambda r: r.new_reaction[0].emoji == "👍" and r.user.id == anna)
    await control("block", person=anna, bot=bot.id)
    await poller.one("update: blocked", "my_chat_member", lambda u: u.new_chat_member.status == "kicked")
    await control("unblock", person=anna, bot=bot.id)
    await poller.one("update: unblocked", "my_chat_member", lambda u: u.new_chat_member.status == "member")
    query = await control("checkout", person=anna, bot=bot.id, payload="pro", amount=100)
    await poller.one("update: pre_checkout_query", "pre_checkout_query", lambda q: q.id == query and q.total_amount == 100)
    await check("answerPreCheckoutQuery", bot.answer_pre_checkout_query(query, ok=True))
    await control("pay", person=anna, bot=bot.id, payload="pro", amount=100)
    paid = await poller.one("update: successful_payment", "message", lambda m: m.successful_payment.invoice_payload == "pro")
    charge = paid.successful_payment.telegram_payment_charge_id
    await check("refundStarPayment", bot.refund_star_payment(anna, charge))
    await poller.one("update: refunded_payment", "message", lambda m: m.refunded_payment.telegram_payment_charge_id == charge)
    await refused("refundStarPayment again", bot.refund_star_payment(anna, charge), "CHARGE_ALREADY_REFUNDED")
    made = await control("make_managed_bot", person=anna, bot=bot.id, username="made_bot", name="Made")
    await poller_two(poller, "update: managed_bot and its message", ["managed_bot", "message"])
    await check("getManagedBotToken", bot.get_managed_bot_token(user_id=made["id"]), lambda t: ":" in t)
    raw = {"poll_answer": {"poll_id": "1", "option_ids": [0], "option_persistent_ids": ["0"], "user": {"id": anna, "is_bot": False, "first_name": "A"}}}
    await control("push_update", bot=bot.id, update=raw)
    await poller.one("update: pushed raw", "poll_answer")


async def poller_two(poller, name, kinds):
    got = []
    while len(got) < len(kinds):
        got += await poller.next()
    extra = [f for u in got for f in unknown_fields(u)]
    seen = [u.event_type for u in got]
    report(name, None if seen == kinds and not extra else f"{seen} {extra}")


async def groups(control, bot, poller, anna):
    for kind in ("group", "supergroup", "channel"):
        group = (await control("add_group", kind=kind, title=kind, is_forum=kind == "supergroup"))["id"]
        await control("set_bot_standing", person=anna, group=group, bot=bot.id, standing="administrator")
        kinds = ["my_chat_member"] if kind == "channel" else ["my_chat_member", "message"]
        await poller_two(poller, f"update: added to a {kind}", kinds)
        post = await control("send_to_group", person=anna, group=group, draft=dict(kind="text", text="post"))
        event = "channel_post" if kind == "channel" else "message"
        await poller.one(f"update: {event} in a {kind}", event, lambda m: m.chat.id == group and m.text == "post")
        await control("edit_in_group", person=anna, group=group, bot=bot.id, message_id=post, draft=dict(kind="text", text="post 2"))
        await poller.one(f"update: edit in a {kind}", f"edited_{event}", lambda m: m.text == "post 2")
        await check(f"getChat of a {kind}", bot.get_chat(group), lambda c: c.type == kind)
        await check(f"getChatMember of a {kind}", bot.get_chat_member(group, bot.id), lambda m: m.status == "administrator")
        await check(f"getChatAdministrators of a {kind}", bot.get_chat_administrators(group), lambda m: len(m) == 2)
        await check(f"getChatMemberCount of a {kind}", bot.get_chat_member_count(group), lambda n: n == 2)
        sent = await check(f"sendMessage to a {kind}", bot.send_message(group, "x"), lambda m: m.chat.id == group)
        await check(f"copyMessage within a {kind}", bot.copy_message(group, group, sent.message_id))
        if kind == "supergroup":
            await topics(bot, poller, group)
        await check(f"leaveChat of a {kind}", bot.leave_chat(group))
        await poller.one(f"update: left a {kind}", "my_chat_member", lambda u: u.new_chat_member.status == "left")


async def topics(bot, poller, group):
    topic = await check("createForumTopic", bot.create_forum_topic(group, "Anna"), lambda t: t.name == "Anna")
    await poller.one("update: forum_topic_created", "message", lambda m: m.forum_topic_created.name == "Anna")
    thread = topic.message_thread_id
    await check("sendMessage into a topic", bot.send_message(group, "x", message_thread_id=thread), lambda m: m.message_thread_id == thread)
    await refused("sendMessage into no topic", bot.send_message(group, "x", message_thread_id=99999), "message thread not found")
    await check("editForumTopic", bot.edit_forum_topic(group, thread, name="Anna P"))
    await poller.one("update: forum_topic_edited", "message", lambda m: m.forum_topic_edited.name == "Anna P")
    await check("closeForumTopic", bot.close_forum_topic(group, thread))
    await poller.one("update: forum_topic_closed", "message")
    await check("reopenForumTopic", bot.reopen_forum_topic(group, thread))
    await poller.one("update: forum_topic_reopened", "message")
    await check("deleteForumTopic", bot.delete_forum_topic(group, thread))


async def sends(control, bot, poller, anna):
    file = lambda name: BufferedInputFile(b"bytes of " + name.encode(), name)
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go"), InlineKeyboardButton(text="Web", url="https://a.example")]])
    text = await check("sendMessage", bot.send_message(anna, "a bold /cmd", entities=[MessageEntity(type="bold", offset=2, length=4)], reply_markup=keyboard, link_preview_options=LinkPreviewOptions(is_disabled=True)), lambda m: [e.type for e in m.entities] == ["bold", "bot_command"])
    await check("sendMessage as HTML", bot.send_message(anna, "<b>x</b> &lt; <a href=\"https://a.example\">y</a>", parse_mode="HTML"), lambda m: m.text == "x < y" and len(m.entities) == 2)
    await check("sendMessage as a reply", bot.send_message(anna, "r", reply_parameters=ReplyParameters(message_id=text.message_id, quote="bold")), lambda m: m.quote.position == 2 and m.reply_to_message.message_id == text.message_id)
    await check("sendMessage with a reply keyboard", bot.send_message(anna, "k", reply_markup=ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="A")]])))
    photo = await check("sendPhoto", bot.send_photo(anna, file("p.jpg"), caption="c", has_spoiler=True), lambda m: len(m.photo) == 2 and m.has_media_spoiler)
    await check("sendPhoto by id", bot.send_photo(anna, photo.photo[-1].file_id), lambda m: m.photo[-1].file_unique_id == photo.photo[-1].file_unique_id)
    await check("sendDocument", bot.send_document(anna, file("d.pdf")), lambda m: m.document.file_name == "d.pdf" and m.document.mime_type == "application/pdf")
    await check("sendVideo", bot.send_video(anna, file("v.mp4"), duration=7, width=10, height=20, thumbnail=file("t.jpg")), lambda m: m.video.duration == 7 and m.video.thumbnail)
    await check("sendAnimation", bot.send_animation(anna, file("a.mp4"), duration=2), lambda m: m.animation and m.document)
    await check("sendAudio", bot.send_audio(anna, file("a.mp3"), performer="P", title="T", duration=9), lambda m: (m.audio.performer, m.audio.title, m.audio.duration) == ("P", "T", 9))
    await check("sendVoice", bot.send_voice(anna, file("v.ogg"), duration=3), lambda m: m.voice.duration == 3)
    await check("sendVideoNote", bot.send_video_note(anna, file("n.mp4"), length=200, duration=2), lambda m: m.video_note.length == 200)
    for ext in ("webp", "tgs", "webm"):
        await check(f"sendSticker .{ext}", bot.send_sticker(anna, file(f"s.{ext}")), lambda m: m.sticker.is_animated == (ext == "tgs") and m.sticker.is_video == (ext == "webm"))
    live = await check("sendLocation live", bot.send_location(anna, 1.0, 2.0, live_period=900), lambda m: m.location.live_period == 900)
    await check("editMessageLiveLocation", bot.edit_message_live_location(1.5, 2.5, chat_id=anna, message_id=live.message_id), lambda m: m.location.latitude == 1.5)
    await check("stopMessageLiveLocation", bot.stop_message_live_location(chat_id=anna, message_id=live.message_id), lambda m: m.location.live_period is None)
    await check("sendVenue", bot.send_venue(anna, 1.0, 2.0, "T", "A"), lambda m: m.venue.title == "T" and m.location)
    await check("sendContact", bot.send_contact(anna, "+1", "F", last_name="L"), lambda m: m.contact.last_name == "L")
    poll = await check("sendPoll", bot.send_poll(anna, "Q?", [InputPollOption(text="a"), InputPollOption(text="b")]), lambda m: m.poll.question == "Q?")
    await check("stopPoll", bot.stop_poll(anna, poll.message_id), lambda p: p.is_closed)
    values = {(await bot.send_dice(anna)).dice.value for _ in range(30)}
    expect_true("sendDice is random", len(values) > 1, values)
    await check("sendDice", bot.send_dice(anna, emoji="🎰"), lambda m: 1 <= m.dice.value <= 64)
    await check("sendInvoice", bot.send_invoice(anna, "T", "D", "payload", "XTR", [LabeledPrice(label="L", amount=5)]), lambda m: m.invoice.total_amount == 5)
    await check("createInvoiceLink", bot.create_invoice_link("T", "D", "payload", "XTR", [LabeledPrice(label="L", amount=5)], subscription_period=2592000), lambda s: s.startswith("https://t.me/"))
    album = [InputMediaPhoto(media=file("1.jpg"), caption="c"), InputMediaVideo(media=file("2.mp4"))]
    group = await check("sendMediaGroup", bot.send_media_group(anna, album), lambda l: len({m.media_group_id for m in l}) == 1 and len(l) == 2)
    await check("sendMediaGroup of documents", bot.send_media_group(anna, [InputMediaDocument(media=file("1.txt")), InputMediaDocument(media=file("2.txt"))]), lambda l: len(l) == 2)
    await check("sendMediaGroup of audio", bot.send_media_group(anna, [InputMediaAudio(media=file("1.mp3")), InputMediaAudio(media=file("2.mp3"))]), lambda l: len(l) == 2)
    await check("copyMessage", bot.copy_message(anna, anna, photo.message_id, caption="new"))
    await check("copyMessages", bot.copy_messages(anna, anna, [m.message_id for m in group]), lambda l: len(l) == 2)
    await check("forwardMessage", bot.forward_message(anna, anna, text.message_id), lambda m: m.forward_origin.type == "user")
    await check("forwardMessages", bot.forward_messages(anna, anna, [m.message_id for m in group]), lambda l: len(l) == 2)
    await check("editMessageText", bot.edit_message_text("new", chat_id=anna, message_id=text.message_id, reply_markup=keyboard), lambda m: m.text == "new" and m.edit_date)
    await refused("editMessageText unchanged", bot.edit_message_text("new", chat_id=anna, message_id=text.message_id, reply_markup=keyboard), "message is not modified")
    await check("editMessageCaption", bot.edit_message_caption(chat_id=anna, message_id=photo.message_id, caption="n"), lambda m: m.caption == "n")
    await check("editMessageMedia", bot.edit_message_media(InputMediaDocument(media=file("e.txt")), chat_id=anna, message_id=photo.message_id), lambda m: m.document and not m.photo)
    await check("editMessageReplyMarkup", bot.edit_message_reply_markup(chat_id=anna, message_id=text.message_id), lambda m: m.reply_markup is None)
    await check("setMessageReaction", bot.set_message_reaction(anna, text.message_id, [ReactionTypeEmoji(emoji="👍")]))
    await refused("setMessageReaction of another emoji", bot.set_message_reaction(anna, text.message_id, [ReactionTypeEmoji(emoji="🧀")]), "REACTION_INVALID")
    await check("sendChatAction", bot.send_chat_action(anna, "typing"))
    await check("pinChatMessage", bot.pin_chat_message(anna, text.message_id))
    await poller.one("update: pinned_message", "message", lambda m: m.pinned_message.message_id == text.message_id)
    await check("getChat with a pin", bot.get_chat(anna), lambda c: c.pinned_message.message_id == text.message_id)
    await check("unpinChatMessage", bot.unpin_chat_message(anna, message_id=text.message_id))
    await check("deleteMessage", bot.delete_message(anna, text.message_id))
    await check("deleteMessages", bot.delete_messages(anna, [m.message_id for m in group]))
    await refused("deleteMessage again", bot.delete_message(anna, text.message_id), "message to delete not found")


async def about_itself(bot, anna):
    await check("getMe", bot.me(), lambda u: u.can_join_groups and u.has_topics_enabled is False)
    commands = [BotCommand(command="start", description="Start")]
    scope = BotCommandScopeChat(chat_id=anna)
    await check("setMyCommands", bot.set_my_commands(commands, scope=scope, language_code="de"))
    await check("getMyCommands", bot.get_my_commands(scope=scope, language_code="de"), lambda l: [c.command for c in l] == ["start"])
    await check("deleteMyCommands", bot.delete_my_commands(scope=scope, language_code="de"))
    await check("setMyName", bot.set_my_name("Shop 2"))
    await check("getMyName", bot.get_my_name(), lambda n: n.name == "Shop 2")
    await check("setMyDescription", bot.set_my_description("D"))
    await check("getMyDescription", bot.get_my_description(), lambda d: d.description == "D")
    await check("setMyShortDescription", bot.set_my_short_description("S"))
    await check("getMyShortDescription", bot.get_my_short_description(), lambda d: d.short_description == "S")
    await check("setMyProfilePhoto", bot.set_my_profile_photo(InputProfilePhotoStatic(photo=BufferedInputFile(b"x", "p.jpg"))))
    await check("getChatMenuButton", bot.get_chat_menu_button())
    await check("getUserProfilePhotos", bot.get_user_profile_photos(anna))
    await check("getMyStarBalance", bot.get_my_star_balance())
    await check("getStarTransactions", bot.get_star_transactions())
    await refused("refundStarPayment of nothing", bot.refund_star_payment(anna, "charge"), "CHARGE_ID_INVALID")


async def conversation(control, bot, poller, anna):
    """A polling bot that echoes, buttons, and files byte for byte."""
    await control("send", person=anna, bot=bot.id, draft=dict(kind="text", text="echo me"))
    message = await poller.one("conversation: she writes", "message")
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])
    await check("conversation: the bot echoes", message.reply(message.text, reply_markup=keyboard), lambda m: m.reply_to_message.message_id == message.message_id)
    chat = await control("chat", person=anna, bot=bot.id)
    expect_true("conversation: she sees it", [m["text"] for m in chat[-2:]] == ["echo me", "echo me"] and chat[-1]["from"]["is_bot"], chat[-2:])
    await control("press", person=anna, bot=bot.id, message_id=chat[-1]["message_id"], data="go")
    query = await poller.one("conversation: she presses the button", "callback_query", lambda q: q.data == "go" and q.message.text == "echo me")
    await check("conversation: the bot answers it", query.answer("done"))
    await check("conversation: and edits its message", query.message.edit_text("done"), lambda m: m.text == "done")
    await refused("conversation: an unknown query is too old", bot.answer_callback_query("5"), "query is too old")
    data = bytes(range(256)) * 4000
    await control("send", person=anna, bot=bot.id, draft=dict(kind="document", hex=data.hex(), name="d.bin"))
    message = await poller.one("conversation: she sends a file", "message", lambda m: m.document.file_size == len(data))
    file = await check("getFile", bot.get_file(message.document.file_id), lambda f: f.file_size == len(data))
    downloaded = (await bot.download_file(file.file_path)).read()
    expect_true("conversation: it comes down byte for byte", downloaded == data)
    sent = await check("conversation: and goes back up", bot.send_document(anna, BufferedInputFile(downloaded, "d.bin")))
    kept = await control("file", bot=bot.id, file_id=sent.document.file_id)
    expect_true("conversation: byte for byte", bytes.fromhex(kept["hex"]) == data)
    expect_true("conversation: the same unique id", sent.document.file_unique_id == message.document.file_unique_id)
    await control("send", person=anna, bot=bot.id, draft=dict(kind="big_document"))
    message = await poller.one("conversation: a big file", "message")
    await refused("getFile of a big file", bot.get_file(message.document.file_id), "file is too big")


async def webhook(control, bot, anna):
    """A receiver of its own: fails once, then accepts; aiogram reads the bodies."""
    got: list[Update] = []
    problems: list[str] = []
    arrived = asyncio.Event()

    async def handle(request):
        update = Update.model_validate_json(await request.read())
        problems.extend(unknown_fields(update))
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != "s3cret":
            problems.append("secret is missing")
        got.append(update)
        if len(got) == 1:
            return web.Response(status=503)
        if len(got) == 4:
            arrived.set()
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    await control("route", origin="https://reader.test", target=f"http://127.0.0.1:{port}")
    await check("setWebhook", bot.set_webhook("https://reader.test/hook", secret_token="s3cret", allowed_updates=["message"]))
    info = await check("getWebhookInfo", bot.get_webhook_info(), lambda i: i.url == "https://reader.test/hook" and i.allowed_updates == ["message"])
    for text in ("one", "two", "three"):
        await control("send", person=anna, bot=bot.id, draft=dict(kind="text", text=text))
    await asyncio.wait_for(arrived.wait(), 10)
    expect_true("webhook: in order, the refused one again first", [u.message.text for u in got] == ["one", "one", "two", "three"], [u.message.text for u in got])
    expect_true("webhook: understood and secret", not problems, problems)
    await check("getWebhookInfo after a failure", bot.get_webhook_info(), lambda i: "503" in i.last_error_message)
    await refused("getUpdates next to a webhook", bot.get_updates(), "can't use getUpdates method while webhook is active")
    await check("deleteWebhook", bot.delete_webhook())
    await runner.cleanup()


def the_reader_itself():
    """A reader that finds nothing proves nothing."""
    planted = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private", "planted": 1}}}
    expect_true("the reader finds a planted field", unknown_fields(Update.model_validate(planted)) == [".message.chat.planted"])


async def main():
    the_reader_itself()
    async with ClientSession() as http:
        control = Control(http)
        shop = await control("add_bot", username="shop_bot", name="Shop")
        anna = (await control("add_person", first_name="Anna", last_name="P", username="anna_p", language_code="en", is_premium=True))["id"]
        bot = make_bot(shop["token"])
        poller = Poller(bot, http)
        allowed = list(Update.model_fields)[1:]
        await bot.get_updates(allowed_updates=[name for name in allowed], timeout=0)
        try:
            await drafts(control, bot, poller, anna)
            await updates(control, bot, poller, anna)
            await sends(control, bot, poller, anna)
            await groups(control, bot, poller, anna)
            await about_itself(bot, anna)
            await conversation(control, bot, poller, anna)
            await bot.get_updates(offset=poller.offset, timeout=0)
            await webhook(control, bot, anna)
            complaints = await control("complaints")
            expect_true("no rule was broken", not complaints, complaints)
            await check("logOut", bot.log_out())
        except Exception as e:
            report("the run itself", f"{type(e).__name__}: {e}")
        finally:
            await bot.session.close()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


asyncio.run(main())
