# The master bot: getting in

claimed =
    ✅ 这个机器人现在归您所有了。

    发送 /add 绑定您的第一个客服机器人。客户给它发消息，消息会显示在这里，您用“回复”即可答复客户。
welcome =
    👋 客户的消息会显示在这里。回复其中一条，您的答复就会发给那位客户。

    发送 /add 绑定客服机器人，发送 /help 查看所有命令。
stranger = 抱歉，此机器人仅供其所有者使用。
send-start = 请发送 /start 开始使用。

# The master bot: commands

help =
    回复客户的消息，您的答复就会发给那位客户：文字、照片、语音、文件，什么都可以。

    { $commands }
unknown-command =
    没有这个命令。可用的命令有：

    { $commands }
command-add = 绑定客服机器人
command-bots = 您的机器人及其状态
command-stats = 客户写了多少，您回复得多快
command-status = 一切是否正常，不正常时该怎么办
command-remove = 解绑机器人
command-qr = 机器人链接的二维码；/qr table7 可加上标签
command-delete = 撤回您的回复（以回复该消息的方式发送）
command-settings = 问候语、确认、提醒等设置
command-language = 我和您使用的语言
command-privacy = 这里保存什么、在哪里、多久
command-export = 以文件形式取得关于您的全部数据
command-leave = 删除您的全部数据并解绑您的机器人
command-subscribe = 您的套餐
command-help = 我能做什么
command-cancel = 取消当前操作
cancelled = 已取消。
nothing-to-cancel = 没有可取消的操作。
no-plans = 这里无需付费：没有任何限制，也没有付费套餐。

# What is kept, and how it goes

privacy =
    🔒 这里保存什么

    关于您：您的 Telegram id、语言和时区，您的机器人及其 Token 和设置（已加密），您的备注（已加密），您屏蔽的客户，以及您的哪条消息对应哪份副本。
    关于您的客户：Telegram id、语言、标签、首次来信时间、谁在等待回复，以及哪条消息对应哪份副本。从不保存姓名，也从不保存内容：文字、照片和文件只是经过，不会保存。只有相册的各部分，或一秒内接连的修改，会加密保存到转达为止；未能送达的相册部分保存两天；新客户在按下按钮之前写的内容最多保存一天。

    多久：哪条消息对应哪份副本，{ $days } 天。其余的直到您删除为止：/remove 解绑一个机器人，/leave 删除全部。您的付款记录按账目保存要求保留，不含您的名字。
    在哪里：在本服务的运营者的数据库里，以及 Telegram 自己的聊天里。谁能看到：您能看到与您有关的内容；本服务的运营者能访问数据库。

    /export 把全部数据发给您。/leave 删除全部数据。
privacy-stranger =
    🔒 您在这里没有任何数据。为了只答复您一次，此机器人会把您的 Telegram id 保存 { $days } 天；您写的内容不会保存。
privacy-newcomer = 🔒 您在这里没有任何数据，也不会保存与您有关的任何内容。/start 可开设账户；之后 /privacy 会说明保存哪些内容。
customer-forgotten = 🕊 有一位客户要求被遗忘。关于此人的数据已删除，因此对其消息的回复不再送达；此聊天中的消息可由您自行删除。屏蔽继续有效。
export-part = 📦 您的数据，第 { $part } 个文件，共 { $parts } 个。其中没有消息内容，也没有 Token。
export-busy = 正在准备其他导出。请一分钟后再发送 /export。
leave-question =
    删除您的全部数据吗？此操作无法撤销。

    您的机器人将解绑，其 webhook 将移除（{ $bots }）。设置、备注、屏蔽、客户和全部对应关系都会删除：对旧消息的回复不再送达。可先用 /export 保留一份副本。您作为客户写给他人机器人的内容不受影响：请在那里发送 /forget。
leave-plan = 您的付费套餐（至 { $date }）将随之结束，不再扣费。如果想退回 Stars，请先询问：/paysupport
leave-yes = 全部删除
leave-waits = ⏳ 您还有内容正在传送，须先完成。请一分钟后再按一次。
left =
    ✅ 您的全部数据已删除，您的机器人已解绑。此聊天中的消息可由您自行删除。

    您作为客户写给他人机器人的内容不受影响：请在那里发送 /forget。

# Attaching

add-prompt =
    1. 打开 @BotFather，发送 /newbot 并回答两个问题（也可以使用您已有的机器人：/mybots → API Token）。
    2. 复制它含有 Token 的回复，Token 形如 1234567890:AAE…
    3. 粘贴到这里。我会立即删除您的消息，Token 不会泄露。发送 /cancel 可取消。
token-missing = 这条消息里没有机器人的 Token。Token 形如 1234567890:AAE…，请从 @BotFather 复制并粘贴到这里，或发送 /cancel 取消。
tokens-several = 这条消息里有多个 Token。请每次只发一个，或发送 /cancel 取消。
token-rejected = Telegram 不接受这个 Token。请在 @BotFather 获取最新的 Token（/mybots → API Token）并粘贴到这里，或发送 /cancel 取消。
token-is-master = 这是您正在使用的这个机器人的 Token。客户需要另一个机器人：请在 @BotFather 用 /newbot 创建，再把它的 Token 粘贴到这里，或发送 /cancel 取消。
bot-taken = 这里已有其他人在使用这个机器人。如果它是您的，请在 @BotFather 撤销它的 Token，并联系本服务的运营者。请发送另一个 Token，或发送 /cancel 取消。
telegram-unreachable = Telegram 暂时没有响应。请过一分钟再粘贴一次 Token，或发送 /cancel 取消。
takeover-question =
    @{ $bot } 的消息目前发往 { $host } 上的程序。

    如果由我接管，那个程序将不再收到任何消息。要接管吗？
