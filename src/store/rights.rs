//! What the account a database is used by may do there: asked before the first start needs it.
#![expect(clippy::disallowed_methods, reason = "asked before there is a store")]

use sqlx::Connection as _;

use super::{StoreError, mysql};
use crate::config::DatabaseUrl;

/// What the relay does with its tables, in operation and when an update brings migrations.
const NEEDED: [&str; 8] =
    ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX"];

/// Rights an account lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The account as the server knows it, ready for a statement: `'relay'@'localhost'`.
    pub account: String,
    /// What it may not do, by SQL's names.
    pub rights: Vec<&'static str>,
}

/// What an account of `MySQL` or `MariaDB` may not do in its database, though the relay has to;
/// `None` where nothing is missing, or it has its rights by a role, which the server does not show.
///
/// # Errors
/// When the database can't be asked.
pub async fn lacking(database: &DatabaseUrl) -> Result<Option<Lacking>, StoreError> {
    let DatabaseUrl::MySql(server) = database else { return Ok(None) };
    let mut connection = mysql::connect_alone(server.reveal()).await?;
    let (user, host, role): (String, String, Option<String>) = sqlx::query_as(
        "SELECT LEFT(u, CHAR_LENGTH(u) - CHAR_LENGTH(h) - 1), h, r FROM (SELECT CURRENT_USER() AS u, \
         SUBSTRING_INDEX(CURRENT_USER(), '@', -1) AS h, CURRENT_ROLE() AS r) me",
    )
    .fetch_one(&mut connection)
    .await?;
    let account = format!("'{user}'@'{host}'");
    let granted: Vec<(String,)> = sqlx::query_as(
        "SELECT privilege_type FROM information_schema.user_privileges WHERE grantee = ? \
         UNION SELECT privilege_type FROM information_schema.schema_privileges \
         WHERE grantee = ? AND DATABASE() LIKE table_schema",
    )
    .bind(&account)
    .bind(&account)
    .fetch_all(&mut connection)
    .await?;
    let _ = connection.close().await;
    let has = |right: &str| granted.iter().any(|(granted,)| granted == right);
    let rights: Vec<_> = NEEDED.into_iter().filter(|right| !has(right)).collect();
    let has_role = role.is_some_and(|role| role != "NONE");
    Ok((!rights.is_empty() && !has_role).then_some(Lacking { account, rights }))
}
