//! The shapes everything begins with.

use std::{collections::BTreeSet, fs, io, path::Path};

use serde_json::Value;

/// Updates as Telegram sends them, and the names of all their fields.
pub struct Corpus {
    /// The updates.
    pub shapes: Vec<Value>,
    /// Every field's name.
    pub keys: Vec<String>,
}

impl Corpus {
    /// Reads the shapes kept beside this program.
    ///
    /// # Errors
    /// When a file can't be read or is no JSON.
    pub fn read() -> io::Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
        // The order of a folder is its own; a case must be the same everywhere.
        files.sort_by_key(fs::DirEntry::file_name);
        let shapes: Vec<Value> = files
            .iter()
            .map(|file| Ok(serde_json::from_slice(&fs::read(file.path())?)?))
            .collect::<io::Result<_>>()?;
        let mut keys = BTreeSet::new();
        for shape in &shapes {
            collect_keys(shape, &mut keys);
        }
        Ok(Self { shapes, keys: keys.into_iter().collect() })
    }
}

fn collect_keys(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                keys.insert(key.clone());
                collect_keys(value, keys);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_keys(item, keys)),
        _ => {}
    }
}
