use std::ffi::OsStr;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;

use proptest::prelude::*;

use super::*;

const TOKEN: &str = "1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0";
const TOKEN_SECRET: &str = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0";
const KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

type Pairs<'a> = &'a [(&'a str, &'a str)];

fn read(pairs: Pairs) -> Result<Config, ConfigErrors> {
    Config::read(&lookup(pairs))
}

fn lookup(pairs: Pairs) -> impl Fn(&str) -> Option<OsString> {
    |name| {
        let pair = pairs.iter().find(|(set, _)| *set == name);
        pair.map(|(_, value)| OsString::from(value))
    }
}

/// With a good token, so that only what a test is about can be wrong.
fn read_with(pairs: Pairs) -> Result<Config, ConfigErrors> {
    let mut all = pairs.to_vec();
    all.push(("MASTER_BOT_TOKEN", TOKEN));
    read(&all)
}

fn subjects(errors: &ConfigErrors) -> Vec<&str> {
    errors.problems().iter().map(Problem::subject).collect()
}

/// One bad value each, except for those that only clash with another.
const BAD: &[(Pairs, &str)] = &[
    (&[("MASTER_BOT_TOKEN", "hunter2")], "MASTER_BOT_TOKEN"),
    (&[("MASTER_BOT_TOKEN", "1234567890:hunter2")], "MASTER_BOT_TOKEN"),
    (&[("MASTER_BOT_TOKEN", "0123:hunter2hunter2hunter2hunter2")], "MASTER_BOT_TOKEN"),
    (&[("MASTER_BOT_TOKEN", "bot123:hunter2hunter2hunter2hunter2")], "MASTER_BOT_TOKEN"),
    (&[("MASTER_BOT_TOKEN", "123:hunter2/hunter2 hunter2")], "MASTER_BOT_TOKEN"),
    (&[("DATABASE_URL", "data/hunter2.db")], "DATABASE_URL"),
    (&[("DATABASE_URL", "postgres://u:hunter2@h/d")], "DATABASE_URL"),
    (&[("DATABASE_URL", "sqlite:")], "DATABASE_URL"),
    (&[("DATABASE_URL", "sqlite://")], "DATABASE_URL"),
    (&[("DATABASE_URL", "sqlite://:memory:")], "DATABASE_URL"),
    (&[("DATABASE_URL", "sqlite::memory:")], "DATABASE_URL"),
    (&[("DATABASE_URL", "sqlite://data/")], "DATABASE_URL"),
    (&[("DATABASE_URL", "sqlite://a.db?mode=ro")], "DATABASE_URL"),
    (&[("DATABASE_URL", "sqlite://a%zz.db")], "DATABASE_URL"),
    (&[("DATABASE_URL", "sqlite://a%00.db")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://u:hunter2@/d")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://u:hunter2@h")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://u:hunter2@h/")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://:hunter2@h/d")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://u:hunter2@h:0/d")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://u:hunter2@h:99999/d")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://u:hun/hunter2@h/d")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://u:hun#hunter2@h/d")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://u:hunter2%@h/d")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://u:hunter2 @h/d")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://u:hunter2@h/d/e")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://u@h/d?password=hunter2")], "DATABASE_URL"),
    (&[("DATABASE_URL", "mysql://u@h/d?ssl-mode=hunter2")], "DATABASE_URL"),
    (&[("PUBLIC_URL", "http://relay.example.org")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "relay.example.org")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "https://")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "https://{host}")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "https://u:hunter2@relay.example.org")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "https://relay.example.org/?key=hunter2")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "https://relay.example.org/#hunter2")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "https://relay.example.org:8080")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "https://relay.example.org:0")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "https://relay.example.org/a//b")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "https://relay.example.org/{id}")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "https://relay.example.org/a%20b")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "https://relay.example.org/a b")], "PUBLIC_URL"),
    (&[("PUBLIC_URL", "https://relay.example.org\\a")], "PUBLIC_URL"),
    (&[("LISTEN_ADDR", "8080")], "LISTEN_ADDR"),
    (&[("LISTEN_ADDR", ":8080")], "LISTEN_ADDR"),
    (&[("LISTEN_ADDR", "localhost:8080")], "LISTEN_ADDR"),
    (&[("LISTEN_ADDR", "127.0.0.1")], "LISTEN_ADDR"),
    (&[("LISTEN_ADDR", "127.0.0.1:70000")], "LISTEN_ADDR"),
    (&[("LISTEN_ADDR", "http://127.0.0.1:80")], "LISTEN_ADDR"),
    (&[("METRICS_ADDR", "on")], "METRICS_ADDR"),
    (&[("METRICS_ADDR", "127.0.0.1:8080")], "METRICS_ADDR"),
    (&[("METRICS_ADDR", "0.0.0.0:8080")], "METRICS_ADDR"),
    (&[("LISTEN_ADDR", "[::]:90"), ("METRICS_ADDR", "[::1]:90")], "METRICS_ADDR"),
    (&[("OWNER_IDS", "@hunter2")], "OWNER_IDS"),
    (&[("OWNER_IDS", "1;2")], "OWNER_IDS"),
    (&[("OWNER_IDS", "1,,2")], "OWNER_IDS"),
    (&[("OWNER_IDS", "0")], "OWNER_IDS"),
    (&[("OWNER_IDS", "-1001234567890")], "OWNER_IDS"),
    (&[("OWNER_IDS", "+7")], "OWNER_IDS"),
    (&[("OWNER_IDS", "4503599627370496")], "OWNER_IDS"),
    (&[("OWNER_IDS", "99999999999999999999999")], "OWNER_IDS"),
    (&[("REGISTRATION", "yes")], "REGISTRATION"),
    (&[("SECRET_KEY", "hunter2")], "SECRET_KEY"),
    (&[("SECRET_KEY", "hunter2+")], "SECRET_KEY"),
    (&[("SECRET_KEY", "aHVudGVyMg==")], "SECRET_KEY"),
    (&[("SECRET_KEY_FILE", "/run/secrets/")], "SECRET_KEY_FILE"),
    (&[("TELEGRAM_API_URL", "api.telegram.org")], "TELEGRAM_API_URL"),
    (&[("TELEGRAM_API_URL", "ftp://api.telegram.org")], "TELEGRAM_API_URL"),
    (&[("TELEGRAM_API_URL", "http://api.telegram.org")], "TELEGRAM_API_URL"),
    (&[("TELEGRAM_API_URL", "http://u:hunter2@host")], "TELEGRAM_API_URL"),
    (&[("TELEGRAM_API_URL", "http://host/?hunter2")], "TELEGRAM_API_URL"),
    (&[("PRO_PRICE_STARS", "-1")], "PRO_PRICE_STARS"),
    (&[("PRO_PRICE_STARS", "10001")], "PRO_PRICE_STARS"),
    (&[("PRO_PRICE_STARS", "9.99")], "PRO_PRICE_STARS"),
    (&[("FREE_BOTS", "0")], "FREE_BOTS"),
    (&[("FREE_BOTS", "many")], "FREE_BOTS"),
    (&[("FREE_REPLIES_PER_MONTH", "1,000")], "FREE_REPLIES_PER_MONTH"),
    (&[("FREE_REPLIES_PER_MONTH", "4294967296")], "FREE_REPLIES_PER_MONTH"),
    (&[("CLIENT_RATE_LIMITS", "true")], "CLIENT_RATE_LIMITS"),
    (&[("CUSTOMER_RATE", "on")], "CUSTOMER_RATE"),
    (&[("CUSTOMER_RATE", "20")], "CUSTOMER_RATE"),
    (&[("CUSTOMER_RATE", "0/10")], "CUSTOMER_RATE"),
    (&[("CUSTOMER_RATE", "20/0")], "CUSTOMER_RATE"),
    (&[("CUSTOMER_RATE", "/10")], "CUSTOMER_RATE"),
    (&[("CUSTOMER_RATE", "20/10001")], "CUSTOMER_RATE"),
    (&[("CUSTOMER_RATE", "20/10/5")], "CUSTOMER_RATE"),
    (&[("OWNER_RATE", "30")], "OWNER_RATE"),
    (&[("OWNER_RATE", "30/0")], "OWNER_RATE"),
    (&[("REFERENCE_RETENTION_DAYS", "0")], "REFERENCE_RETENTION_DAYS"),
    (&[("REFERENCE_RETENTION_DAYS", "36501")], "REFERENCE_RETENTION_DAYS"),
    (&[("REFERENCE_RETENTION_DAYS", "400d")], "REFERENCE_RETENTION_DAYS"),
    (&[("LOG", "inof")], "LOG"),
    (&[("LOG", "info,feedback_relay=loud")], "LOG"),
    (&[("LOG", "info,=debug=x")], "LOG"),
    (&[("LOG_FORMAT", "xml")], "LOG_FORMAT"),
];

