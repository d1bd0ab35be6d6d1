//! Messages sent together are seen together, on either side.

use serde_json::json;
use telegram_emulator::{Draft, draft};

use super::script::Script;

fn photos(names: &[&str]) -> Vec<Draft> {
    names.iter().map(|name| draft::photo((*name).to_owned())).collect()
}

pub async fn inbound(s: &mut Script) {
    s.step("photos and a video, the caption on the second");
    let mut items = photos(&["a1.jpg", "a2.jpg"]);
    items.insert(1, draft::video("a.mp4").caption("the blue one").has_media_spoiler());
    s.sends_album("anna", "a", items).await;
    s.see(&[
        "olga + bot: [photo a1.jpg] (album)",
        "olga + bot: [video a.mp4] 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ the blue one (album) (covered)",
        "olga + bot: [photo a2.jpg] (album)",
        "anna + anna: [photo a1.jpg] (album)",
        "anna + anna: [video a.mp4] the blue one (album) (covered)",
        "anna + anna: [photo a2.jpg] (album)",
    ])
    .await;

    s.step("any item can be answered");
    s.replies("olga", "[photo a2.jpg]", draft::text("the last, yes")).await;
    s.see(&[
        "olga ~ bot: ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ with honey",
        "olga ~ bot: [photo a2.jpg] (album) [↩️ Undo]",
        "olga + olga: the last, yes ↩«[photo a2.jpg]» {bot 👍}",
        "anna + bot: the last, yes",
    ])
    .await;

    s.step("an album as a reply with a quote");
    let items = photos(&["b1.jpg", "b2.jpg"]).into_iter();
    let at = s.find("anna", "bot: Green and black.");
    let items = items.map(|item| item.reply_to(at).quote("Green", 0, json!([]))).collect();
    s.sends_album("anna", "b", items).await;
    s.see(&[
        "olga + bot: [photo b1.jpg] 🆕 Anna Petrova @anna → @shop_bot #table7 ↩«Green and black.» ❝Green❞ (album)",
        "olga + bot: [photo b2.jpg] ↩«Green and black.» ❝Green❞ (album)",
        "anna + anna: [photo b1.jpg] ↩«Green and black.» ❝Green❞ (album)",
        "anna + anna: [photo b2.jpg] ↩«Green and black.» ❝Green❞ (album)",
    ])
    .await;

    s.step("files, each with its caption");
    let file = |name: &str| {
        draft::document(name, "text/plain", name.to_owned()).caption(&format!("this is {name}"))
    };
    s.sends_album("hans", "c", vec![file("c1.txt"), file("c2.txt")]).await;
    s.see(&[
        "olga + bot: 🆕 Hans → @shop_bot",
        "olga + bot: [document c1.txt] this is c1.txt ↩«🆕 Hans → @shop_bot» (album)",
        "olga + bot: [document c2.txt] this is c2.txt ↩«🆕 Hans → @shop_bot» (album)",
        "hans + hans: [document c1.txt] this is c1.txt (album)",
        "hans + hans: [document c2.txt] this is c2.txt (album)",
    ])
    .await;

    s.step("music");
    s.sends_album(
        "hans",
        "d",
        vec![draft::audio("d1.mp3"), draft::audio("d2.mp3").caption("loud")],
    )
    .await;
    s.see(&[
        "olga + bot: [audio d1.mp3] (album)",
        "olga + bot: [audio d2.mp3] 🆕 Hans → @shop_bot ⏎ loud (album)",
        "hans + hans: [audio d1.mp3] (album)",
        "hans + hans: [audio d2.mp3] loud (album)",
    ])
    .await;

    s.step("two albums at once, and words after them");
    s.sends_album("eve", "e", photos(&["e1.jpg", "e2.jpg"])).await;
    s.sends_album("eve", "f", photos(&["f1.jpg", "f2.jpg"])).await;
    s.says("eve", "all of them").await;
    s.see(&[
        "olga + bot: [photo e1.jpg] 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot (album)",
        "olga + bot: [photo e2.jpg] (album)",
        "olga + bot: [photo f1.jpg] 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot (album)",
        "olga + bot: [photo f2.jpg] (album)",
        "olga + bot: 🆕 Eve Bob ＠bob › ＠bank_bot ＃vip Z⟨301×4⟩ @eve_ok → @shop_bot ⏎ all of them",
        "eve + eve: [photo e1.jpg] (album)",
        "eve + eve: [photo e2.jpg] (album)",
        "eve + eve: [photo f1.jpg] (album)",
        "eve + eve: [photo f2.jpg] (album)",
        "eve + eve: all of them",
    ])
    .await;

    s.step("the caption of an item changes");
    s.edits("anna", "[video a.mp4]", Draft::default().caption("the red one")).await;
    s.see(&[
        "olga ~ bot: [video a.mp4] 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited ⏎ the red one (album) (covered)",
        "anna ~ anna: [video a.mp4] the red one (album) (covered)",
    ])
    .await;

    s.step("and an item itself");
    s.edits("anna", "[photo a1.jpg]", draft::photo("a0.jpg")).await;
    s.see(&[
        "olga ~ bot: [photo a0.jpg] 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ ✏️ edited (album)",
        "anna ~ anna: [photo a0.jpg] (album)",
    ])
    .await;

    s.step("an item that changes before the album is complete");
    s.sends_album("anna", "g", photos(&["g1.jpg", "g2.jpg"])).await;
    s.edits("anna", "[photo g2.jpg]", Draft::default().caption("soon")).await;
    s.see(&[
        "olga + bot: [photo g1.jpg] (album)",
        "olga + bot: [photo g2.jpg] 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ soon (album)",
        "anna + anna: [photo g1.jpg] (album)",
        "anna + anna: [photo g2.jpg] soon (album)",
    ])
    .await;
}

