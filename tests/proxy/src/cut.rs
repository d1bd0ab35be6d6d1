//! Which request a connection is cut at, and on which side of its execution.

/// A request at which its connection is reset.
#[derive(Clone, Debug)]
pub struct Cut {
    pattern: Option<Vec<u8>>,
    skip: usize,
    executed: bool,
}

impl Cut {
    /// The next request that contains these bytes, or executes a prepared MySQL statement that does.
    pub fn at(pattern: impl Into<Vec<u8>>) -> Self {
        Self { pattern: Some(pattern.into()), skip: 0, executed: false }
    }

    /// The next request, whatever it is.
    pub fn at_any() -> Self {
        Self { pattern: None, skip: 0, executed: false }
    }

    /// Not the next such request but the n-th, counted from 1 and from now on.
    #[must_use]
    pub fn nth(mut self, n: usize) -> Self {
        self.skip = n.saturating_sub(1);
        self
    }

    /// The request goes through, and the connection is cut when its answer comes. Without this it is cut before the
    /// request is passed on.
    #[must_use]
    pub fn after_execution(mut self) -> Self {
        self.executed = true;
        self
    }

    pub(crate) fn is_after_execution(&self) -> bool {
        self.executed
    }

    /// Counts a request; whether it is the one.
    pub(crate) fn meets(&mut self, request: &[u8], statements: &[&[u8]]) -> bool {
        let met = self.pattern.as_ref().is_none_or(|pattern| {
            contains(request, pattern) || statements.iter().any(|text| contains(text, pattern))
        });
        if !met || self.skip == 0 {
            return met;
        }
        self.skip -= 1;
        false
    }
}

fn contains(bytes: &[u8], pattern: &[u8]) -> bool {
    pattern.is_empty() || bytes.windows(pattern.len()).any(|window| window == pattern)
}

#[cfg(test)]
mod tests {
    use super::Cut;

    #[test]
    fn only_matching_requests_are_counted() {
        let mut cut = Cut::at("INSERT").nth(2);
        let met =
            ["SELECT", "INSERT 1", "SELECT", "INSERT 2"].map(|r| cut.meets(r.as_bytes(), &[]));
        assert_eq!(met, [false, false, false, true]);
    }

    #[test]
    fn any_request_counts_without_a_pattern() {
        let mut cut = Cut::at_any().nth(3);
        assert_eq!([1, 2, 3].map(|n| cut.meets(&[n], &[])), [false, false, true]);
    }

    #[test]
    fn the_text_of_a_prepared_statement_counts() {
        assert!(Cut::at("UPDATE a").meets(&[0x17], &[b"x", b"UPDATE a SET b = ?"]));
    }
}
