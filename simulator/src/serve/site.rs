//! The paths of the page.

use super::answer::answer;
use super::http::{Request, Response};
use super::presets::presets;
use crate::svg;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Responds to a request.
pub(crate) fn respond(request: &Request) -> Response {
    match &*request.path {
        "/" => Response::new("text/html", PAGE),
        "/page.css" => Response::new("text/css", format!("{STYLE}\n{}\n", svg::STYLE)),
        "/page.js" => Response::new("text/javascript", SCRIPT),
        "/presets" => json(&presets()),
        "/run" if request.is_foreign => {
            let reason = "a page of another site asks; open this one by itself";
            Response::refusal("403 Forbidden", reason)
        }
        "/run" => match answer(&request.query) {
            Ok(answer) => json(&answer),
            Err(mistakes) => json(&mistakes).with("400 Bad Request"),
        },
        path => {
            let reason = format!("no page `{path}`; the paths are /, /run and /presets");
            Response::refusal("404 Not Found", reason)
        }
    }
}

fn json(value: &impl serde::Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(body) => Response::new("application/json", body),
        Err(error) => Response::refusal("500 Internal Server Error", error.to_string()),
    }
}
