//! The sentences of one language, each parsed when it is said first. Most of them never are, and
//! all of them parsed would be a tenth of what the process holds at rest.

use std::sync::{PoisonError, RwLock};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

/// A language's sentences.
pub(super) struct Spoken {
    /// The file they stand in.
    source: &'static str,
    said: RwLock<FluentBundle<FluentResource>>,
}

impl Spoken {
    /// The sentences of a file; none of them is parsed yet.
    pub(super) fn new(language: LanguageIdentifier, source: &'static str) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Isolation marks would stand in the middle of names, links and commands people copy.
        bundle.set_use_isolating(false);
        Self { source, said: RwLock::new(bundle) }
    }

    /// A sentence with its placeholders filled; `None` where the file does not have it.
    pub(super) fn say(&self, key: &str, fill: &FluentArgs<'_>) -> Option<String> {
        let said = filled(&self.said.read().unwrap_or_else(PoisonError::into_inner), key, fill);
        if said.is_some() {
            return said;
        }
        let entry = entry(self.source, key)?.to_owned();
        // What does not parse is left out; a test sees to it that there is nothing such.
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(entry);
        let mut bundle = self.said.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have said it meanwhile: then it is there, and stays as it is.
        let _ = bundle.add_resource(resource);
        filled(&bundle, key, fill)
    }
}

fn filled(
    bundle: &FluentBundle<FluentResource>,
    key: &str,
    fill: &FluentArgs<'_>,
) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    Some(bundle.format_pattern(pattern, Some(fill), &mut Vec::new()).into_owned())
}

/// What stands under a key: from its line to the next line that is not indented.
fn entry<'a>(source: &'a str, key: &str) -> Option<&'a str> {
    let (mut begun, mut place) = (None, 0);
    for line in source.split_inclusive('\n') {
        match begun {
            Some(begun) if line.starts_with(|letter: char| !letter.is_whitespace()) => {
                return source.get(begun..place);
            }
            Some(_) => {}
            None => {
                let rest = line.strip_prefix(key).map(str::trim_start);
                begun = rest.is_some_and(|rest| rest.starts_with('=')).then_some(place);
            }
        }
        place += line.len();
    }
    source.get(begun?..)
}

#[cfg(test)]
mod tests {
    use super::entry;

    const SOURCE: &str =
        "# Heading\none = 1\ntwo =\n    2\n\n    and more\n\n# Next\none-more = 3\nlast = 4";

    #[test]
    fn an_entry_ends_where_the_next_begins() {
        assert_eq!(entry(SOURCE, "one"), Some("one = 1\n"));
        assert_eq!(entry(SOURCE, "two"), Some("two =\n    2\n\n    and more\n\n"));
        assert_eq!(entry(SOURCE, "one-more"), Some("one-more = 3\n"));
        assert_eq!(entry(SOURCE, "last"), Some("last = 4"));
        assert_eq!(entry(SOURCE, "on"), None);
        assert_eq!(entry("", "one"), None);
    }
}
