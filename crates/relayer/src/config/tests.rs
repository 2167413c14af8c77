use std::path::Path;

use serde_json::Value;

use super::check::problems;
use super::schema::{
    AcceptOthers, Api, ClaimDestination, Claims, Config, Epochs, FeeSettings, Log, NetworkPolicy,
    ProverSettings, Role, Rpc, SettledAt, Shutdown, SignerSettings, Storage,
};
use super::units::Wei;
use super::{ConfigError, EXAMPLE, Loaded, Origin, Secret};

fn parse(text: &str, variables: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Loaded::parse(Path::new("causeway.toml"), text, variables)
}

fn example() -> Config {
    parse(EXAMPLE, &[]).expect("the example").config
}

fn refused(text: &str, variables: &[(&str, &str)]) -> String {
    parse(text, variables).expect_err("refused").to_string()
}

#[test]
fn the_example_can_be_run_with_and_says_what_holds_if_nothing_is_said() {
    let config = example();
    assert_eq!(problems(&config), []);
    assert_eq!(config.l1.rpc, Rpc::default());
    assert_eq!(config.fees, FeeSettings::default());
    assert_eq!(config.epochs, Epochs::default());
    assert_eq!(config.network_defaults, NetworkPolicy::default());
    assert_eq!(config.prover, ProverSettings::default());
    assert_eq!(config.claims, Claims::default());
    assert_eq!(config.storage, Storage::default());
    assert_eq!(config.api, Api::default());
    assert_eq!(config.log, Log::default());
    assert_eq!(config.shutdown, Shutdown::default());
    // The least that must be said leads to the same.
    let least = r#"
        version = 1
        [l1]
        chain_id = 1
        [[l1.endpoint]]
        name = "own-node"
        url = { env = "L1_RPC_URL" }
        roles = ["read", "submit"]
        [contracts]
        settlement = "0x1111111111111111111111111111111111111111"
        bridge = "0x2222222222222222222222222222222222222222"
        deploy_block = 21000000
        [signer.settlement]
        kind = "keystore"
        path = "/etc/causeway/key.json"
        password = { file = "/run/secrets/key_password" }
    "#;
    assert_eq!(parse(least, &[]).expect("the least").config, config);
}

#[test]
fn what_is_no_setting_is_named_with_what_was_meant() {
    let text = EXAMPLE.replace("confirmations = 12", "confirmatons = 12");
    let said = refused(&text, &[]);
    let line = 1 + text
        .lines()
        .position(|line| line.starts_with("confirmatons"))
        .expect("there");
    assert!(
        said.starts_with(&format!("causeway.toml:{line}: l1"))
            && said.contains("unknown field `confirmatons`")
            && said.ends_with("is `confirmations` meant?"),
        "{said}"
    );
    let said = refused(&EXAMPLE.replace("\"safe\"", "\"save\""), &[]);
    assert!(
        said.contains("l1.settled_at") && said.ends_with("is `safe` meant?"),
        "{said}"
    );
    let said = refused(&EXAMPLE.replace("poll = \"4s\"", "poll = \"4 parsecs\""), &[]);
    assert!(
        said.contains("l1.poll: `4 parsecs` is no time: write it like"),
        "{said}"
    );
    let said = refused(&EXAMPLE.replace("version = 1", "version = 7\nwhatever = 1"), &[]);
    assert_eq!(
        said,
        "the configuration has version 7, this program reads version 1"
    );
    let said = refused("version = ", &[]);
    assert!(
        said.starts_with("causeway.toml: TOML parse error at line 1"),
        "{said}"
    );
}

