# The master bot: getting in

claimed =
    ✅ Diese Installation gehört jetzt Ihnen.

    Senden Sie /add, um Ihren ersten Kundenbot zu verbinden. Ihre Kunden schreiben an ihn, die Nachrichten erscheinen hier, und mit „Antworten“ schreiben Sie zurück.
welcome =
    👋 Hier erscheinen die Nachrichten Ihrer Kunden. Antworten Sie auf eine davon, und Ihre Antwort geht an genau diese Person.

    /add verbindet einen Kundenbot, /help zeigt alle Befehle.
stranger = Dieser Bot arbeitet leider nur für die Person, der er gehört.
send-start = Senden Sie /start, um zu beginnen.

# The master bot: commands

help =
    Antworten Sie auf eine Kundennachricht, und Ihre Antwort geht an genau diese Person: Text, Fotos, Sprachnachrichten, Dateien, einfach alles.

    { $commands }
unknown-command =
    Diesen Befehl kenne ich nicht. Es gibt diese:

    { $commands }
command-add = einen Kundenbot verbinden
command-bots = Ihre Bots und ihr Zustand
command-stats = wie viel Kunden schreiben und wie schnell Sie antworten
command-status = ob alles funktioniert, und was sonst zu tun ist
command-remove = einen Bot trennen
command-qr = QR-Code mit dem Link zu einem Bot; /qr tisch7 fügt ein Label hinzu
command-delete = Ihre Antwort zurückziehen (als Antwort auf sie senden)
command-settings = Begrüßung, Bestätigung, Erinnerung und mehr
command-language = in welcher Sprache ich mit Ihnen spreche
command-privacy = was hier gespeichert wird, wo und wie lange
command-export = alles, was über Sie gespeichert ist, als Datei
command-leave = alles von Ihnen löschen und Ihre Bots trennen
command-subscribe = Ihr Tarif
command-help = was ich kann
command-cancel = laufenden Vorgang abbrechen
cancelled = Abgebrochen.
nothing-to-cancel = Es gibt nichts abzubrechen.
no-plans = Hier gibt es nichts zu bezahlen: Diese Installation hat keine Limits und keinen kostenpflichtigen Tarif.

# What is kept, and how it goes

privacy =
    🔒 Was hier gespeichert wird

    Über Sie: Ihre Telegram-ID, Ihre Sprache und Uhr, Ihre Bots mit Token und Einstellungen (verschlüsselt), Ihre Notizen (verschlüsselt), Ihre Sperren und welche Ihrer Nachrichten zu welcher Kopie gehört.
    Über Ihre Kunden: Telegram-ID, Sprache, Labels, wann sie zuerst geschrieben haben, wer auf Antwort wartet und welche Nachricht zu welcher Kopie gehört. Nie Namen, nie der Inhalt: Texte, Fotos und Dateien gehen durch und werden nicht gespeichert. Nur Teile eines Albums oder eine Änderung, die einer anderen binnen einer Sekunde folgt, liegen verschlüsselt da, bis sie weitergeleitet sind; Teile eines Albums, das nicht zugestellt werden konnte, zwei Tage; was ein neuer Kunde schreibt, bevor er seinen Knopf drückt, höchstens einen Tag.

    Wie lange: welche Nachricht zu welcher Kopie gehört, { $days } Tage. Alles andere, bis Sie es löschen: /remove trennt einen Bot, /leave löscht alles. Was Sie bezahlt haben, bleibt so lange, wie Bücher aufbewahrt werden müssen, ohne Ihren Namen.
    Wo: in der Datenbank dessen, der diesen Bot betreibt, und in Telegrams eigenen Chats. Wer es sieht: Sie sehen, was Sie betrifft; wer diesen Bot betreibt, hat Zugang zur Datenbank.

    /export schickt Ihnen alles. /leave löscht alles.
privacy-stranger =
    🔒 Sie haben hier nichts. Damit er Ihnen nur einmal antwortet, speichert dieser Bot Ihre Telegram-ID { $days } Tage; nichts, was Sie schreiben, wird gespeichert.
privacy-newcomer = 🔒 Sie haben hier nichts, und nichts über Sie wird gespeichert. /start eröffnet ein Konto; /privacy sagt dann, was gespeichert wird.
customer-forgotten = 🕊 Jemand aus Ihrer Kundschaft wollte vergessen werden. Was über die Person gespeichert war, ist gelöscht, Antworten auf diese Nachrichten kommen also nicht mehr an; die Nachrichten in diesem Chat können Sie selbst löschen. Eine Sperre gilt weiter.
export-part = 📦 Ihre Daten, Datei { $part } von { $parts }. Sie enthält keine Nachrichtentexte und keine Token.
export-busy = Gerade werden andere Exporte erstellt. Senden Sie /export in einer Minute noch einmal.
leave-question =
    Alles von Ihnen löschen? Das lässt sich nicht rückgängig machen.

    Ihre Bots werden getrennt und ihre Webhooks entfernt ({ $bots }). Einstellungen, Notizen, Sperren, Kunden und alle Verweise werden gelöscht: Antworten auf ältere Nachrichten kommen nicht mehr an. Mit /export behalten Sie vorher eine Kopie. Was Sie als Kunde an fremde Bots geschrieben haben, bleibt unberührt: Senden Sie dort /forget.
leave-plan = Ihr bezahlter Tarif, bis { $date }, endet damit, und es wird nichts mehr abgebucht. Wenn Sie Sterne zurückmöchten, fragen Sie vorher: /paysupport
leave-yes = Alles löschen
leave-waits = ⏳ Etwas von Ihnen ist noch unterwegs und geht vor. Drücken Sie in einer Minute noch einmal.
left =
    ✅ Alles von Ihnen ist gelöscht, Ihre Bots sind getrennt. Die Nachrichten in diesem Chat können Sie selbst löschen.

    Was Sie als Kunde an fremde Bots geschrieben haben, bleibt unberührt: Senden Sie dort /forget.

# Attaching

add-prompt =
    1. Öffnen Sie @BotFather, senden Sie /newbot und beantworten Sie die beiden Fragen (oder nehmen Sie einen Bot, den Sie schon haben: /mybots → API Token).
    2. Kopieren Sie die Antwort mit dem Token, er sieht so aus: 1234567890:AAE…
    3. Fügen Sie sie hier ein. Ich lösche Ihre Nachricht sofort, der Token bleibt geheim. /cancel bricht ab.
token-missing = In dieser Nachricht ist kein Bot-Token. Er sieht so aus: 1234567890:AAE… Kopieren Sie ihn aus dem Chat mit @BotFather und fügen Sie ihn hier ein, oder senden Sie /cancel.
tokens-several = In dieser Nachricht sind mehrere Token. Senden Sie sie einzeln, oder brechen Sie mit /cancel ab.
token-rejected = Telegram akzeptiert diesen Token nicht. Holen Sie sich den aktuellen bei @BotFather (/mybots → API Token) und fügen Sie ihn hier ein, oder senden Sie /cancel.
token-is-master = Das ist der Token des Bots, mit dem Sie gerade schreiben. Für Ihre Kunden brauchen Sie einen anderen: Legen Sie ihn bei @BotFather mit /newbot an und fügen Sie seinen Token hier ein, oder senden Sie /cancel.
bot-taken = Diesen Bot nutzt hier schon jemand anders. Falls er Ihnen gehört, widerrufen Sie seinen Token bei @BotFather und wenden Sie sich an die Betreiber dieses Dienstes. Senden Sie einen anderen Token oder /cancel.
telegram-unreachable = Telegram antwortet gerade nicht. Fügen Sie den Token in einer Minute noch einmal ein, oder senden Sie /cancel.
takeover-question =
    @{ $bot } schickt seine Nachrichten bereits an { $host }.

    Wenn ich den Bot übernehme, bekommt das Programm dort nichts mehr. Übernehmen?
