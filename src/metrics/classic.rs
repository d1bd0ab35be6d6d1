//! `OpenMetrics` turned into the older text format, which is what `curl` and `promtool` read: pure.
//!
//! They differ in the heads only: there a counter is named without its `_total`, units have a line
//! of their own, and the end is marked.

/// The same metrics in text format 0.0.4.
pub(super) fn classic(openmetrics: &str) -> String {
    let mut text = String::with_capacity(openmetrics.len());
    let mut lines = openmetrics.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("# UNIT ") || line == "# EOF" {
            continue;
        }
        let Some(help) = line.strip_prefix("# HELP ") else {
            push(&mut text, line, "# TYPE ", line.ends_with(" counter"));
            continue;
        };
        let name = help.split(' ').next().unwrap_or_default();
        let is_counter = lines.peek().is_some_and(|next| *next == format!("# TYPE {name} counter"));
        push(&mut text, line, "# HELP ", is_counter);
    }
    text
}

/// A line; where it is a counter's head, with its whole name.
fn push(text: &mut String, line: &str, head: &str, is_counter: bool) {
    let named =
        line.strip_prefix(head).filter(|_| is_counter).and_then(|rest| rest.split_once(' '));
    match named {
        Some((name, rest)) => {
            text.push_str(head);
            text.push_str(name);
            text.push_str("_total ");
            text.push_str(rest);
        }
        None => text.push_str(line),
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_turned_and_samples_stay() {
        let openmetrics = "# HELP a_b Things.\n# TYPE a_b counter\na_b_total{x=\"1\"} 2\n\
                           # HELP c_seconds Time.\n# TYPE c_seconds histogram\n\
                           # UNIT c_seconds seconds\nc_seconds_sum 1.5\n# EOF\n";
        let wanted = "# HELP a_b_total Things.\n# TYPE a_b_total counter\na_b_total{x=\"1\"} 2\n\
                      # HELP c_seconds Time.\n# TYPE c_seconds histogram\nc_seconds_sum 1.5\n";
        assert_eq!(classic(openmetrics), wanted);
    }
}
