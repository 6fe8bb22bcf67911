use persevere::retry;

#[retry]
pub fn each(mut f: impl FnMut() -> u32) -> Result<u32, String> {
    Ok(f())
}

#[retry]
pub fn sent(mut f: impl FnMut() + Send) -> Result<(), String> {
    f();
    Ok(())
}

#[retry]
pub fn generic<F, G: FnMut()>(mut f: F, mut g: G) -> Result<(), String>
where
    F: FnMut(),
{
    f();
    g();
    Ok(())
}

#[retry]
pub fn boxed(mut f: Box<dyn FnMut()>) -> Result<(), String> {
    f();
    Ok(())
}

fn main() {}