takeover-yes = Übernehmen
attached =
    ✅ @{ $bot } ist verbunden und läuft.

    Geben Sie Ihren Kunden diesen Link: https://t.me/{ $bot }
    Was Ihre Kunden schreiben, erscheint hier; mit „Antworten“ schreiben Sie zurück.
token-replaced =
    ✅ Der neue Token von @{ $bot } ist aktiv. Alle Unterhaltungen gehen weiter.

    https://t.me/{ $bot }
webhook-pending = @{ $bot } ist verbunden, aber Telegram hat die Adresse für seine Nachrichten noch nicht angenommen ({ $reason }). Ich versuche es weiter; /bots zeigt den aktuellen Stand.
delete-token-yourself = ⚠️ Ich konnte Ihre Nachricht mit dem Token nicht löschen. Bitte löschen Sie sie selbst.

# Removing and listing

no-bots = Sie haben noch keinen Kundenbot. Mit /add verbinden Sie einen.
remove-which = Welchen Bot soll ich trennen?
remove-question = @{ $bot } trennen? Über diesen Bot sind Sie für Ihre Kunden dann nicht mehr erreichbar. Die Unterhaltungen bleiben erhalten und gehen weiter, sobald Sie ihn wieder verbinden.
remove-yes = Trennen
removed = @{ $bot } ist getrennt, sein Token ist gelöscht.
missed-while-blocked = 🔕 Solange Sie mich blockiert hatten, konnten Nachrichten von Kunden Sie nicht erreichen: { $count }. Die Kunden haben das erfahren.
lost-by-detaching = ⚠️ Als @{ $bot } getrennt wurde, waren Nachrichten oder Änderungen von { $name } noch nicht weitergeleitet (Anzahl: { $count }). Sie sind verloren.
button-cancel = Abbrechen
button-stale = Diese Frage ist schon erledigt.
bots-title = Ihre Kundenbots:
bots-hint = /status sagt mehr über jeden, /stats zählt.
bot-active = 🟢 @{ $bot } ({ $name }): läuft
bot-revoked = 🔴 @{ $bot } ({ $name }): Telegram akzeptiert den Token nicht mehr. Holen Sie sich den aktuellen bei @BotFather und senden Sie ihn mit /add.
bot-contested = 🟠 @{ $bot } ({ $name }): Ein anderes Programm empfängt seine Nachrichten. Beenden Sie dieses Programm, oder widerrufen Sie den Token bei @BotFather und senden Sie den neuen mit /add.
qr-which = Für welchen Bot möchten Sie den QR-Code?
qr-caption = { $link }
qr-print = Zum Drucken: Diese Datei bleibt in jeder Größe scharf.
qr-which-label = Für welchen Bot möchten Sie den QR-Code mit dem Label #{ $label }?
label-unusable = Das kann kein Label sein. Ein Label hat 1 bis 64 Zeichen: Buchstaben a–z ohne Umlaute, Ziffern, _ und -. Zum Beispiel: /qr tisch7

# Alarms

alarm-revoked = 🔴 Telegram akzeptiert den Token von @{ $bot } nicht mehr. Über diesen Bot sind Sie für Ihre Kunden nicht mehr erreichbar. Holen Sie sich den aktuellen Token bei @BotFather (/mybots → API Token) und senden Sie ihn hier mit /add: Alle Unterhaltungen gehen weiter.
alarm-works = 🟢 @{ $bot } funktioniert wieder: Telegram akzeptiert den Token. Nachrichten werden weitergeleitet wie zuvor. Antworten, die nicht zugestellt wurden, senden Sie mit dem Knopf „Erneut senden“ darunter.
alarm-contested = 🟠 Ein anderes Programm empfängt die Nachrichten von @{ $bot }, deshalb kommen sie nicht bei Ihnen an. Beenden Sie dieses Programm, oder widerrufen Sie den Token bei @BotFather und senden Sie den neuen hier mit /add.
webhook-stays = ⚠️ @{ $bot } ist getrennt, aber Telegram hat es abgelehnt, die Zustellung seiner Nachrichten an diesen Dienst zu beenden. Sie werden hier abgewiesen und von niemandem gelesen. Widerrufen Sie den Token bei @BotFather (/mybots → API Token → Revoke), um sie endgültig zu beenden.
alarm-cut-off = 🔴 Telegram kann Nachrichten an { $host } nicht zustellen: „{ $reason }“. Bis das behoben ist, kommt nichts an, was Sie oder Ihre Kunden schreiben. Nichts geht verloren: Es wartet bis zu 24 Stunden bei Telegram. Sehen Sie nach, ob die Adresse aus dem Internet erreichbar ist, ob der Webserver vor diesem Programm läuft und ob sein Zertifikat gültig ist.
alarm-reached = 🟢 Telegram stellt Nachrichten wieder zu. Was gewartet hat, kommt jetzt an.
alarm-database-silent = 🔴 Die Datenbank antwortet nicht, deshalb wird gerade nichts weitergeleitet. Nichts geht verloren: Nachrichten warten bis zu 24 Stunden bei Telegram. Sehen Sie nach, ob die Datenbank läuft und erreichbar ist, und starten Sie sie wieder.
alarm-database-full = 🔴 Die Datenbank nimmt nichts mehr an, deshalb wird gerade nichts weitergeleitet: Ihr Datenträger ist voll, oder sie darf nur gelesen werden. Nichts geht verloren: Nachrichten warten bis zu 24 Stunden bei Telegram. Schaffen Sie Speicherplatz, oder geben Sie der Datenbank das Schreibrecht zurück.
alarm-database-works = 🟢 Die Datenbank arbeitet wieder. Was gewartet hat, kommt jetzt an.
left-group = @{ $bot } wurde zu „{ $title }“ hinzugefügt und hat den Chat gleich wieder verlassen: Kundenbots sind nur für private Chats mit Kunden da.

# Customers the owner asks about

command-inbox = wer auf eine Antwort wartet
command-info = wer jemand ist (als Antwort)
command-note = Notiz zu jemandem (als Antwort)
command-ban = jemanden sperren (als Antwort)
command-banned = gesperrte Kunden
ban-how = Um jemanden zu sperren, antworten Sie auf eine Nachricht dieser Person mit /ban.
info-how = Um zu sehen, wer jemand ist, antworten Sie auf eine Nachricht dieser Person mit /info.
note-how = Um eine Notiz festzuhalten, antworten Sie auf eine Nachricht dieser Person mit /note und Ihrem Text.

# Bans

ban-everywhere = 🚫 { $name } ist für alle Ihre Bots gesperrt.
ban-only = 🚫 { $name } ist für { $bots } gesperrt.
ban-already = 🚫 { $name } ist bereits für alle Ihre Bots gesperrt.
unbanned = ✅ { $name } ist nicht mehr gesperrt und kann Ihnen wieder schreiben.
copies-deleted = Hier gelöschte Nachrichten: { $count }
copies-kept = Nicht gelöscht: { $count }. Telegram lässt Bots nur löschen, was jünger als 48 Stunden ist; den Rest können Sie selbst löschen.
button-ban = Sperren
button-unban = Entsperren
button-unban-name = { $name } entsperren
button-delete-copies = Auch die Nachrichten hier löschen
button-ban-only = Nur für @{ $bot }
button-ban-everywhere = Für alle meine Bots
banned-title = Gesperrt:
banned-everywhere = 🚫 { $name }: für alle Ihre Bots, seit { $since }
banned-only = 🚫 { $name }: für { $bot }, seit { $since }
nobody-banned = Niemand ist gesperrt. Um jemanden zu sperren, antworten Sie auf eine Nachricht dieser Person mit /ban.
button-accept = Annehmen
contact-accepted = ✅ { $name } ist angenommen.

