# The master bot: getting in

claimed =
    ✅ Esta instalación ya es tuya.

    Envía /add para conectar tu primer bot para clientes. Tus clientes le escriben, sus mensajes aparecen aquí y tú contestas con «Responder».
welcome =
    👋 Aquí aparecen los mensajes de tus clientes. Responde a uno y la respuesta llegará a quien lo escribió.

    /add conecta un bot para clientes, /help muestra todos los comandos.
stranger = Lo siento, este bot solo atiende a quien lo administra.
send-start = Envía /start para empezar.

# The master bot: commands

help =
    Responde al mensaje de un cliente y tu respuesta llegará a quien lo escribió: texto, fotos, notas de voz, archivos, lo que sea.

    { $commands }
unknown-command =
    No conozco ese comando. Estos son los que hay:

    { $commands }
command-add = conectar un bot para clientes
command-bots = tus bots y su estado
command-stats = cuánto escriben los clientes y cuánto tardas en responder
command-status = si todo funciona y qué hacer si no
command-remove = desconectar un bot
command-qr = código QR con el enlace de un bot; /qr mesa7 añade una etiqueta
command-delete = retira tu respuesta (envíalo como respuesta a ella)
command-settings = saludo, confirmación, recordatorio y más
command-language = el idioma en que te hablo
command-privacy = qué se guarda aquí, dónde y cuánto tiempo
command-export = todo lo que se guarda sobre ti, en un archivo
command-leave = borrar todo lo tuyo y desconectar tus bots
command-subscribe = tu plan
command-help = qué puedo hacer
command-cancel = cancelar lo que está en curso
cancelled = Cancelado.
nothing-to-cancel = No hay nada que cancelar.
no-plans = Aquí no hay nada que pagar: esta instalación no tiene límites ni planes de pago.

# What is kept, and how it goes

privacy =
    🔒 Qué se guarda aquí

    Sobre ti: tu id de Telegram, tu idioma y tu hora, tus bots con sus tokens y ajustes (cifrados), tus notas (cifradas), tus bloqueos y qué mensaje tuyo corresponde a qué copia.
    Sobre tus clientes: su id de Telegram, idioma, etiquetas, cuándo escribieron por primera vez, quién espera respuesta y qué mensaje corresponde a qué copia. Nunca nombres, nunca lo escrito: textos, fotos y archivos pasan y no se guardan. Solo las partes de un álbum, o un cambio que sigue a otro en menos de un segundo, se guardan cifrados hasta que se transmiten; las partes de un álbum que no se pudo entregar, dos días; lo que un cliente nuevo escribe antes de pulsar su botón, un día como mucho.

    Cuánto tiempo: qué mensaje corresponde a qué copia, { $days } días. Todo lo demás hasta que lo borres: /remove desconecta un bot, /leave borra todo. Lo que pagaste queda mientras haya que conservar la contabilidad, sin tu nombre.
    Dónde: en la base de datos de quien administra este servicio, y en los chats de Telegram. Quién lo ve: tú ves lo que te concierne; quien administra este servicio tiene acceso a la base de datos.

    /export te lo envía todo. /leave lo borra todo.
privacy-stranger =
    🔒 Aquí no tienes nada. Para responderte una sola vez, este bot guarda tu id de Telegram { $days } días; nada de lo que escribes se guarda.
privacy-newcomer = 🔒 Aquí no tienes nada y no se guarda nada sobre ti. /start abre una cuenta; entonces /privacy dice qué se guarda.
customer-forgotten = 🕊 Un cliente pidió ser olvidado. Lo que se guardaba sobre esa persona está borrado, así que las respuestas a esos mensajes ya no llegan; los mensajes de este chat los puedes borrar tú. Un bloqueo sigue en vigor.
export-part = 📦 Tus datos, archivo { $part } de { $parts }. No contiene textos de mensajes ni tokens.
export-busy = Ahora mismo se preparan otras exportaciones. Envía /export de nuevo en un minuto.
leave-question =
    ¿Borrar todo lo tuyo? No se puede deshacer.

    Tus bots se desconectan y se quitan sus webhooks ({ $bots }). Se borran ajustes, notas, bloqueos, clientes y todas las referencias: las respuestas a mensajes antiguos ya no llegan. Con /export guardas antes una copia. Lo que escribiste como cliente a bots de otros no se toca: envía /forget allí.
leave-plan = Tu plan de pago, hasta { $date }, termina con ello, y no se cobra nada más. Si quieres que te devuelvan estrellas, pregunta antes: /paysupport
leave-yes = Borrar todo
leave-waits = ⏳ Algo tuyo sigue en camino y tiene que terminar antes. Pulsa otra vez dentro de un minuto.
left =
    ✅ Todo lo tuyo está borrado y tus bots están desconectados. Los mensajes de este chat los puedes borrar tú.

    Lo que escribiste como cliente a bots de otros no se toca: envía /forget allí.

# Attaching

add-prompt =
    1. Abre @BotFather, envía /newbot y contesta a sus dos preguntas (o usa un bot que ya tengas: /mybots → API Token).
    2. Copia su respuesta con el token, que tiene este aspecto: 1234567890:AAE…
    3. Pégala aquí. Borraré tu mensaje al instante y el token seguirá siendo secreto. Para cancelar, envía /cancel.
token-missing = En este mensaje no hay ningún token de bot. Tiene este aspecto: 1234567890:AAE… Cópialo del chat con @BotFather y pégalo aquí, o envía /cancel.
tokens-several = En este mensaje hay varios tokens. Envíalos de uno en uno, o envía /cancel.
token-rejected = Telegram no acepta este token. Consigue el actual en @BotFather (/mybots → API Token) y pégalo aquí, o envía /cancel.
token-is-master = Este es el token del bot con el que estás hablando. Para tus clientes necesitas otro: créalo con /newbot en @BotFather y pega aquí su token, o envía /cancel.
bot-taken = Otra persona ya usa este bot aquí. Si es tuyo, revoca su token en @BotFather y contacta con quien administra este servicio. Envía otro token, o /cancel.
telegram-unreachable = Telegram no responde en este momento. Vuelve a pegar el token dentro de un minuto, o envía /cancel.
takeover-question =
    @{ $bot } ya envía sus mensajes a { $host }.

    Si me hago cargo de él, ese programa no recibirá nada más. ¿Me hago cargo?
