//! Just enough of MySQL's protocol to know which text a prepared statement's number stands for.

use std::collections::HashMap;

const COM_STMT_PREPARE: u8 = 0x16;
const COM_STMT_EXECUTE: u8 = 0x17;
const COM_STMT_CLOSE: u8 = 0x19;

/// The prepared statements of one connection. On other protocols it finds nothing.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    preparing: Option<Vec<u8>>,
    known: HashMap<[u8; 4], Vec<u8>>,
}

impl Statements {
    /// Looks at a request; the texts of the prepared statements it executes.
    pub(crate) fn request(&mut self, request: &[u8]) -> Vec<&[u8]> {
        let mut executed = Vec::new();
        for packet in packets(request) {
            match packet {
                [COM_STMT_PREPARE, text @ ..] => self.preparing = Some(text.to_vec()),
                [COM_STMT_EXECUTE, a, b, c, d, ..] => executed.push([*a, *b, *c, *d]),
                [COM_STMT_CLOSE, a, b, c, d] => {
                    self.known.remove(&[*a, *b, *c, *d]);
                }
                _ => {}
            }
        }
        executed.iter().filter_map(|id| self.known.get(id).map(Vec::as_slice)).collect()
    }

    /// Looks at an answer: the one after a preparation begins with 0 and the statement's number.
    pub(crate) fn answer(&mut self, answer: &[u8]) {
        let Some(text) = self.preparing.take() else { return };
        if let Some([0, a, b, c, d, ..]) = packets(answer).next() {
            self.known.insert([*a, *b, *c, *d], text);
        }
    }
}

/// The packets in a row of bytes: three bytes of length, the lowest first, one of sequence, and the content. The last
/// one may be cut short.
fn packets(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let [a, b, c, _, rest @ ..] = bytes else { return None };
        let length = usize::from(*a) | usize::from(*b) << 8 | usize::from(*c) << 16;
        let (packet, after) = rest.split_at(length.min(rest.len()));
        bytes = after;
        Some(packet)
    })
}

#[cfg(test)]
mod tests {
    use super::Statements;

    fn packet(content: &[u8]) -> Vec<u8> {
        let mut packet = vec![u8::try_from(content.len()).unwrap(), 0, 0, 0];
        packet.extend(content);
        packet
    }

    #[test]
    fn an_execution_is_traced_to_its_text() {
        let mut statements = Statements::default();
        assert!(statements.request(&packet(b"\x16INSERT INTO a")).is_empty());
        statements.answer(&packet(&[0, 7, 0, 0, 0, 1, 0]));
        let execute = packet(&[0x17, 7, 0, 0, 0, 0, 1]);
        assert_eq!(statements.request(&execute), [b"INSERT INTO a"]);
        statements.request(&packet(&[0x19, 7, 0, 0, 0]));
        assert!(statements.request(&execute).is_empty());
    }

    #[test]
    fn odd_bytes_are_no_statements() {
        let mut statements = Statements::default();
        for bytes in [&[][..], &[1], &[9, 9, 9, 9, 0x17], &[0, 0, 0, 0, 0, 0, 0, 0]] {
            assert!(statements.request(bytes).is_empty());
            statements.answer(bytes);
        }
    }
}
