// What the tour shows. Each step does something as a person and waits until the relay has done its part.

import { photo, sticker } from './panels.js';
import { clip } from './voice.js';

const says = (words) => (message) => (message.text ?? message.caption ?? '').includes(words);
const byBot = (message) => message.from?.is_bot;
const has = (emoji) => (message) => (message.reactions ?? []).some((it) => it.reaction.emoji === emoji);
const label = (text) => (message) => message.reply_markup?.inline_keyboard.flat().some((it) => it.text.includes(text));

/** `title` and `words` say it, `look` is where to look, `act` does it. */
export const STEPS = [
  {
    title: 'A customer asks',
    look: 'customer',
    words: 'Anna writes to the shop’s bot. She needs nothing but Telegram.',
    act: async (t) => {
      t.hold('Anna');
      t.home();
      await t.types(t.customer, 'Hi! Do you have **jasmine tea**? 🍵');
    },
  },
  {
    title: 'It is in the inbox',
    look: 'owner',
    words:
      'The relay copies it into Olga’s chat with the master bot: who wrote, to which bot, and the words with their formatting.',
    act: async (t) => {
      t.asked = await t.sees(t.owner, (it) => byBot(it) && says('jasmine tea')(it), t.asked?.message_id);
    },
  },
  {
    title: 'How it got there',
    look: 'between',
    words:
      'An update came in. Its reference was written as “sending” before the call went out, and as “sent” after it. Only then was the update acknowledged: nothing can get lost between.',
    act: async () => {},
  },
  {
    title: 'The owner replies',
    look: 'owner',
    words: 'Olga replies to the copy. That alone decides who gets the answer.',
    act: async (t) => {
      await t.replies(t.owner, t.asked, 'We do: 100 g for €6.');
      t.reply = await t.sees(t.owner, (it) => !byBot(it) && says('€6')(it), t.asked.message_id);
      await t.sees(t.owner, (it) => it.message_id === t.reply.message_id && has('👍')(it));
    },
  },
  {
    title: 'Delivered',
    look: 'customer',
    words:
      'Anna sees the shop’s bot answer, never Olga’s account. In Olga’s chat a 👍 says that it arrived, and 🆕 has become ✅.',
    act: async (t) => {
      await t.sees(t.customer, (it) => byBot(it) && says('100 g')(it));
      await t.sees(t.owner, (it) => it.message_id === t.asked.message_id && says('✅')(it));
    },
  },
  {
    title: 'An edit',
    look: 'owner',
    words: 'Olga corrects the price. Anna’s message changes, too.',
    act: async (t) => {
      await t.edits(t.owner, t.reply, 'We do: 100 g for **€5.50** this week.');
      await t.sees(t.customer, (it) => byBot(it) && says('€5.50')(it));
    },
  },
  {
    title: 'A photo',
    look: 'customer',
    words:
      'Photos, voice messages, stickers, files: whatever people send is carried over, streamed from one bot to the other and never stored.',
    act: async (t) => {
      const since = t.newest(t.owner);
      const { draft } = photo('parcel');
      await t.sends(t.customer, [{ ...draft, text: 'By the way, my last parcel came like this.' }]);
      t.parcel = await t.sees(t.owner, (it) => it.photo && says('parcel')(it), since);
    },
  },
  {
    title: 'A voice message',
    look: 'customer',
    words: 'Anna hums something. Olga can play it: Anna’s name and the bot’s stand below it.',
    act: async (t) => {
      const since = t.newest(t.owner);
      await t.sends(t.customer, [clip]);
      await t.sees(t.owner, (it) => byBot(it) && it.voice, since);
    },
  },
  {
    title: 'A sticker',
    look: 'owner',
    words: 'A sticker has no room for words: its header, who wrote and to which bot, comes beside it.',
    act: async (t) => {
      const since = t.newest(t.owner);
      await t.sends(t.customer, [sticker('thanks')]);
      await t.sees(t.owner, (it) => byBot(it) && it.sticker, since);
    },
  },
  {
    title: 'An album',
    look: 'owner',
    words:
      'Three pictures from Olga arrive as one album, as Telegram shows them. That takes a second: nothing says which picture is the last. Until then each is kept, sealed, and only then acknowledged.',
    act: async (t) => {
      const since = t.newest(t.customer);
      const pictures = ['shop', 'tea', 'cakes'].map((name) => photo(name).draft);
      await t.does(t.owner, 'send', {
        drafts: [{ ...pictures[0], text: 'So sorry! Come by for tea and cake, on us.' }, ...pictures.slice(1)],
        reply_to: t.parcel.message_id,
        thread: null,
      });
      await t.until(() => t.messages(t.customer).filter((it) => it.message_id > since && it.photo).length === 3);
    },
  },
  {
    title: 'A reaction',
    look: 'customer',
    words: 'Anna reacts with ❤. It appears on Olga’s message, in place of the 👍.',
    act: async (t) => {
      const album = await t.sees(t.customer, (it) => byBot(it) && says('tea and cake')(it));
      await t.does(t.customer, 'react', { message: album.message_id, emoji: '❤' });
      await t.sees(t.owner, (it) => says('tea and cake')(it) && has('❤')(it));
    },
  },
  {
    title: 'A label',
    look: 'customer',
    words:
      'Boris scans the QR code of table 7, which is a link. What he writes carries #table7, so Olga knows where he sits.',
    act: async (t) => {
      t.hold('Boris');
      const since = t.newest(t.owner);
      await t.does(t.customer, 'open', { username: 'shop_bot', payload: 'table7' });
      await t.types(t.customer, 'The bill, please!');
      t.bill = await t.sees(t.owner, (it) => says('The bill')(it) && says('#table7')(it), since);
    },
  },
  {
    title: 'Undo',
    look: 'owner',
    words: 'Olga answers too quickly, and presses Undo: her reply is gone from Boris’s phone.',
    act: async (t) => {
      const since = t.newest(t.customer);
      await t.replies(t.owner, t.bill, 'Which table?');
      await t.sees(t.customer, (it) => says('Which table')(it), since);
      const copy = await t.sees(t.owner, (it) => it.message_id === t.bill.message_id && label('Undo')(it));
      await t.presses(t.owner, copy, 'Undo');
      await t.until(() => !t.messages(t.customer).some(says('Which table')));
    },
  },
  {
    title: 'Who is waiting?',
    look: 'owner',
    words: '/inbox lists who waits for an answer, over all bots. The menu of the bot offers it.',
    act: async (t) => {
      const since = t.newest(t.owner);
      await t.types(t.owner, '/inbox');
      await t.sees(t.owner, (it) => byBot(it) && it.reply_markup, since);
    },
  },
  {
    title: 'A ban',
    look: 'owner',
    words:
      'Chloe only advertises. Olga replies with /ban: nothing Chloe writes arrives from now on, and she is not told.',
    act: async (t) => {
      t.hold('Chloe');
      const since = t.newest(t.owner);
      await t.types(t.customer, '🎰 Win BIG today!!!');
      const spam = await t.sees(t.owner, (it) => byBot(it) && says('Win BIG')(it), since);
      await t.replies(t.owner, spam, '/ban');
      t.banned = await t.sees(t.owner, (it) => byBot(it) && says('🚫')(it) && label('Unban')(it), spam.message_id);
      await t.types(t.customer, 'Hello?? Last chance!');
    },
  },
  {
    title: 'And back',
    look: 'owner',
    words:
      'One press on Unban, and she may write again. That is all there is to it: one chat, replies, and a few commands.',
    act: async (t) => {
      await t.presses(t.owner, t.banned, 'Unban');
      await t.until(
        () => !t.messages(t.owner).some((it) => it.message_id === t.banned.message_id && label('Unban')(it)),
      );
      t.hold('Anna');
    },
  },
];
