use persevere::{RetryError, retry};

pub struct Client;

impl Client {
    #[retry(sotp = after_attempt(3), wrap_err = true, attempt = at, once(id = 7), unretried = ping_once, retry_with = ping_with)]
    pub async fn ping(&self, _host: &str) -> Result<u32, RetryError<String>> {
        if at.number() > 9 {
            return Err(String::from("too often"));
        }
        Ok(id)
    }

    pub async fn all(&self) -> Result<u32, RetryError<String>> {
        let policy = persevere::RetryPolicy::new();
        let one = self.ping("a").await? + self.ping_with(&policy, "b").await?;
        Ok(one + self.ping_once("c").await.unwrap_or(0))
    }
}

#[retry(wait = 5, clone(names))]
pub fn join(mut names: Vec<String>) -> Option<String> {
    names.sort();
    names.into_iter().next()
}

fn main() {
    let _: Option<String> = join(Vec::new());
    let _ = Client.all();
}