#[test]
fn variables_are_above_the_file_and_named_where_they_are_wrong() {
    let loaded = parse(
        EXAMPLE,
        &[
            ("CAUSEWAY__L1__CONFIRMATIONS", "5"),
            ("CAUSEWAY__L1__POLL", "250ms"),
            ("CAUSEWAY__L1__ENDPOINT__0__NAME", "other"),
            ("CAUSEWAY__SHUTDOWN__DRAIN", "5s"),
            ("HOME", "/root"),
        ],
    )
    .expect("read");
    assert_eq!(loaded.config.l1.confirmations, 5);
    assert_eq!(loaded.config.l1.endpoint[0].name, "other");
    let settings = loaded.settings().expect("settings");
    let origin = |name: &str| {
        let setting = settings.iter().find(|setting| setting.name == name);
        setting.map(|setting| setting.origin.clone())
    };
    assert_eq!(
        origin("l1.poll"),
        Some(Origin::Variable {
            name: "CAUSEWAY__L1__POLL".to_owned()
        })
    );
    assert!(
        matches!(origin("l1.chain_id"), Some(Origin::File { line: 7, .. })),
        "{:?}",
        origin("l1.chain_id")
    );
    let said = refused(EXAMPLE, &[("CAUSEWAY__L1__CONFIRMATIONS", "many")]);
    assert!(
        said.starts_with("variable CAUSEWAY__L1__CONFIRMATIONS: l1.confirmations: invalid type: string"),
        "{said}"
    );
    let said = refused(EXAMPLE, &[("CAUSEWAY__L1__ENDPOINT__7__NAME", "x")]);
    assert_eq!(
        said,
        "the variable CAUSEWAY__L1__ENDPOINT__7__NAME sets nothing: what it is in is no table, or a list that has no such place"
    );
    let said = refused(EXAMPLE, &[("CAUSEWAY__L1____POLL", "4s")]);
    assert!(said.ends_with("a part of its name is empty"), "{said}");
    let said = refused(EXAMPLE, &[("CAUSEWAY__FEES__MAX_FE", "\"1 gwei\"")]);
    assert!(said.ends_with("is `max_fee` meant?"), "{said}");
}

#[test]
fn a_default_is_called_one_and_no_secret_is_shown() {
    let text = EXAMPLE
        .replace("most_lag = 3\n", "")
        .replace("{ env = \"L1_RPC_URL\" }", "\"https://node.example/secret-key\"");
    let loaded = parse(&text, &[]).expect("read");
    let settings = loaded.settings().expect("settings");
    let lag = settings.iter().find(|setting| setting.name == "l1.rpc.most_lag");
    assert_eq!(lag.map(|setting| &setting.origin), Some(&Origin::Default));
    let shown = format!("{settings:?} {loaded:?}");
    assert!(!shown.contains("secret-key"), "{shown}");
}