pub async fn outbound(s: &mut Script) {
    s.step("photos with captions");
    let to = s.find("olga", "[photo g2.jpg]");
    let items = photos(&["h1.jpg", "h2.jpg"]).into_iter().zip(["one", "two"]);
    let items = items.map(|(item, words)| item.caption(words).reply_to(to)).collect();
    s.sends_album("olga", "h", items).await;
    s.see(&[
        "olga ~ bot: [photo a2.jpg] (album)",
        "olga ~ bot: [photo g2.jpg] ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ soon (album) [↩️ Undo]",
        "olga + olga: [photo h1.jpg] one ↩«soon» (album) {bot 👍}",
        "olga + olga: [photo h2.jpg] two ↩«soon» (album)",
        "anna + bot: [photo h1.jpg] one (album)",
        "anna + bot: [photo h2.jpg] two (album)",
    ])
    .await;

    s.step("the customer answers one of them");
    s.replies("anna", "[photo h2.jpg]", draft::text("the second")).await;
    s.see(&[
        "olga + bot: 🆕 Anna Petrova @anna → @shop_bot #table7 ⏎ the second ↩«two»",
        "anna + anna: the second ↩«two»",
    ])
    .await;

    s.step("files");
    let to = s.find("olga", "[document c1.txt]");
    let file = |name: &str| draft::document(name, "text/plain", name.to_owned()).reply_to(to);
    s.sends_album("olga", "i", vec![file("i1.txt"), file("i2.txt").caption("both")]).await;
    s.see(&[
        "olga + olga: [document i1.txt] ↩«this is c1.txt» (album)",
        "olga + olga: [document i2.txt] both ↩«this is c1.txt» (album)",
    ])
    .await;

    s.step("music");
    let to = s.find("olga", "[audio d2.mp3]");
    s.sends_album(
        "olga",
        "j",
        vec![draft::audio("j1.mp3").reply_to(to), draft::audio("j2.mp3").reply_to(to)],
    )
    .await;
    s.see(&[
        "olga ~ bot: ✅ Hans → @shop_bot",
        "olga ~ bot: [document c1.txt] this is c1.txt ↩«🆕 Hans → @shop_bot» (album) [↩️ Undo]",
        "olga ~ bot: [photo g2.jpg] ✅ Anna Petrova @anna → @shop_bot #table7 ⏎ soon (album)",
        "olga ~ olga: [document i1.txt] ↩«this is c1.txt» (album) {bot 👍}",
        "olga + olga: [audio j1.mp3] ↩«loud» (album)",
        "olga + olga: [audio j2.mp3] ↩«loud» (album)",
        "hans + bot: [document i1.txt] ↩«this is c1.txt» (album)",
        "hans + bot: [document i2.txt] both ↩«this is c1.txt» (album)",
    ])
    .await;

    s.step("a caption in it changes");
    s.edits("olga", "olga: [photo h1.jpg]", Draft::default().caption("uno")).await;
    s.see(&[
        "olga ~ bot: [document c1.txt] this is c1.txt ↩«🆕 Hans → @shop_bot» (album)",
        "olga ~ bot: [audio d2.mp3] ✅ Hans → @shop_bot ⏎ loud (album) [↩️ Undo]",
        "olga ~ olga: [photo h1.jpg] uno ↩«soon» (album) {bot 👍}",
        "olga ~ olga: [audio j1.mp3] ↩«loud» (album) {bot 👍}",
        "anna ~ bot: [photo h1.jpg] uno (album)",
        "hans + bot: [audio j1.mp3] (album)",
        "hans + bot: [audio j2.mp3] (album)",
    ])
    .await;

    s.step("an item of it is replaced");
    s.edits("olga", "olga: [photo h2.jpg]", draft::photo("h3.jpg").caption("due")).await;
    s.see(&[
        "olga ~ olga: [photo h3.jpg] due ↩«soon» (album)",
        "anna ~ bot: [photo h3.jpg] due (album)",
    ])
    .await;

    s.step("an album that answers nothing goes to nobody, which is said once");
    s.sends_album("olga", "k", photos(&["k1.jpg", "k2.jpg"])).await;
    s.see(&[
        "olga + olga: [photo k1.jpg] (album)",
        "olga + olga: [photo k2.jpg] (album)",
        "olga + bot: To answer a customer, reply to the customer's message: swipe it to the left, or choose “Reply”. This message went to nobody. ↩«[photo k1.jpg]»",
    ])
    .await;
}