# The customer's card

card-language = Sprache: { $language }
card-premium = Premium: ja
card-no-premium = Premium: nein
card-labels = Labels: { $labels }
card-first-seen = Zuerst gesehen: { $date }
card-messages = Nachrichten: { $wrote } erhalten, { $answered } gesendet
card-answer-time = Mittlere Antwortzeit: { $span }
card-unanswered = Mittlere Antwortzeit: noch keine Antwort
card-banned = 🚫 Für alle Ihre Bots gesperrt
card-banned-only = 🚫 Gesperrt für { $bots }
card-not-banned = Sperren: keine
card-blocked = ⛔ Hat den Bot am { $date } blockiert
card-note = 📝 { $note }
button-note = Notiz
note-prompt = 📝 Senden Sie die Notiz zu { $name }, höchstens 1.000 Zeichen. Nur Sie sehen sie. „-“ entfernt die Notiz, /cancel bricht ab.
note-kept = 📝 Die Notiz zu { $name } ist gespeichert. /info zeigt sie.
note-removed = Die Notiz zu { $name } ist entfernt.
note-none = Zu { $name } gibt es keine Notiz.
note-missing = Eine Notiz besteht nur aus Text. Senden Sie den Text oder /cancel.
note-too-long = Diese Notiz ist zu lang: höchstens 1.000 Zeichen. Senden Sie eine kürzere oder /cancel.

# Who waits for an answer

inbox-title = Auf Ihre Antwort warten:
inbox-empty = 🎉 Niemand wartet auf eine Antwort.
pointer = 👆 { $name } → @{ $bot }, wartet seit { $span }
reminder = ⏰ { $name } → @{ $bot } wartet seit { $span } auf eine Antwort.
button-answered = Als beantwortet markieren
marked-answered = ✅ { $name } → @{ $bot }: als beantwortet markiert
span-moment = weniger als 1 Min.
span-minutes = { $count } Min.
span-hours = { $count } Std.
span-days = { $count } Tg.

# Answering customers

how-to-reply = So antworten Sie: Wischen Sie die Kundennachricht nach links, oder wählen Sie „Antworten“. Diese Nachricht ging an niemanden.
reply-to-unknown = Ich weiß nicht, für wen das bestimmt ist, deshalb ging es an niemanden. Antworten Sie auf eine Kundennachricht, über der ein Name steht.
not-delivered = ❌ Nicht zugestellt: { $reason }
maybe-not-delivered = ⚠️ Möglicherweise nicht zugestellt: Telegram hat es nicht bestätigt. Mit „Erneut senden“ kommt die Nachricht vielleicht doppelt an.
not-delivered-yet = ⏳ Noch nicht zugestellt: { $reason }
words-delivered-file-not = ✉️ Ihr Text ist angekommen, die Datei nicht: { $reason }
words-delivered-file-not-yet = ✉️ Ihr Text ist angekommen, die Datei noch nicht: { $reason }
words-delivered-file-maybe = ⚠️ Ihr Text ist angekommen, die Datei möglicherweise nicht: Telegram hat es nicht bestätigt. Mit „Erneut senden“ kommt sie vielleicht doppelt an.
send-again = Erneut senden
sending-again = Neuer Versuch …
original-gone = Telegram gibt das Original nicht mehr heraus. Bitte schreiben Sie es noch einmal als Antwort auf die Kundennachricht.
delivered-now = ✅ Zugestellt.
change-not-delivered = ✏️ Ihre Änderung kam beim Kunden nicht an: { $reason }
undo = ↩️ Zurückziehen
deleted-at-customer = 🗑 Gelöscht: Der Kunde sieht sie nicht mehr.
delete-too-late = Es ist zu spät: Telegram lässt Bots nur 48 Stunden lang löschen.
delete-failed = ❌ Nicht gelöscht: { $reason }
delete-how = Um eine Ihrer Antworten zurückzuziehen, antworten Sie auf sie mit /delete. Sie verschwindet dann beim Kunden.

# Reasons

reason-blocked = Diese Person hat den Bot blockiert.
reason-deactivated = Das Telegram-Konto dieser Person ist gelöscht.
reason-not-started = Diese Person hat den Bot nicht gestartet oder den Chat mit ihm gelöscht.
reason-too-big = Die Datei ist zu groß. Bots dürfen bei Telegram höchstens 20 MB herunterladen.
reason-file-unavailable = Telegram hat die Datei nicht herausgegeben.
reason-bot-removed = Der Bot, über den die Nachricht kam, ist getrennt. Verbinden Sie ihn mit /add wieder.
reason-token-revoked = Telegram akzeptiert den Token des Bots nicht mehr. Senden Sie den aktuellen mit /add.
reason-too-fast = Telegram bittet um etwas Geduld.
reason-unreachable = Telegram ist nicht erreichbar.
reason-refused = Telegram lehnt diese Nachricht ab.
reason-kind = Bots können diese Art von Nachricht nicht senden ({ $kind }).
reason-gone = auf der Seite des Kunden ist sie gelöscht.
reason-fixed = Telegram lässt diese Nachricht nicht ändern.

# Copies

no-name = Kunde { $id }
repeat = ↻ möglicherweise doppelt
edited = ✏️ bearbeitet
not-passed-on = ⏳ nicht weitergeleitete Nachrichten, zu viele auf einmal: { $count }
unshowable = { $name } hat etwas gesendet, das hier nicht angezeigt werden kann ({ $kind }).
file-missing = 📎 { $file } ({ $size }) kann nicht angezeigt werden: { $reason } Bitten Sie um einen Link oder um kleinere Teile.
content-refused = Telegram lehnt es ab, das hier anzuzeigen ({ $kind }).
quiz = Quiz
story = Story: { $title }

# Settings