#[test]
fn each_danger_is_refused_by_name() {
    type Spoil = fn(&mut Config);
    let spoils: &[(&str, &str, Spoil)] = &[
        ("l1.endpoint.0.url", "stands in a variable or a file", |config| {
            config.l1.endpoint[0].url = Secret::Plain("https://node.example/key".to_owned());
        }),
        ("signer.settlement.password", "stands in a variable", |config| {
            if let SignerSettings::Keystore { password, .. } = &mut config.signer.settlement {
                *password = Secret::Plain("hunter2".to_owned());
            }
        }),
        ("signer.settlement", "not in plain", |config| {
            let key = Secret::Env {
                env: "KEY".to_owned(),
            };
            config.signer.settlement = SignerSettings::Key { key };
        }),
        ("l1.settled_at", "is no settlement", |config| {
            config.l1.settled_at = SettledAt::Latest
        }),
        ("prover.development_key", "can prove anything", |config| {
            config.prover.development_key = true
        }),
        ("api.admin_token", "stands in a variable", |config| {
            config.api.admin_token = Some(Secret::Plain("token".to_owned()));
        }),
        ("api.admin_token", "can be reached from elsewhere", |config| {
            config.api.admin = ([0, 0, 0, 0], 9_091).into();
        }),
        ("fees.bump_percent", "below the 10", |config| {
            config.fees.bump_percent = 9.9
        }),
        ("fees.bump_percent", "no percentage", |config| {
            config.fees.bump_percent = f64::NAN
        }),
        ("fees.gas_max", "EIP-7825", |config| {
            config.fees.gas_max = 16_777_217
        }),
        ("fees.gas_max", "an epoch of one certificate", |config| {
            config.fees.gas_max = 499_999
        }),
        ("fees.tip_floor", "above fees.max_fee", |config| {
            config.fees.max_fee = Wei(1)
        }),
        ("epochs.max_certificates", "one certificate", |config| {
            config.epochs.max_certificates = 0
        }),
        ("api.max_pending", "no room for one", |config| {
            config.api.max_pending.0 = config.api.max_body.0 - 1;
        }),
        ("signer.settlement.url", "stands in a variable", |config| {
            config.signer.settlement = SignerSettings::Remote {
                url: Secret::Plain("https://signer.example/key".to_owned()),
                address: alloy_primitives::Address::ZERO,
                timeout: super::units::Time(std::time::Duration::from_secs(10)),
            };
        }),
        ("l1.log_range", "no blocks", |config| config.l1.log_range = 0),
        ("prover", "above zero", |config| config.prover.max_tries = 0),
        ("l1.endpoint", "to submit", |config| {
            config.l1.endpoint[0].roles = Some(vec![Role::Read])
        }),
        ("l1.endpoint.1.name", "two endpoints", |config| {
            let mut second = config.l1.endpoint[0].clone();
            second.url = Secret::Env {
                env: "OTHER".to_owned(),
            };
            config.l1.endpoint.push(second);
        }),
        ("l1.endpoint.1.url", "two names", |config| {
            let mut second = config.l1.endpoint[0].clone();
            second.name = "second".to_owned();
            config.l1.endpoint.push(second);
        }),
        ("network.0.id", "0 is L1", |config| {
            config.networks.push(network(0))
        }),
        ("network.1.id", "twice", |config| {
            config.networks.extend([network(7), network(7)])
        }),
        ("network.0", "belong together", |config| {
            config.networks.push(super::schema::NetworkSettings {
                chain_id: Some(7),
                ..network(7)
            })
        }),
        ("network.1.chain_id", "7007 is the chain of", |config| {
            let second = super::schema::NetworkSettings { id: 8, ..followed(7) };
            config.networks.extend([followed(7), second]);
        }),
        ("claims.destination", "no [[claims.destination]]", |config| {
            config.networks.push(followed(7));
            config.claims.enabled = true
        }),
        ("claims.enabled", "no exits are seen", |config| {
            config.claims.enabled = true;
            payer(config, destination(0));
            config.networks.clear();
        }),
        (
            "claims.destination.0.signer",
            "no signer.claims.payer",
            |config| {
                config.claims.destination.push(destination(0));
            },
        ),
        ("claims.destination.0.signer", "a wallet of their own", |config| {
            let signer = config.signer.settlement.clone();
            config.signer.claims.insert("payer".to_owned(), signer);
            config.claims.destination.push(destination(0));
        }),
        ("claims.destination.1.network", "two destinations", |config| {
            payer(config, destination(7));
            payer(config, destination(7));
        }),
        (
            "claims.destination.0.token",
            "nothing would be paid for",
            |config| {
                config.claims.enabled = true;
                let nothing = ClaimDestination {
                    other_tokens: false,
                    ..destination(7)
                };
                payer(config, nothing);
            },
        ),
        (
            "claims.destination.0.max_fee_per_claim",
            "2 wei is above the day's budget, 1 wei",
            |config| {
                let dear = ClaimDestination {
                    max_fee_per_claim: Wei(2),
                    ..destination(7)
                };
                payer(config, dear);
            },
        ),
        ("claims.destination.0.max_gas", "16777216", |config| {
            let large = ClaimDestination {
                max_gas: 16_777_217,
                ..destination(7)
            };
            payer(config, large);
        }),
        ("claims.destination.0.at_once", "above zero", |config| {
            let none = ClaimDestination {
                at_once: 0,
                ..destination(7)
            };
            payer(config, none);
        }),
    ];
    for (setting, words, spoil) in spoils {
        let mut config = example();
        spoil(&mut config);
        let found = problems(&config);
        assert_eq!(found.len(), 1, "{setting}: {found:?}");
        assert_eq!(found[0].setting, *setting);
        assert!(found[0].detail.contains(words), "{found:?}");
    }
    let mut config = example();
    config.claims.destination.push(destination(7));
    let settings: Vec<_> = problems(&config)
        .into_iter()
        .map(|problem| problem.setting)
        .collect();
    assert_eq!(
        settings,
        ["claims.destination.0.signer", "claims.destination.0.network"]
    );
}

