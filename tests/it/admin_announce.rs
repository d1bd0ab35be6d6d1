//! What the operator says to all owners: looked at, confirmed, sent in the background.

use serde_json::json;
use telegram_emulator::{Answer, Fault, Person, draft};

use crate::support::{
    Stage, button,
    buttons::STALE,
    content::REPEAT,
    matrix::{on_every_database, on_every_stage},
    talk::bytes,
    text,
};

mod stages {
    use super::*;
    on_every_stage!(every_owner_reads_it_once_and_who_can_not_is_counted);
    on_every_database!(set(Webhook):
        nothing_goes_out_before_it_is_confirmed,
        pressed_or_delivered_twice_it_goes_out_once,
        a_restart_goes_on_where_it_was,
        what_may_have_arrived_is_labelled,
    );
}

const HEADING: &str = "📣 From the person who runs this service:";
const WORDS: &str = "We move to a new server tonight.";

async fn three_owners(stage: &mut Stage) -> [Person; 3] {
    stage.opens().await;
    [stage.tenant("Boris").await, stage.tenant("Carl").await, stage.tenant("Dora").await]
}

impl Stage {
    /// The operator writes an announcement and is asked whether to send it.
    async fn drafts(&self, words: &str) {
        self.once_more("This installation", self.owner_writes("/admin")).await;
        let prompt = "Send the text that all owners are to read.";
        self.once_more(prompt, self.presses(&self.owner, "Announce")).await;
        self.once_more("This is how the owners will see it.", self.owner_writes(words)).await;
        self.telegram.quiet().await;
    }

    /// Waits until the operator is told once more what he may have been told before.
    async fn once_more<T>(&self, words: &str, deed: impl Future<Output = T>) {
        let before = self.times(&self.owner, &self.master, words);
        deed.await;
        self.sees_times(&self.owner, &self.master, words, before + 1).await;
    }
}

async fn every_owner_reads_it_once_and_who_can_not_is_counted(mut stage: Stage) {
    let [boris, carl, dora] = three_owners(&mut stage).await;
    let german = Person::new("Emil").username("emil").language("de");
    let emil = stage.telegram.add_person(german);
    stage.telegram.start(&emil, &stage.master, "").await;
    stage.sees(&emil, &stage.master, "/add").await;
    stage.telegram.block(&dora, &stage.master);
    stage.owner_writes("/admin announce").await;
    stage.owner_sees("Send the text that all owners are to read.").await;
    let bold = json!([{"type": "bold", "offset": 3, "length": 4}]);
    let words = draft::text(WORDS).entities(bold);
    stage.telegram.send(&stage.owner, &stage.master, words).await;
    let question = stage.owner_sees("This is how the owners will see it.").await;
    assert!(text(&question).ends_with("Owners: 4"), "{}", text(&question));
    stage.presses(&stage.owner, "Send to 4").await;
    for owner in [&boris, &carl] {
        let read = stage.sees(owner, &stage.master, WORDS).await;
        assert_eq!(text(&read), format!("{HEADING}\n\n{WORDS}"));
        let moved = read["entities"].as_array().unwrap().last().unwrap();
        assert_eq!(moved["type"], "bold");
        assert_eq!(moved["offset"], telegram_emulator::utf16_len(&format!("{HEADING}\n\n")) + 3);
    }
    stage.sees(&emil, &stage.master, "📣 Von der Person, die diesen Dienst betreibt:").await;
    stage.owner_sees("Owners who got it: 3. Could not be reached: 1.").await;
    stage.telegram.quiet().await;
    for owner in [&boris, &carl, &emil] {
        assert_eq!(stage.times(owner, &stage.master, WORDS), 1);
    }
    assert_eq!(stage.times(&stage.owner, &stage.master, WORDS), 1, "what he looked at");
    assert_eq!(stage.times(&stage.owner, &stage.master, "This is how"), 0, "it shows the end");
    stage.database.until("announcements WHERE text IS NULL AND ended_at IS NOT NULL").await;
    stage.telegram.unblock(&dora, &stage.master);
    stage.curtain().await;
}