settings-which = Einstellungen für welchen Bot?
settings-title = ⚙️ Einstellungen von @{ $bot }
settings-saved = ✅ Gespeichert.
settings-unchanged = Es wurde nichts geändert.
settings-back = ← Zurück
settings-close = Schließen
settings-save = Speichern
settings-remove = Entfernen
settings-everybody = Alle Sprachen
setting-greeting = Begrüßung
setting-acknowledgement = Bestätigung
setting-acknowledgement-text = Text der Bestätigung
setting-reminder = Erinnerung
setting-banned = Gesperrte Kunden
setting-protect = Inhalte schützen
setting-usernames = Benutzernamen
value-standard = der Standardtext
value-own = Ihr eigener Text ({ $languages })
value-nothing = sehen nichts
acknowledgement-once = einmal pro Gespräch
acknowledgement-always = nach jeder Nachricht
acknowledgement-reaction = eine Reaktion
acknowledgement-never = nie
reminder-off = aus
reminder-after = nach { $hours } Std.
protect-off = aus, Kunden dürfen weiterleiten und speichern
protect-on = an, kein Weiterleiten, kein Speichern
usernames-shown = sichtbar
usernames-hidden = verborgen
about-greeting = Das liest ein Kunde zuerst, nach /start. Ein Foto, ein Video oder eine andere Datei darf dabei sein. Wählen Sie, wer die neue Begrüßung lesen soll; ✓ steht bei dem, was Sie selbst geschrieben haben.
about-acknowledgement = So erfährt ein Kunde, dass seine Nachricht an Sie weitergeleitet wurde.
about-acknowledgement-text = Das liest ein Kunde, wenn seine Nachricht weitergeleitet wurde. Wählen Sie, wer den neuen Text lesen soll; ✓ steht bei dem, was Sie selbst geschrieben haben.
about-reminder = Wartet ein Kunde so lange auf eine Antwort, erinnere ich Sie daran, einmal.
about-banned = Das liest ein gesperrter Kunde, wenn er schreibt, höchstens einmal pro Stunde. Ohne Text sieht er nichts. Wählen Sie, wer ihn lesen soll; ✓ steht bei dem, was Sie selbst geschrieben haben.
about-protect = Ob Kunden weiterleiten und speichern können, was dieser Bot ihnen schickt.
about-usernames = Ob der @Benutzername eines Kunden über seinen Nachrichten steht.
preview-once = Kunden erfahren einmal, nach ihrer ersten Nachricht, dass sie weitergeleitet wurde.
preview-always = Kunden erfahren nach jeder Nachricht, dass sie weitergeleitet wurde.
preview-reaction = Kunden sehen 👍 an jeder weitergeleiteten Nachricht und keinen Text.
preview-never = Kunden erfahren nicht, dass eine Nachricht weitergeleitet wurde. Was nicht weitergeleitet werden konnte, erfahren sie weiterhin.
preview-reminder-off = Sie werden nicht an wartende Kunden erinnert.
preview-reminder = Sie werden an einen Kunden erinnert, der { $hours } Std. auf eine Antwort gewartet hat.
preview-protected = Kunden können nicht weiterleiten oder speichern, was Sie schicken.
preview-unprotected = Kunden können weiterleiten und speichern, was Sie schicken.
preview-usernames-shown = Sie sehen: 🆕 Anna @anna → @{ $bot }
preview-usernames-hidden = Sie sehen: 🆕 Anna → @{ $bot }
preview-remove = Ihr Text wird entfernt: { $what } ({ $language }).
prompt-greeting = Senden Sie die neue Begrüßung ({ $language }): Text oder ein Foto, Video, eine Sprachnachricht oder Datei mit Beschreibung. Eine Nachricht; von einem Album nehme ich den ersten Teil. /cancel bricht ab.
prompt-text = Senden Sie den neuen Text: { $what } ({ $language }). Fettschrift, Links und andere Formatierung bleiben erhalten. /cancel bricht ab.
question-text = ⬆️ So sehen es Ihre Kunden: { $what } ({ $language }). Speichern?
unfit-greeting = Diese Art von Nachricht kann keine Begrüßung sein. Senden Sie Text oder ein Foto, Video, eine Sprachnachricht oder Datei mit Beschreibung, oder /cancel.
unfit-text = Hier kann nur Text stehen. Senden Sie einen Text, oder /cancel.
unfit-token = In dieser Nachricht steht ein Bot-Token; den dürfen Kunden nie sehen. Senden Sie einen anderen Text, oder /cancel.
unfit-refused = Telegram lehnt es ab, das zu zeigen; auch Kunden könnten es nicht sehen. Senden Sie etwas anderes, oder /cancel.
unfit-file = Die Datei ist zu groß für eine Begrüßung: Bots dürfen höchstens 20 MB abrufen. Senden Sie eine kleinere, oder /cancel.
save-first = Drücken Sie zuerst „Speichern“ oder „Abbrechen“ unter der letzten Frage, oder senden Sie /cancel.
setting-newcomers = Neue Kunden
setting-careful = Vorsicht bei neuen Kunden
setting-ask-first = Rückfrage bei neuen Kunden
setting-check = Knopf für neue Kunden
careful-off = aus
careful-on = an, keine Links, Dateien, Weiterleitungen
ask-first-off = aus
ask-first-on = an, Annehmen oder Sperren
check-off = aus
check-on = an, vor der ersten Nachricht drücken
about-newcomers = Neu ist ein Kunde, dem Sie noch über keinen Ihrer Bots geantwortet haben und den Sie noch nicht angenommen haben. Drei Regeln können für neue Kunden gelten, jede für sich. Ihre erste Antwort beendet sie für einen Kunden, ebenso „Annehmen“.
about-careful = Ob neue Kunden nur Worte senden können, bis zu 5 Nachrichten in der Minute.
about-ask-first = Ob die erste Nachricht eines neuen Kunden mit den Knöpfen „Annehmen“ und „Sperren“ kommt.
about-check = Ob ein neuer Kunde einen Knopf drücken muss, bevor seine erste Nachricht weitergeleitet wird. Programme, die Werbung senden, tun das selten.
preview-careful-on = Bis zu Ihrer ersten Antwort können neue Kunden keine Links, Dateien und weitergeleiteten Nachrichten senden und höchstens 5 Nachrichten in der Minute. Das wird ihnen gesagt.
preview-careful-off = Neue Kunden können von der ersten Nachricht an alles senden.
preview-ask-first-on = Die erste Nachricht eines neuen Kunden kommt mit „Annehmen“ und „Sperren“. Bis Sie ihn annehmen oder ihm antworten, erreichen Sie 5 Nachrichten von ihm; ist das vorbei, wird es ihm gesagt. „Sperren“ gilt für alle Ihre Bots.
preview-ask-first-off = Die erste Nachricht eines neuen Kunden kommt wie jede andere.
preview-check-on = Neue Kunden werden gebeten, einen Knopf zu drücken. Was sie schreiben, erreicht Sie danach; drücken sie ihn einen Tag lang nicht, wird ihnen gesagt, dass es nicht ankam.
preview-check-off = Neue Kunden müssen keinen Knopf drücken.

# Languages

language-question = In welcher Sprache soll ich mit Ihnen sprechen?
language-app = Wie in meiner App
language-chosen = ✅ Ab jetzt spreche ich Deutsch mit Ihnen.

# Numbers

stats-title = 📊 { $bot }, { $days } ({ $clock })
stats-all = Alle Bots
stats-empty = Niemand hat geschrieben, und nichts wurde beantwortet.
stats-messages = Nachrichten: { $wrote } ein, { $replied } aus
stats-customers = Kunden: { $count } ({ $new } neu, { $returning } wiedergekommen)
stats-answered = Beantwortet: { $percent } % ({ $answered } von { $questions })
stats-times = Antwortzeit: Median { $median }, neun von zehn innerhalb von { $ninety }
stats-unanswered = Antwortzeit: noch keine Antwort
stats-busiest = Am meisten los: { $hours } Uhr; { $days }
stats-labels = Labels, nach Kunden:
stats-label = #{ $label }: { $customers }, beantwortet { $percent }
stats-kept = Nachrichten, die älter als { $days } Tage sind, fehlen: Sie werden nicht länger aufbewahrt.
stats-how = Das verstehe ich nicht. Zum Beispiel: /stats @ihr_bot 30. Zeiträume: today, 7, 30, 12m. Ihre Uhr: /stats utc+2
stats-today = Heute
stats-week = 7 Tage
stats-month = 30 Tage
stats-year = 12 Monate
weekdays = Mo Di Mi Do Fr Sa So
figure-wrote = Eingegangen
figure-replied = Antworten
figure-customers = Kunden
figure-answered = Beantwortet
figure-median = Median-Antwort
figure-hours = Eingegangen nach Stunde
figure-weekdays = Nach Wochentag

# How everything fares

