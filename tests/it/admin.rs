//! `/admin`: what the operator of an installation sees of its owners, and that nobody else has it.

use serde_json::Value;
use telegram_emulator::{Person, draft};

use crate::support::{
    Process, Stage,
    buttons::STALE,
    matrix::{on_every_dark_stage, on_every_database, on_every_stage},
    text,
};

mod stages {
    use super::*;
    on_every_stage!(the_operator_sees_numbers_and_owners_and_nobody_writes_what);
    on_every_database!(set(Webhook):
        to_everybody_else_there_is_no_such_command,
        owners_are_listed_by_pages,
        an_owner_is_named_by_his_id_or_his_bot,
    );
    on_every_dark_stage!(whoever_claimed_the_installation_is_its_operator);
}

impl Stage {
    /// The same stage where everybody may become an owner.
    pub async fn opens(&mut self) {
        self.vary("REGISTRATION", "open");
        self.restart().await;
    }

    /// One more owner, who has come by open registration.
    pub async fn tenant(&self, name: &str) -> Person {
        let person = self.person(name);
        self.telegram.start(&person, &self.master, "").await;
        self.sees(&person, &self.master, "/add attaches").await;
        person
    }

    /// How often these words were to pop up over a chat, also for presses nobody made.
    pub fn said_over(&self, words: &str) -> usize {
        let ledger = self.telegram.ledger().into_iter();
        let answers = ledger.filter(|effect| {
            effect.method == "answerCallbackQuery" && effect.params["text"] == words
        });
        answers.count()
    }

    /// What the master bot answers last, once it has answered.
    async fn answers_to(&self, person: &Person, words: &str) -> Value {
        self.telegram.send(person, &self.master, draft::text(words)).await;
        self.telegram.quiet().await;
        let chat = self.telegram.chat(person, &self.master);
        chat.last().cloned().unwrap()
    }
}

async fn the_operator_sees_numbers_and_owners_and_nobody_writes_what(mut stage: Stage) {
    stage.opens().await;
    let boris = stage.tenant("Boris").await;
    let shop = stage.attach_as(&boris, "shop_bot", "Shop").await;
    let anna = stage.customer("Anna", &shop).await;
    let (_, copy) = stage.asks(&anna, &shop, "a secret question").await;
    let id = copy["message_id"].as_i64().unwrap();
    let answer = draft::text("a secret answer");
    stage.telegram.reply(&boris, &stage.master, id, answer).await;
    stage.sees(&anna, &shop, "a secret answer").await;
    stage.telegram.quiet().await;

    stage.owner_writes("/admin").await;
    let home = stage.owner_sees("This installation").await;
    for line in [
        "Owners: 2 (suspended: 0)",
        "Client bots: 🟢 1",
        "Messages from customers: 1 in 24 hours, 1 in 30 days, 1 in all",
        "Replies: 1 in 24 hours, 1 in 30 days, 1 in all",
    ] {
        assert!(text(&home).contains(line), "{line}: {}", text(&home));
    }
    stage.presses(&stage.owner, "Owners").await;
    let list = stage.owner_sees("👥 Owners: 2").await;
    assert!(text(&list).contains(&format!("Boris @boris · id {} · bots: 1", boris.id)));
    stage.presses(&stage.owner, "Boris @boris").await;
    let card = stage.owner_sees("👤 Boris @boris").await;
    for line in ["Client bots: @shop_bot", "Customers: 1", "▶️ Works"] {
        assert!(text(&card).contains(line), "{line}: {}", text(&card));
    }
    stage.presses(&stage.owner, "Back").await;
    stage.owner_sees("👥 Owners: 2").await;
    stage.presses(&stage.owner, "Back").await;
    stage.owner_sees("Owners: 2 (suspended: 0)").await;
    let said = stage.said(&stage.owner, &stage.master).join("\n");
    assert!(!said.contains("secret") && !said.contains("Anna"), "{said}");
    // It stands in his list of commands, and in nobody else's.
    stage.owner_writes("/help").await;
    stage.owner_sees("\n/admin: ").await;
    let help = stage.answers_to(&boris, "/help").await;
    assert!(text(&help).contains("\n/add: ") && !text(&help).contains("/admin"));
    stage.curtain().await;
}

