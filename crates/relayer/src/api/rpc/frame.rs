//! Requests and answers as JSON-RPC 2.0 frames them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::RpcFailure;

/// A call. One without an id is a notification: it is done and not answered.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    params: Option<Value>,
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

impl Request {
    /// Reads a call; what is none is answered whether it has an id or not.
    pub(super) fn read(call: Value) -> Result<Self, Box<Answer>> {
        let failed = |id, detail: &str| Box::new(Answer::failed(id, RpcFailure::invalid(detail)));
        let Value::Object(mut call) = call else {
            return Err(failed(None, "a call is an object with jsonrpc, method and id"));
        };
        let id = call.remove("id");
        if !matches!(id, None | Some(Value::Null | Value::Number(_) | Value::String(_))) {
            return Err(failed(None, "an id is a text, a number or null"));
        }
        if call.remove("jsonrpc") != Some(Value::from("2.0")) {
            return Err(failed(id, "jsonrpc is to be \"2.0\""));
        }
        match call.remove("method") {
            Some(Value::String(method)) => Ok(Self {
                method,
                params: call.remove("params"),
                id,
            }),
            _ => Err(failed(id, "method is to be a text")),
        }
    }

    /// The one parameter of a method, by place or by name.
    pub(super) fn only(&self, name: &str) -> Result<&Value, RpcFailure> {
        let one = match &self.params {
            Some(Value::Array(list)) if list.len() == 1 => list.first(),
            Some(Value::Object(named)) if named.len() == 1 => named.get(name),
            _ => None,
        };
        one.ok_or_else(|| RpcFailure::params(format!("{} takes one parameter, {name}", self.method)))
    }

    /// The one parameter of a method, read.
    pub(super) fn read_only<T: DeserializeOwned>(&self, name: &str) -> Result<T, RpcFailure> {
        T::deserialize(self.only(name)?).map_err(|error| RpcFailure::params(format!("{name}: {error}")))
    }

    /// That a method has no parameters.
    pub(super) fn none(&self) -> Result<(), RpcFailure> {
        let none = match &self.params {
            None | Some(Value::Null) => true,
            Some(Value::Array(list)) => list.is_empty(),
            Some(Value::Object(named)) => named.is_empty(),
            Some(_) => false,
        };
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
