//! The inventory as a response.

use ::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use ::http::{Response as HttpResponse, StatusCode};
use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};

use crate::inventory::Inventory;

/// The inventory as JSON, for an administrative route: `.route("/resilience", get(async || inventory()))`.
///
/// It has the names and keys of all parts, such as those of hosts: it is not for the callers of the service.
///
/// ```
/// # use axum_core as axum;
/// # use persevere_core as persevere;
/// use axum::response::IntoResponse;
/// use persevere::inventory;
///
/// let response = inventory().into_response();
/// assert_eq!(response.headers()["content-type"], "application/json");
/// ```
#[diagnostic::do_not_recommend]
impl IntoResponse for Inventory {
    fn into_response(self) -> Response {
        let Ok(json) = serde_json::to_vec(&self) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut response = HttpResponse::new(Body::from(json));
        let headers = response.headers_mut();
        let (json, fresh) = ("application/json", "no-store");
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(json));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(fresh));
        response
    }
}
