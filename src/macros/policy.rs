/// Defines a set of keys, which `#[retry(use = NAME)]` and `#[guard(use = NAME)]` take.
///
/// ```
/// use persevere::retry;
/// # use std::io;
///
/// mod policies {
///     persevere::policy! {
///         /// Calls over the network.
///         pub(crate) net:
///         stop = after_attempt(5),
///         wait = exponential(100ms).max(10s).full_jitter(),
///         when = transient(),
///     }
/// }
///
/// use policies::net;
///
/// #[retry(use = net, deadline = 3s)]
/// async fn connect(address: &str) -> io::Result<tokio::net::TcpStream> {
///     tokio::net::TcpStream::connect(address).await
/// }
///
/// #[retry(use = net, stop = after_attempt(3))] // in place of the set's `stop`
/// fn read(path: &str) -> io::Result<Vec<u8>> {
///     std::fs::read(path)
/// }
/// # fn main() {}
/// ```
///
/// The function is the one with these keys written out: the set costs nothing at run time.
///
/// - **Keys of the function** replace those of the same name in the set. A repeated key (`on`, `unless`,
///   `case`) replaces all of that name. Other patterns of the set come after those of the function.
/// - **Names in values** are looked up where the function stands, as those of a `macro_rules!` are: write
///   `crate::BREAKER`, or `$crate::BREAKER` in a `pub` set. A set has no `self` and no arguments.
/// - **Keys that belong to one function** are not in a set: `attempt`, `clone`, `once`, `unretried`,
///   `retry_with`.
/// - **[`guard`](macro@crate::guard)** takes the keys that are not about retries.
/// - **The name**, in lower case, is an item of its module: private, `pub(crate)` or `pub`, to be imported,
///   re-exported, or written as a path: `use = crate::policies::net`. A `pub` set can be used by other crates.
/// - **Mistakes** are reported at the definition, even if no function uses the set. Those that depend on the
///   function, such as an `attempt_timeout` of a blocking one, are reported for each such function.
///
/// A crate that reaches `persevere` by another path writes it as a key of the set: `crate = $crate::persevere`.
pub use persevere_macros::policy;
