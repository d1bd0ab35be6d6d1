//! An owner whom the operator suspends: what he, his customers and everybody else meet then.

use std::time::Duration;

use telegram_emulator::{Answer, Bot, Fault, Person, draft};

use crate::support::{
    Backend, Mode, Stage,
    buttons::STALE,
    matrix::{on_every_database, on_every_stage},
    talk::{bytes, id},
    text,
};

mod stages {
    use super::*;
    on_every_stage!(
        a_suspended_owner_and_his_customers_are_told_and_resuming_mends_all,
        replies_of_a_suspended_owner_are_refused_and_go_out_later,
    );
    on_every_database!(set(Webhook):
        what_is_done_twice_has_its_effect_once,
        his_money_and_his_data_stay_his,
        customers_may_still_ask_about_themselves,
        who_leaves_and_comes_back_is_suspended_still,
        a_restart_forgets_nothing,
        he_attaches_nothing_whatever_was_asked,
        who_becomes_the_operator_goes_on,
        a_change_that_waited_is_refused_for_its_reason,
    );
}

const SUSPENDED: &str = "⏸ Your account is suspended";
const WORKS_AGAIN: &str = "▶️ Your account works again";
const NOT_PASSED_ON: &str = "⏸ This message was not passed on";

/// An owner with a bot and a customer who has asked something.
struct Tenant {
    owner: Person,
    shop: Bot,
    anna: Person,
}

async fn tenant(stage: &mut Stage) -> Tenant {
    stage.opens().await;
    let owner = stage.tenant("Boris").await;
    let shop = stage.attach_as(&owner, "shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    stage.asks(&anna, &shop, "the first question").await;
    Tenant { owner, shop, anna }
}

impl Stage {
    pub async fn suspends(&self, owner: &Person) {
        self.owner_writes(&format!("/admin suspend {}", owner.id)).await;
        self.owner_sees("no longer passed on").await;
        self.presses(&self.owner, "Suspend").await;
        self.owner_sees("⏸ Suspended since").await;
        self.sees(owner, &self.master, SUSPENDED).await;
        self.telegram.quiet().await;
    }

    /// Nothing with his id is kept then.
    async fn leaves(&self, owner: &Person) {
        const LEFT: &str = "Everything of yours is removed";
        let before = self.times(owner, &self.master, LEFT);
        self.telegram.send(owner, &self.master, draft::text("/leave")).await;
        self.sees(owner, &self.master, "Remove everything of yours?").await;
        self.presses(owner, "Remove everything").await;
        self.sees_times(owner, &self.master, LEFT, before + 1).await;
        self.telegram.quiet().await;
        self.nothing_names(owner.id).await;
    }

    async fn resumes(&self, owner: &Person) {
        self.owner_writes(&format!("/admin resume {}", owner.id)).await;
        self.owner_sees("▶️ Works").await;
        self.sees(owner, &self.master, WORKS_AGAIN).await;
        self.telegram.quiet().await;
    }
}

async fn a_suspended_owner_and_his_customers_are_told_and_resuming_mends_all(mut stage: Stage) {
    let Tenant { owner: boris, shop, anna } = tenant(&mut stage).await;
    let cafe = stage.attach("cafe_bot", "Cafe").await;
    let carl = stage.customer("Carl", &cafe).await;
    stage.suspends(&boris).await;
    assert_eq!(stage.times(&boris, &stage.master, SUSPENDED), 1);
    for (number, words) in ["/add", "/bots", "/start", "/help", "hello"].into_iter().enumerate() {
        stage.telegram.send(&boris, &stage.master, draft::text(words)).await;
        stage.sees_times(&boris, &stage.master, SUSPENDED, number + 2).await;
    }
    // A customer is told once, about the first message, and nothing reaches the owner.
    let first = stage.telegram.send(&anna, &shop, draft::text("is anybody there?")).await;
    stage.answered(&anna, &shop, first, NOT_PASSED_ON).await;
    for words in ["hello?", "/start"] {
        stage.telegram.send(&anna, &shop, draft::text(words)).await;
    }
    stage.telegram.edit(&anna, &shop, first, draft::text("changed")).await;
    let dora = stage.telegram.add_person(Person::new("Dora").username("dora").language("de"));
    stage.telegram.start(&dora, &shop, "").await;
    stage.sees(&dora, &shop, "⏸ Diese Nachricht wurde nicht weitergeleitet").await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&anna, &shop, NOT_PASSED_ON), 1);
    assert_eq!(stage.times(&boris, &stage.master, "anybody"), 0);
    assert_eq!(stage.times(&boris, &stage.master, "hello?"), 0);
    // Nobody else notices anything.
    stage.asks(&carl, &cafe, "coffee?").await;
    stage.resumes(&boris).await;
    let (_, copy) = stage.asks_only(&anna, &shop, "and now?").await;
    let answer = draft::text("here I am");
    stage.telegram.reply(&boris, &stage.master, id(&copy), answer).await;
    stage.sees(&anna, &shop, "here I am").await;
    stage.telegram.send(&boris, &stage.master, draft::text("/bots")).await;
    stage.sees(&boris, &stage.master, "🟢 @shop_bot").await;
    assert_eq!(stage.times(&boris, &stage.master, WORKS_AGAIN), 1);
    stage.curtain().await;
}