status-title = feedback-relay { $version }, läuft seit { $span }
status-again = Noch einmal nachsehen
status-service-works = 🟢 Der Dienst läuft
status-database-works = 🟢 Datenbank: { $engine }, { $size }
status-database-fails = 🔴 Die Datenbank versagt seit { $span }.
status-webhook = 🟢 Telegram stellt an { $host } zu (Webhook)
status-polling = 🟢 Updates werden bei Telegram abgeholt (Long Polling)
status-cut-off-briefly = 🔴 Telegram erreicht den Dienst gerade nicht. Nichts geht verloren: Nachrichten warten bis zu 24 Stunden bei Telegram. Wer den Dienst betreibt, wird benachrichtigt.
status-installation = Speicher: { $memory }. Inhaber: { $owners }. Bots insgesamt: { $bots }
status-master = Dieser Bot: bei Telegram wartend: { $count }
status-master-revoked = 🔴 Telegram akzeptiert den Token dieses Bots nicht. Holen Sie den aktuellen bei @BotFather, setzen Sie ihn als MASTER_BOT_TOKEN und starten Sie neu.
status-master-contested = 🟠 Ein anderes Programm empfängt die Nachrichten dieses Bots. Beenden Sie es, oder widerrufen Sie den Token bei @BotFather, setzen Sie den neuen als MASTER_BOT_TOKEN und starten Sie neu.
status-master-not-asked = Dieser Bot: bei Telegram wartend: nicht gefragt. Telegram bittet um Geduld; sehen Sie später noch einmal nach.
status-silent-telegram = ⚠️ Telegram hat auf die Frage nach diesem Bot nicht geantwortet. Sehen Sie in einer Minute noch einmal nach; bleibt es so, prüfen Sie, ob dieser Rechner Telegram erreicht (Netz, Namensserver, Firewall).
status-bots = Ihre Bots: { $count }, davon mit Problemen: { $troubled }
status-page = Seite { $page } von { $pages }
status-bot-troubled = 🟠 @{ $bot } ({ $name }): braucht Aufmerksamkeit
status-last = Letztes Update: vor { $span }
status-never = Letztes Update: noch keines
status-pending = Bei Telegram wartend: { $count }
status-not-asked = Bei Telegram wartend: nicht gefragt. Telegram erlaubt nur wenige Anfragen je Minute; sehen Sie später noch einmal nach.
status-silent = Bei Telegram wartend: keine Antwort. Sehen Sie in einer Minute noch einmal nach.
status-error = ⚠️ Vor { $span } konnte Telegram nicht zustellen: „{ $reason }“.
status-error-over = Zuletzt konnte Telegram vor { $span } nicht zustellen: „{ $reason }“. Das ist vorbei.
status-missed = ⚠️ Vor { $span } konnten Updates nicht abgeholt werden: { $reason }.
status-missed-over = Zuletzt konnten Updates vor { $span } nicht abgeholt werden: { $reason }. Das ist vorbei.
missed-token = Telegram akzeptiert den Token nicht
missed-webhook = Ein Webhook ist gesetzt, und Telegram sendet sie dorthin
missed-contested = Ein anderes Programm hat sie abgeholt
missed-too-fast = Telegram bat um Geduld
missed-unreachable = Telegram war nicht zu erreichen
missed-fault = Telegram hatte selbst eine Störung ({ $code })
missed-unreadable = Die Antwort von Telegram war nicht zu verstehen
missed-refused = Telegram lehnte ab: „{ $reason }“
fix-busy = Es wurde um Geduld gebeten und kommt von selbst wieder.
fix-operator = Sagen Sie es der Person, die diesen Dienst betreibt.
fix-certificate = Prüfen Sie, ob das Zertifikat des Webservers gültig und vollständig ist; ein selbst signiertes gehört in WEBHOOK_CERTIFICATE_FILE.
fix-unreachable = Prüfen Sie, ob der Name in PUBLIC_URL zu diesem Rechner führt (DNS, ein A-Eintrag), ob sein Port aus dem Internet erreichbar ist und ob der Webserver vor diesem Programm läuft.
fix-wrong-answer = Unter PUBLIC_URL antwortet etwas anderes: Prüfen Sie, ob der Webserver /telegram/ an dieses Programm weitergibt.
fix-look = Sehen Sie mit dem Befehl feedback-relay check und im Protokoll des Webservers vor diesem Programm nach.
fix-pending = Es wartet mehr als üblich; es sollte weniger werden. Falls nicht, sagen Sie es der Person, die diesen Dienst betreibt.
fix-pending-here = Es wartet mehr als üblich; es sollte weniger werden. Falls nicht, sehen Sie ins Protokoll und prüfen Sie, ob die Datenbank oder dieser Rechner ausgelastet ist.
fix-token = Holen Sie den aktuellen Token bei @BotFather.
fix-contested = Falls das anhält, benutzt anderswo ein Programm den Token: Beenden Sie es, oder widerrufen Sie den Token bei @BotFather und benutzen Sie hier den neuen.
fix-webhook = Er wird von selbst entfernt. Kommt er wieder, benutzt anderswo ein Programm den Token: Beenden Sie es, oder widerrufen Sie den Token bei @BotFather und benutzen Sie hier den neuen.
fix-again = Es wird von selbst wieder versucht; bis dahin warten Nachrichten bis zu 24 Stunden bei Telegram.
fix-connection = Es wird von selbst wieder versucht. Bleibt es so, prüfen Sie, ob dieser Rechner Telegram erreicht: Netz, Namensserver, Firewall oder Proxy, und TELEGRAM_API_URL, falls gesetzt.
fix-check = Sehen Sie mit dem Befehl feedback-relay check und im Protokoll nach.

# Customers

greeting = 👋 Hallo! Schreiben Sie Ihre Nachricht einfach hier: Text, Foto, Sprachnachricht, Datei, ganz wie Sie möchten. Die Antwort kommt in diesen Chat.
customer-help = Schreiben Sie einfach hier, Ihre Nachricht wird weitergeleitet. Die Antwort kommt in diesen Chat. /delete zieht Ihre letzte Nachricht zurück, /language ändert die Sprache, /privacy sagt, was über Sie gespeichert ist, /forget löscht es.
customer-privacy =
    🔒 Was über Sie gespeichert wird

    Was Sie schreiben, wird an den Inhaber dieses Bots weitergeleitet und nicht gespeichert: keine Texte, keine Fotos, keine Dateien. Auch Ihr Name wird nicht gespeichert. Nur Teile eines Albums oder eine Änderung, die einer anderen binnen einer Sekunde folgt, liegen verschlüsselt da, bis sie weitergeleitet sind; was Sie schreiben, bevor Sie einen Knopf drücken, um den Sie gebeten wurden, höchstens einen Tag.
    Gespeichert werden Ihre Telegram-ID, die Sprache Ihrer App, der Link, über den Sie kamen, wann Sie zuerst geschrieben haben, ob Sie auf Antwort warten, ob Sie gesperrt sind, Premium haben oder den Bot blockiert haben, was der Inhaber über Sie notiert hat (verschlüsselt), und welche Nachricht zu welcher Kopie gehört. Letzteres { $days } Tage, das Übrige, bis Sie es löschen lassen.
    Wo: in der Datenbank dessen, der diesen Dienst betreibt. Wer es sieht: der Inhaber dieses Bots und wer diesen Dienst betreibt. Der Inhaber hat Ihre Nachrichten außerdem in seinem Telegram-Chat.

    /forget löscht alles, was über Sie gespeichert ist.
forget-question =
    Soll alles gelöscht werden, was über Sie gespeichert ist?

    Das gilt für alle Bots dieses Dienstes. Die Inhaber, denen Sie geschrieben haben, behalten die Nachrichten in ihren eigenen Telegram-Chats, können sie aber nicht mehr beantworten. Schreiben Sie wieder, beginnt es von vorn; eine Sperre gilt weiter.