takeover-yes = 接管
attached =
    ✅ @{ $bot } 已绑定，运行正常。

    请把这个链接发给客户：https://t.me/{ $bot }
    客户发来的消息会显示在这里，用“回复”即可答复。
token-replaced =
    ✅ @{ $bot } 的新 Token 已启用，所有对话照常继续。

    https://t.me/{ $bot }
webhook-pending = @{ $bot } 已绑定，但 Telegram 尚未接受用来接收消息的地址（{ $reason }）。我会继续尝试，发送 /bots 可查看状态。
delete-token-yourself = ⚠️ 我无法删除您含有 Token 的那条消息，请您自行删除。

# Removing and listing

no-bots = 您还没有客服机器人。发送 /add 即可绑定。
remove-which = 要解绑哪个机器人？
remove-question = 要解绑 @{ $bot } 吗？客户将无法再通过它联系您。对话会保留，重新绑定后即可继续。
remove-yes = 解绑
removed = @{ $bot } 已解绑，其 Token 已清除。
missed-while-blocked = 🔕 在您屏蔽我期间，有 { $count } 条客户消息未能送达。已告知各位客户。
lost-by-detaching = ⚠️ 解绑 @{ $bot } 时，{ $name } 的 { $count } 条消息或修改尚未转达，已丢失。
button-cancel = 取消
button-stale = 此操作已失效。
bots-title = 您的客服机器人：
bots-hint = /status 显示每个机器人的详情，/stats 显示统计。
bot-active = 🟢 @{ $bot } ({ $name })：运行正常
bot-revoked = 🔴 @{ $bot } ({ $name })：Telegram 不再接受它的 Token。请在 @BotFather 获取最新的 Token，然后用 /add 发送。
bot-contested = 🟠 @{ $bot } ({ $name })：另一个程序正在接收它的消息。请停止那个程序，或在 @BotFather 撤销 Token，然后用 /add 发送新的 Token。
qr-which = 要哪个机器人的二维码？
qr-caption = { $link }
qr-print = 供打印使用：此文件放大到任何尺寸都清晰。
qr-which-label = 要为哪个机器人生成带标签 #{ $label } 的二维码？
label-unusable = 这不能用作标签。标签为 1 到 64 个字符，只能包含英文字母、数字、_ 和 -。例如：/qr table7

# Alarms

alarm-revoked = 🔴 Telegram 不再接受 @{ $bot } 的 Token，客户无法通过它联系您。请在 @BotFather 获取最新的 Token（/mybots → API Token），然后在这里用 /add 发送，所有对话都会继续。
alarm-works = 🟢 @{ $bot } 已恢复工作：Telegram 接受了它的 Token。消息会像以前一样转达。未送达的回复，点其下方的“重新发送”按钮即可发出。
alarm-contested = 🟠 另一个程序正在接收 @{ $bot } 的消息，因此消息到不了您这里。请停止那个程序，或在 @BotFather 撤销 Token，然后在这里用 /add 发送新的 Token。
webhook-stays = ⚠️ @{ $bot } 已解绑，但 Telegram 拒绝停止向本服务投递它的消息。这些消息在这里会被拒收，没有人会读取。请在 @BotFather 撤销其 Token（/mybots → API Token → Revoke）以彻底停止。
alarm-cut-off = 🔴 Telegram 无法把消息送到 { $host }：“{ $reason }”。在修复之前，您和客户写的内容都不会送达。不会丢失任何内容：消息会在 Telegram 等待最多 24 小时。请检查该地址能否从互联网访问、本程序前面的网页服务器是否在运行、它的证书是否有效。
alarm-reached = 🟢 Telegram 又能送达消息了。等待中的消息现在会送达。
alarm-database-silent = 🔴 数据库没有响应，目前无法转达任何消息。不会丢失任何内容：消息会在 Telegram 等待最多 24 小时。请检查数据库是否在运行、是否可以访问，然后重新启动它。
alarm-database-full = 🔴 数据库不再接受写入，目前无法转达任何消息：磁盘已满，或数据库只能读取。不会丢失任何内容：消息会在 Telegram 等待最多 24 小时。请释放磁盘空间，或恢复数据库的写入权限。
alarm-database-works = 🟢 数据库已恢复工作。等待中的消息现在会送达。
left-group = @{ $bot } 被拉进“{ $title }”后已立即退出：客服机器人只与客户私聊。

# Customers the owner asks about

command-inbox = 等待答复的客户
command-info = 查看客户资料（回复其消息）
command-note = 给客户写备注（回复其消息）
command-ban = 屏蔽客户（回复其消息）
command-banned = 已屏蔽的客户
ban-how = 要屏蔽客户，请用 /ban 回复该客户的一条消息。
info-how = 要查看客户资料，请用 /info 回复该客户的一条消息。
note-how = 要给客户写备注，请用“/note 备注内容”回复该客户的一条消息。

# Bans

ban-everywhere = 🚫 { $name } 已被您的所有机器人屏蔽。
ban-only = 🚫 { $name } 已被 { $bots } 屏蔽。
ban-already = 🚫 { $name } 之前就已被您的所有机器人屏蔽。
unbanned = ✅ 已解除对 { $name } 的屏蔽，对方可以再次给您写消息。
copies-deleted = 已在此删除的消息：{ $count }
copies-kept = 未能删除：{ $count }。Telegram 只允许机器人删除 48 小时以内的消息，其余的您可以自己删除。
button-ban = 屏蔽
button-unban = 解除屏蔽
button-unban-name = 解除屏蔽 { $name }
button-delete-copies = 同时删除此处的消息
button-ban-only = 仅限 @{ $bot }
button-ban-everywhere = 所有机器人
banned-title = 已屏蔽的客户：
banned-everywhere = 🚫 { $name }：所有机器人，自 { $since } 起
banned-only = 🚫 { $name }：{ $bot }，自 { $since } 起
nobody-banned = 没有被屏蔽的客户。要屏蔽客户，请用 /ban 回复该客户的一条消息。
button-accept = 接受
contact-accepted = ✅ 已接受 { $name }。

