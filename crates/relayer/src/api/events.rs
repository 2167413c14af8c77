//! What happens, as it happens. Who was away asks for what came after the last event that he saw, and misses nothing.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{self, KeepAlive};
use causeway_journal::{Event, Timestamp};
use futures_util::stream::{self, Stream, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::answer::Asked;
use super::{Api, Failure};
use crate::desk::Refusal;

/// Events read at once.
const AT_ONCE: u32 = 256;
/// Between two looks for new ones.
const LOOK: Duration = Duration::from_millis(250);
/// Between two signs of life.
const BREATH: Duration = Duration::from_secs(10);

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct EventView {
    /// Its number; they only grow.
    pub(super) seq: u64,
    /// When, in milliseconds since 1970.
    #[schema(value_type = u64)]
    pub(super) at: Timestamp,
    /// Of what kind of thing.
    pub(super) kind: String,
    /// Which one.
    pub(super) subject: String,
    /// What it became, and why.
    #[schema(value_type = Object)]
    pub(super) body: Value,
}

/// From where on, and which.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Since {
    /// After this number; from now on if nothing is said. The header `Last-Event-ID` is above it.
    after: Option<u64>,
    /// Of this kind alone: `certificate`, `epoch`, `job`, `attempt`, `proof`, `claim`, `pause`, `quarantine`, `reorg`.
    kind: Option<String>,
    /// Of this thing alone.
    subject: Option<String>,
}

struct Follower {
    api: Api,
    from: Since,
    after: u64,
}

/// Tells what happens, as server-sent events: `id` is its number, `event` its kind, `data` all of it.
#[utoipa::path(
    get, path = "/v1/events", tag = "events",
    params(Since, ("Last-Event-ID" = Option<u64>, Header, description = "The last event that was seen")),
    responses(
        (status = 200, description = "Events without end", content_type = "text/event-stream", body = EventView),
        (status = 400, body = Refusal),
    )
)]
pub(super) async fn follow(
    State(api): State<Api>,
    headers: HeaderMap,
    Asked(from): Asked<Since>,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Failure> {
    let last = match headers.get("last-event-id") {
        None => None,
        Some(value) => {
            let seen = value.to_str().ok().and_then(|text| text.parse().ok());
            Some(seen.ok_or_else(|| Failure::malformed("Last-Event-ID is the number of an event"))?)
        }
    };
    let after = match last.or(from.after) {
        Some(after) => after,
        None => api.read(|view| view.newest_event())?,
    };
    let stop = api.stop.clone();
    let follower = Follower { api, from, after };
    let events = stream::unfold(follower, Follower::more)
        .flat_map(stream::iter)
        .map(Ok)
        .take_until(async move { stop.cancelled().await });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(BREATH)))
}

impl Follower {
    /// The next events; the stream ends where the journal cannot be read, and whoever follows comes again.
    async fn more(mut self) -> Option<(Vec<sse::Event>, Self)> {
        loop {
            let events = match self.api.read(|view| view.events(self.after, AT_ONCE)) {
                Ok(events) => events,
                Err(failure) => {
                    tracing::warn!(reason = %failure.refusal, "events cannot be read");
                    return None;
                }
            };
            let Some(last) = events.last() else {
                tokio::time::sleep(LOOK).await;
                continue;
            };
            self.after = last.seq;
            let wanted: Vec<_> = events
                .iter()
                .filter(|event| self.from.wants(event))
                .filter_map(told)
                .collect();
            if !wanted.is_empty() {
                return Some((wanted, self));
            }
        }
    }
}

impl Since {
    fn wants(&self, event: &Event) -> bool {
        self.kind.as_ref().is_none_or(|kind| *kind == event.kind)
            && self
                .subject
                .as_ref()
                .is_none_or(|subject| *subject == event.subject)
    }
}

fn told(event: &Event) -> Option<sse::Event> {
    let told = sse::Event::default()
        .id(event.seq.to_string())
        .event(&event.kind)
        .json_data(event);
    told.ok()
}