async fn replies_of_a_suspended_owner_are_refused_and_go_out_later(mut stage: Stage) {
    let Tenant { owner: boris, shop, anna } = tenant(&mut stage).await;
    let (_, copy) = stage.asks_only(&anna, &shop, "tea?").await;
    let earlier = draft::text("an earlier answer");
    let earlier = stage.telegram.reply(&boris, &stage.master, id(&copy), earlier).await;
    stage.sees(&anna, &shop, "an earlier answer").await;
    stage.telegram.quiet().await;
    stage.suspends(&boris).await;
    let reply = draft::text("green and black");
    let reply = stage.telegram.reply(&boris, &stage.master, id(&copy), reply).await;
    let told = stage.answered(&boris, &stage.master, reply, "suspended").await;
    assert!(text(&told).contains("your account here is suspended"), "{}", text(&told));
    let key = (stage.master.id, boris.id, reply);
    assert_eq!(stage.reference_when(key, |row| row.state == "told").await.copy, None);
    for number in 1..=2 {
        let photo = draft::photo(bytes(number, 900)).media_group_id("g").reply_to(id(&copy));
        stage.telegram.send(&boris, &stage.master, photo).await;
    }
    stage.sees_times(&boris, &stage.master, "your account here is suspended", 2).await;
    // What he changes or takes back, and his reactions, do not reach his customer, either.
    let before = stage.times(&boris, &stage.master, SUSPENDED);
    stage.telegram.edit(&boris, &stage.master, earlier, draft::text("a changed answer")).await;
    stage.sees_times(&boris, &stage.master, SUSPENDED, before + 1).await;
    stage.telegram.react(&boris, &stage.master, id(&copy), Some("🙏"));
    stage.presses(&boris, "Send again").await;
    stage.telegram.quiet().await;
    stage.settled().await;
    let seen = stage.said(&anna, &shop).join("\n");
    assert!(!seen.contains("green") && !seen.contains("changed"), "{seen}");
    let reactions = stage.telegram.ledger().into_iter();
    let at_customer =
        reactions.filter(|effect| effect.method == "setMessageReaction" && effect.bot == shop.id);
    assert_eq!(at_customer.count(), 0);
    stage.resumes(&boris).await;
    while let Some((message, data)) = stage.open_notice(&boris) {
        stage.telegram.press(&boris, &stage.master, message, &data);
        stage.telegram.quiet().await;
        stage.settled().await;
    }
    stage.sees(&anna, &shop, "green and black").await;
    let photos = |stage: &Stage| {
        let chat = stage.telegram.chat(&anna, &shop);
        chat.iter().filter(|message| message["photo"].is_array()).count()
    };
    assert_eq!(photos(&stage), 2);
    stage.curtain().await;
}

impl Stage {
    /// A message below which a reply can be sent again, and the button's data.
    fn open_notice(&self, person: &Person) -> Option<(i64, String)> {
        let chat = self.telegram.chat(person, &self.master);
        chat.iter()
            .find_map(|message| Some((id(message), crate::support::button(message, "Send again")?)))
    }
}

async fn what_is_done_twice_has_its_effect_once(mut stage: Stage) {
    let Tenant { owner: boris, shop, anna } = tenant(&mut stage).await;
    stage.suspends(&boris).await;
    stage.redelivers("callback_query").await;
    let again = format!("/admin suspend {}", boris.id);
    let before = stage.times(&stage.owner, &stage.master, "⏸ Suspended since");
    stage.owner_writes(&again).await;
    stage.sees_times(&stage.owner, &stage.master, "⏸ Suspended since", before + 1).await;
    stage.telegram.send(&anna, &shop, draft::text("anybody?")).await;
    stage.sees(&anna, &shop, NOT_PASSED_ON).await;
    stage.redelivers_as(&shop, "message").await;
    stage.settled().await;
    assert_eq!(stage.times(&anna, &shop, NOT_PASSED_ON), 1);
    assert_eq!(stage.times(&boris, &stage.master, SUSPENDED), 1);
    stage.resumes(&boris).await;
    stage.redelivers("message").await;
    stage.owner_writes(&format!("/admin resume {}", boris.id)).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&boris, &stage.master, WORKS_AGAIN), 1);
    // An old button says so.
    let shown = stage.owner_sees("▶️ Works").await;
    let stale = stage.said_over(STALE);
    let old = format!("admin:resume:{}", boris.id);
    stage.forges(&stage.owner, &stage.master, Some(shown), &old).await;
    assert_eq!(stage.said_over(STALE), stale + 1);
    stage.curtain().await;
}