# The customer's card

card-language = 语言：{ $language }
card-premium = Premium：是
card-no-premium = Premium：否
card-labels = 标签：{ $labels }
card-first-seen = 首次联系：{ $date }
card-messages = 消息：收到 { $wrote } 条，发出 { $answered } 条
card-answer-time = 答复时间中位数：{ $span }
card-unanswered = 答复时间中位数：尚未答复过
card-banned = 🚫 已被您的所有机器人屏蔽
card-banned-only = 🚫 已被 { $bots } 屏蔽
card-not-banned = 屏蔽：无
card-blocked = ⛔ 客户于 { $date } 停用了机器人
card-note = 📝 { $note }
button-note = 备注
note-prompt = 📝 请发送对 { $name } 的备注，最多 1000 字。只有您能看到。发送“-”删除备注，/cancel 取消。
note-kept = 📝 已保存对 { $name } 的备注，可用 /info 查看。
note-removed = 已删除对 { $name } 的备注。
note-none = 没有对 { $name } 的备注。
note-missing = 备注只能是文字。请发送文字，或 /cancel。
note-too-long = 备注太长，最多 1000 字。请发送短一些的，或 /cancel。

# Who waits for an answer

inbox-title = 等待您答复：
inbox-empty = 🎉 没有客户在等待答复。
pointer = 👆 { $name } → @{ $bot }，已等待 { $span }
reminder = ⏰ { $name } → @{ $bot } 已等待答复 { $span }。
button-answered = 标为已答复
marked-answered = ✅ { $name } → @{ $bot }：已标为已答复
span-moment = 不到 1 分钟
span-minutes = { $count } 分钟
span-hours = { $count } 小时
span-days = { $count } 天

# Answering customers

how-to-reply = 要答复客户，请向左滑动该客户的消息，或选择“回复”。这条消息没有发给任何人。
reply-to-unknown = 我不知道这条消息该发给哪位客户，所以没有发给任何人。请回复一条开头标有客户名字的消息。
not-delivered = ❌ 未送达：{ $reason }
maybe-not-delivered = ⚠️ 可能未送达：Telegram 没有确认。点击“重新发送”，对方可能会收到两次。
not-delivered-yet = ⏳ 尚未送达：{ $reason }
words-delivered-file-not = ✉️ 文字已送达，但文件未送达：{ $reason }
words-delivered-file-not-yet = ✉️ 文字已送达，文件尚未送达：{ $reason }
words-delivered-file-maybe = ⚠️ 文字已送达，文件可能未送达：Telegram 没有确认。点击“重新发送”，对方可能会收到两次。
send-again = 重新发送
sending-again = 正在重新发送…
original-gone = Telegram 已不再提供原消息。请重新写一遍，并以回复的方式发给客户。
delivered-now = ✅ 已送达。
change-not-delivered = ✏️ 您的修改没有送达客户：{ $reason }
undo = ↩️ 撤回
deleted-at-customer = 🗑 已删除：客户看不到它了。
delete-too-late = 太晚了：Telegram 只允许机器人在 48 小时内删除消息。
delete-failed = ❌ 未删除：{ $reason }
delete-how = 要撤回您的回复，请用 /delete 回复它，它就会在客户那边消失。

# Reasons

reason-blocked = 客户屏蔽了机器人。
reason-deactivated = 客户的账号已注销。
reason-not-started = 客户没有启动这个机器人，或删除了与它的对话。
reason-too-big = 文件太大。Telegram 只允许机器人获取不超过 20 MB 的文件。
reason-file-unavailable = Telegram 没有提供该文件。
reason-bot-removed = 客户联系的那个机器人已解绑。请用 /add 重新绑定。
reason-token-revoked = Telegram 不再接受该机器人的 Token。请用 /add 发送最新的 Token。
reason-too-fast = Telegram 要求稍后再发。
reason-unreachable = 无法连接 Telegram。
reason-refused = Telegram 拒绝了这条消息。
reason-kind = 机器人无法发送这类消息（{ $kind }）。
reason-gone = 客户那边已删除这条消息。
reason-fixed = Telegram 不允许修改这条消息。

# Copies

no-name = 客户 { $id }
repeat = ↻ 可能重复
edited = ✏️ 已编辑
not-passed-on = ⏳ 一次发来的消息过多，未转达的条数：{ $count }
unshowable = { $name } 发来的内容无法在这里显示（{ $kind }）。
file-missing = 📎 { $file } ({ $size }) 无法显示：{ $reason }请让客户发送链接，或将文件拆小后再发。
content-refused = Telegram 拒绝在这里显示此内容（{ $kind }）。
quiz = 测验
story = 动态: { $title }

# Settings