takeover-yes = Sí, hazte cargo
attached =
    ✅ @{ $bot } está conectado y funciona.

    Comparte este enlace con tus clientes: https://t.me/{ $bot }
    Lo que escriban aparecerá aquí; contesta con «Responder».
token-replaced =
    ✅ El nuevo token de @{ $bot } ya está en uso. Todas las conversaciones continúan.

    https://t.me/{ $bot }
webhook-pending = @{ $bot } está conectado, pero Telegram todavía no acepta la dirección para sus mensajes ({ $reason }). Lo sigo intentando; con /bots puedes ver su estado.
delete-token-yourself = ⚠️ No pude borrar tu mensaje con el token. Bórralo tú, por favor.

# Removing and listing

no-bots = Aún no tienes bots para clientes. Con /add conectas uno.
remove-which = ¿Qué bot quieres desconectar?
remove-question = ¿Desconectar @{ $bot }? Tus clientes ya no podrán escribirte a través de él. Las conversaciones se guardan: si lo vuelves a conectar, continúan.
remove-yes = Desconectar
removed = @{ $bot } está desconectado y se borró su token.
missed-while-blocked = 🔕 Mientras me tenías bloqueado, mensajes de clientes no pudieron llegarte: { $count }. Los clientes fueron avisados.
lost-by-detaching = ⚠️ Cuando desconectaste @{ $bot }, aún no se habían transmitido mensajes o cambios de { $name } (cantidad: { $count }). Se han perdido.
button-cancel = Cancelar
button-stale = Esta pregunta ya está cerrada.
bots-title = Tus bots para clientes:
bots-hint = /status dice más de cada uno, /stats cuenta.
bot-active = 🟢 @{ $bot } ({ $name }): funciona
bot-revoked = 🔴 @{ $bot } ({ $name }): Telegram ya no acepta su token. Consigue el actual en @BotFather y envíalo con /add.
bot-contested = 🟠 @{ $bot } ({ $name }): otro programa recibe sus mensajes. Detén ese programa, o revoca el token en @BotFather y envía el nuevo con /add.
qr-which = ¿De qué bot quieres el código QR?
qr-caption = { $link }
qr-print = Para imprimir: este archivo se ve nítido en cualquier tamaño.
qr-which-label = ¿De qué bot quieres el código QR con la etiqueta #{ $label }?
label-unusable = Esto no puede ser una etiqueta. Una etiqueta tiene de 1 a 64 caracteres: letras de la a a la z sin acentos ni ñ, cifras, _ y -. Por ejemplo: /qr mesa7

# Alarms

alarm-revoked = 🔴 Telegram ya no acepta el token de @{ $bot }, así que tus clientes no pueden escribirte a través de él. Consigue el token actual en @BotFather (/mybots → API Token) y envíalo aquí con /add: todas las conversaciones continuarán.
alarm-works = 🟢 @{ $bot } vuelve a funcionar: Telegram acepta su token. Los mensajes se transmiten como antes. Las respuestas que no se entregaron salen con el botón «Enviar de nuevo» que tienen debajo.
alarm-contested = 🟠 Otro programa recibe los mensajes de @{ $bot }, así que no te llegan. Detén ese programa, o revoca el token en @BotFather y envía aquí el nuevo con /add.
webhook-stays = ⚠️ @{ $bot } está desconectado, pero Telegram se negó a dejar de entregar sus mensajes a este servicio. Aquí se rechazan y nadie los lee. Revoca su token en @BotFather (/mybots → API Token → Revoke) para terminarlo del todo.
alarm-cut-off = 🔴 Telegram no puede entregar mensajes en { $host }: «{ $reason }». Hasta que se solucione, no llega nada de lo que tú o tus clientes escriban. No se pierde nada: espera en Telegram hasta 24 horas. Comprueba si se puede llegar a la dirección desde internet, si el servidor web que hay delante de este programa está en marcha y si su certificado es válido.
alarm-reached = 🟢 Telegram vuelve a entregar los mensajes. Lo que esperaba llega ahora.
alarm-database-silent = 🔴 La base de datos no responde, así que ahora mismo no se transmite nada. No se pierde nada: los mensajes esperan en Telegram hasta 24 horas. Comprueba si la base de datos está en marcha y accesible, y vuelve a iniciarla.
alarm-database-full = 🔴 La base de datos ya no acepta nada, así que ahora mismo no se transmite nada: su disco está lleno o solo se puede leer. No se pierde nada: los mensajes esperan en Telegram hasta 24 horas. Libera espacio en el disco o devuélvele a la base de datos el permiso de escritura.
alarm-database-works = 🟢 La base de datos vuelve a funcionar. Lo que esperaba llega ahora.
left-group = Alguien añadió @{ $bot } a «{ $title }» y el bot salió enseguida: los bots para clientes solo hablan en privado.

# Customers the owner asks about

command-inbox = quién espera respuesta
command-info = quién es un cliente (como respuesta)
command-note = nota sobre un cliente (como respuesta)
command-ban = bloquear a un cliente (como respuesta)
command-banned = clientes bloqueados
ban-how = Para bloquear a un cliente, responde a uno de sus mensajes con /ban.
info-how = Para ver quién es un cliente, responde a uno de sus mensajes con /info.
note-how = Para guardar una nota sobre un cliente, responde a uno de sus mensajes con /note y tu texto.

# Bans

ban-everywhere = 🚫 { $name } no puede escribir a ninguno de tus bots.
ban-only = 🚫 { $name } no puede escribir a { $bots }.
ban-already = 🚫 { $name } ya estaba en la lista de bloqueados de todos tus bots.
unbanned = ✅ { $name } puede volver a escribirte.
copies-deleted = Mensajes borrados aquí: { $count }
copies-kept = Sin borrar: { $count }. Telegram solo deja a los bots borrar lo que tiene menos de 48 horas; el resto puedes borrarlo tú.
button-ban = Bloquear
button-unban = Desbloquear
button-unban-name = Desbloquear a { $name }
button-delete-copies = Borrar también sus mensajes aquí
button-ban-only = Solo en @{ $bot }
button-ban-everywhere = En todos mis bots
banned-title = Clientes bloqueados:
banned-everywhere = 🚫 { $name }: en todos tus bots, desde el { $since }
banned-only = 🚫 { $name }: en { $bot }, desde el { $since }
nobody-banned = No hay nadie bloqueado. Para bloquear a un cliente, responde a uno de sus mensajes con /ban.
button-accept = Aceptar
contact-accepted = ✅ { $name } está aceptado.