#[test]
fn a_developers_chain_may_do_what_others_may_not() {
    let mut config = example();
    config.l1.chain_id = 31_337;
    config.l1.settled_at = SettledAt::Latest;
    config.prover.development_key = true;
    config.signer.settlement = SignerSettings::Key {
        key: Secret::Plain("0x01".to_owned()),
    };
    assert_eq!(problems(&config), []);
    assert!(AcceptOthers::PreConfirmed < AcceptOthers::Finalized);
}

/// A destination with a signer, on a network whose chain can be read.
fn payer(config: &mut Config, destination: ClaimDestination) {
    let signer = SignerSettings::Keystore {
        path: "/etc/causeway/claims.json".into(),
        password: Secret::Env {
            env: "PASSWORD".to_owned(),
        },
    };
    config.signer.claims.insert("payer".to_owned(), signer);
    if config.networks.is_empty() {
        config.networks.push(followed(7));
    }
    config.claims.destination.push(destination);
}

fn network(id: u32) -> super::schema::NetworkSettings {
    super::schema::NetworkSettings {
        id,
        name: None,
        rpc: None,
        bridge: None,
        chain_id: None,
        deploy_block: 0,
        policy: None,
    }
}

fn followed(id: u32) -> super::schema::NetworkSettings {
    super::schema::NetworkSettings {
        rpc: Some(Secret::Env {
            env: "RPC".to_owned(),
        }),
        bridge: Some(alloy_primitives::Address::repeat_byte(7)),
        chain_id: Some(7_000 + u64::from(id)),
        ..network(id)
    }
}

fn destination(network: u32) -> ClaimDestination {
    ClaimDestination {
        network,
        signer: "payer".to_owned(),
        origins: None,
        tokens: Vec::new(),
        other_tokens: true,
        messages: false,
        max_gas: 1_000_000,
        max_fee_per_claim: Wei(1),
        budget_day: Wei(1),
        low_balance: Wei(1),
        at_once: 1,
        retry_after: super::units::Time(std::time::Duration::from_secs(1)),
        max_tries: 1,
    }
}

/// What the schema says is what is read: all of it is taken, nothing else is, and what it does not require may be missing.
#[test]
fn the_schema_is_what_is_read() {
    let schema = super::json_schema().expect("a schema");
    let read = |value: &Value| {
        let text = toml::to_string(&as_toml(value)).expect("TOML");
        parse(&text, &[]).map_err(|error| error.to_string())
    };
    // Each of several ways to write a setting: where a secret is, where a key is.
    for choice in 0..3 {
        let whole = sample(&schema, &schema, choice);
        read(&whole).unwrap_or_else(|error| panic!("{choice}: {error}"));
        for (place, required) in places(&schema, &schema, &whole, choice) {
            let mut other = whole.clone();
            let object = other
                .pointer_mut(&place)
                .and_then(Value::as_object_mut)
                .expect("an object");
            object.insert("no_such_setting".to_owned(), Value::from(1));
            read(&other).expect_err(&place);
            let names: Vec<String> = whole
                .pointer(&place)
                .and_then(Value::as_object)
                .expect("it")
                .keys()
                .cloned()
                .collect();
            for name in names {
                let mut without = whole.clone();
                let object = without
                    .pointer_mut(&place)
                    .and_then(Value::as_object_mut)
                    .expect("an object");
                object.remove(&name);
                assert_eq!(
                    read(&without).is_err(),
                    required.contains(&name),
                    "{place}/{name}"
                );
            }
        }
    }
    // Every setting of the example is in it, with the value that holds if nothing is said.
    let example: Value = toml::from_str(EXAMPLE).expect("the example");
    let mut settings = 0;
    known(&schema, &schema, &example, "", &mut settings);
    assert!(settings > 50, "{settings}");
    assert_eq!(
        schema["$defs"]["Epochs"]["properties"]["max_wait"]["default"],
        "10m"
    );
}

