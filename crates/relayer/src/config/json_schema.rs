//! The configuration as a JSON Schema, for editors and for whoever makes configurations by machine: made of the types that read it.

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::{Config, EXAMPLE, Loaded};

#[derive(OpenApi)]
#[openapi(components(schemas(Config)))]
struct Described;

/// The schema, with what holds if a setting is missing as `default`.
///
/// # Errors
/// If a type has no JSON.
pub fn json_schema() -> Result<Value, serde_json::Error> {
    let mut document = serde_json::to_value(Described::openapi())?;
    let mut definitions = match document.pointer_mut("/components/schemas").map(Value::take) {
        Some(Value::Object(definitions)) => definitions,
        _ => Map::new(),
    };
    for definition in definitions.values_mut() {
        close(definition);
    }
    // What the example says is what holds if nothing is said.
    let example = Loaded::parse("example.toml".as_ref(), EXAMPLE, []).map(|loaded| loaded.config);
    if let Ok(example) = example {
        tell_defaults(&mut definitions, "Config", &serde_json::to_value(example)?);
    }
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Causeway's relayer",
    });
    if let (Value::Object(schema), Some(Value::Object(root))) = (&mut schema, definitions.remove("Config")) {
        schema.extend(root);
        schema.insert("$defs".to_owned(), Value::Object(definitions));
    }
    Ok(schema)
}

/// Makes it a schema of TOML, which has no null, and of objects that take no other keys.
fn close(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            if let Some(Value::String(to)) = fields.get_mut("$ref") {
                *to = to.replace("#/components/schemas/", "#/$defs/");
            }
            if fields.contains_key("properties") {
                fields.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            if fields.get("default").is_some_and(Value::is_null) {
                fields.remove("default");
            }
            if let Some(Value::Array(types)) = fields.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = &types[..] {
                    let only = only.clone();
                    fields.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = fields.get_mut("oneOf") {
                choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
                if choices.len() == 1
                    && let Some(Value::Object(only)) = choices.pop()
                {
                    fields.remove("oneOf");
                    fields.extend(only);
                }
            }
        }
        _ => {}
    }
}

/// Writes down what holds where nothing is said, in the definition of a type and in those that it is made of.
fn tell_defaults(definitions: &mut Map<String, Value>, name: &str, holds: &Value) {
    let Some(mut definition) = definitions.remove(name) else {
        return;
    };
    let required = definition.get("required").cloned().unwrap_or_default();
    let is_required = |name: &str| {
        required
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == name))
    };
    if let Some(Value::Object(properties)) = definition.get_mut("properties") {
        for (name, property) in properties.iter_mut() {
            let Some(holds) = holds.get(name) else {
                continue;
            };
            let to = property.get("$ref").and_then(Value::as_str);
            let to = to.and_then(|to| to.strip_prefix("#/$defs/")).map(str::to_owned);
            if let Some(to) = &to {
                tell_defaults(definitions, to, holds);
            }
            if !is_required(name)
                && !holds.is_object()
                && !holds.is_null()
                && let Value::Object(property) = property
            {
                property.insert("default".to_owned(), holds.clone());
            }
        }
    }
    definitions.insert(name.to_owned(), definition);
}