# The customer's card

card-language = Idioma: { $language }
card-premium = Premium: sí
card-no-premium = Premium: no
card-labels = Etiquetas: { $labels }
card-first-seen = Visto por primera vez: { $date }
card-messages = Mensajes: { $wrote } recibidos, { $answered } enviados
card-answer-time = Tiempo de respuesta mediano: { $span }
card-unanswered = Tiempo de respuesta mediano: sin respuestas aún
card-banned = 🚫 Sin acceso a ninguno de tus bots
card-banned-only = 🚫 Sin acceso a { $bots }
card-not-banned = Bloqueos: ninguno
card-blocked = ⛔ Bloqueó el bot el { $date }
card-note = 📝 { $note }
button-note = Nota
note-prompt = 📝 Envía la nota sobre { $name }, hasta 1.000 caracteres. Solo tú la ves. «-» quita la nota, /cancel cancela.
note-kept = 📝 La nota sobre { $name } está guardada. /info la muestra.
note-removed = La nota sobre { $name } se ha quitado.
note-none = No hay ninguna nota sobre { $name }.
note-missing = Una nota es solo texto. Envía el texto, o /cancel.
note-too-long = Esta nota es demasiado larga: 1.000 caracteres como máximo. Envía una más corta, o /cancel.

# Who waits for an answer

inbox-title = Esperan tu respuesta:
inbox-empty = 🎉 Nadie espera respuesta.
pointer = 👆 { $name } → @{ $bot }, espera desde hace { $span }
reminder = ⏰ { $name } → @{ $bot } espera respuesta desde hace { $span }.
button-answered = Marcar como respondido
marked-answered = ✅ { $name } → @{ $bot }: marcado como respondido
span-moment = menos de 1 min
span-minutes = { $count } min
span-hours = { $count } h
span-days = { $count } d

# Answering customers

how-to-reply = Para contestar a un cliente, desliza su mensaje hacia la izquierda o elige «Responder». Este mensaje no se envió a nadie.
reply-to-unknown = No sé a qué cliente va dirigido, así que no se envió a nadie. Responde al mensaje de un cliente que lleve su nombre en el encabezado.
not-delivered = ❌ No se pudo entregar: { $reason }
maybe-not-delivered = ⚠️ Quizá no se entregó: Telegram no lo confirmó. Con «Enviar de nuevo» podría llegar dos veces.
not-delivered-yet = ⏳ Todavía sin entregar: { $reason }
words-delivered-file-not = ✉️ Tu texto llegó, pero el archivo no: { $reason }
words-delivered-file-not-yet = ✉️ Tu texto llegó, el archivo todavía no: { $reason }
words-delivered-file-maybe = ⚠️ Tu texto llegó. El archivo quizá no: Telegram no lo confirmó. Con «Enviar de nuevo» podría llegar dos veces.
send-again = Enviar de nuevo
sending-again = Intentándolo de nuevo…
original-gone = Telegram ya no me da el mensaje original. Escríbelo otra vez como respuesta al cliente, por favor.
delivered-now = ✅ Entregado.
change-not-delivered = ✏️ Tu cambio no llegó al cliente: { $reason }
undo = ↩️ Deshacer
deleted-at-customer = 🗑 Borrado: el cliente ya no lo ve.
delete-too-late = Es demasiado tarde: Telegram solo deja que los bots borren durante 48 horas.
delete-failed = ❌ No se ha borrado: { $reason }
delete-how = Para retirar una respuesta tuya, responde a ella con /delete. Desaparece en el lado del cliente.

# Reasons

reason-blocked = el cliente bloqueó el bot.
reason-deactivated = la cuenta del cliente ya no existe.
reason-not-started = el cliente no inició este bot o borró el chat con él.
reason-too-big = el archivo es demasiado grande. Telegram solo deja a los bots descargar hasta 20 MB.
reason-file-unavailable = Telegram no entregó el archivo.
reason-bot-removed = el bot por el que llegó el mensaje está desconectado. Vuelve a conectarlo con /add.
reason-token-revoked = Telegram ya no acepta el token del bot. Envía el actual con /add.
reason-too-fast = Telegram pide esperar un poco.
reason-unreachable = no hay conexión con Telegram.
reason-refused = Telegram rechaza este mensaje.
reason-kind = los bots no pueden enviar este tipo de mensaje ({ $kind }).
reason-gone = el cliente la ha borrado.
reason-fixed = Telegram no permite cambiar este mensaje.

# Copies

no-name = cliente { $id }
repeat = ↻ posible repetición
edited = ✏️ editado
not-passed-on = ⏳ mensajes no transmitidos por ser demasiados a la vez: { $count }
unshowable = { $name } envió algo que no se puede mostrar aquí ({ $kind }).
file-missing = 📎 { $file } ({ $size }) no se puede mostrar: { $reason } Pide al cliente un enlace o que lo envíe en partes más pequeñas.
content-refused = Telegram no permite mostrar esto aquí ({ $kind }).
quiz = Cuestionario
story = Historia: { $title }

# Settings

