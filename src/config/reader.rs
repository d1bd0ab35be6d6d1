//! Reads one variable after another and keeps every problem on the way.

use std::ffi::OsString;
use std::path::Path;

use super::problems::{Problem, Wrong};
use super::values::{file_path, whole_number};
use super::variables::{self, Fallback, VARIABLES, Variable};
use super::{ApiUrl, Intake, KeySource, Plans, PublicUrl, SecretKey, WebhookCertificate};

/// Collects values and, on the way, every problem with them.
pub(super) struct Reader<'a> {
    pub(super) env: &'a dyn Fn(&str) -> Option<OsString>,
    pub(super) problems: Vec<Problem>,
}

impl Reader<'_> {
    /// The value without blanks around it. An empty one counts as unset, since compose files pass those.
    fn text(&mut self, variable: &Variable) -> Option<String> {
        let Ok(text) = (self.env)(variable.name)?.into_string() else {
            self.problem(variable, Wrong::new("it is not UTF-8 text"));
            return None;
        };
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn problem(&mut self, variable: &Variable, wrong: Wrong) {
        self.problems.push(Problem::of(variable, wrong));
    }

    fn parsed<T>(
        &mut self,
        variable: &Variable,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        parse(text).map_err(|wrong| self.problem(variable, wrong)).ok()
    }

    /// A value that may be missing; `None` also if it is a problem.
    pub(super) fn optional<T>(
        &mut self,
        variable: &Variable,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        let text = self.text(variable)?;
        self.parsed(variable, &text, parse)
    }

    /// A value that is given or has a default; `None` only if it is a problem.
    pub(super) fn required<T>(
        &mut self,
        variable: &Variable,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        let problems = self.problems.len();
        let text = self.text(variable);
        if self.problems.len() > problems {
            return None;
        }
        match (text, variable.default) {
            (Some(text), _) => self.parsed(variable, &text, parse),
            (None, Fallback::Value(default)) => self.parsed(variable, default, parse),
            (None, _) => {
                self.problem(variable, Wrong::new("it is not set"));
                None
            }
        }
    }

    pub(super) fn intake(&mut self, api: Option<&ApiUrl>) -> Intake {
        let problems = self.problems.len();
        let url = self.optional(&variables::PUBLIC_URL, |text| {
            let url = PublicUrl::parse(text)?;
            // With a broken API address it is open which rule holds; that address is reported already.
            api.map_or(Ok(()), |api| url.check_reach(api))?;
            Ok(url)
        });
        if url.is_none() && self.problems.len() == problems {
            return Intake::Polling;
        }
        let certificate = self.optional(&variables::WEBHOOK_CERTIFICATE_FILE, |path| {
            WebhookCertificate::read(Path::new(path))
        });
        url.map_or(Intake::Polling, |url| Intake::Webhook { url, certificate })
    }

    /// A file that is not used is not looked at: a compose file may name one for the case without `SECRET_KEY`.
    pub(super) fn secret_key(&mut self) -> Option<KeySource> {
        let problems = self.problems.len();
        let given = self.optional(&variables::SECRET_KEY, SecretKey::parse);
        if given.is_some() || self.problems.len() > problems {
            return given.map(KeySource::Given);
        }
        self.required(&variables::SECRET_KEY_FILE, file_path).map(KeySource::File)
    }

    /// `None` at a price of 0, which is no problem, or with a problem on record.
    pub(super) fn plans(&mut self) -> Option<Plans> {
        let price_stars = self.required(&variables::PRO_PRICE_STARS, whole_number(0..=10_000));
        let free_bots = self.required(&variables::FREE_BOTS, whole_number(1..=1_000_000));
        let free_replies =
            self.required(&variables::FREE_REPLIES_PER_MONTH, whole_number(0..=1_000_000_000));
        Some(Plans {
            price_stars: price_stars.filter(|price| *price > 0)?,
            free_bots: free_bots?,
            free_replies_per_month: free_replies?,
        })
    }

    /// Problems in the order of the table, whatever order the values depended on each other in.
    pub(super) fn in_order(mut self) -> Vec<Problem> {
        let place = |problem: &Problem| {
            VARIABLES.iter().position(|variable| variable.name == problem.subject())
        };
        self.problems.sort_by_key(place);
        self.problems
    }
}
