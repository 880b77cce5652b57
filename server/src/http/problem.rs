//! Errors as RFC 9457 problems: a stable code, a sentence, nothing of our inside.

use crate::loops::cause;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cobro_engine::durable::store::Error;
use serde_json::{Map, Value, json};
use std::any::Any;

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Why a request was not done.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    more: Map<String, Value>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Problem {
        Problem { status, code, detail: detail.into(), more: Map::new() }
    }

    /// With facts that a program can read.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Problem {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn bad(code: &'static str, detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, code, detail)
    }

    pub(crate) fn missing(code: &'static str, detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// The problem as a member of a larger answer.
    pub(crate) fn to_json(&self) -> Value {
        let mut problem = self.more.clone();
        problem.insert("type".to_owned(), json!(format!("urn:cobro:problem:{}", self.code)));
        problem.insert("code".to_owned(), json!(self.code));
        problem.insert("title".to_owned(), json!(self.code.replace('-', " ")));
        problem.insert("status".to_owned(), json!(self.status.as_u16()));
        problem.insert("detail".to_owned(), json!(self.detail));
        Value::Object(problem)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, PROBLEM_JSON);
        (self.status, headers, self.to_json().to_string()).into_response()
    }
}

/// The one place where a failure is logged and becomes an answer.
impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        tracing::error!(error = %cause(&error), "a request failed");
        match error {
            Error::Conflict { .. } => {
                Problem::new(StatusCode::CONFLICT, "conflict", "somebody else was faster: ask again")
            }
            Error::Unavailable(_) => Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "store-unavailable",
                "the store is not available",
            ),
            Error::Corrupt { .. } => {
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "damaged", "something stored is damaged")
            }
        }
    }
}

/// A panic is a bug of ours; its words stay inside.
pub(super) fn of_panic(_panic: Box<dyn Any + Send + 'static>) -> Response {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "bug", "this is a mistake of ours").into_response()
}

/// Errors that the layers below make have no body, or one of plain text: they become problems too.
pub(super) async fn for_every_error(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || response.headers().get(CONTENT_TYPE) == Some(&PROBLEM_JSON) {
        return response;
    }
    let (code, detail) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => ("body-too-large", "the body is too large"),
        StatusCode::GATEWAY_TIMEOUT => ("timeout", "the request took too long"),
        StatusCode::REQUEST_TIMEOUT => ("timeout", "the request came too slowly"),
        _ if status.is_server_error() => ("bug", "this is a mistake of ours"),
        _ => ("bad-request", "the request is not as it should be"),
    };
    let (parts, _) = response.into_parts();
    let mut problem = Problem::new(status, code, detail).into_response();
    for (name, value) in &parts.headers {
        if name.as_str().starts_with("x-") {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    problem.map(Body::new)
}