fn as_toml(value: &Value) -> toml::Value {
    match value {
        Value::Null => panic!("TOML has none"),
        Value::Bool(value) => (*value).into(),
        Value::String(text) => text.clone().into(),
        Value::Array(items) => items.iter().map(as_toml).collect::<Vec<_>>().into(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, field)| (name.clone(), as_toml(field)));
            toml::Value::Table(fields.collect())
        }
        Value::Number(number) => number
            .as_i64()
            .map_or_else(|| number.as_f64().expect("a number").into(), toml::Value::Integer),
    }
}

fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let to = schema.get("$ref").and_then(Value::as_str);
    to.map_or(schema, |to| {
        root.pointer(to.trim_start_matches('#')).expect("a definition")
    })
}

/// One of several, by a number; anything else is itself.
fn chosen<'s>(root: &'s Value, schema: &'s Value, choice: usize) -> &'s Value {
    let schema = resolved(root, schema);
    match schema.get("oneOf").and_then(Value::as_array) {
        Some(choices) => resolved(root, &choices[choice % choices.len()]),
        None => schema,
    }
}

/// A value as a schema has it, with everything that can be said.
fn sample(root: &Value, schema: &Value, choice: usize) -> Value {
    let outer = schema;
    let schema = chosen(root, schema, choice);
    for said in [outer, resolved(root, outer), schema] {
        if let Some(value) = said
            .get("default")
            .filter(|value| value.as_array().is_none_or(|list| !list.is_empty()))
            .or_else(|| said.get("example"))
        {
            return value.clone();
        }
        if let Some(values) = said
            .get("enum")
            .or_else(|| said.get("examples"))
            .and_then(Value::as_array)
        {
            return values[0].clone();
        }
    }
    match schema["type"].as_str() {
        Some("object") => {
            let properties = schema
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten();
            let mut object: serde_json::Map<_, _> = properties
                .map(|(name, property)| (name.clone(), sample(root, property, choice)))
                .collect();
            if let Some(more @ Value::Object(_)) = schema.get("additionalProperties") {
                object.insert("some".to_owned(), sample(root, more, choice));
            }
            Value::Object(object)
        }
        Some("array") => Value::Array(vec![sample(root, &schema["items"], choice)]),
        Some("integer") => Value::from(1),
        Some("number") => Value::from(1.5),
        Some("boolean") => Value::from(true),
        Some("string") => Value::from("some"),
        other => panic!("{other:?}: {schema}"),
    }
}

/// Where a value has objects that take no other keys, and what each of them must have.
fn places(root: &Value, schema: &Value, value: &Value, choice: usize) -> Vec<(String, Vec<String>)> {
    let schema = chosen(root, schema, choice);
    let mut found = Vec::new();
    let within = |name: &str, inner: Vec<(String, Vec<String>)>| {
        let name = name.to_owned();
        inner
            .into_iter()
            .map(move |(place, required)| (format!("/{name}{place}"), required))
    };
    match value {
        Value::Object(fields) => {
            if schema["additionalProperties"] == false {
                let required = schema
                    .get("required")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten();
                let required = required.filter_map(|name| name.as_str().map(str::to_owned));
                found.push((String::new(), required.collect()));
            }
            for (name, field) in fields {
                let inner = schema["properties"]
                    .get(name)
                    .unwrap_or(&schema["additionalProperties"]);
                found.extend(within(name, places(root, inner, field, choice)));
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                found.extend(within(
                    &place.to_string(),
                    places(root, &schema["items"], item, choice),
                ));
            }
        }
        _ => {}
    }
    found
}

/// Every setting of a value is in the schema.
fn known(root: &Value, schema: &Value, value: &Value, place: &str, settings: &mut usize) {
    let schema = resolved(root, schema);
    match value {
        Value::Object(fields) if schema.get("oneOf").is_none() => {
            for (name, field) in fields {
                let property = schema["properties"].get(name);
                let property = property.unwrap_or_else(|| panic!("{place}.{name} is not in the schema"));
                known(root, property, field, &format!("{place}.{name}"), settings);
            }
        }
        Value::Array(items) if schema.get("items").is_some() => {
            for item in items {
                known(root, &schema["items"], item, place, settings);
            }
        }
        _ => *settings += 1,
    }
}