settings-which = ¿Los ajustes de qué bot?
settings-title = ⚙️ Ajustes de @{ $bot }
settings-saved = ✅ Guardado.
settings-unchanged = No se ha cambiado nada.
settings-back = ← Volver
settings-close = Cerrar
settings-save = Guardar
settings-remove = Quitar
settings-everybody = Todos los idiomas
setting-greeting = Saludo
setting-acknowledgement = Confirmación
setting-acknowledgement-text = Texto de la confirmación
setting-reminder = Recordatorio
setting-banned = Clientes bloqueados
setting-protect = Proteger contenido
setting-usernames = Nombres de usuario
value-standard = el texto estándar
value-own = tu propio texto ({ $languages })
value-nothing = no ven nada
acknowledgement-once = una vez por conversación
acknowledgement-always = después de cada mensaje
acknowledgement-reaction = una reacción
acknowledgement-never = nunca
reminder-off = desactivado
reminder-after = tras { $hours } h
protect-off = no, los clientes pueden reenviar y guardar
protect-on = sí, sin reenviar ni guardar
usernames-shown = visibles
usernames-hidden = ocultos
about-greeting = Lo primero que lee un cliente, al enviar /start. Puede llevar una foto, un vídeo u otro archivo. Elige quién leerá el nuevo saludo; ✓ marca lo que has escrito tú.
about-acknowledgement = Cómo sabe un cliente que su mensaje te ha llegado.
about-acknowledgement-text = Lo que lee un cliente cuando su mensaje te ha llegado. Elige quién leerá el nuevo texto; ✓ marca lo que has escrito tú.
about-reminder = Cuando un cliente lleva este tiempo esperando respuesta, te lo recuerdo, una sola vez.
about-banned = Lo que lee un cliente bloqueado cuando escribe, como mucho una vez por hora. Sin texto no ve nada. Elige quién lo leerá; ✓ marca lo que has escrito tú.
about-protect = Si los clientes pueden reenviar y guardar lo que este bot les envía.
about-usernames = Si el @usuario de un cliente aparece encima de sus mensajes.
preview-once = Los clientes sabrán una vez, tras su primer mensaje, que se ha transmitido.
preview-always = Los clientes sabrán después de cada mensaje que se ha transmitido.
preview-reaction = Los clientes verán 👍 en cada mensaje transmitido, sin texto.
preview-never = Los clientes no sabrán que un mensaje se ha transmitido. Si algo no se pudo transmitir, se les seguirá avisando.
preview-reminder-off = No se te recordarán los clientes que esperan.
preview-reminder = Se te recordará el cliente que lleve { $hours } h esperando respuesta.
preview-protected = Los clientes no podrán reenviar ni guardar lo que envíes.
preview-unprotected = Los clientes podrán reenviar y guardar lo que envíes.
preview-usernames-shown = Verás: 🆕 Anna @anna → @{ $bot }
preview-usernames-hidden = Verás: 🆕 Anna → @{ $bot }
preview-remove = Se quitará tu texto: { $what } ({ $language }).
prompt-greeting = Envía el nuevo saludo ({ $language }): texto, o una foto, vídeo, nota de voz o archivo con descripción. Un solo mensaje; de un álbum tomo la primera parte. /cancel lo detiene.
prompt-text = Envía el nuevo texto: { $what } ({ $language }). La negrita, los enlaces y demás formato se conservan. /cancel lo detiene.
question-text = ⬆️ Así lo verán los clientes: { $what } ({ $language }). ¿Guardar?
unfit-greeting = Este tipo de mensaje no puede ser un saludo. Envía texto, o una foto, vídeo, nota de voz o archivo con descripción, o /cancel.
unfit-text = Aquí solo puede haber texto. Envía un texto, o /cancel.
unfit-token = Este mensaje contiene un token de bot, y los clientes nunca deben verlo. Envía otro texto, o /cancel.
unfit-refused = Telegram se niega a mostrarlo, así que los clientes tampoco podrían verlo. Envía otra cosa, o /cancel.
unfit-file = El archivo es demasiado grande para un saludo: los bots pueden obtener 20 MB como máximo. Envía uno más pequeño, o /cancel.
save-first = Pulsa antes «Guardar» o «Cancelar» bajo la última pregunta, o envía /cancel.
setting-newcomers = Clientes nuevos
setting-careful = Cuidado con clientes nuevos
setting-ask-first = Preguntarme por clientes nuevos
setting-check = Botón para clientes nuevos
careful-off = no
careful-on = sí, sin enlaces, archivos ni reenvíos
ask-first-off = no
ask-first-on = sí, Aceptar o Bloquear
check-off = no
check-on = sí, pulsar antes del primer mensaje
about-newcomers = Un cliente es nuevo mientras no le hayas respondido ni aceptado con ninguno de tus bots. Puede haber tres reglas para clientes nuevos, cada una por separado. Tu primera respuesta las termina para un cliente, y «Aceptar» también.
about-careful = Si los clientes nuevos solo pueden enviar palabras, hasta 5 mensajes por minuto.
about-ask-first = Si el primer mensaje de un cliente nuevo llega con los botones «Aceptar» y «Bloquear».
about-check = Si un cliente nuevo tiene que pulsar un botón antes de que su primer mensaje te llegue. Los programas que envían publicidad rara vez lo hacen.
preview-careful-on = Hasta tu primera respuesta, los clientes nuevos no podrán enviar enlaces, archivos ni mensajes reenviados, ni más de 5 mensajes por minuto. Se les dice.
preview-careful-off = Los clientes nuevos podrán enviar de todo desde el primer mensaje.
preview-ask-first-on = El primer mensaje de un cliente nuevo llegará con «Aceptar» y «Bloquear». Hasta que lo aceptes o le respondas, te llegan 5 mensajes suyos; cuando se acaban, se le dice. «Bloquear» vale para todos tus bots.
preview-ask-first-off = El primer mensaje de un cliente nuevo llegará como cualquier otro.
preview-check-on = A los clientes nuevos se les pedirá que pulsen un botón. Lo que escriban te llega cuando lo hayan pulsado; si no lo hacen en un día, se les dice que no llegó.
preview-check-off = Los clientes nuevos no tendrán que pulsar ningún botón.

# Languages

language-question = ¿En qué idioma quieres que te hable?
language-app = Como en mi app
language-chosen = ✅ A partir de ahora te hablo en español.

# Numbers

stats-title = 📊 { $bot }, { $days } ({ $clock })
stats-all = Todos los bots
stats-empty = Nadie escribió y no se respondió nada.
stats-messages = Mensajes: { $wrote } recibidos, { $replied } enviados
stats-customers = Clientes: { $count } ({ $new } nuevos, { $returning } que vuelven)
stats-answered = Respondido: { $percent } % ({ $answered } de { $questions })
stats-times = Tiempo de respuesta: mediana { $median }, nueve de cada diez en { $ninety }
stats-unanswered = Tiempo de respuesta: aún sin respuestas
stats-busiest = Más actividad: { $hours } h; { $days }
stats-labels = Etiquetas, por clientes:
stats-label = #{ $label }: { $customers }, respondido { $percent }
stats-kept = Los mensajes de más de { $days } días no cuentan: ya no se guardan.
stats-how = No lo entiendo. Por ejemplo: /stats @tu_bot 30. Periodos: today, 7, 30, 12m. Tu reloj: /stats utc+2
stats-today = Hoy
stats-week = 7 días
stats-month = 30 días
stats-year = 12 meses
weekdays = lun mar mié jue vie sáb dom
figure-wrote = Recibidos
figure-replied = Respuestas
figure-customers = Clientes
figure-answered = Respondido
figure-median = Mediana
figure-hours = Recibidos por hora
figure-weekdays = Por día

