//! The documentation of a function as a constant, for tests of what another attribute adds to it.
//!
//! ```text
//! // Input, below the other attribute
//! #[documented(PING)]
//! /// Sends a ping.
//! fn ping() {}
//!
//! // Output
//! const PING: &str = concat!(" Sends a ping.", "\n");
//! /// Sends a ping.
//! fn ping() {}
//! ```

use proc_macro::{Group, TokenStream, TokenTree};

/// Keeps the function, and adds a constant of this name with its documentation.
#[proc_macro_attribute]
pub fn documented(name: TokenStream, item: TokenStream) -> TokenStream {
    let mut lines = String::new();
    for token in item.clone() {
        if let TokenTree::Group(attribute) = token {
            if let Some(line) = line(&attribute) {
                lines.push_str(&format!("{line}, \"\\n\", "));
            }
        }
    }
    let constant = format!("const {name}: &str = concat!({lines});");
    let mut all: TokenStream = constant.parse().expect("a constant");
    all.extend(item);
    all
}

/// Returns the literal in `[doc = ".."]`.
fn line(attribute: &Group) -> Option<String> {
    let tokens: Vec<TokenTree> = attribute.stream().into_iter().collect();
    match &tokens[..] {
        [doc, _, text] if doc.to_string() == "doc" => Some(text.to_string()),
        _ => None,
    }
}
