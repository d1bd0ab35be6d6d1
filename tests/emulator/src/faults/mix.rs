//! Faults by chance, and yet the same ones for the same seed: what the n-th call of a method meets depends on the seed,
//! the method and n alone, however the calls of different methods are interleaved.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use super::Answer;

/// How often calls fail, and how. The default is a bad day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mix {
    /// Another seed, other faults.
    pub seed: u64,
    /// 429 with a second or two to wait.
    pub too_many_requests: f64,
    /// 500; every second one was executed.
    pub internal: f64,
    /// 502 with nginx's page; every second one was executed.
    pub bad_gateway: f64,
    /// The connection is reset, nothing executed.
    pub reset_before: f64,
    /// Executed, then the connection is reset.
    pub reset_after: f64,
    /// No answer for a while; every second one is executed at once, the others at the end if the caller is still there.
    pub hang: f64,
    /// The longest such while; the shortest is a second.
    pub longest_hang: Duration,
}

impl Default for Mix {
    fn default() -> Self {
        Self {
            seed: 0,
            too_many_requests: 0.02,
            internal: 0.01,
            bad_gateway: 0.01,
            reset_before: 0.01,
            reset_after: 0.01,
            hang: 0.005,
            longest_hang: Duration::from_secs(40),
        }
    }
}

/// A mix at work.
#[derive(Debug)]
pub(crate) struct Mixing {
    mix: Mix,
    calls: HashMap<String, u64>,
    played: BTreeMap<&'static str, usize>,
}

impl Mixing {
    pub(crate) fn new(mix: Mix) -> Self {
        Self { mix, calls: HashMap::new(), played: BTreeMap::new() }
    }

    pub(crate) fn played(&self) -> BTreeMap<&'static str, usize> {
        self.played.clone()
    }

    /// What the next call of a method meets.
    pub(crate) fn draw(&mut self, method: &str) -> Option<Answer> {
        let calls = self.calls.entry(method.to_owned()).or_default();
        *calls += 1;
        let (kind, answer) = self.mix.fault(method, *calls)?;
        *self.played.entry(kind).or_default() += 1;
        Some(answer)
    }
}

impl Mix {
    fn fault(&self, method: &str, call: u64) -> Option<(&'static str, Answer)> {
        let name = method.bytes().fold(self.seed, |sum, byte| scatter(sum ^ u64::from(byte)));
        let first = scatter(name ^ scatter(call));
        let second = scatter(first);
        let executed = second & 1 == 1;
        let mut chance = unit(first);
        let mut falls = |share: f64| {
            let hit = (0.0..share).contains(&chance);
            chance -= share;
            hit
        };
        if falls(self.too_many_requests) {
            return Some(("429", Answer::TooManyRequests { retry_after: 1 + second % 2 }));
        }
        if falls(self.internal) {
            let answer = if executed { Answer::InternalAfter } else { Answer::Internal };
            return Some(("500", answer));
        }
        if falls(self.bad_gateway) {
            let answer =
                if executed { Answer::HtmlBadGatewayAfter } else { Answer::HtmlBadGateway };
            return Some(("502", answer));
        }
        if falls(self.reset_before) {
            return Some(("reset before", Answer::ResetBefore));
        }
        if falls(self.reset_after) {
            return Some(("reset after", Answer::ResetAfter));
        }
        // A poll waits anyway.
        if falls(self.hang) && method != "getupdates" {
            let range = self.longest_hang.saturating_sub(Duration::from_secs(1));
            let time = Duration::from_secs(1) + range.mul_f64(unit(scatter(second)));
            let answer = if executed { Answer::Hang(time) } else { Answer::HangBefore(time) };
            return Some(("hang", answer));
        }
        None
    }
}

/// splitmix64: neighbours become strangers.
fn scatter(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// From 0 to just below 1.
fn unit(number: u64) -> f64 {
    (number >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(seed: u64, method: &str) -> Vec<String> {
        let mut mixing = Mixing::new(Mix { seed, ..Mix::default() });
        (0..20_000).map(|_| format!("{:?}", mixing.draw(method))).collect()
    }

    #[test]
    fn the_same_seed_plays_the_same_faults() {
        assert_eq!(draws(7, "sendmessage"), draws(7, "sendmessage"));
        assert_ne!(draws(7, "sendmessage"), draws(8, "sendmessage"));
        assert_ne!(draws(7, "sendmessage"), draws(7, "sendphoto"));
    }

    #[test]
    fn each_kind_comes_as_often_as_it_should() {
        let mut mixing = Mixing::new(Mix::default());
        for _ in 0..100_000 {
            mixing.draw("sendmessage");
        }
        let wanted = [("429", 2000), ("500", 1000), ("502", 1000), ("reset before", 1000)];
        let wanted = wanted.into_iter().chain([("reset after", 1000), ("hang", 500)]);
        for (kind, times) in wanted {
            let played = mixing.played()[kind];
            assert!(played.abs_diff(times) < times / 5, "{kind}: {played}");
        }
    }
}