forget-yes = Vergessen
forgotten = ✅ Sie sind vergessen: Alles, was über Sie gespeichert war, ist gelöscht. Die Nachrichten in diesem Chat können Sie selbst löschen.
forgotten-not-owner = Sie haben hier selbst Bots. Diese Seite bleibt unberührt: Senden Sie /leave an den Bot, in dem Sie antworten.
customer-kind = ❌ Diese Art von Nachricht lässt sich nicht weiterleiten und wurde deshalb nicht zugestellt. Bitte senden Sie es in anderer Form.
customer-file = ❌ Die Datei konnte nicht weitergeleitet werden: Bots erhalten nur Dateien bis 20 MB. Der Rest wurde zugestellt. Bitte senden Sie eine kleinere Datei oder einen Link.
customer-file-lost = ❌ Telegram hat die Datei nicht herausgegeben, sie wurde nicht weitergeleitet. Der Rest wurde zugestellt. Bitte senden Sie die Datei noch einmal.
customer-not-delivered = ❌ Diese Nachricht konnte leider nicht zugestellt werden. Bitte versuchen Sie es später noch einmal.
customer-bot-gone = ❌ Was Sie hier geschrieben haben, wurde nicht weitergeleitet: Dieser Bot ist nicht mehr in Betrieb.
internal-error = ⚠️ Leider ist bei uns etwas schiefgegangen, darum ist dies vielleicht nicht angekommen. Wenn es wichtig ist, melden Sie es bitte mit dieser Nummer: { $number }
customer-maybe-not-delivered = ⚠️ Leider ist unklar, ob diese Nachricht zugestellt wurde: Telegram hat es nicht bestätigt.
customer-delayed = ⏳ Ihre Nachricht verzögert sich. Sie wird weitergeleitet, sobald es geht; Sie müssen sie nicht noch einmal senden.
customer-change-not-delivered = ✏️ Ihre Änderung dieser Nachricht konnte leider nicht weitergeleitet werden. Bitte senden Sie sie als neue Nachricht.
customer-too-fast = ⏳ Sie schreiben schneller, als Nachrichten weitergeleitet werden können. Diese Nachricht wurde nicht weitergeleitet, ebenso wenig weitere, die zu schnell folgen. Bitte warten Sie ein wenig und senden Sie sie dann noch einmal, am besten in einer Nachricht.
customer-taken-back = 🗑 Ihre Nachricht wurde zurückgezogen.
customer-delete-too-late = Es ist zu spät: Nachrichten lassen sich nur 48 Stunden lang zurückziehen.
customer-nothing-to-delete = Es gibt keine Nachricht von Ihnen, die sich zurückziehen ließe. Antworten Sie auf Ihre eigene Nachricht mit /delete.
customer-delete-failed = ❌ Ihre Nachricht konnte leider nicht zurückgezogen werden. Bitte versuchen Sie es später noch einmal.
acknowledgement = ✅ Ihre Nachricht wurde weitergeleitet. Die Antwort kommt in diesen Chat.
newcomer-link = 🔒 Das wurde nicht weitergeleitet: Es enthält einen Link oder einen @Namen. Links können Sie hier nach einer ersten Antwort senden. Bitte sagen Sie es bis dahin mit eigenen Worten.
newcomer-file = 🔒 Das wurde nicht weitergeleitet: Fotos, Dateien, Sticker und Sprachnachrichten können Sie hier nach einer ersten Antwort senden. Bitte schreiben Sie bis dahin in Worten.
newcomer-forward = 🔒 Das wurde nicht weitergeleitet: Nachrichten von anderswo können Sie hier nach einer ersten Antwort weiterleiten. Bitte sagen Sie es bis dahin mit eigenen Worten.
newcomer-wait = ⏳ Ihre Nachrichten wurden weitergeleitet, diese nicht: Mehr können Sie nach einer ersten Antwort senden. Sie kommt in diesen Chat; bitte warten Sie darauf.
newcomer-full = ⏳ Das wurde nicht weitergeleitet: Es wartet schon zu viel. Bitte drücken Sie den Knopf oben, und senden Sie es dann noch einmal.
newcomer-too-fast = ⏳ Das wurde nicht weitergeleitet: Vor einer ersten Antwort können Sie hier bis zu 5 Nachrichten in der Minute senden. Bitte warten Sie eine Minute, und senden Sie es noch einmal, am besten in einer Nachricht.
newcomer-change = 🔒 Ihre Änderung wurde nicht weitergeleitet: Links, Dateien und @Namen können Sie hier nach einer ersten Antwort senden. Bitte sagen Sie es bis dahin mit eigenen Worten, in einer neuen Nachricht.
newcomer-check = 👋 Bitte drücken Sie den Knopf, um zu zeigen, dass Sie ein Mensch sind. Was Sie geschrieben haben, wird dann weitergeleitet.
newcomer-check-button = Ich bin ein Mensch
newcomer-passed = ✅ Danke! Was Sie geschrieben haben, wird weitergeleitet. Die Antwort kommt in diesen Chat.
newcomer-gone = ✅ Danke! Aber Ihre Nachricht ist nicht mehr da. Bitte schreiben Sie sie noch einmal.
newcomer-expired = ⌛ Was Sie hier geschrieben haben, wurde nicht weitergeleitet, weil der Knopf einen Tag lang nicht gedrückt wurde. Bitte schreiben Sie es noch einmal.
newcomer-accepted = ✅ Sie können hier jetzt alles senden, auch Links, Dateien und weitergeleitete Nachrichten. Bitte senden Sie noch einmal, was nicht weitergeleitet wurde.

# Plans

command-plan = Ihr Tarif: Daten, und was diesen Monat übrig ist
command-subscribe-pro = Pro holen: ohne Limits
command-unsubscribe = die Verlängerung von Pro beenden
command-paysupport = eine Frage zu einer Zahlung
command-refund = eine Zahlung zurückgeben
command-terms = die Bedingungen des kostenpflichtigen Tarifs
subscribe-offer =
    ⭐ Pro für { $price } Telegram-Sterne im Monat: so viele Bots und Antworten, wie Sie möchten.

    Ohne Pro kommt trotzdem immer an, was Kunden schreiben; Bots, die antworten: { $bots }, Antworten im Monat: { $replies }.
    Es verlängert sich alle 30 Tage, bis Sie /unsubscribe senden. Mit der Zahlung stimmen Sie /terms zu. Der Knopf gilt einen Tag lang.