settings-which = 要设置哪个机器人？
settings-title = ⚙️ @{ $bot } 的设置
settings-saved = ✅ 已保存。
settings-unchanged = 没有任何更改。
settings-back = ← 返回
settings-close = 关闭
settings-save = 保存
settings-remove = 移除
settings-everybody = 所有语言
setting-greeting = 问候语
setting-acknowledgement = 确认
setting-acknowledgement-text = 确认文字
setting-reminder = 提醒
setting-banned = 被屏蔽的客户
setting-protect = 保护内容
setting-usernames = 用户名
value-standard = 标准文字
value-own = 您自己的文字（{ $languages }）
value-nothing = 看不到任何内容
acknowledgement-once = 每段对话一次
acknowledgement-always = 每条消息之后
acknowledgement-reaction = 用表情回应
acknowledgement-never = 从不
reminder-off = 关闭
reminder-after = { $hours } 小时后
protect-off = 关闭，客户可以转发和保存
protect-on = 开启，不能转发和保存
usernames-shown = 显示
usernames-hidden = 隐藏
about-greeting = 客户发送 /start 后首先看到的内容，可以带照片、视频或其他文件。请选择谁会看到新的问候语；✓ 表示您自己写过的。
about-acknowledgement = 客户如何得知消息已转达给您。
about-acknowledgement-text = 消息转达后客户看到的文字。请选择谁会看到新的文字；✓ 表示您自己写过的。
about-reminder = 客户等待答复达到这个时间，我会提醒您一次。
about-banned = 被屏蔽的客户写消息时看到的文字，每小时最多一次。没有文字时他看不到任何内容。请选择谁会看到；✓ 表示您自己写过的。
about-protect = 客户能否转发和保存这个机器人发送的内容。
about-usernames = 客户的 @用户名 是否显示在消息上方。
preview-once = 客户会在第一条消息之后得知消息已转达，仅一次。
preview-always = 客户会在每条消息之后得知消息已转达。
preview-reaction = 客户会在每条已转达的消息上看到 👍，没有文字。
preview-never = 客户不会得知消息已转达。未能转达的消息，仍会告知客户。
preview-reminder-off = 不会提醒您有客户在等待。
preview-reminder = 客户等待答复 { $hours } 小时后，会提醒您。
preview-protected = 客户将不能转发或保存您发送的内容。
preview-unprotected = 客户将可以转发和保存您发送的内容。
preview-usernames-shown = 您会看到：🆕 Anna @anna → @{ $bot }
preview-usernames-hidden = 您会看到：🆕 Anna → @{ $bot }
preview-remove = 您的文字将被移除：{ $what }（{ $language }）。
prompt-greeting = 请发送新的问候语（{ $language }）：文字，或带说明的照片、视频、语音、文件。只发一条消息；相册只取第一项。发送 /cancel 可取消。
prompt-text = 请发送新的文字：{ $what }（{ $language }）。粗体、链接等格式会保留。发送 /cancel 可取消。
question-text = ⬆️ 客户会看到这样的内容：{ $what }（{ $language }）。要保存吗？
unfit-greeting = 这类消息不能用作问候语。请发送文字，或带说明的照片、视频、语音、文件，或发送 /cancel。
unfit-text = 这里只能是文字。请发送文字，或发送 /cancel。
unfit-token = 这条消息里有机器人 Token，绝不能让客户看到。请发送别的文字，或发送 /cancel。
unfit-refused = Telegram 拒绝显示这条内容，客户也无法看到。请发送别的内容，或发送 /cancel。
unfit-file = 文件太大，不能用作问候语：机器人最多只能获取 20 MB。请发送较小的文件，或发送 /cancel。
save-first = 请先按最后一个问题下面的“保存”或“取消”，或发送 /cancel。
setting-newcomers = 新客户
setting-careful = 谨慎对待新客户
setting-ask-first = 新客户先问我
setting-check = 新客户按钮
careful-off = 关
careful-on = 开，不允许链接、文件和转发
ask-first-off = 关
ask-first-on = 开，接受或屏蔽
check-off = 关
check-on = 开，第一条消息前先按按钮
about-newcomers = 您还没有通过任何一个机器人回复过或接受过的客户是新客户。对新客户可以有三条规则，各自独立。您第一次回复某位客户后，这些规则对他不再有效；按“接受”也一样。
about-careful = 新客户是否只能发送文字，每分钟最多 5 条。
about-ask-first = 新客户的第一条消息是否带有“接受”和“屏蔽”按钮。
about-check = 新客户是否要先按一个按钮，他的第一条消息才会转给您。发广告的程序很少会按。
preview-careful-on = 在您第一次回复之前，新客户不能发送链接、文件和转发的消息，每分钟最多 5 条。他们会得到说明。
preview-careful-off = 新客户从第一条消息起就可以发送任何内容。
preview-ask-first-on = 新客户的第一条消息会带有“接受”和“屏蔽”。在您接受或回复他之前，他最多有 5 条消息转给您；用完时会告诉他。“屏蔽”对您的所有机器人有效。
preview-ask-first-off = 新客户的第一条消息会像其他消息一样到达。
preview-check-on = 新客户会被要求按一个按钮。按下之后，他们写的内容才会转给您；如果一天内没有按，会告诉他们内容没有转达。
preview-check-off = 新客户不需要按按钮。

# Languages

language-question = 我应该用哪种语言和您交流？
language-app = 与我的应用相同
language-chosen = ✅ 从现在起，我用简体中文和您交流。

# Numbers

stats-title = 📊 { $bot }，{ $days }（{ $clock }）
stats-all = 所有机器人
stats-empty = 没有人写过消息，也没有回复。
stats-messages = 消息：收到 { $wrote }，发出 { $replied }
stats-customers = 客户：{ $count }（新客户 { $new }，回头客 { $returning }）
stats-answered = 已回复：{ $percent } %（{ $answered }/{ $questions }）
stats-times = 回复时间：中位数 { $median }，九成在 { $ninety }以内
stats-unanswered = 回复时间：尚无回复
stats-busiest = 最繁忙：{ $hours } 时；{ $days }
stats-labels = 标签（按客户数）：
stats-label = #{ $label }：{ $customers }，已回复 { $percent }
stats-kept = 早于 { $days } 天的消息不计入：它们已不再保留。
stats-how = 我不明白。例如：/stats @your_bot 30。时段：today、7、30、12m。您的时区：/stats utc+8
stats-today = 今天
stats-week = 7 天
stats-month = 30 天
stats-year = 12 个月
weekdays = 周一 周二 周三 周四 周五 周六 周日
figure-wrote = 收到的消息
figure-replied = 回复
figure-customers = 客户
figure-answered = 已回复
figure-median = 回复中位数
figure-hours = 按小时
figure-weekdays = 按星期