async fn his_money_and_his_data_stay_his(mut stage: Stage) {
    let Tenant { owner: boris, .. } = tenant(&mut stage).await;
    stage.suspends(&boris).await;
    let told = stage.sees(&boris, &stage.master, SUSPENDED).await;
    let before = stage.times(&boris, &stage.master, SUSPENDED);
    for command in ["paysupport", "terms", "privacy", "export", "leave", "plan", "unsubscribe"] {
        assert!(text(&told).contains(&format!("/{command}")), "{}", text(&told));
        let chat = stage.telegram.chat(&boris, &stage.master).len();
        stage.telegram.send(&boris, &stage.master, draft::text(format!("/{command}"))).await;
        stage.telegram.quiet().await;
        assert!(stage.telegram.chat(&boris, &stage.master).len() > chat + 1, "{command}");
    }
    assert_eq!(stage.times(&boris, &stage.master, SUSPENDED), before);
    // A button of before pops up why it does nothing.
    let shown = stage.sees(&boris, &stage.master, "/add attaches").await;
    stage.forges(&boris, &stage.master, Some(shown), "stats:0:7:0").await;
    assert_eq!(stage.said_over("Your account is suspended."), 1);
    stage.curtain().await;
}

async fn customers_may_still_ask_about_themselves(mut stage: Stage) {
    let Tenant { owner: boris, shop, anna } = tenant(&mut stage).await;
    let sent = stage.telegram.send(&anna, &shop, draft::text("take this back")).await;
    stage.copy_of(&shop, &anna, sent).await;
    stage.suspends(&boris).await;
    stage.telegram.send(&anna, &shop, draft::text("/language")).await;
    stage.sees(&anna, &shop, "Which language").await;
    let chat = stage.telegram.chat(&boris, &stage.master).len();
    stage.telegram.send(&anna, &shop, draft::text("/delete")).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.telegram.chat(&boris, &stage.master).len(), chat - 1, "the copy is gone");
    assert_eq!(stage.times(&anna, &shop, NOT_PASSED_ON), 0);
    stage.curtain().await;
}

async fn who_leaves_and_comes_back_is_suspended_still(mut stage: Stage) {
    let Tenant { owner: boris, .. } = tenant(&mut stage).await;
    stage.suspends(&boris).await;
    stage.leaves(&boris).await;
    let before = stage.times(&boris, &stage.master, SUSPENDED);
    stage.telegram.start(&boris, &stage.master, "").await;
    stage.sees_times(&boris, &stage.master, SUSPENDED, before + 1).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&boris, &stage.master, SUSPENDED), before + 1);
    stage.resumes(&boris).await;
    stage.leaves(&boris).await;
    stage.telegram.start(&boris, &stage.master, "").await;
    stage.sees_times(&boris, &stage.master, "/add attaches", 2).await;
    stage.curtain().await;
}

async fn a_restart_forgets_nothing(mut stage: Stage) {
    let Tenant { owner: boris, shop, anna } = tenant(&mut stage).await;
    stage.suspends(&boris).await;
    stage.telegram.send(&anna, &shop, draft::text("anybody?")).await;
    stage.sees(&anna, &shop, NOT_PASSED_ON).await;
    stage.restart().await;
    stage.telegram.send(&anna, &shop, draft::text("and now?")).await;
    let before = stage.times(&boris, &stage.master, SUSPENDED);
    stage.telegram.send(&boris, &stage.master, draft::text("/bots")).await;
    stage.sees_times(&boris, &stage.master, SUSPENDED, before + 1).await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&anna, &shop, NOT_PASSED_ON), 1, "once a day");
    // A day later he is told again.
    let day = "UPDATE refused_chats SET refused_at = refused_at - 86400001";
    stage.database.run(day).await;
    stage.telegram.send(&anna, &shop, draft::text("still?")).await;
    stage.sees_times(&anna, &shop, NOT_PASSED_ON, 2).await;
    stage.curtain().await;
}