# How everything fares

status-title = feedback-relay { $version }, en marcha desde hace { $span }
status-again = Mirar otra vez
status-service-works = 🟢 El servicio funciona
status-database-works = 🟢 Base de datos: { $engine }, { $size }
status-database-fails = 🔴 La base de datos falla desde hace { $span }.
status-webhook = 🟢 Telegram entrega a { $host } (webhook)
status-polling = 🟢 Las novedades se piden a Telegram (long polling)
status-cut-off-briefly = 🔴 Telegram no alcanza el servicio en este momento. No se pierde nada: los mensajes esperan en Telegram hasta 24 horas. Quien administra el servicio recibe un aviso.
status-installation = Memoria: { $memory }. Propietarios: { $owners }. Bots en total: { $bots }
status-master = Este bot: en espera en Telegram: { $count }
status-master-revoked = 🔴 Telegram no acepta el token de este bot. Pide el actual a @BotFather, ponlo en MASTER_BOT_TOKEN y reinicia.
status-master-contested = 🟠 Otro programa recibe los mensajes de este bot. Deténlo, o revoca el token en @BotFather, pon el nuevo en MASTER_BOT_TOKEN y reinicia.
status-master-not-asked = Este bot: en espera en Telegram: no se preguntó. Telegram pide esperar; mira más tarde.
status-silent-telegram = ⚠️ Telegram no respondió sobre este bot. Mira otra vez en un minuto; si sigue así, mira si esta máquina llega a Telegram (red, servidor de nombres, cortafuegos).
status-bots = Tus bots: { $count }, con problemas: { $troubled }
status-page = Página { $page } de { $pages }
status-bot-troubled = 🟠 @{ $bot } ({ $name }): necesita atención
status-last = Última novedad: hace { $span }
status-never = Última novedad: ninguna aún
status-pending = En espera en Telegram: { $count }
status-not-asked = En espera en Telegram: no se preguntó. Telegram solo permite preguntar por unos pocos bots al minuto; mira más tarde.
status-silent = En espera en Telegram: sin respuesta. Mira otra vez en un minuto.
status-error = ⚠️ Hace { $span } Telegram no pudo entregar: «{ $reason }».
status-error-over = La última vez que Telegram no pudo entregar fue hace { $span }: «{ $reason }». Ya pasó.
status-missed = ⚠️ Hace { $span } no se pudieron pedir las novedades: { $reason }.
status-missed-over = La última vez que no se pudieron pedir las novedades fue hace { $span }: { $reason }. Ya pasó.
missed-token = Telegram no acepta el token
missed-webhook = hay un webhook puesto, y Telegram las envía allí
missed-contested = las pidió otro programa
missed-too-fast = Telegram pidió esperar
missed-unreachable = no se pudo conectar con Telegram
missed-fault = Telegram tuvo un fallo propio ({ $code })
missed-unreadable = no se entendió la respuesta de Telegram
missed-refused = Telegram se negó: «{ $reason }»
fix-busy = Se le pidió esperar y vuelve por sí solo.
fix-operator = Avisa a quien administra este servicio.
fix-certificate = Mira si el certificado del servidor web es válido y completo; uno autofirmado va en WEBHOOK_CERTIFICATE_FILE.
fix-unreachable = Mira si el nombre en PUBLIC_URL lleva a esta máquina (DNS, un registro A), si se llega a su puerto desde internet y si funciona el servidor web que está delante de este programa.
fix-wrong-answer = En PUBLIC_URL responde otra cosa: mira si el servidor web pasa /telegram/ a este programa.
fix-look = Mira qué dice la orden feedback-relay check y el registro del servidor web que está delante de este programa.
fix-pending = Hay más en espera de lo normal; debería bajar. Si no baja, avisa a quien administra este servicio.
fix-pending-here = Hay más en espera de lo normal; debería bajar. Si no baja, mira el registro y si la base de datos o esta máquina están muy ocupadas.
fix-token = Pide el token actual a @BotFather.
fix-contested = Si continúa, un programa usa el token en otro lugar: detenlo, o revoca el token en @BotFather y usa aquí el nuevo.
fix-webhook = Se quita por sí solo. Si vuelve, un programa usa el token en otro lugar: detenlo, o revoca el token en @BotFather y usa aquí el nuevo.
fix-again = Se vuelve a intentar por sí solo; hasta entonces los mensajes esperan en Telegram hasta 24 horas.
fix-connection = Se vuelve a intentar por sí solo. Si sigue así, mira si esta máquina llega a Telegram: su red, su servidor de nombres, un cortafuegos o un proxy, y TELEGRAM_API_URL si está puesta.
fix-check = Mira qué dicen la orden feedback-relay check y el registro.

# Customers

greeting = 👋 ¡Hola! Escribe aquí tu mensaje: texto, foto, nota de voz, archivo, cualquier formato sirve. La respuesta llegará a este chat.
customer-help = Escribe aquí y haremos llegar tu mensaje. La respuesta llegará a este chat. /delete retira tu último mensaje, /language cambia el idioma, /privacy dice qué se guarda sobre ti, /forget lo borra.
customer-privacy =
    🔒 Qué se guarda sobre ti

    Lo que escribes se transmite al propietario de este bot y no se guarda: ni textos, ni fotos, ni archivos. Tampoco se guarda tu nombre. Solo las partes de un álbum, o un cambio que sigue a otro en menos de un segundo, se guardan cifrados hasta que se transmiten; lo que escribes antes de pulsar un botón que se te pidió pulsar, un día como mucho.
    Se guardan tu id de Telegram, el idioma de tu app, el enlace por el que llegaste, cuándo escribiste por primera vez, si esperas respuesta, si estás bloqueado, tienes Premium o bloqueaste el bot, lo que el propietario anotó sobre ti (cifrado) y qué mensaje corresponde a qué copia. Esto último { $days } días, lo demás hasta que pidas borrarlo.
    Dónde: en la base de datos de quien administra este servicio. Quién lo ve: el propietario de este bot y quien administra este servicio. El propietario tiene además tus mensajes en su chat de Telegram.

    /forget borra todo lo que se guarda sobre ti.