async fn nothing_goes_out_before_it_is_confirmed(mut stage: Stage) {
    stage.owner_writes("/admin announce Hello?").await;
    stage.owner_sees("There is no other owner here yet").await;
    stage.owner_writes("/cancel").await;
    let [boris, ..] = three_owners(&mut stage).await;
    stage.owner_writes("/admin announce").await;
    stage.owner_sees("Send the text that all owners are to read.").await;
    stage.telegram.send(&stage.owner, &stage.master, draft::photo(bytes(1, 900))).await;
    stage.owner_sees("Only text can be announced.").await;
    stage.owner_writes(&"x".repeat(4090)).await;
    stage.owner_sees("This text is too long.").await;
    stage.owner_writes("/cancel").await;
    stage.owner_sees("Cancelled.").await;
    stage.owner_writes("no announcement any more").await;
    stage.owner_sees("To answer a customer").await;
    // What is written again takes the place of the first; its question is settled.
    stage.drafts("a first try").await;
    let first = stage.owner_sees("This is how").await;
    let old = button(&first, "Send to 3").unwrap();
    stage.owner_writes("a second try").await;
    stage.sees_times(&stage.owner, &stage.master, "This is how", 2).await;
    stage.telegram.quiet().await;
    let id = first["message_id"].as_i64().unwrap();
    stage.telegram.press(&stage.owner, &stage.master, id, &old);
    stage.pops_up(STALE, 1).await;
    stage.presses(&stage.owner, "Cancel").await;
    stage.telegram.quiet().await;
    stage.settled().await;
    assert_eq!(stage.times(&boris, &stage.master, "📣"), 0);
    assert_eq!(stage.database.count("announcements").await, 0);
    stage.curtain().await;
}

async fn pressed_or_delivered_twice_it_goes_out_once(mut stage: Stage) {
    let owners = three_owners(&mut stage).await;
    stage.drafts(WORDS).await;
    let (question, data) = stage.shows_button(&stage.owner, &stage.master, "Send to 3").await;
    let id = question["message_id"].as_i64().unwrap();
    for _ in 0..2 {
        stage.telegram.press(&stage.owner, &stage.master, id, &data);
    }
    stage.redelivers("callback_query").await;
    stage.owner_sees("Owners who got it: 3. Could not be reached: 0.").await;
    stage.redelivers("callback_query").await;
    stage.settled().await;
    for owner in &owners {
        assert_eq!(stage.times(owner, &stage.master, WORDS), 1);
    }
    stage.owner_sees("Owners who got it: 3. Could not be reached: 0.").await;
    stage.curtain().await;
}

async fn a_restart_goes_on_where_it_was(mut stage: Stage) {
    let mut owners = three_owners(&mut stage).await;
    owners.sort_by_key(|owner| owner.id);
    let wait = Answer::TooManyRequests { retry_after: 100_000 };
    let second = Fault::on("sendMessage").bot(&stage.master).chat(owners[1].id).answer(wait);
    stage.telegram.fault(second);
    stage.drafts(WORDS).await;
    stage.presses(&stage.owner, "Send to 3").await;
    stage.sees(&owners[0], &stage.master, WORDS).await;
    stage
        .telegram
        .wait("the second is tried", |view| (view.faults_left() == 0).then_some(()))
        .await;
    let reached = format!("announcements WHERE reached = {} AND trying IS NULL", owners[0].id);
    stage.database.until(&reached).await;
    assert_eq!(stage.times(&owners[2], &stage.master, WORDS), 0, "it waits for the second");
    stage.restart().await;
    stage.owner_sees("Owners who got it: 3. Could not be reached: 0.").await;
    for owner in &owners {
        assert_eq!(stage.times(owner, &stage.master, WORDS), 1);
        assert_eq!(stage.times(owner, &stage.master, REPEAT), 0);
    }
    stage.curtain().await;
}

async fn what_may_have_arrived_is_labelled(mut stage: Stage) {
    let [boris, carl, dora] = three_owners(&mut stage).await;
    let lost = |owner: &Person, times| {
        let fault = Fault::on("sendMessage").bot(&stage.master).chat(owner.id);
        fault.answer(Answer::ResetAfter).times(times)
    };
    stage.telegram.fault(lost(&boris, 1));
    stage.telegram.fault(lost(&carl, 2));
    stage.drafts(WORDS).await;
    stage.presses(&stage.owner, "Send to 3").await;
    // Of whom it is not certain is not counted among those who got it.
    stage.owner_sees("Owners who got it: 2. Could not be reached: 1.").await;
    for (owner, times) in [(&boris, 2), (&carl, 2), (&dora, 1)] {
        assert_eq!(stage.times(owner, &stage.master, WORDS), times);
        assert_eq!(stage.times(owner, &stage.master, REPEAT), times - 1);
    }
    stage.curtain().await;
}