# How everything fares

status-title = feedback-relay { $version }，已运行 { $span }
status-again = 再看一次
status-service-works = 🟢 服务正常
status-database-works = 🟢 数据库：{ $engine }，{ $size }
status-database-fails = 🔴 数据库出错已有 { $span }。
status-webhook = 🟢 Telegram 投递到 { $host }（webhook）
status-polling = 🟢 更新由本程序向 Telegram 拉取（long polling）
status-cut-off-briefly = 🔴 Telegram 目前无法连到本服务。不会丢失任何内容：消息会在 Telegram 等待最多 24 小时。服务的运营者会收到通知。
status-installation = 内存：{ $memory }。所有者：{ $owners }。机器人总数：{ $bots }
status-master = 本机器人：在 Telegram 等待：{ $count }
status-master-revoked = 🔴 Telegram 不接受本机器人的 Token。请向 @BotFather 获取最新的 Token，设为 MASTER_BOT_TOKEN 并重新启动。
status-master-contested = 🟠 另一个程序正在接收本机器人的消息。请停止它，或在 @BotFather 撤销 Token，把新的 Token 设为 MASTER_BOT_TOKEN 并重新启动。
status-master-not-asked = 本机器人：在 Telegram 等待：未询问。Telegram 要求稍候；请稍后再看。
status-silent-telegram = ⚠️ 询问本机器人时，Telegram 没有回应。请一分钟后再看；若一直如此，请检查这台机器能否连到 Telegram（网络、域名服务器、防火墙）。
status-bots = 您的机器人：{ $count }，有问题：{ $troubled }
status-page = 第 { $page }/{ $pages } 页
status-bot-troubled = 🟠 @{ $bot }（{ $name }）：需要留意
status-last = 最近的更新：{ $span } 前
status-never = 最近的更新：尚无
status-pending = 在 Telegram 等待：{ $count }
status-not-asked = 在 Telegram 等待：未询问。Telegram 每分钟只允许询问少数机器人；请稍后再看。
status-silent = 在 Telegram 等待：没有回应。请一分钟后再看。
status-error = ⚠️ { $span } 前 Telegram 无法投递：“{ $reason }”。
status-error-over = Telegram 上一次无法投递是 { $span } 前：“{ $reason }”。现已恢复。
status-missed = ⚠️ { $span } 前未能拉取更新：{ $reason }。
status-missed-over = 上一次未能拉取更新是 { $span } 前：{ $reason }。现已恢复。
missed-token = Telegram 不接受该 Token
missed-webhook = 设置了 webhook，Telegram 把更新发到了那里
missed-contested = 另一个程序拉取了更新
missed-too-fast = Telegram 要求稍候
missed-unreachable = 无法连接到 Telegram
missed-fault = Telegram 自身出现故障（{ $code }）
missed-unreadable = Telegram 的回应无法理解
missed-refused = Telegram 拒绝了：“{ $reason }”
fix-busy = 已请它稍候，会自动重试。
fix-operator = 请告知本服务的运营者。
fix-certificate = 请检查网页服务器的证书是否有效且完整；自签名证书应写入 WEBHOOK_CERTIFICATE_FILE。
fix-unreachable = 请检查 PUBLIC_URL 中的域名是否指向这台机器（DNS 的 A 记录）、其端口能否从互联网访问，以及本程序前面的网页服务器是否在运行。
fix-wrong-answer = PUBLIC_URL 上应答的是别的程序：请检查网页服务器是否把 /telegram/ 转给本程序。
fix-look = 请运行命令 feedback-relay check，并查看本程序前面的网页服务器的日志。
fix-pending = 等待的消息比平时多，应会减少。若没有减少，请告知本服务的运营者。
fix-pending-here = 等待的消息比平时多，应会减少。若没有减少，请查看日志，并检查数据库和这台机器是否繁忙。
fix-token = 请向 @BotFather 获取最新的 Token。
fix-contested = 如果持续如此，说明别处有程序在使用该 Token：请停止它，或在 @BotFather 撤销 Token，并在这里使用新的 Token。
fix-webhook = 它会被自动移除。如果再次出现，说明别处有程序在使用该 Token：请停止它，或在 @BotFather 撤销 Token，并在这里使用新的 Token。
fix-again = 会自动重试；在此之前消息会在 Telegram 等待最多 24 小时。
fix-connection = 会自动重试。若一直如此，请检查这台机器能否连到 Telegram：网络、域名服务器、防火墙或代理；如果设置了 TELEGRAM_API_URL，也请检查它。
fix-check = 请运行命令 feedback-relay check，并查看日志。

# Customers

greeting = 👋 您好！请在这里留言，文字、照片、语音、文件都可以。答复会发到这个对话中。
customer-help = 直接在这里留言，您的消息会被转达。答复会发到这个对话中。/delete 撤回您的上一条消息，/language 更改语言，/privacy 说明保存了什么，/forget 删除这些数据。
customer-privacy =
    🔒 关于您保存了什么

    您写的内容会转达给此机器人的所有者，不会保存：没有文字、照片或文件。您的姓名也不保存。只有相册的各部分，或一秒内接连的修改，会加密保存到转达为止；您在按下所要求的按钮之前写的内容最多保存一天。
    保存的是您的 Telegram id、应用语言、您来时的链接、您首次来信的时间、您是否在等待回复、您是否被屏蔽、是否有 Premium、是否屏蔽了机器人、所有者对您的备注（已加密），以及哪条消息对应哪份副本。最后一项保存 { $days } 天，其余的直到您要求删除为止。
    在哪里：在本服务的运营者的数据库里。谁能看到：此机器人的所有者和本服务的运营者。所有者在其 Telegram 聊天里也有您的消息。

    /forget 删除关于您的全部数据。