forget-question =
    ¿Se borra todo lo que se guarda sobre ti?

    Vale para todos los bots de este servicio. Los propietarios a quienes escribiste conservan los mensajes en sus propios chats de Telegram, pero ya no pueden responderlos. Si vuelves a escribir, se empieza de nuevo; un bloqueo sigue en vigor.
forget-yes = Olvidarme
forgotten = ✅ Olvidado: todo lo que se guardaba sobre ti está borrado. Los mensajes de este chat los puedes borrar tú.
forgotten-not-owner = Tú mismo tienes bots aquí. Ese lado no se toca: envía /leave al bot en el que respondes.
customer-kind = ❌ Este tipo de mensaje no se puede transmitir, así que no se entregó. Por favor, envíalo de otra forma.
customer-file = ❌ No se pudo transmitir el archivo: los bots solo reciben archivos de hasta 20 MB. Lo demás sí se entregó. Por favor, envía un archivo más pequeño o un enlace.
customer-file-lost = ❌ Telegram no entregó el archivo, así que no se pudo transmitir. Lo demás sí se entregó. Por favor, envía el archivo otra vez.
customer-not-delivered = ❌ Lo sentimos, este mensaje no se pudo entregar. Por favor, inténtalo más tarde.
customer-bot-gone = ❌ Lo que escribiste aquí no se ha transmitido: este bot ya no está en uso.
internal-error = ⚠️ Lo sentimos, algo falló por nuestra parte y puede que esto no haya llegado. Si es importante, avísanos con este número: { $number }
customer-maybe-not-delivered = ⚠️ Lo sentimos, quizá este mensaje no se entregó: Telegram no lo confirmó.
customer-delayed = ⏳ Tu mensaje se retrasa. Se transmitirá en cuanto sea posible; no hace falta que lo envíes otra vez.
customer-change-not-delivered = ✏️ Lo sentimos, tu cambio en este mensaje no se pudo transmitir. Envíalo como un mensaje nuevo, por favor.
customer-too-fast = ⏳ Escribes más rápido de lo que se pueden transmitir los mensajes. Este mensaje no se transmitió, y tampoco otros que le sigan demasiado rápido. Espera un poco y envíalos otra vez, mejor en un solo mensaje.
customer-taken-back = 🗑 Tu mensaje se ha retirado.
customer-delete-too-late = Es demasiado tarde: los mensajes solo se pueden retirar durante 48 horas.
customer-nothing-to-delete = No hay ningún mensaje tuyo que retirar. Responde a tu propio mensaje con /delete.
customer-delete-failed = ❌ Lo sentimos, tu mensaje no se ha podido retirar. Inténtalo de nuevo más tarde.
acknowledgement = ✅ Tu mensaje se ha transmitido. La respuesta llegará a este chat.
newcomer-link = 🔒 Esto no se ha transmitido: contiene un enlace o un @nombre. Aquí podrás enviar enlaces después de una primera respuesta. Hasta entonces, dilo con tus palabras.
newcomer-file = 🔒 Esto no se ha transmitido: aquí podrás enviar fotos, archivos, stickers y notas de voz después de una primera respuesta. Hasta entonces, escríbelo con palabras.
newcomer-forward = 🔒 Esto no se ha transmitido: aquí podrás reenviar mensajes de otros chats después de una primera respuesta. Hasta entonces, dilo con tus palabras.
newcomer-wait = ⏳ Tus mensajes se han transmitido, pero este no: podrás enviar más después de una primera respuesta. Llegará a este chat; espérala, por favor.
newcomer-full = ⏳ Esto no se ha transmitido: ya hay demasiado esperando. Pulsa el botón de arriba y envíalo otra vez.
newcomer-too-fast = ⏳ Esto no se ha transmitido: antes de una primera respuesta, aquí se pueden enviar hasta 5 mensajes por minuto. Espera un minuto y envíalo otra vez, mejor en un solo mensaje.
newcomer-change = 🔒 Tu cambio no se ha transmitido: aquí podrás enviar enlaces, archivos y @nombres después de una primera respuesta. Hasta entonces, dilo con tus palabras en un mensaje nuevo.
newcomer-check = 👋 Pulsa el botón para mostrar que eres una persona. Después se transmitirá lo que has escrito.
newcomer-check-button = Soy una persona
newcomer-passed = ✅ ¡Gracias! Se transmite lo que has escrito. La respuesta llegará a este chat.
newcomer-gone = ✅ ¡Gracias! Pero tu mensaje ya no está. Escríbelo otra vez, por favor.
newcomer-expired = ⌛ Lo que escribiste aquí no se ha transmitido, porque el botón no se pulsó en un día. Escríbelo otra vez, por favor.
newcomer-accepted = ✅ Ahora puedes enviar aquí de todo, también enlaces, archivos y mensajes reenviados. Envía otra vez lo que no se transmitió.

# Plans

command-plan = tu plan: fechas y lo que queda este mes
command-subscribe-pro = consigue Pro: sin límites
command-unsubscribe = detener la renovación de Pro
command-paysupport = una pregunta sobre un pago
command-refund = devolver un pago
command-terms = las condiciones del plan de pago
subscribe-offer =
    ⭐ Pro por { $price } estrellas de Telegram al mes: todos los bots y respuestas que quieras.

    Sin Pro, lo que escriben los clientes llega siempre; bots que responden: { $bots }, respuestas al mes: { $replies }.
    Se renueva cada 30 días hasta que envíes /unsubscribe. Al pagar aceptas /terms. El botón sirve durante un día.
