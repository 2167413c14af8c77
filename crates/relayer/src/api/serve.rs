//! The three listeners, and what holds for every request.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Router, serve};
use causeway_journal::ReasonClass;
use tokio::net::TcpListener;

use super::connection::Guarded;
use super::sender::Peer;
use super::{Api, Failure};
use crate::config::schema;
use crate::desk::{Code, Refusal};

/// An address that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("{setting}: {address} cannot be listened on: {source}")]
pub struct ServeError {
    /// Which setting.
    pub setting: &'static str,
    /// The address.
    pub address: SocketAddr,
    /// Why not.
    pub source: io::Error,
}

/// The three listeners.
#[derive(Debug)]
pub struct Listeners {
    public: TcpListener,
    admin: TcpListener,
    metrics: TcpListener,
}

impl Listeners {
    /// Takes the addresses of a configuration. A port of 0 takes any that is free.
    ///
    /// # Errors
    /// A [`ServeError`].
    pub async fn bind(api: &schema::Api) -> Result<Self, ServeError> {
        let bind = async |setting, address| {
            TcpListener::bind(address).await.map_err(|source| ServeError {
                setting,
                address,
                source,
            })
        };
        Ok(Self {
            public: bind("api.public", api.public).await?,
            admin: bind("api.admin", api.admin).await?,
            metrics: bind("api.metrics", api.metrics).await?,
        })
    }

    /// The addresses that were taken: public, admin, metrics.
    ///
    /// # Errors
    /// What the system says.
    pub fn addresses(&self) -> io::Result<[SocketAddr; 3]> {
        Ok([
            self.public.local_addr()?,
            self.admin.local_addr()?,
            self.metrics.local_addr()?,
        ])
    }

    /// Answers until the interface is stopped and every request under way is answered.
    ///
    /// # Errors
    /// What the system says.
    pub async fn serve(self, api: Api) -> io::Result<()> {
        let one = |listener, router: Router| {
            let settings = &api.settings;
            // A little more than a request may take, so that it is answered why it was broken off.
            let patience = settings.request_timeout + Duration::from_secs(5);
            let listener = Guarded::new(listener, settings, patience);
            let stop = api.stop.clone();
            let service = router.into_make_service_with_connect_info::<Peer>();
            serve(listener, service).with_graceful_shutdown(async move { stop.cancelled().await })
        };
        let public = one(self.public, api.public());
        let admin = one(self.admin, api.admin());
        let metrics = one(self.metrics, api.metrics());
        let (public, admin, metrics) =
            tokio::join!(public.into_future(), admin.into_future(), metrics.into_future());
        public.and(admin).and(metrics)
    }
}

/// What holds for every request of a listener: its length, its time, its count, and an answer in our form where there is nothing.
pub(super) fn around(router: Router<Api>, api: &Api, listener: &'static str) -> Router {
    router
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_so)
        .layer(from_fn_with_state(api.clone(), in_time))
        .layer(from_fn_with_state((api.clone(), listener), counted))
        .with_state(api.clone())
}

async fn nothing_here(request: Request) -> Failure {
    Failure::not_found(format_args!("{}: see /openapi.json", request.uri().path()))
}

async fn not_so(request: Request) -> Failure {
    let path = request.uri().path();
    Failure {
        status: StatusCode::METHOD_NOT_ALLOWED,
        refusal: Box::new(Refusal::new(
            Code::Malformed,
            format!("{} is no method of {path}: see /openapi.json", request.method()),
        )),
    }
}

async fn in_time(State(api): State<Api>, request: Request, next: Next) -> Response {
    let most = api.settings.request_timeout;
    match tokio::time::timeout(most, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure {
            status: StatusCode::REQUEST_TIMEOUT,
            refusal: Box::new(
                Refusal::new(
                    Code::Malformed,
                    format!("the request took more than {} s", most.as_secs()),
                )
                .of_class(ReasonClass::Retry),
            ),
        }
        .into_response(),
    }
}

async fn counted(
    State((api, listener)): State<(Api, &'static str)>,
    request: Request,
    next: Next,
) -> Response {
    let route = route(request.uri().path());
    let began = Instant::now();
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    tracing::debug!(listener, route, status, took_ms = took.as_millis(), "answered");
    api.metrics.answered(listener, route, status, took);
    response
}

/// What a path is of, for whoever counts: a name of a short list, whatever the path says.
pub(super) fn route(path: &str) -> &'static str {
    let same = |route: &&&str| {
        let mut parts = route.split('/');
        let mut found = path.split('/');
        loop {
            match (parts.next(), found.next()) {
                (None, None) => return true,
                (Some(part), Some(found)) if part == found || part.starts_with('{') => {}
                _ => return false,
            }
        }
    };
    ROUTES.iter().find(same).copied().unwrap_or("none")
}

const ROUTES: &[&str] = &[
    "/",
    "/rpc",
    "/json-rpc",
    "/v1/certificates",
    "/v1/certificates/{id}",
    "/v1/certificates/{id}/explain",
    "/v1/certificates/{id}/proof",
    "/v1/networks",
    "/v1/networks/{id}",
    "/v1/epochs",
    "/v1/epochs/plan",
    "/v1/epochs/{id}",
    "/v1/jobs",
    "/v1/jobs/{id}",
    "/v1/claims",
    "/v1/claims/{claim}",
    "/v1/claims/{claim}/calldata",
    "/v1/events",
    "/v1/status",
    "/healthz",
    "/readyz",
    "/version",
    "/openapi.json",
    "/v1/admin/pause",
    "/v1/admin/resume",
    "/v1/admin/jobs/{id}/retry",
    "/v1/admin/jobs/{id}/abort",
    "/v1/admin/certificates/{id}/reject",
    "/v1/admin/audit",
    "/metrics",
];