forget-question =
    删除关于您的全部数据吗？

    这适用于本服务的所有机器人。您写过信的所有者会在他们自己的 Telegram 聊天中保留消息，但无法再回复。如果您再次来信，一切重新开始；屏蔽继续有效。
forget-yes = 忘记我
forgotten = ✅ 您已被遗忘：关于您的全部数据已删除。此聊天中的消息可由您自行删除。
forgotten-not-owner = 您自己在这里也有机器人。那一边不受影响：请在您用来回复的机器人中发送 /leave。
customer-kind = ❌ 这类消息无法转达，因此没有送达。请换一种方式发送。
customer-file = ❌ 文件无法转达：机器人只能接收 20 MB 以内的文件。其余内容已送达。请发送较小的文件或链接。
customer-file-lost = ❌ Telegram 没有提供该文件，因此无法转达。其余内容已送达。请重新发送该文件。
customer-not-delivered = ❌ 抱歉，这条消息未能送达，请稍后再试。
customer-bot-gone = ❌ 您在这里写的内容没有转达：此机器人已停用。
internal-error = ⚠️ 抱歉，我们这边出了问题，这条内容可能没有送达。如果很重要，请将此编号告知我们：{ $number }
customer-maybe-not-delivered = ⚠️ 抱歉，这条消息可能没有送达：Telegram 没有确认。
customer-delayed = ⏳ 您的消息有所延迟，会尽快转达，无需再次发送。
customer-change-not-delivered = ✏️ 抱歉，您对这条消息的修改未能转达。请将其作为新消息发送。
customer-too-fast = ⏳ 您发送消息的速度过快，来不及转达。这条消息没有转达，紧接着过快发来的消息也不会转达。请稍等片刻后重新发送，最好合并为一条消息。
customer-taken-back = 🗑 您的消息已撤回。
customer-delete-too-late = 太晚了：消息只能在 48 小时内撤回。
customer-nothing-to-delete = 没有可以撤回的消息。请用 /delete 回复您自己的消息。
customer-delete-failed = ❌ 抱歉，您的消息未能撤回，请稍后再试。
acknowledgement = ✅ 您的消息已转达。答复会发到这个对话中。
newcomer-link = 🔒 这条消息没有转达：其中有链接或 @名称。得到第一次回复之后就可以发送链接。在此之前，请用自己的话说明。
newcomer-file = 🔒 这条消息没有转达：得到第一次回复之后，才可以发送照片、文件、贴纸和语音。在此之前，请用文字说明。
newcomer-forward = 🔒 这条消息没有转达：得到第一次回复之后，才可以转发别处的消息。在此之前，请用自己的话说明。
newcomer-wait = ⏳ 您之前的消息已经转达，这一条没有：得到第一次回复之后可以继续发送。答复会发到这个对话中，请稍候。
newcomer-full = ⏳ 这条消息没有转达：等待中的消息太多了。请按上面的按钮，然后再发一次。
newcomer-too-fast = ⏳ 这条消息没有转达：得到第一次回复之前，每分钟最多可以发送 5 条。请等一分钟后再发，最好写成一条。
newcomer-change = 🔒 您的修改没有转达：得到第一次回复之后，才可以发送链接、文件和 @名称。在此之前，请用自己的话另发一条消息。
newcomer-check = 👋 请按下按钮，表明您是真人。之后您写的内容就会转达。
newcomer-check-button = 我是真人
newcomer-passed = ✅ 谢谢！您写的内容正在转达。答复会发到这个对话中。
newcomer-gone = ✅ 谢谢！但是您的消息已经不在了。请再写一次。
newcomer-expired = ⌛ 您在这里写的内容没有转达，因为一天之内没有按按钮。请再写一次。
newcomer-accepted = ✅ 现在您可以在这里发送任何内容，包括链接、文件和转发的消息。请重新发送之前没有转达的内容。

# Plans

command-plan = 您的套餐：日期和本月余量
command-subscribe-pro = 订阅 Pro：没有限制
command-unsubscribe = 停止 Pro 的续订
command-paysupport = 关于付款的问题
command-refund = 退还一笔付款
command-terms = 付费套餐的条款
subscribe-offer =
    ⭐ Pro 每月 { $price } 个 Telegram Stars：机器人和回复数量不限。

    没有 Pro，客户写的消息也总会送达；可以回复的机器人：{ $bots }，每月回复：{ $replies }。
    每 30 天自动续订，直到您发送 /unsubscribe。付款即表示同意 /terms。按钮一天内有效。