button-subscribe = Für { $price } ⭐ abonnieren
subscribe-active = Sie haben Pro. Es ist bis { $date } bezahlt und verlängert sich dann. /unsubscribe beendet das, /plan zeigt mehr.
subscribe-stopped = Sie haben Pro bis { $date }, es verlängert sich nicht. Mit dem Knopf läuft es weiter; vorher wird nichts abgebucht.
button-renew = Wieder verlängern
invoice-title = Pro
invoice-description = So viele Kundenbots und Antworten, wie Sie möchten, für 30 Tage. Es verlängert sich von selbst; /unsubscribe beendet das.
plan-refused = Telegram lehnt das ab. Ein Abo können Sie auch in Telegram ändern: Einstellungen → Meine Sterne. Wenn das nicht hilft: /paysupport
plan-later = Telegram kann das gerade nicht tun. Bitte versuchen Sie es in einigen Minuten noch einmal.
unsubscribe-none = Sie haben kein Abo, es gibt also nichts zu beenden. /plan zeigt Ihren Tarif.
unsubscribe-already = Die Verlängerung ist schon beendet. Pro gehört Ihnen bis { $date }.
unsubscribe-done = ✅ Pro verlängert sich nicht mehr, und es wird nichts mehr abgebucht. Es gehört Ihnen bis { $date }.
unsubscribe-unpaid = ✅ Es verlängert sich nichts mehr, und es wird nichts mehr abgebucht.
renew-done = ✅ Pro läuft weiter: Es ist bis { $date } bezahlt und verlängert sich dann. /unsubscribe beendet das.
paid-first = ✅ Danke! Sie haben Pro bis { $date }. Es verlängert sich dann; /unsubscribe beendet das, /plan zeigt den Stand.
paid-renewal = ✅ Pro wurde verlängert. Es ist bis { $date } bezahlt.
paid-though-stopped = ⚠️ Telegram hat die Sterne für einen weiteren Monat eines Abos abgebucht, das beendet war. Pro ist bis { $date } bezahlt, und das Abo ist wieder beendet. Wenn Sie die Sterne zurückhaben möchten: /paysupport
paid-not-stopped = ⚠️ Telegram hat die Sterne für einen weiteren Monat eines Abos abgebucht, das beendet war, und lehnt es jetzt ab, es zu beenden. Pro ist bis { $date } bezahlt. Bitte beenden Sie es in Telegram: Einstellungen → Meine Sterne. Wenn Sie die Sterne zurückhaben möchten: /paysupport
paid-once = ✅ Danke! Sie haben Pro bis { $date }.
subscriptions-several = ⚠️ Sie haben jetzt mehr als ein Abo, und Telegram bucht für jedes davon ab. /unsubscribe beendet alle; mit dem Knopf unter der Antwort läuft eines weiter. Wenn Sie Sterne zurückhaben möchten: /paysupport
paid-gone = ↩️ Sie haben { $stars } Sterne zurückbekommen: Sie haben hier kein Konto mehr. Falls Telegram noch einmal abbucht, beenden Sie das in Telegram: Einstellungen → Meine Sterne.
paid-gone-kept = Sie haben hier kein Konto mehr, die { $stars } bezahlten Sterne haben also nichts gekauft, und Telegram lehnt es ab, sie zurückzugeben. Bitte fragen Sie den Betreiber dieses Dienstes und nennen Sie die Zahlung: { $charge }
refunded = ↩️ Sie haben { $stars } Sterne zurückbekommen, Pro ist damit zu Ende. Nichts wurde gelöscht, und was Kunden schreiben, kommt weiter an. /plan zeigt, was übrig ist.
refunded-stays = ↩️ Sie haben { $stars } Sterne zurückbekommen. Pro gehört Ihnen weiter bis { $date }.
renewal-stopped = Pro verlängert sich nicht mehr. Es gehört Ihnen bis { $date }; mit /subscribe läuft es weiter.
renewal-failed = ⚠️ Telegram konnte die Sterne für den nächsten Monat nicht abbuchen. Pro gehört Ihnen bis { $date }. Holen Sie Sterne in Telegram (Einstellungen → Meine Sterne) und senden Sie dann /subscribe.
renewal-one-less = Eines Ihrer Abos verlängert sich nicht mehr: Es wurde beendet, oder Telegram konnte die Sterne nicht abbuchen. Ein anderes läuft weiter: Es ist bis { $date } bezahlt und verlängert sich dann. /unsubscribe beendet das.
plan-over =
    ⏳ Pro ist am { $date } zu Ende gegangen. Nichts wurde gelöscht, und was Kunden schreiben, kommt weiter an.

    Ohne Pro: Bots, die antworten: { $bots }, Antworten im Monat: { $replies }. /subscribe holt es zurück, /plan zeigt, was übrig ist.
plan-rest = 💤 Diese Bots bringen Ihnen Nachrichten, können aber gerade nicht antworten: { $bots }. Wählen Sie, welche antworten: /plan
plan-free = Ihr Tarif: kostenlos
plan-pro = ⭐ Ihr Tarif: Pro
plan-renews = Bezahlt bis { $date }; verlängert sich dann für { $stars } ⭐. /unsubscribe beendet das.
plan-ends = Bezahlt bis { $date }; verlängert sich nicht.
plan-failed = Bezahlt bis { $date }. ⚠️ Telegram konnte die Sterne für den nächsten Monat nicht abbuchen: Holen Sie welche, dann /subscribe.
plan-ended = Pro ist am { $date } zu Ende gegangen.
plan-bots = Bots: { $count } von { $most }
plan-bots-pro = Bots: { $count }, ohne Limit
plan-replies = Antworten diesen Monat: { $used } von { $most }, übrig: { $left }. Ab { $date } (UTC) wird neu gezählt.
plan-replies-pro = Antworten: ohne Limit
plan-choose = Alle Ihre Bots bringen Ihnen Nachrichten. Bots, die antworten dürfen: { $most }. Drücken Sie den, der antworten soll:
plan-offer = /subscribe: ohne Limits, für { $price } ⭐ im Monat. Was Kunden schreiben, kommt immer an.
plan-full = In Ihrem Tarif ist kein Platz für einen weiteren Bot. Kostenlose Bots: { $count }. /subscribe hebt das Limit auf, /remove trennt einen Bot, /plan zeigt den Stand.
few-left = ⏳ Kostenlose Antworten übrig diesen Monat: { $left } von { $most }. Ab { $date } (UTC) wird neu gezählt; /subscribe hebt das Limit auf.
reason-plan = Ihr Tarif deckt das nicht ab. /plan zeigt, warum.
reason-replies-used = Ihre kostenlosen Antworten dieses Monats sind aufgebraucht ({ $count }); übrig: 0. Ab { $date } (UTC) wird neu gezählt. Was Kunden schreiben, kommt weiter an. /subscribe hebt das Limit auf; drücken Sie danach „Erneut senden“.
reason-bot-rests = @{ $bot } kann in Ihrem Tarif nicht antworten. Bots, die dürfen: { $most }. Wählen Sie in /plan, welche, oder heben Sie mit /subscribe das Limit auf; drücken Sie danach „Erneut senden“.
checkout-not-sold = Hier gibt es keinen kostenpflichtigen Tarif mehr. Es wurde nichts abgebucht.
checkout-unknown = Diese Rechnung ist nicht gültig. Es wurde nichts abgebucht. Senden Sie /subscribe für eine neue.
checkout-foreign = Dieser Link ist für jemand anderen. Es wurde nichts abgebucht. Senden Sie diesem Bot /subscribe für Ihren eigenen.
checkout-outdated = Dieser Link ist veraltet. Es wurde nichts abgebucht. Senden Sie /subscribe für einen neuen.
checkout-suspended = Ihr Konto hier ist stillgelegt, Pro würde Ihnen jetzt also nichts nützen. Es wurde nichts abgebucht. Fragen: /paysupport
terms =
    Bedingungen des kostenpflichtigen Tarifs

    1. Pro kostet { $price } Telegram-Sterne für 30 Tage und hebt die Limits des kostenlosen Tarifs auf (Bots, die antworten: { $bots }, Antworten im Monat: { $replies }).
    2. Es verlängert sich alle 30 Tage, bis Sie das mit /unsubscribe oder in Telegram beenden. Was bezahlt ist, gehört Ihnen bis zu seinem Ende.
    3. Wenn es endet, wird nichts gelöscht, und was Kunden schreiben, kommt weiter an.
    4. Fragen und Rückzahlungen: /paysupport. Wer diesen Dienst betreibt, antwortet. Telegrams eigener Support kann bei Käufen hier nicht helfen.
    5. Die Sterne gehen an den Betreiber dieses Dienstes; Telegrams Bedingungen für Sterne gelten ebenfalls: https://telegram.org/tos/stars
