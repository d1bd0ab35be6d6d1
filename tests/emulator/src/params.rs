//! A call's parameters, however they came: JSON, form, query or multipart.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::files::{Upload, hash};

/// Parameters by name. Values from forms are strings, also where JSON means an object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    pub(crate) values: Map<String, Value>,
    pub(crate) files: BTreeMap<String, Upload>,
    /// Mistakes in the encoding itself.
    pub(crate) faults: Vec<String>,
}

impl Params {
    /// A parameter as text; empty counts as absent, as in the server.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.values.get(name)? {
            Value::String(s) if s.is_empty() => None,
            Value::String(s) => Some(s.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        }
    }

    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        match self.values.get(name)? {
            Value::Number(n) => n.as_i64(),
            Value::String(s) => s.trim().parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn float(&self, name: &str) -> Option<f64> {
        match self.values.get(name)? {
            Value::Number(n) => n.as_f64(),
            Value::String(s) => s.trim().parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        match self.values.get(name) {
            Some(Value::Bool(b)) => *b,
            Some(Value::String(s)) => {
                matches!(s.trim().to_lowercase().as_str(), "true" | "yes" | "1")
            }
            Some(Value::Number(n)) => n.as_i64() == Some(1),
            _ => false,
        }
    }

    /// An object or array, also when it came as JSON text; `Null` if absent or unreadable.
    pub(crate) fn json(&self, name: &str) -> Value {
        match self.values.get(name) {
            Some(Value::String(s)) => serde_json::from_str(s).unwrap_or(Value::Null),
            Some(other) => other.clone(),
            None => Value::Null,
        }
    }

    pub(crate) fn list(&self, name: &str) -> Vec<Value> {
        self.json(name).as_array().cloned().unwrap_or_default()
    }

    pub(crate) fn value(&self, name: &str) -> Value {
        self.values.get(name).cloned().unwrap_or(Value::Null)
    }

    /// `Some(None)`: the default set; `Some(Some(..))`: these; `None`: keep what was set before.
    pub(crate) fn allowed_updates(&self) -> Option<Option<Vec<String>>> {
        let list = self.json("allowed_updates");
        let names: Vec<String> =
            list.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        Some((!names.is_empty()).then_some(names))
    }

    /// For the ledger: files replaced by what identifies them.
    pub(crate) fn record(&self) -> Value {
        let mut record = Map::new();
        for (name, value) in &self.values {
            let parsed = match value {
                Value::String(s) if s.starts_with(['{', '[']) => {
                    serde_json::from_str(s).unwrap_or(value.clone())
                }
                Value::String(s) if s.len() < 19 && name.ends_with("_id") => {
                    s.parse::<i64>().map_or(value.clone(), Value::from)
                }
                other => other.clone(),
            };
            record.insert(name.clone(), self.with_files(parsed));
        }
        for (name, file) in &self.files {
            if !self.values.values().any(|v| v.to_string().contains(name.as_str())) {
                record.insert(name.clone(), describe(file));
            }
        }
        Value::Object(record)
    }

    fn with_files(&self, value: Value) -> Value {
        match value {
            Value::String(s) => match s.strip_prefix("attach://").and_then(|n| self.files.get(n)) {
                Some(file) => describe(file),
                None => Value::String(s),
            },
            Value::Array(items) => items.into_iter().map(|v| self.with_files(v)).collect(),
            Value::Object(fields) => {
                fields.into_iter().map(|(k, v)| (k, self.with_files(v))).collect()
            }
            other => other,
        }
    }
}

fn describe(file: &Upload) -> Value {
    json!({"$file": {
        "name": file.name, "mime_type": file.mime, "size": file.size(),
        "hash": format!("{:016x}", hash("", &file.bytes)),
    }})
}

/// `%41+b` to `A b`; in a path `+` stays.
pub(crate) fn percent_decode(text: &str, plus_is_space: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex =
            || u8::from_str_radix(std::str::from_utf8(bytes.get(at + 1..at + 3)?).ok()?, 16).ok();
        match bytes[at] {
            b'%' => match hex() {
                Some(byte) => {
                    out.push(byte);
                    at += 2;
                }
                None => out.push(b'%'),
            },
            b'+' if plus_is_space => out.push(b' '),
            byte => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `a=1&b=2` into the parameters.
pub(crate) fn add_form(params: &mut Params, text: &str) {
    for pair in text.split('&').filter(|p| !p.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        params.values.insert(percent_decode(name, true), json!(percent_decode(value, true)));
    }
}