async fn he_attaches_nothing_whatever_was_asked(mut stage: Stage) {
    let Tenant { owner: boris, .. } = tenant(&mut stage).await;
    stage.suspends(&boris).await;
    let cafe = stage.telegram.add_bot("cafe_bot", "Cafe");
    stage.telegram.send(&boris, &stage.master, draft::text("/leave")).await;
    stage.sees(&boris, &stage.master, "Remove everything of yours?").await;
    for (number, words) in [&*cafe.token, "no"].into_iter().enumerate() {
        stage.telegram.send(&boris, &stage.master, draft::text(words)).await;
        stage.sees_times(&boris, &stage.master, SUSPENDED, number + 2).await;
    }
    assert_eq!(stage.database.count("bots").await, 1);
    // The button of that question works all the same.
    stage.presses(&boris, "Remove everything").await;
    stage.sees(&boris, &stage.master, "Everything of yours is removed").await;
    stage.curtain().await;
}

async fn who_becomes_the_operator_goes_on(mut stage: Stage) {
    let Tenant { owner: boris, shop, anna } = tenant(&mut stage).await;
    stage.suspends(&boris).await;
    stage.vary("OWNER_IDS", &boris.id.to_string());
    stage.restart().await;
    stage.telegram.send(&boris, &stage.master, draft::text("/bots")).await;
    stage.sees(&boris, &stage.master, "🟢 @shop_bot").await;
    stage.sees(&boris, &stage.master, WORKS_AGAIN).await;
    let (_, copy) = stage.asks_only(&anna, &shop, "and now?").await;
    stage.telegram.reply(&boris, &stage.master, id(&copy), draft::text("here I am")).await;
    stage.sees(&anna, &shop, "here I am").await;
    // Also where he left meanwhile.
    stage.vary("OWNER_IDS", &stage.owner.id.to_string());
    stage.restart().await;
    stage.suspends(&boris).await;
    stage.leaves(&boris).await;
    stage.vary("OWNER_IDS", &boris.id.to_string());
    stage.restart().await;
    stage.telegram.start(&boris, &stage.master, "").await;
    stage.sees_times(&boris, &stage.master, "/add attaches", 2).await;
    let resting = "owners WHERE suspended_at IS NOT NULL";
    assert_eq!(stage.database.count(resting).await, 0);
    stage.curtain().await;
}

async fn a_change_that_waited_is_refused_for_its_reason(mut stage: Stage) {
    let Tenant { owner: boris, shop, anna } = tenant(&mut stage).await;
    let (_, copy) = stage.asks_only(&anna, &shop, "tea?").await;
    let reply = draft::text("at nien");
    let reply = stage.telegram.reply(&boris, &stage.master, id(&copy), reply).await;
    stage.copy_of(&stage.master, &boris, reply).await;
    let wait = Answer::TooManyRequests { retry_after: 100_000 };
    stage.telegram.fault(Fault::on("editMessageText").bot(&shop).chat(anna.id).answer(wait));
    stage.telegram.edit(&boris, &stage.master, reply, draft::text("at nine")).await;
    stage.database.until("parked WHERE kind = 'edit'").await;
    stage.suspends(&boris).await;
    // Another process does not know how long it has to wait.
    stage.restart().await;
    let told = stage.answered(&boris, &stage.master, reply, "Your change did not reach").await;
    assert!(text(&told).contains("your account here is suspended"), "{}", text(&told));
    stage.curtain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_process_knows_at_once() {
    let mut stage = Stage::set(Backend::MySql, Mode::Webhook).await;
    let Tenant { owner: boris, shop, anna } = tenant(&mut stage).await;
    stage.joins().await;
    stage.suspends(&boris).await;
    stage.goes_to(1);
    stage.telegram.send(&anna, &shop, draft::text("by the other way")).await;
    stage.sees(&anna, &shop, NOT_PASSED_ON).await;
    let before = stage.times(&boris, &stage.master, SUSPENDED);
    stage.telegram.send(&boris, &stage.master, draft::text("/bots")).await;
    stage.sees_times(&boris, &stage.master, SUSPENDED, before + 1).await;
    // Resumed by the other one, he is told by whichever does the background work.
    stage.resumes(&boris).await;
    stage.goes_to(0);
    stage.asks_only(&anna, &shop, "and now?").await;
    stage.settled().await;
    assert_eq!(stage.times(&boris, &stage.master, WORKS_AGAIN), 1);
    tokio::time::timeout(Duration::from_secs(60), stage.curtain()).await.unwrap();
}