async fn to_everybody_else_there_is_no_such_command(mut stage: Stage) {
    stage.opens().await;
    let boris = stage.tenant("Boris").await;
    let unknown = stage.answers_to(&boris, "/dance").await;
    for words in [
        "/admin".to_owned(),
        "/admin announce Hello everybody".to_owned(),
        format!("/admin suspend {}", stage.owner.id),
        format!("/admin {}", stage.owner.id),
    ] {
        let answer = stage.answers_to(&boris, &words).await;
        assert_eq!(text(&answer), text(&unknown), "{words}");
        assert_eq!(answer["reply_to_message"], unknown["reply_to_message"], "{words}");
        assert_eq!(answer["reply_markup"], unknown["reply_markup"], "{words}");
    }
    // What he writes next is taken as it always is.
    let words = stage.answers_to(&boris, "hello").await;
    assert!(text(&words).contains("To answer a customer"));
    // A button nobody showed him says what one says that means nothing.
    let shown = stage.sees(&boris, &stage.master, "/add attaches").await;
    let forged = [
        "admin:home".to_owned(),
        "admin:owners:0".to_owned(),
        "admin:announce".to_owned(),
        "admin:send:1".to_owned(),
        format!("admin:owner:{}", stage.owner.id),
        format!("admin:suspend:{}", stage.owner.id),
        "dance:1".to_owned(),
    ];
    let before = stage.telegram.chat(&boris, &stage.master).len();
    for (times, data) in forged.iter().enumerate() {
        stage.forges(&boris, &stage.master, Some(shown.clone()), data).await;
        assert_eq!(stage.said_over(STALE), times + 1, "{data}");
    }
    assert_eq!(stage.telegram.chat(&boris, &stage.master).len(), before);
    assert_eq!(stage.database.count("owners WHERE suspended_at IS NOT NULL").await, 0);
    assert_eq!(stage.database.count("announcements").await, 0);
    assert_eq!(stage.times(&stage.owner, &stage.master, ""), 1, "he hears of nothing");
    stage.curtain().await;
}

async fn owners_are_listed_by_pages(mut stage: Stage) {
    stage.opens().await;
    for number in 1..=9 {
        stage.tenant(&format!("Tenant{number}")).await;
    }
    stage.owner_writes("/admin").await;
    stage.owner_sees("Owners: 10").await;
    stage.walks(&["Owners"]).await;
    let first = stage.owner_sees("👥 Owners: 10").await;
    assert!(text(&first).contains("Olga") && text(&first).contains("Tenant7"));
    assert!(!text(&first).contains("Tenant8"), "{}", text(&first));
    stage.walks(&["▶"]).await;
    let second = stage.owner_sees("👥 Owners: 10").await;
    assert!(text(&second).contains("Tenant9") && !text(&second).contains("Tenant7"));
    assert_eq!(crate::support::button(&second, "▶"), None);
    stage.walks(&["◀"]).await;
    stage.owner_sees("Tenant7").await;
    stage.curtain().await;
}

async fn an_owner_is_named_by_his_id_or_his_bot(mut stage: Stage) {
    stage.opens().await;
    let boris = stage.tenant("Boris").await;
    stage.attach_as(&boris, "shop_bot", "Shop").await;
    for words in [format!("/admin {}", boris.id), "/admin @Shop_Bot".to_owned()] {
        let answer = stage.answers_to(&stage.owner, &words).await;
        assert!(text(&answer).contains("👤 Boris @boris"), "{words}: {}", text(&answer));
    }
    for words in ["/admin 4", "/admin @cafe_bot", "/admin suspend 4", "/admin resume @cafe_bot"] {
        let answer = stage.answers_to(&stage.owner, words).await;
        assert_eq!(text(&answer), "There is no such owner here.", "{words}");
    }
    for words in ["/admin suspend", "/admin dance", "/admin 1 2"] {
        let answer = stage.answers_to(&stage.owner, words).await;
        assert!(text(&answer).contains("/admin 4711 or /admin @shop_bot"), "{words}");
    }
    let own = format!("/admin suspend {}", stage.owner.id);
    let answer = stage.answers_to(&stage.owner, &own).await;
    assert!(text(&answer).contains("you can't suspend yourself"), "{}", text(&answer));
    stage.curtain().await;
}

async fn whoever_claimed_the_installation_is_its_operator(mut stage: Stage) {
    stage.vary("REGISTRATION", "open");
    let mut process: Process = stage.launch().await;
    let link = process
        .until("the claim link", |process| {
            let stdout = process.stdout();
            let line = stdout.lines().find(|line| line.contains("?start=claim_"))?;
            Some(line.trim().split_once("?start=")?.1.to_owned())
        })
        .await;
    stage.telegram.start(&stage.owner, &stage.master, &link).await;
    stage.owner_sees("This installation is yours now.").await;
    let boris = stage.tenant("Boris").await;
    stage.owner_writes("/admin").await;
    stage.owner_sees("Owners: 2 (suspended: 0)").await;
    let answer = stage.answers_to(&boris, "/admin").await;
    assert!(text(&answer).contains("I don't know this command."));
    stage.telegram.quiet().await;
    process.stop().await;
    assert_eq!(stage.telegram.complaints(), Vec::<String>::new());
}