#[test]
fn every_bad_value_is_told_by_its_variable_and_not_repeated() {
    for (pairs, subject) in BAD {
        let mut all = pairs.to_vec();
        if *subject != "MASTER_BOT_TOKEN" {
            all.push(("MASTER_BOT_TOKEN", TOKEN));
        }
        let errors = read(&all).expect_err(&format!("{pairs:?} passes"));
        assert_eq!(subjects(&errors), [*subject], "{pairs:?}");
        let message = errors.to_string();
        assert!(message.contains(&format!("\n  {subject}: ")), "{message}");
        assert!(message.contains("; expected "), "{message}");
        assert_eq!(message.lines().count(), 2, "{message}");
        for secret in ["hunter2", "aHVudGVy", TOKEN_SECRET] {
            assert!(!message.contains(secret), "{message}");
            assert!(!format!("{errors:?}").contains(secret));
        }
    }
    assert!(BAD.len() >= 50);
}

#[test]
fn each_variable_has_a_bad_case() {
    for variable in VARIABLES.iter().filter(|v| v.name != "WEBHOOK_CERTIFICATE_FILE") {
        assert!(BAD.iter().any(|(_, subject)| *subject == variable.name), "{}", variable.name);
    }
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_table() {
    let bad: Vec<_> =
        VARIABLES.iter().map(|variable| (variable.name, "/ nonsense: hunter2 ?/")).collect();
    let errors = read(&bad).unwrap_err();
    let message = errors.to_string();
    // With a key that is given and bad, the key file is of no interest.
    let expected: Vec<_> =
        VARIABLES.iter().map(|v| v.name).filter(|name| *name != "SECRET_KEY_FILE").collect();
    assert_eq!(subjects(&errors), expected, "{message}");
    assert!(
        message.starts_with("the configuration has 19 problems, so nothing was started:\n"),
        "{message}"
    );
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn without_anything_only_the_token_is_missing() {
    let message = read(&[]).unwrap_err().to_string();
    assert_eq!(
        message,
        "the configuration has 1 problem, so nothing was started:\n  MASTER_BOT_TOKEN: it is not set; expected the \
         token from @BotFather: the bot's id, a colon and the secret, for example 123456789:AAE…"
    );
}

#[test]
fn the_defaults_are_those_of_the_contract() {
    let config = read_with(&[]).unwrap();
    assert_eq!(config.master_bot_token.reveal(), TOKEN);
    assert_eq!(config.database_url.to_string(), "sqlite://data/feedback-relay.db");
    assert_eq!(config.intake, Intake::Polling);
    assert_eq!(config.listen_addr.to_string(), "127.0.0.1:8080");
    assert_eq!(config.metrics_addr, None);
    assert!(config.owner_ids.is_empty());
    assert_eq!(config.registration, Registration::Closed);
    assert_eq!(config.secret_key, KeySource::File("data/secret.key".into()));
    assert_eq!(config.telegram_api_url.to_string(), "https://api.telegram.org");
    assert!(config.telegram_api_url.is_official());
    assert_eq!(config.plans, None);
    assert!(config.client_rate_limits);
    let rate = config.owner_rate.unwrap();
    assert_eq!((rate.checks_an_hour.get(), rate.changes_an_hour.get()), (30, 20));
    let rate = config.customer_rate.unwrap();
    assert_eq!((rate.a_minute.get(), rate.at_once.get()), (20, 10));
    assert_eq!(config.reference_retention_days, 400);
    assert_eq!(config.log.as_str(), "info");
    assert_eq!(config.log_format, LogFormat::Text);
}

#[test]
fn the_free_limits_have_defaults_too() {
    let plans = read_with(&[("PRO_PRICE_STARS", "250")]).unwrap().plans;
    let expected = Plans { price_stars: 250, free_bots: 1, free_replies_per_month: 100 };
    assert_eq!(plans, Some(expected));
}

#[test]
fn empty_and_blank_values_count_as_unset() {
    for blank in ["", "  ", "\t\n"] {
        let mut pairs: Vec<_> = VARIABLES.iter().map(|variable| (variable.name, blank)).collect();
        let errors = read(&pairs).unwrap_err();
        assert_eq!(subjects(&errors), ["MASTER_BOT_TOKEN"], "{blank:?}");
        pairs[0].1 = TOKEN;
        let config = read(&pairs).unwrap();
        assert_eq!(format!("{config:?}"), format!("{:?}", read_with(&[]).unwrap()), "{blank:?}");
    }
}

#[test]
fn good_values_are_taken() {
    let config = read_with(&[
        ("DATABASE_URL", "mysql://relay:hunter2@db:3307/relay"),
        ("PUBLIC_URL", " https://relay.example.org:8443/feedback/ "),
        ("LISTEN_ADDR", "[::]:8080"),
        ("METRICS_ADDR", "127.0.0.1:9090"),
        ("OWNER_IDS", " 5 ,6,5, 4503599627370495 "),
        ("REGISTRATION", "Open"),
        ("SECRET_KEY", KEY),
        ("SECRET_KEY_FILE", "/nowhere/at/all/"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:8081/"),
        ("PRO_PRICE_STARS", "10000"),
        ("FREE_BOTS", "3"),
        ("FREE_REPLIES_PER_MONTH", "0"),
        ("CLIENT_RATE_LIMITS", "OFF"),
        ("CUSTOMER_RATE", "Off"),
        ("OWNER_RATE", "oFF"),
        ("REFERENCE_RETENTION_DAYS", "36500"),
        ("LOG", "warn,feedback_relay::relay=trace,[update{bot.id=5}]=debug"),
        ("LOG_FORMAT", "JSON"),
    ])
    .unwrap();
    assert_eq!(config.database_url.to_string(), "mysql://relay@db:3307/relay");
    let public = config.public_url().unwrap();
    assert_eq!(public.to_string(), "https://relay.example.org:8443/feedback");
    assert_eq!(config.owner_ids, [5, 6, (1 << 52) - 1].map(UserId));
    assert_eq!(config.registration, Registration::Open);
    assert!(matches!(config.secret_key, KeySource::Given(_)));
    assert_eq!(config.telegram_api_url.to_string(), "http://127.0.0.1:8081");
    assert_eq!(config.plans.unwrap().free_replies_per_month, 0);
    assert!(!config.client_rate_limits);
    assert_eq!(config.customer_rate, None);
    assert_eq!(config.owner_rate, None);
    assert_eq!(config.log_format, LogFormat::Json);
    let rate = read_with(&[("CUSTOMER_RATE", " 10000 / 1 ")]).unwrap().customer_rate.unwrap();
    assert_eq!((rate.a_minute.get(), rate.at_once.get()), (10_000, 1));
}

#[test]
fn two_listeners_may_leave_their_ports_to_the_system() {
    read_with(&[("LISTEN_ADDR", "127.0.0.1:0"), ("METRICS_ADDR", "127.0.0.1:0")]).unwrap();
    read_with(&[("LISTEN_ADDR", "127.0.0.1:80"), ("METRICS_ADDR", "127.0.0.2:80")]).unwrap();
}

#[test]
fn the_port_rule_needs_a_known_api_server() {
    let errors = read_with(&[
        ("PUBLIC_URL", "https://relay.example.org:9443"),
        ("TELEGRAM_API_URL", "nonsense"),
    ])
    .unwrap_err();
    assert_eq!(subjects(&errors), ["TELEGRAM_API_URL"]);
    let own_server = [
        ("PUBLIC_URL", "https://relay.example.org:9443"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:8081"),
    ];
    read_with(&own_server).unwrap();
}

#[test]
fn debug_shows_no_secret() {
    let config =
        read_with(&[("DATABASE_URL", "mysql://relay:hunter2@db/relay"), ("SECRET_KEY", KEY)])
            .unwrap();
    for shown in [format!("{config:?}"), format!("{config:#?}")] {
        for secret in ["hunter2", TOKEN_SECRET, KEY, "171, 205"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn a_certificate_is_read_when_there_are_webhooks() {
    let dir = tempfile::tempdir().unwrap();
    let good = dir.path().join("public.pem");
    let bad = dir.path().join("key.pem");
    std::fs::write(&good, CERTIFICATE).unwrap();
    std::fs::write(&bad, "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n")
        .unwrap();
    let url = ("PUBLIC_URL", "https://relay.example.org");
    let with =
        |path: &Path, url| read_with(&[("WEBHOOK_CERTIFICATE_FILE", path.to_str().unwrap()), url]);

    let Intake::Webhook { certificate: Some(certificate), .. } = with(&good, url).unwrap().intake
    else {
        panic!("no certificate");
    };
    assert_eq!(certificate.pem(), CERTIFICATE);
    assert_eq!(certificate.path(), good);
    for path in [&bad, &dir.path().join("missing.pem"), &dir.path().to_owned()] {
        let errors = with(path, url).unwrap_err();
        assert_eq!(subjects(&errors), ["WEBHOOK_CERTIFICATE_FILE"]);
        assert!(!errors.to_string().contains("hunter2"));
        assert_eq!(with(path, ("PUBLIC_URL", "")).unwrap().intake, Intake::Polling);
        // A bad address must not hide a bad certificate.
        let errors = with(path, ("PUBLIC_URL", "http://h")).unwrap_err();
        assert_eq!(subjects(&errors), ["PUBLIC_URL", "WEBHOOK_CERTIFICATE_FILE"]);
    }
}

#[test]
fn bytes_that_are_no_text_are_a_problem_of_their_variable() {
    for variable in VARIABLES {
        let errors = Config::read(&|name: &str| match name {
            _ if name == variable.name => Some(OsStr::from_bytes(b"x\xffy").to_owned()),
            "MASTER_BOT_TOKEN" => Some(TOKEN.into()),
            "PUBLIC_URL" => Some("https://relay.example.org".into()),
            _ => None,
        })
        .unwrap_err();
        assert_eq!(subjects(&errors), [variable.name]);
    }
}

#[test]
fn the_environment_wins_over_the_file_and_all_problems_come_together() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join(".env");
    std::fs::write(
        &file,
        format!("MASTER_BOT_TOKEN={TOKEN}\nLOG=debug\nFREE_BOTS=9\nPUBLIC_URL=https://h.example\n"),
    )
    .unwrap();
    let config =
        Config::load_above(&file, &lookup(&[("LOG", "warn"), ("PUBLIC_URL", "")])).unwrap();
    assert_eq!((config.log.as_str(), config.public_url()), ("warn", None));

    std::fs::write(&file, "hunter2\nLOG=loud\n").unwrap();
    let errors = Config::load_above(&file, &lookup(&[("LOG_FORMAT", "xml")])).unwrap_err();
    let line = format!("{} line 1", file.display());
    assert_eq!(subjects(&errors), [line.as_str(), "MASTER_BOT_TOKEN", "LOG", "LOG_FORMAT"]);
    assert!(!errors.to_string().contains("hunter2"));

    std::fs::write(&file, "hunter2\n").unwrap();
    let errors = Config::load_above(&file, &lookup(&[("MASTER_BOT_TOKEN", TOKEN)])).unwrap_err();
    assert_eq!(subjects(&errors), [line.as_str()]);
}

/// `.env.example` up to the part that is for docker-compose.yml alone, written from the table.
fn expected_example() -> String {
    let mut text = String::from(
        "# Copy this file to .env and fill in MASTER_BOT_TOKEN; everything else has a default, shown here.\n\
         # Put a value with spaces, quotes, # or $ between single quotes. An empty value counts as unset.\n\
         # A variable of the real environment wins over its line here.\n",
    );
    for variable in VARIABLES {
        text.push('\n');
        for line in cli::wrap(variable.meaning, 98) {
            let _ = writeln!(text, "# {line}");
        }
        let name = variable.name;
        let _ = match variable.default {
            Fallback::Required => writeln!(text, "{name}="),
            Fallback::Unset => writeln!(text, "# {name}="),
            Fallback::Value(value) => writeln!(text, "# {name}={value}"),
        };
    }
    text
}

#[test]
fn the_example_file_says_what_the_table_says() {
    let file = include_str!("../../.env.example");
    let (ours, _) =
        file.split_once("\n# docker-compose.yml only").expect("the compose section is marked");
    let expected = expected_example();
    assert!(ours == expected, "the first part of .env.example must be:\n{expected}");
}

proptest! {
    #[test]
    fn no_value_panics_or_comes_back(value in "[ -~é\n]{0,40}", at in 0..VARIABLES.len()) {
        let pairs = [(VARIABLES[at].name, value.as_str()), ("MASTER_BOT_TOKEN", TOKEN)];
        if let Err(errors) = read(&pairs) {
            let expected = [VARIABLES[at].name];
            prop_assert_eq!(subjects(&errors), expected);
        }
    }

    #[test]
    fn owner_ids_are_all_kept_once(ids in prop::collection::vec(1..values::USER_ID_LIMIT, 1..20)) {
        let text = ids.iter().map(u64::to_string).collect::<Vec<_>>().join(" , ");
        let read = read_with(&[("OWNER_IDS", &format!("{text},{text}"))]).unwrap().owner_ids;
        let mut expected = Vec::new();
        for id in ids {
            if !expected.contains(&UserId(id)) {
                expected.push(UserId(id));
            }
        }
        prop_assert_eq!(read, expected);
    }
}
