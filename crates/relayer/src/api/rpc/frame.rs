//! Requests and answers as JSON-RPC 2.0 frames them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::RpcFailure;
use super::few::Few;

/// Fields of a call that are looked at: more than it has.
const FIELDS: usize = 16;

/// A call. One without an id is a notification: it is done and not answered.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) method: String,
    params: Option<&'a RawValue>,
    id: Option<Value>,
}

/// An answer.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<RpcFailure>,
    id: Value,
}

impl Answer {
    pub(super) fn failed(id: Option<Value>, error: RpcFailure) -> Self {
        Self {
            jsonrpc: "2.0",
            result: None,
            error: Some(error),
            id: id.unwrap_or(Value::Null),
        }
    }
}

/// A value that is no list and no object, if it is one: a text, a number, true, false or null.
fn plain(raw: &RawValue) -> Option<Value> {
    let is_nested = raw.get().starts_with(['[', '{']);
    (!is_nested)
        .then(|| serde_json::from_str(raw.get()).ok())
        .flatten()
}

impl<'a> Request<'a> {
    /// Reads a call; what is none is answered whether it has an id or not.
    pub(super) fn read(call: &'a RawValue) -> Result<Self, Box<Answer>> {
        let failed = |id, detail: &str| Box::new(Answer::failed(id, RpcFailure::invalid(detail)));
        let Some(call) = Few::named(call, FIELDS) else {
            return Err(failed(None, "a call is an object with jsonrpc, method and id"));
        };
        let id = call.get("id").map(plain);
        if !matches!(
            id,
            None | Some(Some(Value::Null | Value::Number(_) | Value::String(_)))
        ) {
            return Err(failed(None, "an id is a text, a number or null"));
        }
        let id = id.flatten();
        if call.get("jsonrpc").and_then(plain) != Some(Value::from("2.0")) {
            return Err(failed(id, "jsonrpc is to be \"2.0\""));
        }
        match call.get("method").and_then(plain) {
            Some(Value::String(method)) => Ok(Self {
                method,
                params: call.get("params"),
                id,
            }),
            _ => Err(failed(id, "method is to be a text")),
        }
    }

    /// The one parameter of a method, by place or by name.
    pub(super) fn only(&self, name: &str) -> Result<&'a RawValue, RpcFailure> {
        let one = self.params.and_then(|params| {
            let few = match Few::list(params, 1) {
                Some(list) => list,
                None => Few::named(params, 1)?,
            };
            if few.count == 1 {
                few.by_place_or(name)
            } else {
                None
            }
        });
        one.ok_or_else(|| RpcFailure::params(format!("{} takes one parameter, {name}", self.method)))
    }

    /// The one parameter of a method, read.
    pub(super) fn read_only<T: DeserializeOwned>(&self, name: &str) -> Result<T, RpcFailure> {
        serde_json::from_str(self.only(name)?.get())
            .map_err(|error| RpcFailure::params(format!("{name}: {error}")))
    }

    /// That a method has no parameters.
    pub(super) fn none(&self) -> Result<(), RpcFailure> {
        let none = self.params.is_none_or(|params| {
            let few = Few::list(params, 0).or_else(|| Few::named(params, 0));
            few.map_or_else(|| params.get() == "null", |few| few.count == 0)
        });
        none.then_some(())
            .ok_or_else(|| RpcFailure::params(format!("{} takes no parameters", self.method)))
    }

    /// The answer, unless it is a notification.
    pub(super) fn answered(self, outcome: Result<Value, RpcFailure>) -> Option<Answer> {
        let id = self.id?;
        Some(match outcome {
            Ok(result) => Answer {
                jsonrpc: "2.0",
                result: Some(result),
                error: None,
                id,
            },
            Err(error) => Answer::failed(Some(id), error),
        })
    }
}