button-subscribe = Suscribirme por { $price } ⭐
subscribe-active = Tienes Pro. Está pagado hasta { $date } y entonces se renueva. /unsubscribe lo detiene, /plan muestra más.
subscribe-stopped = Tienes Pro hasta { $date } y no se renueva. Con el botón sigue; antes de esa fecha no se cobra nada.
button-renew = Renovar de nuevo
invoice-title = Pro
invoice-description = Todos los bots y respuestas que quieras, durante 30 días. Se renueva solo; /unsubscribe lo detiene.
plan-refused = Telegram se niega a hacerlo. También puedes cambiar una suscripción en Telegram: Ajustes → Mis estrellas. Si no sirve: /paysupport
plan-later = Telegram no puede hacerlo en este momento. Inténtalo de nuevo en unos minutos.
unsubscribe-none = No tienes ninguna suscripción, así que no hay nada que detener. /plan muestra tu plan.
unsubscribe-already = La renovación ya está detenida. Pro es tuyo hasta { $date }.
unsubscribe-done = ✅ Pro ya no se renueva y no se cobra nada más. Es tuyo hasta { $date }.
unsubscribe-unpaid = ✅ Ya no se renueva nada y no se cobra nada más.
renew-done = ✅ Pro sigue: está pagado hasta { $date } y entonces se renueva. /unsubscribe lo detiene.
paid-first = ✅ ¡Gracias! Tienes Pro hasta { $date }. Entonces se renueva; /unsubscribe lo detiene, /plan muestra cómo está.
paid-renewal = ✅ Pro se renovó. Está pagado hasta { $date }.
paid-though-stopped = ⚠️ Telegram cobró las estrellas de otro mes de una suscripción que estaba detenida. Pro está pagado hasta { $date }, y esa suscripción está detenida de nuevo. Si quieres recuperar las estrellas: /paysupport
paid-not-stopped = ⚠️ Telegram cobró las estrellas de otro mes de una suscripción que estaba detenida, y ahora se niega a detenerla. Pro está pagado hasta { $date }. Detenla en Telegram: Ajustes → Mis estrellas. Si quieres recuperar las estrellas: /paysupport
paid-once = ✅ ¡Gracias! Tienes Pro hasta { $date }.
subscriptions-several = ⚠️ Ahora tienes más de una suscripción, y Telegram cobra por cada una. /unsubscribe las detiene todas; con el botón de su respuesta una sigue. Si quieres recuperar estrellas: /paysupport
paid-gone = ↩️ Se te devolvieron { $stars } estrellas: ya no tienes cuenta aquí. Si Telegram te vuelve a cobrar, detenlo en Telegram: Ajustes → Mis estrellas.
paid-gone-kept = Ya no tienes cuenta aquí, así que las { $stars } estrellas que pagaste no compraron nada, y Telegram se niega a devolverlas. Pregunta a quien lleva este servicio e indica el pago: { $charge }
refunded = ↩️ Se te devolvieron { $stars } estrellas y Pro ha terminado. No se borró nada, y lo que escriben los clientes sigue llegando. /plan muestra lo que queda.
refunded-stays = ↩️ Se te devolvieron { $stars } estrellas. Pro sigue siendo tuyo hasta { $date }.
renewal-stopped = Pro ya no se renueva. Es tuyo hasta { $date }; con /subscribe sigue.
renewal-failed = ⚠️ Telegram no pudo cobrar las estrellas del próximo mes. Pro es tuyo hasta { $date }. Consigue estrellas en Telegram (Ajustes → Mis estrellas) y luego envía /subscribe.
renewal-one-less = Una de tus suscripciones ya no se renueva: se detuvo, o Telegram no pudo cobrar las estrellas. Otra sigue: está pagada hasta { $date } y entonces se renueva. /unsubscribe la detiene.
plan-over =
    ⏳ Pro terminó el { $date }. No se borró nada, y lo que escriben los clientes sigue llegando.

    Sin Pro: bots que responden: { $bots }, respuestas al mes: { $replies }. /subscribe lo recupera, /plan muestra lo que queda.
plan-rest = 💤 Estos bots te traen mensajes, pero ahora no pueden responder: { $bots }. Elige cuáles responden: /plan
plan-free = Tu plan: gratuito
plan-pro = ⭐ Tu plan: Pro
plan-renews = Pagado hasta { $date }; entonces se renueva por { $stars } ⭐. /unsubscribe lo detiene.
plan-ends = Pagado hasta { $date }; no se renueva.
plan-failed = Pagado hasta { $date }. ⚠️ Telegram no pudo cobrar las estrellas del próximo mes: consigue algunas y luego /subscribe.
plan-ended = Pro terminó el { $date }.
plan-bots = Bots: { $count } de { $most }
plan-bots-pro = Bots: { $count }, sin límite
plan-replies = Respuestas este mes: { $used } de { $most }, quedan: { $left }. Se cuentan de nuevo desde el { $date } (UTC).
plan-replies-pro = Respuestas: sin límite
plan-choose = Todos tus bots te traen mensajes. Bots que pueden responder: { $most }. Pulsa el que debe responder:
plan-offer = /subscribe: sin límites, por { $price } ⭐ al mes. Lo que escriben los clientes llega siempre.
plan-full = En tu plan no cabe otro bot. Bots gratuitos: { $count }. /subscribe quita el límite, /remove desconecta un bot, /plan muestra cómo está.
few-left = ⏳ Respuestas gratuitas que quedan este mes: { $left } de { $most }. Se cuentan de nuevo desde el { $date } (UTC); /subscribe quita el límite.
reason-plan = tu plan no lo cubre. /plan muestra por qué.
reason-replies-used = tus respuestas gratuitas de este mes se han agotado ({ $count }); quedan: 0. Se cuentan de nuevo desde el { $date } (UTC). Lo que escriben los clientes sigue llegando. /subscribe quita el límite; después pulsa «Enviar de nuevo».
reason-bot-rests = @{ $bot } no puede responder en tu plan. Bots que pueden: { $most }. Elige cuáles en /plan o quita el límite con /subscribe; después pulsa «Enviar de nuevo».
checkout-not-sold = Aquí ya no hay plan de pago. No se cobró nada.
checkout-unknown = Esta factura no es válida. No se cobró nada. Envía /subscribe para otra.
checkout-foreign = Este enlace es para otra persona. No se cobró nada. Envía /subscribe a este bot para tener el tuyo.
checkout-outdated = Este enlace ya no vale. No se cobró nada. Envía /subscribe para otro.
checkout-suspended = Tu cuenta aquí está suspendida, así que Pro no te serviría de nada ahora. No se cobró nada. Preguntas: /paysupport
terms =
    Condiciones del plan de pago

    1. Pro cuesta { $price } estrellas de Telegram por 30 días y quita los límites del plan gratuito (bots que responden: { $bots }, respuestas al mes: { $replies }).
    2. Se renueva cada 30 días hasta que lo detengas con /unsubscribe o en Telegram. Lo pagado es tuyo hasta su fin.
    3. Cuando termina no se borra nada, y lo que escriben los clientes sigue llegando.
    4. Preguntas y devoluciones: /paysupport. Responde quien administra este servicio. El soporte de Telegram no puede ayudar con compras hechas aquí.
    5. Las estrellas son para quien administra este servicio; valen también las condiciones de Telegram para estrellas: https://telegram.org/tos/stars