button-subscribe = 以 { $price } ⭐ 订阅
subscribe-active = 您已有 Pro，已付至 { $date }，届时续订。/unsubscribe 停止续订，/plan 查看详情。
subscribe-stopped = 您的 Pro 到 { $date } 为止，不会续订。按下按钮即可继续；在此之前不会扣费。
button-renew = 恢复续订
invoice-title = Pro
invoice-description = 30 天内机器人和回复数量不限。自动续订；/unsubscribe 停止续订。
plan-refused = Telegram 拒绝执行。您也可以在 Telegram 中更改订阅：设置 → 我的 Stars。如果仍不行：/paysupport
plan-later = Telegram 目前无法执行。请过几分钟再试。
unsubscribe-none = 您没有订阅，无需停止。/plan 查看您的套餐。
unsubscribe-already = 续订已经停止。Pro 在 { $date } 之前仍然有效。
unsubscribe-done = ✅ Pro 不再续订，也不会再扣费。在 { $date } 之前仍然有效。
unsubscribe-unpaid = ✅ 不再续订，也不会再扣费。
renew-done = ✅ Pro 继续：已付至 { $date }，届时续订。/unsubscribe 停止续订。
paid-first = ✅ 谢谢！您的 Pro 有效至 { $date }，届时续订；/unsubscribe 停止续订，/plan 查看状态。
paid-renewal = ✅ Pro 已续订，已付至 { $date }。
paid-though-stopped = ⚠️ 一个已停止的订阅又被 Telegram 扣了一个月的 Stars。Pro 已付至 { $date }，该订阅已再次停止。如需退还 Stars：/paysupport
paid-not-stopped = ⚠️ 一个已停止的订阅又被 Telegram 扣了一个月的 Stars，而且 Telegram 现在拒绝停止它。Pro 已付至 { $date }。请在 Telegram 中停止：设置 → 我的 Stars。如需退还 Stars：/paysupport
paid-once = ✅ 谢谢！您的 Pro 有效至 { $date }。
subscriptions-several = ⚠️ 您现在有不止一个订阅，Telegram 会为每个订阅扣费。/unsubscribe 停止全部订阅；按其回复下方的按钮可让其中一个继续。如需退还 Stars：/paysupport
paid-gone = ↩️ 已退还给您 { $stars } 个 Stars：您在这里已没有账户。如果 Telegram 再次扣费，请在 Telegram 中停止：设置 → 我的 Stars。
paid-gone-kept = 您在这里已没有账户，所付的 { $stars } 个 Stars 没有购买任何内容，而 Telegram 拒绝退还。请联系此服务的运营者，并告知这笔付款：{ $charge }
refunded = ↩️ 已退还给您 { $stars } 个 Stars，Pro 已结束。没有删除任何内容，客户写的消息仍会送达。/plan 查看余量。
refunded-stays = ↩️ 已退还给您 { $stars } 个 Stars。Pro 仍有效至 { $date }。
renewal-stopped = Pro 不再续订，在 { $date } 之前仍然有效；/subscribe 可恢复续订。
renewal-failed = ⚠️ Telegram 未能扣取下个月的 Stars。Pro 在 { $date } 之前仍然有效。请在 Telegram 中获取 Stars（设置 → 我的 Stars），然后发送 /subscribe。
renewal-one-less = 您的一个订阅不再续订：它已被停止，或 Telegram 未能扣取 Stars。另一个订阅继续：已付至 { $date }，届时续订。/unsubscribe 停止续订。
plan-over =
    ⏳ Pro 已于 { $date } 结束。没有删除任何内容，客户写的消息仍会送达。

    没有 Pro 时：可以回复的机器人：{ $bots }，每月回复：{ $replies }。/subscribe 恢复，/plan 查看余量。
plan-rest = 💤 这些机器人会带来消息，但现在不能回复：{ $bots }。选择由哪些来回复：/plan
plan-free = 您的套餐：免费
plan-pro = ⭐ 您的套餐：Pro
plan-renews = 已付至 { $date }；届时以 { $stars } ⭐ 续订。/unsubscribe 停止续订。
plan-ends = 已付至 { $date }；不会续订。
plan-failed = 已付至 { $date }。⚠️ Telegram 未能扣取下个月的 Stars：请先获取，再 /subscribe。
plan-ended = Pro 已于 { $date } 结束。
plan-bots = 机器人：{ $count } / { $most }
plan-bots-pro = 机器人：{ $count }，没有限制
plan-replies = 本月回复：{ $used } / { $most }，剩余：{ $left }。自 { $date }（UTC）起重新计数。
plan-replies-pro = 回复：没有限制
plan-choose = 您的所有机器人都会带来消息。可以回复的机器人数量：{ $most }。按下要用来回复的那个：
plan-offer = /subscribe：没有限制，每月 { $price } ⭐。客户写的消息总会送达。
plan-full = 您的套餐不能再添加机器人。免费机器人：{ $count }。/subscribe 取消限制，/remove 解绑机器人，/plan 查看状态。
few-left = ⏳ 本月剩余免费回复：{ $left } / { $most }。自 { $date }（UTC）起重新计数；/subscribe 取消限制。
reason-plan = 您的套餐不包含此项。/plan 查看原因。
reason-replies-used = 本月的免费回复已用完（{ $count }）；剩余：0。自 { $date }（UTC）起重新计数。客户写的消息仍会送达。/subscribe 取消限制；然后按“重新发送”。
reason-bot-rests = @{ $bot } 在您的套餐中不能回复。可以回复的机器人数量：{ $most }。请在 /plan 中选择，或用 /subscribe 取消限制；然后按“重新发送”。
checkout-not-sold = 这里已没有付费套餐。没有扣费。
checkout-unknown = 此账单无效。没有扣费。发送 /subscribe 获取新的。
checkout-foreign = 此链接是给别人的。没有扣费。请向此机器人发送 /subscribe 获取您自己的。
checkout-outdated = 此链接已过期。没有扣费。发送 /subscribe 获取新的。
checkout-suspended = 您在这里的账户已被暂停，Pro 现在对您没有用处。没有扣费。如有疑问：/paysupport
terms =
    付费套餐条款

    1. Pro 每 30 天 { $price } 个 Telegram Stars，取消免费套餐的限制（可以回复的机器人：{ $bots }，每月回复：{ $replies }）。
    2. 每 30 天续订一次，直到您用 /unsubscribe 或在 Telegram 中停止。已付费的时间在结束前一直有效。
    3. 结束时不会删除任何内容，客户写的消息仍会送达。
    4. 问题和退款：/paysupport，由本服务的运营者答复。Telegram 官方客服无法处理在此的购买。
    5. Stars 归本服务的运营者；Telegram 的 Stars 条款同样适用：https://telegram.org/tos/stars