paysupport-how = Schreiben Sie Ihre Frage hinter den Befehl, zum Beispiel: /paysupport Ich habe zweimal bezahlt. Sie geht an den Betreiber dieses Dienstes, zusammen mit einer Liste Ihrer Zahlungen. Telegrams eigener Support kann bei Käufen hier nicht helfen.
paysupport-how-stranger = Schreiben Sie Ihre Frage hinter den Befehl, zum Beispiel: /paysupport Ich habe mein Konto aufgelöst, und es wurde wieder abgebucht. Nennen Sie die Zahlung mit ihrer ID; sie steht in ihrem Beleg in Telegram. Ihre Worte gehen an den Betreiber dieses Dienstes. Telegrams eigener Support kann bei Käufen hier nicht helfen.
paysupport-sent = ✅ An den Betreiber dieses Dienstes weitergeleitet, zusammen mit einer Liste Ihrer Zahlungen.
paysupport-sent-stranger = ✅ An den Betreiber dieses Dienstes weitergeleitet.
paysupport-nobody = Ihre Frage wurde nicht weitergeleitet: Der Betreiber dieses Dienstes ist hier gerade nicht erreichbar. Bitte versuchen Sie es später noch einmal.
paysupport-too-many = ⏳ Sie haben innerhalb eines Tages fünfmal gefragt, und alles wurde weitergeleitet. Die nächste Frage kann ich in höchstens { $span } weiterleiten; senden Sie sie dann noch einmal.
paysupport-request =
    💬 Frage zu einer Zahlung, von { $name } (ID { $id }):

    { $words }
paysupport-request-stranger =
    💬 Frage zu einer Zahlung, von { $name } (ID { $id }), ohne Konto hier:

    { $words }
paysupport-payment = { $date }: { $stars } ⭐, zum Zurückgeben: /refund { $charge }
paysupport-refunded = { $date }: { $stars } ⭐, zurückgegeben ({ $charge })
refund-how = Schreiben Sie die ID der Zahlung hinter den Befehl: /refund <ID>. Sie steht in der Frage, die mit /paysupport kam, und im Beleg des Zahlers in Telegram.
refund-unknown = Hier gibt es keine Zahlung mit dieser ID.
refund-left = Nicht zurückgegeben: Wer das bezahlt hat, ist nicht mehr hier, und niemand weiß hier noch, wer es war.
refund-failed = ❌ Nicht zurückgegeben: Telegram lehnt es ab.
refund-done = ↩️ { $stars } Sterne wurden an { $owner } zurückgegeben. Für diese Zeit gilt der Tarif als unbezahlt, und er verlängert sich nicht.
refund-done-only = ↩️ { $stars } Sterne wurden an { $owner } zurückgegeben. Für diese Zeit gilt der Tarif als unbezahlt. Telegram hat es abgelehnt, die Verlängerung zu beenden: Vielleicht gibt es keine mehr. Wird bei { $owner } noch einmal abgebucht, geben Sie auch das zurück.

# Suspended owners, and limits

reason-suspended = Ihr Konto hier ist stillgelegt.
owner-suspended = ⏸ Ihr Konto wurde von der Person stillgelegt, die diesen Dienst betreibt: Nachrichten Ihrer Kunden werden nicht weitergeleitet, und Ihre Antworten werden nicht zugestellt. Nichts wird gelöscht. Diese Befehle funktionieren weiterhin: { $commands }
owner-suspended-short = Ihr Konto ist stillgelegt.
owner-resumed = ▶️ Ihr Konto funktioniert wieder: Nachrichten Ihrer Kunden werden weitergeleitet, und Ihre Antworten werden zugestellt. Eine Antwort, die nicht zugestellt wurde, geht mit dem Knopf „Erneut senden“ darunter hinaus.
owner-too-fast = ⏳ Das war mehr, als ich auf einmal beantworten kann. Was Sie zuletzt gesendet haben, wurde ausgelassen; senden Sie es in einer Minute noch einmal. Antworten an Kunden sind nicht betroffen.
customer-suspended = ⏸ Diese Nachricht wurde nicht weitergeleitet: Der Bot ist gerade außer Betrieb. Bitte versuchen Sie es später noch einmal.
too-many-checks = ⏳ Das waren zu viele Token in einer Stunde. Den nächsten kann ich in höchstens { $span } ansehen; fügen Sie ihn dann ein.
too-many-changes = ⏳ Sie haben innerhalb einer Stunde sehr viele Bots verbunden und getrennt. In höchstens { $span } geht es weiter; versuchen Sie es dann noch einmal.

# The installation, for its operator

command-admin = diese Installation: Inhaber, Stilllegen, Ankündigungen
admin-home =
    🛠 Diese Installation

    Inhaber: { $owners } (stillgelegt: { $suspended })
    Kundenbots: { $bots }

    { $messages }
admin-volumes =
    Nachrichten von Kunden: { $in_day } in 24 Stunden, { $in_month } in 30 Tagen, { $in_all } insgesamt
    Antworten: { $out_day } in 24 Stunden, { $out_month } in 30 Tagen, { $out_all } insgesamt
admin-how = /admin 4711 oder /admin @shop_bot zeigt einen Inhaber; mit suspend oder resume davor wird er stillgelegt oder freigegeben. /admin announce sagt allen Inhabern etwas.
admin-owners = 👥 Inhaber: { $owners }
admin-owner-line = { $name } · ID { $id } · Bots: { $bots }
admin-owner =
    👤 { $name }
    ID: { $id }
    Inhaber seit: { $since }
    Kundenbots: { $bots }
    Kunden: { $customers }

    { $messages }
admin-owner-works = ▶️ In Betrieb
admin-owner-rests = ⏸ Stillgelegt seit { $since }
admin-owner-unknown = Einen solchen Inhaber gibt es hier nicht.
admin-no-bots = keine
admin-not-yourself = Sie betreiben diese Installation: Sich selbst können Sie nicht stilllegen.
admin-suspend-question =
    { $name } (ID { $id }) stilllegen?

    Nachrichten von Kunden dieses Inhabers werden nicht mehr weitergeleitet, und jeder Kunde erfährt es. Antworten werden abgelehnt. Nichts wird gelöscht; Sie können jederzeit freigeben.
button-admin-owners = Inhaber
button-admin-announce = Ankündigen
button-admin-back = Zurück
button-admin-suspend = Stilllegen
button-admin-resume = Freigeben
button-admin-send = An { $owners } senden
announce-prompt = 📣 Senden Sie den Text, den alle Inhaber lesen sollen. Sie sehen ihn zuerst, und nichts geht hinaus, bevor Sie zustimmen. /cancel bricht ab.
announce-heading = 📣 Von der Person, die diesen Dienst betreibt:
announce-question = So werden die Inhaber es sehen. Senden? Inhaber: { $owners }
announce-unfit = Nur Text kann angekündigt werden. Senden Sie ihn als Text, oder /cancel.
announce-too-long = Dieser Text ist zu lang. Kürzen Sie ihn und senden Sie ihn noch einmal, oder /cancel.
announce-nobody = Hier gibt es noch keinen anderen Inhaber, also niemanden, dem etwas zu sagen wäre.
announce-progress = 📣 Wird gesendet: { $done } von { $owners }
announce-done = 📣 Angekündigt. Inhaber, die es bekommen haben: { $sent }. Nicht erreicht: { $failed }.
