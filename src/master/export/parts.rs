//! The files of an export: rows go in, and a file that is full is followed by the next.

use std::{
    io::{self, BufWriter, Seek, SeekFrom, Write},
    mem,
};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use crate::master::MasterError;

/// A file that is complete.
pub(super) struct File {
    /// What it holds, from its beginning.
    pub(super) content: std::fs::File,
    /// Whether it is packed (gzip).
    pub(super) is_packed: bool,
}

/// The file being written.
enum Pen {
    Plain(BufWriter<Counted>),
    Packed(GzEncoder<BufWriter<Counted>>),
}

/// A file that knows how big it has become.
struct Counted {
    file: std::fs::File,
    size: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Pen {
    fn take(is_packed: bool) -> io::Result<Self> {
        // Without a name: nothing of it is left, however the process ends.
        let file = BufWriter::new(Counted { file: tempfile::tempfile()?, size: 0 });
        Ok(if is_packed {
            Self::Packed(GzEncoder::new(file, Compression::default()))
        } else {
            Self::Plain(file)
        })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.write_all(bytes),
            Self::Packed(file) => file.write_all(bytes),
        }
    }

    fn size(&self) -> u64 {
        let file = match self {
            Self::Plain(file) => file,
            Self::Packed(file) => file.get_ref(),
        };
        file.get_ref().size + file.buffer().len() as u64
    }

    fn put_down(self) -> io::Result<File> {
        let (file, is_packed) = match self {
            Self::Plain(file) => (file, false),
            Self::Packed(file) => (file.finish()?, true),
        };
        let mut content = file.into_inner().map_err(io::IntoInnerError::into_error)?.file;
        content.seek(SeekFrom::Start(0))?;
        Ok(File { content, is_packed })
    }
}

/// An export being written. Each file is one JSON object: `part`, and a list for each kind of row
/// that is in it.
pub(super) struct Parts {
    done: Vec<File>,
    pen: Pen,
    is_packed: bool,
    most: u64,
    /// The list that is open, and whether it has a row.
    list: Option<(&'static str, bool)>,
}

impl Parts {
    /// Begins the first file; none becomes much bigger than `most` bytes.
    pub(super) fn begin(is_packed: bool, most: u64) -> io::Result<Self> {
        let mut parts =
            Self { done: Vec::new(), pen: Pen::take(is_packed)?, is_packed, most, list: None };
        parts.open()?;
        Ok(parts)
    }

    /// Writes rows into a list, away from where others are served.
    pub(super) async fn rows(
        mut self,
        list: &'static str,
        rows: Vec<Value>,
    ) -> Result<Self, MasterError> {
        let written = tokio::task::spawn_blocking(move || {
            self.write_rows(list, &rows)?;
            Ok(self)
        });
        written.await.map_err(io::Error::other).and_then(|done| done).map_err(MasterError::File)
    }

    /// Ends the last file, and gives all of them.
    pub(super) async fn end(mut self) -> Result<Vec<File>, MasterError> {
        let ended = tokio::task::spawn_blocking(move || {
            self.close()?;
            let Self { mut done, pen, .. } = self;
            done.push(pen.put_down()?);
            Ok(done)
        });
        ended.await.map_err(io::Error::other).and_then(|done| done).map_err(MasterError::File)
    }

    fn write_rows(&mut self, list: &'static str, rows: &[Value]) -> io::Result<()> {
        for row in rows {
            if self.pen.size() >= self.most {
                self.turn_over()?;
            }
            match self.list {
                Some((open, has_rows)) if open == list => {
                    self.pen.write(if has_rows { b",\n" } else { b"" })?;
                }
                open => {
                    self.pen.write(if open.is_some() { b"]" } else { b"" })?;
                    self.pen.write(format!(",\n\"{list}\":[\n").as_bytes())?;
                }
            }
            self.list = Some((list, true));
            self.pen.write(&serde_json::to_vec(row)?)?;
        }
        Ok(())
    }

    fn open(&mut self) -> io::Result<()> {
        let number = self.done.len() + 1;
        self.pen.write(format!("{{\"part\":{number}").as_bytes())
    }

    fn close(&mut self) -> io::Result<()> {
        let end: &[u8] = if self.list.take().is_some() { b"]}\n" } else { b"}\n" };
        self.pen.write(end)
    }

    fn turn_over(&mut self) -> io::Result<()> {
        self.close()?;
        let full = mem::replace(&mut self.pen, Pen::take(self.is_packed)?);
        self.done.push(full.put_down()?);
        self.open()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use serde_json::json;

    use super::*;

    fn read(file: File) -> (u64, Value) {
        let size = file.content.metadata().unwrap().len();
        let mut text = String::new();
        if file.is_packed {
            GzDecoder::new(file.content).read_to_string(&mut text).unwrap();
        } else {
            let mut content = file.content;
            content.read_to_string(&mut text).unwrap();
        }
        (size, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
    }

    #[tokio::test]
    async fn every_row_is_in_one_file_and_each_file_is_json() {
        for is_packed in [false, true] {
            let mut parts = Parts::begin(is_packed, 100_000).unwrap();
            parts = parts.rows("owner", vec![json!({"id": 1})]).await.unwrap();
            for page in 0..20_u64 {
                let row = |n: u64| json!({"n": page * 1000 + n, "noise": rand::random::<u128>().to_string()});
                parts = parts.rows("references", (0..1000).map(row).collect()).await.unwrap();
            }
            let files = parts.end().await.unwrap();
            assert!(files.len() > 3, "{}", files.len());
            let mut numbers = Vec::new();
            for (place, file) in files.into_iter().enumerate() {
                let (size, json) = read(file);
                assert!(size < 300_000, "{size}");
                assert_eq!(json["part"], place + 1);
                assert_eq!(json.get("owner").is_some(), place == 0);
                let rows = json["references"].as_array().unwrap();
                numbers.extend(rows.iter().map(|row| row["n"].as_u64().unwrap()));
            }
            assert_eq!(numbers, (0..20_000).collect::<Vec<_>>());
        }
    }

    #[tokio::test]
    async fn nothing_is_json_too() {
        let files = Parts::begin(false, 10).unwrap().end().await.unwrap();
        let read: Vec<_> = files.into_iter().map(read).collect();
        assert_eq!(read[0].1, json!({"part": 1}));
    }
}
