//! Variables of the environment above the file.

use toml::{Table, Value};

use super::PREFIX;
use super::error::ConfigError;
use super::provenance::{Origin, Provenance};

/// Sets what a variable names: parts of the name are separated by two underscores, places in lists are numbers.
pub(super) fn set(
    table: &mut Table,
    provenance: &mut Provenance,
    name: &str,
    value: &str,
) -> Result<(), ConfigError> {
    let wrong = |detail| ConfigError::Variable {
        name: name.to_owned(),
        detail,
    };
    let path: Vec<String> = name[PREFIX.len()..].split("__").map(str::to_lowercase).collect();
    let Some((last, parents)) = path.split_last() else {
        return Err(wrong("it names no setting"));
    };
    if path.iter().any(String::is_empty) {
        return Err(wrong("a part of its name is empty"));
    }
    let mut within = Value::Table(std::mem::take(table));
    let place = parents.iter().try_fold(&mut within, |at, part| enter(at, part));
    let outcome = match place {
        None => Err(wrong(
            "what it is in is no table, or a list that has no such place",
        )),
        Some(Value::Array(list)) => match last.parse().ok().and_then(|place: usize| list.get_mut(place)) {
            Some(item) => {
                *item = read(value);
                Ok(())
            }
            None => Err(wrong("the list has no such place")),
        },
        Some(Value::Table(inner)) => {
            inner.insert(last.clone(), read(value));
            Ok(())
        }
        Some(_) => Err(wrong("what it is in is no table")),
    };
    if let Value::Table(whole) = within {
        *table = whole;
    }
    outcome?;
    provenance.set(
        path.join("."),
        Origin::Variable {
            name: name.to_owned(),
        },
    );
    Ok(())
}

fn enter<'v>(at: &'v mut Value, part: &str) -> Option<&'v mut Value> {
    match at {
        Value::Table(table) => Some(table.entry(part).or_insert_with(|| Value::Table(Table::new()))),
        Value::Array(list) => list.get_mut(part.parse::<usize>().ok()?),
        _ => None,
    }
}

/// A value as TOML has it, or else a text.
fn read(value: &str) -> Value {
    let parsed: Option<Value> = toml::from_str::<Table>(&format!("value = {value}"))
        .ok()
        .filter(|table| table.len() == 1)
        .and_then(|mut table| table.remove("value"));
    parsed.unwrap_or_else(|| Value::String(value.to_owned()))
}
