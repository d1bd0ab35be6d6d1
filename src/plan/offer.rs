//! What an invoice says, and whether it may be paid. Pure: Telegram allows ten seconds for the
//! answer, and the database may take longer. What it may say in time (that the payer is suspended)
//! is added by whoever answers.
//!
//! The payload names the owner, the price and the time, and proves by the installation's key that
//! it is ours.

use subtle::ConstantTimeEq as _;

use super::Limits;
use crate::{model::OwnerId, seal::Seal, text::Language, update::Checkout};

/// How long a link may be paid, in milliseconds: so no forgotten one is paid beside a newer one.
const GOOD_FOR_MS: i64 = 24 * 3600 * 1000;
/// What stands before the payload's fields.
const PREFIX: &str = "pro";

/// An offer of the paid plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// To whom it was made.
    pub owner: OwnerId,
    /// At which price, in Stars a month.
    pub stars: i64,
    /// When, in UTC milliseconds.
    pub made_at: i64,
}

/// Why a payment is not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objection {
    /// There are no paid plans any more.
    NotSold,
    /// The invoice is not ours, or not as we made it.
    Unknown,
    /// It was made for somebody else.
    Foreign,
    /// The price is another by now, or the link is old.
    Outdated,
    /// The payer is suspended; the invoice does not say so.
    Suspended,
}

impl Offer {
    /// What Telegram gives back when it is paid; 128 bytes at most.
    pub fn payload(&self, seal: &Seal) -> String {
        let Self { owner, stars, made_at } = self;
        format!("{PREFIX}.{owner}.{stars}.{made_at}.{}", self.proof(seal))
    }

    /// The offer a payload holds, if it is one of ours.
    pub fn read(payload: &str, seal: &Seal) -> Option<Self> {
        let parts: Vec<&str> = payload.split('.').collect();
        let [PREFIX, owner, stars, made_at, proof] = parts.as_slice() else { return None };
        let offer = Self {
            owner: OwnerId(owner.parse().ok()?),
            stars: stars.parse().ok()?,
            made_at: made_at.parse().ok()?,
        };
        let is_ours: bool = proof.as_bytes().ct_eq(offer.proof(seal).as_bytes()).into();
        is_ours.then_some(offer)
    }

    fn proof(&self, seal: &Seal) -> String {
        let Self { owner, stars, made_at } = self;
        seal.invoice_proof(&format!("{owner} {stars} {made_at}"))
    }
}

impl Objection {
    /// Why a payment is not let through now; `None` when it is.
    pub fn to(checkout: &Checkout, seal: &Seal, limits: Option<Limits>, now: i64) -> Option<Self> {
        let Some(limits) = limits else { return Some(Self::NotSold) };
        let Some(offer) = Offer::read(&checkout.payload, seal) else { return Some(Self::Unknown) };
        if checkout.currency != "XTR" || checkout.amount != offer.stars {
            return Some(Self::Unknown);
        }
        if checkout.from.id != offer.owner.0 {
            return Some(Self::Foreign);
        }
        let is_old = now.saturating_sub(offer.made_at) > GOOD_FOR_MS;
        (offer.stars != limits.price || is_old).then_some(Self::Outdated)
    }

    /// What the payer reads.
    pub fn words(self, language: Language) -> String {
        match self {
            Self::NotSold => language.checkout_not_sold(),
            Self::Unknown => language.checkout_unknown(),
            Self::Foreign => language.checkout_foreign(),
            Self::Outdated => language.checkout_outdated(),
            Self::Suspended => language.checkout_suspended(),
        }
    }
}