paysupport-how = Escribe tu pregunta detrás del comando, por ejemplo: /paysupport He pagado dos veces. Llega a quien administra este servicio, junto con una lista de tus pagos. El soporte de Telegram no puede ayudar con compras hechas aquí.
paysupport-how-stranger = Escribe tu pregunta detrás del comando, por ejemplo: /paysupport Me fui y me volvieron a cobrar. Indica el pago con su id, que está en su recibo en Telegram. Llega a quien administra este servicio. El soporte de Telegram no puede ayudar con compras hechas aquí.
paysupport-sent = ✅ Enviado a quien administra este servicio, junto con una lista de tus pagos.
paysupport-sent-stranger = ✅ Enviado a quien administra este servicio.
paysupport-nobody = Tu pregunta no se ha transmitido: ahora no se puede contactar aquí con quien administra este servicio. Inténtalo más tarde.
paysupport-too-many = ⏳ Has preguntado cinco veces en un día, y todo se ha transmitido. Podré transmitir la siguiente pregunta dentro de { $span } como mucho; envíala otra vez entonces.
paysupport-request =
    💬 Pregunta sobre un pago, de { $name } (id { $id }):

    { $words }
paysupport-request-stranger =
    💬 Pregunta sobre un pago, de { $name } (id { $id }), que no tiene cuenta aquí:

    { $words }
paysupport-payment = { $date }: { $stars } ⭐, para devolver: /refund { $charge }
paysupport-refunded = { $date }: { $stars } ⭐, devuelto ({ $charge })
refund-how = Escribe el id del pago detrás del comando: /refund <id>. Está en la pregunta enviada con /paysupport y en el recibo del pagador en Telegram.
refund-unknown = Aquí no hay ningún pago con este id.
refund-left = No devuelto: quien pagó esto se ha ido, y aquí ya nadie sabe quién era.
refund-failed = ❌ No devuelto: Telegram se niega.
refund-done = ↩️ Se devolvieron { $stars } estrellas a { $owner }. El plan cuenta como no pagado durante ese tiempo y no se renueva.
refund-done-only = ↩️ Se devolvieron { $stars } estrellas a { $owner }. El plan cuenta como no pagado durante ese tiempo. Telegram se negó a detener la renovación: quizá ya no haya ninguna. Si a { $owner } se le vuelve a cobrar, devuélvelo también.

# Suspended owners, and limits

reason-suspended = tu cuenta aquí está suspendida.
owner-suspended = ⏸ La persona que administra este servicio ha suspendido tu cuenta: los mensajes de tus clientes no se transmiten y tus respuestas no se entregan. No se borra nada. Estos comandos siguen funcionando: { $commands }
owner-suspended-short = Tu cuenta está suspendida.
owner-resumed = ▶️ Tu cuenta vuelve a funcionar: los mensajes de tus clientes se transmiten y tus respuestas se entregan. Una respuesta que no se entregó sale con el botón «Enviar de nuevo» que tiene debajo.
owner-too-fast = ⏳ Es más de lo que puedo contestar a la vez. Lo último que enviaste se ha omitido; envíalo otra vez dentro de un minuto. Las respuestas a los clientes no se ven afectadas.
customer-suspended = ⏸ Este mensaje no se ha transmitido: el bot está fuera de servicio en este momento. Inténtalo más tarde.
too-many-checks = ⏳ Han sido demasiados tokens en una hora. Podré mirar el siguiente dentro de { $span } como mucho; pégalo entonces.
too-many-changes = ⏳ Has conectado y desconectado muchísimos bots en una hora. Se podrá seguir dentro de { $span } como mucho; inténtalo entonces.

# The installation, for its operator

command-admin = esta instalación: propietarios, suspensiones, anuncios
admin-home =
    🛠 Esta instalación

    Propietarios: { $owners } (suspendidos: { $suspended })
    Bots para clientes: { $bots }

    { $messages }
admin-volumes =
    Mensajes de clientes: { $in_day } en 24 horas, { $in_month } en 30 días, { $in_all } en total
    Respuestas: { $out_day } en 24 horas, { $out_month } en 30 días, { $out_all } en total
admin-how = /admin 4711 o /admin @shop_bot muestra a un propietario; con suspend o resume delante, se le suspende o se le reactiva. /admin announce dice algo a todos los propietarios.
admin-owners = 👥 Propietarios: { $owners }
admin-owner-line = { $name } · id { $id } · bots: { $bots }
admin-owner =
    👤 { $name }
    Id: { $id }
    Propietario desde: { $since }
    Bots para clientes: { $bots }
    Clientes: { $customers }

    { $messages }
admin-owner-works = ▶️ En servicio
admin-owner-rests = ⏸ Suspendido desde { $since }
admin-owner-unknown = Aquí no hay ningún propietario así.
admin-no-bots = ninguno
admin-not-yourself = Tú administras esta instalación: no puedes suspenderte a ti mismo.
admin-suspend-question =
    ¿Suspender a { $name } (id { $id })?

    Los mensajes de sus clientes dejan de transmitirse, y se avisa a cada cliente. Las respuestas se rechazan. No se borra nada; puedes reactivarlo en cualquier momento.
button-admin-owners = Propietarios
button-admin-announce = Anunciar
button-admin-back = Atrás
button-admin-suspend = Suspender
button-admin-resume = Reactivar
button-admin-send = Enviar a { $owners }
announce-prompt = 📣 Envía el texto que deben leer todos los propietarios. Primero lo ves tú, y nada sale antes de que lo confirmes. /cancel lo detiene.
announce-heading = 📣 De la persona que administra este servicio:
announce-question = Así lo verán los propietarios. ¿Enviarlo? Propietarios: { $owners }
announce-unfit = Solo se puede anunciar texto. Envíalo como texto, o /cancel.
announce-too-long = Este texto es demasiado largo. Acórtalo y envíalo otra vez, o /cancel.
announce-nobody = Aquí todavía no hay otro propietario, así que no hay a quién decirle nada.
announce-progress = 📣 Enviando: { $done } de { $owners }
announce-done = 📣 Anunciado. Propietarios que lo recibieron: { $sent }. No se pudo llegar a: { $failed }.
