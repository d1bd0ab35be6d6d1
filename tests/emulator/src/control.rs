//! A small JSON interface under `/_control/`, for programs that are not Rust.

use serde_json::{Value, json};

use crate::Emulator;

/// Carries out one request.
pub(crate) async fn call(_emulator: &Emulator, path: &str, _body: &[u8]) -> Result<Value, String> {
    Ok(json!({"path": path}))
}