paysupport-how = 请把问题写在命令后面，例如：/paysupport 我付了两次。它会连同您的付款列表转给本服务的运营者。Telegram 官方客服无法处理在此的购买。
paysupport-how-stranger = 请把问题写在命令后面，例如：/paysupport 我已离开，却又被扣费。请注明付款 id，它在 Telegram 的收据里。您的话会转给本服务的运营者。Telegram 官方客服无法处理在此的购买。
paysupport-sent = ✅ 已连同您的付款列表转给本服务的运营者。
paysupport-sent-stranger = ✅ 已转给本服务的运营者。
paysupport-nobody = 您的问题未能转达：目前在这里联系不上本服务的运营者。请稍后再试。
paysupport-too-many = ⏳ 您在一天内已提问五次，均已转达。最多 { $span }后可以转达下一个问题，请到时再发。
paysupport-request =
    💬 关于付款的问题，来自 { $name }（id { $id }）：

    { $words }
paysupport-request-stranger =
    💬 关于付款的问题，来自 { $name }（id { $id }，在这里没有账户）：

    { $words }
paysupport-payment = { $date }：{ $stars } ⭐，退款：/refund { $charge }
paysupport-refunded = { $date }：{ $stars } ⭐，已退款（{ $charge }）
refund-how = 请把付款 id 写在命令后面：/refund <id>。它在用 /paysupport 发来的问题里，也在付款人的 Telegram 收据里。
refund-unknown = 这里没有此 id 的付款。
refund-left = 未退还：付款人已离开，这里已无人知道是谁。
refund-failed = ❌ 未退款：Telegram 拒绝。
refund-done = ↩️ 已退还 { $stars } 个 Stars 给 { $owner }。该时段的套餐视为未付费，且不再续订。
refund-done-only = ↩️ 已退还 { $stars } 个 Stars 给 { $owner }。该时段的套餐视为未付费。Telegram 拒绝停止续订：可能已没有续订。如果 { $owner } 再次被扣费，请一并退还。

# Suspended owners, and limits

reason-suspended = 您在这里的账户已被暂停。
owner-suspended = ⏸ 本服务的运营者暂停了您的账户：客户的消息不再转达，您的回复也不会送达。不会删除任何内容。以下命令仍然可用：{ $commands }
owner-suspended-short = 您的账户已被暂停。
owner-resumed = ▶️ 您的账户恢复使用：客户的消息会转达，您的回复会送达。未送达的回复可以用它下面的“重新发送”按钮发出。
owner-too-fast = ⏳ 这超出了我一次能回答的数量。您最后发送的内容被略过了，请一分钟后再发。对客户的回复不受影响。
customer-suspended = ⏸ 这条消息没有转达：机器人目前停用。请稍后再试。
too-many-checks = ⏳ 一小时内的 Token 太多了。最多 { $span }后可以查看下一个，请到时再粘贴。
too-many-changes = ⏳ 您在一小时内绑定和解绑了太多机器人。最多 { $span }后可以继续，请到时再试。

# The installation, for its operator

command-admin = 本安装：所有者、暂停、公告
admin-home =
    🛠 本安装

    所有者：{ $owners }（已暂停：{ $suspended }）
    客服机器人：{ $bots }

    { $messages }
admin-volumes =
    客户的消息：24 小时内 { $in_day }，30 天内 { $in_month }，共 { $in_all }
    回复：24 小时内 { $out_day }，30 天内 { $out_month }，共 { $out_all }
admin-how = /admin 4711 或 /admin @shop_bot 显示一位所有者；前面加 suspend 或 resume 即可暂停或恢复。/admin announce 向所有所有者发公告。
admin-owners = 👥 所有者：{ $owners }
admin-owner-line = { $name } · id { $id } · 机器人：{ $bots }
admin-owner =
    👤 { $name }
    Id：{ $id }
    成为所有者：{ $since }
    客服机器人：{ $bots }
    客户：{ $customers }

    { $messages }
admin-owner-works = ▶️ 正常使用
admin-owner-rests = ⏸ 自 { $since } 起暂停
admin-owner-unknown = 这里没有这样的所有者。
admin-no-bots = 无
admin-not-yourself = 本安装由您运营：您不能暂停自己。
admin-suspend-question =
    暂停 { $name }（id { $id }）吗？

    该所有者的客户消息将不再转达，每位客户都会得到告知。回复会被拒绝。不会删除任何内容；您可以随时恢复。
button-admin-owners = 所有者
button-admin-announce = 发公告
button-admin-back = 返回
button-admin-suspend = 暂停
button-admin-resume = 恢复
button-admin-send = 发送给 { $owners } 位
announce-prompt = 📣 请发送要让所有所有者读到的文字。您会先看到它，确认之前什么都不会发出。/cancel 取消。
announce-heading = 📣 来自本服务的运营者：
announce-question = 所有者看到的就是这样。要发送吗？所有者：{ $owners }
announce-unfit = 只能公告文字。请以文字发送，或 /cancel。
announce-too-long = 这段文字太长了。请缩短后再发一次，或 /cancel。
announce-nobody = 这里还没有其他所有者，所以没有人可通知。
announce-progress = 📣 正在发送：{ $done } / { $owners }
announce-done = 📣 已公告。收到的所有者：{ $sent }。未能送达：{ $failed }。
